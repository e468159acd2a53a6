//! The acts on milestones: what is held, decided and put. The partnership is held first, and with it all that hangs on it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::cases::Case;
use super::entity::{MilestoneStatus, MilestoneType, milestone, milestone_dependency, reschedule};
use super::situations::{self, Held};
use super::steps::MilestoneAction;
use super::{plans, rules, store};
use crate::access::{Done, Permit, Role, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::clauses::entity::clause;
use crate::nouns::codes::labels::Labelled as _;
use crate::nouns::memoranda::entity::memorandum;
use crate::nouns::partnerships::entity::partnership;
use crate::types::Timestamp;

/// Holds a milestone as of a version, and lets the rules decide.
pub async fn decide(
    write: &mut Write,
    on: &Named,
    version: i32,
    action: MilestoneAction,
) -> Result<(Held, Permit)> {
    let held = situations::hold(write, on).await?;
    let permit = case(write, &held).decide(action, version)?;
    Ok((held, permit))
}

/// The actor before a milestone that is held.
pub fn case<'a>(write: &'a Write, held: &'a Held) -> Case<'a> {
    let (row, situation) = (&held.row, &held.situation);
    Case { actor: write.actor(), stewardship: write.stewardship(), row, situation }
}

/// Puts a milestone as an act leaves it, and ends the act.
pub async fn put(
    mut write: Write,
    permit: &Permit,
    row: &milestone::Model,
    reason: Option<&str>,
) -> Result<Done> {
    store::update(&mut write, permit, row).await?;
    write.done(permit, reason, row.version)
}

/// A step that changes nothing but the milestone's own row.
pub async fn step(
    mut write: Write,
    (on, version, action, reason): (Named, i32, MilestoneAction, Option<String>),
    change: impl FnOnce(&milestone::Model, &crate::access::Actor, Timestamp) -> milestone::Model,
) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, version, action).await?;
    let row = change(&held.row, write.actor(), write.clock().now());
    put(write, &permit, &row, reason.as_deref()).await
}

/// A milestone as it is asked for.
#[derive(Debug, Clone)]
pub struct Planned {
    pub partnership: Named,
    pub kind: MilestoneType,
    pub title: String,
    pub clause: Option<Named>,
    pub weight: i32,
    pub due_on: NaiveDate,
    pub technical: bool,
    pub reporter: Option<Role>,
    pub depends_on: Vec<Named>,
}

pub async fn plan(mut write: Write, planned: Planned) -> Result<Done> {
    let partnership = planned.partnership.hold::<partnership::Entity>(&mut write).await?;
    let id = write.clock().new_id();
    let permit = plans::permit(write.actor(), "milestonePlan", id, partnership.status)?;
    let steward = steward(&write, &partnership).await?;
    let hands = plans::hands_by(planned.kind, steward, planned.technical, planned.reporter);
    let hands = hands.ok_or_else(|| {
        let given = planned.reporter.map_or("null", Role::as_str);
        Error::input("input.reporter", given, "a seat that reports on milestones of this type")
    })?;
    let clause = clause(&write, &partnership, planned.clause.as_ref()).await?;
    let all = situations::of_partnership(&write, partnership.id).await?;
    let row = new(&write, &permit, &partnership, hands, (planned.kind, planned.due_on));
    let row = milestone::Model {
        title: planned.title,
        clause,
        weight: planned.weight,
        position: all.iter().map(|row| row.position).max().unwrap_or(0) + 1,
        ..row
    };
    write.insert::<milestone::Entity>(&permit, &row).await?;
    for (at, on) in planned.depends_on.iter().enumerate() {
        let path = format!("input.dependsOn.{at}");
        let other = all.iter().find(|one| one.id == on.id).ok_or_else(|| not_beside(&path, on))?;
        insert_dependency(&mut write, &permit, &row, other.id).await?;
    }
    write.done(&permit, None, row.version)
}

/// A chain by the partnership's pattern, each step waiting for the one before it.
pub async fn plan_chain(mut write: Write, (on, start): (Named, NaiveDate)) -> Result<Done> {
    let partnership = on.hold::<partnership::Entity>(&mut write).await?;
    let id = write.clock().new_id();
    let permit = plans::permit(write.actor(), "milestonePlanChain", id, partnership.status)?;
    plans::check_unplanned(situations::of_partnership(&write, partnership.id).await?.len())?;
    let steward = steward(&write, &partnership).await?;
    let chain = plans::chain(partnership.pattern);
    let mut before = None;
    for (at, (kind, days)) in chain.iter().enumerate() {
        let hands = rules::hands(*kind, steward, false);
        let row = new(&write, &permit, &partnership, hands, (*kind, plans::due_on(start, *days)));
        let row = milestone::Model {
            // The payload's is the first one.
            id: if at == 0 { permit.subject() } else { write.clock().new_id() },
            weight: plans::weight(chain.len(), at),
            position: i32::try_from(at).unwrap_or(i32::MAX - 1) + 1,
            ..row
        };
        write.insert::<milestone::Entity>(&permit, &row).await?;
        if let Some(before) = before.replace(row.id) {
            insert_dependency(&mut write, &permit, &row, before).await?;
        }
    }
    write.done(&permit, None, 1)
}

