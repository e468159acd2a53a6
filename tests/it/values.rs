//! Values that cannot be: scalars, inputs, cursors, text.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::http::*;
use crate::support::{Backend, TestApp};

crate::both!(values_that_cannot_be, cursors_that_cannot_be, text_that_a_database_does_not_take);

/// One BAD_USER_INPUT for each of these: where, and what was given.
pub fn assert_faults(answer: &Value, faults: &[(&str, &str)]) {
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no errors: {answer:#}"));
    let mut found = Vec::new();
    for error in errors {
        assert_eq!(error["extensions"]["code"], "BAD_USER_INPUT", "{answer:#}");
        for fault in error["extensions"]["faults"].as_array().unwrap() {
            assert!(fault["expected"].as_str().is_some_and(|expected| !expected.is_empty()));
            found.push((fault["path"].as_str().unwrap(), fault["given"].as_str().unwrap()));
        }
    }
    found.sort_unstable();
    let mut faults = faults.to_vec();
    faults.sort_unstable();
    assert_eq!(found, faults, "{answer:#}");
}

async fn values_that_cannot_be(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ask = async |document: &str, variables: Value| {
        let answer = app.post(WHO, document, variables).await;
        assert_request_error(&answer, StatusCode::BAD_REQUEST, "BAD_USER_INPUT")
    };
    // In a variable, in a literal, in a default, in a list of inputs: all that do not fit, at once.
    let by_variable =
        "query($a: Date, $b: Date) { milestones(filter: { dueFrom: $a, dueUntil: $b }) { totalCount } }";
    let body = ask(by_variable, json!({ "a": "2021-02-30", "b": "tomorrow" })).await;
    assert_faults(&body, &[("$a", "2021-02-30"), ("$b", "tomorrow")]);
    let body = ask(by_variable, json!({ "a": "2021-02-28", "b": 20210228 })).await;
    assert_faults(&body, &[("$b", "20210228")]);
    let by_input = "query($f: MilestoneFilter) { milestones(filter: $f) { totalCount } }";
    let body = ask(by_input, json!({ "f": { "dueFrom": "x", "dueUntil": "y", "overdue": true } })).await;
    assert_faults(&body, &[("$f.dueFrom", "x"), ("$f.dueUntil", "y")]);
    let body =
        ask("{ milestones(filter: { dueFrom: \"x\", dueUntil: \"2021-9-3\" }) { totalCount } }", json!({}))
            .await;
    assert_faults(&body, &[("filter.dueFrom", "x"), ("filter.dueUntil", "2021-9-3")]);
    let body = ask("{ partnerships(first: 1) { nodes { ...F } } } fragment F on Partnership { milestones(filter: { dueFrom: \"x\" }) { totalCount } }", json!({})).await;
    assert_faults(&body, &[("filter.dueFrom", "x")]);
    let body =
        ask("query($a: Date = \"x\") { milestones(filter: { dueFrom: $a }) { totalCount } }", json!({}))
            .await;
    assert_faults(&body, &[("$a", "x")]);
    let body = ask("query($a: Date) { a: milestones(filter: { dueFrom: $a, dueUntil: \"y\" }) { totalCount } b: milestones(filter: { dueFrom: \"z\" }) { totalCount } }", json!({ "a": "x" })).await;
    assert_faults(&body, &[("$a", "x"), ("filter.dueFrom", "z"), ("filter.dueUntil", "y")]);
    for date in [
        "",
        "2021",
        "2021-09",
        "2021-13-01",
        "2021-00-10",
        "2021-02-29",
        "2100-02-29",
        "03-09-2021",
        "2021-09-03T00:00:00Z",
        " 2021-09-03",
        "2021-09-03 ",
        "+2021-09-03",
        "20210903",
        "+12021-09-03",
        "-0001-09-03",
        "12021-09-03",
    ] {
        // So many digits may be a person's number.
        let told = &date.replace("12021-09-03", "*****-**-**");
        let body = ask(by_variable, json!({ "a": date })).await;
        assert_faults(&body, &[("$a", told)]);
        let body =
            ask(&format!("{{ milestones(filter: {{ dueFrom: \"{date}\" }}) {{ totalCount }} }}"), json!({}))
                .await;
        assert_faults(&body, &[("filter.dueFrom", told)]);
    }
    for date in ["2021-09-03", "2024-02-29", "0001-01-01", "9999-12-31"] {
        app.data(WHO, &format!("{{ milestones(filter: {{ dueFrom: \"{date}\" }}) {{ totalCount }} }}")).await;
    }
    // Values of the specification's own scalars and of enums.
    for (document, variables) in [
        ("query($n: Int) { partnerships(first: $n) { totalCount } }", json!({ "n": "1" })),
        ("query($n: Int) { partnerships(first: $n) { totalCount } }", json!({ "n": 1.5 })),
        ("query($n: Int) { partnerships(first: $n) { totalCount } }", json!({ "n": 2_147_483_648_i64 })),
        (
            "query($s: [MilestoneStatus!]) { milestones(filter: { status: $s }) { totalCount } }",
            json!({ "s": ["DONE"] }),
        ),
        (
            "query($s: [MilestoneStatus!]) { milestones(filter: { status: $s }) { totalCount } }",
            json!({ "s": [null] }),
        ),
        (
            "query($f: MilestoneFilter) { milestones(filter: $f) { totalCount } }",
            json!({ "f": { "nonsense": 1 } }),
        ),
        (
            "query($f: MilestoneFilter) { milestones(filter: $f) { totalCount } }",
            json!({ "f": { "overdue": "yes" } }),
        ),
        ("query($id: ID!) { node(id: $id) { id } }", json!({})),
        ("query($id: ID!) { node(id: $id) { id } }", json!({ "id": null })),
        ("query($id: ID!) { node(id: $id) { id } }", json!({ "id": {} })),
    ] {
        let body = ask(document, variables.clone()).await;
        let path = body["errors"][0]["extensions"]["faults"][0]["path"].as_str().unwrap();
        assert!(document.contains(&format!("({path}:")), "{variables}: {body:#}");
    }
    // All of them at once, each where it is declared.
    let document = "query($n: Int, $ok: Int, $s: MilestoneStatus!, $d: Date) {
        milestones(first: $n, last: $ok, filter: { status: [$s], dueFrom: $d }) { totalCount } }";
    let body = ask(document, json!({ "n": "1", "ok": 1, "d": "x" })).await;
    assert_faults(&body, &[("$n", "\"1\""), ("$s", "nothing")]);
    let columns =
        body["errors"].as_array().unwrap().iter().map(|error| error["locations"][0]["column"].clone());
    assert_eq!(columns.collect::<Vec<_>>(), [7, 26]);
    // Identifiers that filter must be ones; that nothing bears them is no mistake.
    for (document, path) in [
        ("{ milestones(filter: { partnership: [\"x\"] }) { totalCount } }", "filter.partnership.0"),
        (
            "{ partnerships(filter: { organisation: [\"partner_01h455vb4pex5vsknk084sn02q\"] }) { totalCount } }",
            "filter.organisation.0",
        ),
        ("{ partnerships(filter: { partner: \"\" }) { totalCount } }", "filter.partner"),
        ("{ partnerships(filter: { memorandum: \"memorandum_zzz\" }) { totalCount } }", "filter.memorandum"),
    ] {
        let answer = app.ask(WHO, document).await;
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{answer:#}");
        assert_eq!(answer["errors"][0]["extensions"]["faults"][0]["path"], path);
    }
    let none = app
        .data(
            WHO,
            "{ partnerships(filter: { partner: \"partner_01h455vb4pex5vsknk084sn02q\" }) { totalCount } }",
        )
        .await;
    assert_eq!(none["partnerships"]["totalCount"], 0);
    // A list of one may be written without its brackets; an empty one fits nothing.
    let one = app.data(WHO, "{ a: milestones(filter: { status: MET }) { totalCount } b: milestones(filter: { status: [MET] }) { totalCount } c: milestones(filter: { status: [] }) { totalCount } }").await;
    assert_eq!(one["a"], one["b"]);
    assert_eq!(one["c"]["totalCount"], 0);
}

const CONNECTIONS: [(&str, &[&str]); 5] = [
    ("memoranda", &["SIGNED_ON"]),
    ("organisations", &["CODE", "RECORDED"]),
    ("partners", &["NAME", "RECORDED"]),
    ("partnerships", &["TITLE", "RECORDED"]),
    ("milestones", &["DUE_ON", "RECORDED"]),
];

async fn cursors_that_cannot_be(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut cursors = Vec::new();
    let page = |field: &str, order: &str, argument: &str, cursor: &str| {
        let order = order.split_once(' ').map_or_else(String::new, |(by, direction)| {
            if by == "SEQUENCE" {
                format!("direction: {direction}")
            } else {
                format!("orderBy: {{ field: {by}, direction: {direction} }}")
            }
        });
        format!("{{ {field}(first: 3, {order}, {argument}: {cursor}) {{ edges {{ cursor }} }} }}")
    };
    let mut orders = vec![("journal", "SEQUENCE ASC".to_owned())];
    for (field, bys) in CONNECTIONS {
        for by in bys {
            orders.extend(["ASC", "DESC"].map(|direction| (field, format!("{by} {direction}"))));
        }
    }
    for (field, order) in &orders {
        let data = app.data(WHO, &page(field, order, "after", "null")).await;
        let cursor = data[*field]["edges"][0]["cursor"].as_str().unwrap().to_owned();
        cursors.push((*field, order.clone(), cursor));
    }
    for (field, order) in &orders {
        for argument in ["after", "before"] {
            for text in ["", "x", "!!!", "e30", "bnVsbA", "W10", &"A".repeat(1_000)] {
                let answer = app.ask(WHO, &page(field, order, argument, &json!(text).to_string())).await;
                assert_eq!(code(&answer), "BAD_USER_INPUT", "{field} {text}: {answer:#}");
                assert_eq!(answer["errors"][0]["extensions"]["faults"][0]["path"], argument);
            }
            // Of another order, by field or by direction.
            for (of, made_by, cursor) in &cursors {
                let document = page(field, order, argument, &json!(cursor).to_string());
                let answer = app.ask(WHO, &document).await;
                if order == made_by {
                    assert_eq!(answer.get("errors"), None, "{of} {made_by} for {field}: {answer:#}");
                } else {
                    assert_eq!(
                        code(&answer),
                        "BAD_USER_INPUT",
                        "{of} {made_by} for {field} {order}: {answer:#}"
                    );
                    assert_eq!(answer["errors"][0]["extensions"]["faults"][0]["path"], argument);
                }
            }
            // Of this order by its name, with a key that is not of its kind.
            let (by, direction) = order.split_once(' ').unwrap();
            let tag = format!("{}{by}", if direction == "DESC" { "-" } else { "" });
            let fitting = match by {
                "RECORDED" => "u",
                "CODE" | "NAME" | "TITLE" => "s",
                "SEQUENCE" => "n",
                _ => "d",
            };
            for (kind, key) in [
                ("u", json!("u")),
                ("s", json!({ "s": "x" })),
                ("n", json!({ "n": 7 })),
                ("d", json!({ "d": "2021-09-03" })),
            ] {
                let made = json!({ "o": tag, "k": key, "i": "01890a5d-ac96-774b-bcce-b302099a8057" });
                let cursor = URL_SAFE_NO_PAD.encode(made.to_string());
                let answer = app.ask(WHO, &page(field, order, argument, &json!(cursor).to_string())).await;
                if kind == fitting {
                    assert_eq!(answer.get("errors"), None, "{field} {made}: {answer:#}");
                } else {
                    assert_eq!(code(&answer), "BAD_USER_INPUT", "{field} {made}: {answer:#}");
                }
            }
        }
    }
    let nested = app
        .ask(WHO, "{ partnerships(first: 2) { nodes { milestones(after: \"x\") { totalCount } } } }")
        .await;
    assert_eq!(code(&nested), "BAD_USER_INPUT");
}

async fn text_that_a_database_does_not_take(backend: Backend) {
    let app = TestApp::new(backend).await;
    let cursor = URL_SAFE_NO_PAD.encode(
        json!({ "o": "TITLE", "k": { "s": "a\u{0}b" }, "i": "01890a5d-ac96-774b-bcce-b302099a8057" })
            .to_string(),
    );
    for (document, empty) in [
        ("query($t: String!) { organisations(filter: { code: [$t] }) { totalCount } }", true),
        ("query($t: String!) { partners(filter: { nib: $t }) { totalCount } }", true),
        ("query($t: String!) { partnerships(filter: { batch: [$t] }) { totalCount } }", true),
        (
            &format!(
                "query($t: String! = \"\") {{ partnerships(after: \"{cursor}\", filter: {{ batch: [$t, \"PILOT_2021\"] }}) {{ totalCount }} }}"
            ),
            false,
        ),
    ] {
        for text in ["a\u{0}b", "\u{0}", "'; DROP TABLE partner; --", "\u{10ffff}", "%", &"x".repeat(50_000)]
        {
            let answer = app.post(WHO, document, json!({ "t": text })).await.json();
            // Nothing is like it, or it is refused for what it is; it is never our fault.
            if answer.get("errors").is_some() {
                assert_eq!(
                    code(&answer),
                    "BAD_USER_INPUT",
                    "{document} {:?}: {answer:#}",
                    &text[..text.len().min(20)]
                );
            } else if empty {
                assert_eq!(answer["data"].as_object().unwrap().values().next().unwrap()["totalCount"], 0);
            }
        }
    }
    for document in [
        "query($t: ID!) { node(id: $t) { id } }",
        "query($t: ID!) { a: node(id: $t) { id } node(id: \"partner_\\u0000\") { id } }",
    ] {
        let answer = app.post(WHO, document, json!({ "t": "partner_\u{0}" })).await.json();
        assert_eq!(code(&answer), "BAD_USER_INPUT", "{answer:#}");
    }
}
