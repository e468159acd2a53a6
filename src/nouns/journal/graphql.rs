//! The journal, as the API shows it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::store::{self, JournalFilter};
use crate::access::page::{Cursor, Slice};
use crate::access::{Level, Role, Row, Rows, View};
use crate::error::{Error, Result};
use crate::journal::entity::{change, entry};
use crate::nouns::connection::{self, Connection, List, Listed, OrderDirection, Paging, Total};
use crate::nouns::organisations::graphql::Organisation;
use crate::types::{GlobalId, Timestamp};

/// An act: who, in which role, when, what, why.
///
/// Suatu tindakan: siapa, dalam peran apa, kapan, apa, dan mengapa.
#[derive(Clone)]
pub struct JournalEntry(Row<entry::Model>);

impl Listed for JournalEntry {
    type Order = ();

    fn cursor(&self, (): &()) -> Result<Cursor> {
        Ok(Cursor::number("SEQUENCE", self.0.sequence))
    }
}

/// The entry with this sequence, which the actor has made.
pub async fn entry_at(view: &View, sequence: i64) -> Result<JournalEntry> {
    let entry = store::own_entry(view, sequence)
        .await?
        .ok_or_else(|| Error::internal("an entry that was made is gone"))?;
    Ok(JournalEntry(Rows::single(view.clone(), entry)))
}

/// The entries within the actor's reach that fit the filter.
async fn journal(
    view: &View,
    filter: &JournalFilter,
    direction: OrderDirection,
    paging: &Paging,
) -> Result<Connection<JournalEntry>> {
    let filter = filter.condition(view)?;
    let page = paging.page()?;
    let slice = store::entries(view, filter.clone(), direction == OrderDirection::Desc, &page).await?;
    let rows = Rows::siblings(view.clone(), slice.rows).into_iter().map(JournalEntry).collect();
    let slice = Slice { rows, has_next: slice.has_next, has_previous: slice.has_previous };
    let view = view.clone();
    let total: Total = Arc::new(move |_| {
        let (view, filter) = (view.clone(), filter.clone());
        Box::pin(async move { store::count(&view, filter).await })
    });
    Ok(Connection::new(slice, (), total))
}

/// An act: who, in which role, when, what, why.
///
/// Suatu tindakan: siapa, dalam peran apa, kapan, apa, dan mengapa.
#[Object]
impl JournalEntry {
    /// Its place in the journal: from 1, without gaps, in the order of commits.
    ///
    /// Urutannya dalam jurnal: mulai 1, tanpa sela.
    fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// When it was recorded.
    ///
    /// Waktu pencatatan.
    fn at(&self) -> Timestamp {
        self.0.at
    }

    /// Who acted: an opaque id; null for a BUMN that is out of your reach.
    ///
    /// Pelaku: pengenal tanpa nama; kosong bila BUMN di luar jangkauan Anda.
    fn actor(&self) -> Option<&str> {
        self.is_named().then_some(&self.0.actor)
    }

    /// The id of the token (`jti`) that was used; null for the program itself, and for a BUMN that is out of your reach.
    ///
    /// Pengenal token (`jti`); kosong bila oleh program sendiri atau oleh BUMN di luar jangkauan Anda.
    fn token(&self) -> Option<&str> {
        self.0.token.as_deref().filter(|_| self.is_named())
    }

    /// The role in which it was done; null for the program itself.
    ///
    /// Peran pelaku; kosong bila oleh program sendiri.
    fn role(&self) -> Option<Role> {
        self.0.role.as_ref()?.parse().ok()
    }

    /// The level at which it was done.
    ///
    /// Tingkat wewenang pelaku.
    fn level(&self) -> Option<Level> {
        self.0.level.as_ref()?.parse().ok()
    }

    /// The organisation of who acted; null for the program itself, and for a BUMN that is out of your reach.
    ///
    /// Organisasi pelaku; kosong bila oleh program sendiri atau oleh BUMN di luar jangkauan Anda.
    async fn organisation(&self) -> Option<Result<Organisation>> {
        if !self.is_named() {
            return None;
        }
        connection::one(&self.0, "organisation", |row| row.organisation).await.transpose()
    }

    /// What was done: the mutation's name.
    ///
    /// Tindakannya: nama mutasi.
    fn action(&self) -> &str {
        &self.0.action
    }

