//! The one way to change a row: a transaction that records each change as it makes it, and ends in a journal entry.

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait as _, Condition, DatabaseTransaction, IntoActiveModel,
    QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{Actor, Permit, Reach, Role, Scope};
use crate::db::Database;
use crate::error::{Error, Result};
use crate::journal::{Change, Entry, Projected, append, projection};
use crate::types::Clock;

/// An open write. Dropped without [`append`](Self::append) and commit, it leaves nothing behind.
pub struct Write {
    tx: DatabaseTransaction,
    postgres: bool,
    actor: Actor,
    clock: Clock,
    request_id: Option<String>,
    changes: Vec<Change>,
}

/// A write that has its entry, and has yet to be committed.
#[must_use]
pub struct Outcome {
    tx: DatabaseTransaction,
    pub entry: Entry,
}

impl Write {
    pub async fn begin(
        db: &Database,
        actor: &Actor,
        clock: &Clock,
        request_id: Option<String>,
    ) -> Result<Self> {
        // Before anything is locked; the permit says so again.
        if actor.role == Some(Role::Auditor) {
            return Err(Error::forbidden("auditor-never-writes", "an auditor reads and never writes"));
        }
        let (tx, postgres) = (db.begin_write().await?, db.is_postgres());
        Ok(Self { tx, postgres, actor: actor.clone(), clock: clock.clone(), request_id, changes: Vec::new() })
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The row with this id, if the actor may know of it; held against other writers until the end.
    pub async fn hold<E: Scope + Projected>(&self, id: Uuid) -> Result<Option<E::Model>> {
        E::open(&self.actor)?;
        let reach = Reach::of(&self.actor);
        let select = E::find().filter(Condition::all().add(E::ID.eq(id)).add(E::narrow(&reach)));
        let select = if self.postgres { select.lock_exclusive() } else { select };
        Ok(select.one(&self.tx).await?)
    }

    /// Adds a row.
    pub async fn insert<E>(&mut self, _: &Permit, row: &E::Model) -> Result<()>
    where
        E: Projected,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        E::insert(row.clone().into_active_model()).exec_without_returning(&self.tx).await?;
        self.record::<E>(row)
    }

    /// Puts a row that is there already as it is given.
    pub async fn update<E>(&mut self, _: &Permit, row: &E::Model) -> Result<()>
    where
        E: Projected,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        E::update(row.clone().into_active_model().reset_all()).exec(&self.tx).await?;
        self.record::<E>(row)
    }

    /// Removes a row.
    pub async fn delete<E: Projected>(&mut self, _: &Permit, row: &E::Model) -> Result<()> {
        E::delete_many().filter(E::ID.eq(E::id(row))).exec(&self.tx).await?;
        self.changes.push(Change { image: None, ..change::<E>(row)? });
        Ok(())
    }

    fn record<E: Projected>(&mut self, row: &E::Model) -> Result<()> {
        self.changes.push(change::<E>(row)?);
        Ok(())
    }

    /// Seals the changes into the next entry. The journal's head is held from here to the commit: make haste.
    pub async fn append(self, permit: &Permit, reason: Option<&str>) -> Result<Outcome> {
        let author = self.actor.author(self.request_id);
        let entry =
            append::append(&self.tx, &self.clock, &author, permit.action(), reason, self.changes).await?;
        Ok(Outcome { tx: self.tx, entry })
    }
}

impl Outcome {
    /// From here on the change is a fact.
    pub async fn commit(self) -> Result<Entry> {
        self.tx.commit().await?;
        Ok(self.entry)
    }

    pub async fn rollback(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }
}

fn change<E: Projected>(row: &E::Model) -> Result<Change> {
    Ok(Change {
        noun: E::NOUN,
        version: E::VERSION,
        id: E::id(row),
        place: E::place(row),
        image: Some(projection::image::<E>(row)?),
    })
}
