//! Sums and counts, held against sums made row by row, for everyone's rows and whatever the figures are.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::scope::{assert_forbidden, reach, readers, rows};
use crate::support::{Backend, TestApp};

crate::both!(
    counts_and_values_are_those_of_the_rows_within_reach,
    figures_are_put_together_as_their_indicator_says,
    what_is_large_is_summed_up_too,
    nothing_is_null_and_not_zero,
);

const DOCUMENT: &str = "{ programmeSummary { partnerships { status count }
    milestones { total met partiallyMet notMet cancelled awaitingVerification overdue }
    values { potential { amount counted outOf } estimated { amount counted outOf } contracted { amount counted outOf } } } }";

/// The rows of a query, each a list of texts; null where there is none.
pub async fn texts(app: &TestApp, sql: &str, columns: usize) -> Vec<Vec<Option<String>>> {
    let of = |row: &sea_orm::QueryResult| (0..columns).map(|at| row.try_get_by_index(at).unwrap()).collect();
    rows(app, sql).await.iter().map(of).collect()
}

async fn counts_and_values_are_those_of_the_rows_within_reach(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (who, codes) in readers() {
        let codes = codes.as_deref();
        let summary = app.data(&who, DOCUMENT).await["programmeSummary"].take();

        let sql = format!(
            "SELECT status, CAST(potential_value AS text), CAST(estimated_value AS text), CAST(contracted_value AS text)
             FROM partnership WHERE {}",
            reach("partnership", codes)
        );
        let partnerships = texts(&app, &sql, 4).await;
        assert_eq!(summary["partnerships"].as_array().unwrap().len(), 9, "{who}");
        for count in summary["partnerships"].as_array().unwrap() {
            let own = partnerships.iter().filter(|row| row[0].as_deref() == count["status"].as_str());
            assert_eq!(count["count"], own.count(), "{who}: {count}");
        }
        for (name, at) in [("potential", 1), ("estimated", 2), ("contracted", 3)] {
            let known = partnerships.iter().filter_map(|row| row[at].as_deref()).collect::<Vec<_>>();
            let sum = known.iter().map(|value| value.parse::<i64>().unwrap()).sum::<i64>().to_string();
            let expected = json!({
                "amount": (!known.is_empty()).then_some(sum), "counted": known.len(), "outOf": partnerships.len(),
            });
            assert_eq!(summary["values"][name], expected, "{who}: {name}");
        }

        let sql =
            format!("SELECT status, CAST(due_on AS text) FROM milestone WHERE {}", reach("milestone", codes));
        let milestones = texts(&app, &sql, 2).await;
        let is = |status: &str| milestones.iter().filter(|row| row[0].as_deref() == Some(status)).count();
        let overdue = milestones.iter().filter(|row| {
            let waits = ["SCHEDULED", "IN_PROGRESS", "RETURNED"].contains(&row[0].as_deref().unwrap());
            waits && row[1].as_deref().unwrap() < "2026-11-24"
        });
        let expected = json!({
            "total": milestones.len(), "met": is("MET"), "partiallyMet": is("PARTIALLY_MET"), "notMet": is("NOT_MET"),
            "cancelled": is("CANCELLED"), "awaitingVerification": is("SUBMITTED"), "overdue": overdue.count(),
        });
        assert_eq!(summary["milestones"], expected, "{who}");
    }
    let rule = "admin-sees-no-partnership";
    assert_forbidden(&app, "ADMIN", DOCUMENT, "Query.programmeSummary", rule).await;
}

/// An outcome, as the test reads it.
struct Outcome {
    partnership: String,
    quarter: String,
    indicator: String,
    status: String,
    target: Option<i64>,
    actual: Option<i64>,
    revised: Option<i64>,
    locked: bool,
}

