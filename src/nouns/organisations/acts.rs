//! The acts on organisations: what is held, decided and put. How work is divided is in `dividing.rs`.

use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::entity::{
    OrganisationKind, Stewardship, SuccessionKind, organisation, organisation_name, succession,
};
use super::rules::{self, Following};
use crate::access::{Done, Permit, Role, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::ids::Noun;

/// The most organisations that stand above one another.
const DEEPEST: usize = 20;

/// A name as it is given.
#[derive(Debug, Clone)]
pub struct Name {
    pub name: String,
    pub short_name: String,
    pub from: Option<NaiveDate>,
    pub legal_basis: Option<String>,
}

impl Name {
    fn of(self, id: Uuid, organisation: Uuid) -> organisation_name::Model {
        organisation_name::Model {
            id,
            version: 1,
            organisation,
            name: self.name,
            short_name: self.short_name,
            valid_from: self.from,
            valid_until: None,
            legal_basis: self.legal_basis,
        }
    }
}

/// An organisation as it is asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    pub code: String,
    pub kind: OrganisationKind,
    pub seat: Option<Role>,
    pub parent: Option<Named>,
    pub name: Name,
}

pub async fn create(mut write: Write, asked: Asked) -> Result<Done> {
    let id = write.clock().new_id();
    let permit = rules::permit(write.actor(), "organisationCreate", id)?;
    rules::check_new(asked.kind, asked.seat, asked.parent.is_some())?;
    let same = organisation::Entity::find().filter(organisation::Column::Code.eq(&asked.code));
    if let Some(other) = write.all(same).await?.pop() {
        let fault = Error::input("input.code", &asked.code, "a code that no other organisation has");
        return Err(fault.and("takenBy", Noun::Organisation.id(other.id).0.into()));
    }
    let parent = match &asked.parent {
        Some(named) => Some(named.find::<organisation::Entity>(&write).await?.id),
        None => None,
    };
    let Asked { code, kind, seat, name, .. } = asked;
    let row = organisation::Model { id, version: 1, code, kind, seat, parent };
    write.insert::<organisation::Entity>(&permit, &row).await?;
    let name = name.of(write.clock().new_id(), id);
    write.insert::<organisation_name::Entity>(&permit, &name).await?;
    write.done(&permit, None, row.version)
}

/// Holds an organisation as of a version, and permits.
pub async fn decide(
    write: &mut Write,
    on: &Named,
    version: i32,
    action: &'static str,
) -> Result<(organisation::Model, Permit)> {
    let row = on.hold::<organisation::Entity>(write).await?;
    let permit = rules::permit(write.actor(), action, row.id)?;
    Noun::Organisation.expect_version(row.id, version, row.version)?;
    Ok((row, permit))
}

pub async fn rename(
    mut write: Write,
    (on, version, from, name): (Named, i32, NaiveDate, Name),
) -> Result<Done> {
    use organisation_name::{Column, Entity};
    let (row, permit) = decide(&mut write, &on, version, "organisationRename").await?;
    let names = write.all(Entity::find().filter(Column::Organisation.eq(row.id))).await?;
    if let Some(last) = rules::ended(names, from)? {
        write.update::<Entity>(&permit, &last).await?;
    }
    let legal_basis = name.legal_basis.clone();
    let name = name.of(write.clock().new_id(), row.id);
    write.insert::<Entity>(&permit, &name).await?;
    touch(write, &permit, row, legal_basis.as_deref()).await
}

/// A succession as it is asked for.
#[derive(Debug, Clone)]
pub struct Succeeding {
    pub on: Named,
    pub version: i32,
    pub kind: SuccessionKind,
    pub effective_on: NaiveDate,
    pub legal_basis: String,
    pub successors: Vec<(Named, Stewardship)>,
}

pub async fn succeed(mut write: Write, asked: Succeeding) -> Result<Done> {
    let (row, permit) = decide(&mut write, &asked.on, asked.version, "organisationSucceed").await?;
    let mut successors = Vec::with_capacity(asked.successors.len());
    for (named, part) in &asked.successors {
        successors.push((named.hold::<organisation::Entity>(&mut write).await?, *part));
    }
    let all = write.all(succession::Entity::find()).await?;
    let (kind, effective_on) = (asked.kind, asked.effective_on);
    let following = Following { kind, predecessor: &row, effective_on, successors: &successors };
    rules::check_succession(write.actor(), write.today(), &all, &following)?;
    for (one, part) in &successors {
        let next = succession::Model {
            id: write.clock().new_id(),
            version: 1,
            kind,
            predecessor: row.id,
            successor: one.id,
            stewardship: *part,
            effective_on,
            legal_basis: asked.legal_basis.clone(),
        };
        write.insert::<succession::Entity>(&permit, &next).await?;
    }
    let others = || successors.iter().map(|(one, _)| one).filter(|one| one.id != row.id);
    for one in others().filter(|one| one.seat.is_none() && row.seat.is_some()) {
        let seated = organisation::Model { version: one.version + 1, seat: row.seat, ..one.clone() };
        write.update::<organisation::Entity>(&permit, &seated).await?;
    }
    let parent = match others().next() {
        Some(holding) if kind == SuccessionKind::Holding => {
            check_above(&write, row.id, holding).await?;
            Some(holding.id)
        }
        _ => row.parent,
    };
    touch(write, &permit, organisation::Model { parent, ..row }, Some(&asked.legal_basis)).await
}

/// Nobody comes under what stands below it.
async fn check_above(write: &Write, below: Uuid, holding: &organisation::Model) -> Result<()> {
    let mut next = holding.parent;
    for _ in 0..DEEPEST {
        let Some(id) = next else { return Ok(()) };
        if id == below {
            let expected = "an organisation that does not belong to the one that comes under it";
            return Err(Error::input("input.successors", &holding.code, expected));
        }
        next = write.find::<organisation::Entity>(id).await?.and_then(|row| row.parent);
    }
    Ok(())
}

/// What is a part of an organisation has changed: so has its version.
pub async fn touch(
    mut write: Write,
    permit: &Permit,
    row: organisation::Model,
    reason: Option<&str>,
) -> Result<Done> {
    let row = organisation::Model { version: row.version + 1, ..row };
    write.update::<organisation::Entity>(permit, &row).await?;
    write.done(permit, reason, row.version)
}
