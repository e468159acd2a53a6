//! The mutations that give personal data out: input, faults, and the act that is meant. The value is in the one answer, and
//! nowhere else.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::acts::{self, Shown};
use super::graphql::Contact;
use crate::access::{Done, Write};
use crate::error::Result;
use crate::nouns::acting::{self, Made, Manner, Named, Payload};
use crate::nouns::connection::List;
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::nouns::partners::graphql::Partner;

/// A contact whose value is shown.
///
/// Kontak yang nilainya diperlihatkan.
#[derive(SimpleObject)]
pub struct ContactRevealPayload {
    /// The contact.
    ///
    /// Kontaknya.
    contact: Contact,
    /// Its value, in this answer alone: null in a dry run, and where the same request is answered again by its `idempotencyKey`.
    ///
    /// Nilainya, hanya dalam jawaban ini: kosong pada uji coba, dan bila permintaan yang sama dijawab kembali berdasarkan
    /// `idempotencyKey`.
    value: Option<String>,
    /// The contact's version, which this act leaves as it is.
    ///
    /// Versi kontaknya, yang tidak berubah oleh tindakan ini.
    version: i32,
    /// The entry that the journal now has of it, with the reason; null in a dry run.
    ///
    /// Catatan jurnalnya, dengan alasannya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

/// All that is held of the person whom a contact belongs to.
///
/// Segala yang disimpan tentang orang pemilik suatu kontak.
pub struct SubjectExportPayload {
    contact: Contact,
    values: HashMap<Uuid, String>,
    version: i32,
    journal_entry: Option<JournalEntry>,
}

/// All that is held of the person whom a contact belongs to.
///
/// Segala yang disimpan tentang orang pemilik suatu kontak.
#[Object]
impl SubjectExportPayload {
    /// The partner that the person is the contact of.
    ///
    /// Mitra yang kontaknya adalah orang tersebut.
    async fn partner(&self, ctx: &Context<'_>) -> Result<Partner> {
        self.contact.partner(ctx).await
    }

    /// All contacts that the partner has or had, erased ones too. The `history` of each tells who set, saw and erased it, and
    /// why.
    ///
    /// Semua kontak mitra itu, termasuk yang telah dihapus. `history` masing-masing memberi tahu siapa yang mengisi, melihat, dan
    /// menghapusnya, beserta alasannya.
    async fn contacts(&self, ctx: &Context<'_>) -> Result<List<ExportedContact>> {
        let contacts = self.contact.partner(ctx).await?.contacts(ctx).await?.0;
        let of = |contact: Contact| ExportedContact {
            value: self.values.get(&contact.row_id()).cloned(),
            contact,
        };
        Ok(List(contacts.into_iter().map(of).collect()))
    }

    /// The version of the contact that was named, which this act leaves as it is.
    ///
    /// Versi kontak yang disebut, yang tidak berubah oleh tindakan ini.
    fn version(&self) -> i32 {
        self.version
    }