/// The steward of the lead partner, by whom it is decided who reports and verifies.
async fn steward(write: &Write, partnership: &partnership::Model) -> Result<Role> {
    let lead = situations::lead(write, partnership.id).await?;
    plans::expect_lead(lead.map(|lead| lead.steward))
}

fn new(
    write: &Write,
    permit: &Permit,
    partnership: &partnership::Model,
    (reporter, verifier): (Role, Role),
    (kind, due_on): (MilestoneType, NaiveDate),
) -> milestone::Model {
    milestone::Model {
        id: permit.subject(),
        version: 1,
        partnership: partnership.id,
        organisation: partnership.organisation,
        clause: None,
        position: 1,
        kind,
        title: kind.labels().1.to_owned(),
        weight: 0,
        reporter,
        verifier,
        first_due_on: due_on,
        due_on,
        reschedules: 0,
        status: MilestoneStatus::Scheduled,
        status_reason: None,
        status_since: write.clock().now(),
        occurred_on: None,
        recorded_at: None,
        report: None,
        reported_by: None,
        reporter_organisation: None,
        verified_at: None,
        verified_by: None,
        verifier_organisation: None,
    }
}

/// A clause of the partnership's own memorandum.
async fn clause(
    write: &Write,
    partnership: &partnership::Model,
    given: Option<&Named>,
) -> Result<Option<Uuid>> {
    let Some(given) = given else { return Ok(None) };
    let row = write.find::<clause::Entity>(given.id).await?;
    let own = row.filter(|row| row.memorandum == partnership.memorandum);
    let expected = "the id of a clause of the partnership's memorandum";
    Ok(Some(own.ok_or_else(|| Error::input("input.clause", &given.given, expected))?.id))
}

/// What is to change of a milestone: what is none stays.
#[derive(Debug, Clone)]
pub struct Update {
    pub on: Named,
    pub version: i32,
    pub title: Option<String>,
    pub clause: Option<Option<Named>>,
    pub weight: Option<i32>,
}

pub async fn update(mut write: Write, given: Update) -> Result<Done> {
    let (held, permit) = decide(&mut write, &given.on, given.version, MilestoneAction::Update).await?;
    let mut row = milestone::Model { version: held.row.version + 1, ..held.row };
    if let Some(named) = &given.clause {
        row.clause = clause(&write, &held.partnership, named.as_ref()).await?;
    }
    row.title = given.title.unwrap_or(row.title);
    row.weight = given.weight.unwrap_or(row.weight);
    put(write, &permit, &row, None).await
}

/// Links a milestone to a clause, or to another than so far.
pub async fn link(mut write: Write, (on, version, named): (Named, i32, Named)) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, version, MilestoneAction::LinkClause).await?;
    let clause = clause(&write, &held.partnership, Some(&named)).await?;
    if clause == held.row.clause {
        let expected = "another clause than the one that it carries out";
        return Err(Error::input("input.clause", &named.given, expected));
    }
    let row = milestone::Model { clause, version: held.row.version + 1, ..held.row };
    put(write, &permit, &row, None).await
}

/// A report as it is given.
#[derive(Debug, Clone)]
pub struct Report {
    pub on: Named,
    pub version: i32,
    pub text: String,
    pub occurred_on: NaiveDate,
    pub evidence: Vec<Named>,
}

pub async fn submit(mut write: Write, given: Report) -> Result<Done> {
    let (held, permit) = decide(&mut write, &given.on, given.version, MilestoneAction::Submit).await?;
    let memorandum = write.find::<memorandum::Entity>(held.partnership.memorandum).await?;
    let signed_on = memorandum.map(|memorandum| memorandum.signed_on);
    if let Some(signed_on) = signed_on.filter(|signed_on| given.occurred_on < *signed_on) {
        let expected = format!("a day from {signed_on} on, when the memorandum was signed");
        return Err(Error::input("input.occurredOn", &given.occurred_on.to_string(), &expected));
    }
    for (at, named) in given.evidence.iter().enumerate() {
        if !held.evidence.contains(&named.id) {
            let expected = "the id of evidence of this milestone that was not withdrawn";
            return Err(Error::input(&format!("input.evidence.{at}"), &named.given, expected));
        }
    }
    let now = write.clock().now();
    let row = rules::submitted(&held.row, write.actor(), now, given.text, given.occurred_on);
    put(write, &permit, &row, None).await
}

