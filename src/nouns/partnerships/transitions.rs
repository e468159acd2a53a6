//! The steps of a partnership's machine as mutations. All of them are KEMENBUMN's.

use async_graphql::{Context, InputObject, Object};

use super::acts;
use super::mutations::PartnershipPayload;
use super::steps::PartnershipAction;
use crate::error::Result;
use crate::nouns::acting::{self, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;

/// A partnership to be curated.
///
/// Kemitraan yang dikurasi.
#[derive(InputObject)]
pub struct PartnershipCurateInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// A partnership to be prepared.
///
/// Kemitraan yang dipersiapkan.
#[derive(InputObject)]
pub struct PartnershipPrepareInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// A partnership to be put on trial.
///
/// Kemitraan yang diuji coba.
#[derive(InputObject)]
pub struct PartnershipStartTrialInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// A partnership to be sent back to preparation.
///
/// Kemitraan yang dikembalikan ke persiapan.
#[derive(InputObject)]
pub struct PartnershipReturnToPreparationInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A partnership to be activated without a trial.
///
/// Kemitraan yang dijalankan tanpa uji coba.
#[derive(InputObject)]
pub struct PartnershipWaiveTrialInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A partnership to be activated.
///
/// Kemitraan yang dijalankan.
#[derive(InputObject)]
pub struct PartnershipActivateInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// A partnership to be suspended.
///
/// Kemitraan yang ditangguhkan.
#[derive(InputObject)]
pub struct PartnershipSuspendInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A partnership to be resumed.
///
/// Kemitraan yang dilanjutkan.
#[derive(InputObject)]
pub struct PartnershipResumeInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// A partnership to be completed.
///
/// Kemitraan yang diselesaikan.
#[derive(InputObject)]
pub struct PartnershipCompleteInput {
    #[graphql(flatten)]
    pub target: Target,
}

/// A partnership to be terminated.
///
/// Kemitraan yang dihentikan.
#[derive(InputObject)]
pub struct PartnershipTerminateInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// A partnership to be rejected.
///
/// Kemitraan yang ditolak.
#[derive(InputObject)]
pub struct PartnershipRejectInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen.
    pub reason: String,
}

/// The steps of a partnership's machine.
#[derive(Default)]
pub struct PartnershipSteps;

#[Object]
impl PartnershipSteps {
    /// A partnership: PROPOSED becomes CURATION. For an approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Memulai kurasi usulan kemitraan. Untuk penyetuju KEMENBUMN.
    async fn partnership_curate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and as of which version. / Kemitraan mana, dan versi berapa.")]
        input: PartnershipCurateInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::Curate, None).await
    }

    /// A partnership: CURATION becomes PREPARATION. For an approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Memulai persiapan kemitraan setelah kurasi. Untuk penyetuju KEMENBUMN.
    async fn partnership_prepare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and as of which version. / Kemitraan mana, dan versi berapa.")]
        input: PartnershipPrepareInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::Prepare, None).await
    }

    /// A partnership: PREPARATION becomes TRIAL. For an approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Memulai uji coba kemitraan. Untuk penyetuju KEMENBUMN.
    async fn partnership_start_trial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and as of which version. / Kemitraan mana, dan versi berapa.")]
        input: PartnershipStartTrialInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::StartTrial, None).await
    }

    /// A partnership: TRIAL becomes PREPARATION. For an approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT,
    /// INVALID_TRANSITION.
    ///
    /// Mengembalikan kemitraan dari uji coba ke persiapan. Untuk penyetuju KEMENBUMN.
    async fn partnership_return_to_preparation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and why. / Kemitraan mana, dan alasannya.")]
        input: PartnershipReturnToPreparationInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::ReturnToPreparation, Some(&input.reason)).await
    }

    /// A partnership: PREPARATION becomes ACTIVE, the trial being waived. Its cooperation agreement or a supply contract is
    /// MET. For an approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menjalankan kemitraan tanpa uji coba; perjanjian kerja sama atau kontrak pasokannya telah tercapai. Untuk penyetuju
    /// KEMENBUMN.
    async fn partnership_waive_trial(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and why. / Kemitraan mana, dan alasannya.")]
        input: PartnershipWaiveTrialInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::WaiveTrial, Some(&input.reason)).await
    }

    /// A partnership: TRIAL becomes ACTIVE. Its cooperation agreement or a supply contract is MET. For an approver of
    /// KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menjalankan kemitraan setelah uji coba; perjanjian kerja sama atau kontrak pasokannya telah tercapai. Untuk penyetuju
    /// KEMENBUMN.
    async fn partnership_activate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and as of which version. / Kemitraan mana, dan versi berapa.")]
        input: PartnershipActivateInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::Activate, None).await
    }

    /// A partnership: ACTIVE becomes SUSPENDED. Its milestones rest meanwhile. For an approver of KEMENBUMN. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menangguhkan kemitraan; tahapannya berhenti sementara. Untuk penyetuju KEMENBUMN.
    async fn partnership_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and why. / Kemitraan mana, dan alasannya.")]
        input: PartnershipSuspendInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::Suspend, Some(&input.reason)).await
    }

    /// A partnership: SUSPENDED becomes ACTIVE again. Its cooperation agreement or a supply contract is still MET. For an
    /// approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Melanjutkan kemitraan yang ditangguhkan; perjanjian kerja sama atau kontrak pasokannya tetap tercapai. Untuk penyetuju
    /// KEMENBUMN.
    async fn partnership_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and as of which version. / Kemitraan mana, dan versi berapa.")]
        input: PartnershipResumeInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::Resume, None).await
    }

    /// A partnership: ACTIVE becomes COMPLETED. No milestone of it is open. For an approver of KEMENBUMN. Errors: NOT_FOUND,
    /// FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menyelesaikan kemitraan yang tidak lagi memiliki tahapan terbuka. Untuk penyetuju KEMENBUMN.
    async fn partnership_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and as of which version. / Kemitraan mana, dan versi berapa.")]
        input: PartnershipCompleteInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::Complete, None).await
    }

    /// A partnership: PREPARATION, TRIAL, ACTIVE or SUSPENDED becomes TERMINATED. For an approver of KEMENBUMN. Errors:
    /// NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Menghentikan kemitraan sebelum waktunya. Untuk penyetuju KEMENBUMN.
    async fn partnership_terminate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and why. / Kemitraan mana, dan alasannya.")]
        input: PartnershipTerminateInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::Terminate, Some(&input.reason)).await
    }

    /// A partnership: PROPOSED or CURATION becomes REJECTED. For an approver of KEMENBUMN. Errors: NOT_FOUND, FORBIDDEN,
    /// CONFLICT, INVALID_TRANSITION.
    ///
    /// Menolak usulan kemitraan. Untuk penyetuju KEMENBUMN.
    async fn partnership_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which partnership, and why. / Kemitraan mana, dan alasannya.")]
        input: PartnershipRejectInput,
    ) -> Option<Result<PartnershipPayload>> {
        step(ctx, &input.target, PartnershipAction::Reject, Some(&input.reason)).await
    }
}

async fn step(
    ctx: &Context<'_>,
    target: &Target,
    action: PartnershipAction,
    reason: Option<&str>,
) -> Option<Result<PartnershipPayload>> {
    let mut faults = Faults::default();
    let on = faults.id(Noun::Partnership, &target.id);
    let reason = reason.map(|reason| faults.reason("input.reason", reason));
    let given = (on, target.expected_version, action, reason);
    acting::carry_out(ctx, &target.manner, faults, given, acts::step).await
}
