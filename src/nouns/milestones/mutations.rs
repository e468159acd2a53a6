//! The mutations of milestones.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::entity::milestone;
use super::graphql::Milestone;
use super::{rules, store};
use crate::access::Write;
use crate::error::Result;
use crate::nouns::acting::{self, Made, Manner, Payload};
use crate::nouns::faults::Faults;
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

/// Which milestone to start.
///
/// Tahapan yang dimulai.
#[derive(InputObject)]
pub struct MilestoneStartInput {
    /// The milestone's id.
    ///
    /// Pengenal tahapan.
    id: ID,
    /// The version that you have read.
    ///
    /// Versi yang telah Anda baca.
    expected_version: i32,
    #[graphql(flatten)]
    manner: Manner,
}

/// The mutations of milestones.
#[derive(Default)]
pub struct MilestonesMutation;

#[Object]
impl MilestonesMutation {
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
        let given = (faults.id(Noun::Milestone, &input.id), input.expected_version);
        acting::carry_out(ctx, &input.manner, faults, given, async |mut write: Write, (on, version)| {
            let row = on.hold::<milestone::Entity>(&mut write).await?;
            let (permit, row) = rules::start(write.actor(), &row, version, write.clock().now())?;
            store::update(&mut write, &permit, &row).await?;
            write.done(&permit, None, row.version)
        })
        .await
    }
}
