//! The mutations that give personal data out: input, faults, and the act that is meant. The value is in the one answer, and
//! nowhere else.

use std::collections::HashMap;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use uuid::Uuid;

use super::acts::{self, Shown};
use super::graphql::Contact;
use crate::error::Result;
use crate::nouns::acting::{self, Made, Manner, Payload};
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

impl Payload for ContactRevealPayload {
    type Object = Contact;

    fn of(made: Made<Contact>) -> Self {
        Self { contact: made.object, value: None, version: made.version, journal_entry: made.entry }
    }
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

impl Payload for SubjectExportPayload {
    type Object = Contact;

    fn of(made: Made<Contact>) -> Self {
        let values = HashMap::new();
        Self { contact: made.object, values, version: made.version, journal_entry: made.entry }
    }
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
        let mut faults = Faults::default();
        let on = faults.id(Noun::Contact, &input.id);
        let reason = faults.reason("input.reason", &input.reason);
        let shown = shown_by(&input.manner);
        let given = (on, reason, shown.clone());
        let made: Result<ContactRevealPayload> =
            acting::carry_out(ctx, &input.manner, faults, given, acts::reveal).await?;
        let values = shown.map(|shown| shown.take()).unwrap_or_default();
        Some(
            made.inspect(|made| made.contact.shows(&values))
                .map(|made| ContactRevealPayload { value: values.into_values().next(), ..made }),
        )
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
        let mut faults = Faults::default();
        let on = faults.id(Noun::Contact, &input.id);
        let reason = faults.reason("input.reason", &input.reason);
        let shown = shown_by(&input.manner);
        let given = (on, reason, shown.clone());
        let made: Result<SubjectExportPayload> =
            acting::carry_out(ctx, &input.manner, faults, given, acts::export).await?;
        let values = shown.map(|shown| shown.take()).unwrap_or_default();
        Some(
            made.inspect(|made| made.contact.shows(&values))
                .map(|made| SubjectExportPayload { values, ..made }),
        )
    }
}

/// Nothing is shown by trying: no entry would tell of it.
fn shown_by(manner: &Manner) -> Option<Shown> {
    (!manner.is_dry_run()).then(Shown::default)
}
