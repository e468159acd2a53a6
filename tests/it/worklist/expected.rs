//! What waits, made row by row.

use chrono::NaiveDate;
use kemitraan::types::{GlobalId, Timestamp};

use crate::programme::texts;
use crate::scope::{global, rows, within};
use crate::support::{BUMN, TestApp};

pub fn moment(micros: i64) -> String {
    Timestamp(micros).to_string()
}

/// Midnight in Jakarta at which a day begins.
pub fn start(day: &str) -> i64 {
    let day = day.parse::<NaiveDate>().unwrap().and_hms_opt(0, 0, 0).unwrap();
    day.and_utc().timestamp_micros() - 25_200_000_000
}

pub fn next(day: &str) -> String {
    day.parse::<NaiveDate>().unwrap().succ_opt().unwrap().to_string()
}

/// The rows of a query: an id, and texts.
async fn read(app: &TestApp, noun: &str, columns: &str, from: &str) -> Vec<(String, Vec<Option<String>>)> {
    let count = columns.split(", ").count();
    let columns = columns.split(", ").map(|column| format!("CAST({column} AS text)")).collect::<Vec<_>>();
    let sql = format!("SELECT {noun}.id, {} FROM {from}", columns.join(", "));
    let found = rows(app, &sql).await;
    let row = |row: &sea_orm::QueryResult| {
        let id = global(noun, row.try_get_by_index(0).unwrap());
        (id, (1..=count).map(|at| row.try_get_by_index::<Option<String>>(at).unwrap()).collect())
    };
    found.iter().map(row).collect()
}

fn verifier(indicator: &str) -> &'static str {
    match indicator {
        "TRANSACTION_VALUE" | "INVESTMENT_VALUE" | "ON_TIME_DELIVERY" | "PAYMENT_DAYS" => "KEMENBUMN",
        "EMPLOYMENT" => "KEMENKOPUKM",
        _ => "KEMENPERIN",
    }
}

pub const TODAY: &str = "2026-11-24";

pub type Item = (i64, String, String, Option<String>);

