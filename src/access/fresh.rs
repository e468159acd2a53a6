//! Where the journal stands now, for what was remembered of it: read once for all requests that wait for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use sea_orm::QueryResult;
use tokio::sync::Mutex;

use super::{Access, Actor, Standing};
use crate::error::Result;
use crate::journal::entity::head;

/// The journal's sequence and the successions, as one statement has seen them.
pub struct Seen {
    pub sequence: i64,
    standing: Standing,
}

impl Seen {
    /// Refuses an actor whose organisation does not hold its seat, as opening a view does.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED.
    pub fn check_reading(&self, actor: &Actor) -> Result<()> {
        self.standing.check_reading(actor)
    }

    /// Refuses an actor whose organisation may not write, as a write does.
    ///
    /// # Errors
    ///
    /// FORBIDDEN; UNAUTHENTICATED.
    pub fn check_writing(&self, actor: &Actor) -> Result<()> {
        self.standing.check_writing(actor)
    }

    /// The day in Asia/Jakarta on which it was seen.
    pub fn today(&self) -> chrono::NaiveDate {
        self.standing.today
    }
}

/// Reads that requests share. A request is given what a read saw that began after it had come in, never before: whatever
/// was committed until then, by whichever process, is seen.
#[derive(Default)]
pub(super) struct Fresh {
    begun: AtomicU64,
    /// The last read, by its number.
    last: Mutex<(u64, Option<Arc<Seen>>)>,
}

impl Fresh {
    /// What a read sees that begins from now on.
    pub(super) async fn see(&self, access: &Access) -> Result<Arc<Seen>> {
        let before = self.begun.load(Ordering::SeqCst);
        // One reads, the others wait here: all that came before it began take what it saw.
        let mut last = self.last.lock().await;
        if let (number, Some(seen)) = &*last
            && *number > before
        {
            return Ok(Arc::clone(seen));
        }
        // Whoever else is about to come is let in before it begins, and shares it.
        tokio::task::yield_now().await;
        let number = self.begun.fetch_add(1, Ordering::SeqCst) + 1;
        let (sequence, standing) = access.read_standing().await?;
        let seen = Arc::new(Seen { sequence, standing });
        *last = (number, Some(Arc::clone(&seen)));
        Ok(seen)
    }
}

/// What was last read of how actors stand, and at which head. Whatever that depends on is in the journal, and no two journals
/// have the same head: so where the head is the same, nothing else has to be read. Of an empty journal nothing is remembered:
/// whatever the tables hold then, it has not told of.
#[derive(Default)]
pub(super) struct Known(RwLock<Option<(head::Model, Standing)>>);

impl Known {
    /// The head alone.
    pub(super) const HEAD: &str = r#"SELECT "hash" FROM "journal_head""#;

    /// What is known at this head, which is the answer to that; as of today.
    pub(super) fn at(
        &self,
        head: &[QueryResult],
        access: &Access,
    ) -> Result<Option<(head::Model, Standing)>> {
        let Some(row) = head.first() else { return Ok(None) };
        let hash = row.try_get::<Vec<u8>>("", "hash")?;
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let same = known.as_ref().filter(|(head, _)| head.hash == hash);
        Ok(same.map(|(head, standing)| (head.clone(), standing.to(access))))
    }

    pub(super) fn keep(&self, head: &head::Model, standing: &Standing) {
        if head.sequence > 0 {
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((head.clone(), standing.clone()));
        }
    }
}
