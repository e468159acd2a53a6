//! Access tokens, as the API shows them to whoever administers them: all of a token but the token itself.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::entity::token::{self, Entity};
use super::entity::token_use;
use super::rules::{self, Letter};
use super::store::{self, TokenFilter, TokenOrderField};
use crate::access::page::{Cursor, Order};
use crate::access::{Level, Role, Row, Rows, View};
use crate::error::Result;
use crate::nouns::connection::{self, Connection, Listed, NounObject, OrderDirection, Paging};
use crate::nouns::ids;
use crate::types::{Date, Timestamp};

/// A letter of assignment (surat tugas). Its period bounds the token, not the rows.
///
/// Surat tugas. Masa berlakunya membatasi token, bukan baris data.
#[derive(SimpleObject)]
pub struct Assignment {
    /// The institution that assigned.
    ///
    /// Lembaga yang menugaskan.
    pub institution: String,
    /// The letter's number.
    ///
    /// Nomor surat.
    pub number: String,
    /// The codes of the organisations that it covers; null where it covers the programme.
    ///
    /// Kode organisasi yang dicakup; kosong bila mencakup seluruh program.
    pub organisations: Option<Vec<String>>,
    /// Its first day.
    ///
    /// Hari pertama.
    pub valid_from: Date,
    /// Its last day.
    ///
    /// Hari terakhir.
    pub valid_until: Date,
}

impl From<Letter> for Assignment {
    fn from(letter: Letter) -> Self {
        Self {
            institution: letter.institution,
            number: letter.number,
            organisations: letter.organisations,
            valid_from: Date(letter.from),
            valid_until: Date(letter.until),
        }
    }
}

/// How to order.
///
/// Cara mengurutkan.
#[derive(Debug, Clone, Copy, InputObject)]
pub struct TokenOrder {
    /// By what.
    ///
    /// Menurut apa.
    pub field: TokenOrderField,
    /// Which way.
    ///
    /// Arahnya.
    pub direction: OrderDirection,
}

impl TokenOrder {
    pub fn or_default(given: Option<Self>) -> Order<Entity> {
        let order =
            given.unwrap_or(Self { field: TokenOrderField::IssuedAt, direction: OrderDirection::Desc });
        store::order(order.field, order.direction == OrderDirection::Desc)
    }
}

/// An access token that was issued. The token itself is kept nowhere: `tokenIssue` shows it once.
///
/// Token akses yang diterbitkan. Tokennya sendiri tidak disimpan: hanya diperlihatkan sekali oleh `tokenIssue`.
#[derive(Clone)]
pub struct Token(pub(super) Row<token::Model>);

impl Listed for Token {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Token {
    type Entity = Entity;

    fn new(row: Row<token::Model>) -> Self {
        Self(row)
    }
}

/// An access token that was issued. The token itself is kept nowhere: `tokenIssue` shows it once.
///
/// Token akses yang diterbitkan. Tokennya sendiri tidak disimpan: hanya diperlihatkan sekali oleh `tokenIssue`.
#[Object]
impl Token {
    /// The global identifier (Relay). Its UUID is the token's `jti`, which `JournalEntry.token` names.
    ///
    /// Pengenal global. UUID-nya adalah `jti` token, yang disebut `JournalEntry.token`.
    pub async fn id(&self) -> ID {
        ids::Noun::Token.id(self.0.id)
    }

    /// The version of the row; a change expects the present one.
    ///
    /// Versi baris; perubahan menyebut versi yang berlaku.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// The opaque id of the person or machine: the journal's `actor`.
    ///
    /// Pengenal tanpa nama orang atau mesinnya: `actor` dalam jurnal.
    fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The role.
    ///
    /// Peran.
    fn role(&self) -> Role {
        self.0.role
    }

    /// The code of the organisation; null for auditors and administrators.
    ///
    /// Kode organisasi; kosong untuk auditor dan administrator.
    fn organisation(&self) -> Option<&str> {
        self.0.organisation_code.as_deref()
    }

    /// The level; null for auditors and administrators.
    ///
    /// Tingkat wewenang; kosong untuk auditor dan administrator.
    fn level(&self) -> Option<Level> {
        self.0.level
    }

    /// An auditor's letter of assignment.
    ///
    /// Surat tugas auditor.
    async fn assignment(&self) -> Option<Assignment> {
        rules::letter(&self.0).map(Assignment::from)
    }

    /// What it was issued for. Permanent.
    ///
    /// Tujuan penerbitannya. Permanen.
    fn purpose(&self) -> &str {
        &self.0.purpose
    }

    /// When it expires.
    ///
    /// Waktu berakhirnya.
    fn expires_at(&self) -> Timestamp {
        self.0.expires_at
    }

    /// Whether it is neither revoked nor expired. Live: it depends on the moment.
    ///
    /// Apakah tidak dicabut dan belum kedaluwarsa. Bergantung pada saat ini.
    fn in_force(&self) -> bool {
        rules::in_force(&self.0, self.0.view().now())
    }

    /// When it was issued.
    ///
    /// Waktu diterbitkan.
    fn issued_at(&self) -> Timestamp {
        self.0.issued_at
    }

    /// The opaque id of who issued it.
    ///
    /// Pengenal tanpa nama penerbitnya.
    fn issued_by(&self) -> &str {
        &self.0.issued_by
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

    /// When it was last used, to a few seconds; null if it was not. Live: it is outside the journal.
    ///
    /// Waktu terakhir digunakan, dengan ketelitian beberapa detik; kosong bila belum. Di luar jurnal.
    async fn last_used_at(&self) -> Option<Result<Timestamp>> {
        let uses = self.uses().await;
        uses.map(|uses| uses.get(&self.0.id).map(|used| used.used_at)).transpose()
    }

    /// The address from which it was last used; null if it was not, or the address is not known. Live: it is outside the journal.
    ///
    /// Alamat terakhir penggunaannya; kosong bila belum digunakan atau tidak diketahui. Di luar jurnal.
    async fn last_used_from(&self) -> Option<Result<String>> {
        let uses = self.uses().await;
        uses.map(|uses| uses.get(&self.0.id).and_then(|used| used.used_from.clone())).transpose()
    }
}

impl Token {
    async fn uses(&self) -> Result<Arc<HashMap<Uuid, token_use::Model>>> {
        let list = self.0.list();
        list.load("uses", async |list: &Rows<token::Model>| {
            store::uses(list.view(), &list.iter().map(|row| row.id).collect::<Vec<_>>()).await
        })
        .await
    }
}

/// The root fields of tokens.
pub struct TokensQuery;

#[Object]
impl TokensQuery {
    /// The access token with this id.
    ///
    /// Token akses dengan pengenal ini.
    async fn token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. / Pengenalnya.")] id: ID,
    ) -> Option<Result<Token>> {
        connection::by_id(ctx.data_unchecked::<View>(), ids::Noun::Token, &id).await.transpose()
    }

    /// The access tokens that were issued, the last one first. Live: which are in force depends on the moment.
    ///
    /// Token akses yang diterbitkan, terbaru lebih dahulu. Yang berlaku bergantung pada saat ini.
    async fn tokens(
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
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<TokenFilter>,
        #[graphql(desc = "In this order. / Dengan urutan ini.")] order_by: Option<TokenOrder>,
    ) -> Result<Connection<Token>> {
        let view = ctx.data_unchecked::<View>();
        let filter = filter.unwrap_or_default().condition(view.now());
        let paging = &Paging { first, after, last, before };
        connection::connect(view, filter, TokenOrder::or_default(order_by), paging).await
    }
}
