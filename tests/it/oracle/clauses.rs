//! Clauses and baselines of memoranda: random ones, in SQL, and as they are seen.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::figures::figure_text;
use super::lists::Row;
use super::random::{day, salt, text};
use super::script::{Script, null_or, text_of};
use super::sight::Sight;
use super::world::{Id, MOST, World, id};

#[derive(Debug, Clone)]
pub struct Clause {
    pub id: Id,
    memorandum: Id,
    position: usize,
    title: String,
    body: Option<String>,
    sample: bool,
}

#[derive(Debug, Clone)]
pub struct Baseline {
    pub id: Id,
    memorandum: Id,
    /// In hundredths.
    value: i64,
    as_of: NaiveDate,
    source: String,
}

type ClausePlan = (u64, Index, usize, String, Option<String>, bool);
type BaselinePlan = (u64, Index, i64, i64, String);
pub type Plans = (Vec<ClausePlan>, Vec<BaselinePlan>);

pub fn plans() -> impl Strategy<Value = Plans> {
    let clause =
        (salt(), any::<Index>(), 1..=4_usize, text(), prop::option::of(text()), any::<bool>()).boxed();
    let values = select(&[0_i64, 5, 4_130, 10_000][..]);
    let baseline = (salt(), any::<Index>(), values, select(&[-2_000_i64, -400, 0][..]), text());
    let clauses = prop_oneof![
        1 => prop::collection::vec(clause.clone(), 0..=2),
        4 => prop::collection::vec(clause, 4..=MOST),
    ];
    (clauses, prop::collection::vec(baseline, 0..=5))
}

/// Each on another place of its memorandum, or of another day.
pub fn fill(world: &mut World, (clauses, baselines): Plans) {
    let mut seen = BTreeSet::new();
    let row = |(at, (salt, memorandum, position, title, body, sample)): (usize, ClausePlan)| {
        let memorandum = memorandum.get(&world.memoranda).id;
        Clause { id: id("clause", salt, at), memorandum, position, title, body, sample }
    };
    let rows = clauses.into_iter().enumerate().map(row);
    let clauses = rows.filter(|row| seen.insert((row.memorandum, row.position))).collect();
    let mut seen = BTreeSet::new();
    let row = |(at, (salt, memorandum, value, offset, source)): (usize, BaselinePlan)| {
        let memorandum = memorandum.get(&world.memoranda).id;
        Baseline { id: id("baseline", salt, at), memorandum, value, as_of: day(offset), source }
    };
    let rows = baselines.into_iter().enumerate().map(row);
    let baselines = rows.filter(|row| seen.insert((row.memorandum, row.as_of))).collect();
    (world.clauses, world.baselines) = (clauses, baselines);
}

/// Deleted after the milestones, which point to clauses.
pub const TABLES: [&str; 2] = ["clause", "baseline"];

pub fn insert(world: &World, script: &mut Script) {
    let columns = "clause (id, version, memorandum, position, number, title, body, sample)";
    script.insert(columns, &world.clauses, |s, row| {
        let Clause { position, sample, .. } = row;
        let (own, memorandum, title) = (s.id(row.id), s.id(row.memorandum), text_of(&row.title));
        let body = null_or(row.body.as_deref(), text_of);
        format!("{own}, 4, {memorandum}, {position}, 'Pasal {position}', {title}, {body}, {sample}")
    });
    let columns = "baseline (id, version, memorandum, measure, value, as_of, source)";
    script.insert(columns, &world.baselines, |s, row| {
        let (own, memorandum, source) = (s.id(row.id), s.id(row.memorandum), text_of(&row.source));
        let Baseline { value, as_of, .. } = row;
        format!("{own}, 1, {memorandum}, 'GLOBAL_VALUE_CHAIN_SHARE', {value}, '{as_of}', {source}")
    });
}

/// Everyone's; but whether there is a milestone for one, only by those that are seen.
pub fn rows_of_clauses(sight: &Sight) -> Vec<Row> {
    let rows = sight.world.clauses.iter().map(|one| {
        let mut own = sight.world.milestones.iter().filter(|row| row.clause == Some(one.id));
        let facts = json!({
            "version": 4, "position": one.position, "number": format!("Pasal {}", one.position), "title": one.title,
            "body": one.body, "sample": one.sample, "memorandum": one.memorandum.to_string(),
            "hasMilestone": own.any(|row| sight.sees(row.organisation)),
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

pub const CLAUSE: &str = "version position number title body sample";
pub const ON_MEMORANDUM: &str = "baselines { measure value asOf source }";

pub fn on_memorandum(world: &World, id: Id) -> Value {
    let mut own = world.baselines.iter().filter(|one| one.memorandum == id).collect::<Vec<_>>();
    own.sort_by_key(|one| (one.as_of, one.id));
    let baselines = own.into_iter().map(|one| {
        json!({
            "measure": "GLOBAL_VALUE_CHAIN_SHARE", "value": figure_text(one.value), "asOf": one.as_of,
            "source": one.source,
        })
    });
    json!({ "baselines": baselines.collect::<Vec<_>>() })
}
