//! Successions of organisations, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::store::{self, SuccessionFilter, SuccessionOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Row, View};
use crate::error::Result;
use crate::nouns::connection::{self, Connection, Listed, NounObject, OrderDirection, Paging};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::organisations::entity::succession::{self, Entity};
use crate::nouns::organisations::entity::{Stewardship, SuccessionKind};
use crate::nouns::organisations::graphql::Organisation;
use crate::types::Date;

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct SuccessionOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: SuccessionOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl SuccessionOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order = given
            .unwrap_or(Self { field: SuccessionOrderField::EffectiveOn, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// One organisation following another, from a day on. One that is followed by several is several of these.
///
/// Suatu organisasi menggantikan yang lain sejak suatu tanggal. Satu organisasi yang digantikan beberapa menjadi beberapa pergantian.
#[derive(Clone)]
pub struct Succession(Row<succession::Model>);

impl Listed for Succession {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Succession {
    type Entity = Entity;

    fn new(row: Row<succession::Model>) -> Self {
        Self(row)
    }
}

/// One organisation following another, from a day on. One that is followed by several is several of these.
///
/// Suatu organisasi menggantikan yang lain sejak suatu tanggal. Satu organisasi yang digantikan beberapa menjadi beberapa pergantian.
#[Object]
impl Succession {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Succession.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// How it followed.
    ///
    /// Cara penggantiannya.
    fn kind(&self) -> SuccessionKind {
        self.0.kind
    }

    /// Which partners the successor takes over.
    ///
    /// Mitra binaan yang diambil alih penerus.
    fn stewardship(&self) -> Stewardship {
        self.0.stewardship
    }

    /// The day from which it holds.
    ///
    /// Tanggal mulai berlaku.
    fn effective_on(&self) -> Date {
        Date(self.0.effective_on)
    }

    /// The legal basis.
    ///
    /// Dasar hukumnya.
    fn legal_basis(&self) -> &str {
        &self.0.legal_basis
    }

    /// The organisation that is followed.
    ///
    /// Organisasi yang digantikan.
    async fn predecessor(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "predecessor", |row| row.predecessor).await
    }

    /// The organisation that follows.
    ///
    /// Organisasi penerusnya.
    async fn successor(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "successor", |row| row.successor).await
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

/// The root fields of successions.
pub struct SuccessionsQuery;

#[Object]
impl SuccessionsQuery {
    /// The succession with this id.
    ///
    /// Pergantian dengan pengenal ini.
    async fn succession(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Succession>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Succession, &id).await.transpose()
    }

    /// All successions of organisations.
    ///
    /// Semua pergantian organisasi.
    async fn successions(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<SuccessionFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<SuccessionOrder>,
    ) -> Result<Connection<Succession>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition()?;
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, SuccessionOrder::or_default(order_by), paging).await
    }
}