    /// Why, where a reason is called for. Permanent. Null for a BUMN that is out of your reach.
    ///
    /// Alasannya, bila diwajibkan. Permanen. Kosong bila oleh BUMN di luar jangkauan Anda.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref().filter(|_| self.is_named())
    }

    /// The id of the request that it came in; null where it came in by none, and for a BUMN that is out of your reach.
    ///
    /// Pengenal permintaan; kosong bila tidak melalui permintaan, atau oleh BUMN di luar jangkauan Anda.
    fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref().filter(|_| self.is_named())
    }

    /// The rows that it changed and that are within your reach, in order.
    ///
    /// Baris yang diubah dan dapat Anda lihat, berurutan.
    async fn changes(&self) -> Result<List<JournalChange>> {
        let changes = self
            .0
            .list()
            .load("changes", async |list: &Rows<entry::Model>| {
                let sequences = list.iter().map(|entry| entry.sequence).collect::<Vec<_>>();
                store::changes(list.view(), &sequences).await
            })
            .await?;
        let own = changes.iter().filter(|change| change.sequence == self.0.sequence);
        Ok(List(own.cloned().map(JournalChange).collect()))
    }

    /// The root of the Merkle tree over all its changes (RFC 6962), in hexadecimal digits.
    ///
    /// Akar pohon Merkle atas semua perubahannya (RFC 6962), heksadesimal.
    fn changes_root(&self) -> String {
        hex::encode(&self.0.changes_root)
    }

    /// The hash of the entry before, in hexadecimal digits.
    ///
    /// Hash catatan sebelumnya, heksadesimal.
    fn previous_hash(&self) -> String {
        hex::encode(&self.0.previous_hash)
    }

    /// Its own hash, in hexadecimal digits.
    ///
    /// Hash catatan ini, heksadesimal.
    fn hash(&self) -> String {
        hex::encode(&self.0.hash)
    }
}

impl JournalEntry {
    fn is_named(&self) -> bool {
        store::is_named(self.0.view().reach(), self.0.role.as_deref(), self.0.organisation)
    }
}

/// A row as it stands after an act.
///
/// Keadaan suatu baris setelah tindakan.
pub struct JournalChange(change::Model);

/// A row as it stands after an act.
///
/// Keadaan suatu baris setelah tindakan.
#[Object]
impl JournalChange {
    /// Its place in the entry, from 0.
    ///
    /// Urutannya dalam catatan, mulai 0.
    fn position(&self) -> i32 {
        self.0.position
    }

    /// The noun: the name of its table.
    ///
    /// Jenis objek: nama tabelnya.
    fn noun(&self) -> &str {
        &self.0.noun
    }

    /// The global id of the row.
    ///
    /// Pengenal global baris.
    fn subject(&self) -> ID {
        subject_id(&self.0.noun, self.0.id)
    }

    /// The version of the image's shape.
    ///
    /// Versi bentuk rekamannya.
    fn noun_version(&self) -> i32 {
        self.0.noun_version
    }

    /// The whole row afterwards, as canonical JSON (RFC 8785); null where it was removed.
    ///
    /// Seluruh baris sesudahnya, JSON kanonik (RFC 8785); kosong bila dihapus.
    fn image(&self) -> Option<&str> {
        self.0.image.as_deref()
    }

    /// The random bits that its hash is made with, in hexadecimal digits.
    ///
    /// Bit acak dalam hash-nya, heksadesimal.
    fn salt(&self) -> String {
        hex::encode(&self.0.salt)
    }

    /// Its hash: a leaf of the entry's tree, in hexadecimal digits.
    ///
    /// Hash-nya: daun pohon catatan, heksadesimal.
    fn hash(&self) -> String {
        hex::encode(&self.0.hash)
    }
}

fn subject_id(noun: &str, id: Uuid) -> ID {
    ID(GlobalId { noun, id }.to_string())
}

/// The root fields of the journal.
pub struct JournalQuery;

#[Object]
impl JournalQuery {
    /// The journal: each act, in the order in which it was committed.
    ///
    /// Jurnal: setiap tindakan, menurut urutan pencatatannya.
    async fn journal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those that fit. / Hanya yang sesuai.")] filter: Option<JournalFilter>,
        #[graphql(
            desc = "Oldest first (ASC) or latest first (DESC). / Terlama (ASC) atau terbaru (DESC) lebih dahulu.",
            default_with = "OrderDirection::Asc"
        )]
        direction: OrderDirection,
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
    ) -> Result<Connection<JournalEntry>> {
        let filter = filter.unwrap_or_default();
        let paging = &Paging { first, after, last, before };
        journal(ctx.data_unchecked::<View>(), &filter, direction, paging).await
    }
}
