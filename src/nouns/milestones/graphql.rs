//! Milestones, as the API shows and changes them.

use async_graphql::{ID, Object};

use super::cases::Case;
use super::entity::milestone::{self, Entity};
use super::entity::{MilestoneStatus, MilestoneType, RescheduleStatus, milestone_dependency, reschedule};
pub use super::parts::MilestoneOrder;
use super::parts::Reschedule;
use super::rules;
use super::situations::situations;
use super::steps::MilestoneAction;
use super::store;
use crate::access::page::{Cursor, Order};
use crate::access::{Role, Row, Rows, View};
use crate::error::Result;
use crate::nouns::clauses::graphql::Clause;
use crate::nouns::comments::graphql::{self as comments, Comment};
use crate::nouns::connection::{self, Connection, List, Listed, NounObject, Paging, Plain};
use crate::nouns::evidence::entity::evidence;
use crate::nouns::evidence::graphql::{Evidence, EvidenceOrder};
use crate::nouns::evidence::store::EvidenceFilter;
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::obstacles::entity::obstacle;
use crate::nouns::obstacles::graphql::{Obstacle, ObstacleOrder};
use crate::nouns::obstacles::store::ObstacleFilter;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::graphql::Partnership;
use crate::nouns::references::entity::external_reference;
use crate::nouns::references::graphql::ExternalReference;
use crate::nouns::references::store as references;
use crate::nouns::worklist::rules::{Waiting, of_milestone, of_moves};
use crate::types::{Date, Timestamp};

/// A milestone (tahapan) of a partnership.
///
/// Tahapan suatu kemitraan.
#[derive(Clone)]
pub struct Milestone(Row<milestone::Model>);

impl Listed for Milestone {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Milestone {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = super::plain::FIELDS;

    fn new(row: Row<milestone::Model>) -> Self {
        Self(row)
    }
}

/// A milestone (tahapan) of a partnership.
///
/// Tahapan suatu kemitraan.
#[Object]
impl Milestone {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Milestone.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// Its place in the plan, from 1.
    ///
    /// Urutan dalam rencana, mulai 1.
    fn position(&self) -> i32 {
        self.0.position
    }

    /// What kind of step it is.
    ///
    /// Jenisnya.
    #[graphql(name = "type")]
    fn kind(&self) -> MilestoneType {
        self.0.kind
    }

    /// Its title.
    ///
    /// Judulnya.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// Its weight in the partnership, 0 to 100.
    ///
    /// Bobotnya dalam kemitraan, 0 sampai 100.
    fn weight(&self) -> i32 {
        self.0.weight
    }

    /// The seat that reports on it.
    ///
    /// Kedudukan yang melaporkan.
    fn reporter(&self) -> Role {
        self.0.reporter
    }

    /// The seat that verifies it.
    ///
    /// Kedudukan yang memverifikasi.
    fn verifier(&self) -> Role {
        self.0.verifier
    }

    /// The day on which it was first due; never changes.
    ///
    /// Jatuh tempo semula; tidak pernah berubah.
    fn first_due_on(&self) -> Date {
        Date(self.0.first_due_on)
    }

    /// The day on which it is due.
    ///
    /// Jatuh tempo.
    fn due_on(&self) -> Date {
        Date(self.0.due_on)
    }

    /// How often it was rescheduled.
    ///
    /// Berapa kali dijadwalkan ulang.
    fn reschedules(&self) -> i32 {
        self.0.reschedules
    }

    /// Where it stands.
    ///
    /// Statusnya.
    fn status(&self) -> MilestoneStatus {
        self.0.status
    }

    /// Why it was returned or cancelled, or what its verifier remarks. Permanent.
    ///
    /// Alasan dikembalikan atau dibatalkan, atau catatan verifikatornya. Permanen.
    fn status_reason(&self) -> Option<&str> {
        self.0.status_reason.as_deref()
    }

    /// Since when it stands there.
    ///
    /// Sejak kapan berstatus demikian.
    fn status_since(&self) -> Timestamp {
        self.0.status_since
    }

    /// Whether it is past its due date without a report, today in Asia/Jakarta.
    ///
    /// Apakah lewat jatuh tempo tanpa laporan, per hari ini (WIB).
    fn overdue(&self) -> bool {
        rules::overdue(&self.0, self.0.view().today())
    }

