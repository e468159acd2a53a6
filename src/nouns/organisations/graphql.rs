//! Organisations, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::entity::organisation::{self, Entity};
use super::entity::{OrganisationKind, organisation_name, succession};
use super::store::{self, OrganisationFilter, OrganisationOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Role, Row, View};
use crate::error::Result;
use crate::nouns::connection::{
    self, Connection, List, Listed, NounObject, OrderDirection, Paging, Plain, plain, plain_hanging,
    plain_id, plain_text,
};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::partnerships::graphql::{Partnership, PartnershipOrder};
use crate::nouns::partnerships::store::PartnershipFilter;
use crate::nouns::successions::graphql::Succession;
use crate::nouns::successions::store as successions;
use crate::types::Date;

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct OrganisationOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: OrganisationOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl OrganisationOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: OrganisationOrderField::Code, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A ministry, a BUMN, an executing unit or another organisation.
///
/// Kementerian, BUMN, unit pelaksana, atau organisasi lain.
#[derive(Clone)]
pub struct Organisation(Row<organisation::Model>);

impl Listed for Organisation {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Organisation {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = &[
        plain_id(ids::Noun::Organisation, organisation::Column::Id),
        plain::<_, i32>("version", organisation::Column::Version),
        plain_text("code", organisation::Column::Code),
        plain_text("kind", organisation::Column::Kind),
        plain_text("seat", organisation::Column::Seat),
        plain_hanging("name", organisation::Column::Id, |asking| {
            asking.text(|view, ids| Box::pin(store::names_today(view, ids)))
        }),
    ];

    fn new(row: Row<organisation::Model>) -> Self {
        Self(row)
    }
}

/// A ministry, a BUMN, an executing unit or another organisation.
///
/// Kementerian, BUMN, unit pelaksana, atau organisasi lain.
#[Object]
impl Organisation {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Organisation.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Its code, for ever the same: `PERTAMINA`.
    ///
    /// Kode yang tidak pernah berubah: `PERTAMINA`.
    fn code(&self) -> &str {
        &self.0.code
    }

    /// What kind it is.
    ///
    /// Jenisnya.
    fn kind(&self) -> OrganisationKind {
        self.0.kind
    }

    /// The seat that it holds; null if none.
    ///
    /// Kedudukan yang dipegang; kosong bila tidak ada.
    fn seat(&self) -> Option<Role> {
        self.0.seat
    }

    /// Its name today.
    ///
    /// Nama saat ini.
    async fn name(&self) -> Result<String> {
        self.name_today().await
    }

    /// Its short name today.
    ///
    /// Nama singkat saat ini.
    async fn short_name(&self) -> Result<String> {
        Ok(self
            .current_name()
            .await?
            .map(|name| name.short_name.clone())
            .unwrap_or_else(|| self.0.code.clone()))
    }

    /// All its names, oldest first.
    ///
    /// Semua namanya, dari yang terlama.
    async fn names(&self) -> Result<List<OrganisationName>> {
        Ok(List(self.all_names().await?.into_iter().map(OrganisationName).collect()))
    }

    /// The organisation that it belongs to.
    ///
    /// Organisasi induknya.
    async fn parent(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "parent", |row| row.parent).await.transpose()
    }

    /// By whom it was or will be followed, by day.
    ///
    /// Yang menggantikannya, menurut tanggal.
    async fn succeeded_by(&self) -> Result<List<Succession>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| successions::of_predecessors(view, ids).await;
        let parent = |row: &succession::Model| row.predecessor;
        let rows = connection::all::<Entity, _>(&self.0, "succeededBy", parent, read).await?;
        Ok(List(rows.into_iter().map(Succession::new).collect()))
    }

    /// Whom it has followed or will follow, by day.
    ///
    /// Yang digantikannya, menurut tanggal.
    async fn succeeds(&self) -> Result<List<Succession>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| successions::of_successors(view, ids).await;
        let parent = |row: &succession::Model| row.successor;
        let rows = connection::all::<Entity, _>(&self.0, "succeeds", parent, read).await?;
        Ok(List(rows.into_iter().map(Succession::new).collect()))
    }

    /// The partnerships of this BUMN that you can see.
    ///
    /// Kemitraan BUMN ini yang dapat Anda lihat.
    async fn partnerships(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<PartnershipFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<PartnershipOrder>,
    ) -> Result<Connection<Partnership>> {
        let filter = filter.unwrap_or_default().condition()?;
        let order = PartnershipOrder::or_default(order_by);
        let paging = &Paging { first, after, last, before };
        connection::connect_each::<Entity, Partnership>(
            &self.0,
            "partnerships",
            partnership::Column::Organisation,
            filter,
            order,
            paging,
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

impl Organisation {
    /// Its name today, or its code where it bears none.
    pub async fn name_today(&self) -> Result<String> {
        Ok(self.current_name().await?.map(|name| name.name.clone()).unwrap_or_else(|| self.0.code.clone()))
    }

    async fn all_names(&self) -> Result<Vec<Row<organisation_name::Model>>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::names(view, ids).await;
        connection::all::<Entity, _>(
            &self.0,
            "names",
            |name: &organisation_name::Model| name.organisation,
            read,
        )
        .await
    }

    async fn current_name(&self) -> Result<Option<Row<organisation_name::Model>>> {
        let today = self.0.view().today();
        Ok(self.all_names().await?.into_iter().rfind(|name| store::is_borne(name, today)))
    }
}

/// A name of an organisation, for the days on which it was borne.
///
/// Nama organisasi pada masa berlakunya.
pub struct OrganisationName(Row<organisation_name::Model>);

/// A name of an organisation, for the days on which it was borne.
///
/// Nama organisasi pada masa berlakunya.
#[Object]
impl OrganisationName {
    /// The name.
    ///
    /// Namanya.
    fn name(&self) -> &str {
        &self.0.name
    }

    /// The short name.
    ///
    /// Nama singkatnya.
    fn short_name(&self) -> &str {
        &self.0.short_name
    }

    /// The first day; null if it is not known.
    ///
    /// Hari pertama berlaku; kosong bila tidak diketahui.
    fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }

    /// The first day on which it is no longer borne; null if it still is.
    ///
    /// Hari pertama tidak lagi berlaku; kosong bila masih berlaku.
    fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// The law or deed by which it is borne.
    ///
    /// Dasar hukumnya.
    fn legal_basis(&self) -> Option<&str> {
        self.0.legal_basis.as_deref()
    }
}

/// The root fields of organisations.
pub struct OrganisationsQuery;

#[Object]
impl OrganisationsQuery {
    /// The organisation with this id.
    ///
    /// Organisasi dengan pengenal ini.
    async fn organisation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Organisation>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Organisation, &id).await.transpose()
    }

    /// Organisations.
    ///
    /// Organisasi.
    async fn organisations(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<OrganisationFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<OrganisationOrder>,
    ) -> Result<Connection<Organisation>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition();
        connection::connect(
            view,
            filter,
            OrganisationOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }
}
