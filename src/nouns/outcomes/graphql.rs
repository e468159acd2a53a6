//! Outcomes, as the API shows them.

use std::collections::HashMap;

use async_graphql::{ID, InputObject, Object};

use super::cases::Case;
use super::entity::outcome::{self, Entity};
use super::entity::{Indicator, OutcomeStatus, outcome_revision};
use super::rules::Unit;
use super::situations::situations;
use super::steps::OutcomeAction;
use super::store::{self, OutcomeOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Role, Row, Rows, View};
use crate::error::{Error, Result};
use crate::nouns::comments::graphql::{self as comments, Comment};
use crate::nouns::connection::{self, Connection, List, Listed, NounObject, OrderDirection, Paging, Plain};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::graphql::Partnership;
use crate::nouns::quarters::graphql::Quarter;
use crate::nouns::quarters::store as quarters;
use crate::nouns::revisions::graphql::OutcomeRevision;
use crate::nouns::worklist::rules::{Waiting, of_outcome};
use crate::types::{Decimal, Timestamp};

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct OutcomeOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: OutcomeOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl OutcomeOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: OutcomeOrderField::Quarter, direction: OrderDirection::Desc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// What a partnership has brought about in a quarter, by one indicator (capaian).
///
/// Capaian suatu kemitraan pada suatu triwulan menurut satu indikator.
#[derive(Clone)]
pub struct Outcome(Row<outcome::Model>);

impl Listed for Outcome {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Outcome {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = super::plain::FIELDS;

    fn new(row: Row<outcome::Model>) -> Self {
        Self(row)
    }
}

/// What a partnership has brought about in a quarter, by one indicator (capaian).
///
/// Capaian suatu kemitraan pada suatu triwulan menurut satu indikator.
#[Object]
impl Outcome {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Outcome.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// What is measured.
    ///
    /// Indikatornya.
    fn indicator(&self) -> Indicator {
        self.0.indicator
    }

    /// The unit of the figures.
    ///
    /// Satuan angkanya.
    fn unit(&self) -> Unit {
        self.0.indicator.unit()
    }

    /// The figure that is aimed at; null if there is none.
    ///
    /// Target; kosong bila tidak ada.
    fn target(&self) -> Option<Decimal> {
        self.0.target
    }

    /// The figure as reported, and once the quarter is locked as it was then, for ever. Null: not reported.
    ///
    /// Realisasi yang dilaporkan; setelah dikunci, angka saat itu untuk seterusnya. Kosong: belum dilaporkan.
    fn actual(&self) -> Option<Decimal> {
        self.0.actual
    }

    /// The figure as it is known now: that of the latest verified revision, or as reported.
    ///
    /// Realisasi terkini: menurut revisi terverifikasi terakhir, atau yang dilaporkan.
    fn latest(&self) -> Option<Decimal> {
        self.0.revised.or(self.0.actual)
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
    fn reported_at(&self) -> Option<Timestamp> {
        self.0.reported_at
    }

    /// The opaque id of who reported it.
    ///
    /// Pengenal tanpa nama pelapor.
    fn reported_by(&self) -> Option<&str> {
        self.0.reported_by.as_deref()
    }

    /// The seat that verifies it.
    ///
    /// Kedudukan yang memverifikasi.
    fn verifier(&self) -> Role {
        self.0.indicator.verifier()
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

    /// The organisation of who reported it; null where it is not reported.
    ///
    /// Organisasi pelapor; kosong bila belum dilaporkan.
    async fn reporter_organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "reporterOrganisation", |row| row.reporter_organisation).await.transpose()
    }

    /// The organisation of who verified it.
    ///
    /// Organisasi verifikator.
    async fn verifier_organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "verifierOrganisation", |row| row.verifier_organisation).await.transpose()
    }

    /// The quarter.
    ///
    /// Triwulannya.
    async fn quarter(&self) -> Result<Quarter> {
        self.own_quarter().await
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

    /// Its revisions since the quarter was locked, by number.
    ///
    /// Revisinya sejak triwulan dikunci, menurut nomor.
    async fn revisions(&self) -> Result<List<OutcomeRevision>> {
        Ok(List(self.all_revisions().await?.into_iter().map(OutcomeRevision::new).collect()))
    }

    /// The seat that it, or its latest revision, waits for: to report once the quarter has ended, to correct, to verify. Null
    /// where nothing does; a locked figure waits by its revision alone.
    ///
    /// Kedudukan yang ditunggu capaian ini atau revisi terakhirnya: melapor setelah triwulan berakhir, memperbaiki, atau
    /// memverifikasi. Kosong bila tidak ada; angka terkunci hanya menunggu melalui revisinya.
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

    /// What was said of it, as it was written. Comments are permanent.
    ///
    /// Komentar atasnya, menurut waktu ditulis. Komentar bersifat permanen.
    async fn comments(
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
    ) -> Result<Connection<Comment>> {
        comments::on::<Entity>(&self.0, &Paging { first, after, last, before }).await
    }

    /// What you can do to it now: each would be carried out, given what it takes. Empty for who only reads.
    ///
    /// Yang dapat Anda lakukan kini: masing-masing akan dilaksanakan bila isiannya benar. Kosong bagi yang hanya membaca.
    async fn available_actions(&self) -> Result<List<OutcomeAction>> {
        let view = self.0.view();
        if !view.may_write() {
            return Ok(List(Vec::new()));
        }
        let read = async |list: &Rows<outcome::Model>| situations(list.view(), list.iter().as_slice()).await;
        let all = self.0.list().load("availableActions", read).await?;
        let Some(situation) = all.get(&self.0.id) else { return Ok(List(Vec::new())) };
        let (actor, stewardship) = (view.actor(), view.stewardship());
        Ok(List(Case { actor, stewardship, row: &self.0, situation }.available()))
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

impl Outcome {
    pub fn row(&self) -> &outcome::Model {
        &self.0
    }

    async fn own_quarter(&self) -> Result<Quarter> {
        let quarters = self
            .0
            .list()
            .load("quarter", async |list: &Rows<outcome::Model>| {
                let mut codes = list.iter().map(|row| row.quarter.clone()).collect::<Vec<_>>();
                codes.sort_unstable();
                codes.dedup();
                let rows =
                    Rows::siblings(list.view().clone(), quarters::by_codes(list.view(), &codes).await?);
                Ok(rows
                    .into_iter()
                    .map(|row| (row.code.clone(), Quarter::new(row)))
                    .collect::<HashMap<_, _>>())
            })
            .await?;
        let quarter = quarters.get(&self.0.quarter).cloned();
        quarter.ok_or_else(|| Error::internal("an outcome is of a quarter that there is not"))
    }

    pub async fn all_revisions(&self) -> Result<Vec<Row<outcome_revision::Model>>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::revisions(view, ids).await;
        let parent = |row: &outcome_revision::Model| row.outcome;
        connection::all::<Entity, _>(&self.0, "revisions", parent, read).await
    }

    async fn waiting(&self) -> Option<Result<Waiting>> {
        let waiting = async {
            let (quarter, revisions) = (self.own_quarter().await?, self.all_revisions().await?);
            Ok(of_outcome(&self.0, quarter.row(), &revisions, self.0.view().today()))
        };
        waiting.await.transpose()
    }
}