    /// Days past its due date without a report, today in Asia/Jakarta; 0 if it is not overdue.
    ///
    /// Hari lewat jatuh tempo tanpa laporan, per hari ini (WIB); 0 bila tidak terlambat.
    fn overdue_days(&self) -> i64 {
        rules::overdue_days(&self.0, self.0.view().today())
    }

    /// Days by which it is behind its first due date; 0 if it is not.
    ///
    /// Hari keterlambatan dari jatuh tempo semula; 0 bila tidak.
    fn slippage_days(&self) -> i64 {
        rules::slippage_days(&self.0, self.0.view().today())
    }

    /// The day on which it happened, as reported.
    ///
    /// Tanggal kejadian menurut laporan.
    fn occurred_on(&self) -> Option<Date> {
        self.0.occurred_on.map(Date)
    }

    /// When the report was recorded.
    ///
    /// Waktu laporan dicatat.
    fn recorded_at(&self) -> Option<Timestamp> {
        self.0.recorded_at
    }

    /// The report.
    ///
    /// Laporan capaian.
    fn report(&self) -> Option<&str> {
        self.0.report.as_deref()
    }

    /// Who reported it: an opaque id.
    ///
    /// Pelapor: pengenal tanpa nama.
    fn reported_by(&self) -> Option<&str> {
        self.0.reported_by.as_deref()
    }

