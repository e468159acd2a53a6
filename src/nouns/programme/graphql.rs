//! The programme as a whole, as the API shows it.

use async_graphql::parser::types::Field;
use async_graphql::{Context, Object, SimpleObject};

use super::rules::{self, Basis, Sums};
use super::store;
use crate::access::View;
use crate::error::{Error, Result};
use crate::nouns::connection::{self, AtOnce, Flat, List};
use crate::nouns::memoranda::entity::Objective;
use crate::nouns::outcomes::entity::Indicator;
use crate::nouns::outcomes::rules::Unit;
use crate::nouns::outcomes::store::OutcomeFilter;
use crate::nouns::partnerships::entity::PartnershipStatus;
use crate::types::{Date, Decimal, Money};

/// The programme within your reach, in sums and counts.
///
/// Ringkasan program sejauh yang dapat Anda lihat.
pub struct ProgrammeSummary {
    view: View,
    basis: Basis,
    outcomes: OutcomeFilter,
}

/// The programme within your reach, in sums and counts.
///
/// Ringkasan program sejauh yang dapat Anda lihat.
#[Object]
impl ProgrammeSummary {
    /// The day that it is true at, in Asia/Jakarta.
    ///
    /// Tanggal berlakunya (WIB).
    fn as_of(&self) -> Date {
        Date(self.view.today())
    }

    /// How many partnerships stand where; every status, also those of none.
    ///
    /// Jumlah kemitraan menurut status, termasuk yang nihil.
    async fn partnerships(&self) -> Result<AtOnce<List<PartnershipCount>>> {
        let counts = store::by_status(&self.view).await?.into_iter();
        Ok(AtOnce(List(counts.map(|(status, count)| PartnershipCount { status, count }).collect())))
    }

    /// How many milestones there are, and how they came out.
    ///
    /// Jumlah tahapan menurut hasilnya.
    async fn milestones(&self) -> Result<AtOnce<MilestoneCounts>> {
        let counts = store::milestones(&self.view).await?;
        Ok(AtOnce(MilestoneCounts::new(&counts)))
    }

    /// What partnerships are worth: four sums that are never added to each other.
    ///
    /// Nilai kemitraan: empat jumlah yang tidak pernah digabungkan.
    async fn values(&self) -> Result<AtOnce<ProgrammeValues>> {
        let values = store::values(&self.view).await?.ok_or_else(nothing)?;
        let transacted = store::transacted(&self.view, self.basis).await?.ok_or_else(nothing)?;
        let sum =
            |amount: Option<i64>, counted| ValueSum { amount: amount.map(Money), counted, out_of: values.n };
        Ok(AtOnce(ProgrammeValues {
            potential: sum(values.potential, values.potential_n),
            estimated: sum(values.estimated, values.estimated_n),
            contracted: sum(values.contracted, values.contracted_n),
            transacted: sum(transacted.total.map(|hundredths| hundredths / 100), transacted.n),
        }))
    }

    /// The figures of each quarter by indicator, the latest quarter first.
    ///
    /// Angka setiap triwulan menurut indikator, mulai triwulan terbaru.
    async fn indicators(&self) -> Result<AtOnce<List<IndicatorFigure>>> {
        let mut figures = store::figures(&self.view, &self.outcomes, self.basis).await?;
        figures.sort_by_key(|figure| (std::cmp::Reverse(figure.quarter.clone()), figure.indicator));
        Ok(AtOnce(List(figures.into_iter().map(IndicatorFigure::new).collect())))
    }
}

fn nothing() -> Error {
    Error::internal("a sum without a row")
}

/// How many partnerships stand in a status.
///
/// Jumlah kemitraan dalam suatu status.
#[derive(Clone, SimpleObject)]
pub struct PartnershipCount {
    /// The status.
    ///
    /// Statusnya.
    status: PartnershipStatus,
    /// How many.
    ///
    /// Jumlahnya.
    count: i64,
}

impl Flat for PartnershipCount {
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool {
        match field.name.node.as_str() {
            "status" => connection::value(&self.status, out),
            "count" => connection::value(&self.count, out),
            _ => false,
        }
    }
}

/// How many milestones there are, and how they came out.
///
/// Jumlah tahapan menurut hasilnya.
#[derive(SimpleObject)]
pub struct MilestoneCounts {
    /// All of them.
    ///
    /// Seluruhnya.
    total: i64,
    /// Met.
    ///
    /// Tercapai.
    met: i64,
    /// Partially met.
    ///
    /// Tercapai sebagian.
    partially_met: i64,
    /// Not met.
    ///
    /// Tidak tercapai.
    not_met: i64,
    /// Cancelled.
    ///
    /// Dibatalkan.
    cancelled: i64,
    /// Reported, and waiting for verification.
    ///
    /// Dilaporkan dan menunggu verifikasi.
    awaiting_verification: i64,
    /// Past their due date without a report, as of today in Asia/Jakarta.
    ///
    /// Lewat jatuh tempo tanpa laporan, per hari ini (WIB).
    overdue: i64,
}

impl Flat for MilestoneCounts {
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool {
        match field.name.node.as_str() {
            "total" => connection::value(&self.total, out),
            "met" => connection::value(&self.met, out),
            "partiallyMet" => connection::value(&self.partially_met, out),
            "notMet" => connection::value(&self.not_met, out),
            "cancelled" => connection::value(&self.cancelled, out),
            "awaitingVerification" => connection::value(&self.awaiting_verification, out),
            "overdue" => connection::value(&self.overdue, out),
            _ => false,
        }
    }
}

