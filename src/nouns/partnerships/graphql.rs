//! Partnerships, as the API shows them.

use async_graphql::{ID, InputObject, Object};

use super::cases::Case;
use super::entity::partnership::{self, Entity};
use super::entity::{Channel, PartnershipStatus, Pattern, SupplyDirection, partnership_partner};
use super::parts::{PartnershipPartner, PartnershipValue};
use super::situations::situations;
use super::steps::PartnershipAction;
use super::store::{self, PartnershipOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Row, Rows, View};
use crate::error::Result;
use crate::nouns::comments::graphql::{self as comments, Comment};
use crate::nouns::connection::{self, Connection, List, Listed, NounObject, OrderDirection, Paging, Plain};
use crate::nouns::evidence::entity::evidence;
use crate::nouns::evidence::graphql::{Evidence, EvidenceOrder};
use crate::nouns::evidence::store::EvidenceFilter;
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::memoranda::graphql::Memorandum;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::milestones::graphql::{Milestone, MilestoneOrder};
use crate::nouns::milestones::store::MilestoneFilter;
use crate::nouns::obstacles::entity::obstacle;
use crate::nouns::obstacles::graphql::{Obstacle, ObstacleOrder};
use crate::nouns::obstacles::store::ObstacleFilter;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::outcomes::entity::outcome;
use crate::nouns::outcomes::graphql::{Outcome, OutcomeOrder};
use crate::nouns::outcomes::store::OutcomeFilter;
use crate::nouns::references::entity::external_reference;
use crate::nouns::references::graphql::ExternalReference;
use crate::nouns::references::store as references;
use crate::types::Timestamp;

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct PartnershipOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: PartnershipOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl PartnershipOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: PartnershipOrderField::Title, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A partnership (kemitraan) of a BUMN with one or more partners.
///
/// Kemitraan suatu BUMN dengan satu mitra atau lebih.
#[derive(Clone)]
pub struct Partnership(Row<partnership::Model>);

impl Listed for Partnership {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Partnership {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = super::plain::FIELDS;

    fn new(row: Row<partnership::Model>) -> Self {
        Self(row)
    }
}

/// A partnership (kemitraan) of a BUMN with one or more partners.
///
/// Kemitraan suatu BUMN dengan satu mitra atau lebih.
#[Object]
impl Partnership {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Partnership.id(self.0.id)
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

    /// The products or services that it is about.
    ///
    /// Produk atau jasanya.
    fn products(&self) -> &str {
        &self.0.products
    }

    /// Its pattern.
    ///
    /// Polanya.
    fn pattern(&self) -> Pattern {
        self.0.pattern
    }

    /// Its channel.
    ///
    /// Jalurnya.
    fn channel(&self) -> Channel {
        self.0.channel
    }

    /// Who supplies whom.
    ///
    /// Arah pasokannya.
    fn supply_direction(&self) -> SupplyDirection {
        self.0.supply_direction
    }

    /// Its batch: `PILOT_2021`.
    ///
    /// Angkatannya: `PILOT_2021`.
    fn batch(&self) -> &str {
        &self.0.batch
    }

    /// Where it stands.
    ///
    /// Statusnya.
    fn status(&self) -> PartnershipStatus {
        self.0.status
    }

    /// Why it stands there, where a reason is called for. Permanent.
    ///
    /// Alasan statusnya, bila diwajibkan. Permanen.
    fn status_reason(&self) -> Option<&str> {
        self.0.status_reason.as_deref()
    }

    /// Since when it stands there.
    ///
    /// Sejak kapan berstatus demikian.
    fn status_since(&self) -> Timestamp {
        self.0.status_since
    }

    /// What it could be worth. Never summed with the other values.
    ///
    /// Nilai potensial. Tidak pernah dijumlahkan dengan nilai lain.
    async fn potential_value(&self) -> Option<PartnershipValue> {
        PartnershipValue::of(self.0.potential_value, self.0.potential_source.as_deref(), self.0.potential_on)
    }

