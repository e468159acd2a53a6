//! Revisions of outcomes after their quarter was locked, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::store::{self, OutcomeRevisionFilter, OutcomeRevisionOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Role, Row, View};
use crate::error::Result;
use crate::nouns::connection::{self, Connection, Listed, NounObject, OrderDirection, Paging};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::outcomes::entity::OutcomeStatus;
use crate::nouns::outcomes::entity::outcome_revision::{self, Entity};
use crate::nouns::outcomes::graphql::Outcome;
use crate::nouns::partnerships::graphql::Partnership;
use crate::nouns::worklist::rules::{Waiting, of_revision};
use crate::types::{Decimal, Timestamp};

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct OutcomeRevisionOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: OutcomeRevisionOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl OutcomeRevisionOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order = given.unwrap_or(Self {
            field: OutcomeRevisionOrderField::ReportedAt,
            direction: OrderDirection::Desc,
        });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A figure that takes a locked one's place, from its verification on.
///
/// Angka pengganti setelah triwulan dikunci, berlaku sejak diverifikasi.
#[derive(Clone)]
pub struct OutcomeRevision(Row<outcome_revision::Model>);

impl Listed for OutcomeRevision {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for OutcomeRevision {
    type Entity = Entity;

    fn new(row: Row<outcome_revision::Model>) -> Self {
        Self(row)
    }
}

/// A figure that takes a locked one's place, from its verification on.
///
/// Angka pengganti setelah triwulan dikunci, berlaku sejak diverifikasi.
#[Object]
impl OutcomeRevision {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::OutcomeRevision.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Its number, from 1 for each outcome.
    ///
    /// Nomornya, mulai 1 untuk setiap capaian.
    fn number(&self) -> i32 {
        self.0.number
    }

    /// The figure.
    ///
    /// Angkanya.
    fn actual(&self) -> Decimal {
        self.0.actual
    }

    /// Why it is revised. Permanent.
    ///
    /// Alasan revisi. Permanen.
    fn reason(&self) -> &str {
        &self.0.reason
    }

    /// Where it stands.
    ///
    /// Statusnya.
    fn status(&self) -> OutcomeStatus {
        self.0.status
    }

    /// Why it was returned. Permanent.
    ///
    /// Alasan dikembalikan. Permanen.
    fn status_reason(&self) -> Option<&str> {
        self.0.status_reason.as_deref()
    }

    /// Since when it stands there.
    ///
    /// Sejak kapan berstatus demikian.
    fn status_since(&self) -> Timestamp {
        self.0.status_since
    }

    /// When it was reported.
    ///
    /// Waktu dilaporkan.
    fn reported_at(&self) -> Timestamp {
        self.0.reported_at
    }

    /// The opaque id of who reported it.
    ///
    /// Pengenal tanpa nama pelapor.
    fn reported_by(&self) -> &str {
        &self.0.reported_by
    }

    /// When it was verified.
    ///
    /// Waktu diverifikasi.
    fn verified_at(&self) -> Option<Timestamp> {
        self.0.verified_at
    }

    /// The opaque id of who verified it.
    ///
    /// Pengenal tanpa nama verifikator.
    fn verified_by(&self) -> Option<&str> {
        self.0.verified_by.as_deref()
    }

    /// The organisation of who reported it.
    ///
    /// Organisasi pelapor.
    async fn reporter_organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "reporterOrganisation", |row| row.reporter_organisation).await
    }

    /// The organisation of who verified it.
    ///
    /// Organisasi verifikator.
    async fn verifier_organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "verifierOrganisation", |row| row.verifier_organisation).await.transpose()
    }

    /// The outcome.
    ///
    /// Capaiannya.
    async fn outcome(&self) -> Result<Outcome> {
        connection::the_one(&self.0, "outcome", |row| row.outcome).await
    }

    /// The partnership.
    ///
    /// Kemitraannya.
    async fn partnership(&self) -> Result<Partnership> {
        connection::the_one(&self.0, "partnership", |row| row.partnership).await
    }

    /// The BUMN.
    ///
    /// BUMN-nya.
    async fn organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "organisation", |row| row.organisation).await
    }

    /// The seat that it waits for: to correct it or to verify it. Null where it is verified, or a later revision has followed.
    ///
    /// Kedudukan yang ditunggu: memperbaiki atau memverifikasi. Kosong bila telah diverifikasi atau disusul revisi lain.
    async fn waiting_for(&self) -> Option<Result<Role>> {
        Some(self.waiting().await?.map(|waiting| waiting.seat))
    }

    /// Whole days for which it has waited, by the days in Asia/Jakarta; null where it waits for nobody.
    ///
    /// Lama menunggu dalam hari (WIB); kosong bila tidak menunggu siapa pun.
    async fn waiting_days(&self) -> Option<Result<i64>> {
        let today = self.0.view().today();
        Some(self.waiting().await?.map(|waiting| waiting.days(today)))
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

impl OutcomeRevision {
    async fn waiting(&self) -> Option<Result<Waiting>> {
        let waiting = async {
            let outcome: Outcome = connection::the_one(&self.0, "outcome", |row| row.outcome).await?;
            Ok(of_revision(&self.0, outcome.row(), &outcome.all_revisions().await?))
        };
        waiting.await.transpose()
    }
}

/// The root fields of revisions.
pub struct RevisionsQuery;

#[Object]
impl RevisionsQuery {
    /// The revision with this id.
    ///
    /// Revisi dengan pengenal ini.
    async fn outcome_revision(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<OutcomeRevision>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::OutcomeRevision, &id).await.transpose()
    }

    /// The revisions of figures whose quarter was locked, that you can see.
    ///
    /// Revisi angka pada triwulan yang telah dikunci dan dapat Anda lihat.
    async fn outcome_revisions(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<OutcomeRevisionFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<OutcomeRevisionOrder>,
    ) -> Result<Connection<OutcomeRevision>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition()?;
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, OutcomeRevisionOrder::or_default(order_by), paging).await
    }
}