/// A new due date as it is asked for.
#[derive(Debug, Clone)]
pub struct Move {
    pub on: Named,
    pub version: i32,
    pub due_on: NaiveDate,
    pub reason: String,
    /// Days after the first due date up to which nobody is asked.
    pub free: u32,
}

pub async fn reschedule(mut write: Write, given: Move) -> Result<Done> {
    let (held, permit) = decide(&mut write, &given.on, given.version, MilestoneAction::Reschedule).await?;
    if given.due_on == held.row.due_on {
        let expected = "another day than the one on which it is due";
        return Err(Error::input("input.dueOn", &given.due_on.to_string(), expected));
    }
    let (id, now) = (write.clock().new_id(), write.clock().now());
    let request = rules::request(&held.row, write.actor(), now, (id, held.moves + 1))?;
    let request = reschedule::Model { due_on: given.due_on, reason: given.reason.clone(), ..request };
    let (request, row) = rules::rescheduled(&held.row, request, given.free);
    write.insert::<reschedule::Entity>(&permit, &request).await?;
    put(write, &permit, &row, Some(&given.reason)).await
}

/// The verifier's decision on the request that waits.
pub async fn decide_reschedule(
    mut write: Write,
    (on, version, reason): (Named, i32, Option<String>),
) -> Result<Done> {
    let approves = reason.is_none();
    let action =
        if approves { MilestoneAction::ApproveReschedule } else { MilestoneAction::DeclineReschedule };
    let (held, permit) = decide(&mut write, &on, version, action).await?;
    let waiting = held.situation.waiting.as_ref().ok_or_else(|| Error::internal("no request waits"))?;
    let (request, row) = rules::decided(&held.row, waiting, write.actor(), (write.clock().now(), approves));
    write.update::<reschedule::Entity>(&permit, &request).await?;
    put(write, &permit, &row, reason.as_deref()).await
}

pub async fn depend(mut write: Write, (on, version, other): (Named, i32, Named)) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, version, MilestoneAction::Depend).await?;
    let found = other.find::<milestone::Entity>(&write).await?;
    if found.partnership != held.row.partnership || found.id == held.row.id {
        return Err(not_beside("input.dependsOn", &other));
    }
    let all = situations::dependencies_of(&write, held.row.partnership).await?;
    let arrows = all.iter().map(|row| (row.milestone, row.depends_on)).collect::<Vec<_>>();
    let refused = if arrows.contains(&(held.row.id, other.id)) {
        Some(("depends-already", "it depends on that one already"))
    } else if rules::leads(&arrows, other.id, held.row.id) {
        Some(("cycle", "that one waits for this one, directly or by way of others"))
    } else {
        None
    };
    if let Some((rule, message)) = refused {
        return Err(case(&write, &held).with_open(&Error::invalid_transition(rule, message)));
    }
    insert_dependency(&mut write, &permit, &held.row, other.id).await?;
    let row = milestone::Model { version: held.row.version + 1, ..held.row };
    put(write, &permit, &row, None).await
}

pub async fn undepend(mut write: Write, (on, version, other): (Named, i32, Named)) -> Result<Done> {
    let (held, permit) = decide(&mut write, &on, version, MilestoneAction::Undepend).await?;
    let found = held.dependencies.iter().find(|row| row.depends_on == other.id);
    let Some(found) = found else {
        let expected = "the id of a milestone that this one depends on";
        return Err(Error::input("input.dependsOn", &other.given, expected));
    };
    write.delete::<milestone_dependency::Entity>(&permit, found).await?;
    let row = milestone::Model { version: held.row.version + 1, ..held.row };
    put(write, &permit, &row, None).await
}

async fn insert_dependency(
    write: &mut Write,
    permit: &Permit,
    row: &milestone::Model,
    on: Uuid,
) -> Result<()> {
    let dependency = milestone_dependency::Model {
        id: write.clock().new_id(),
        version: 1,
        partnership: row.partnership,
        organisation: row.organisation,
        milestone: row.id,
        depends_on: on,
    };
    write.insert::<milestone_dependency::Entity>(permit, &dependency).await
}

fn not_beside(path: &str, given: &Named) -> Error {
    Error::input(path, &given.given, "the id of another milestone of the same partnership")
}
