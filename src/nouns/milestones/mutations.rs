//! The mutations of milestones: input, faults, and the act that is meant.

use async_graphql::{Context, MaybeUndefined, Object, SimpleObject};

use super::acts::{self, Move, Planned, Report, Update};
use super::entity::MilestoneType;
use super::graphql::Milestone;
use super::inputs::*;
use super::rules;
use super::steps::MilestoneAction;
use crate::access::Write;
use crate::error::Result;
use crate::nouns::acting::{self, Made, Named, Payload};
use crate::nouns::certificates::entity::CertificateKind;
use crate::nouns::faults::{Faults, LONGEST};
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;

/// What a mutation of a milestone did.
///
/// Hasil mutasi tahapan.
#[derive(SimpleObject)]
pub struct MilestonePayload {
    /// The milestone as it is now; in a dry run as it would be.
    ///
    /// Tahapan setelah perubahan; pada uji coba, seandainya dilaksanakan.
    milestone: Milestone,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for MilestonePayload {
    type Object = Milestone;

    fn of(made: Made<Milestone>) -> Self {
        Self { milestone: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// The longest title.
const TITLE: usize = 200;

/// The mutations of milestones.
#[derive(Default)]
pub struct MilestonesMutation;

#[Object]
impl MilestonesMutation {
    /// Plans a milestone of a partnership. For an officer of the BUMN, or of KEMENBUMN. Who reports on it and who verifies
    /// follow from its type and the steward of the lead partner. Errors: NOT_FOUND, FORBIDDEN, INVALID_TRANSITION.
    ///
    /// Merencanakan tahapan suatu kemitraan. Untuk operator BUMN atau KEMENBUMN.
    async fn milestone_plan(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is planned. / Yang direncanakan.")] input: MilestonePlanInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let today = acting::today(ctx);
        let is_certification = input.kind == MilestoneType::Certification;
        faults.expect(
            input.certificate.is_none() || is_certification,
            "input.certificate",
            "a certificate",
            "none: only a CERTIFICATION is for a certificate",
        );
        let given = Planned {
            partnership: faults.id(Noun::Partnership, &input.partnership),
            kind: input.kind,
            title: faults.line("input.title", &input.title, TITLE),
            clause: input.clause.as_ref().map(|id| faults.id(Noun::Clause, id)),
            weight: faults.number("input.weight", input.weight, 0, 100),
            due_on: faults.day("input.dueOn", input.due_on, rules::first_day(), rules::last_day(today)),
            technical: matches!(input.certificate, Some(CertificateKind::Sni | CertificateKind::Tkdn)),
            reporter: input.reporter,
            depends_on: faults.ids(
                Noun::Milestone,
                "input.dependsOn",
                input.depends_on.as_deref().unwrap_or_default(),
                20,
            ),
        };
        acting::carry_out(ctx, &input.manner, faults, given, acts::plan).await
    }

    /// Plans the milestones that the pattern of a partnership usually has, each waiting for the one before it; for a
    /// partnership without any. The payload has the first of them. For an officer of the BUMN, or of KEMENBUMN. Errors:
    /// NOT_FOUND, FORBIDDEN, INVALID_TRANSITION.
    ///
    /// Merencanakan rangkaian tahapan menurut pola kemitraan yang belum mempunyai tahapan. Untuk operator BUMN atau KEMENBUMN.
    async fn milestone_plan_chain(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "For which partnership, from when. / Kemitraan mana, mulai kapan.")]
        input: MilestonePlanChainInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let last = rules::last_day(acting::today(ctx));
        let on = faults.id(Noun::Partnership, &input.partnership);
        let given = (on, faults.day("input.startsOn", input.starts_on, rules::first_day(), last));
        acting::carry_out(ctx, &input.manner, faults, given, acts::plan_chain).await
    }

    /// Changes title, clause or weight of a milestone that is not reported yet; never its dates. For an officer of the BUMN,
    /// or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengubah judul, pasal, atau bobot tahapan yang belum dilaporkan; bukan tanggalnya. Untuk operator BUMN atau KEMENBUMN.
    async fn milestone_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and what changes. / Tahapan mana, dan perubahannya.")]
        input: MilestoneUpdateInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let clause = match &input.clause {
            MaybeUndefined::Undefined => None,
            MaybeUndefined::Null => Some(None),
            MaybeUndefined::Value(id) => Some(Some(faults.id(Noun::Clause, id))),
        };
        let changes = input.title.is_some() || input.weight.is_some() || clause.is_some();
        faults.expect(changes, "input", "nothing to change", "title, clause or weight");
        let given = Update {
            on: faults.id(Noun::Milestone, &input.target.id),
            version: input.target.expected_version,
            title: input.title.as_deref().map(|title| faults.line("input.title", title, TITLE)),
            clause,
            weight: input.weight.map(|weight| faults.number("input.weight", weight, 0, 100)),
        };
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::update).await
    }

