//! Random worlds and random actors.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::figures::{outcome_plans, outcomes, quarter_plans, quarters};
use super::successions::{on_the_eve, succession_plans, successions};
use super::world::{
    Actor, Case, Id, MOST, Memorandum, Milestone, Organisation, Partner, Partnership, Place, World, id, today,
};
use super::{clauses, comments, delegations, parties, references, work};

pub fn day(offset: i64) -> NaiveDate {
    let days = Days::new(offset.unsigned_abs());
    if offset < 0 { today() - days } else { today() + days }
}

pub const STATUSES: [&str; 9] = [
    "PROPOSED",
    "CURATION",
    "PREPARATION",
    "TRIAL",
    "ACTIVE",
    "SUSPENDED",
    "COMPLETED",
    "TERMINATED",
    "REJECTED",
];

/// Texts that are alike but for case, that tie, that other collations order otherwise, and any other.
pub fn text() -> impl Strategy<Value = String> {
    let known = [
        "Sama",
        "sama",
        "SAMA",
        "Zebra",
        "zebra",
        "É",
        "é",
        "e",
        "ゼブラ",
        "😀",
        "o'x; --",
        "_",
        "a b",
        "ab",
    ];
    prop_oneof![4 => select(known.to_vec()).prop_map(str::to_owned), 1 => "\\PC{1,8}"]
}

fn one_of(some: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    select(some)
}

/// What an id is made of, besides the row's number; shrinking it would tell nothing.
pub fn salt() -> impl Strategy<Value = u64> {
    any::<u64>().no_shrink()
}

/// The first half of a SHA-256, as a UUID of version 8 (RFC 9562).
fn public_id(id: Id) -> Id {
    let hash =
        Sha256::new().chain_update("kemitraan:public-partnership:").chain_update(id.0.as_bytes()).finalize();
    let mut half = <[u8; 16]>::try_from(&hash[..16]).unwrap();
    half[6] = (half[6] & 0x0f) | 0x80;
    half[8] = (half[8] & 0x3f) | 0x80;
    Id(Uuid::from_bytes(half), "public_partnership")
}

fn organisations() -> impl Strategy<Value = Vec<Organisation>> {
    let seat = prop_oneof![
        6 => Just(("BUMN", Some("BUMN"))),
        3 => one_of(&["KEMENKOPUKM", "KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN"]).prop_map(|seat| ("MINISTRY", Some(seat))),
        1 => Just(("EXECUTING_UNIT", None)),
        1 => Just(("OFFTAKER", None)),
    ];
    let code = one_of(&["b", "B", "a", "Z", "z", "é", "_"]);
    let plans = prop::collection::vec((salt(), seat, code, prop::option::of(any::<Index>())), 2..=7);
    plans.prop_map(|plans| {
        let ids: Vec<_> = plans.iter().enumerate().map(|(at, plan)| id("organisation", plan.0, at)).collect();
        let row = |(at, (_, (kind, seat), code, parent)): (usize, (_, _, _, Option<Index>))| Organisation {
            id: ids[at],
            code: format!("{code}{at}"),
            kind,
            seat,
            parent: parent.map(|parent| *parent.get(&ids)),
        };
        plans.into_iter().enumerate().map(row).collect()
    })
}

/// The BUMN, and one more.
fn working(organisations: &[Organisation]) -> Vec<&Organisation> {
    let bumn = organisations.iter().filter(|one| one.seat == Some("BUMN"));
    bumn.chain(organisations.first()).collect()
}

type MemorandumPlan = (u64, String, i64, Vec<Index>);

fn memorandum_plans() -> impl Strategy<Value = Vec<MemorandumPlan>> {
    let signatories = prop::collection::vec(any::<Index>(), 0..=3);
    prop::collection::vec((salt(), text(), select(&[-2000_i64, -2000, -10][..]), signatories), 1..=3)
}

fn memoranda(organisations: &[Organisation], plans: Vec<MemorandumPlan>) -> Vec<Memorandum> {
    let row = |(at, (salt, title, signed, signatories)): (usize, MemorandumPlan)| {
        let mut seen = BTreeSet::new();
        let signatories = signatories.iter().map(|signatory| signatory.get(organisations).id);
        let signatories = signatories.filter(|signatory| seen.insert(*signatory)).collect();
        Memorandum { id: id("memorandum", salt, at), title, signed_on: day(signed), signatories }
    };
    plans.into_iter().enumerate().map(row).collect()
}

fn partners() -> impl Strategy<Value = Vec<Partner>> {
    let forms = one_of(&["KOPERASI", "PERSEORANGAN", "CV", "PT"]);
    let scales = one_of(&["MICRO", "SMALL", "MEDIUM"]);
    let plan = (salt(), text(), forms, scales, any::<bool>(), any::<bool>(), any::<bool>()).boxed();
    // Seldom few, so that some are another's.
    let few_or_many = prop_oneof![
        1 => prop::collection::vec(plan.clone(), 0..=2),
        4 => prop::collection::vec(plan, 4..=7),
    ];
    few_or_many.prop_map(|plans| {
        let rows = plans.into_iter().enumerate();
        rows.map(|(at, (salt, name, legal_form, scale, is_ikm, has_nib, name_public))| Partner {
            id: id("partner", salt, at),
            name,
            legal_form,
            scale,
            is_ikm,
            nib: has_nib.then(|| format!("{:013}", 7 * (at + 1))),
            name_public,
        })
        .collect()
    })
}

