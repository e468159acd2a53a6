//! The view: one actor, one read-only snapshot on one connection, so that one answer is true at one sequence.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::NaiveDate;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait as _, Func, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait as _, DatabaseTransaction, DbBackend, EntityTrait,
    FromQueryResult, Iterable as _, QueryFilter as _, QueryResult, QuerySelect as _, QueryTrait as _, Select,
    Statement,
};
use uuid::Uuid;

use super::fresh::Known;
use super::page::{Keyed, Order, Page, Slice};
use super::{Access, Actor, Level, Reach, Reads, Role, Scope, Standing, Stewardship, Written, page};
use crate::error::Result;
use crate::journal::entity::{entry, head};
use crate::types::Timestamp;

/// A select that gives only what the actor may see, and the table that it reads. Only a view makes one.
pub struct Narrowed(SelectStatement, &'static str);

/// What rows of several tables, put together, are counted as.
const SEVERAL: &str = "several";

/// What an actor can see at one moment. Cheap to clone; every object that is answered carries it.
#[derive(Clone)]
pub struct View(Arc<Inner>);

struct Inner {
    tx: Arc<DatabaseTransaction>,
    backend: DbBackend,
    actor: Actor,
    reach: Reach,
    reads_until: Option<NaiveDate>,
    standing: Standing,
    sequence: i64,
    today: NaiveDate,
    now: Timestamp,
    statements: Arc<AtomicU64>,
    /// Where it is noted what is read, if anywhere.
    reads: Option<Arc<Reads>>,
}

impl View {
    /// Opens a snapshot for an actor.
    ///
    /// # Errors
    ///
    /// UNAUTHENTICATED where the actor's token is revoked, or its organisation does not hold its seat any more, or not yet.
    pub async fn open(access: &Access, actor: Actor) -> Result<Self> {
        let tx = access.db.snapshot().await?;
        // The first read fixes the snapshot; all that follow see the journal exactly up to this sequence.
        let head = Statement::from_string(tx.get_database_backend(), Known::HEAD);
        let known = access.known.at(&tx.query_all_raw(head).await?, access)?;
        let view = Self::snapshot(access, tx, actor, known).await?;
        view.0.standing.check_reading(&view.0.actor)?;
        Ok(view)
    }

    /// Opens one for what an actor has just written. For that it was let in, so it is told what came of it even where its token
    /// has been revoked since.
    pub async fn after(_written: &Written, access: &Access, actor: Actor) -> Result<Self> {
        // The journal's head is another now.
        Self::snapshot(access, access.db.snapshot().await?, actor, None).await
    }

    async fn snapshot(
        access: &Access,
        tx: DatabaseTransaction,
        actor: Actor,
        known: Option<(head::Model, Standing)>,
    ) -> Result<Self> {
        let (head, standing) = match known {
            Some(known) => known,
            None => Standing::read(&tx, access).await?,
        };
        let statements = access.db.statement_counter();
        statements.fetch_add(1, Ordering::Relaxed);
        Ok(Self::within(access, Arc::new(tx), actor, head.sequence, standing))
    }

    /// A view of how things are in a transaction that is open already.
    pub(super) fn within(
        access: &Access,
        tx: Arc<DatabaseTransaction>,
        actor: Actor,
        sequence: i64,
        standing: Standing,
    ) -> Self {
        Self(Arc::new(Inner {
            backend: tx.get_database_backend(),
            tx,
            reach: standing.reach(&actor),
            reads_until: standing.reads_until(&actor),
            today: standing.today,
            now: access.clock.now(),
            standing,
            actor,
            sequence,
            statements: access.db.statement_counter(),
            reads: access.reads.clone(),
        }))
    }

    pub fn actor(&self) -> &Actor {
        &self.0.actor
    }

    pub fn reach(&self) -> &Reach {
        &self.0.reach
    }

    /// The journal's sequence that this view is true at.
    pub fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// Today in Asia/Jakarta.
    pub fn today(&self) -> NaiveDate {
        self.0.today
    }

    /// When it was opened.
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// The last day on which the actor's token reads, where its organisation has been succeeded.
    pub fn reads_until(&self) -> Option<NaiveDate> {
        self.0.reads_until
    }

    /// Whether there is anything that the actor could write: who was succeeded still reads, and writes no more.
    pub fn may_write(&self) -> bool {
        self.0.reads_until.is_none() && self.0.actor.is_at_least(Level::Officer)
    }

    /// Refuses who was succeeded, as a write does.
    ///
    /// # Errors
    ///
    /// FORBIDDEN.
    pub fn check_writing(&self) -> Result<()> {
        self.0.standing.check_writing(&self.0.actor)
    }

    /// Which partners' work falls to the actor, where its seat was divided.
    pub fn stewardship(&self) -> Stewardship {
        self.0.standing.stewardship(&self.0.actor)
    }

    /// Whether an organisation of a seat holds it today.
    pub fn holds_seat(&self, organisation: Uuid, seat: Role) -> bool {
        self.0.standing.holds(organisation, seat)
    }

    fn count_statement(&self) {
        self.0.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn reads(&self) -> Option<Arc<Reads>> {
        self.0.reads.clone()
    }

    /// Notes that personal data of these partners is shown: by that the read log tells who has seen whose.
    pub fn shows_personal(&self, partners: impl IntoIterator<Item = Uuid>) {
        if let Some(reads) = &self.0.reads {
            reads.shown(partners);
        }
    }

    fn note(&self, table: &'static str, rows: usize) {
        if let Some(reads) = &self.0.reads {
            reads.rows(table, rows);
        }
    }

    /// Notes rows that were read of a table; with none, that it was asked at all.
    fn note_of<E: EntityTrait>(&self, rows: usize) {
        self.note(E::default().table_name(), rows);
    }

    /// Notes rows that are shown and need not be read: whatever is shown of them is known by what points to them.
    pub fn note_linked<E: Scope>(&self, rows: usize) {
        self.note_of::<E>(rows);
    }

    /// The condition that every select on this noun gets.
    fn narrowed<E: Scope>(&self, filter: Condition) -> Condition {
        Condition::all().add(filter).add(E::narrow(&self.0.reach))
    }

    /// All rows of a select, narrowed.
    pub async fn all<E: Scope>(&self, select: Select<E>) -> Result<Vec<E::Model>> {
        let select = select.filter(self.narrowed::<E>(Condition::all()));
        self.count_statement();
        let rows = select.all(&*self.0.tx).await?;
        self.note_of::<E>(rows.len());
        Ok(rows)
    }

    /// The rows with these ids, narrowed.
    pub async fn by_ids<E: Scope + Keyed>(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, E::Model>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = self.all(E::find().filter(self.is_in(E::KEY, ids))).await?;
        Ok(rows.into_iter().map(|row| (E::key(&row), row)).collect())
    }

    /// These columns of the rows with these ids, in this order, narrowed.
    pub async fn columns_by_ids<E: Scope + Keyed>(
        &self,
        ids: &[Uuid],
        columns: &[E::Column],
    ) -> Result<Vec<QueryResult>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.columns_of(E::find(), E::KEY, ids, columns).await
    }

    /// These columns of a select's rows, in this order, narrowed: of those that point to some of these by `parent`.
    pub async fn columns_of<E: Scope>(
        &self,
        select: Select<E>,
        parent: E::Column,
        ids: &[Uuid],
        columns: &[E::Column],
    ) -> Result<Vec<QueryResult>> {
        let filter = self.narrowed::<E>(Condition::all().add(self.is_in(parent, ids)));
        let select = select.filter(filter).select_only().columns(columns.iter().copied());
        let rows = self.select(&select.into_query()).await?;
        self.note_of::<E>(rows.len());
        Ok(rows)
    }

    /// The row with this id, if the actor may know of it.
    pub async fn by_id<E: Scope + Keyed>(&self, id: Uuid) -> Result<Option<E::Model>> {
        Ok(self.all(E::find().filter(E::KEY.eq(id))).await?.pop())
    }

    /// One page of the rows that fit the filter: these of their columns, in this order, or all.
    pub async fn page<E: Scope + Keyed>(
        &self,
        filter: Condition,
        order: &Order<E>,
        page: &Page,
        columns: Option<&[E::Column]>,
    ) -> Result<Slice<QueryResult>> {
        let mut select = E::find().filter(self.narrowed::<E>(filter));
        if let Some(columns) = columns {
            select = select.select_only().columns(columns.iter().copied());
        }
        page::bound(&mut select, order, page)?;
        let slice = page.slice(self.select(&select.into_query()).await?);
        self.note_of::<E>(slice.rows.len());
        Ok(slice)
    }

    /// For each parent one page of its rows, in one statement: these of their columns, in this order, or all.
    pub async fn page_each<E: Scope + Keyed>(
        &self,
        parent: (&'static str, E::Column),
        parents: &[Uuid],
        filter: Condition,
        order: &Order<E>,
        page: &Page,
        columns: Option<&[E::Column]>,
    ) -> Result<HashMap<Uuid, Slice<QueryResult>>> {
        let filter = self.narrowed::<E>(filter);
        let all = columns.is_none().then(|| E::Column::iter().collect::<Vec<_>>());
        let columns = columns.or(all.as_deref()).unwrap_or_default();
        let statement = page::each(self.0.backend, parent, parents, filter, order, page, columns)?;
        let mut grouped = HashMap::<Uuid, Vec<QueryResult>>::new();
        for row in self.select(&statement).await? {
            grouped.entry(row.try_get_by_index(columns.len())?).or_default().push(row);
        }
        let pages = grouped.into_iter().map(|(parent, rows)| (parent, page.slice(rows)));
        let pages = pages.collect::<HashMap<_, _>>();
        self.note_of::<E>(pages.values().map(|slice| slice.rows.len()).sum());
        Ok(pages)
    }

    /// How many rows fit the filter.
    pub async fn count<E: Scope>(&self, filter: Condition) -> Result<i64> {
        let select = E::find()
            .filter(self.narrowed::<E>(filter))
            .select_only()
            .expr_as(Expr::cust("count(*)"), "n")
            .into_query();
        self.note_of::<E>(0);
        let row = self.select(&select).await?;
        row.first().map_or(Ok(0), |row| Ok(row.try_get("", "n")?))
    }

    /// How many rows each parent has that fit the filter; parents without any are left out.
    pub async fn count_each<E: Scope + Keyed>(
        &self,
        parent: E::Column,
        parents: &[Uuid],
        filter: Condition,
    ) -> Result<HashMap<Uuid, i64>> {
        let select = E::find()
            .filter(self.narrowed::<E>(filter))
            .filter(self.is_in(parent, parents))
            .select_only()
            .column_as(parent, "page_parent")
            .expr_as(E::KEY.count(), "n")
            .group_by(parent)
            .into_query();
        self.note_of::<E>(0);
        let rows = self.select(&select).await?;
        rows.iter().map(|row| Ok((row.try_get("", "page_parent")?, row.try_get("", "n")?))).collect()
    }

    /// What a select over a noun gives that is no row of it: an aggregate, or a join with what whoever sees the row sees
    /// as well. It is made of the noun's narrowed rows alone.
    pub async fn aggregate<E: Scope, T: FromQueryResult>(&self, select: Select<E>) -> Result<Vec<T>> {
        let select = select.filter(self.narrowed::<E>(Condition::all()));
        self.count_statement();
        let rows = select.into_model::<T>().all(&*self.0.tx).await?;
        self.note_of::<E>(rows.len());
        Ok(rows)
    }

    /// A select of a noun's narrowed rows, to be put together with others.
    pub fn narrow<E: Scope>(&self, select: Select<E>) -> Narrowed {
        let select = select.filter(self.narrowed::<E>(Condition::all())).into_query();
        Narrowed(select, E::default().table_name())
    }

    /// The same of a select with an order and a limit: as a table of its own, as SQLite knows neither within a union.
    pub fn narrow_first<E: Scope>(&self, select: Select<E>) -> Narrowed {
        let Narrowed(first, table) = self.narrow(select);
        let of_first = Query::select().column(Asterisk).from_subquery(first, Alias::new("first")).to_owned();
        Narrowed(of_first, table)
    }

    /// The rows of several narrowed selects with the same columns, as one table `items`, of which `finish` says what is
    /// wanted.
    pub async fn union<T: FromQueryResult>(
        &self,
        selects: impl IntoIterator<Item = Narrowed>,
        finish: impl FnOnce(&mut SelectStatement),
    ) -> Result<Vec<T>> {
        let mut selects = selects.into_iter();
        let Some(Narrowed(mut union, first)) = selects.next() else { return Ok(Vec::new()) };
        let mut table = first;
        self.note(first, 0);
        for Narrowed(select, other) in selects {
            union.union(UnionType::All, select);
            self.note(other, 0);
            if other != first {
                table = SEVERAL;
            }
        }
        let mut statement = Query::select();
        statement.from_subquery(union, Alias::new("items"));
        finish(&mut statement);
        let rows = self.select(&statement).await?;
        self.note(table, rows.len());
        rows.iter().map(|row| Ok(T::from_query_result(row, "")?)).collect()
    }

    /// The entry with this sequence, if this actor has made it.
    pub async fn own_entry(&self, sequence: i64) -> Result<Option<entry::Model>> {
        let select = entry::Entity::find_by_id(sequence).filter(entry::Column::Actor.eq(&self.0.actor.id));
        self.count_statement();
        let entry = select.one(&*self.0.tx).await?;
        self.note_of::<entry::Entity>(usize::from(entry.is_some()));
        Ok(entry)
    }

    /// `column` is one of `ids`: one array on PostgreSQL, so that the statement is the same however many there are.
    pub fn is_in<T: sea_orm::ColumnTrait>(&self, column: T, ids: &[Uuid]) -> Expr {
        self.is_among(Expr::col(column.as_column_ref()), ids)
    }

    /// The same of an expression.
    pub fn is_among(&self, of: Expr, ids: &[Uuid]) -> Expr {
        page::is_in(self.0.backend, of, ids)
    }

    /// How many days lie between the day in a column and a later one.
    pub fn days_since<T: sea_orm::ColumnTrait>(&self, column: T, later: NaiveDate) -> Expr {
        let (later, column) = (Expr::val(later), Expr::col(column.as_column_ref()));
        if self.0.backend == DbBackend::Postgres {
            return later.sub(column);
        }
        // Both are whole days and a half: their difference is exact.
        Expr::cust_with_exprs("CAST(julianday(?) - julianday(?) AS integer)", [later, column])
    }

    /// The moment (UTC microseconds) at which, in Asia/Jakarta, the day begins that comes so many days after the one in a
    /// column.
    pub fn start_of<T: sea_orm::ColumnTrait>(&self, column: T, days_after: i64) -> Expr {
        let days = Expr::val(days_after).sub(self.days_since(column, NaiveDate::default()));
        let days: Expr = Func::cast_as(days, Alias::new("bigint")).into();
        days.mul(86_400_000_000_i64).sub(7 * 3_600_000_000_i64)
    }

    async fn select(&self, statement: &SelectStatement) -> Result<Vec<QueryResult>> {
        self.count_statement();
        Ok(self.0.tx.query_all(statement).await?)
    }
}
