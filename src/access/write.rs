//! The one way to change a row: a transaction that records each change as it makes it, and ends in a journal entry.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDate;
use sea_orm::sea_query::{LockBehavior, LockType};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait as _, Condition, DatabaseTransaction, IntoActiveModel,
    Iterable as _, ModelTrait as _, QueryFilter as _, QuerySelect as _, Select,
};
use uuid::Uuid;

use super::once;
use super::page::Keyed;

use super::{Access, Actor, Permit, Reach, Role, Scope, Standing, Stewardship};
use crate::db::bulk;
use crate::error::{Error, Result};
use crate::journal::entity::head;
use crate::journal::{Act, Author, Change, Entry, Outside, Projected, append, projection};
use crate::types::Clock;

/// An open write. Dropped before it is done and committed, it leaves nothing behind.
pub struct Write {
    /// Shared with those that are carried out in the same transaction, one after the other.
    tx: Arc<DatabaseTransaction>,
    postgres: bool,
    actor: Actor,
    access: Access,
    /// Who holds which seat, as it stood when the write was opened.
    standing: Standing,
    reach: Reach,
    /// The journal's head when the successions were read.
    head: head::Model,
    request_id: Option<String>,
    changes: Vec<Change>,
    /// Rows as they were when they were held, or as they were put since.
    held: HashMap<Uuid, Box<dyn Any + Send + Sync>>,
    /// Whether locks of others are waited for: not where rows of earlier writes are held meanwhile.
    waits: bool,
    /// Whether it has erased anything for good.
    erases: bool,
}

/// A write that has changed its rows, and has yet to get its entry.
#[must_use]
pub struct Done {
    pub(super) act: Acted,
    /// The row that the action was on, and its version afterwards.
    pub(super) subject: Uuid,
    pub(super) version: i32,
    pub(super) erases: bool,
}

impl Done {
    /// For one of a job's many writes: what it erases leaves the database's files when the job ends by [`Access::expunge`].
    pub fn expunged_by_its_job(self) -> Self {
        Self { erases: false, ..self }
    }
}

/// What a write has done: a fact, with its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The row that the action was on.
    pub subject: Uuid,
    /// Its version after the act.
    pub version: i32,
    /// The sequence of its entry in the journal.
    pub sequence: i64,
    /// Whether it erased what is to be gone from the database's files before it is answered.
    pub erases: bool,
}

/// What is kept of a write that is done.
pub(super) struct Acted {
    pub(super) actor: Actor,
    author: Author,
    action: &'static str,
    reason: Option<String>,
    pub(super) changes: Vec<Change>,
}

/// A write that has its entry, and has yet to be committed.
#[must_use]
pub struct Sealed {
    tx: Arc<DatabaseTransaction>,
    /// The last one, where there are several.
    pub entry: Entry,
}

impl Write {
    /// A write with a transaction of its own, for the program itself: what comes in by a request goes by
    /// [`Access::write`].
    ///
    /// # Errors
    ///
    /// FORBIDDEN for an auditor, and for an organisation that was succeeded; UNAUTHENTICATED as for a view.
    pub async fn begin(access: &Access, actor: &Actor, request_id: Option<String>) -> Result<Self> {
        // Before anything is locked; the permit says so again.
        refuse_auditor(actor)?;
        let tx = Arc::new(access.db.begin_write().await?);
        let (head, standing) = Standing::read(&*tx, access).await?;
        Self::within(access, tx, head, &standing, actor, request_id, true)
    }

    /// A write in a transaction that is open already.
    pub(super) fn within(
        access: &Access,
        tx: Arc<DatabaseTransaction>,
        head: head::Model,
        standing: &Standing,
        actor: &Actor,
        request_id: Option<String>,
        waits: bool,
    ) -> Result<Self> {
        standing.check_writing(actor)?;
        Ok(Self {
            tx,
            postgres: access.db.is_postgres(),
            actor: actor.clone(),
            access: access.clone(),
            standing: standing.clone(),
            reach: standing.reach(actor),
            head,
            request_id,
            changes: Vec::new(),
            held: HashMap::new(),
            waits,
            erases: false,
        })
    }

    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    pub fn clock(&self) -> &Clock {
        &self.access.clock
    }

