//! Appending: the one place that makes an entry.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::entity::{change, entry, head};
use super::hash::{self, Hash};
use super::projection::Place;
use crate::db::bulk;
use crate::error::{Error, Result};
use crate::types::{Clock, Timestamp};

/// Who acts, as the journal keeps it: an opaque id, never a name.
#[derive(Debug, Clone, Default)]
pub struct Author {
    pub actor: String,
    pub token: Option<String>,
    /// Role, organisation, level and token are null for SEED and SYSTEM.
    pub role: Option<String>,
    pub organisation: Option<Uuid>,
    pub level: Option<String>,
    pub request_id: Option<String>,
}

/// A row that an act has changed, as it is afterwards.
#[derive(Debug, Clone)]
pub struct Change {
    pub noun: &'static str,
    pub version: i32,
    pub id: Uuid,
    pub place: Place,
    /// Canonical JSON; `None` where the row was removed.
    pub image: Option<String>,
}

/// An entry that was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub sequence: i64,
    pub at: Timestamp,
    pub hash: Hash,
}

/// What one entry is to tell.
#[derive(Debug)]
pub struct Act<'a> {
    pub author: &'a Author,
    pub action: &'a str,
    pub reason: Option<&'a str>,
    pub changes: &'a [Change],
}

/// Appends one entry in the transaction that changed the rows, and moves the head.
///
/// The head's row lock was taken last of all locks ([`hold_head`]); sequence and time are drawn under it. So the journal
/// is gapless and in commit order, however many processes write.
pub async fn append<C: ConnectionTrait>(
    tx: &C,
    head: head::Model,
    clock: &Clock,
    author: &Author,
    action: &str,
    reason: Option<&str>,
    changes: Vec<Change>,
) -> Result<Entry> {
    let act = Act { author, action, reason, changes: &changes };
    let appended = append_after(tx, &head, clock, &[act]).await?;
    appended
        .and_then(|mut all| all.pop())
        .ok_or_else(|| Error::internal("the head has moved while it was held"))
}

/// Appends an entry for each act, in their order, after the head that was seen: nothing where it has moved since. With the
/// first statement it is held.
pub async fn append_after<C: ConnectionTrait>(
    tx: &C,
    seen: &head::Model,
    clock: &Clock,
    acts: &[Act<'_>],
) -> Result<Option<Vec<Entry>>> {
    let (mut entries, mut changes) = (Vec::new(), Vec::new());
    let mut appended = Vec::with_capacity(acts.len());
    let mut head = seen.clone();
    for act in acts {
        let author = act.author;
        let sequence = head.sequence + 1;
        let first = changes.len();
        for (change, position) in act.changes.iter().zip(0..) {
            changes.push(seal(sequence, position, change, clock)?);
        }
        let leaves = changes[first..].iter().map(|change| change.1).collect::<Vec<_>>();
        let mut entry = entry::Model {
            sequence,
            format: hash::FORMAT,
            at: clock.now().max(head.at),
            actor: author.actor.clone(),
            token: author.token.clone(),
            role: author.role.clone(),
            organisation: author.organisation,
            level: author.level.clone(),
            action: act.action.to_owned(),
            reason: act.reason.map(str::to_owned),
            request_id: author.request_id.clone(),
            changes_root: hash::merkle_root(&leaves).to_vec(),
            previous_hash: head.hash,
            hash: Vec::new(),
        };
        let hash = hash::entry_hash(&entry)?;
        entry.hash = hash.to_vec();
        head = head::Model { id: 1, sequence, at: entry.at, hash: hash.to_vec() };
        appended.push(Entry { sequence, at: entry.at, hash });
        entries.push(entry);
    }
    let changes = changes.into_iter().map(|change| change.0).collect::<Vec<_>>();
    let moved = head::Entity::update_many()
        .set(head.into_active_model().reset_all())
        .filter(head::Column::Sequence.eq(seen.sequence))
        .filter(head::Column::Hash.eq(seen.hash.clone()));
    if moved.exec(tx).await?.rows_affected != 1 {
        return Ok(None);
    }
    bulk::insert_both::<entry::Entity, change::Entity>(tx, &entries, &changes).await?;
    Ok(Some(appended))
}

fn seal(sequence: i64, position: i32, change: &Change, clock: &Clock) -> Result<(change::Model, Hash)> {
    let mut salt = vec![0; 16];
    clock.fill(&mut salt)?;
    let mut sealed = change::Model {
        sequence,
        position,
        noun: change.noun.to_owned(),
        id: change.id,
        noun_version: change.version,
        organisation: change.place.organisation,
        partnership: change.place.partnership,
        image: change.image.clone(),
        salt,
        hash: Vec::new(),
    };
    let hash = hash::change_hash(&sealed);
    sealed.hash = hash.to_vec();
    Ok((sealed, hash))
}

/// Reads the head and holds it. SQLite holds the whole file's write lock already.
pub async fn hold_head<C: ConnectionTrait>(tx: &C) -> Result<head::Model> {
    let select = head::Entity::find();
    let select =
        if tx.get_database_backend() == DbBackend::Postgres { select.lock_exclusive() } else { select };
    select.one(tx).await?.ok_or_else(|| Error::internal("the journal has no head"))
}
