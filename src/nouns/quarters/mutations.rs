//! The mutations of quarters: input, faults, and the act that is meant.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::acts;
use super::graphql::Quarter;
use super::steps::QuarterAction;
use crate::error::Result;
use crate::nouns::acting::{self, Made, Manner, Payload, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::types;

/// Which quarter to open.
///
/// Triwulan yang dibuka.
#[derive(InputObject)]
pub struct QuarterOpenInput {
    /// Its code, from `2021-Q3` to a year from now.
    ///
    /// Kodenya, dari `2021-Q3` sampai setahun mendatang.
    pub quarter: String,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// Which quarter to agree to.
///
/// Triwulan yang disetujui.
#[derive(InputObject)]
pub struct QuarterAgreeInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// Which agreement to withdraw, and why.
///
/// Persetujuan yang ditarik, dan alasannya.
#[derive(InputObject)]
pub struct QuarterWithdrawAgreementInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why. Permanent: up to 4000 characters.
    ///
    /// Alasannya. Permanen: paling banyak 4000 karakter.
    pub reason: String,
}

/// Which quarter to lock.
///
/// Triwulan yang dikunci.
#[derive(InputObject)]
pub struct QuarterLockInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// What a mutation of a quarter did.
///
/// Hasil mutasi triwulan.
#[derive(SimpleObject)]
pub struct QuarterPayload {
    /// The quarter as it is now; in a dry run as it would be.
    ///
    /// Triwulan setelah perubahan; pada uji coba, seandainya dilaksanakan.
    quarter: Quarter,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for QuarterPayload {
    type Object = Quarter;

    fn of(made: Made<Quarter>) -> Self {
        Self { quarter: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// The mutations of quarters.
#[derive(Default)]
pub struct QuartersMutation;

#[Object]
impl QuartersMutation {
    /// Opens a quarter: from then on targets are set for it, and figures are reported once it has begun. For an approver of
    /// KEMENBUMN. Errors: FORBIDDEN, INVALID_TRANSITION.
    ///
    /// Membuka triwulan pelaporan. Untuk penyetuju KEMENBUMN.
    async fn quarter_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which quarter. / Triwulan mana.")] input: QuarterOpenInput,
    ) -> Option<Result<QuarterPayload>> {
        let mut faults = Faults::default();
        let of = faults.quarter("input.quarter", &input.quarter);
        let first = types::Quarter { year: 2021, quarter: 3 };
        let this = types::Quarter::of(acting::today(ctx));
        let last = types::Quarter { year: this.year + 1, ..this };
        let expected = format!("a quarter from {first} to {last}");
        if faults.check().is_ok() {
            faults.expect((first..=last).contains(&of), "input.quarter", of, &expected);
        }
        acting::carry_out(ctx, &input.manner, faults, of, acts::open).await
    }

    /// Agrees to the figures of a quarter that is over, for the seat that the organisation holds; a figure verified after
    /// that takes the agreement away. For an approver of a ministry. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Menyetujui angka triwulan yang telah berakhir; gugur bila ada angka yang diverifikasi sesudahnya. Untuk penyetuju
    /// kementerian.
    async fn quarter_agree(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which quarter, and as of which version. / Triwulan mana, dan versi berapa.")]
        input: QuarterAgreeInput,
    ) -> Option<Result<QuarterPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Quarter, &input.target.id);
        let given = (on, input.target.expected_version, QuarterAction::Agree, None);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::step).await
    }

    /// Withdraws the agreement of the organisation to a quarter that is not locked. For an approver of a ministry. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menarik persetujuan atas triwulan yang belum dikunci. Untuk penyetuju kementerian.
    async fn quarter_withdraw_agreement(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which quarter, and why. / Triwulan mana, dan alasannya.")]
        input: QuarterWithdrawAgreementInput,
    ) -> Option<Result<QuarterPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Quarter, &input.target.id);
        let reason = Some(faults.reason("input.reason", &input.reason));
        let given = (on, input.target.expected_version, QuarterAction::WithdrawAgreement, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::step).await
    }

    /// Locks a quarter that is over and that all seats agree to: OPEN becomes LOCKED. Its figures change by revisions alone,
    /// and those not verified are left out of it for good. For an approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN,
    /// CONFLICT, INVALID_TRANSITION (`missing` names who has not agreed).
    ///
    /// Mengunci triwulan yang telah berakhir dan disetujui semua kedudukan. Untuk penyetuju KEMENBUMN.
    async fn quarter_lock(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which quarter, and as of which version. / Triwulan mana, dan versi berapa.")]
        input: QuarterLockInput,
    ) -> Option<Result<QuarterPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Quarter, &input.target.id);
        let given = (on, input.target.expected_version, QuarterAction::Lock, None);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::step).await
    }
}
