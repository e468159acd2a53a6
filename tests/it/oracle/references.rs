//! External references of partnerships and milestones, and reschedules of milestones: random ones, in SQL, and as they are
//! seen.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::figures::{moment, moment_text};
use super::random::{day, salt, text};
use super::script::{Script, null_or, text_of};
use super::world::{Id, MOST, World, id, point};

#[derive(Debug, Clone)]
pub struct Reference {
    pub id: Id,
    partnership: Id,
    organisation: Id,
    /// None: it is the partnership's own.
    milestone: Option<Id>,
    system: &'static str,
    value: &'static str,
}

#[derive(Debug, Clone)]
pub struct Reschedule {
    pub id: Id,
    milestone: Id,
    number: usize,
    due_on: [NaiveDate; 2],
    reason: String,
    status: &'static str,
    requested_at: i64,
    requester: Id,
    decided_at: Option<i64>,
}

type ReferencePlan = (u64, Index, Option<Index>, [&'static str; 2]);
type ReschedulePlan = (u64, [Index; 2], String, &'static str, i64, Option<i64>);
pub type Plans = (Vec<ReferencePlan>, Vec<ReschedulePlan>);

/// Few values, so that several organisations have the same.
pub fn plans() -> impl Strategy<Value = Plans> {
    let texts = [select(&["SAP", "sap", "ERP"][..]), select(&["7", "07", "x"][..])];
    let milestone = prop::option::weighted(0.6, any::<Index>());
    let reference = (salt(), any::<Index>(), milestone, texts);
    let statuses = select(&["WAITING", "EFFECTIVE", "EFFECTIVE", "DECLINED"][..]);
    let decided = prop::option::of(moment());
    let reschedule = (salt(), any::<[Index; 2]>(), text(), statuses, moment(), decided);
    (prop::collection::vec(reference, 0..=14), prop::collection::vec(reschedule, 0..=MOST))
}

pub fn fill(world: &mut World, (references, reschedules): Plans) {
    let partnerships = &world.partnerships[..world.partnerships.len().min(5)];
    if partnerships.is_empty() {
        return;
    }
    let mut seen = BTreeSet::new();
    let row = |(at, (salt, partnership, milestone, [system, value])): (usize, ReferencePlan)| {
        let partnership = partnership.get(partnerships);
        let own = world.milestones.iter().filter(|one| one.partnership == partnership.id);
        let milestones = own.map(|one| one.id).collect::<Vec<_>>();
        Reference {
            id: id("external_reference", salt, at),
            partnership: partnership.id,
            organisation: partnership.organisation,
            milestone: milestone.filter(|_| !milestones.is_empty()).map(|one| *one.get(&milestones)),
            system,
            value,
        }
    };
    let rows = references.into_iter().enumerate().map(row);
    let references = rows.filter(|row| seen.insert((row.organisation, row.system, row.value))).collect();
    let mut numbers = BTreeMap::new();
    let row = |(at, plan): (usize, ReschedulePlan)| {
        let (salt, [milestone, requester], reason, status, requested_at, decided) = plan;
        let milestone = milestone.get(&world.milestones).id;
        let number = numbers.entry(milestone).or_insert(0);
        *number += 1;
        Reschedule {
            id: id("reschedule", salt, at),
            milestone,
            number: *number,
            due_on: [day(-9), day(i64::try_from(*number).unwrap())],
            reason,
            status,
            requested_at,
            requester: requester.get(&world.organisations).id,
            decided_at: decided.or((status == "DECLINED").then_some(1)).filter(|_| status != "WAITING"),
        }
    };
    if !world.milestones.is_empty() {
        world.reschedules = reschedules.into_iter().enumerate().map(row).collect();
    }
    world.references = references;
}

pub const TABLES: [&str; 2] = ["external_reference", "reschedule"];

pub fn insert(world: &World, script: &mut Script) {
    let columns = "external_reference (id, version, partnership, organisation, milestone, system, value)";
    script.insert(columns, &world.references, |s, row| {
        let place = [s.id(row.partnership), s.id(row.organisation), null_or(row.milestone, |id| s.id(id))];
        format!("{}, 1, {}, '{}', '{}'", s.id(row.id), place.join(", "), row.system, row.value)
    });
    let columns = "reschedule (id, version, partnership, organisation, milestone, number, previous_due_on, due_on, reason, \
        status, requested_at, requested_by, requester_organisation, decided_at, decided_by, decider_organisation)";
    // Not written in the order in which they are read.
    let mut rows = world.reschedules.iter().collect::<Vec<_>>();
    rows.sort_by_key(|row| row.id);
    script.insert(columns, &rows, |s, row| {
        let milestone = world.milestone(row.milestone);
        let place = [s.id(milestone.partnership), s.id(milestone.organisation), s.id(milestone.id)];
        let decider = world.organisations.iter().find(|one| one.id != row.requester).unwrap().id;
        let decided = row.decided_at.map(|at| format!("{at}, 'h', {}", s.id(decider)));
        let Reschedule { number, due_on: [before, after], status, requested_at, .. } = row;
        format!(
            "{}, 1, {}, {number}, '{before}', '{after}', {}, '{status}', {requested_at}, 'g', {}, {}",
            s.id(row.id),
            place.join(", "),
            text_of(&row.reason),
            s.id(row.requester),
            decided.unwrap_or_else(|| "NULL, NULL, NULL".to_owned()),
        )
    });
}

fn shown<'a>(rows: impl Iterator<Item = &'a Reference>) -> Value {
    let mut rows = rows.collect::<Vec<_>>();
    rows.sort_by_key(|one| (one.system, one.value, one.id));
    rows.iter().map(|one| json!({ "system": one.system, "value": one.value })).collect()
}

/// Its own, by system and value; not those of its milestones.
pub fn references_of_partnership(world: &World, id: Id) -> Value {
    shown(world.references.iter().filter(|one| one.partnership == id && one.milestone.is_none()))
}

pub fn references_of_milestone(world: &World, id: Id) -> Value {
    shown(world.references.iter().filter(|one| one.milestone == Some(id)))
}

/// By what a milestone is found: also by what its partnership is.
pub fn known_as(world: &World, milestone: Id) -> Value {
    let partnership = world.milestone(milestone).partnership;
    let own = |one: &&Reference| match one.milestone {
        None => one.partnership == partnership,
        of => of == Some(milestone),
    };
    shown(world.references.iter().filter(own))
}

/// Whether something out of reach has a name that something within reach has as well.
pub fn is_shared(world: &World, sees: impl Fn(Id) -> bool) -> bool {
    let name = |one: &Reference| (one.system, one.value);
    let seen =
        world.references.iter().filter(|one| sees(one.organisation)).map(name).collect::<BTreeSet<_>>();
    world.references.iter().any(|one| !sees(one.organisation) && seen.contains(&name(one)))
}

pub const RESCHEDULES: &str =
    "reschedules lastRescheduleReason rescheduleRequests { number previousDueOn dueOn reason status
    requestedAt requestedBy requesterOrganisation { id } decidedAt decidedBy }";

fn reschedules_of(world: &World, milestone: Id) -> Vec<&Reschedule> {
    let mut own = world.reschedules.iter().filter(|one| one.milestone == milestone).collect::<Vec<_>>();
    own.sort_by_key(|one| one.number);
    own
}

/// How often the day was moved.
pub fn times_moved(world: &World, milestone: Id) -> usize {
    reschedules_of(world, milestone).iter().filter(|one| one.status == "EFFECTIVE").count()
}

pub fn reschedules(world: &World, milestone: Id) -> Value {
    let own = reschedules_of(world, milestone);
    let last = own.iter().rev().find(|one| one.status == "EFFECTIVE");
    let requests = own.iter().map(|one| {
        json!({
            "number": one.number, "previousDueOn": one.due_on[0], "dueOn": one.due_on[1], "reason": one.reason,
            "status": one.status, "requestedAt": moment_text(one.requested_at), "requestedBy": "g",
            "requesterOrganisation": point(one.requester), "decidedAt": one.decided_at.map(moment_text),
            "decidedBy": one.decided_at.map(|_| "h"),
        })
    });
    json!({
        "reschedules": times_moved(world, milestone), "lastRescheduleReason": last.map(|one| &one.reason),
        "rescheduleRequests": requests.collect::<Vec<_>>(),
    })
}