#[derive(Debug, Clone)]
struct PartnershipPlan {
    salt: u64,
    title: String,
    kinds: [&'static str; 5],
    organisation: Index,
    memorandum: Index,
    executing_unit: Option<Index>,
    renewal_of: Option<Index>,
    places: Vec<(u64, Index)>,
    has_lead: bool,
}

fn partnership_plans() -> impl Strategy<Value = Vec<PartnershipPlan>> {
    let kinds = (
        one_of(&STATUSES),
        one_of(&["SUPPLY_CHAIN", "INTI_PLASMA", "OUTSOURCING"]),
        one_of(&["LINK_AND_MATCH", "MARKETPLACE", "BUMN_PROCUREMENT"]),
        one_of(&["PARTNER_TO_BUMN", "BUMN_TO_PARTNER"]),
        one_of(&["PILOT_2021", "pilot_2021", "2022"]),
    );
    let pointers = (
        any::<Index>(),
        any::<Index>(),
        prop::option::of(any::<Index>()),
        prop::option::of(any::<Index>()),
        prop::collection::vec((salt(), any::<Index>()), 0..=3),
    );
    let plan = (salt(), text(), kinds, pointers, any::<bool>()).prop_map(
        |(salt, title, kinds, (organisation, memorandum, executing_unit, renewal_of, places), has_lead)| {
            let kinds = [kinds.0, kinds.1, kinds.2, kinds.3, kinds.4];
            PartnershipPlan {
                salt,
                title,
                kinds,
                organisation,
                memorandum,
                executing_unit,
                renewal_of,
                places,
                has_lead,
            }
        },
    );
    let plan = plan.boxed();
    prop_oneof![1 => prop::collection::vec(plan.clone(), 0..=2), 4 => prop::collection::vec(plan, 4..=MOST)]
}

fn places(at: usize, plan: &PartnershipPlan, partners: &[Partner]) -> Vec<Place> {
    let mut seen = BTreeSet::new();
    let mut places = Vec::new();
    for (number, (salt, partner)) in plan.places.iter().enumerate().filter(|_| !partners.is_empty()) {
        let partner = partner.get(partners).id;
        if seen.insert(partner) {
            let id = id("place", *salt, 10 * at + number);
            places.push(Place { id, partner, lead: plan.has_lead && places.is_empty() });
        }
    }
    places.sort_by_key(|place| place.id);
    places
}

fn partnerships(world: &World, plans: Vec<PartnershipPlan>) -> Vec<Partnership> {
    let ids: Vec<_> = plans.iter().enumerate().map(|(at, plan)| id("partnership", plan.salt, at)).collect();
    let row = |(at, plan): (usize, PartnershipPlan)| {
        let [status, pattern, channel, supply_direction, batch] = plan.kinds;
        Partnership {
            id: ids[at],
            public_id: public_id(ids[at]),
            // Most of the work is a BUMN's, as it is outside of tests.
            organisation: plan.organisation.get(&working(&world.organisations)).id,
            executing_unit: plan.executing_unit.map(|unit| unit.get(&world.organisations).id),
            memorandum: plan.memorandum.get(&world.memoranda).id,
            renewal_of: plan.renewal_of.map(|other| *other.get(&ids)),
            places: places(at, &plan, &world.partners),
            title: plan.title,
            status,
            pattern,
            channel,
            supply_direction,
            batch,
        }
    };
    plans.into_iter().enumerate().map(row).collect()
}

type MilestonePlan = (
    u64,
    String,
    [&'static str; 2],
    (&'static str, &'static str),
    i64,
    Index,
    Option<Index>,
    Vec<(u64, Index)>,
);

fn milestone_plans() -> impl Strategy<Value = Vec<MilestonePlan>> {
    let statuses =
        ["SCHEDULED", "IN_PROGRESS", "SUBMITTED", "RETURNED", "MET", "PARTIALLY_MET", "NOT_MET", "CANCELLED"];
    let kinds = (select(&["CURATION", "DELIVERY", "PAYMENT", "REVIEW"][..]), select(statuses.to_vec()));
    let hands = select(&[("BUMN", "KEMENBUMN"), ("BUMN", "KEMENPERIN"), ("KEMENKOPUKM", "BUMN")][..]);
    let due = select(&[-400_i64, -1, 0, 0, 1, 30][..]);
    let clause = prop::option::weighted(0.6, any::<Index>());
    let waits_for = prop::collection::vec((salt(), any::<Index>()), 0..=2);
    let plan = (salt(), text(), kinds.prop_map(Into::into), hands, due, any::<Index>(), clause, waits_for);
    prop::collection::vec(plan, 0..=MOST)
}

fn milestones(world: &World, plans: Vec<MilestonePlan>) -> Vec<Milestone> {
    // Few partnerships have all of them, so that they have something to wait for.
    let partnerships = &world.partnerships[..world.partnerships.len().min(4)];
    if partnerships.is_empty() {
        return Vec::new();
    }
    let of: Vec<_> = plans
        .iter()
        .enumerate()
        .map(|(at, plan)| (id("milestone", plan.0, at), plan.5.get(partnerships).id))
        .collect();
    let row = |(at, plan): (usize, MilestonePlan)| {
        let (salt, title, [kind, status], hands, due, partnership, clause, waits) = plan;
        let clause = clause.filter(|_| !world.clauses.is_empty());
        let partnership = partnership.get(partnerships);
        let own = id("milestone", salt, at);
        let others: Vec<_> = of.iter().filter(|of| of.1 == partnership.id && of.0 != own).collect();
        let mut seen = BTreeSet::new();
        let mut waits_for = Vec::new();
        for (number, (salt, other)) in waits.iter().enumerate().filter(|_| !others.is_empty()) {
            let other = other.get(&others).0;
            if seen.insert(other) {
                waits_for.push((id("dependency", *salt, 10 * at + number), other));
            }
        }
        waits_for.sort_unstable();
        Milestone {
            id: own,
            partnership: partnership.id,
            organisation: partnership.organisation,
            position: at + 1,
            kind,
            title,
            hands,
            due_on: day(due),
            status,
            clause: clause.map(|one| one.get(&world.clauses).id),
            waits_for,
        }
    };
    plans.into_iter().enumerate().map(row).collect()
}

/// Those who follow others are asked more often than their number: they have more to tell.
fn actor(world: &World, (kind, one, some, level): (u8, Index, Vec<Index>, &'static str)) -> Actor {
    let seats = || world.organisations.iter().filter(|one| one.seat.is_some());
    let followers = |kind, by_now| {
        let follows = |one: &&Organisation| {
            let mut own =
                world.successions.iter().filter(|row| row.successor == one.id && row.predecessor != one.id);
            own.any(|row| (row.effective_on <= today()) == by_now)
        };
        seats().filter(|one| one.kind == kind).filter(follows).collect::<Vec<_>>()
    };
    // Some of it, and not all.
    let works = |one: &Organisation| {
        let own = world.partnerships.iter().filter(|row| row.organisation == one.id).count();
        (1..world.partnerships.len()).contains(&own)
    };
    let some_of = |some: Vec<&Organisation>| {
        let some = if some.is_empty() { seats().collect() } else { some };
        let any = (!some.is_empty()).then(|| one.get(&some).id);
        any.map_or(Actor::Admin, |organisation| Actor::Seat { organisation, level })
    };
    match kind {
        0 => Actor::Admin,
        1..=4 => some_of(Vec::new()),
        5..=7 => some_of(followers("BUMN", true)),
        8 => some_of(followers("MINISTRY", false)),
        9 => some_of(world.organisations.last().into_iter().collect()),
        10..=12 => Actor::Auditor(Some(some.iter().map(|one| one.get(&world.organisations).id).collect())),
        13 => Actor::Auditor(None),
        _ => some_of(seats().filter(|one| one.kind == "BUMN" && works(one)).collect()),
    }
}

pub fn case() -> impl Strategy<Value = Case> {
    let world = (
        organisations(),
        succession_plans(),
        memorandum_plans(),
        partners(),
        partnership_plans(),
        milestone_plans(),
        quarter_plans(),
        outcome_plans(),
    );
    let surroundings = (
        clauses::plans(),
        parties::plans(),
        references::plans(),
        work::plans(),
        comments::plans(),
        delegations::plans(),
    );
    let letter = prop::collection::vec(any::<Index>(), 1..=3);
    let actors = (0..=16_u8, any::<Index>(), letter, one_of(&["VIEWER", "OFFICER", "APPROVER"]));
    let second = prop_oneof![Just(0_u32), Just(43_200), Just(86_399)];
    let dice = any::<u64>().no_shrink();
    (world, surroundings, actors, dice, second).prop_map(|(plan, around, plan_of_actor, dice, second)| {
        let mut world = World {
            successions: successions(&plan.0, plan.1),
            memoranda: memoranda(&plan.0, plan.2),
            organisations: plan.0,
            partners: plan.3,
            ..World::default()
        };
        if plan_of_actor.0 == 9 {
            on_the_eve(&mut world);
        }
        world.partnerships = partnerships(&world, plan.4);
        clauses::fill(&mut world, around.0);
        parties::fill(&mut world, around.1);
        world.milestones = milestones(&world, plan.5);
        world.quarters = quarters(&world, plan.6);
        world.outcomes = outcomes(&world, plan.7);
        references::fill(&mut world, around.2);
        work::fill(&mut world, around.3);
        comments::fill(&mut world, around.4);
        delegations::fill(&mut world, around.5);
        Case { actor: actor(&world, plan_of_actor), world, dice, second }
    })
}
