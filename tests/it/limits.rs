//! What one request may ask for, and what happens past it.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, StatusCode};
use kemitraan::access::Access;
use kemitraan::api::execute::App;
use kemitraan::db::{Database, Options};
use serde_json::{Value, json};

use crate::http::*;
use crate::support::{Answer, Backend, TestApp};
use crate::values::assert_faults;

crate::both!(sizes_of_pages_are_bounded, requests_end_at_the_time_limit, the_database_ends_statements_too);

/// A refusal that names the limit, what was asked for, and what may be.
fn assert_limit(answer: &Answer, limit: &str, value: &str, most: &str) {
    let body = assert_request_error(answer, StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED");
    let error = &body["errors"][0];
    let expected = json!({ "code": "LIMIT_EXCEEDED", "limit": limit, "value": value, "most": most });
    assert_eq!(error["extensions"], expected, "{body:#}");
    let message = error["message"].as_str().unwrap();
    assert!([limit, value, most].iter().all(|word| message.contains(word)), "{message}");
}

async fn assert_fits(app: &TestApp, document: &str, variables: Value) {
    let answer = app.post(WHO, document, variables).await;
    assert_eq!(answer.status, StatusCode::OK, "{document}: {}", answer.text);
    assert!(answer.json().get("errors").is_none(), "{document}: {}", answer.text);
}

async fn assert_over(app: &TestApp, document: &str, variables: Value, limit: (&str, &str, &str)) {
    let answer = app.post(WHO, document, variables).await;
    assert_limit(&answer, limit.0, limit.1, limit.2);
}

#[tokio::test]
async fn the_body_is_bounded() {
    let app = limited(|limits| limits.limit_body = 1_000).await;
    let of = |bytes: usize| {
        let body = json!({ "query": "{ __typename }", "more": "" }).to_string();
        body.replace("\"more\":\"\"", &format!("\"more\":\"{}\"", "x".repeat(bytes - body.len())))
    };
    assert_eq!(post_body(&app, GRAPHQL, &of(1_000)).await.status, StatusCode::OK);
    for accept in [GRAPHQL, "application/json"] {
        for bytes in [1_001, 100_000] {
            let answer = post_body(&app, accept, &of(bytes)).await;
            let body = assert_request_error(&answer, StatusCode::PAYLOAD_TOO_LARGE, "LIMIT_EXCEEDED");
            let expected = json!({ "code": "LIMIT_EXCEEDED", "limit": "body", "value": "more than 1000 bytes", "most": "1000" });
            assert_eq!(body["errors"][0]["extensions"], expected);
        }
    }
    // Whatever its length is said to be, or is not.
    let chunks = std::iter::repeat_n(Ok::<_, std::convert::Infallible>("x".repeat(300)), 5);
    let mut request = request(&app, Method::POST, "/graphql", &[("content-type", "application/json")], "");
    *request.body_mut() = Body::from_stream(futures_util::stream::iter(chunks));
    assert_eq!(app.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn tokens_are_bounded() {
    let app = limited(|limits| limits.limit_tokens = 40).await;
    let fields = |count: usize| format!("{{viewer{{{}}}}}", vec!["role"; count].join(" "));
    assert_fits(&app, &fields(10), json!({})).await;
    assert_over(&app, &fields(41), json!({}), ("tokens", "more than 40", "40")).await;
    assert_over(&app, &"{".repeat(10_000), json!({}), ("tokens", "more than 40", "40")).await;
    // No operation hides in another's shade.
    let others = format!("query A {{ __typename }} query B {}", fields(40));
    let body = json!({ "query": others, "operationName": "A" }).to_string();
    assert_limit(&post_body(&app, GRAPHQL, &body).await, "tokens", "more than 40", "40");
}

#[tokio::test]
async fn depth_is_bounded() {
    let app = limited(|limits| limits.limit_depth = 4).await;
    let four = "{ partnerships(first: 1) { nodes { organisation { code } } } }";
    let five = "{ partnerships(first: 1) { nodes { organisation { parent { code } } } } }";
    let over = ("depth", "5", "4");
    assert_fits(&app, four, json!({})).await;
    assert_over(&app, five, json!({}), over).await;
    // Fragments and inline fragments add nothing, and hide nothing.
    let spread = "{ ...A } fragment A on Query { ... on Query { partnerships(first: 1) { ...B } } }
        fragment B on PartnershipConnection { nodes { organisation { ...C } } } fragment C on Organisation { code }";
    assert_fits(&app, spread, json!({})).await;
    assert_over(&app, &spread.replace("{ code }", "{ parent { code } }"), json!({}), over).await;
    // What is skipped counts: whether it is, is only known later.
    assert_over(&app, &five.replace("parent {", "parent @skip(if: true) {"), json!({}), over).await;

    // Inline fragments add no level. However many stand in each other: answered, or refused for it; never our fault.
    let app = self::app().await;
    for n in (1..160).step_by(6) {
        let nested = format!("{}{{ __typename }}{}", "{ ... on Query ".repeat(n), " }".repeat(n));
        let answer = app.post(WHO, &nested, json!({})).await;
        if answer.status == StatusCode::OK {
            assert_eq!(answer.json()["data"], json!({ "__typename": "Query" }), "{n}");
        } else {
            let body = assert_request_error(&answer, StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED");
            assert_eq!(body["errors"][0]["extensions"]["limit"], "depth", "{n}: {body:#}");
            assert!(n > 16, "{n}: {body:#}");
        }
    }
}

#[tokio::test]
async fn aliases_root_fields_and_directives_are_bounded() {
    let app = limited(|limits| {
        (limits.limit_aliases, limits.limit_root_fields, limits.limit_directives) = (3, 4, 2);
    })
    .await;
    let over = ("aliases", "4", "3");
    assert_fits(&app, "{ viewer { a: role b: role c: role } }", json!({})).await;
    assert_over(&app, "{ viewer { a: role b: role c: role d: role } }", json!({}), over).await;
    assert_over(&app, "{ x: viewer { a: role } y: viewer { a: role } }", json!({}), over).await;
    // Wherever a fragment is spread.
    let twice = "{ viewer { ...A } partnerships(first: 1) { nodes { organisation { ...B } memorandum { c: title } } } }
        fragment A on Viewer { a: role organisation { ...B } } fragment B on Organisation { b: code }";
    assert_over(&app, twice, json!({}), over).await;
    assert_fits(&app, &twice.replace("c: title", "title"), json!({})).await;

    let over = ("root fields", "5", "4");
    let roots = |count: usize| {
        format!(
            "{{ {} }}",
            ["__typename", "viewer { role }", "a: __typename", "b: __typename", "c: __typename"][..count]
                .join(" ")
        )
    };
    assert_fits(&app, &roots(4), json!({})).await;
    assert_over(&app, &roots(5), json!({}), over).await;
    assert_over(&app, &format!("{{ ...F }} fragment F on Query {}", roots(5)), json!({}), over).await;

    let over = ("directives", "3", "2");
    let directed = |count: usize| format!("{{ viewer {{ {} }} }}", "role @include(if: true) ".repeat(count));
    assert_fits(&app, &directed(2), json!({})).await;
    assert_over(&app, &directed(3), json!({}), over).await;
    let spread =
        "{ viewer { ...F @include(if: true) ...F } } fragment F on Viewer { ... @skip(if: false) { role } }";
    assert_over(&app, spread, json!({}), over).await;
}

#[tokio::test]
async fn lists_that_are_given_are_bounded() {
    let app = app().await;
    let query = "query($some: [String!]) { partnerships(filter: { batch: $some }) { totalCount } }";
    let some = |count: usize| json!({ "some": vec!["X"; count] });
    assert_fits(&app, query, some(1_000)).await;
    assert_over(&app, query, some(1_001), ("list items", "1001", "1000")).await;
    let literal =
        format!("{{ partnerships(filter: {{ batch: [{}] }}) {{ totalCount }} }}", "\"\",".repeat(1_001));
    assert_over(&app, &literal, json!({}), ("list items", "1001", "1000")).await;
}

#[tokio::test]
async fn introspection_is_no_way_round_the_limits() {
    let app = limited(|limits| (limits.limit_aliases, limits.limit_directives) = (3, 2)).await;
    let aliases = |count: usize| {
        let aliases = (0..count).map(|at| format!("a{at}: name")).collect::<Vec<_>>().join(" ");
        format!("{{ __schema {{ types {{ {aliases} }} }} }}")
    };
    assert_fits(&app, &aliases(3), json!({})).await;
    assert_over(&app, &aliases(4), json!({}), ("aliases", "4", "3")).await;
    let directed = format!("{{ __schema {{ types {{ {} }} }} }}", "name @include(if: true) ".repeat(3));
    assert_over(&app, &directed, json!({}), ("directives", "3", "2")).await;
    let spread =
        "{ __schema { types { ...F fields { type { ...F } } } } } fragment F on __Type { a: name b: kind }";
    assert_over(&app, spread, json!({}), ("aliases", "4", "3")).await;

    // Lists of lists of lists: as wide as the schema is, again and again.
    let app = self::app().await;
    let deep = "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }";
    let started = Instant::now();
    let answer = app.post(WHO, deep, json!({})).await;
    assert_eq!(
        assert_request_error(&answer, StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED")["errors"][0]["extensions"]["limit"],
        "introspection depth"
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn cost_counts_pages_within_pages() {
    // A field costs a point, each time that it is answered.
    let nested = "query($a: Int, $b: Int) { partnerships(first: $a) { nodes { milestones(first: $b) { nodes { id } } } } }";
    for (document, variables, cost) in [
        ("{ __typename }", json!({}), 1),
        ("{ viewer { role level } }", json!({}), 3),
        ("{ partnerships(first: 10) { nodes { title } } }", json!({}), 21),
        ("{ partnerships(last: 10) { nodes { title } } }", json!({}), 21),
        ("{ partnerships(first: 10) { edges { node { title } } } }", json!({}), 31),
        ("{ partnerships { nodes { title } } }", json!({}), 41),
        ("{ partnerships(first: 0) { nodes { title } } }", json!({}), 3),
        ("{ partnerships(first: null, last: 7) { nodes { title } } }", json!({}), 15),
        ("query($n: Int) { partnerships(first: $n) { nodes { title } } }", json!({ "n": 10 }), 21),
        ("query($n: Int) { partnerships(last: $n) { nodes { title } } }", json!({ "n": 10 }), 21),
        ("query($n: Int) { partnerships(first: $n) { nodes { title } } }", json!({ "n": null }), 41),
        ("query($n: Int) { partnerships(first: $n) { nodes { title } } }", json!({}), 41),
        ("query($n: Int = 10) { partnerships(first: $n) { nodes { title } } }", json!({}), 21),
        ("query($n: Int = 10) { partnerships(first: $n) { nodes { title } } }", json!({ "n": 30 }), 61),
        ("{ partnerships(first: 2) { nodes { milestones(first: 3) { nodes { id } } } } }", json!({}), 17),
        (nested, json!({ "a": 2, "b": 3 }), 17),
        (nested, json!({ "a": 100, "b": 100 }), 20_201),
        (
            "{ ...F } fragment F on Query { partnerships(first: 10) { ...G } } fragment G on PartnershipConnection { nodes { title } }",
            json!({}),
            21,
        ),
        ("{ a: viewer { role } b: viewer { role } }", json!({}), 4),
        ("{ partnerships(first: 2) { nodes { partners { lead joinedOn } } } }", json!({}), 25),
        ("{ journal(first: 4) { nodes { changes { noun } } } }", json!({}), 29),
    ] {
        let fitting = limited(|limits| limits.limit_cost = cost).await;
        let answer = fitting.post(WHO, document, variables.clone()).await;
        assert_eq!(answer.json().get("errors"), None, "{document} {variables}: {}", answer.text);
        let tight = limited(|limits| limits.limit_cost = cost - 1).await;
        let over = (cost.to_string(), (cost - 1).to_string());
        let answer = tight.post(WHO, document, variables).await;
        let value = answer.json()["errors"][0]["extensions"]["value"].as_str().map(str::to_owned);
        // What is many selections is not counted to its end.
        let value = value.filter(|value| value.starts_with("more than")).unwrap_or(over.0);
        assert_limit(&answer, "cost", &value, &over.1);
    }
    // As big as numbers get, and as deep: it does not run over.
    let app = limited(|limits| (limits.limit_depth, limits.limit_cost) = (100, 1_000_000)).await;
    let most = i32::MAX;
    let mut document = "id".to_owned();
    for _ in 0..8 {
        document = format!("organisation {{ partnerships(first: {most}) {{ nodes {{ {document} }} }} }}");
    }
    let answer = app
        .post(WHO, &format!("{{ partnerships(first: {most}) {{ nodes {{ {document} }} }} }}"), json!({}))
        .await;
    assert_limit(&answer, "cost", &u64::MAX.to_string(), "1000000");
}

async fn sizes_of_pages_are_bounded(backend: Backend) {
    let app = TestApp::new(backend).await;
    for field in ["memoranda", "organisations", "partners", "partnerships", "milestones", "journal"] {
        for size in ["first", "last"] {
            for (value, expected) in [
                (
                    json!(101),
                    Some(json!({ "code": "LIMIT_EXCEEDED", "limit": size, "value": "101", "most": "100" })),
                ),
                (json!(100), None),
                (json!(0), None),
            ] {
                let literal = format!("{{ {field}({size}: {value}) {{ pageInfo {{ hasNextPage }} }} }}");
                let variable =
                    format!("query($n: Int) {{ {field}({size}: $n) {{ pageInfo {{ hasNextPage }} }} }}");
                for (document, variables) in [(literal, json!({})), (variable, json!({ "n": value }))] {
                    let answer = app.post(WHO, &document, variables).await.json();
                    let Some(expected) = &expected else {
                        assert_eq!(answer.get("errors"), None, "{answer:#}");
                        continue;
                    };
                    assert_eq!(answer["errors"][0]["extensions"], *expected, "{answer:#}");
                    assert_eq!(answer["errors"][0]["path"], json!([field]));
                    assert_eq!(answer["data"], Value::Null);
                }
            }
            let negative = app.ask(WHO, &format!("{{ {field}({size}: -1) {{ totalCount }} }}")).await;
            assert_faults(&negative, &[(size, "-1")]);
            let neither = format!("{{ {field}({size}: null) {{ pageInfo {{ hasNextPage }} }} }}");
            app.data(WHO, &neither).await;
        }
        let both = app.ask(WHO, &format!("{{ {field}(first: 1, last: 2) {{ totalCount }} }}")).await;
        assert_faults(&both, &[("last", "2")]);
        let answer = app.data(WHO, &format!("{{ {field}(first: 0) {{ nodes {{ __typename }} totalCount pageInfo {{ startCursor endCursor }} }} }}")).await;
        assert_eq!(answer[field]["nodes"], json!([]));
        assert!(answer[field]["totalCount"].as_i64().unwrap() > 0);
        assert_eq!(answer[field]["pageInfo"], json!({ "startCursor": null, "endCursor": null }));
    }
    // Of a list within a list: the error says of which.
    let nested =
        app.ask(WHO, "{ partnerships(first: 1) { nodes { milestones(first: 101) { totalCount } } } }").await;
    assert_eq!(code(&nested), "LIMIT_EXCEEDED");
    assert_eq!(nested["errors"][0]["path"], json!(["partnerships", "nodes", 0, "milestones"]));
}

#[tokio::test]
async fn bombs_do_not_go_off() {
    let bounded = app().await;
    let wide = limited(|limits| (limits.limit_tokens, limits.limit_body) = (10_000_000, 100_000_000)).await;
    let n = 10_000;
    let braces = format!("{}{}{}", "{a".repeat(n), "", "}".repeat(n));
    let fields = format!("{}role{}", "{viewer".repeat(n), "}".repeat(n));
    let inline = format!("{}__typename{}", "{...".repeat(n), "}".repeat(n));
    let lists = format!("{{ node(id: {}{}) {{ id }} }}", "[".repeat(n), "]".repeat(n));
    let objects = format!("{{ milestones(filter: {}1{}) {{ totalCount }} }}", "{a:".repeat(n), "}".repeat(n));
    let types = format!("query($a: {}Int{}) {{ __typename }}", "[".repeat(n), "]".repeat(n));
    let open = "{".repeat(n);
    let almost = "{ ".repeat(1_990);
    let errors = "{ viewer { x } } ".repeat(400);
    let arguments = "{a(a:".repeat(n);
    let cycle = (0..200)
        .map(|at| format!("fragment F{at} on Query {{ ...F{} }} ", (at + 1) % 200))
        .collect::<String>();
    let chain =
        (0..5_000).map(|at| format!("fragment F{at} on Query {{ ...F{} }} ", at + 1)).collect::<String>();
    let chain = format!("{{ ...F0 }} {chain} fragment F5000 on Query {{ __typename }}");
    let spreads = |on: &str, body: fn(usize) -> String, end: &str, root: &str| {
        let fragments =
            (0..40).map(|at| format!("fragment F{at} on {on} {{ {} }} ", body(at + 1))).collect::<String>();
        format!("{root} {fragments} fragment F40 on {on} {{ {end} }}")
    };
    let doubled = spreads("Query", |next| format!("...F{next} ...F{next}"), "__typename", "{ ...F0 }");
    let split =
        spreads("Query", |next| format!("...F{next} ... {{ ...F{next} }}"), "viewer { role }", "{ ...F0 }");
    let nested = spreads(
        "Partnership",
        |next| format!("a: renewalOf {{ ...F{next} }} b: renewalOf {{ ...F{next} }}"),
        "id",
        "{ partnerships { nodes { ...F0 } } }",
    );
    let schema = spreads(
        "__Type",
        |next| format!("a: ofType {{ ...F{next} }} b: ofType {{ ...F{next} }}"),
        "name",
        "{ __schema { types { ...F0 } } }",
    );
    let names = format!("{{ viewer {{ {} }} }}", "role ".repeat(20_000));
    for (name, document) in [
        ("braces", &braces),
        ("fields", &fields),
        ("inline", &inline),
        ("lists", &lists),
        ("objects", &objects),
        ("types", &types),
        ("open", &open),
        ("almost", &almost),
        ("errors", &errors),
        ("arguments", &arguments),
        ("cycle", &format!("{{ ...F0 }} {cycle}")),
        ("chain", &chain),
        ("doubled", &doubled),
        ("split", &split),
        ("nested", &nested),
        ("schema", &schema),
        ("names", &names),
    ] {
        for app in [&bounded, &wide] {
            let started = Instant::now();
            let answer = app.post(WHO, document, json!({})).await;
            let took = started.elapsed();
            assert!(
                answer.json().get("data").is_none() || answer.status == StatusCode::OK,
                "{name}: {}",
                answer.text
            );
            if !["chain", "names"].contains(&name) {
                let body = answer.json();
                assert!(
                    ["LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"]
                        .contains(&code(&body)),
                    "{name}: {body:#}"
                );
            }
            assert!(took < Duration::from_secs(10), "{name} took {took:?}");
            // Nobody else was harmed.
            assert_eq!(app.data(WHO, "{ __typename }").await, json!({ "__typename": "Query" }));
        }
    }
    let json = format!(
        "{{\"query\":\"{{ __typename }}\",\"variables\":{{\"a\":{}{}}}}}",
        "[".repeat(n),
        "]".repeat(n)
    );
    assert_request_error(&post_body(&wide, GRAPHQL, &json).await, StatusCode::BAD_REQUEST, "BAD_REQUEST");

    for cycle in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ viewer { organisation { ...A } } } fragment A on Organisation { parent { ...A } }",
        "{ __typename } fragment A on Query { ...A }",
    ] {
        let answer = bounded.post(WHO, cycle, json!({})).await;
        assert_request_error(&answer, StatusCode::BAD_REQUEST, "GRAPHQL_VALIDATION_FAILED");
    }
}

/// A table that takes half a minute to read, behind the program's back.
async fn slow_down(app: &TestApp) {
    app.sql("ALTER TABLE memorandum RENAME TO memorandum_quick").await;
    app.sql(
        "CREATE VIEW memorandum AS SELECT m.* FROM memorandum_quick m WHERE (WITH RECURSIVE c(x) AS
            (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 400000000) SELECT count(*) FROM c WHERE x <> m.version) >= 0",
    )
    .await;
    if app.backend == Backend::Postgres {
        app.sql("GRANT SELECT ON memorandum TO kemitraan_read").await;
    }
}

const SLOW: &str = "{ viewer { role } memoranda { nodes { title } } }";

async fn requests_end_at_the_time_limit(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| limits.limit_time = 1).await;
    app.data(WHO, SLOW).await;
    slow_down(&app).await;
    let started = Instant::now();
    let answer = app.post(WHO, SLOW, json!({})).await;
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    // Whichever ends it first, the request's own limit or the database's.
    let body = answer.json();
    assert_eq!(code(&body), "TIMEOUT", "{body:#}");
    assert!(body["errors"][0]["message"].as_str().unwrap().contains("limit"), "{body:#}");
    if body.get("data").is_none() {
        assert_eq!(answer.status, StatusCode::GATEWAY_TIMEOUT);
        assert!(body["errors"][0]["message"].as_str().unwrap().contains("1 s"), "{body:#}");
    }
    // Many at once leave connections for those who ask for less, a moment later.
    let many = futures_util::future::join_all((0..12).map(|_| app.ask(WHO, SLOW))).await;
    assert!(many.iter().all(|answer| ["TIMEOUT", "BUSY"].contains(&code(answer))), "{many:#?}");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    app.data(WHO, "{ partnerships { totalCount } }").await;
}

async fn the_database_ends_statements_too(backend: Backend) {
    let app = TestApp::new(backend).await;
    slow_down(&app).await;
    let options = Options { time_limit: Duration::from_millis(500), ..Options::of(&app.url) };
    let db = Database::connect(&options).await.unwrap();
    let access = Access::new(db.clone(), app.clock.clone(), 90);
    let router = kemitraan::api::router::router(App { db, access, ..app.app.clone() });
    let request = request(
        &app,
        Method::POST,
        "/graphql",
        &[("content-type", "application/json"), ("accept", GRAPHQL)],
        &json!({ "query": SLOW }).to_string(),
    );
    let started = Instant::now();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let answer = serde_json::from_slice::<Value>(&bytes).unwrap();
    assert_eq!(code(&answer), "TIMEOUT", "{answer:#}");
    assert_eq!(answer["errors"][0]["path"], json!(["memoranda"]));
}
