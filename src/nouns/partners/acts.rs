//! The acts on partners: what is held, decided and put.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _};

use super::entity::{LegalForm, Scale, partner};
use super::rules::{self, Action};
use crate::access::{Done, Permit, Role, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::certificates::entity::{Platform, platform_account};
use crate::nouns::deciding::check_stewardship;
use crate::nouns::ids::Noun;

/// Holds a partner, and lets the rules decide; as of a version, where its row is changed.
pub async fn decide(
    write: &mut Write,
    on: &Named,
    version: Option<i32>,
    action: Action,
) -> Result<(partner::Model, Permit)> {
    let row = on.hold::<partner::Entity>(write).await?;
    let permit = rules::permit(write.actor(), write.stewardship(), action, row.id, &row)?;
    if let Some(expected) = version {
        Noun::Partner.expect_version(row.id, expected, row.version)?;
    }
    Ok((row, permit))
}

/// A partner as it is given; of an update, what is none stays.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub name: Option<String>,
    pub legal_form: Option<LegalForm>,
    pub scale: Option<Scale>,
    pub scale_since: Option<NaiveDate>,
    pub nib: Option<Option<String>>,
    pub nik_koperasi: Option<Option<String>>,
    pub npwp: Option<Option<String>>,
    pub kbli: Option<Option<(String, i32)>>,
    pub regency: Option<Option<String>>,
    pub name_public: Option<bool>,
}

impl Given {
    /// Whether anything is given at all.
    pub fn is_some(&self) -> bool {
        [&self.nib, &self.nik_koperasi, &self.npwp, &self.regency].iter().any(|one| one.is_some())
            || self.name.is_some()
            || self.legal_form.is_some()
            || self.scale.is_some()
            || self.scale_since.is_some()
            || self.kbli.is_some()
            || self.name_public.is_some()
    }

    pub fn onto(self, row: partner::Model) -> partner::Model {
        let (kbli, kbli_version) = match self.kbli {
            None => (row.kbli, row.kbli_version),
            Some(given) => given.unzip(),
        };
        partner::Model {
            name: self.name.unwrap_or(row.name),
            legal_form: self.legal_form.unwrap_or(row.legal_form),
            scale: self.scale.unwrap_or(row.scale),
            scale_since: self.scale_since.unwrap_or(row.scale_since),
            nib: self.nib.unwrap_or(row.nib),
            nik_koperasi: self.nik_koperasi.unwrap_or(row.nik_koperasi),
            npwp: self.npwp.unwrap_or(row.npwp),
            kbli,
            kbli_version,
            regency: self.regency.unwrap_or(row.regency),
            name_public: self.name_public.unwrap_or(row.name_public),
            ..row
        }
    }
}

/// A new partner, whose steward is who registers it.
pub async fn register(mut write: Write, given: Given) -> Result<Done> {
    let id = write.clock().new_id();
    let permit = rules::permit_register(write.actor(), id)?;
    let steward = write.actor().role.unwrap_or(Role::Kemenkopukm);
    let empty = partner::Model {
        id,
        version: 1,
        name: String::new(),
        sample: false,
        legal_form: LegalForm::Koperasi,
        scale: Scale::Micro,
        scale_since: write.today(),
        is_ikm: steward == Role::Kemenperin,
        steward,
        nib: None,
        nik_koperasi: None,
        npwp: None,
        kbli: None,
        kbli_version: None,
        regency: None,
        name_public: false,
    };
    let row = given.onto(empty);
    check_stewardship(write.actor(), write.stewardship(), Some(row.legal_form))?;
    check(&write, &row).await?;
    write.insert::<partner::Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}

pub async fn update(mut write: Write, (on, version, given): (Named, i32, Given)) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, Some(version), rules::UPDATE).await?;
    let row = given.onto(partner::Model { version: row.version + 1, ..row });
    put(write, &permit, &row).await
}

/// Puts a partner as an act leaves it, and ends the act.
pub async fn put(mut write: Write, permit: &Permit, row: &partner::Model) -> Result<Done> {
    // Nobody makes it another's by its legal form.
    check_stewardship(write.actor(), write.stewardship(), Some(row.legal_form))?;
    check(&write, row).await?;
    write.update::<partner::Entity>(permit, row).await?;
    write.done(permit, None, row.version)
}

/// What holds of a partner, and that no other has one of its numbers. Stewards see all partners, and may be told which.
async fn check(write: &Write, row: &partner::Model) -> Result<()> {
    use partner::Column;
    rules::check(row)?;
    let mut faults = Vec::new();
    let columns = [Column::Nib, Column::NikKoperasi, Column::Npwp];
    for ((path, number), column) in rules::numbers(row).into_iter().zip(columns) {
        let Some(number) = number else { continue };
        let same = partner::Entity::find().filter(column.eq(number)).filter(Column::Id.ne(row.id));
        if let Some(other) = write.all(same).await?.pop() {
            faults.push(rules::taken(path, number, Noun::Partner.id(other.id).0));
        }
    }
    // The first is told with who has it.
    let Some(first) = faults.first() else { return Ok(()) };
    let by = first.details().get("takenBy").cloned().unwrap_or_default();
    Err(Error::inputs(&faults).unwrap_or_else(|| first.clone()).and("takenBy", by))
}

/// An account on a platform: which partner's, of which version, where, which, since when.
pub type Account = (Named, i32, Platform, String, Option<NaiveDate>);

pub async fn set_account(mut write: Write, (on, version, platform, account, since): Account) -> Result<Done> {
    use platform_account::{Column, Entity, Model};
    let (row, permit) = decide(&mut write, &on, Some(version), rules::SET_ACCOUNT).await?;
    let same = Condition::all().add(Column::Platform.eq(platform)).add(Column::Account.eq(&account));
    let same = write.all(Entity::find().filter(same).filter(Column::Partner.ne(row.id))).await?;
    if let Some(other) = same.first() {
        let expected = "an account that no other partner has on this platform";
        let by = Noun::Partner.id(other.partner).0;
        return Err(Error::input("input.account", &account, expected).and("takenBy", by.into()));
    }
    let mut before = accounts(&write, &row, platform).await?.into_iter();
    match before.next() {
        Some(old) => {
            let next = Model { version: old.version + 1, account, since, ..old };
            write.update::<Entity>(&permit, &next).await?;
        }
        None => {
            let id = write.clock().new_id();
            let next = Model { id, version: 1, partner: row.id, platform, account, since };
            write.insert::<Entity>(&permit, &next).await?;
        }
    }
    touch(write, &permit, row).await
}

pub async fn remove_account(
    mut write: Write,
    (on, version, platform): (Named, i32, Platform),
) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, Some(version), rules::REMOVE_ACCOUNT).await?;
    let before = accounts(&write, &row, platform).await?;
    rules::check_account(before.len())?;
    for account in &before {
        write.delete::<platform_account::Entity>(&permit, account).await?;
    }
    touch(write, &permit, row).await
}

async fn accounts(
    write: &Write,
    row: &partner::Model,
    platform: Platform,
) -> Result<Vec<platform_account::Model>> {
    use platform_account::Column;
    let own = platform_account::Entity::find().filter(Column::Partner.eq(row.id));
    write.all(own.filter(Column::Platform.eq(platform))).await
}

/// What is a part of a partner has changed: so has its version.
async fn touch(mut write: Write, permit: &Permit, row: partner::Model) -> Result<Done> {
    let row = partner::Model { version: row.version + 1, ..row };
    write.update::<partner::Entity>(permit, &row).await?;
    write.done(permit, None, row.version)
}
