//! How the open work of an organisation that was succeeded goes to its successors: partnerships by list, each with all that
//! hangs on it, in one entry. Who did what stays as it was: only whose work it is changes.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait as _, Condition, EntityTrait as _, IntoActiveModel,
    QueryFilter as _,
};
use uuid::Uuid;

use super::acts::{decide, touch};
use super::entity::{organisation, succession};
use super::rules;
use crate::access::{Done, Permit, Role, Scope, Write};
use crate::error::{Error, Result};
use crate::journal::Projected;
use crate::nouns::acting::Named;
use crate::nouns::comments::entity::comment;
use crate::nouns::evidence::entity::evidence;
use crate::nouns::faults::Faults;
use crate::nouns::ids::Noun;
use crate::nouns::milestones::entity::{milestone, milestone_dependency, reschedule};
use crate::nouns::obstacles::entity::obstacle;
use crate::nouns::outcomes::entity::{outcome, outcome_revision};
use crate::nouns::partnerships::entity::{PartnershipStatus, partnership, partnership_partner};
use crate::nouns::references::entity::external_reference;

/// What is divided: whose, of which version, which partnerships go to whom, and why.
pub type Divided = (Named, i32, Vec<(Named, Vec<Named>)>, String);

pub async fn divide_work(mut write: Write, (on, version, shares, reason): Divided) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, version, "organisationDivideWork").await?;
    let all = write.all(succession::Entity::find()).await?;
    let heirs = heirs_of_work(&row, &all, write.today())?;
    let mut faults = Faults::default();
    let (mut moved, mut rows) = (HashMap::new(), Vec::new());
    for (at, (successor, partnerships)) in shares.iter().enumerate() {
        let path = format!("input.shares.{at}");
        let is_heir = heirs.contains(&successor.id);
        let expected = "one that has followed the organisation, and was not followed itself";
        faults.expect(is_heir, &format!("{path}.successor"), successor.given.as_str(), expected);
        for (at, named) in partnerships.iter().enumerate() {
            let held = named.hold::<partnership::Entity>(&mut write).await?;
            let path = format!("{path}.partnerships.{at}");
            check(&row.id, &held, &mut faults, &path, &named.given);
            faults.expect(
                moved.insert(held.id, successor.id).is_none(),
                &path,
                named.given.as_str(),
                "each once",
            );
            rows.push((path, held));
        }
    }
    faults.check()?;
    check_references(&write, &moved, &rows).await?;
    for (_, held) in rows {
        let organisation = moved.get(&held.id).copied().unwrap_or(held.organisation);
        let next = partnership::Model { version: held.version + 1, organisation, ..held };
        write.update::<partnership::Entity>(&permit, &next).await?;
    }
    carry_over(&mut write, &permit, &moved).await?;
    touch(write, &permit, row, Some(&reason)).await
}

/// Those to whom the open work of an organisation goes.
///
/// # Errors
///
/// INVALID_TRANSITION.
pub fn heirs_of_work(
    row: &organisation::Model,
    all: &[succession::Model],
    today: NaiveDate,
) -> Result<Vec<Uuid>> {
    if row.seat != Some(Role::Bumn) {
        let message =
            "only the work of a BUMN is divided by list; a ministry's goes with the stewardship of its seat";
        return Err(Error::invalid_transition("no-work-of-its-own", message));
    }
    let heirs = rules::heirs(all, row.id, today);
    if heirs.is_empty() {
        return Err(Error::invalid_transition("not-succeeded", "nobody has followed the organisation yet"));
    }
    Ok(heirs)
}

/// A partnership of the predecessor that is still open.
fn check(predecessor: &Uuid, held: &partnership::Model, faults: &mut Faults, path: &str, given: &str) {
    use PartnershipStatus::{Completed, Rejected, Terminated};
    faults.expect(held.organisation == *predecessor, path, given, "a partnership of the organisation");
    let is_open = !matches!(held.status, Completed | Rejected | Terminated);
    faults.expect(is_open, path, given, "an open one: what has ended stays with whom it was");
}