impl MilestoneCounts {
    pub fn new(counts: &store::Milestones) -> Self {
        Self {
            total: counts.total,
            met: counts.met,
            partially_met: counts.partially_met,
            not_met: counts.not_met,
            cancelled: counts.cancelled,
            awaiting_verification: counts.awaiting_verification,
            overdue: counts.overdue,
        }
    }
}

/// What partnerships are worth: four sums that are never added to each other.
///
/// Nilai kemitraan: empat jumlah yang tidak pernah digabungkan.
#[derive(SimpleObject)]
pub struct ProgrammeValues {
    /// What they could be worth.
    ///
    /// Nilai potensial.
    potential: ValueSum,
    /// What they are estimated to be worth.
    ///
    /// Nilai perkiraan.
    estimated: ValueSum,
    /// What is contracted.
    ///
    /// Nilai kontrak.
    contracted: ValueSum,
    /// What was transacted: the sum of verified outcomes, never typed.
    ///
    /// Nilai transaksi: jumlah capaian terverifikasi.
    transacted: ValueSum,
}

impl Flat for ProgrammeValues {
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool {
        match field.name.node.as_str() {
            "potential" => connection::object(Some(&self.potential), field, out),
            "estimated" => connection::object(Some(&self.estimated), field, out),
            "contracted" => connection::object(Some(&self.contracted), field, out),
            "transacted" => connection::object(Some(&self.transacted), field, out),
            _ => false,
        }
    }
}

/// A sum, and of how many it is.
///
/// Suatu jumlah beserta banyaknya yang dihitung.
#[derive(Clone, Copy, SimpleObject)]
pub struct ValueSum {
    /// Whole rupiah; null where none is known.
    ///
    /// Rupiah utuh; kosong bila tidak ada yang diketahui.
    pub amount: Option<Money>,
    /// How many partnerships are in it.
    ///
    /// Banyaknya kemitraan yang dihitung.
    pub counted: i64,
    /// Of how many; of the others it is not known.
    ///
    /// Dari berapa kemitraan; nilai yang lain tidak diketahui.
    pub out_of: i64,
}

impl Flat for ValueSum {
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool {
        match field.name.node.as_str() {
            "amount" => connection::value(&self.amount, out),
            "counted" => connection::value(&self.counted, out),
            "outOf" => connection::value(&self.out_of, out),
            _ => false,
        }
    }
}

/// An indicator's figures in a quarter.
///
/// Angka suatu indikator pada suatu triwulan.
#[derive(Clone, SimpleObject)]
pub struct IndicatorFigure {
    /// The quarter: `2021-Q3`.
    ///
    /// Triwulannya: `2021-Q3`.
    quarter: String,
    /// The indicator.
    ///
    /// Indikatornya.
    indicator: Indicator,
    /// The objective of the memorandum that it serves.
    ///
    /// Sasaran nota kesepahaman yang dilayaninya.
    objective: Option<Objective>,
    /// The unit of the figures.
    ///
    /// Satuan angkanya.
    unit: Unit,
    /// The targets summed up; null for ratios, whose targets do not add up, and where there are none.
    ///
    /// Jumlah target; kosong untuk rasio dan bila tidak ada target.
    target: Option<Decimal>,
    /// The verified figures as one: summed, or weighted as the indicator says. Null where none counts.
    ///
    /// Gabungan angka terverifikasi menurut cara indikatornya; kosong bila tidak ada.
    actual: Option<Decimal>,
    /// How many are verified.
    ///
    /// Banyaknya yang terverifikasi.
    verified: i64,
    /// How many are reported, verified ones included.
    ///
    /// Banyaknya yang dilaporkan, termasuk yang terverifikasi.
    reported: i64,
    /// Of how many.
    ///
    /// Dari berapa.
    out_of: i64,
}

impl Flat for IndicatorFigure {
    fn tell(&self, field: &Field, out: &mut Vec<u8>) -> bool {
        match field.name.node.as_str() {
            "quarter" => connection::value(&self.quarter, out),
            "indicator" => connection::value(&self.indicator, out),
            "objective" => connection::value(&self.objective, out),
            "unit" => connection::value(&self.unit, out),
            "target" => connection::value(&self.target, out),
            "actual" => connection::value(&self.actual, out),
            "verified" => connection::value(&self.verified, out),
            "reported" => connection::value(&self.reported, out),
            "outOf" => connection::value(&self.out_of, out),
            _ => false,
        }
    }
}

impl IndicatorFigure {
    fn new(figures: store::Figures) -> Self {
        let indicator = figures.indicator;
        let sums = Sums { sum: figures.total, weighted: figures.weighted, weight: figures.weight };
        let adds_up = matches!(indicator.unit(), Unit::Rupiah | Unit::People);
        Self {
            quarter: figures.quarter,
            indicator,
            objective: indicator.objective(),
            unit: indicator.unit(),
            target: figures.target.filter(|_| adds_up).map(Decimal),
            actual: rules::figure(indicator, sums),
            verified: figures.verified,
            reported: figures.reported,
            out_of: figures.n,
        }
    }
}

/// The root fields of the programme.
pub struct ProgrammeQuery;

#[Object]
impl ProgrammeQuery {
    /// The programme within your reach, in sums and counts.
    ///
    /// Ringkasan program sejauh yang dapat Anda lihat.
    async fn programme_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Which figures count, where some were revised. / Angka mana yang dihitung.",
            default_with = "Basis::Latest"
        )]
        basis: Basis,
        #[graphql(desc = "Only these outcomes are put together. / Hanya capaian ini yang digabungkan.")]
        outcomes: Option<OutcomeFilter>,
    ) -> ProgrammeSummary {
        let view = ctx.data_unchecked::<View>().clone();
        ProgrammeSummary { view, basis, outcomes: outcomes.unwrap_or_default() }
    }
}