async fn outcomes(app: &TestApp, codes: Option<&[&str]>) -> Vec<Outcome> {
    let partnership =
        if app.backend == Backend::Sqlite { "hex(partnership)" } else { "CAST(partnership AS text)" };
    let sql = format!(
        "SELECT {partnership}, quarter, indicator, status, CAST(target AS text), CAST(actual AS text), CAST(revised AS text),
            (SELECT q.status FROM quarter q WHERE q.code = outcome.quarter)
         FROM outcome WHERE {}",
        reach("outcome", codes)
    );
    let outcome = |row: Vec<Option<String>>| {
        let text = |at: usize| row[at].clone().unwrap();
        let number = |at: usize| row[at].as_ref().map(|text| text.parse().unwrap());
        Outcome {
            partnership: text(0),
            quarter: text(1),
            indicator: text(2),
            status: text(3),
            target: number(4),
            actual: number(5),
            revised: number(6),
            locked: text(7) == "LOCKED",
        }
    };
    texts(app, &sql, 8).await.into_iter().map(outcome).collect()
}

/// A number of hundredths as the API writes it.
pub fn decimal(hundredths: i64) -> String {
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The figures by quarter and indicator, made row by row.
fn figures(outcomes: &[Outcome], as_locked: bool) -> BTreeMap<(String, String), Value> {
    let value = |one: &Outcome| {
        let figure = if as_locked { one.actual } else { one.revised.or(one.actual) };
        figure.filter(|_| one.status == "VERIFIED")
    };
    let counted = outcomes.iter().filter(|one| !as_locked || one.locked).collect::<Vec<_>>();
    let mut groups = BTreeMap::<_, Vec<&Outcome>>::new();
    for one in &counted {
        groups.entry((one.quarter.clone(), one.indicator.clone())).or_default().push(one);
    }
    let weight = |one: &Outcome| {
        let same = counted.iter().find(|other| {
            other.partnership == one.partnership
                && other.quarter == one.quarter
                && other.indicator == "TRANSACTION_VALUE"
        });
        same.and_then(|other| value(other)).map(|value| i128::from(value / 100_000))
    };
    let figure = |((quarter, indicator), group): ((String, String), Vec<&Outcome>)| {
        let is_ratio = ["LOCAL_CONTENT", "ON_TIME_DELIVERY", "PAYMENT_DAYS"].contains(&indicator.as_str());
        let verified = group.iter().filter_map(|one| Some((value(one)?, weight(one)))).collect::<Vec<_>>();
        let actual = if is_ratio {
            let weighed =
                verified.iter().filter_map(|(value, weight)| Some((i128::from(*value), (*weight)?)));
            let (sum, all) =
                weighed.fold((0, 0), |(sum, all), (value, weight)| (sum + value * weight, all + weight));
            // Half up.
            (all > 0).then(|| i64::try_from((sum * 2 + all) / (all * 2)).unwrap())
        } else {
            (!verified.is_empty()).then(|| verified.iter().map(|(value, _)| value).sum())
        };
        let targets = group.iter().filter_map(|one| one.target).collect::<Vec<_>>();
        let target = (!is_ratio && !targets.is_empty()).then(|| targets.iter().sum::<i64>());
        let is = |some: &[&str]| group.iter().filter(|one| some.contains(&one.status.as_str())).count();
        let figure = json!({
            "quarter": quarter, "indicator": indicator, "target": target.map(decimal), "actual": actual.map(decimal),
            "verified": is(&["VERIFIED"]), "reported": is(&["VERIFIED", "SUBMITTED"]), "outOf": group.len(),
        });
        ((quarter, indicator), figure)
    };
    groups.into_iter().map(figure).collect()
}

/// Other figures and statuses for every outcome, the same on each run.
async fn shuffle(app: &TestApp, round: usize) {
    let turn = format!(
        "(CAST(coalesce(target, 0) / 100 AS bigint) * 7919 + {round} * 104729 + CAST(length(indicator) AS bigint) * 31)"
    );
    app.sql(&format!(
        "UPDATE outcome SET actual = CASE WHEN status = 'DRAFT' OR indicator IN ('LOCAL_CONTENT', 'ON_TIME_DELIVERY') THEN actual
            ELSE {turn} % 987654321 END WHERE revised IS NULL"
    ))
    .await;
    app.sql(&format!(
        "UPDATE outcome SET status = 'SUBMITTED' WHERE status = 'VERIFIED' AND revised IS NULL AND {turn} % 5 = {}",
        round % 5
    ))
    .await;
}

async fn figures_are_put_together_as_their_indicator_says(backend: Backend) {
    let app = TestApp::new(backend).await;
    for round in 0..4 {
        for (who, codes) in readers() {
            let outcomes = outcomes(&app, codes.as_deref()).await;
            for (basis, as_locked) in [("AS_LOCKED", true), ("LATEST", false)] {
                let document = format!(
                    "{{ programmeSummary(basis: {basis}) {{ values {{ transacted {{ amount counted outOf }} }}
                        indicators {{ quarter indicator target actual verified reported outOf }} }} }}"
                );
                let summary = app.data(&who, &document).await["programmeSummary"].take();
                let expected = figures(&outcomes, as_locked);
                let found = summary["indicators"].as_array().unwrap();
                assert_eq!(found.len(), expected.len(), "{who}: {basis}");
                for figure in found {
                    let key = ["quarter", "indicator"].map(|name| figure[name].as_str().unwrap().to_owned());
                    assert_eq!(figure, &expected[&key.into()], "{who}: {basis}, round {round}");
                }
                let transacted = outcomes
                    .iter()
                    .filter(|one| {
                        one.indicator == "TRANSACTION_VALUE"
                            && one.status == "VERIFIED"
                            && (!as_locked || one.locked)
                    })
                    .map(|one| {
                        (
                            &one.partnership,
                            if as_locked { one.actual } else { one.revised.or(one.actual) }.unwrap(),
                        )
                    })
                    .collect::<Vec<_>>();
                let sum = transacted.iter().map(|one| one.1).sum::<i64>() / 100;
                let of = transacted.iter().map(|one| one.0).collect::<std::collections::BTreeSet<_>>().len();
                let value = &summary["values"]["transacted"];
                let amount = (!transacted.is_empty()).then(|| sum.to_string());
                assert_eq!(
                    (&value["amount"], &value["counted"]),
                    (&json!(amount), &json!(of)),
                    "{who}: {basis}"
                );
            }
        }
        shuffle(&app, round).await;
    }
    // Only those outcomes that are asked for.
    let document = "{ programmeSummary(outcomes: { indicator: [EMPLOYMENT], quarterFrom: \"2026-Q1\", quarterUntil: \"2026-Q2\" }) { indicators { quarter indicator } } }";
    let data = app.data("KEMENBUMN", document).await;
    let expected =
        ["2026-Q2", "2026-Q1"].map(|quarter| json!({ "quarter": quarter, "indicator": "EMPLOYMENT" }));
    assert_eq!(data["programmeSummary"]["indicators"], json!(expected));
    let wrong = "{ programmeSummary(outcomes: { quarterFrom: \"x\" }) { indicators { quarter } } }";
    assert_eq!(app.code("KEMENBUMN", wrong).await, "BAD_USER_INPUT");
}

