//! Who asks.

use async_graphql::{Object, SimpleObject};

use crate::access::{Level, Role, View};
use crate::error::Result;
use crate::nouns::connection::NounObject as _;
use crate::nouns::organisations::graphql::Organisation;
use crate::types::Date;

/// Who asks, as the token says.
///
/// Pihak yang bertanya, menurut tokennya.
pub struct Viewer(pub View);

/// Who asks, as the token says.
///
/// Pihak yang bertanya, menurut tokennya.
#[Object]
impl Viewer {
    /// The opaque id that the journal keeps.
    ///
    /// Pengenal tanpa nama yang dicatat jurnal.
    fn actor(&self) -> &str {
        &self.0.actor().id
    }

    /// The role.
    ///
    /// Peran.
    fn role(&self) -> Option<Role> {
        self.0.actor().role
    }

    /// The level; null for auditors and administrators.
    ///
    /// Tingkat wewenang; kosong untuk auditor dan administrator.
    fn level(&self) -> Option<Level> {
        self.0.actor().level
    }

    /// The organisation; null for auditors and administrators.
    ///
    /// Organisasi; kosong untuk auditor dan administrator.
    async fn organisation(&self) -> Option<Result<Organisation>> {
        let id = self.0.actor().organisation_id()?;
        let row = self
            .0
            .by_id::<crate::nouns::organisations::entity::organisation::Entity>(id)
            .await
            .transpose()?;
        Some(row.map(|row| Organisation::new(crate::access::Rows::single(self.0.clone(), row))))
    }

    /// An auditor's letter of assignment.
    ///
    /// Surat tugas auditor.
    async fn assignment(&self) -> Option<Assignment> {
        let letter = self.0.actor().assignment.as_ref()?;
        Some(Assignment {
            institution: letter.institution.clone(),
            number: letter.number.clone(),
            organisations: letter
                .organisations
                .as_ref()
                .map(|some| some.iter().map(|organisation| organisation.code.clone()).collect()),
            valid_from: Date(letter.from),
            valid_until: Date(letter.until),
        })
    }

    /// Today in Asia/Jakarta, by which overdue is told.
    ///
    /// Hari ini (WIB), dasar perhitungan keterlambatan.
    fn today(&self) -> Date {
        Date(self.0.today())
    }
}

/// A letter of assignment (surat tugas). Its period bounds the token, not the rows.
///
/// Surat tugas. Masa berlakunya membatasi token, bukan baris data.
#[derive(SimpleObject)]
pub struct Assignment {
    /// The institution that assigned.
    ///
    /// Lembaga yang menugaskan.
    institution: String,
    /// The letter's number.
    ///
    /// Nomor surat.
    number: String,
    /// The codes of the organisations that it covers; null where it covers the programme.
    ///
    /// Kode organisasi yang dicakup; kosong bila mencakup seluruh program.
    organisations: Option<Vec<String>>,
    /// Its first day.
    ///
    /// Hari pertama.
    valid_from: Date,
    /// Its last day.
    ///
    /// Hari terakhir.
    valid_until: Date,
}