/// An external reference is one partnership's of an organisation.
async fn check_references(
    write: &Write,
    moved: &HashMap<Uuid, Uuid>,
    rows: &[(String, partnership::Model)],
) -> Result<()> {
    use external_reference::{Column, Entity};
    let mut faults = Faults::default();
    let own = write.all(Entity::find().filter(Column::Partnership.is_in(moved.keys().copied()))).await?;
    for one in own {
        let Some(to) = moved.get(&one.partnership) else { continue };
        let same = Condition::all()
            .add(Column::Organisation.eq(*to))
            .add(Column::System.eq(&one.system))
            .add(Column::Value.eq(&one.value));
        if !write.all(Entity::find().filter(same)).await?.is_empty() {
            let path = rows.iter().find(|(_, row)| row.id == one.partnership).map_or("", |(path, _)| path);
            let given = format!("{} {}", one.system, one.value);
            faults.add(path, &given, "external references that no partnership of the successor has");
        }
    }
    faults.check()
}

/// Every row that carries the organisation goes with its partnership.
async fn carry_over(write: &mut Write, permit: &Permit, moved: &HashMap<Uuid, Uuid>) -> Result<()> {
    macro_rules! carry {
        ($($noun:ident),+ $(,)?) => {$(
            carry::<$noun::Entity>(
                write,
                permit,
                Condition::all().add($noun::Column::Partnership.is_in(moved.keys().copied())),
                |row| {
                    let organisation = moved.get(&row.partnership).copied().unwrap_or(row.organisation);
                    $noun::Model { version: row.version + 1, organisation, ..row }
                },
            )
            .await?;
        )+};
    }
    carry!(
        partnership_partner,
        milestone,
        milestone_dependency,
        reschedule,
        evidence,
        outcome,
        outcome_revision,
        external_reference,
        obstacle,
    );
    // One on a quarter is of no partnership, and of no organisation.
    let which = Condition::all().add(comment::Column::Partnership.is_in(moved.keys().copied()));
    carry::<comment::Entity>(write, permit, which, |row| {
        let to = row.partnership.and_then(|partnership| moved.get(&partnership)).copied();
        comment::Model { version: row.version + 1, organisation: to.or(row.organisation), ..row }
    })
    .await
}

async fn carry<E>(
    write: &mut Write,
    permit: &Permit,
    which: Condition,
    onto: impl Fn(E::Model) -> E::Model,
) -> Result<()>
where
    E: Scope + Projected,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
{
    for row in write.all(E::find().filter(which)).await? {
        write.update::<E>(permit, &onto(row)).await?;
    }
    Ok(())
}

/// The partnerships of a share, and those of all, at most.
pub const MOST: usize = 500;

/// The shares as they are given, each checked for its form.
pub fn shares<'a>(
    faults: &mut Faults,
    given: impl ExactSizeIterator<Item = (&'a async_graphql::ID, &'a [async_graphql::ID])>,
) -> Vec<(Named, Vec<Named>)> {
    let expected = "1 to 20 shares";
    faults.expect((1..=20).contains(&given.len()), "input.shares", given.len(), expected);
    let mut all = Vec::with_capacity(given.len());
    for (at, (successor, partnerships)) in given.enumerate() {
        let path = format!("input.shares.{at}.partnerships");
        faults.expect(!partnerships.is_empty(), &path, "nothing", "at least one partnership");
        let partnerships = faults.ids(Noun::Partnership, &path, partnerships, MOST);
        all.push((faults.id(Noun::Organisation, successor), partnerships));
    }
    let count = all.iter().map(|(_, some)| some.len()).sum::<usize>();
    faults.expect(count <= MOST, "input.shares", count, &format!("at most {MOST} partnerships in all"));
    all
}
