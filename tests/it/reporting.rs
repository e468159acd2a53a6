//! Who has reported for a quarter, held against counts made row by row.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::programme::texts;
use crate::scope::{assert_forbidden, readers};
use crate::scorecards::rows::Rows;
use crate::scorecards::world;
use crate::support::{Backend, TestApp};

crate::both!(
    each_organisation_is_as_far_as_its_rows,
    statements_do_not_grow_with_organisations,
    what_cannot_be_is_refused,
);

fn document(quarter: &str) -> String {
    format!(
        "{{ reportingStatus(quarter: \"{quarter}\") {{ quarter {{ code }} reported outOf organisations {{
            organisation {{ code }} outOf reported verified returned missing withoutFigures complete }} }} }}"
    )
}

/// Only of an open quarter figures can lack still.
fn expected(rows: &Rows, quarter: &str, is_open: bool) -> Value {
    let outcomes = rows.outcomes.iter().filter(|row| row.quarter == quarter).collect::<Vec<_>>();
    let active = rows.partnerships.iter().filter(|row| is_open && row.status == "ACTIVE").collect::<Vec<_>>();
    let told = outcomes.iter().map(|row| &row.partnership).collect::<BTreeSet<_>>();
    let codes = outcomes.iter().map(|row| &row.code).chain(active.iter().map(|row| &row.code));
    let codes = codes.collect::<BTreeSet<_>>().into_iter().map(|code| {
        let is = |some: &[&str]| {
            let own = outcomes.iter().filter(|row| row.code == *code);
            own.filter(|row| some.contains(&row.status.as_str())).count()
        };
        let (returned, missing) = (is(&["RETURNED"]), is(&["DRAFT"]));
        let without = active.iter().filter(|row| row.code == *code && !told.contains(&row.id)).count();
        json!({
            "organisation": { "code": code },
            "outOf": is(&["DRAFT", "SUBMITTED", "VERIFIED", "RETURNED"]), "reported": is(&["SUBMITTED", "VERIFIED"]),
            "verified": is(&["VERIFIED"]), "returned": returned, "missing": missing, "withoutFigures": without,
            "complete": returned + missing + without == 0,
        })
    });
    let reported = outcomes.iter().filter(|row| ["SUBMITTED", "VERIFIED"].contains(&row.status.as_str()));
    json!({
        "quarter": { "code": quarter }, "organisations": codes.collect::<Vec<_>>(),
        "reported": reported.count(), "outOf": outcomes.len(),
    })
}

async fn each_organisation_is_as_far_as_its_rows(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut seen = BTreeMap::<String, usize>::new();
    for seed in 0..=3 {
        if seed > 0 {
            world::random(&app, 500 + seed).await;
        }
        let open = texts(&app, "SELECT code FROM quarter WHERE status = 'OPEN'", 1).await;
        let is_open = |code: &str| open.iter().any(|row| row[0].as_deref() == Some(code));
        for (who, codes) in readers() {
            let rows = Rows::read(&app, codes.as_deref()).await;
            for quarter in ["2024-Q4", "2025-Q1", "2025-Q2", "2026-Q3", "2026-Q4"] {
                let status = app.data(&who, &document(quarter)).await["reportingStatus"].take();
                assert_eq!(status, expected(&rows, quarter, is_open(quarter)), "{who}: {quarter} {seed}");
                *seen.entry(format!("open {}", is_open(quarter))).or_default() += 1;
                for own in status["organisations"].as_array().unwrap() {
                    *seen.entry(format!("complete {}", own["complete"])).or_default() += 1;
                    for count in ["returned", "missing", "withoutFigures"] {
                        *seen.entry(count.to_owned()).or_default() += usize::from(own[count] != 0);
                    }
                }
            }
        }
    }
    // The test is one: of everything there was some.
    for kind in [
        "complete true",
        "complete false",
        "returned",
        "missing",
        "withoutFigures",
        "open true",
        "open false",
    ] {
        assert!(seen.get(kind).is_some_and(|often| *often > 3), "{kind}: {seen:?}");
    }
}

async fn statements_do_not_grow_with_organisations(backend: Backend) {
    let app = TestApp::new(backend).await;
    for who in ["PLN", "KEMENBUMN"] {
        app.data(who, "{ viewer { role } }").await;
        let before = app.db.statements();
        app.data(who, &document("2026-Q3")).await;
        // The head, the quarter, outcomes, partnerships, organisations.
        assert_eq!(app.db.statements() - before, 5, "{who}");
    }
}

async fn what_cannot_be_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    for given in ["", "2021", "2021-Q5", "x"] {
        let answer = app.ask("PLN", &document(given)).await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "BAD_USER_INPUT", "{answer:#}");
        let fault = &extensions["faults"][0];
        assert_eq!((&fault["path"], &fault["given"]), (&json!("quarter"), &json!(given)));
    }
    assert_eq!(app.code("PLN", &document("1999-Q1")).await, "NOT_FOUND");
    let rule = "admin-sees-no-partnership";
    assert_forbidden(&app, "ADMIN", &document("2026-Q3"), "Query.reportingStatus", rule).await;
}
