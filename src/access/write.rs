//! The one way to change a row: a transaction that records each change as it makes it, and ends in a journal entry.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait as _, Condition, DatabaseTransaction, IntoActiveModel,
    QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::{Access, Actor, Permit, Reach, Role, Scope, Standing};
use crate::db::bulk;
use crate::error::{Error, Result};
use crate::journal::{Act, Change, Entry, Outside, Projected, append, projection};
use crate::types::Clock;

/// An open write. Dropped without [`append`](Self::append) and commit, it leaves nothing behind.
pub struct Write {
    tx: DatabaseTransaction,
    postgres: bool,
    actor: Actor,
    access: Access,
    reach: Reach,
    /// The journal's sequence when the successions were read.
    sequence: i64,
    request_id: Option<String>,
    changes: Vec<Change>,
}

/// A write that has its entry, and has yet to be committed.
#[must_use]
pub struct Sealed {
    tx: DatabaseTransaction,
    /// The last one, where there are several.
    pub entry: Entry,
}

impl Write {
    /// # Errors
    ///
    /// FORBIDDEN for an auditor, and for an organisation that was succeeded; UNAUTHENTICATED as for a view.
    pub async fn begin(access: &Access, actor: &Actor, request_id: Option<String>) -> Result<Self> {
        // Before anything is locked; the permit says so again.
        if actor.role == Some(Role::Auditor) {
            return Err(Error::forbidden("auditor-never-writes", "an auditor reads and never writes"));
        }
        let (tx, postgres) = (access.db.begin_write().await?, access.db.is_postgres());
        let (sequence, standing) = Standing::read(&tx, access.clock.today(), access.grace).await?;
        standing.check_writing(actor)?;
        Ok(Self {
            tx,
            postgres,
            actor: actor.clone(),
            access: access.clone(),
            reach: standing.reach(actor),
            sequence,
            request_id,
            changes: Vec::new(),
        })
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn clock(&self) -> &Clock {
        &self.access.clock
    }

    /// The row with this id, if the actor may know of it; held against other writers until the end.
    pub async fn hold<E: Scope + Projected>(&self, id: Uuid) -> Result<Option<E::Model>> {
        let select = E::find().filter(Condition::all().add(E::ID.eq(id)).add(E::narrow(&self.reach)));
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

    /// Adds rows of a noun, many a statement; recorded as one by one.
    pub async fn insert_many<E: Projected>(&mut self, _: &Permit, rows: &[E::Model]) -> Result<()> {
        bulk::insert::<E>(&self.tx, rows).await?;
        self.changes.reserve(rows.len());
        rows.iter().try_for_each(|row| self.record::<E>(row))
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

    /// Adds a row outside the journal, whose entry tells of it in another way.
    pub async fn insert_outside<E>(&mut self, _: &Permit, row: E::Model) -> Result<()>
    where
        E: Outside,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        E::insert(row.into_active_model()).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Adds rows outside the journal, many a statement.
    pub async fn insert_many_outside<E: Outside>(&mut self, _: &Permit, rows: &[E::Model]) -> Result<()> {
        Ok(bulk::insert::<E>(&self.tx, rows).await?)
    }

    fn record<E: Projected>(&mut self, row: &E::Model) -> Result<()> {
        self.changes.push(change::<E>(row)?);
        Ok(())
    }

    /// Seals the changes into the next entry. The journal's head is held from here to the commit: make haste.
    pub async fn append(mut self, permit: &Permit, reason: Option<&str>) -> Result<Sealed> {
        let changes = std::mem::take(&mut self.changes);
        self.seal(permit, reason, vec![changes]).await
    }

    /// Seals the changes into an entry for each partnership that they are of, in the order in which the partnerships were
    /// first changed; the changes of one keep their order.
    pub async fn append_each(mut self, permit: &Permit, reason: Option<&str>) -> Result<Sealed> {
        let mut places = HashMap::new();
        let mut acts = Vec::<Vec<Change>>::new();
        for change in std::mem::take(&mut self.changes) {
            let at = *places.entry(change.place.partnership).or_insert(acts.len());
            match acts.get_mut(at) {
                Some(act) => act.push(change),
                None => acts.push(vec![change]),
            }
        }
        self.seal(permit, reason, acts).await
    }

    async fn seal(self, permit: &Permit, reason: Option<&str>, acts: Vec<Vec<Change>>) -> Result<Sealed> {
        if !permit.is_for(&self.actor) {
            return Err(Error::internal(format!("{} was permitted to another actor", permit.action())));
        }
        let author = self.actor.author(self.request_id);
        let head = append::hold_head(&self.tx).await?;
        // Once more where one may have been recorded since: nothing is appended after the entry that ends the writing.
        if head.sequence != self.sequence {
            let (_, standing) =
                Standing::read(&self.tx, self.access.clock.today(), self.access.grace).await?;
            standing.check_writing(&self.actor)?;
        }
        let acts = acts.into_iter().map(|changes| Act { action: permit.action(), reason, changes }).collect();
        let entry = append::append_all(&self.tx, head, &self.access.clock, &author, acts).await?;
        Ok(Sealed { tx: self.tx, entry })
    }
}

impl Sealed {
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
