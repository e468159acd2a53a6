//! Delegations, as the API shows them.

use async_graphql::{Context, ID, InputObject, Object};

use super::entity::DelegatedAction;
use super::entity::delegation::{self, Entity};
use super::rules;
use super::store::{self, DelegationFilter, DelegationOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Row, View};
use crate::error::Result;
use crate::nouns::connection::{
    self, Connection, Listed, NounObject, OrderDirection, Paging, Plain, plain, plain_day, plain_id,
    plain_link, plain_text,
};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids;
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::graphql::Partnership;
use crate::types::{Date, Timestamp};

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct DelegationOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: DelegationOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl DelegationOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: DelegationOrderField::GrantedAt, direction: OrderDirection::Desc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// An action that an approver has delegated to a service account of the same organisation.
///
/// Tindakan yang didelegasikan penyetuju kepada akun layanan organisasinya.
#[derive(Clone)]
pub struct Delegation(Row<delegation::Model>);

impl Listed for Delegation {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Delegation {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = &[
        plain_id(ids::Noun::Delegation, delegation::Column::Id),
        plain::<_, i32>("version", delegation::Column::Version),
        plain_text("grantee", delegation::Column::Grantee),
        plain_text("action", delegation::Column::Action),
        plain_day("validFrom", delegation::Column::ValidFrom),
        plain_day("validUntil", delegation::Column::ValidUntil),
        plain::<_, Timestamp>("grantedAt", delegation::Column::GrantedAt),
        plain_text("grantedBy", delegation::Column::GrantedBy),
        plain::<_, Option<Timestamp>>("revokedAt", delegation::Column::RevokedAt),
        plain_text("revokedBy", delegation::Column::RevokedBy),
        plain_text("revocationReason", delegation::Column::RevocationReason),
        plain_link::<_, Organisation>("organisation", delegation::Column::Organisation),
    ];

    fn new(row: Row<delegation::Model>) -> Self {
        Self(row)
    }
}

/// An action that an approver has delegated to a service account of the same organisation.
///
/// Tindakan yang didelegasikan penyetuju kepada akun layanan organisasinya.
#[Object]
impl Delegation {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        ids::Noun::Delegation.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// The organisation whose approver granted it, and whose service account it is for.
    ///
    /// Organisasi pemberi, sekaligus pemilik akun layanannya.
    async fn organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "organisation", |row| row.organisation).await
    }

    /// The subject of the service account's tokens.
    ///
    /// Subjek token akun layanannya.
    fn grantee(&self) -> &str {
        &self.0.grantee
    }

    /// What it may do.
    ///
    /// Yang boleh dilakukannya.
    fn action(&self) -> DelegatedAction {
        self.0.action
    }

    /// The partnership for which alone it holds; null if it is for all, or one that you cannot see.
    ///
    /// Satu-satunya kemitraan yang dicakup; kosong bila semua, atau bila tidak dapat Anda lihat.
    async fn partnership(&self) -> Option<Result<Partnership>> {
        connection::one(&self.0, "partnership", |row| row.partnership).await.transpose()
    }

    /// The first day, in Asia/Jakarta.
    ///
    /// Tanggal mulai (WIB).
    fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }

    /// The last day, in Asia/Jakarta.
    ///
    /// Tanggal terakhir (WIB).
    fn valid_until(&self) -> Date {
        Date(self.0.valid_until)
    }

    /// Whether it holds today in Asia/Jakarta.
    ///
    /// Apakah berlaku hari ini (WIB).
    fn in_force(&self) -> bool {
        rules::in_force(&self.0, self.0.view().today())
    }

    /// When it was granted.
    ///
    /// Waktu diberikan.
    fn granted_at(&self) -> Timestamp {
        self.0.granted_at
    }

    /// The opaque id of who granted it.
    ///
    /// Pengenal tanpa nama pemberinya.
    fn granted_by(&self) -> &str {
        &self.0.granted_by
    }

    /// When it was revoked; null if it was not.
    ///
    /// Waktu dicabut; kosong bila tidak.
    fn revoked_at(&self) -> Option<Timestamp> {
        self.0.revoked_at
    }

    /// The opaque id of who revoked it.
    ///
    /// Pengenal tanpa nama pencabutnya.
    fn revoked_by(&self) -> Option<&str> {
        self.0.revoked_by.as_deref()
    }

    /// Why it was revoked. Permanent.
    ///
    /// Alasan dicabut. Permanen.
    fn revocation_reason(&self) -> Option<&str> {
        self.0.revocation_reason.as_deref()
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

/// The root fields of delegations.
pub struct DelegationsQuery;

#[Object]
impl DelegationsQuery {
    /// The delegation with this id.
    ///
    /// Delegasi dengan pengenal ini.
    async fn delegation(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Delegation>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Delegation, &id).await.transpose()
    }

    /// Delegations that you can see.
    ///
    /// Delegasi yang dapat Anda lihat.
    async fn delegations(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<DelegationFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<DelegationOrder>,
    ) -> Result<Connection<Delegation>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition(view.today())?;
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, DelegationOrder::or_default(order_by), paging).await
    }
}