    /// The entry that the journal now has of it, with the reason; null in a dry run.
    ///
    /// Catatan jurnalnya, dengan alasannya; kosong pada uji coba.
    fn journal_entry(&self) -> Option<&JournalEntry> {
        self.journal_entry.as_ref()
    }
}

/// A contact, with its value.
///
/// Kontak beserta nilainya.
#[derive(SimpleObject)]
pub struct ExportedContact {
    /// The contact.
    ///
    /// Kontaknya.
    contact: Contact,
    /// Its value, in this answer alone: null once it is erased, in a dry run, and where the same request is answered again by its
    /// `idempotencyKey`.
    ///
    /// Nilainya, hanya dalam jawaban ini: kosong setelah dihapus, pada uji coba, dan bila permintaan yang sama dijawab kembali
    /// berdasarkan `idempotencyKey`.
    value: Option<String>,
}

/// A contact whose value is to be shown.
///
/// Kontak yang nilainya hendak dilihat.
#[derive(InputObject)]
pub struct ContactRevealInput {
    /// The id of the contact.
    ///
    /// Pengenal kontaknya.
    pub id: ID,
    /// What for: up to 4000 characters. Permanent, so name nobody here.
    ///
    /// Untuk apa: paling banyak 4000 karakter. Permanen, maka jangan menyebut nama.
    pub reason: String,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A person of whom all is to be given that is held, by a contact.
///
/// Orang yang seluruh datanya diminta, melalui suatu kontak.
#[derive(InputObject)]
pub struct SubjectExportInput {
    /// The id of any contact of the person, which may be erased.
    ///
    /// Pengenal salah satu kontak orang tersebut; boleh yang telah dihapus.
    pub id: ID,
    /// What for: up to 4000 characters. Permanent, so name nobody here.
    ///
    /// Untuk apa: paling banyak 4000 karakter. Permanen, maka jangan menyebut nama.
    pub reason: String,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// The mutations that give personal data out.
#[derive(Default)]
pub struct RevealingMutation;

#[Object]
impl RevealingMutation {
    /// Shows the value of a contact; that it was shown, to whom and why stays in the journal. For an officer of the partner's
    /// steward. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, INVALID_TRANSITION where it is erased.
    ///
    /// Memperlihatkan nilai suatu kontak; kepada siapa dan untuk apa tercatat dalam jurnal. Untuk operator instansi pembinanya.
    async fn contact_reveal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact, and what for. / Kontak mana, dan untuk apa.")]
        input: ContactRevealInput,
    ) -> Option<Result<ContactRevealPayload>> {
        let given = give_out(ctx, &input.id, &input.reason, &input.manner, acts::reveal).await?;
        Some(given.map(|(Made { object, version, entry }, values)| ContactRevealPayload {
            contact: object,
            value: values.into_values().next(),
            version,
            journal_entry: entry,
        }))
    }

    /// Gives all that is held of a person, for whoever asks it of the steward by right (UU 27/2022): the contacts with their values,
    /// and by their `history` who set, saw and erased them. That it was given, to whom and why stays in the journal. For an officer of
    /// the partner's steward. Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT.
    ///
    /// Memberikan seluruh data yang disimpan tentang seseorang atas permintaannya (UU 27/2022): kontak beserta nilainya, dan
    /// melalui `history` siapa yang mengisi, melihat, dan menghapusnya. Tercatat dalam jurnal. Untuk operator instansi pembinanya.
    async fn subject_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of whom, and what for. / Tentang siapa, dan untuk apa.")] input: SubjectExportInput,
    ) -> Option<Result<SubjectExportPayload>> {
        let given = give_out(ctx, &input.id, &input.reason, &input.manner, acts::export).await?;
        Some(given.map(|(Made { object, version, entry }, values)| SubjectExportPayload {
            contact: object,
            values,
            version,
            journal_entry: entry,
        }))
    }
}

/// What was recorded, before it is a payload.
struct Given(Made<Contact>);

impl Payload for Given {
    type Object = Contact;

    fn of(made: Made<Contact>) -> Self {
        Self(made)
    }
}

/// Carries out an act that reads values: what it has recorded, and the values, of which the read log is told.
async fn give_out<F, A>(
    ctx: &Context<'_>,
    id: &ID,
    reason: &str,
    manner: &Manner,
    act: F,
) -> Option<Result<(Made<Contact>, HashMap<Uuid, String>)>>
where
    F: Fn(Write, (Named, String, Option<Shown>)) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Done>> + Send + 'static,
{
    let mut faults = Faults::default();
    let on = faults.id(Noun::Contact, id);
    let reason = faults.reason("input.reason", reason);
    // Nothing is shown by trying: no entry would tell of it.
    let shown = (!manner.is_dry_run()).then(Shown::default);
    let given = (on, reason, shown.clone());
    let made: Result<Given> = acting::carry_out(ctx, manner, faults, given, act).await?;
    let values = shown.map(|shown| shown.take()).unwrap_or_default();
    Some(made.map(|Given(made)| {
        made.object.shows(&values);
        (made, values)
    }))
}
