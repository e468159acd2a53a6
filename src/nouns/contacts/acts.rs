//! The acts on contacts: what is held, decided and put, and what is read of the values.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::entity::contact::{Column, Entity, Model};
use super::entity::{ContactKind, contact_value};
use super::rules::{check_erasable, check_revealable, hash, mask};
use crate::access::{Done, Permit, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::ids::Noun;
use crate::nouns::partners::entity::{LegalForm, partner};
use crate::nouns::partners::rules::{self as of_partners, Action};

/// What an act has read of values, for the one answer to its request. It is kept nowhere, so that the same request again, under
/// its idempotency key, is answered without it.
#[derive(Clone, Default)]
pub(super) struct Shown(Arc<Mutex<HashMap<Uuid, String>>>);

impl Shown {
    /// The values of these contacts; an erased one has none.
    async fn read(&self, write: &Write, permit: &Permit, contacts: &[Model]) -> Result<()> {
        let ids = contacts.iter().map(|contact| contact.id);
        let which = Condition::all().add(contact_value::Column::Contact.is_in(ids));
        let values = write.outside::<contact_value::Entity>(permit, which).await?;
        let values = values.into_iter().map(|row| (row.contact, row.value)).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = values;
        Ok(())
    }

    pub(super) fn take(&self) -> HashMap<Uuid, String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Holds a contact, its partner before it, and lets the partner's rules decide.
async fn decide(write: &mut Write, on: &Named, action: Action) -> Result<(Model, Permit)> {
    let found = on.find::<Entity>(write).await?;
    let partner = write.hold::<partner::Entity>(found.partner).await?;
    let partner = partner.ok_or_else(|| Error::not_found(&on.given))?;
    let row = on.hold::<Entity>(write).await?;
    let permit = of_partners::permit(write.actor(), write.stewardship(), action, row.id, &partner)?;
    Ok((row, permit))
}

pub(super) async fn set(
    mut write: Write,
    (on, version, kind, value): (Named, Option<i32>, ContactKind, String),
) -> Result<Done> {
    let partner = on.hold::<partner::Entity>(&mut write).await?;
    let id = write.clock().new_id();
    let action = of_partners::SET_CONTACT;
    let permit = of_partners::permit(write.actor(), write.stewardship(), action, id, &partner)?;
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

pub(super) async fn erase(mut write: Write, (on, version, reason): (Named, i32, String)) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, of_partners::ERASE_CONTACT).await?;
    Noun::Contact.expect_version(row.id, version, row.version)?;
    check_erasable(row.erased)?;
    let version = row.version + 1;
    forget(&mut write, &permit, row).await?;
    write.done(&permit, Some(&reason), version)
}

/// Value, salt and mask go together, and for good; without the salt the hash tells nothing. Nor does what is kept of the
/// request that brought it.
pub(super) async fn forget(write: &mut Write, permit: &Permit, row: Model) -> Result<()> {
    write.forget_requests(permit, row.id).await?;
    let own = Condition::all().add(contact_value::Column::Contact.eq(row.id));
    write.erase_outside::<contact_value::Entity>(permit, own).await?;
    write.update::<Entity>(permit, &Model { version: row.version + 1, erased: true, ..row }).await
}

/// Nothing changes: the entry has the row as it stands, so that the contact's history, the changes and the journal by its
/// subject tell who was shown it, when and why, as of any other act on it.
pub(super) async fn reveal(
    mut write: Write,
    (on, reason, shown): (Named, String, Option<Shown>),
) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, of_partners::REVEAL_CONTACT).await?;
    check_revealable(row.erased)?;
    if let Some(shown) = shown {
        shown.read(&write, &permit, std::slice::from_ref(&row)).await?;
    }
    write.update::<Entity>(&permit, &row).await?;
    write.done(&permit, Some(&reason), row.version)
}

/// As [`reveal`], of all contacts that the partner has or had.
pub(super) async fn export(
    mut write: Write,
    (on, reason, shown): (Named, String, Option<Shown>),
) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, of_partners::EXPORT_SUBJECT).await?;
    let all = Entity::find().filter(Column::Partner.eq(row.partner)).order_by_asc(Column::Id);
    let all = write.all(all).await?;
    if let Some(shown) = shown {
        shown.read(&write, &permit, &all).await?;
    }
    for contact in &all {
        // Held, so that nothing is sent of what does not change.
        write.hold::<Entity>(contact.id).await?;
        write.update::<Entity>(&permit, contact).await?;
    }
    write.done(&permit, Some(&reason), row.version)
}
