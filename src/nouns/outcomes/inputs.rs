//! What the mutations of outcomes take.

use async_graphql::{ID, InputObject};

use super::acts::Said;
use super::entity::Indicator;
use super::rules::Unit;
use crate::error::Result;
use crate::nouns::acting::{Manner, Target};
use crate::nouns::faults::{Faults, MOST_MONEY};
use crate::nouns::ids::Noun;
use crate::types::Decimal;

/// The most days that a payment can take: a hundred years.
const MOST_DAYS: i64 = 36_500;

/// Which outcome is meant, whether there is one yet or not.
///
/// Capaian yang dimaksud, sudah ada atau belum.
#[derive(InputObject)]
pub struct OutcomePlace {
    /// The id of the partnership.
    ///
    /// Pengenal kemitraannya.
    pub partnership: ID,
    /// What is measured.
    ///
    /// Indikatornya.
    pub indicator: Indicator,
    /// The quarter: `2021-Q3`.
    ///
    /// Triwulannya: `2021-Q3`.
    pub quarter: String,
    /// The version of the outcome that you have read; left out where there is none yet.
    ///
    /// Versi capaian yang telah Anda baca; tidak diisi bila belum ada.
    pub expected_version: Option<i32>,
    #[graphql(flatten)]
    pub manner: Manner,
}

impl OutcomePlace {
    /// What is said of it, by a figure at this path.
    pub fn said(&self, faults: &mut Faults, path: &str, figure: Option<Decimal>, note: Option<&str>) -> Said {
        Said {
            partnership: faults.id(Noun::Partnership, &self.partnership),
            indicator: self.indicator,
            quarter: faults.quarter("input.quarter", &self.quarter).to_string(),
            version: self.expected_version,
            figure: figure.map(|given| figure_of(faults, path, self.indicator, given)),
            note: note.map(|note| faults.reason("input.note", note)),
        }
    }
}

/// A figure that can be one of this indicator: rupiah and people are whole, percent and days have up to two decimals.
fn figure_of(faults: &mut Faults, path: &str, indicator: Indicator, given: Decimal) -> Decimal {
    match indicator.unit() {
        Unit::Rupiah | Unit::People => {
            let is_fit = (0..=MOST_MONEY * 100).contains(&given.0) && given.0 % 100 == 0;
            faults.expect(is_fit, path, given, "a whole number, 0 to 1000000000000000");
            given
        }
        Unit::Percent => faults.figure(path, given, 100),
        Unit::Days => faults.figure(path, given, MOST_DAYS),
    }
}

/// The same of an outcome whose indicator is known only now.
///
/// # Errors
///
/// BAD_USER_INPUT.
pub fn check_figure(path: &str, indicator: Indicator, given: Decimal) -> Result<()> {
    let mut faults = Faults::default();
    figure_of(&mut faults, path, indicator, given);
    faults.check()
}

/// A target.
///
/// Target capaian.
#[derive(InputObject)]
pub struct OutcomeSetTargetInput {
    #[graphql(flatten)]
    pub place: OutcomePlace,
    /// The figure that is aimed at, in the unit of the indicator; left out to aim at none.
    ///
    /// Angka target dalam satuan indikator; tidak diisi untuk meniadakannya.
    pub target: Option<Decimal>,
}

/// A report.
///
/// Laporan capaian.
#[derive(InputObject)]
pub struct OutcomeReportInput {
    #[graphql(flatten)]
    pub place: OutcomePlace,
    /// The figure, in the unit of the indicator.
    ///
    /// Realisasi dalam satuan indikator.
    pub actual: Decimal,
    /// A note on it. Permanent: it stays in the journal.
    ///
    /// Catatan laporan. Permanen dalam jurnal.
    pub note: Option<String>,
}

/// Which outcome to submit.
///
/// Capaian yang diajukan.
#[derive(InputObject)]
pub struct OutcomeSubmitInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// Which outcome to verify.
///
/// Capaian yang diverifikasi.
#[derive(InputObject)]
pub struct OutcomeVerifyInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// Which outcome to return, and why.
///
/// Capaian yang dikembalikan, dan alasannya.
#[derive(InputObject)]
pub struct OutcomeReturnInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why. Permanent: up to 4000 characters.
    ///
    /// Alasannya. Permanen: paling banyak 4000 karakter.
    pub reason: String,
}

/// A figure that is to take a locked one's place.
///
/// Angka pengganti pada triwulan yang telah dikunci.
#[derive(InputObject)]
pub struct OutcomeReviseInput {
    #[graphql(flatten)]
    pub target: Target,
    /// The figure, in the unit of the indicator.
    ///
    /// Angkanya dalam satuan indikator.
    pub actual: Decimal,
    /// Why. Permanent: up to 4000 characters.
    ///
    /// Alasannya. Permanen: paling banyak 4000 karakter.
    pub reason: String,
}
