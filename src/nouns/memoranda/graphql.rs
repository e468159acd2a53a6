//! Memoranda, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::entity::memorandum::{self, Entity};
use super::entity::{Measure, Objective, baseline, memorandum_signatory};
use super::store::{self, MemorandumOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Row, View};
use crate::error::Result;
use crate::nouns::clauses::entity::clause;
use crate::nouns::clauses::graphql::{Clause, ClauseOrder};
use crate::nouns::clauses::store::ClauseFilter;
use crate::nouns::connection::{self, Connection, List, Listed, NounObject, OrderDirection, Paging};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::partnerships::graphql::{Partnership, PartnershipOrder};
use crate::nouns::partnerships::store::PartnershipFilter;
use crate::types::{Date, Decimal};

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct MemorandumOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: MemorandumOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl MemorandumOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: MemorandumOrderField::SignedOn, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A memorandum of understanding (nota kesepahaman).
///
/// Nota kesepahaman.
#[derive(Clone)]
pub struct Memorandum(Row<memorandum::Model>);

impl Listed for Memorandum {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Memorandum {
    type Entity = Entity;

    fn new(row: Row<memorandum::Model>) -> Self {
        Self(row)
    }
}

/// A memorandum of understanding (nota kesepahaman).
///
/// Nota kesepahaman.
#[Object]
impl Memorandum {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Memorandum.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Its title.
    ///
    /// Judulnya.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Its number; null where it is not public.
    ///
    /// Nomornya; kosong bila tidak dipublikasikan.
    fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// The day of signing.
    ///
    /// Tanggal penandatanganan.
    fn signed_on(&self) -> Date {
        Date(self.0.signed_on)
    }

    /// The place of signing.
    ///
    /// Tempat penandatanganan.
    fn signed_at(&self) -> &str {
        &self.0.signed_at
    }

    /// The first day of its term; null where it is not public.
    ///
    /// Awal masa berlaku; kosong bila tidak dipublikasikan.
    fn starts_on(&self) -> Option<Date> {
        self.0.starts_on.map(Date)
    }

    /// The last day of its term; null where it is not public.
    ///
    /// Akhir masa berlaku; kosong bila tidak dipublikasikan.
    fn ends_on(&self) -> Option<Date> {
        self.0.ends_on.map(Date)
    }

    /// What it is to bring about.
    ///
    /// Sasarannya.
    fn objectives(&self) -> Vec<Objective> {
        store::objectives(&self.0)
    }

    /// Where things stood on a day, against which it is to be measured.
    ///
    /// Angka dasar untuk mengukurnya.
    async fn baselines(&self) -> Result<List<Baseline>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::baselines(view, ids).await;
        let parent = |row: &baseline::Model| row.memorandum;
        let rows = connection::all::<Entity, _>(&self.0, "baselines", parent, read).await?;
        Ok(List(rows.into_iter().map(Baseline).collect()))
    }

    /// Its clauses.
    ///
    /// Pasalnya.
    async fn clauses(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<ClauseFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<ClauseOrder>,
    ) -> Result<Connection<Clause>> {
        let filter = filter.unwrap_or_default().condition(self.0.view())?;
        let (order, paging) = (ClauseOrder::or_default(order_by), Paging { first, after, last, before });
        connection::connect_each::<Entity, _>(
            &self.0,
            "clauses",
            clause::Column::Memorandum,
            filter,
            order,
            &paging,
        )
        .await
    }

    /// Who signed, in order.
    ///
    /// Para penanda tangan, berurutan.
    async fn signatories(&self) -> Result<List<MemorandumSignatory>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::signatories(view, ids).await;
        let parent = |row: &memorandum_signatory::Model| row.memorandum;
        let rows = connection::all::<Entity, _>(&self.0, "signatories", parent, read).await?;
        Ok(List(rows.into_iter().map(MemorandumSignatory).collect()))
    }

    /// The partnerships under it that you can see.
    ///
    /// Kemitraan di bawahnya yang dapat Anda lihat.
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
            partnership::Column::Memorandum,
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

/// A party that signed a memorandum.
///
/// Pihak penanda tangan nota kesepahaman.
pub struct MemorandumSignatory(Row<memorandum_signatory::Model>);

/// A party that signed a memorandum.
///
/// Pihak penanda tangan nota kesepahaman.
#[Object]
impl MemorandumSignatory {
    /// The name under which it signed.
    ///
    /// Nama saat menandatangani.
    fn signed_as(&self) -> &str {
        &self.0.signed_as
    }

    /// The organisation.
    ///
    /// Organisasinya.
    async fn organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "organisation", |row| row.organisation).await
    }
}

/// Where things stood on a day, against which a memorandum is to be measured.
///
/// Angka dasar untuk mengukur suatu nota kesepahaman.
pub struct Baseline(Row<baseline::Model>);

/// Where things stood on a day, against which a memorandum is to be measured.
///
/// Angka dasar untuk mengukur suatu nota kesepahaman.
#[Object]
impl Baseline {
    /// What was measured; its unit is told with it.
    ///
    /// Yang diukur; satuannya tercantum di sana.
    fn measure(&self) -> Measure {
        self.0.measure
    }

    /// The figure, to hundredths.
    ///
    /// Angkanya, sampai perseratus.
    fn value(&self) -> Decimal {
        self.0.value
    }

    /// The day at which it was true.
    ///
    /// Tanggal berlakunya.
    fn as_of(&self) -> Date {
        Date(self.0.as_of)
    }

    /// Where the figure is from.
    ///
    /// Sumber angkanya.
    fn source(&self) -> &str {
        &self.0.source
    }
}

/// The root fields of memoranda.
pub struct MemorandaQuery;

#[Object]
impl MemorandaQuery {
    /// The memorandum with this id.
    ///
    /// Nota kesepahaman dengan pengenal ini.
    async fn memorandum(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Memorandum>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Memorandum, &id).await.transpose()
    }

    /// Memoranda.
    ///
    /// Nota kesepahaman.
    async fn memoranda(
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
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<MemorandumOrder>,
    ) -> Result<Connection<Memorandum>> {
        let view = ctx.data_unchecked::<View>();
        connection::connect(
            view,
            connection::everything(),
            MemorandumOrder::or_default(order_by),
            &Paging { first, after, last, before },
        )
        .await
    }
}