/// What waits for a seat: (since, kind, id, reason), in the order of the list.
pub async fn expected(app: &TestApp, who: &str) -> Vec<Item> {
    let (name, level) = who.split_once(':').unwrap_or((who, "APPROVER"));
    let seat = if BUMN.contains(&name) { "BUMN" } else { name };
    let codes = [name];
    let own = if seat == "BUMN" { within(Some(&codes)) } else { "1 = 1".to_owned() };
    let own = own.replace("organisation IN", "x.organisation IN");
    let (officer, approver) = (level != "VIEWER", level == "APPROVER");
    let mut items = Vec::<Item>::new();
    let mut add = |since: i64, kind: &str, id: &str, reason: Option<&String>| {
        items.push((since, kind.to_owned(), id.to_owned(), reason.cloned()));
    };
    let micros = |text: &Option<String>| text.as_ref().unwrap().parse::<i64>().unwrap();
    let table = |noun: &str| format!("(SELECT * FROM {noun} AS x WHERE {own}) AS {noun}");

    let columns = "status, due_on, reporter, verifier, status_since, status_reason";
    for (id, row) in read(app, "milestone", columns, &table("milestone")).await {
        let (status, due) = (row[0].as_deref().unwrap(), row[1].as_deref().unwrap());
        let (reports, verifies) = (row[2].as_deref() == Some(seat), row[3].as_deref() == Some(seat));
        match status {
            "SUBMITTED" if verifies && approver => add(micros(&row[4]), "VERIFY_MILESTONE", &id, None),
            "RETURNED" if reports && officer => {
                add(micros(&row[4]), "CORRECT_MILESTONE", &id, row[5].as_ref())
            }
            "SCHEDULED" | "IN_PROGRESS" if reports && officer && due <= TODAY => {
                add(start(due), "REPORT_MILESTONE", &id, None);
            }
            _ => {}
        }
    }
    let from = format!(
        "{} JOIN reschedule ON reschedule.milestone = milestone.id WHERE reschedule.status = 'WAITING' AND milestone.verifier = '{seat}'",
        table("milestone")
    );
    for (id, row) in read(app, "milestone", "reschedule.requested_at, reschedule.reason", &from).await {
        if approver {
            add(micros(&row[0]), "APPROVE_RESCHEDULE", &id, row[1].as_ref());
        }
    }
    let from = format!("{} JOIN quarter ON quarter.code = outcome.quarter", table("outcome"));
    let columns = "outcome.status, outcome.indicator, outcome.status_since, outcome.status_reason, quarter.status, quarter.ends_on";
    for (id, row) in read(app, "outcome", columns, &from).await {
        let verifies = verifier(row[1].as_deref().unwrap()) == seat;
        let ends = row[5].as_deref().unwrap();
        match row[0].as_deref().unwrap() {
            "SUBMITTED" if verifies && approver => add(micros(&row[2]), "VERIFY_OUTCOME", &id, None),
            "RETURNED" if seat == "BUMN" && officer => {
                add(micros(&row[2]), "CORRECT_OUTCOME", &id, row[3].as_ref());
            }
            "DRAFT" if seat == "BUMN" && officer && row[4].as_deref() == Some("OPEN") && ends < TODAY => {
                add(start(&next(ends)), "REPORT_OUTCOME", &id, None);
            }
            _ => {}
        }
    }
    let from = format!("{} JOIN outcome ON outcome.id = outcome_revision.outcome", table("outcome_revision"));
    let columns = "outcome_revision.status, outcome.indicator, outcome_revision.status_since, outcome_revision.reason, outcome_revision.status_reason";
    for (id, row) in read(app, "outcome_revision", columns, &from).await {
        match row[0].as_deref().unwrap() {
            "SUBMITTED" if verifier(row[1].as_deref().unwrap()) == seat && approver => {
                add(micros(&row[2]), "VERIFY_REVISION", &id, row[3].as_ref());
            }
            "RETURNED" if seat == "BUMN" && officer => {
                add(micros(&row[2]), "CORRECT_REVISION", &id, row[4].as_ref());
            }
            _ => {}
        }
    }
    let agreed = texts(
        app,
        "SELECT quarter.code, organisation.code, CAST(agreed_at AS text) FROM quarter_agreement
            JOIN quarter ON quarter.id = quarter_agreement.quarter
            JOIN organisation ON organisation.id = quarter_agreement.organisation",
        3,
    )
    .await;
    for (id, row) in read(app, "quarter", "code, ends_on, status", "quarter").await {
        let (code, ends) = (row[0].as_ref(), row[1].as_deref().unwrap());
        if row[2].as_deref() != Some("OPEN") || ends >= TODAY || seat == "BUMN" || !approver {
            continue;
        }
        let of = || agreed.iter().filter(|one| one[0].as_ref() == code);
        if !of().any(|one| one[1].as_deref() == Some(seat)) {
            add(start(&next(ends)), "AGREE_QUARTER", &id, None);
        }
        if seat == "KEMENBUMN" && of().count() == 3 {
            add(of().map(|one| micros(&one[2])).max().unwrap(), "LOCK_QUARTER", &id, None);
        }
    }
    let columns = "owner, status, raised_at, follow_up";
    for (id, row) in read(app, "obstacle", columns, &table("obstacle")).await {
        if row[0].as_deref() == Some(seat) && row[1].as_deref() != Some("RESOLVED") && officer {
            add(micros(&row[2]), "FOLLOW_UP_OBSTACLE", &id, row[3].as_ref());
        }
    }
    for (id, row) in read(app, "partnership", "status, status_since", &table("partnership")).await {
        if seat == "KEMENBUMN" && approver && row[0].as_deref() == Some("PROPOSED") {
            add(micros(&row[1]), "DECIDE_PARTNERSHIP", &id, None);
        }
    }
    items.sort_by_key(|(since, kind, id, _)| (*since, GlobalId::parse(id).unwrap().id, kind.clone()));
    items
}

pub fn days(since: i64) -> i64 {
    (TODAY.parse::<NaiveDate>().unwrap() - Timestamp(since).day()).num_days()
}