    /// Today in Asia/Jakarta.
    pub fn today(&self) -> NaiveDate {
        self.access.clock.today()
    }

    /// Which partners' work falls to the actor, where its seat was divided.
    pub fn stewardship(&self) -> Stewardship {
        self.standing.stewardship(&self.actor)
    }

    /// Whether an organisation of a seat holds it today.
    pub fn holds_seat(&self, organisation: Uuid, seat: Role) -> bool {
        self.standing.holds(organisation, seat)
    }

    /// The row with this id, if the actor may know of it; not held, so that it may change at any moment.
    pub async fn find<E: Scope + Keyed>(&self, id: Uuid) -> Result<Option<E::Model>> {
        Ok(self.all(E::find().filter(E::KEY.eq(id))).await?.pop())
    }

    /// All rows of a select that the actor may know of. They stay as they are where the row is held that they hang on.
    pub async fn all<E: Scope>(&self, select: Select<E>) -> Result<Vec<E::Model>> {
        Ok(select.filter(E::narrow(&self.reach)).all(&*self.tx).await?)
    }

    /// The row with this id, if the actor may know of it; held against other writers until the end.
    pub async fn hold<E: Scope + Projected>(&mut self, id: Uuid) -> Result<Option<E::Model>> {
        let select = E::find().filter(Condition::all().add(E::ID.eq(id)).add(E::narrow(&self.reach)));
        let select = match (self.postgres, self.waits) {
            (false, _) => select,
            (true, true) => select.lock_exclusive(),
            (true, false) => select.lock_with_behavior(LockType::Update, LockBehavior::Nowait),
        };
        let row = select.one(&*self.tx).await?;
        if let Some(row) = &row {
            self.held.insert(id, Box::new(row.clone()));
        }
        Ok(row)
    }

    /// Adds a row.
    pub async fn insert<E>(&mut self, _: &Permit, row: &E::Model) -> Result<()>
    where
        E: Projected,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        E::insert(row.clone().into_active_model()).exec_without_returning(&*self.tx).await?;
        self.record::<E>(row)
    }

    /// Adds rows of a noun, many a statement; recorded as one by one.
    pub async fn insert_many<E: Projected>(&mut self, _: &Permit, rows: &[E::Model]) -> Result<()> {
        bulk::insert::<E>(&*self.tx, rows).await?;
        self.changes.reserve(rows.len());
        rows.iter().try_for_each(|row| self.record::<E>(row))
    }

    /// Puts a row that is there already as it is given. Of a row that is held only the columns are sent that change, so that
    /// indexes on others are left alone.
    pub async fn update<E>(&mut self, _: &Permit, row: &E::Model) -> Result<()>
    where
        E: Projected,
        E::Model: IntoActiveModel<E::ActiveModel>,
        E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        let id = E::id(row);
        let held = self.held.get(&id).and_then(|held| held.downcast_ref::<E::Model>());
        let mut active = row.clone().into_active_model();
        E::Column::iter()
            .filter(|column| held.is_none_or(|held| held.get(*column) != row.get(*column)))
            .for_each(|column| active.reset(column));
        active.not_set(E::ID);
        if active.is_changed() {
            let updated = E::update_many().set(active).filter(E::ID.eq(id)).exec(&*self.tx).await?;
            if updated.rows_affected != 1 {
                return Err(Error::internal(format!("a row of {} to be changed is not there", E::NOUN)));
            }
        }
        if held.is_some() {
            self.held.insert(id, Box::new(row.clone()));
        }
        self.record::<E>(row)
    }

    /// Removes a row.
    pub async fn delete<E: Projected>(&mut self, _: &Permit, row: &E::Model) -> Result<()> {
        E::delete_many().filter(E::ID.eq(E::id(row))).exec(&*self.tx).await?;
        self.held.remove(&E::id(row));
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
        E::insert(row.into_active_model()).exec_without_returning(&*self.tx).await?;
        Ok(())
    }

    /// Adds rows outside the journal, many a statement.
    pub async fn insert_many_outside<E: Outside>(&mut self, _: &Permit, rows: &[E::Model]) -> Result<()> {
        Ok(bulk::insert::<E>(&*self.tx, rows).await?)
    }

    /// Rows outside the journal, which the permit lets out.
    pub async fn outside<E: Outside>(&self, _: &Permit, which: Condition) -> Result<Vec<E::Model>> {
        Ok(E::find().filter(which).all(&*self.tx).await?)
    }

    /// Removes rows outside the journal for good: once it is committed from the database's files as well, before whoever waits
    /// for the write goes on.
    pub async fn erase_outside<E: Outside>(&mut self, _: &Permit, which: Condition) -> Result<()> {
        self.erases = true;
        E::delete_many().filter(which).exec(&*self.tx).await?;
        Ok(())
    }

    /// Forgets what was asked, under an idempotency key, of this subject: what is erased is not to be guessed from a hash.
    pub async fn forget_requests(&mut self, _: &Permit, subject: Uuid) -> Result<()> {
        once::forget(&*self.tx, subject).await
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
        let of = |changes| self.acted(permit, reason, changes);
        let acts = acts.into_iter().map(of).collect::<Result<Vec<_>>>()?;
        let entries = seal(&self.tx, &self.access, &self.head, &acts).await?;
        let entry = entries.last().copied().ok_or_else(|| Error::internal("a write without an entry"))?;
        Ok(Sealed { tx: self.tx, entry })
    }

    /// All that the write does is done, and makes one entry. `version` is that of the permit's subject from now on.
    pub fn done(mut self, permit: &Permit, reason: Option<&str>, version: i32) -> Result<Done> {
        let changes = std::mem::take(&mut self.changes);
        let (subject, erases) = (permit.subject(), self.erases);
        Ok(Done { act: self.acted(permit, reason, changes)?, subject, version, erases })
    }

    fn acted(&self, permit: &Permit, reason: Option<&str>, changes: Vec<Change>) -> Result<Acted> {
        if !permit.is_for(&self.actor) {
            return Err(Error::internal(format!("{} was permitted to another actor", permit.action())));
        }
        Ok(Acted {
            actor: self.actor.clone(),
            author: self.actor.author(self.request_id.clone()),
            action: permit.action(),
            reason: reason.map(str::to_owned),
            changes,
        })
    }
}

