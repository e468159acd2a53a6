//! What can be changed: the root of all mutations. Each field is a transaction of its own.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use crate::access::{Access, Actor, Done, Rows, View, Write};
use crate::error::{Error, Result};
use crate::journal::Entry;
use crate::nouns::connection::NounObject as _;
use crate::nouns::ids;
use crate::nouns::journal::graphql::{JournalEntry, entry_at};
use crate::nouns::milestones::entity::milestone;
use crate::nouns::milestones::graphql::Milestone;
use crate::nouns::milestones::{rules, store};

/// What a mutation needs of the request that it came in.
pub struct Acting {
    pub access: Access,
    pub actor: Actor,
    pub request_id: String,
    /// The sequence of the last entry that the request has made.
    pub sequence: std::sync::atomic::AtomicI64,
}

/// What can be changed. Fields run in order, each in a transaction of its own; one that fails leaves nothing.
///
/// Segala yang dapat diubah. Setiap isian berjalan berurutan dalam transaksinya sendiri.
pub struct Mutation;

/// What can be changed. Fields run in order, each in a transaction of its own; one that fails leaves nothing.
///
/// Segala yang dapat diubah. Setiap isian berjalan berurutan dalam transaksinya sendiri.
#[Object]
impl Mutation {
    /// Starts a milestone: SCHEDULED, RETURNED, PARTIALLY_MET or NOT_MET becomes IN_PROGRESS. For an officer of the
    /// seat that reports on it. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION.
    ///
    /// Memulai tahapan. Untuk operator dari kedudukan yang melaporkannya.
    async fn milestone_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which milestone, and as of which version. / Tahapan mana, dan versi berapa.")]
        input: MilestoneStartInput,
    ) -> Option<Result<MilestoneStartPayload>> {
        Some(milestone_start(ctx.data_unchecked::<std::sync::Arc<Acting>>(), &input).await)
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
}

/// What starting a milestone did.
///
/// Hasil memulai tahapan.
#[derive(SimpleObject)]
pub struct MilestoneStartPayload {
    /// The milestone as it is now.
    ///
    /// Tahapan setelah perubahan.
    milestone: Milestone,
    /// The entry that the journal now has of it.
    ///
    /// Catatan jurnalnya.
    journal_entry: JournalEntry,
}

async fn milestone_start(acting: &Acting, input: &MilestoneStartInput) -> Result<MilestoneStartPayload> {
    let id = ids::parse(ids::Noun::Milestone, &input.id)?;
    let given = (id, input.id.clone(), input.expected_version);
    let start = async |mut write: Write, (id, given, version): (Uuid, ID, i32)| {
        let row = write.hold::<milestone::Entity>(id).await?.ok_or_else(|| Error::not_found(&given))?;
        let (permit, started) = rules::start(write.actor(), &row, version, write.clock().now())?;
        store::update(&mut write, &permit, &started).await?;
        write.done(&permit, None, ())
    };
    let ((), view, entry) = acting.write(given, start).await?;
    let row = view.by_id::<milestone::Entity>(id).await?.ok_or_else(|| Error::not_found(&input.id))?;
    Ok(MilestoneStartPayload {
        milestone: Milestone::new(Rows::single(view.clone(), row)),
        journal_entry: entry_at(&view, entry.sequence).await?,
    })
}

impl Acting {
    /// Changes rows as this request's actor; gives a view that was opened after the commit.
    async fn write<I, T, F, A>(&self, input: I, act: F) -> Result<(T, View, Entry)>
    where
        I: Clone + Send + Sync + 'static,
        T: Send + 'static,
        F: Fn(Write, I) -> A + Send + Sync + 'static,
        A: Future<Output = Result<Done<T>>> + Send + 'static,
    {
        let request_id = Some(self.request_id.clone());
        let (value, entry) = self.access.write(&self.actor, request_id, input, act).await?;
        self.sequence.store(entry.sequence, std::sync::atomic::Ordering::Relaxed);
        Ok((value, View::open(&self.access, self.actor.clone()).await?, entry))
    }
}
