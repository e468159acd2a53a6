//! Comments, as the API shows them.

use async_graphql::{ID, Object};
use uuid::Uuid;

use super::entity::comment::{self, Entity};
use super::store;
use crate::access::page::{Cursor, Keyed, Order};
use crate::access::{Role, Row, Rows};
use crate::error::{Error, Result};
use crate::nouns::connection::{
    self, Connection, Listed, NounObject, Paging, Plain, plain, plain_id, plain_link, plain_text,
};
use crate::nouns::history::graphql::{self as history, HistoryEntry};
use crate::nouns::ids::Noun;
use crate::nouns::node::{self, Node};
use crate::nouns::organisations::graphql::Organisation;
use crate::nouns::partnerships::graphql::Partnership;
use crate::types::Timestamp;

/// A comment: what somebody said of a piece of the work. It is permanent.
///
/// Komentar atas suatu bagian pekerjaan. Permanen.
#[derive(Clone)]
pub struct Comment(Row<comment::Model>);

impl Listed for Comment {
    type Order = Order<Entity>;

    fn cursor(&self, order: &Self::Order) -> Result<Cursor> {
        Cursor::of(order, &self.0)
    }
}

impl NounObject for Comment {
    type Entity = Entity;

    const PLAIN: &'static [Plain<Entity>] = &[
        plain_id(Noun::Comment, comment::Column::Id),
        plain::<_, i32>("version", comment::Column::Version),
        plain_text("body", comment::Column::Body),
        plain::<_, Timestamp>("writtenAt", comment::Column::WrittenAt),
        plain_text("writtenBy", comment::Column::WrittenBy),
        plain_text("writerRole", comment::Column::WriterRole),
        plain_link::<_, Organisation>("writerOrganisation", comment::Column::WriterOrganisation),
    ];

    fn new(row: Row<comment::Model>) -> Self {
        Self(row)
    }
}

/// The comments on an object, as they were written: those of all of its siblings in the same statement.
pub async fn on<E: Keyed>(row: &Row<E::Model>, paging: &Paging) -> Result<Connection<Comment>> {
    let (filter, subject) = (connection::everything(), comment::Column::Subject);
    connection::connect_each::<E, _>(row, "comments", subject, filter, store::order(), paging).await
}

/// A comment: what somebody said of a piece of the work. It is permanent.
///
/// Komentar atas suatu bagian pekerjaan. Permanen.
#[Object]
impl Comment {
    /// The global identifier (Relay).
    ///
    /// Pengenal global.
    pub async fn id(&self) -> ID {
        Noun::Comment.id(self.0.id)
    }

    /// The version of the row: comments do not change.
    ///
    /// Versi baris: komentar tidak berubah.
    fn version(&self) -> i32 {
        self.0.version
    }

    /// What was said. Permanent.
    ///
    /// Isinya. Permanen.
    fn body(&self) -> &str {
        &self.0.body
    }

    /// When it was written.
    ///
    /// Waktu ditulis.
    fn written_at(&self) -> Timestamp {
        self.0.written_at
    }

    /// The opaque id of who wrote it.
    ///
    /// Pengenal tanpa nama penulisnya.
    fn written_by(&self) -> &str {
        &self.0.written_by
    }

    /// The seat for which it was written.
    ///
    /// Kedudukan penulisnya.
    fn writer_role(&self) -> Role {
        self.0.writer_role
    }

    /// The organisation of who wrote it.
    ///
    /// Organisasi penulisnya.
    async fn writer_organisation(&self) -> Result<Organisation> {
        connection::the_one(&self.0, "writerOrganisation", |row| row.writer_organisation).await
    }

    /// The BUMN; null of a quarter.
    ///
    /// BUMN-nya; kosong bila tentang triwulan.
    async fn organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "organisation", |row| row.organisation).await.transpose()
    }

    /// The partnership; null of a quarter.
    ///
    /// Kemitraannya; kosong bila tentang triwulan.
    async fn partnership(&self) -> Option<Result<Partnership>> {
        connection::one(&self.0, "partnership", |row| row.partnership).await.transpose()
    }

    /// What it is of: a partnership, milestone, outcome, obstacle, quarter or piece of evidence.
    ///
    /// Yang dikomentari: kemitraan, tahapan, capaian, kendala, triwulan, atau bukti.
    async fn subject(&self) -> Result<Node> {
        let subject = |row: &comment::Model| Some((Noun::named(&row.subject_noun)?, row.subject));
        let nodes = self.0.list().load("subject", async |list: &Rows<comment::Model>| {
            let subjects = list.iter().filter_map(subject).collect::<Vec<(Noun, Uuid)>>();
            node::by_ids(list.view(), subjects).await
        });
        let nodes = nodes.await?;
        let own = subject(&self.0).and_then(|own| nodes.get(&own).cloned());
        own.ok_or_else(|| Error::internal("what a comment is of is out of sight"))
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
