//! Obstacles, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::cases::Case;
use super::entity::obstacle::{self, Entity};
use super::entity::{ObstacleCategory, ObstacleStatus, Severity};
use super::rules;
use super::situations::situations;
use super::steps::ObstacleAction;
use super::store::{self, ObstacleFilter, ObstacleOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Role, Row, Rows, View};
use crate::error::Result;
use crate::nouns::comments::graphql::{self as comments, Comment};
use crate::nouns::connection::{
    self, Connection, List, Listed, NounObject, OrderDirection, Paging, Plain, plain, plain_day, plain_id,
    plain_link, plain_text,
};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::milestones::graphql::Milestone;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::graphql::Partnership;
use crate::types::{Date, Timestamp};

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct ObstacleOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: ObstacleOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl ObstacleOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: ObstacleOrderField::RaisedAt, direction: OrderDirection::Desc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// An obstacle in a partnership, with what is done about it (kendala dan tindak lanjut).
///
/// Kendala dalam suatu kemitraan beserta tindak lanjutnya.
#[derive(Clone)]
pub struct Obstacle(Row<obstacle::Model>);

impl Listed for Obstacle {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Obstacle {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = &[
        plain_id(ids::Noun::Obstacle, obstacle::Column::Id),
        plain::<_, i32>("version", obstacle::Column::Version),
        plain_text("category", obstacle::Column::Category),
        plain_text("severity", obstacle::Column::Severity),
        plain_text("title", obstacle::Column::Title),
        plain_text("description", obstacle::Column::Description),
        plain_text("owner", obstacle::Column::Owner),
        plain_text("followUp", obstacle::Column::FollowUp),
        plain_day("dueOn", obstacle::Column::DueOn),
        plain_text("status", obstacle::Column::Status),
        plain::<_, Timestamp>("statusSince", obstacle::Column::StatusSince),
        plain_text("resolution", obstacle::Column::Resolution),
        plain::<_, Timestamp>("raisedAt", obstacle::Column::RaisedAt),
        plain_text("raisedBy", obstacle::Column::RaisedBy),
        plain::<_, Option<Timestamp>>("resolvedAt", obstacle::Column::ResolvedAt),
        plain_text("resolvedBy", obstacle::Column::ResolvedBy),
        plain_link::<_, Partnership>("partnership", obstacle::Column::Partnership),
        plain_link::<_, Organisation>("organisation", obstacle::Column::Organisation),
        plain_link::<_, Organisation>("raiserOrganisation", obstacle::Column::RaiserOrganisation),
    ];

    fn new(row: Row<obstacle::Model>) -> Self {
        Self(row)
    }
}

/// An obstacle in a partnership, with what is done about it (kendala dan tindak lanjut).
///
/// Kendala dalam suatu kemitraan beserta tindak lanjutnya.
#[Object]
impl Obstacle {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Obstacle.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// What it is about.
    ///
    /// Jenisnya.
    fn category(&self) -> ObstacleCategory {
        self.0.category
    }

    /// How much it weighs.
    ///
    /// Tingkatnya.
    fn severity(&self) -> Severity {
        self.0.severity
    }

    /// Its title.
    ///
    /// Judulnya.
    fn title(&self) -> &str {
        &self.0.title
    }

    /// What stands in the way; null if the title says it. Permanent.
    ///
    /// Uraiannya; kosong bila sudah jelas dari judul. Permanen.
    fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// The seat that has to see to it.
    ///
    /// Kedudukan yang menanganinya.
    fn owner(&self) -> Role {
        self.0.owner
    }

    /// What is to be done about it; null while nothing is agreed.
    ///
    /// Tindak lanjutnya; kosong selama belum disepakati.
    fn follow_up(&self) -> Option<&str> {
        self.0.follow_up.as_deref()
    }

    /// The day by which it is to be resolved; null if none is set.
    ///
    /// Tenggatnya; kosong bila tidak ditetapkan.
    fn due_on(&self) -> Option<Date> {
        self.0.due_on.map(Date)
    }

    /// Whether it is past its day without being resolved, today in Asia/Jakarta.
    ///
    /// Apakah lewat tenggat dan belum selesai, per hari ini (WIB).
    fn overdue(&self) -> bool {
        rules::overdue(&self.0, self.0.view().today())
    }

    /// Where it stands.
    ///
    /// Statusnya.
    fn status(&self) -> ObstacleStatus {
        self.0.status
    }

    /// Since when it stands there.
    ///
    /// Sejak kapan berstatus demikian.
    fn status_since(&self) -> Timestamp {
        self.0.status_since
    }

    /// How it was resolved; null while it is not. Permanent.
    ///
    /// Penyelesaiannya; kosong selama belum selesai. Permanen.
    fn resolution(&self) -> Option<&str> {
        self.0.resolution.as_deref()
    }

    /// When it was raised.
    ///
    /// Waktu dicatat.
    fn raised_at(&self) -> Timestamp {
        self.0.raised_at
    }

    /// The opaque id of who raised it.
    ///
    /// Pengenal tanpa nama pencatatnya.
    fn raised_by(&self) -> &str {
        &self.0.raised_by
    }

    /// When it was resolved.
    ///
    /// Waktu diselesaikan.
    fn resolved_at(&self) -> Option<Timestamp> {
        self.0.resolved_at
    }

    /// The opaque id of who resolved it.
    ///
    /// Pengenal tanpa nama yang menyelesaikannya.
    fn resolved_by(&self) -> Option<&str> {
        self.0.resolved_by.as_deref()
    }

    /// The organisation of who raised it.
    ///
    /// Organisasi pencatatnya.
    async fn raiser_organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "raiserOrganisation", |row| row.raiser_organisation).await
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

    /// The milestone that it holds up; null if it is the partnership as a whole.
    ///
    /// Tahapan yang terhambat; kosong bila kemitraan secara keseluruhan.
    async fn milestone(&self) -> Option<Result<Milestone>> {
        connection::one(&self.0, "milestone", |row| row.milestone).await.transpose()
    }

    /// What you can do to it now: each would be carried out, given what it takes. Empty for who only reads.
    ///
    /// Yang dapat Anda lakukan kini: masing-masing akan dilaksanakan bila isiannya benar. Kosong bagi yang hanya membaca.
    async fn available_actions(&self) -> Result<List<ObstacleAction>> {
        let view = self.0.view();
        if !view.may_write() {
            return Ok(List(Vec::new()));
        }
        let read = async |list: &Rows<obstacle::Model>| situations(list.view(), list.iter().as_slice()).await;
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

/// The root fields of obstacles.
pub struct ObstaclesQuery;

#[Object]
impl ObstaclesQuery {
    /// The obstacle with this id.
    ///
    /// Kendala dengan pengenal ini.
    async fn obstacle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Obstacle>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Obstacle, &id).await.transpose()
    }

    /// Obstacles that you can see.
    ///
    /// Kendala yang dapat Anda lihat.
    async fn obstacles(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<ObstacleFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<ObstacleOrder>,
    ) -> Result<Connection<Obstacle>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition(view.today())?;
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, ObstacleOrder::or_default(order_by), paging).await
    }
}
