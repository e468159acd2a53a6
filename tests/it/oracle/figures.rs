//! Quarters with the agreements to them, and outcomes with their revisions: random ones, in SQL, and as they are seen.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, Months, NaiveDate};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::lists::Row;
use super::random::{salt, text};
use super::revisions;
use super::script::{Script, null_or, text_of};
use super::sight::Sight;
use super::world::{Id, MOST, World, id};

#[derive(Debug, Clone)]
pub struct Quarter {
    pub id: Id,
    pub code: &'static str,
    /// How many days after its last one reports are due.
    due_in: u64,
    locked_at: Option<i64>,
    /// In the order of their ids.
    pub agreements: Vec<Agreement>,
}

#[derive(Debug, Clone)]
pub struct Agreement {
    pub id: Id,
    organisation: Id,
    seat: &'static str,
    agreed_at: i64,
}

#[derive(Debug, Clone)]
pub struct Outcome {
    pub id: Id,
    pub partnership: Id,
    pub organisation: Id,
    pub indicator: &'static str,
    pub quarter: &'static str,
    /// In hundredths, as all figures.
    target: Option<i64>,
    actual: Option<i64>,
    status: &'static str,
    status_reason: Option<String>,
    reported_at: Option<i64>,
    verified_at: Option<i64>,
    reporter: Id,
    pub verifier: Id,
    /// By their numbers.
    pub revisions: Vec<Revision>,
}

#[derive(Debug, Clone)]
pub struct Revision {
    pub id: Id,
    pub actual: i64,
    pub reason: String,
    pub status: &'static str,
    pub reported_at: i64,
    pub verified_at: Option<i64>,
}

/// Every quarter that there may be.
pub const CODES: [&str; 7] = ["1999-Q4", "2020-Q4", "2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4", "2026-Q4"];

/// What is measured: in which unit, and by which seat it is verified.
const INDICATORS: [(&str, &str, &str); 9] = [
    ("TRANSACTION_VALUE", "RUPIAH", "KEMENBUMN"),
    ("EXPORT_VALUE", "RUPIAH", "KEMENPERIN"),
    ("IMPORT_SUBSTITUTION_VALUE", "RUPIAH", "KEMENPERIN"),
    ("VALUE_ADDED", "RUPIAH", "KEMENPERIN"),
    ("INVESTMENT_VALUE", "RUPIAH", "KEMENBUMN"),
    ("EMPLOYMENT", "PEOPLE", "KEMENKOPUKM"),
    ("LOCAL_CONTENT", "PERCENT", "KEMENPERIN"),
    ("ON_TIME_DELIVERY", "PERCENT", "KEMENBUMN"),
    ("PAYMENT_DAYS", "DAYS", "KEMENBUMN"),
];

fn kind_of(indicator: &str) -> (&'static str, &'static str, &'static str) {
    INDICATORS.into_iter().find(|(name, ..)| *name == indicator).unwrap()
}

/// Microseconds since 1970.
pub fn moment() -> impl Strategy<Value = i64> {
    select(&[0_i64, 1, 1_632_999_999_999_999, 1_633_046_400_000_000, 1_790_000_000_000_010][..])
}

const GREATEST: i64 = 10_000_000_000;

/// Hundredths, with none, one and two decimals, and more than 32 bits hold. What all of them sum up to has to fit into 64.
fn figure() -> impl Strategy<Value = i64> {
    select(&[0_i64, 5, 50, 100, 1_250, 9_999, 10_000, 123_456_789, GREATEST][..])
}

