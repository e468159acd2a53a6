//! What is overdue by age, and the calendar, held against counts made row by row.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::programme::texts;
use crate::scope::{assert_forbidden, reach, readers};
use crate::scorecards::rows::Rows;
use crate::scorecards::world;
use crate::support::{Backend, TestApp};

crate::both!(
    what_is_overdue_is_counted_by_age,
    a_calendar_has_what_is_due,
    statements_do_not_grow,
    what_cannot_be_is_refused,
);

const BY_AGE: &str = "{ overdueByAge { fromDays untilDays count meanSlippageDays rescheduled } }";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-11-24")
}

fn by_age(rows: &Rows) -> Value {
    let ages = [(1, Some(7)), (8, Some(30)), (31, Some(90)), (91, None)];
    let age = |(from, until): (i64, Option<i64>)| {
        let own = rows.milestones.iter().filter(|row| row.is_overdue()).filter(|row| {
            let days = (today() - day(&row.due_on)).num_days();
            from <= days && until.is_none_or(|until| days <= until)
        });
        let own = own.collect::<Vec<_>>();
        let slipped = own.iter().map(|row| (today() - day(&row.first_due_on)).num_days().max(0)).sum::<i64>();
        let count = own.len() as i64;
        let mean = (count > 0).then(|| (slipped as f64 / count as f64 + 0.5).floor() as i64);
        json!({
            "fromDays": from, "untilDays": until, "count": count, "meanSlippageDays": mean,
            "rescheduled": own.iter().filter(|row| row.reschedules > 0).count(),
        })
    };
    ages.into_iter().map(age).collect()
}

