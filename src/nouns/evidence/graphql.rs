//! Evidence, as the API shows it.

use async_graphql::{Context, ID, InputObject, Object};

use super::entity::EvidenceKind;
use super::entity::evidence::{self, Entity};
use super::store::{self, EvidenceFilter, EvidenceOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Row, View};
use crate::error::Result;
use crate::nouns::comments::graphql::{self as comments, Comment};
use crate::nouns::connection::{
    self, Connection, Listed, NounObject, OrderDirection, Paging, Plain, plain, plain_day, plain_id,
    plain_link, plain_text,
};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::milestones::graphql::Milestone;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::graphql::Partnership;
use crate::types::{Date, Money, Timestamp};

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct EvidenceOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: EvidenceOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl EvidenceOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: EvidenceOrderField::AttachedAt, direction: OrderDirection::Desc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A piece of evidence (bukti): what is known of a file which shows that a milestone was reached.
///
/// Bukti: keterangan suatu berkas yang menunjukkan capaian tahapan.
#[derive(Clone)]
pub struct Evidence(Row<evidence::Model>);

impl Listed for Evidence {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Evidence {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = &[
        plain_id(ids::Noun::Evidence, evidence::Column::Id),
        plain::<_, i32>("version", evidence::Column::Version),
        plain_text("kind", evidence::Column::Kind),
        plain_text("number", evidence::Column::Number),
        plain_day("datedOn", evidence::Column::DatedOn),
        plain_text("issuer", evidence::Column::Issuer),
        plain::<_, Option<Money>>("amount", evidence::Column::Amount),
        plain_text("fileName", evidence::Column::FileName),
        plain_text("mediaType", evidence::Column::MediaType),
        plain::<_, i64>("size", evidence::Column::Size),
        plain_text("sha256", evidence::Column::Sha256),
        plain::<_, Timestamp>("attachedAt", evidence::Column::AttachedAt),
        plain_text("attachedBy", evidence::Column::AttachedBy),
        plain::<_, Option<Timestamp>>("withdrawnAt", evidence::Column::WithdrawnAt),
        plain_text("withdrawnBy", evidence::Column::WithdrawnBy),
        plain_text("withdrawalReason", evidence::Column::WithdrawalReason),
        plain_link::<_, Partnership>("partnership", evidence::Column::Partnership),
        plain_link::<_, Organisation>("organisation", evidence::Column::Organisation),
        plain_link::<_, Milestone>("milestone", evidence::Column::Milestone),
        plain_link::<_, Organisation>("attacherOrganisation", evidence::Column::AttacherOrganisation),
    ];

    fn new(row: Row<evidence::Model>) -> Self {
        Self(row)
    }
}

/// A piece of evidence (bukti): what is known of a file which shows that a milestone was reached.
///
/// Bukti: keterangan suatu berkas yang menunjukkan capaian tahapan.
#[Object]
impl Evidence {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Evidence.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// What it is.
    ///
    /// Jenisnya.
    fn kind(&self) -> EvidenceKind {
        self.0.kind
    }

    /// Its number; null if it bears none.
    ///
    /// Nomornya; kosong bila tidak bernomor.
    fn number(&self) -> Option<&str> {
        self.0.number.as_deref()
    }

    /// The day that it bears; null if it bears none.
    ///
    /// Tanggal dokumen; kosong bila tidak bertanggal.
    fn dated_on(&self) -> Option<Date> {
        self.0.dated_on.map(Date)
    }

    /// Who issued it; null if it does not say.
    ///
    /// Penerbitnya; kosong bila tidak tercantum.
    fn issuer(&self) -> Option<&str> {
        self.0.issuer.as_deref()
    }

    /// The amount that it states, whole rupiah before PPN; null where it states none.
    ///
    /// Nilai yang tercantum, rupiah bulat sebelum PPN; kosong bila tidak ada.
    fn amount(&self) -> Option<Money> {
        self.0.amount
    }

    /// The name of its file.
    ///
    /// Nama berkasnya.
    fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// The media type of its file (IANA), such as `application/pdf`.
    ///
    /// Jenis media berkasnya (IANA), misalnya `application/pdf`.
    fn media_type(&self) -> &str {
        &self.0.media_type
    }

    /// The size of its file, bytes.
    ///
    /// Ukuran berkasnya, bita.
    fn size(&self) -> i64 {
        self.0.size
    }

    /// The SHA-256 of the file's bytes, in hexadecimal digits.
    ///
    /// SHA-256 isi berkasnya, heksadesimal.
    fn sha256(&self) -> &str {
        &self.0.sha256
    }

    /// When it was attached.
    ///
    /// Waktu dilampirkan.
    fn attached_at(&self) -> Timestamp {
        self.0.attached_at
    }

    /// The opaque id of who attached it.
    ///
    /// Pengenal tanpa nama yang melampirkannya.
    fn attached_by(&self) -> &str {
        &self.0.attached_by
    }

    /// When it was withdrawn; null while it stands.
    ///
    /// Waktu ditarik; kosong selama berlaku.
    fn withdrawn_at(&self) -> Option<Timestamp> {
        self.0.withdrawn_at
    }

    /// The opaque id of who withdrew it.
    ///
    /// Pengenal tanpa nama yang menariknya.
    fn withdrawn_by(&self) -> Option<&str> {
        self.0.withdrawn_by.as_deref()
    }

    /// Why it was withdrawn. Permanent.
    ///
    /// Alasan penarikan. Permanen.
    fn withdrawal_reason(&self) -> Option<&str> {
        self.0.withdrawal_reason.as_deref()
    }

    /// The organisation of who attached it.
    ///
    /// Organisasi yang melampirkannya.
    async fn attacher_organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "attacherOrganisation", |row| row.attacher_organisation).await
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

    /// The milestone.
    ///
    /// Tahapannya.
    async fn milestone(&self) -> Result<Milestone> {
        connection::the_one(&self.0, "milestone", |row| row.milestone).await
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

/// The root fields of evidence.
pub struct EvidenceQuery;

#[Object]
impl EvidenceQuery {
    /// The piece of evidence with this id.
    ///
    /// Bukti dengan pengenal ini.
    async fn evidence(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Evidence>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Evidence, &id).await.transpose()
    }

    /// Evidence that you can see.
    ///
    /// Bukti yang dapat Anda lihat.
    async fn evidence_items(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<EvidenceFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<EvidenceOrder>,
    ) -> Result<Connection<Evidence>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition()?;
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, EvidenceOrder::or_default(order_by), paging).await
    }
}