/// Appends an entry for each act. The journal's head is held from here to the commit: make haste. `seen` is the head as it
/// was when those who act were checked.
pub(super) async fn seal(
    tx: &DatabaseTransaction,
    access: &Access,
    seen: &head::Model,
    acted: &[Acted],
) -> Result<Vec<Entry>> {
    let acts = acted.iter().map(|act| Act {
        author: &act.author,
        action: act.action,
        reason: act.reason.as_deref(),
        changes: &act.changes,
    });
    let acts = acts.collect::<Vec<_>>();
    if let Some(entries) = append::append_after(tx, seen, &access.clock, &acts).await? {
        return Ok(entries);
    }
    let head = append::hold_head(tx).await?;
    // Once more, for one may have been recorded since: nothing is appended after the entry that ends the writing.
    let (_, standing) = Standing::read_again(tx, access, false).await?;
    acted.iter().try_for_each(|act| standing.check_writing(&act.actor))?;
    let entries = append::append_after(tx, &head, &access.clock, &acts).await?;
    entries.ok_or_else(|| Error::internal("the head has moved while it was held"))
}

pub(super) fn refuse_auditor(actor: &Actor) -> Result<()> {
    if actor.role == Some(Role::Auditor) {
        return Err(Error::forbidden("auditor-never-writes", "an auditor reads and never writes"));
    }
    Ok(())
}

impl Sealed {
    /// From here on the change is a fact.
    pub async fn commit(self) -> Result<Entry> {
        own(self.tx)?.commit().await?;
        Ok(self.entry)
    }

    pub async fn rollback(self) -> Result<()> {
        Ok(own(self.tx)?.rollback().await?)
    }
}

/// The transaction, once every write in it is done.
pub(super) fn own(tx: Arc<DatabaseTransaction>) -> Result<DatabaseTransaction> {
    Arc::into_inner(tx).ok_or_else(|| Error::internal("a write was kept beyond its end"))
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
