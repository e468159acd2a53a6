//! The mutations that set and erase partners' contacts: input, faults, and the act that is meant. What is personal goes neither
//! into the journal nor back to who has sent it.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::acts;
use super::entity::ContactKind;
use super::graphql::Contact;
use super::rules::{expected, is_value, mask};
use crate::error::Result;
use crate::nouns::acting::{self, Made, Manner, Payload, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;

/// What a mutation of a contact did.
///
/// Hasil mutasi kontak.
#[derive(SimpleObject)]
pub struct ContactPayload {
    /// The contact as it is now; in a dry run as it would be.
    ///
    /// Kontak setelah perubahan; pada uji coba, seandainya dilaksanakan.
    contact: Contact,
    /// Its version after this act.
    ///
    /// Versinya setelah tindakan ini.
    version: i32,
    /// The entry that the journal now has of it; null in a dry run.
    ///
    /// Catatan jurnalnya; kosong pada uji coba.
    journal_entry: Option<JournalEntry>,
}

impl Payload for ContactPayload {
    type Object = Contact;

    fn of(made: Made<Contact>) -> Self {
        Self { contact: made.object, version: made.version, journal_entry: made.entry }
    }
}

/// A contact of a partner.
///
/// Kontak suatu mitra.
#[derive(InputObject)]
pub struct ContactSetInput {
    /// The id of the partner.
    ///
    /// Pengenal mitranya.
    pub partner: ID,
    /// What kind of personal data it is: NPWP of a sole proprietor alone.
    ///
    /// Jenis data pribadinya: NPWP hanya untuk usaha perseorangan.
    pub kind: ContactKind,
    /// The value: a name, a telephone number with its country (`+62…`), an e-mail address, or 16 digits. It is never shown but
    /// masked.
    ///
    /// Nilainya: nama, nomor telepon dengan kode negara (`+62…`), alamat surel, atau 16 angka. Selalu disamarkan.
    pub value: String,
    /// The version of the contact of this kind that it replaces, as you have read it; null where the partner has none. That one is
    /// erased.
    ///
    /// Versi kontak sejenis yang digantikan, yang telah Anda baca; kosong bila belum ada. Kontak itu dihapus.
    pub expected_version: Option<i32>,
    #[graphql(flatten)]
    pub manner: Manner,
}

/// A contact to be erased.
///
/// Kontak yang dihapus.
#[derive(InputObject)]
pub struct ContactEraseInput {
    #[graphql(flatten)]
    pub target: Target,
    /// Why: up to 4000 characters. Permanent, so name nobody here.
    ///
    /// Alasannya: paling banyak 4000 karakter. Permanen, maka jangan menyebut nama.
    pub reason: String,
}

/// The mutations of contacts.
#[derive(Default)]
pub struct ContactsMutation;

#[Object]
impl ContactsMutation {
    /// Sets the contact of a partner of one kind; one that it had before is erased for good. For an officer of the partner's
    /// steward. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, BAD_USER_INPUT.
    ///
    /// Mengisi kontak mitra; kontak sejenis sebelumnya dihapus untuk selamanya. Untuk operator instansi pembinanya.
    async fn contact_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose contact, and which. / Kontak siapa, dan yang mana.")] input: ContactSetInput,
    ) -> Option<Result<ContactPayload>> {
        let mut faults = Faults::default();
        let (kind, value) = (input.kind, input.value);
        faults.expect(is_value(kind, &value), "input.value", mask(kind, &value), expected(kind));
        let given = (faults.id(Noun::Partner, &input.partner), input.expected_version, kind, value);
        acting::carry_out(ctx, &input.manner, faults, given, acts::set).await
    }

    /// Erases a contact for good: its value, the salt of its hash and its mask. That there was one stays in the journal. For an
    /// officer of the partner's steward. Errors: NOT_FOUND, FORBIDDEN, CONFLICT, INVALID_TRANSITION where it is erased already.
    ///
    /// Menghapus nilai kontak untuk selamanya. Bahwa kontak itu pernah ada tetap tercatat. Untuk operator instansi pembinanya.
    async fn contact_erase(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact, and why. / Kontak mana, dan alasannya.")] input: ContactEraseInput,
    ) -> Option<Result<ContactPayload>> {
        let mut faults = Faults::default();
        let on = faults.id(Noun::Contact, &input.target.id);
        let reason = faults.reason("input.reason", &input.reason);
        let given = (on, input.target.expected_version, reason);
        acting::carry_out(ctx, &input.target.manner, faults, given, acts::erase).await
    }
}
