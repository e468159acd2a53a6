//! The mutations of outcomes: input, faults, and the act that is meant.

use async_graphql::{Context, Object, SimpleObject};

use super::acts;
use super::graphql::Outcome;
use super::inputs::*;
use crate::error::Result;
use crate::nouns::acting::{self, Made, Payload};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;

/// What a mutation of an outcome did.
///
/// Hasil mutasi capaian.
#[derive(SimpleObject)]
pub struct OutcomePayload {
    /// The outcome as it is now; in a dry run as it would be.
    ///
    /// Capaian setelah perubahan; pada uji coba, seandainya dilaksanakan.
    outcome: Outcome,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for OutcomePayload {
    type Object = Outcome;

    fn of(made: Made<Outcome>) -> Self {
        Self { outcome: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// The mutations of outcomes.
#[derive(Default)]
pub struct OutcomesMutation;

#[Object]
impl OutcomesMutation {
    /// Sets the target of an outcome that is DRAFT or RETURNED, or takes it away; makes the outcome where there is none
    /// yet. For an officer of the BUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menetapkan target capaian yang belum diajukan. Untuk operator BUMN.
    async fn outcome_set_target(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which outcome, and its target. / Capaian mana, dan targetnya.")]
        input: OutcomeSetTargetInput,
    ) -> Option<Result<OutcomePayload>> {
        let mut faults = Faults::default();
        let given = input.place.said(&mut faults, "input.target", input.target, None);
        acting::carry_out(ctx, &input.place.manner, faults, given, acts::set_target).await
    }

    /// Reports the figure of an outcome that is DRAFT or RETURNED: it becomes DRAFT, and is yet to be submitted; makes the
    /// outcome where there is none yet. For an officer of the BUMN, once the quarter has begun. Errors: NOT_FOUND, FORBIDDEN,
    /// CONFLICT, INVALID_TRANSITION.
    ///
    /// Melaporkan realisasi capaian yang belum diajukan, setelah triwulannya mulai. Untuk operator BUMN.
    async fn outcome_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which outcome, and its figure. / Capaian mana, dan realisasinya.")]
        input: OutcomeReportInput,
    ) -> Option<Result<OutcomePayload>> {
        let mut faults = Faults::default();
        let given = input.place.said(&mut faults, "input.actual", Some(input.actual), input.note.as_deref());
        acting::carry_out(ctx, &input.place.manner, faults, given, acts::report).await
    }

    /// Submits the reported figure: DRAFT becomes SUBMITTED. For an approver of the BUMN. Errors: NOT_FOUND, FORBIDDEN,
    /// CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengajukan realisasi untuk diverifikasi. Untuk penyetuju BUMN.
    async fn outcome_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which outcome, and as of which version. / Capaian mana, dan versi berapa.")]
        input: OutcomeSubmitInput,
    ) -> Option<Result<OutcomePayload>> {
        let mut faults = Faults::default();
        let given = (faults.id(Noun::Outcome, &input.target.id), input.target.expected_version);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::submit).await
    }

    /// Verifies the figure: SUBMITTED becomes VERIFIED, and agreements to the quarter fall, for they were to other figures.
    /// Once the quarter is locked, verifies the revision that waits: its figure takes effect. For an approver of the seat that
    /// verifies the indicator, and of another organisation than the one that reported. Errors: NOT_FOUND, FORBIDDEN,
    /// CONFLICT, INVALID_TRANSITION.
    ///
    /// Memverifikasi realisasi, atau revisinya setelah triwulan dikunci; persetujuan atas triwulan gugur bila angkanya berubah.
    /// Untuk verifikator dari kedudukan yang memverifikasi indikatornya.
    async fn outcome_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which outcome, and as of which version. / Capaian mana, dan versi berapa.")]
        input: OutcomeVerifyInput,
    ) -> Option<Result<OutcomePayload>> {
        let mut faults = Faults::default();
        let given = (faults.id(Noun::Outcome, &input.target.id), input.target.expected_version);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::verify).await
    }

    /// Returns the figure: SUBMITTED becomes RETURNED. Once the quarter is locked, returns the revision that waits. For an
    /// approver of the seat that verifies the indicator. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengembalikan realisasi, atau revisinya setelah triwulan dikunci. Untuk verifikator dari kedudukan yang memverifikasi
    /// indikatornya.
    async fn outcome_return(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which outcome, and why. / Capaian mana, dan alasannya.")] input: OutcomeReturnInput,
    ) -> Option<Result<OutcomePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Outcome, &input.target.id);
        let given = (on, input.target.expected_version, faults.reason("input.reason", &input.reason));
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::give_back).await
    }

    /// Revises the figure of a locked quarter: a numbered revision that is SUBMITTED at once and takes effect when it is
    /// verified; the figure as locked stays for ever. For an approver of the BUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Merevisi angka pada triwulan yang telah dikunci; berlaku setelah diverifikasi. Untuk penyetuju BUMN.
    async fn outcome_revise(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which outcome, to what, and why. / Capaian mana, menjadi berapa, dan alasannya.")]
        input: OutcomeReviseInput,
    ) -> Option<Result<OutcomePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Outcome, &input.target.id);
        let reason = faults.reason("input.reason", &input.reason);
        let given = (on, input.target.expected_version, input.actual, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::revise).await
    }
}
