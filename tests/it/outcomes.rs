//! Outcomes and quarters: who sees which, what their figures are, and what was locked.

use serde_json::{Value, json};

use crate::scope::{assert_forbidden, ids, reach, readers};
use crate::support::{Backend, TestApp};

crate::both!(
    outcomes_are_exactly_those_within_reach,
    what_is_out_of_reach_is_not_there,
    filters_and_orders_hold,
    a_locked_figure_stays_and_its_revision_stands_beside_it,
    quarters_are_everyones,
);

/// All ids of a connection, by pages.
async fn walk(app: &TestApp, who: &str, field: &str, arguments: &str) -> Vec<String> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let document = format!(
            "{{ {field}(first: 97, after: {after}{arguments}) {{ totalCount nodes {{ id }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let data = app.data(who, &document).await;
        let page = &data[field];
        all.extend(
            page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"], all.len(), "{who}: {field}{arguments}");
            return all;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

async fn outcomes_are_exactly_those_within_reach(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (who, codes) in readers() {
        let own = reach("outcome", codes.as_deref());
        let sql = format!("SELECT id FROM outcome WHERE {own} ORDER BY quarter DESC, id DESC");
        assert_eq!(walk(&app, &who, "outcomes", "").await, ids(&app, "outcome", &sql).await, "{who}");
        let data = app
            .data(&who, "{ partnerships(first: 100) { nodes { id outcomes(first: 100) { totalCount nodes { id partnership { id } organisation { id } } } organisation { id } } } }")
            .await;
        let mut nested = Vec::new();
        for partnership in data["partnerships"]["nodes"].as_array().unwrap() {
            for outcome in partnership["outcomes"]["nodes"].as_array().unwrap() {
                assert_eq!(outcome["partnership"]["id"], partnership["id"]);
                assert_eq!(outcome["organisation"]["id"], partnership["organisation"]["id"]);
                nested.push(outcome["id"].as_str().unwrap().to_owned());
            }
        }
        nested.sort();
        let mut all = ids(&app, "outcome", &sql).await;
        all.sort();
        assert_eq!(nested, all, "{who}");
    }
    for document in ["{ outcomes { totalCount } }", "{ quarters { totalCount } }", "{ indicators { code } }"]
    {
        let field = document.split_whitespace().nth(1).unwrap();
        assert_forbidden(&app, "ADMIN", document, &format!("Query.{field}"), "admin-sees-no-partnership")
            .await;
    }
}

async fn what_is_out_of_reach_is_not_there(backend: Backend) {
    let app = TestApp::new(backend).await;
    let of = "(SELECT id FROM organisation WHERE code = 'PLN')";
    for (own, found) in [("=", true), ("<>", false)] {
        let sql = format!("SELECT id FROM outcome WHERE organisation {own} {of} ORDER BY id LIMIT 2");
        for id in ids(&app, "outcome", &sql).await {
            for root in ["node", "outcome"] {
                let document = format!("{{ {root}(id: \"{id}\") {{ id }} }}");
                assert_eq!(app.data("KEMENPERIN", &document).await[root]["id"], id);
                match found {
                    true => assert_eq!(app.data("PLN", &document).await[root]["id"], id),
                    false => assert_eq!(app.code("PLN", &document).await, "NOT_FOUND"),
                }
            }
        }
    }
}

async fn filters_and_orders_hold(backend: Backend) {
    let app = TestApp::new(backend).await;
    let organisation =
        ids(&app, "organisation", "SELECT id FROM organisation WHERE code = 'RNI'").await.remove(0);
    let partnership = "SELECT id FROM partnership WHERE organisation = (SELECT id FROM organisation WHERE code = 'PLN') ORDER BY id LIMIT 1";
    let id = ids(&app, "partnership", partnership).await.remove(0);
    for (filter, sql) in [
        ("status: [VERIFIED, RETURNED]".to_owned(), "status IN ('VERIFIED', 'RETURNED')".to_owned()),
        ("indicator: [EMPLOYMENT]".to_owned(), "indicator = 'EMPLOYMENT'".to_owned()),
        (
            "quarterFrom: \"2025-Q2\", quarterUntil: \"2025-Q4\"".to_owned(),
            "quarter BETWEEN '2025-Q2' AND '2025-Q4'".to_owned(),
        ),
        ("revised: true".to_owned(), "revised IS NOT NULL".to_owned()),
        ("revised: false, status: [DRAFT]".to_owned(), "revised IS NULL AND status = 'DRAFT'".to_owned()),
        (
            format!("organisation: [\"{organisation}\"]"),
            "organisation = (SELECT id FROM organisation WHERE code = 'RNI')".to_owned(),
        ),
        (format!("partnership: [\"{id}\"]"), format!("partnership = ({partnership})")),
    ] {
        for (who, codes) in
            [("KEMENBUMN", None), ("PLN", Some(&["PLN"][..])), ("AUDITOR+PLN+RNI", Some(&["PLN", "RNI"][..]))]
        {
            for (order, by) in [("QUARTER", "quarter"), ("RECORDED", "id")] {
                let arguments =
                    format!(", filter: {{ {filter} }}, orderBy: {{ field: {order}, direction: ASC }}");
                let sql = format!(
                    "SELECT id FROM outcome WHERE {} AND {sql} ORDER BY {by}, id",
                    reach("outcome", codes)
                );
                assert_eq!(
                    walk(&app, who, "outcomes", &arguments).await,
                    ids(&app, "outcome", &sql).await,
                    "{who}: {filter}"
                );
            }
        }
    }
    for wrong in ["2025", "2025-Q5", "2025-q1", "Q1", ""] {
        let document = format!("{{ outcomes(filter: {{ quarterFrom: \"{wrong}\" }}) {{ totalCount }} }}");
        assert_eq!(app.code("KEMENBUMN", &document).await, "BAD_USER_INPUT", "{wrong}");
        let document = format!("{{ quarter(code: \"{wrong}\") {{ id }} }}");
        assert_eq!(app.code("KEMENBUMN", &document).await, "BAD_USER_INPUT", "{wrong}");
    }
    assert_eq!(app.code("KEMENBUMN", "{ quarter(code: \"1999-Q1\") { id } }").await, "NOT_FOUND");
}

async fn a_locked_figure_stays_and_its_revision_stands_beside_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    let data = app
        .data("KEMENBUMN", "{ outcomes(filter: { revised: true }) { nodes { actual latest status quarter { status } revisions { number actual status reason verifiedAt } } } }")
        .await;
    let [revised] = &data["outcomes"]["nodes"].as_array().unwrap()[..] else { panic!("{data:#}") };
    assert_eq!((&revised["status"], &revised["quarter"]["status"]), (&json!("VERIFIED"), &json!("LOCKED")));
    assert_ne!(revised["actual"], revised["latest"]);
    let revision = &revised["revisions"][0];
    assert_eq!(
        (&revision["number"], &revision["status"], &revision["actual"]),
        (&json!(1), &json!("VERIFIED"), &revised["latest"])
    );
    // What is not reported is null, and not nothing.
    let data = app
        .data(
            "KEMENBUMN",
            "{ outcomes(first: 100, filter: { status: [DRAFT] }) { nodes { actual latest target } } }",
        )
        .await;
    for draft in data["outcomes"]["nodes"].as_array().unwrap() {
        assert!(
            draft["actual"].is_null() && draft["latest"].is_null() && draft["target"].is_string(),
            "{draft}"
        );
    }
    let counts =
        |status: &str| format!("{status}: outcomes(filter: {{ status: [{status}] }}) {{ totalCount }}");
    let document = format!(
        "{{ {} {} {} {} }}",
        counts("DRAFT"),
        counts("SUBMITTED"),
        counts("VERIFIED"),
        counts("RETURNED")
    );
    let data = app.data("KEMENBUMN", &document).await;
    for status in ["DRAFT", "SUBMITTED", "VERIFIED", "RETURNED"] {
        assert!(data[status]["totalCount"].as_i64().unwrap() > 0, "{data:#}");
    }
}

async fn quarters_are_everyones(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "{ quarters(first: 100) { nodes { code startsOn endsOn dueOn status lockedAt agreements { seat organisation { code } } } } }";
    let data = app.data("KEMENBUMN", document).await;
    let quarters = data["quarters"]["nodes"].as_array().unwrap();
    assert_eq!(quarters.len(), 9);
    assert_eq!(quarters[0]["code"], "2026-Q4");
    let locked = quarters.iter().filter(|quarter| quarter["status"] == "LOCKED").collect::<Vec<_>>();
    assert_eq!(locked.len(), 2);
    for quarter in locked {
        let seats =
            quarter["agreements"].as_array().unwrap().iter().map(|one| &one["seat"]).collect::<Vec<_>>();
        assert_eq!(seats, ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN"]);
        assert!(quarter["lockedAt"].is_string());
    }
    for who in ["PLN", "PLN:VIEWER", "KEMENPERIN", "AUDITOR", "AUDITOR+RNI"] {
        assert_eq!(app.data(who, document).await, data, "{who}");
    }
    let last = app.data("PLN", "{ quarter(code: \"2024-Q4\") { startsOn endsOn dueOn } }").await;
    assert_eq!(
        last["quarter"],
        json!({ "startsOn": "2024-10-01", "endsOn": "2024-12-31", "dueOn": "2025-01-30" })
    );
}
