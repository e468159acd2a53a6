//! Clauses, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::entity::clause::{self, Entity};
use super::store::{self, ClauseFilter, ClauseOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Row, View};
use crate::error::Result;
use crate::nouns::connection::{self, Connection, Listed, NounObject, OrderDirection, Paging};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::memoranda::graphql::Memorandum;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::milestones::graphql::{Milestone, MilestoneOrder};
use crate::nouns::milestones::store::MilestoneFilter;

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ClauseOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: ClauseOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl ClauseOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: ClauseOrderField::Position, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A clause (pasal) of a memorandum.
///
/// Pasal suatu nota kesepahaman.
#[derive(Clone)]
pub struct Clause(Row<clause::Model>);

impl Listed for Clause {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Clause {
    type Entity = Entity;

    fn new(row: Row<clause::Model>) -> Self {
        Self(row)
    }
}

/// A clause (pasal) of a memorandum.
///
/// Pasal suatu nota kesepahaman.
#[Object]
impl Clause {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Clause.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Its place in the memorandum, from 1.
    ///
    /// Urutannya, mulai 1.
    fn position(&self) -> i32 {
        self.0.position
    }

    /// Its number: `3 ayat (2)`.
    ///
    /// Nomornya: `3 ayat (2)`.
    fn number(&self) -> &str {
        &self.0.number
    }

    /// What it is about.
    ///
    /// Perihalnya.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Its words; null where they are not public.
    ///
    /// Bunyinya; kosong bila tidak terbuka.
    fn body(&self) -> Option<&str> {
        self.0.body.as_deref()
    }

    /// Made up for demonstration; not in the memorandum.
    ///
    /// Data contoh; tidak ada dalam nota kesepahaman.
    fn sample(&self) -> bool {
        self.0.sample
    }

    /// The memorandum.
    ///
    /// Nota kesepahamannya.
    async fn memorandum(&self) -> Result<Memorandum> {
        connection::the_one(&self.0, "memorandum", |row| row.memorandum).await
    }

    /// The milestones by which it is carried out, that you can see.
    ///
    /// Tahapan yang melaksanakannya dan dapat Anda lihat.
    async fn milestones(
        &self,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<MilestoneFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<MilestoneOrder>,
    ) -> Result<Connection<Milestone>> {
        let filter = filter.unwrap_or_default().condition(self.0.view())?;
        let (order, paging) = (MilestoneOrder::or_default(order_by), Paging { first, after, last, before });
        connection::connect_each::<Entity, _>(
            &self.0,
            "milestones",
            milestone::Column::Clause,
            filter,
            order,
            &paging,
        )
        .await
    }

    /// The acts that changed it, oldest first, as far as you can see them; `last: 20` gives the latest.
    ///
    /// Tindakan yang mengubahnya, terlama lebih dahulu, sejauh dapat Anda lihat; `last: 20` memberi yang terbaru.
    async fn history(
        &self,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
    ) -> Result<Connection<HistoryEntry>> {
        history::of::<Entity>(&self.0, &Paging { first, after, last, before }).await
    }
}

/// The root fields of clauses.
pub struct ClausesQuery;

#[Object]
impl ClausesQuery {
    /// The clause with this id.
    ///
    /// Pasal dengan pengenal ini.
    async fn clause(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Clause>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Clause, &id).await.transpose()
    }

    /// The clauses of memoranda.
    ///
    /// Pasal nota kesepahaman.
    async fn clauses(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "At most so many from the start: 0 to 100, 20 if neither size is given. / Paling banyak sekian dari awal: 0 sampai 100."
        )]
        first: Option<i32>,
        #[graphql(desc = "Those after this cursor. / Setelah kursor ini.")] after: Option<String>,
        #[graphql(
            desc = "At most so many from the end: 0 to 100. / Paling banyak sekian dari akhir: 0 sampai 100."
        )]
        last: Option<i32>,
        #[graphql(desc = "Those before this cursor. / Sebelum kursor ini.")] before: Option<String>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<ClauseFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<ClauseOrder>,
    ) -> Result<Connection<Clause>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition(view)?;
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, ClauseOrder::or_default(order_by), paging).await
    }
}