    /// The organisation that reported it.
    ///
    /// Organisasi pelapor.
    async fn reporter_organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "reporterOrganisation", |row| row.reporter_organisation).await.transpose()
    }

    /// When it was verified.
    ///
    /// Waktu verifikasi.
    fn verified_at(&self) -> Option<Timestamp> {
        self.0.verified_at
    }

    /// Who verified it: an opaque id.
    ///
    /// Verifikator: pengenal tanpa nama.
    fn verified_by(&self) -> Option<&str> {
        self.0.verified_by.as_deref()
    }

    /// The organisation that verified it.
    ///
    /// Organisasi verifikator.
    async fn verifier_organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "verifierOrganisation", |row| row.verifier_organisation).await.transpose()
    }

    /// The BUMN.
    ///
    /// BUMN-nya.
    async fn organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "organisation", |row| row.organisation).await
    }

    /// The partnership.
    ///
    /// Kemitraannya.
    async fn partnership(&self) -> Result<Partnership> {
        connection::the_one(&self.0, "partnership", |row| row.partnership).await
    }

    /// What it waits for.
    ///
    /// Tahapan yang ditunggunya.
    async fn depends_on(&self) -> Result<List<Milestone>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::dependencies(view, ids).await;
        let parent = |row: &milestone_dependency::Model| row.milestone;
        let rows = connection::all::<Entity, _>(&self.0, "dependencies", parent, read).await?;
        let loads = rows.iter().map(|row| connection::the_one(row, "dependsOn", |row| row.depends_on));
        Ok(List(futures_util::future::try_join_all(loads).await?))
    }

    /// The clause of the memorandum that it carries out; null if none is named.
    ///
    /// Pasal nota kesepahaman yang dilaksanakannya; kosong bila tidak disebut.
    async fn clause(&self) -> Option<Result<Clause>> {
        connection::one(&self.0, "clause", |row| row.clause).await.transpose()
    }

    /// Its evidence.
    ///
    /// Buktinya.
    async fn evidence(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<EvidenceFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<EvidenceOrder>,
    ) -> Result<Connection<Evidence>> {
        let filter = filter.unwrap_or_default().condition()?;
        let (order, paging) = (EvidenceOrder::or_default(order_by), Paging { first, after, last, before });
        connection::connect_each::<Entity, _>(
            &self.0,
            "evidence",
            evidence::Column::Milestone,
            filter,
            order,
            &paging,
        )
        .await
    }

    /// What holds it up.
    ///
    /// Kendalanya.
    async fn obstacles(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<ObstacleFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<ObstacleOrder>,
    ) -> Result<Connection<Obstacle>> {
        let filter = filter.unwrap_or_default().condition(self.0.view().today())?;
        let (order, paging) = (ObstacleOrder::or_default(order_by), Paging { first, after, last, before });
        connection::connect_each::<Entity, _>(
            &self.0,
            "obstacles",
            obstacle::Column::Milestone,
            filter,
            order,
            &paging,
        )
        .await
    }

    /// By what other systems know it.
    ///
    /// Pengenalnya pada sistem lain.
    async fn external_references(&self) -> Result<List<ExternalReference>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| references::of_milestones(view, ids).await;
        // Only those that name a milestone are read.
        let parent = |row: &external_reference::Model| row.milestone.unwrap_or_default();
        let rows = connection::all::<Entity, _>(&self.0, "externalReferences", parent, read).await?;
        Ok(List(rows.into_iter().map(ExternalReference::new).collect()))
    }

    /// The requests to move its due date, by number.
    ///
    /// Permintaan penjadwalan ulangnya, menurut nomor.
    async fn reschedule_requests(&self) -> Result<List<Reschedule>> {
        Ok(List(self.all_reschedules().await?.into_iter().map(Reschedule::new).collect()))
    }

    /// Why its due date was last moved; null if it never was. Permanent.
    ///
    /// Alasan terakhir jatuh temponya bergeser; kosong bila tidak pernah. Permanen.
    async fn last_reschedule_reason(&self) -> Option<Result<String>> {
        let last = |rows: Vec<Row<reschedule::Model>>| {
            let effective = |row: &&Row<reschedule::Model>| row.status == RescheduleStatus::Effective;
            rows.iter().rfind(effective).map(|row| row.reason.clone())
        };
        self.all_reschedules().await.map(last).transpose()
    }

    /// The seat that it waits for, by where it stands: its verifier once it is SUBMITTED, its reporter where it was RETURNED
    /// or is due. Where that is nobody: its verifier, if a request to move it waits. Null where nothing waits.
    ///
    /// Kedudukan yang ditunggu menurut statusnya: verifikator bila SUBMITTED, pelapor bila RETURNED atau jatuh tempo. Bila
    /// tidak ada: verifikator, jika penjadwalan ulangnya menunggu. Kosong bila tidak ada yang ditunggu.
    async fn waiting_for(&self) -> Option<Result<Role>> {
        Some(self.waiting().await?.map(|waiting| waiting.seat))
    }

    /// Whole days for which it has waited for that seat, by the days in Asia/Jakarta; null where it waits for nobody.
    ///
    /// Lama menunggu kedudukan itu dalam hari (WIB); kosong bila tidak menunggu siapa pun.
    async fn waiting_days(&self) -> Option<Result<i64>> {
        let today = self.0.view().today();
        Some(self.waiting().await?.map(|waiting| waiting.days(today)))
    }

    /// What you can do to it now: each would be carried out, given what it takes. Empty for who only reads.
    ///
    /// Yang dapat Anda lakukan kini: masing-masing akan dilaksanakan bila isiannya benar. Kosong bagi yang hanya membaca.
    async fn available_actions(&self) -> Result<List<MilestoneAction>> {
        let view = self.0.view();
        if !view.may_write() {
            return Ok(List(Vec::new()));
        }
        let read =
            async |list: &Rows<milestone::Model>| situations(list.view(), list.iter().as_slice()).await;
        let all = self.0.list().load("availableActions", read).await?;
        let Some(situation) = all.get(&self.0.id) else { return Ok(List(Vec::new())) };
        let (actor, stewardship) = (view.actor(), view.stewardship());
        Ok(List(Case { actor, stewardship, row: &self.0, situation }.available()))
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

impl Milestone {
    async fn waiting(&self) -> Option<Result<Waiting>> {
        if let Some(waiting) = of_milestone(&self.0, self.0.view().today()) {
            return Some(Ok(waiting));
        }
        self.all_reschedules().await.map(|moves| of_moves(&self.0, &moves)).transpose()
    }

    async fn all_reschedules(&self) -> Result<Vec<Row<reschedule::Model>>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::reschedules(view, ids).await;
        let parent = |row: &reschedule::Model| row.milestone;
        connection::all::<Entity, _>(&self.0, "reschedules", parent, read).await
    }
}
