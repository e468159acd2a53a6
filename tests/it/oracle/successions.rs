//! Successions of organisations: random ones, in SQL, what follows from them, and as they are seen.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::lists::Row;
use super::random::{day, salt, text};
use super::script::{Script, text_of};
use super::world::{Actor, Id, Organisation, World, id, today};

#[derive(Debug, Clone)]
pub struct Succession {
    pub id: Id,
    kind: &'static str,
    stewardship: &'static str,
    legal_basis: String,
    pub predecessor: Id,
    pub successor: Id,
    pub effective_on: NaiveDate,
}

/// The predecessor, the successor, whether it is one of the same seat, the day, and what decides nothing of what is seen:
/// the id, the kind, which partners are taken over, the legal basis.
pub type SuccessionPlan = (Index, Index, bool, i64, (u64, [&'static str; 2], String));

pub fn succession_plans() -> impl Strategy<Value = Vec<SuccessionPlan>> {
    let days = prop_oneof![
        5 => select(&[0_i64, -1, -30, -88, -89][..]),
        4 => select(&[-90_i64, -91, -700][..]),
        3 => select(&[1_i64, 30][..]),
    ];
    let kinds = [
        select(&["SPLIT", "MERGE", "RENAME", "REPLACE", "HOLDING"][..]),
        select(&["ALL", "KOPERASI", "OTHER_THAN_KOPERASI"][..]),
    ];
    let own = (salt(), kinds, text());
    prop::collection::vec((any::<Index>(), any::<Index>(), prop::bool::weighted(0.75), days, own), 0..=7)
}

/// Chains, splits, mergers, circles and renamings, about each day on which something changes.
pub fn successions(organisations: &[Organisation], plans: Vec<SuccessionPlan>) -> Vec<Succession> {
    let mut seen = BTreeSet::new();
    let row = |(at, plan): (usize, SuccessionPlan)| {
        let (predecessor, successor, alike, offset, (salt, [kind, stewardship], legal_basis)) = plan;
        let predecessor = predecessor.get(organisations);
        let is_like = |one: &&Organisation| one.seat == predecessor.seat && one.id != predecessor.id;
        let mut successors: Vec<_> = organisations.iter().filter(|one| !alike || is_like(one)).collect();
        if successors.is_empty() {
            successors = organisations.iter().collect();
        }
        Succession {
            id: id("succession", salt, at),
            kind,
            stewardship,
            legal_basis,
            predecessor: predecessor.id,
            successor: successor.get(&successors).id,
            effective_on: day(offset),
        }
    };
    let rows = plans.into_iter().enumerate().map(row);
    rows.filter(|row| seen.insert((row.predecessor, row.successor, row.effective_on))).collect()
}

/// The eve of a split, which chance seldom comes to: the last is to follow the first in the seat of a ministry.
pub fn on_the_eve(world: &mut World) {
    if let [first, .., last] = &mut world.organisations[..] {
        for one in [&mut *first, &mut *last] {
            (one.kind, one.seat) = ("MINISTRY", Some("KEMENKOPUKM"));
        }
        world.successions.retain(|row| row.successor != last.id);
        world.successions.push(Succession {
            id: id("succession", 1, 7),
            kind: "SPLIT",
            stewardship: "KOPERASI",
            legal_basis: "x".to_owned(),
            predecessor: first.id,
            successor: last.id,
            effective_on: day(1),
        });
    }
}

pub fn insert(world: &World, script: &mut Script) {
    let columns =
        "succession (id, version, kind, predecessor, successor, stewardship, effective_on, legal_basis)";
    script.insert(columns, &world.successions, |s, row| {
        let Succession { kind, stewardship, effective_on, .. } = row;
        let (own, predecessor, successor) = (s.id(row.id), s.id(row.predecessor), s.id(row.successor));
        let basis = text_of(&row.legal_basis);
        format!("{own}, 5, '{kind}', {predecessor}, {successor}, '{stewardship}', '{effective_on}', {basis}")
    });
}

/// The day from which others have followed an organisation, where they have by today and it has not followed anyone on
/// that day or since.
fn succeeded_on(world: &World, organisation: Id) -> Option<NaiveDate> {
    let in_force = || world.successions.iter().filter(|row| row.effective_on <= today());
    let mut left = in_force()
        .filter(|row| row.predecessor == organisation && row.successor != organisation)
        .map(|row| row.effective_on)
        .collect::<Vec<_>>();
    left.sort();
    let came =
        |day: NaiveDate| in_force().any(|row| row.successor == organisation && row.effective_on >= day);
    left.into_iter().find(|day| !came(*day))
}

/// The last day on which a seat's token reads, where others have followed it: the ninetieth.
pub fn reads_until(world: &World, actor: &Actor) -> Option<NaiveDate> {
    let Actor::Seat { organisation, .. } = actor else { return None };
    succeeded_on(world, *organisation).map(|day| day + Days::new(89))
}

/// Whether the token is turned away, and why: the days of grace are over, or a ministry's seat has not passed yet.
pub fn turned_away(world: &World, actor: &Actor) -> Option<&'static str> {
    let Actor::Seat { organisation, .. } = actor else { return None };
    if reads_until(world, actor).is_some_and(|day| day < today()) {
        return Some("too late");
    }
    let seat = world.organisation(*organisation).seat;
    let is_of_seat = |row: &&Succession| world.organisation(row.predecessor).seat == seat;
    let mut to_it = world
        .successions
        .iter()
        .filter(|row| row.successor == *organisation)
        .filter(is_of_seat)
        .collect::<Vec<_>>();
    // Whoever is renamed before the seat passes has held it already.
    to_it.sort_by_key(|row| (row.effective_on, row.predecessor != *organisation));
    let waits =
        to_it.first().is_some_and(|row| row.effective_on > today() && row.predecessor != *organisation);
    (waits && seat != Some("BUMN")).then_some("too early")
}

/// These, and those that they follow by now, and those that these follow.
pub fn with_followed(world: &World, some: &[Id]) -> BTreeSet<Id> {
    let mut all: BTreeSet<_> = some.iter().copied().collect();
    loop {
        let followed = world
            .successions
            .iter()
            .filter(|row| row.effective_on <= today() && all.contains(&row.successor));
        let more: BTreeSet<_> = followed.map(|row| row.predecessor).filter(|id| !all.contains(id)).collect();
        if more.is_empty() {
            return all;
        }
        all.extend(more);
    }
}

pub const SUCCESSION: &str = "version kind stewardship effectiveOn legalBasis";

/// Everyone's, whoever works with anything.
pub fn rows_of_successions(world: &World) -> Vec<Row> {
    let rows = world.successions.iter().map(|one| {
        let (predecessor, successor) = (one.predecessor.to_string(), one.successor.to_string());
        let facts = json!({
            "version": 5, "kind": one.kind, "stewardship": one.stewardship, "effectiveOn": one.effective_on,
            "legalBasis": one.legal_basis, "predecessor": predecessor, "successor": successor,
            "organisation": [predecessor, successor],
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

pub const ON_SUCCESSION: &str =
    "predecessor { id code succeededBy { id } } successor { id kind succeeds { id } }";
pub const ON_ORGANISATION: &str =
    "succeededBy { id kind successor { id } } succeeds { id predecessor { code } }";

/// Those of which a fact is this organisation, by day.
fn of_organisation(world: &World, is_own: impl Fn(&Succession) -> bool) -> Vec<&Succession> {
    let mut own = world.successions.iter().filter(|one| is_own(one)).collect::<Vec<_>>();
    own.sort_by_key(|one| (one.effective_on, one.id));
    own
}

fn ids(rows: &[&Succession]) -> Value {
    rows.iter().map(|one| json!({ "id": one.id.to_string() })).collect()
}

pub fn on_succession(world: &World, id: Id) -> Value {
    let own = world.successions.iter().find(|own| own.id == id).unwrap();
    let [predecessor, successor] = [own.predecessor, own.successor].map(|id| world.organisation(id));
    let succeeded_by = of_organisation(world, |one| one.predecessor == predecessor.id);
    let succeeds = of_organisation(world, |one| one.successor == successor.id);
    json!({
        "predecessor": {
            "id": predecessor.id.to_string(), "code": predecessor.code, "succeededBy": ids(&succeeded_by),
        },
        "successor": { "id": successor.id.to_string(), "kind": successor.kind, "succeeds": ids(&succeeds) },
    })
}

pub fn on_organisation(world: &World, id: Id) -> Value {
    let succeeded_by = of_organisation(world, |one| one.predecessor == id);
    let succeeded_by = succeeded_by.iter().map(|one| {
        json!({ "id": one.id.to_string(), "kind": one.kind, "successor": { "id": one.successor.to_string() } })
    });
    let succeeds = of_organisation(world, |one| one.successor == id);
    let succeeds = succeeds.iter().map(|one| {
        let code = &world.organisation(one.predecessor).code;
        json!({ "id": one.id.to_string(), "predecessor": { "code": code } })
    });
    json!({ "succeededBy": succeeded_by.collect::<Vec<_>>(), "succeeds": succeeds.collect::<Vec<_>>() })
}
