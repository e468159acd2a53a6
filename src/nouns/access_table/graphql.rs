//! The access tables that were enforced, as the API shows them.

use async_graphql::{Context, ID, Object, SimpleObject};

use super::entity::access_table::Model;
use super::{rules, store};
use crate::access::{Role, View};
use crate::error::Result;
use crate::nouns::connection::List;
use crate::types::{GlobalId, Timestamp};

/// Which roles reached which fields, from a moment on: recorded in the journal whenever the program starts with another table.
///
/// Peran mana yang dapat mengakses isian mana sejak suatu waktu: dicatat dalam jurnal setiap kali program mulai dengan tabel lain.
pub struct AccessTable(Model);

/// A role that reaches a field.
///
/// Peran yang dapat mengakses suatu isian.
#[derive(SimpleObject)]
pub struct AccessGrant {
    /// The field: `Type.field`.
    ///
    /// Isiannya: `Tipe.isian`.
    coordinate: String,
    /// The role. What the field gives is narrowed to its rows besides.
    ///
    /// Perannya. Barisnya juga dibatasi menurut perannya.
    role: Role,
}

/// Which roles reached which fields, from a moment on: recorded in the journal whenever the program starts with another table.
///
/// Peran mana yang dapat mengakses isian mana sejak suatu waktu: dicatat dalam jurnal setiap kali program mulai dengan tabel lain.
#[Object]
impl AccessTable {
    /// The global id of its row: `journal(filter: {subject})` has its entry.
    ///
    /// Pengenal global barisnya: catatan jurnalnya ada pada `journal(filter: {subject})`.
    fn subject(&self) -> ID {
        ID(GlobalId { noun: "access_table", id: self.0.id }.to_string())
    }

    /// How many there have been, with this one.
    ///
    /// Nomor urutnya.
    fn number(&self) -> i32 {
        self.0.number
    }

    /// Since when it was enforced, as far as the database knows: when a program with it first started.
    ///
    /// Sejak kapan berlaku: saat program dengan tabel ini pertama kali mulai.
    fn recorded_at(&self) -> Timestamp {
        self.0.recorded_at
    }

    /// The SHA-256 of all of it, in hexadecimal digits.
    ///
    /// SHA-256 seluruh isinya, heksadesimal.
    fn hash(&self) -> &str {
        &self.0.hash
    }

    /// What it opened that the one before had not. Empty for the first.
    ///
    /// Yang dibukanya dibandingkan dengan tabel sebelumnya. Kosong pada yang pertama.
    async fn added(&self) -> List<AccessGrant> {
        grants(&self.0.added)
    }

    /// What it shut that the one before had opened. Empty for the first.
    ///
    /// Yang ditutupnya dibandingkan dengan tabel sebelumnya. Kosong pada yang pertama.
    async fn removed(&self) -> List<AccessGrant> {
        grants(&self.0.removed)
    }

    /// The roles that it lets reach a field. Null where there was no such field.
    ///
    /// Peran yang dapat mengakses suatu isian. Kosong bila isian itu tidak ada.
    fn roles(
        &self,
        #[graphql(desc = "The field: `Query.journal`. / Isiannya: `Query.journal`.")] coordinate: String,
    ) -> Option<Vec<Role>> {
        rules::roles(&self.0.fields, &coordinate)
    }
}

fn grants(lines: &str) -> List<AccessGrant> {
    let grant = |(coordinate, role): (&str, &str)| {
        Some(AccessGrant { coordinate: coordinate.to_owned(), role: role.parse().ok()? })
    };
    List(rules::grants(lines).into_iter().filter_map(grant).collect())
}

/// The root field of the access tables.
pub struct AccessTableQuery;

#[Object]
impl AccessTableQuery {
    /// Who could read which field at a moment: the access table that was enforced then. Null where none was recorded by then.
    ///
    /// Siapa yang dapat mengakses isian mana pada suatu waktu: tabel akses yang berlaku saat itu. Kosong bila belum tercatat.
    async fn access_table(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The moment; null: now. / Waktunya; kosong: sekarang.")] at: Option<Timestamp>,
    ) -> Option<Result<AccessTable>> {
        let view = ctx.data_unchecked::<View>();
        store::by(view, at).await.map(|row| row.map(AccessTable)).transpose()
    }
}
