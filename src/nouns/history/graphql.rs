//! Histories, as the API shows them.

use async_graphql::{Object, SimpleObject};

use super::rules;
use super::store::{self, Act};
use crate::access::{Role, Row, Scope, View};
use crate::error::Result;
use crate::journal::Projected;
use crate::nouns::connection::{self, List};
use crate::nouns::organisations::graphql::Organisation;
use crate::types::Timestamp;

/// The history of an object: that of all of its siblings in the same statements.
pub async fn of<E: Scope + Projected>(row: &Row<E::Model>) -> Result<List<HistoryEntry>> {
    let read = async |view: &View, ids: &[uuid::Uuid]| store::acts::<E>(view, ids).await;
    let acts = connection::all::<E, Act>(row, "history", |act| act.subject, read).await?;
    Ok(List(acts.into_iter().map(HistoryEntry).collect()))
}

/// An act that changed an object: who, when, what and why, and which fields.
///
/// Tindakan yang mengubah suatu objek: siapa, kapan, apa, mengapa, dan isian mana.
pub struct HistoryEntry(Row<Act>);

/// An act that changed an object: who, when, what and why, and which fields.
///
/// Tindakan yang mengubah suatu objek: siapa, kapan, apa, mengapa, dan isian mana.
#[Object]
impl HistoryEntry {
    /// The sequence of the act's entry in the journal.
    ///
    /// Urutan catatannya dalam jurnal.
    fn sequence(&self) -> i64 {
        self.0.sequence
    }

    /// When it was recorded.
    ///
    /// Waktu pencatatan.
    fn recorded_at(&self) -> Timestamp {
        self.0.at
    }

    /// Who acted: an opaque id.
    ///
    /// Pelaku: pengenal tanpa nama.
    fn actor(&self) -> &str {
        &self.0.actor
    }

    /// The role in which it was done; null for the program itself.
    ///
    /// Peran pelaku; kosong bila oleh program sendiri.
    fn role(&self) -> Option<Role> {
        self.0.role.as_ref()?.parse().ok()
    }

    /// The organisation of who acted; null for the program itself.
    ///
    /// Organisasi pelaku; kosong bila oleh program sendiri.
    async fn organisation(&self) -> Option<Result<Organisation>> {
        connection::one(&self.0, "organisation", |row| row.organisation).await.transpose()
    }

    /// What was done: the mutation's name.
    ///
    /// Tindakannya: nama mutasi.
    fn action(&self) -> &str {
        &self.0.action
    }

    /// Why, where a reason is called for. Permanent.
    ///
    /// Alasannya, bila diwajibkan. Permanen.
    fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// The fields whose value it changed, of those that your role reaches today; empty where it changed no such field.
    /// The first entry has all that the object began with.
    ///
    /// Isian yang berubah, sejauh peran Anda dapat mengaksesnya kini; kosong bila tidak ada. Catatan pertama memuat
    /// semua nilai awal.
    fn fields(&self) -> List<FieldChange> {
        List(self.0.fields.iter().cloned().map(FieldChange::from).collect())
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