    /// Starts a milestone: SCHEDULED, RETURNED, PARTIALLY_MET or NOT_MET becomes IN_PROGRESS. For an officer of the
    /// seat that reports on it. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Memulai tahapan. Untuk operator dari kedudukan yang melaporkannya.
    async fn milestone_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and as of which version. / Tahapan mana, dan versi berapa.")]
        input: MilestoneStartInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Milestone, &input.target.id);
        let given = (on, input.target.expected_version, MilestoneAction::Start, None);
        acting::carry_out(ctx, &input.target.manner, faults, given, |write: Write, given: Stepped| {
            acts::step(write, given, |row, _, now| rules::started(row, now))
        })
        .await
    }

    /// Reports on a milestone: IN_PROGRESS becomes SUBMITTED. It has its least evidence, and what it depends on is MET or
    /// CANCELLED. For an approver of the seat that reports on it. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Melaporkan tahapan, dengan bukti minimal dan setelah tahapan yang ditunggunya tercapai. Untuk penyetuju dari kedudukan
    /// yang melaporkannya.
    async fn milestone_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and its report. / Tahapan mana, dan laporannya.")]
        input: MilestoneSubmitInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let today = acting::today(ctx);
        let given = Report {
            on: faults.id(Noun::Milestone, &input.target.id),
            version: input.target.expected_version,
            text: faults.text("input.report", &input.report, LONGEST),
            occurred_on: faults.day("input.occurredOn", input.occurred_on, rules::first_day(), today),
            evidence: faults.ids(
                Noun::Evidence,
                "input.evidence",
                input.evidence.as_deref().unwrap_or_default(),
                50,
            ),
        };
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::submit).await
    }

    /// Verifies the report on a milestone: SUBMITTED becomes MET, PARTIALLY_MET or NOT_MET. For an approver of the seat that
    /// verifies it, and of another organisation than the one that reported. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Memverifikasi laporan tahapan. Untuk verifikator dari kedudukan yang memverifikasinya, bukan dari organisasi pelapor.
    async fn milestone_verify(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and what was found. / Tahapan mana, dan hasilnya.")]
        input: MilestoneVerifyInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Milestone, &input.target.id);
        let remark = input.remark.as_deref().map(|remark| faults.reason("input.remark", remark));
        let is_met = input.verdict == MilestoneVerdict::Met;
        faults.expect(is_met || remark.is_some(), "input.remark", "nothing", "a remark on what is not MET");
        let target = (on, input.target.expected_version, MilestoneAction::Verify, remark);
        let given = (target, input.verdict);
        acting::carry_out(ctx, &input.target.manner, faults, given, |write, (given, verdict)| {
            let given: Stepped = given;
            let remark = given.3.clone();
            acts::step(write, given, move |row, actor, now| {
                rules::verified(row, actor, now, (verdict.into(), remark))
            })
        })
        .await
    }

    /// Returns the report on a milestone: SUBMITTED becomes RETURNED. For an approver of the seat that verifies it. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Mengembalikan laporan tahapan kepada pelapor. Untuk verifikator dari kedudukan yang memverifikasinya.
    async fn milestone_return(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and why. / Tahapan mana, dan alasannya.")]
        input: MilestoneReturnInput,
    ) -> Option<Result<MilestonePayload>> {
        let (faults, given) = because(&input.target, MilestoneAction::Return, &input.reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, |write: Write, given: Stepped| {
            let reason = given.3.clone();
            acts::step(write, given, move |row, _, now| rules::returned(row, now, reason))
        })
        .await
    }

    /// Withdraws the verification of a milestone: MET, PARTIALLY_MET or NOT_MET becomes IN_PROGRESS. The journal keeps both acts.
    /// For an approver of the seat that verifies it; also while the partnership is at rest or has ended. Errors: NOT_FOUND,
    /// FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menarik kembali verifikasi tahapan; kedua tindakan tetap tercatat. Untuk verifikator dari kedudukan yang
    /// memverifikasinya.
    async fn milestone_withdraw_verification(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and why. / Tahapan mana, dan alasannya.")]
        input: MilestoneWithdrawVerificationInput,
    ) -> Option<Result<MilestonePayload>> {
        let (faults, given) = because(&input.target, MilestoneAction::WithdrawVerification, &input.reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, |write: Write, given: Stepped| {
            acts::step(write, given, |row, _, now| rules::started(row, now))
        })
        .await
    }

    /// Moves the due date of a milestone that is not reported yet. Up to 30 days (a setting) after its first due date that
    /// takes effect at once; past them it waits for the verifier, unless the new day is before the present one. For an
    /// officer of the seat that reports on it. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menggeser jatuh tempo tahapan yang belum dilaporkan; lewat 30 hari dari jatuh tempo semula menunggu verifikator. Untuk
    /// operator dari kedudukan yang melaporkannya.
    async fn milestone_reschedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, to when, and why. / Tahapan mana, ke kapan, dan alasannya.")]
        input: MilestoneRescheduleInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let today = acting::today(ctx);
        let given = Move {
            on: faults.id(Noun::Milestone, &input.target.id),
            version: input.target.expected_version,
            due_on: faults.day("input.dueOn", input.due_on, today, rules::last_day(today)),
            reason: faults.reason("input.reason", &input.reason),
            free: acting::settings(ctx).reschedule_days,
        };
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::reschedule).await
    }

    /// Approves the request to move a milestone that waits: its due date moves, and it counts one reschedule more. For an
    /// approver of the seat that verifies it, and of another organisation than the one that asked. Errors: NOT_FOUND,
    /// FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menyetujui penjadwalan ulang yang menunggu. Untuk verifikator dari kedudukan yang memverifikasinya.
    async fn milestone_approve_reschedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and as of which version. / Tahapan mana, dan versi berapa.")]
        input: MilestoneApproveRescheduleInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let given = (faults.id(Noun::Milestone, &input.target.id), input.target.expected_version, None);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::decide_reschedule).await
    }

    /// Declines the request to move a milestone that waits: its due date stays. For an approver of the seat that verifies
    /// it, and of another organisation than the one that asked. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Menolak penjadwalan ulang yang menunggu. Untuk verifikator dari kedudukan yang memverifikasinya.
    async fn milestone_decline_reschedule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and why. / Tahapan mana, dan alasannya.")]
        input: MilestoneDeclineRescheduleInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Milestone, &input.target.id);
        let reason = Some(faults.reason("input.reason", &input.reason));
        let given = (on, input.target.expected_version, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::decide_reschedule).await
    }

    /// Cancels a milestone that is not reported yet. For an approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Membatalkan tahapan yang belum dilaporkan. Untuk penyetuju KEMENBUMN.
    async fn milestone_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and why. / Tahapan mana, dan alasannya.")]
        input: MilestoneCancelInput,
    ) -> Option<Result<MilestonePayload>> {
        let (faults, given) = because(&input.target, MilestoneAction::Cancel, &input.reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, |write: Write, given: Stepped| {
            let reason = given.3.clone();
            acts::step(write, given, move |row, _, now| rules::cancelled(row, now, reason))
        })
        .await
    }

    /// Lets a milestone wait for another of its partnership, which does not wait for it itself. For an officer of the BUMN,
    /// or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Membuat tahapan menunggu tahapan lain dalam kemitraannya. Untuk operator BUMN atau KEMENBUMN.
    async fn milestone_depend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one waits for which. / Tahapan mana menunggu yang mana.")]
        input: MilestoneDependInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Milestone, &input.target.id);
        let given = (on, input.target.expected_version, faults.id(Noun::Milestone, &input.depends_on));
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::depend).await
    }

    /// Lets a milestone wait for another no more. For an officer of the BUMN, or of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN,
    /// CONFLICT, INVALID_TRANSITION.
    ///
    /// Melepaskan tahapan dari tahapan yang ditunggunya. Untuk operator BUMN atau KEMENBUMN.
    async fn milestone_undepend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which one waits for which no more. / Tahapan mana tidak lagi menunggu yang mana.")]
        input: MilestoneUndependInput,
    ) -> Option<Result<MilestonePayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Milestone, &input.target.id);
        let given = (on, input.target.expected_version, faults.id(Noun::Milestone, &input.depends_on));
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::undepend).await
    }
}

/// A milestone, as of a version, what is done to it, and why.
type Stepped = (Named, i32, MilestoneAction, Option<String>);

/// What a step takes that has a reason.
fn because(target: &acting::Target, action: MilestoneAction, reason: &str) -> (Faults, Stepped) {
    let mut faults = Faults::default();
    let on = faults.id(Noun::Milestone, &target.id);
    let reason = faults.reason("input.reason", reason);
    (faults, (on, target.expected_version, action, Some(reason)))
}