async fn what_is_overdue_is_counted_by_age(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut seen = [0; 4];
    for seed in 0..=3 {
        if seed > 0 {
            world::random(&app, 200 + seed).await;
        }
        for (who, codes) in readers() {
            let rows = Rows::read(&app, codes.as_deref()).await;
            let data = app.data(&who, BY_AGE).await;
            assert_eq!(data["overdueByAge"], by_age(&rows), "{who}: {seed}");
            for (at, age) in data["overdueByAge"].as_array().unwrap().iter().enumerate() {
                seen[at] += age["count"].as_i64().unwrap();
            }
        }
        // The list itself, by days of its own.
        let document = "{ milestones(first: 100, filter: { overdue: true }) { nodes { overdueDays dueOn } }
            others: milestones(first: 100, filter: { overdue: false }) { nodes { overdueDays } } }";
        let data = app.data("KEMENBUMN", document).await;
        let overdue = data["milestones"]["nodes"].as_array().unwrap();
        for one in overdue {
            let days = (today() - day(one["dueOn"].as_str().unwrap())).num_days();
            assert!(days > 0 && one["overdueDays"] == days, "{one}");
        }
        assert!(data["others"]["nodes"].as_array().unwrap().iter().all(|one| one["overdueDays"] == 0));
        let counted = app.data("KEMENBUMN", BY_AGE).await["overdueByAge"].take();
        let counted =
            counted.as_array().unwrap().iter().map(|age| age["count"].as_u64().unwrap()).sum::<u64>();
        assert_eq!(counted, overdue.len() as u64);
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

/// What a calendar is to have, of the rows within reach and of every quarter.
fn calendar(rows: &Rows, others: &[Vec<String>; 3], from: &str, until: &str) -> Value {
    let is_within = |day: &&str| (from..=until).contains(day);
    let mut days = BTreeMap::<&str, [usize; 5]>::new();
    for row in rows.milestones.iter().filter(|row| is_within(&row.due_on.as_str())) {
        let day = days.entry(&row.due_on).or_default();
        day[0] += 1;
        day[1] += usize::from(row.waits());
    }
    for (others, at) in others.iter().zip(2..) {
        for due_on in others.iter().map(String::as_str).filter(is_within) {
            days.entry(due_on).or_default()[at] += 1;
        }
    }
    let days = days.into_iter().map(|(date, [due, open, quarters, obstacles, certificates])| {
        json!({
            "date": date, "milestonesDue": due, "milestonesOpen": open, "quartersDue": quarters,
            "obstaclesDue": obstacles, "certificatesEnding": certificates,
        })
    });
    days.collect()
}

async fn a_calendar_has_what_is_due(backend: Backend) {
    let app = TestApp::new(backend).await;
    for seed in 0..=2 {
        if seed > 0 {
            world::random(&app, 300 + seed).await;
        }
        let days = async |sql: String| {
            let days = texts(&app, &sql, 1).await;
            days.into_iter().map(|row| row[0].clone().unwrap()).collect::<Vec<_>>()
        };
        for (who, codes) in readers() {
            let rows = Rows::read(&app, codes.as_deref()).await;
            let within = |noun| reach(noun, codes.as_deref());
            let others = [
                days("SELECT CAST(due_on AS text) FROM quarter".to_owned()).await,
                days(format!(
                    "SELECT CAST(due_on AS text) FROM obstacle WHERE status <> 'RESOLVED' AND due_on IS NOT NULL AND {}",
                    within("obstacle")
                ))
                .await,
                days(format!(
                    "SELECT CAST(valid_until AS text) FROM certificate WHERE valid_until IS NOT NULL AND {}",
                    within("certificate")
                ))
                .await,
            ];
            let mut ranges = vec![
                ("2026-01-01".to_owned(), "2026-12-31".to_owned()),
                ("2025-11-24".to_owned(), "2026-11-24".to_owned()),
                ("1999-01-01".to_owned(), "1999-12-31".to_owned()),
                ("0001-01-01".to_owned(), "0001-01-01".to_owned()),
            ];
            // Both ends belong to it.
            ranges.extend(rows.milestones.iter().take(2).map(|row| (row.due_on.clone(), row.due_on.clone())));
            for (from, until) in ranges {
                let document = format!(
                    "{{ calendar(from: \"{from}\", until: \"{until}\") {{ date milestonesDue milestonesOpen quartersDue obstaclesDue certificatesEnding }} }}"
                );
                let expected = calendar(&rows, &others, &from, &until);
                assert_eq!(app.data(&who, &document).await["calendar"], expected, "{who}: {from} {until}");
            }
        }
    }
}

async fn statements_do_not_grow(backend: Backend) {
    let app = TestApp::new(backend).await;
    let count = async |document: &str| {
        let before = app.db.statements();
        app.data("KEMENBUMN", document).await;
        app.db.statements() - before
    };
    count("{ viewer { role } }").await;
    let calendar = "{ calendar(from: \"2026-01-01\", until: \"2026-12-31\") { date milestonesOpen } }";
    for seed in 0..=1 {
        if seed > 0 {
            world::random(&app, 400).await;
        }
        // The head, and one of milestones; or of milestones, quarters, obstacles and certificates.
        assert_eq!((count(BY_AGE).await, count(calendar).await), (2, 5));
    }
}

async fn what_cannot_be_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document =
        |from: &str, until: &str| format!("{{ calendar(from: \"{from}\", until: \"{until}\") {{ date }} }}");
    for (from, until) in [
        ("2026-01-02", "2026-01-01"),
        ("2025-01-01", "2026-01-02"),
        ("0001-01-01", "9999-12-31"),
        ("9999-12-31", "0001-01-01"),
    ] {
        let answer = app.ask("PLN", &document(from, until)).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "BAD_USER_INPUT", "{answer:#}");
        let fault = &extensions["faults"][0];
        assert_eq!((&fault["path"], &fault["given"]), (&json!("until"), &json!(until)));
    }
    assert_eq!(app.code("PLN", &document("2026-1-1", "2026-12-31")).await, "BAD_USER_INPUT");
    let rule = "admin-sees-no-partnership";
    assert_forbidden(&app, "ADMIN", &document("2026-01-01", "2026-01-01"), "Query.calendar", rule).await;
    assert_forbidden(&app, "ADMIN", BY_AGE, "Query.overdueByAge", rule).await;
}
