//! Certificates and accounts of partners, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::entity::certificate::{self, Entity};
use super::entity::{CertificateKind, Platform, platform_account};
use super::store::{self, CertificateFilter, CertificateOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Row, View};
use crate::error::Result;
use crate::nouns::connection::{
    self, Connection, Listed, NounObject, OrderDirection, Paging, Plain, plain, plain_day, plain_id,
    plain_link, plain_text,
};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::partners::graphql::Partner;
use crate::types::Date;

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct CertificateOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: CertificateOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl CertificateOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: CertificateOrderField::Number, direction: OrderDirection::Asc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// A certificate of a partner.
///
/// Sertifikat suatu mitra.
#[derive(Clone)]
pub struct Certificate(Row<certificate::Model>);

impl Listed for Certificate {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Certificate {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = &[
        plain_id(ids::Noun::Certificate, certificate::Column::Id),
        plain::<_, i32>("version", certificate::Column::Version),
        plain_text("kind", certificate::Column::Kind),
        plain_text("number", certificate::Column::Number),
        plain_text("issuer", certificate::Column::Issuer),
        plain_day("issuedOn", certificate::Column::IssuedOn),
        plain_day("validUntil", certificate::Column::ValidUntil),
        plain_link::<_, Partner>("partner", certificate::Column::Partner),
    ];

    fn new(row: Row<certificate::Model>) -> Self {
        Self(row)
    }
}

/// A certificate of a partner.
///
/// Sertifikat suatu mitra.
#[Object]
impl Certificate {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Certificate.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// What it certifies.
    ///
    /// Jenisnya.
    fn kind(&self) -> CertificateKind {
        self.0.kind
    }

    /// Its number.
    ///
    /// Nomornya.
    fn number(&self) -> &str {
        &self.0.number
    }

    /// Who issued it.
    ///
    /// Penerbitnya.
    fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The day of issue; null if unknown.
    ///
    /// Tanggal terbit; kosong bila tidak diketahui.
    fn issued_on(&self) -> Option<Date> {
        self.0.issued_on.map(Date)
    }

    /// The last day on which it is valid; null where it has no end.
    ///
    /// Hari terakhir berlakunya; kosong bila tanpa batas.
    fn valid_until(&self) -> Option<Date> {
        self.0.valid_until.map(Date)
    }

    /// Whether that day is over, today in Asia/Jakarta.
    ///
    /// Apakah masa berlakunya sudah lewat, per hari ini (WIB).
    fn expired(&self) -> bool {
        self.0.valid_until.is_some_and(|day| day < self.0.view().today())
    }

    /// The partner.
    ///
    /// Mitranya.
    async fn partner(&self) -> Result<Partner> {
        connection::the_one(&self.0, "partner", |row| row.partner).await
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

/// A partner's account on a platform.
///
/// Akun suatu mitra pada platform.
pub struct PlatformAccount(Row<platform_account::Model>);

impl PlatformAccount {
    pub fn new(row: Row<platform_account::Model>) -> Self {
        Self(row)
    }
}

/// A partner's account on a platform.
///
/// Akun suatu mitra pada platform.
#[Object]
impl PlatformAccount {
    /// The platform.
    ///
    /// Platformnya.
    fn platform(&self) -> Platform {
        self.0.platform
    }

    /// What the partner is known by there.
    ///
    /// Pengenal mitra di sana.
    fn account(&self) -> &str {
        &self.0.account
    }

    /// The day since which it is there; null if unknown.
    ///
    /// Sejak kapan terdaftar; kosong bila tidak diketahui.
    fn since(&self) -> Option<Date> {
        self.0.since.map(Date)
    }
}

/// The root fields of certificates.
pub struct CertificatesQuery;

#[Object]
impl CertificatesQuery {
    /// The certificate with this id.
    ///
    /// Sertifikat dengan pengenal ini.
    async fn certificate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Certificate>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Certificate, &id).await.transpose()
    }

    /// Certificates of partners that you can see.
    ///
    /// Sertifikat mitra yang dapat Anda lihat.
    async fn certificates(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<CertificateFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<CertificateOrder>,
    ) -> Result<Connection<Certificate>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition()?;
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, CertificateOrder::or_default(order_by), paging).await
    }
}