pub type QuarterPlan = (u64, &'static str, u64, Option<i64>, Vec<(u64, Index, i64)>);

pub fn quarter_plans() -> impl Strategy<Value = Vec<QuarterPlan>> {
    let agreements = prop::collection::vec((salt(), any::<Index>(), moment()), 0..=3);
    let plan = (salt(), select(&CODES[..]), select(&[1_u64, 15][..]), prop::option::of(moment()), agreements)
        .boxed();
    prop_oneof![1 => prop::collection::vec(plan.clone(), 0..=1), 6 => prop::collection::vec(plan, 2..=6)]
}

/// Each agreed to by some of those that have a ministry's seat.
pub fn quarters(world: &World, plans: Vec<QuarterPlan>) -> Vec<Quarter> {
    let ministries = world.organisations.iter().filter_map(|one| Some((one.id, one.seat?)));
    let ministries = ministries.filter(|(_, seat)| *seat != "BUMN").collect::<Vec<_>>();
    let mut seen = BTreeSet::new();
    let row = |(at, (salt, code, due_in, locked_at, agreed)): (usize, QuarterPlan)| {
        let (mut agreements, mut parties) = (Vec::new(), BTreeSet::new());
        for (number, (salt, party, agreed_at)) in
            agreed.into_iter().enumerate().filter(|_| !ministries.is_empty())
        {
            let (organisation, seat) = *party.get(&ministries);
            if parties.insert(organisation) {
                let id = id("quarter_agreement", salt, 10 * at + number);
                agreements.push(Agreement { id, organisation, seat, agreed_at });
            }
        }
        agreements.sort_by_key(|agreement| agreement.id);
        Quarter { id: id("quarter", salt, at), code, due_in, locked_at, agreements }
    };
    plans.into_iter().enumerate().map(row).filter(|quarter| seen.insert(quarter.code)).collect()
}

type RevisionPlan = (u64, i64, String, &'static str, i64, Option<i64>);

/// The partnership, the quarter and who verifies; the indicator; the status and its reason; target and actual; when it was
/// reported and verified.
pub type OutcomePlan = (
    u64,
    [Index; 3],
    &'static str,
    (&'static str, Option<String>),
    [Option<i64>; 2],
    [Option<i64>; 2],
    Vec<RevisionPlan>,
);

pub fn outcome_plans() -> impl Strategy<Value = Vec<OutcomePlan>> {
    let statuses = select(&["DRAFT", "SUBMITTED", "RETURNED", "VERIFIED", "VERIFIED", "VERIFIED"][..]);
    let revised = select(&["SUBMITTED", "VERIFIED", "VERIFIED", "RETURNED"][..]);
    let revision = (salt(), figure(), text(), revised, moment(), prop::option::of(moment()));
    let some = |values| prop::option::of(values).boxed();
    let plan = (
        salt(),
        any::<[Index; 3]>(),
        select(&INDICATORS[..]).prop_map(|(name, ..)| name),
        (statuses, prop::option::of(text())),
        [some(figure().boxed()), some(figure().boxed())],
        [some(moment().boxed()), some(moment().boxed())],
        prop::collection::vec(revision, 0..=3),
    );
    let plan = plan.boxed();
    prop_oneof![1 => prop::collection::vec(plan.clone(), 0..=2), 4 => prop::collection::vec(plan, 4..=MOST)]
}

/// One of each indicator for a partnership and a quarter, with whatever its status calls for.
pub fn outcomes(world: &World, plans: Vec<OutcomePlan>) -> Vec<Outcome> {
    // Few partnerships have all of them, so that some have several.
    let partnerships = &world.partnerships[..world.partnerships.len().min(5)];
    if partnerships.is_empty() || world.quarters.is_empty() {
        return Vec::new();
    }
    let mut seen = BTreeSet::new();
    let row = |(at, plan): (usize, OutcomePlan)| {
        let (salt, [partnership, quarter, verifier], indicator, (status, reason), figures, times, revisions) =
            plan;
        let partnership = partnership.get(partnerships);
        let most = if kind_of(indicator).1 == "PERCENT" { 10_000 } else { GREATEST };
        let [target, actual] = figures.map(|figure| figure.map(|figure| figure.min(most)));
        let (is_reported, is_verified) = (["SUBMITTED", "VERIFIED"].contains(&status), status == "VERIFIED");
        let verifier = verifier.get(&world.organisations).id;
        let revision = |(number, plan): (usize, RevisionPlan)| {
            let (salt, actual, reason, status, reported_at, verified_at) = plan;
            Revision {
                id: id("outcome_revision", salt, 10 * at + number),
                actual: actual.min(most),
                reason,
                status,
                reported_at,
                verified_at: verified_at.or((status == "VERIFIED").then_some(1)),
            }
        };
        Outcome {
            id: id("outcome", salt, at),
            partnership: partnership.id,
            organisation: partnership.organisation,
            indicator,
            quarter: quarter.get(&world.quarters).code,
            target,
            actual: actual.or(is_reported.then_some(0)),
            status,
            status_reason: reason.or((status == "RETURNED").then(|| "x".to_owned())),
            reported_at: times[0].or(is_reported.then_some(0)),
            verified_at: times[1].or(is_verified.then_some(0)),
            reporter: world.organisations.iter().find(|one| one.id != verifier).unwrap().id,
            verifier,
            revisions: revisions.into_iter().enumerate().map(revision).collect(),
        }
    };
    let rows = plans.into_iter().enumerate().map(row);
    rows.filter(|row| seen.insert((row.partnership, row.indicator, row.quarter))).collect()
}

impl Quarter {
    fn days(&self) -> [NaiveDate; 3] {
        let (year, number) = self.code.split_once("-Q").unwrap();
        let month = 3 * number.parse::<u32>().unwrap() - 2;
        let first = NaiveDate::from_ymd_opt(year.parse().unwrap(), month, 1).unwrap();
        let last = first + Months::new(3) - Days::new(1);
        [first, last, last + Days::new(self.due_in)]
    }

    fn status(&self) -> &'static str {
        if self.locked_at.is_some() { "LOCKED" } else { "OPEN" }
    }
}

impl Outcome {
    /// The figure of the last revision that was verified, of an outcome that was.
    fn revised(&self) -> Option<i64> {
        let mut verified = self.revisions.iter().rev().filter(|row| row.status == "VERIFIED");
        verified.next().filter(|_| self.status == "VERIFIED").map(|row| row.actual)
    }

    pub fn latest(&self) -> Option<String> {
        self.revised().or(self.actual).map(figure_text)
    }
}

/// The tables, those first that point to others.
pub const TABLES: [&str; 4] = ["outcome_revision", "outcome", "quarter_agreement", "quarter"];

pub fn insert(world: &World, script: &mut Script) {
    let columns = "quarter (id, version, code, starts_on, ends_on, due_on, status, locked_at, locked_by)";
    script.insert(columns, &world.quarters, |s, row| {
        let ([first, last, due], status) = (row.days(), row.status());
        let locked_at = null_or(row.locked_at, |at| at.to_string());
        let locked_by = null_or(row.locked_at, |_| "'a'".to_owned());
        let (own, code) = (s.id(row.id), row.code);
        format!("{own}, 3, '{code}', '{first}', '{last}', '{due}', '{status}', {locked_at}, {locked_by}")
    });
    let each = |row: &'_ Quarter| {
        row.agreements.clone().into_iter().map({
            let quarter = row.id;
            move |one| (quarter, one)
        })
    };
    let rows: Vec<_> = world.quarters.iter().flat_map(each).collect();
    let columns = "quarter_agreement (id, version, quarter, organisation, seat, agreed_at, agreed_by)";
    script.insert(columns, &rows, |s, (quarter, row)| {
        let (own, quarter, organisation) = (s.id(row.id), s.id(*quarter), s.id(row.organisation));
        format!("{own}, 1, {quarter}, {organisation}, '{}', {}, 'a'", row.seat, row.agreed_at)
    });
    insert_outcomes(world, script);
    revisions::insert(world, script);
}

pub const HANDS: &str =
    "reported_at, reported_by, reporter_organisation, verified_at, verified_by, verifier_organisation";

/// Who reported and who verified, and when.
pub fn hands(s: &Script, of: &Outcome, reported_at: Option<i64>, verified_at: Option<i64>) -> String {
    let by = |at, name: &str, id| {
        null_or(at, |at| format!("{at}, '{name}', {}", s.id(id))).replace("NULL", "NULL, NULL, NULL")
    };
    [by(reported_at, "a", of.reporter), by(verified_at, "b", of.verifier)].join(", ")
}

fn insert_outcomes(world: &World, script: &mut Script) {
    let columns = format!(
        "outcome (id, version, partnership, organisation, indicator, quarter, target, actual, revised, revisions, status, \
        status_reason, status_since, {HANDS})"
    );
    script.insert(&columns, &world.outcomes, |s, row| {
        let (own, partnership, organisation) = (s.id(row.id), s.id(row.partnership), s.id(row.organisation));
        let [target, actual, revised] =
            [row.target, row.actual, row.revised()].map(|figure| null_or(figure, |one| one.to_string()));
        let (indicator, quarter, status, count) =
            (row.indicator, row.quarter, row.status, row.revisions.len());
        let reason = null_or(row.status_reason.as_deref(), text_of);
        format!(
            "{own}, 2, {partnership}, {organisation}, '{indicator}', '{quarter}', {target}, {actual}, {revised}, {count}, \
            '{status}', {reason}, {}, {}",
            row.id.moment(),
            hands(s, row, row.reported_at, row.verified_at)
        )
    });
}

pub fn moment_text(at: i64) -> String {
    DateTime::from_timestamp_micros(at).unwrap().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Hundredths with no decimal that says nothing.
pub fn figure_text(hundredths: i64) -> String {
    let digits = format!("{hundredths:03}");
    let (whole, decimals) = digits.split_at(digits.len() - 2);
    format!("{whole}.{decimals}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Everyone's, whoever works with anything.
pub fn rows_of_quarters(world: &World) -> Vec<Row> {
    let rows = world.quarters.iter().map(|one| {
        let [first, last, due] = one.days();
        let facts = json!({
            "version": 3, "code": one.code, "startsOn": first, "endsOn": last, "dueOn": due,
            "status": one.status(), "lockedAt": one.locked_at.map(moment_text),
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

/// Those of the organisations whose work is seen.
pub fn rows_of_outcomes(sight: &Sight) -> Vec<Row> {
    let seen = sight.world.outcomes.iter().filter(|one| sight.sees(one.organisation));
    let rows = seen.map(|one| {
        let (_, unit, verifier) = kind_of(one.indicator);
        let facts = json!({
            "version": 2, "indicator": one.indicator, "unit": unit, "verifier": verifier, "quarter": one.quarter,
            "partnership": one.partnership.to_string(), "organisation": one.organisation.to_string(),
            "target": one.target.map(figure_text), "actual": one.actual.map(figure_text),
            "latest": one.latest(), "revised": one.revised().is_some(),
            "status": one.status, "statusReason": one.status_reason,
            "reportedAt": one.reported_at.map(moment_text), "reportedBy": one.reported_at.map(|_| "a"),
            "verifiedAt": one.verified_at.map(moment_text), "verifiedBy": one.verified_at.map(|_| "b"),
        });
        Row { id: one.id, facts }
    });
    rows.collect()
}

/// The fields of each that are facts of the same name.
pub const OUTCOME: &str = "version indicator unit target actual latest status statusReason reportedAt reportedBy \
    verifier verifiedAt verifiedBy";
pub const QUARTER: &str = "version code startsOn endsOn dueOn status lockedAt";

/// What hangs on an outcome, and on its quarter.
pub const ON_OUTCOME: &str = "verifierOrganisation { id } partnership { id title } organisation { id code }
    quarter { id code status agreements { seat organisation { id } } }
    revisions { number actual reason status reportedAt verifiedAt }";
pub const ON_QUARTER: &str = "agreements { seat agreedAt organisation { id kind } }";

pub fn on_outcome(world: &World, id: Id) -> Value {
    let own = world.outcomes.iter().find(|own| own.id == id).unwrap();
    let quarter = world.quarters.iter().find(|one| one.code == own.quarter).unwrap();
    let agreements = quarter
        .agreements
        .iter()
        .map(|one| json!({ "seat": one.seat, "organisation": { "id": one.organisation.to_string() } }));
    let revisions = own.revisions.iter().zip(1..).map(|(one, number)| {
        json!({
            "number": number, "actual": figure_text(one.actual), "reason": one.reason, "status": one.status,
            "reportedAt": moment_text(one.reported_at), "verifiedAt": one.verified_at.map(moment_text),
        })
    });
    let organisation = world.organisation(own.organisation);
    json!({
        "verifierOrganisation": own.verified_at.map(|_| json!({ "id": own.verifier.to_string() })),
        "partnership": { "id": own.partnership.to_string(), "title": world.partnership(own.partnership).title },
        "organisation": { "id": organisation.id.to_string(), "code": organisation.code },
        "quarter": {
            "id": quarter.id.to_string(), "code": quarter.code, "status": quarter.status(),
            "agreements": agreements.collect::<Vec<_>>(),
        },
        "revisions": revisions.collect::<Vec<_>>(),
    })
}

pub fn on_quarter(world: &World, id: Id) -> Value {
    let own = world.quarters.iter().find(|own| own.id == id).unwrap();
    let agreements = own.agreements.iter().map(|one| {
        let organisation =
            json!({ "id": one.organisation.to_string(), "kind": world.organisation(one.organisation).kind });
        json!({ "seat": one.seat, "agreedAt": moment_text(one.agreed_at), "organisation": organisation })
    });
    json!({ "agreements": agreements.collect::<Vec<_>>() })
}
