//! Histories, as the API shows them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Object, SimpleObject};
use futures_util::future::BoxFuture;

use super::rules;
use super::store::{self, Act};
use crate::access::page::{Cursor, Slice};
use crate::access::{Role, Row, Rows, Scope};
use crate::error::Result;
use crate::journal::Projected;
use crate::nouns::connection::{self, Connection, List, Listed, Paging, Total};
use crate::nouns::organisations::graphql::Organisation;
use crate::types::Timestamp;

/// One page of the history of an object: those of all of its siblings in the same statement.
pub async fn of<E: Scope + Projected>(
    row: &Row<E::Model>,
    paging: &Paging,
) -> Result<Connection<HistoryEntry>> {
    let page = paging.page()?;
    let id = E::id(row);
    let counted = row.clone();
    let row = row.clone();
    let total: Total = Arc::new(move |_| {
        let row = counted.clone();
        Box::pin(async move {
            let counts = row.list().load("history count", async |list: &Rows<E::Model>| {
                let ids = list.iter().map(E::id).collect::<Vec<_>>();
                store::count::<E>(list.view(), &ids).await
            });
            Ok(counts.await?.get(&id).copied().unwrap_or(0))
        })
    });
    Ok(Connection::later((), total, move |asked| {
        let (row, page) = (row.clone(), page.clone());
        Box::pin(async move {
            let pages = row.list().load_at("history", Some(asked), async |list: &Rows<E::Model>| {
                let ids = list.iter().map(E::id).collect::<Vec<_>>();
                let pages = store::page::<E>(list.view(), &ids, &page).await?;
                Ok(gather::<E>(list, pages))
            });
            Ok(pages.await?.get(&id).cloned().unwrap_or_default())
        })
    }))
}

/// The acts of all objects become one list of siblings, so that what hangs on them loads at once.
fn gather<E: Scope + Projected>(
    list: &Rows<E::Model>,
    pages: HashMap<uuid::Uuid, Slice<Act>>,
) -> HashMap<uuid::Uuid, Slice<HistoryEntry>> {
    let (mut acts, mut shapes) = (Vec::new(), Vec::with_capacity(pages.len()));
    for (id, slice) in pages {
        shapes.push((id, slice.rows.len(), slice.has_next, slice.has_previous));
        acts.extend(slice.rows);
    }
    let rows = Rows::siblings(list.view().clone(), acts).into_iter();
    let mut entries = rows.map(|row| HistoryEntry { row, fields: read_fields::<E> });
    let pages = shapes.into_iter().map(|(id, count, has_next, has_previous)| {
        (id, Slice { rows: entries.by_ref().take(count).collect(), has_next, has_previous })
    });
    pages.collect()
}

fn read_fields<E: Scope + Projected>(acts: &Rows<Act>) -> BoxFuture<'_, Result<store::Fields>> {
    Box::pin(async move { store::fields::<E>(acts.view(), &acts.iter().collect::<Vec<_>>()).await })
}

/// An act that changed an object: who, when, what and why, and which fields.
///
/// Tindakan yang mengubah suatu objek: siapa, kapan, apa, mengapa, dan isian mana.
#[derive(Clone)]
pub struct HistoryEntry {
    row: Row<Act>,
    /// Reads what a list of acts of this noun did to fields.
    fields: fn(&Rows<Act>) -> BoxFuture<'_, Result<store::Fields>>,
}

impl Listed for HistoryEntry {
    type Order = ();

    fn cursor(&self, (): &()) -> Result<Cursor> {
        Ok(Cursor::number(store::ORDER, self.row.sequence))
    }
}

/// An act that changed an object: who, when, what and why, and which fields.
///
/// Tindakan yang mengubah suatu objek: siapa, kapan, apa, mengapa, dan isian mana.
#[Object]
impl HistoryEntry {
    /// The sequence of the act's entry in the journal.
    ///
    /// Urutan catatannya dalam jurnal.
    fn sequence(&self) -> i64 {
        self.row.sequence
    }

    /// When it was recorded.
    ///
    /// Waktu pencatatan.
    fn recorded_at(&self) -> Timestamp {
        self.row.at
    }

    /// Who acted: an opaque id; null for a BUMN that is out of your reach.
    ///
    /// Pelaku: pengenal tanpa nama; kosong bila BUMN di luar jangkauan Anda.
    fn actor(&self) -> Option<&str> {
        self.row.actor.as_deref()
    }

    /// The role in which it was done; null for the program itself.
    ///
    /// Peran pelaku; kosong bila oleh program sendiri.
    fn role(&self) -> Option<Role> {
        self.row.role.as_ref()?.parse().ok()
    }

    /// The organisation of who acted; null for the program itself, and for a BUMN that is out of your reach.
    ///
    /// Organisasi pelaku; kosong bila oleh program sendiri atau oleh BUMN di luar jangkauan Anda.
    async fn organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.row, "organisation", |row| row.organisation).await.transpose()
    }

    /// What was done: the mutation's name.
    ///
    /// Tindakannya: nama mutasi.
    fn action(&self) -> &str {
        &self.row.action
    }

    /// Why, where a reason is called for. Permanent. Null for a BUMN that is out of your reach.
    ///
    /// Alasannya, bila diwajibkan. Permanen. Kosong bila oleh BUMN di luar jangkauan Anda.
    fn reason(&self) -> Option<&str> {
        self.row.reason.as_deref()
    }

    /// The fields whose value it changed, of those that your role reaches today; empty where it changed no such field.
    /// The first entry has all that the object began with.
    ///
    /// Isian yang berubah, sejauh peran Anda dapat mengaksesnya kini; kosong bila tidak ada. Catatan pertama memuat
    /// semua nilai awal.
    async fn fields(&self) -> Result<List<FieldChange>> {
        let read = async |acts: &Rows<Act>| (self.fields)(acts).await;
        let fields = self.row.list().load("fields", read).await?;
        let own = fields.get(&(self.row.id, self.row.sequence)).into_iter().flatten();
        Ok(List(own.cloned().map(FieldChange::from).collect()))
    }
}

/// What an act did to a field. Values are text, as the field itself would show them: ids of objects, codes, digits,
/// `2021-09-03`, `2021-09-03T02:00:00.000000Z`, `true`; a quarter by its code, several codes with a space between.
///
/// Perubahan suatu isian oleh suatu tindakan. Nilai berupa teks sebagaimana isian itu menampilkannya: pengenal objek,
/// kode, angka, tanggal, waktu, `true`; triwulan dengan kodenya, beberapa kode dipisahkan spasi.
#[derive(SimpleObject)]
pub struct FieldChange {
    /// The field's coordinate, and where it gives an object the member of that: `Milestone.dueOn`,
    /// `Partnership.potentialValue.source`.
    ///
    /// Koordinat isian, dan anggotanya bila isian itu berupa objek: `Milestone.dueOn`,
    /// `Partnership.potentialValue.source`.
    field: String,
    /// The value before; null where it had none, or named an object that you cannot see.
    ///
    /// Nilai sebelumnya; kosong bila tidak ada, atau menyebut objek yang tidak dapat Anda lihat.
    old: Option<String>,
    /// The value after; null where it has none, or names an object that you cannot see.
    ///
    /// Nilai sesudahnya; kosong bila tidak ada, atau menyebut objek yang tidak dapat Anda lihat.
    new: Option<String>,
}

impl From<rules::FieldChange> for FieldChange {
    fn from(change: rules::FieldChange) -> Self {
        Self { field: change.field, old: change.old, new: change.new }
    }
}
