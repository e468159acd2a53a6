//! The mutations of partners' contacts: input, faults, and the act. What is personal goes neither into the journal nor back
//! to who has sent it.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};

use super::entity::contact::{Column, Entity, Model};
use super::entity::{ContactKind, contact_value};
use super::graphql::Contact;
use super::rules::{expected, hash, is_value, mask};
use crate::access::{Done, Level, Permit, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::{self, Made, Manner, Named, Payload, Target};
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::journal::graphql::JournalEntry;
use crate::nouns::partners;
use crate::nouns::partners::entity::{LegalForm, partner};

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
        acting::carry_out(ctx, &input.manner, faults, given, set).await
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
        acting::carry_out(ctx, &input.target.manner, faults, given, erase).await
    }
}

async fn set(
    mut write: Write,
    (on, version, kind, value): (Named, Option<i32>, ContactKind, String),
) -> Result<Done> {
    let partner = on.hold::<partner::Entity>(&mut write).await?;
    let id = write.clock().new_id();
    let action = ("contactSet", Level::Officer);
    let permit = partners::rules::permit(write.actor(), write.stewardship(), action, id, &partner)?;
    if kind == ContactKind::Npwp && partner.legal_form != LegalForm::Perseorangan {
        let expected = "NPWP of a PERSEORANGAN alone: that of others is no personal data (partnerUpdate)";
        return Err(Error::input("input.kind", "NPWP", expected));
    }
    let standing = Entity::find().filter(Column::Partner.eq(partner.id)).filter(Column::Kind.eq(kind));
    let standing = write.all(standing.filter(Column::Erased.eq(false))).await?;
    match (standing.first(), version) {
        (Some(row), given) => Noun::Contact.expect_version(row.id, given.unwrap_or(0), row.version)?,
        (None, Some(given)) => {
            let expected = "nothing: the partner has no contact of this kind";
            return Err(Error::input("input.expectedVersion", &given.to_string(), expected));
        }
        (None, None) => {}
    }
    for row in standing {
        forget(&mut write, &permit, row).await?;
    }
    let mut salt = [0; 16];
    write.clock().fill(&mut salt)?;
    let row = Model { id, version: 1, partner: partner.id, kind, hash: hash(&salt, &value), erased: false };
    let mask = mask(kind, &value);
    let value = contact_value::Model { contact: id, value, salt: salt.to_vec(), mask };
    write.insert::<Entity>(&permit, &row).await?;
    write.insert_outside::<contact_value::Entity>(&permit, value).await?;
    write.done(&permit, None, row.version)
}

async fn erase(mut write: Write, (on, version, reason): (Named, i32, String)) -> Result<Done> {
    let found = on.find::<Entity>(&write).await?;
    let partner = write.hold::<partner::Entity>(found.partner).await?;
    let partner = partner.ok_or_else(|| Error::not_found(&on.given))?;
    let row = on.hold::<Entity>(&mut write).await?;
    let action = ("contactErase", Level::Officer);
    let permit = partners::rules::permit(write.actor(), write.stewardship(), action, row.id, &partner)?;
    Noun::Contact.expect_version(row.id, version, row.version)?;
    if row.erased {
        return Err(Error::invalid_transition("erased", "it is erased already"));
    }
    let version = row.version + 1;
    forget(&mut write, &permit, row).await?;
    write.done(&permit, Some(&reason), version)
}

/// Value, salt and mask go together, and for good; without the salt the hash tells nothing. Nor does what is kept of the
/// request that brought it.
async fn forget(write: &mut Write, permit: &Permit, row: Model) -> Result<()> {
    write.forget_requests(permit, row.id).await?;
    let own = Condition::all().add(contact_value::Column::Contact.eq(row.id));
    write.delete_outside::<contact_value::Entity>(permit, own).await?;
    write.update::<Entity>(permit, &Model { version: row.version + 1, erased: true, ..row }).await
}