/// Fifty trillion rupiah in a quarter, by each indicator that is rupiah: weights are of that size, too.
async fn what_is_large_is_summed_up_too(backend: Backend) {
    let app = TestApp::new(backend).await;
    app.sql("UPDATE outcome SET actual = 5000000000000000, revised = NULL WHERE status = 'VERIFIED' AND indicator LIKE '%VALUE%'")
        .await;
    let outcomes = outcomes(&app, None).await;
    let document =
        "{ programmeSummary { indicators { quarter indicator target actual verified reported outOf } } }";
    let data = app.data("KEMENBUMN", document).await;
    let expected = figures(&outcomes, false);
    for figure in data["programmeSummary"]["indicators"].as_array().unwrap() {
        let key = ["quarter", "indicator"].map(|name| figure[name].as_str().unwrap().to_owned());
        assert_eq!(figure, &expected[&key.into()]);
    }
}

async fn nothing_is_null_and_not_zero(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "{ programmeSummary { values { estimated { amount counted outOf } transacted { amount counted outOf } } indicators { quarter } milestones { total } } }";
    let none = json!({ "amount": null, "counted": 0, "outOf": 0 });
    let expected = json!({ "programmeSummary": {
        "values": { "estimated": none, "transacted": none }, "indicators": [], "milestones": { "total": 0 },
    } });
    // A letter that covers no partnership.
    assert_eq!(app.data("AUDITOR+KEMENPERIN", document).await, expected);
}