    /// What it is estimated to be worth. Never summed with the other values.
    ///
    /// Nilai perkiraan. Tidak pernah dijumlahkan dengan nilai lain.
    async fn estimated_value(&self) -> Option<PartnershipValue> {
        PartnershipValue::of(self.0.estimated_value, self.0.estimated_source.as_deref(), self.0.estimated_on)
    }

    /// What is contracted. Never summed with the other values.
    ///
    /// Nilai kontrak. Tidak pernah dijumlahkan dengan nilai lain.
    async fn contracted_value(&self) -> Option<PartnershipValue> {
        PartnershipValue::of(
            self.0.contracted_value,
            self.0.contracted_source.as_deref(),
            self.0.contracted_on,
        )
    }

    /// The BUMN.
    ///
    /// BUMN-nya.
    async fn organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "organisation", |row| row.organisation).await
    }

    /// The unit that executes it; null where the BUMN does itself.
    ///
    /// Unit pelaksana; kosong bila BUMN sendiri.
    async fn executing_unit(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "executingUnit", |row| row.executing_unit).await.transpose()
    }

    /// The memorandum that it is under.
    ///
    /// Nota kesepahamannya.
    async fn memorandum(&self) -> Result<Memorandum> {
        connection::the_one(&self.0, "memorandum", |row| row.memorandum).await
    }

    /// The partnership that this one renews.
    ///
    /// Kemitraan yang diperpanjang.
    async fn renewal_of(&self) -> Option<Result<Partnership>> {
        connection::one(&self.0, "renewalOf", |row| row.renewal_of).await.transpose()
    }

    /// Its partners, the lead first.
    ///
    /// Mitranya, koordinator lebih dahulu.
    async fn partners(&self) -> Result<List<PartnershipPartner>> {
        let read = async |view: &View, ids: &[uuid::Uuid]| store::partners_of(view, ids).await;
        let parent = |row: &partnership_partner::Model| row.partnership;
        let rows = connection::all::<Entity, _>(&self.0, "partners", parent, read).await?;
        Ok(List(rows.into_iter().map(PartnershipPartner).collect()))
    }

    /// Its milestones.
    ///
    /// Tahapannya.
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
        let order = MilestoneOrder::or_default(order_by);
        let paging = &Paging { first, after, last, before };
        connection::connect_each::<Entity, Milestone>(
            &self.0,
            "milestones",
            milestone::Column::Partnership,
            filter,
            order,
            paging,
        )
        .await
    }

    /// Its outcomes.
    ///
    /// Capaiannya.
    async fn outcomes(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<OutcomeFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<OutcomeOrder>,
    ) -> Result<Connection<Outcome>> {
        let filter = filter.unwrap_or_default().condition()?;
        let order = OutcomeOrder::or_default(order_by);
        let paging = &Paging { first, after, last, before };
        let parent = outcome::Column::Partnership;
        connection::connect_each::<Entity, Outcome>(&self.0, "outcomes", parent, filter, order, paging).await
    }

    /// What you can do to it now: each would be carried out, given what it takes. Empty for who only reads.
    ///
    /// Yang dapat Anda lakukan kini: masing-masing akan dilaksanakan bila isiannya benar. Kosong bagi yang hanya membaca.
    async fn available_actions(&self) -> Result<List<PartnershipAction>> {
        let view = self.0.view();
        if !view.may_write() {
            return Ok(List(Vec::new()));
        }
        let read =
            async |list: &Rows<partnership::Model>| situations(list.view(), list.iter().as_slice()).await;
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

    /// Its obstacles.
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
            obstacle::Column::Partnership,
            filter,
            order,
            &paging,
        )
        .await
    }

    /// The evidence of its milestones: contract, delivery and payment side by side, by their kinds.
    ///
    /// Bukti tahapannya: kontrak, pengiriman, dan pembayaran berdampingan menurut jenisnya.
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
            evidence::Column::Partnership,
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
        let read = async |view: &View, ids: &[uuid::Uuid]| references::of_partnerships(view, ids).await;
        let parent = |row: &external_reference::Model| row.partnership;
        let rows = connection::all::<Entity, _>(&self.0, "externalReferences", parent, read).await?;
        Ok(List(rows.into_iter().map(ExternalReference::new).collect()))
    }
}
