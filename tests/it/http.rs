//! GraphQL over HTTP: media types, methods and statuses; the limits; what every answer carries; values that cannot be.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kemitraan::api::execute::App;
use kemitraan::config::LimitSettings;
use kemitraan::db::{Database, Options};
use serde_json::{Value, json};

use crate::support::{Answer, Backend, TestApp};

crate::both!(
    sequences_are_told,
    readiness_follows_the_database,
    sizes_of_pages_are_bounded,
    requests_end_at_the_time_limit,
    the_database_ends_statements_too,
    values_that_cannot_be,
    cursors_that_cannot_be,
    text_that_a_database_does_not_take,
);

const GRAPHQL: &str = "application/graphql-response+json";
const WHO: &str = "KEMENBUMN";

/// A request of KEMENBUMN's with exactly these headers beside its token.
fn request(app: &TestApp, method: Method, uri: &str, headers: &[(&str, &str)], body: &str) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    request = request.header("authorization", format!("Bearer {}", app.token(WHO)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

async fn post_body(app: &TestApp, accept: &str, body: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("accept", accept)];
    app.send(request(app, Method::POST, "/graphql", &headers, body)).await
}

async fn get(app: &TestApp, parameters: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let uri = format!("/graphql?{query}");
    app.send(request(app, Method::GET, &uri, &[("accept", GRAPHQL)], "")).await
}

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no error: {answer:#}"))
}

/// A request error: nothing was executed, so there are no data, not even null.
fn assert_request_error(answer: &Answer, status: StatusCode, expected: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.text);
    let body = answer.json();
    assert_eq!(code(&body), expected, "{body:#}");
    assert!(body.get("data").is_none(), "{body:#}");
    assert!(body.get("extensions").is_none() && answer.headers.get("journal-sequence").is_none());
    for error in body["errors"].as_array().unwrap() {
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()));
        assert!(error.get("path").is_none(), "{body:#}");
    }
    body
}

async fn app() -> TestApp {
    TestApp::new(Backend::Sqlite).await
}

async fn limited(set: impl FnOnce(&mut LimitSettings)) -> TestApp {
    TestApp::with(Backend::Sqlite, true, set).await
}

#[tokio::test]
async fn answers_come_in_the_media_type_that_is_accepted() {
    let app = app().await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    for (accept, expected) in [
        (None, Some("application/json; charset=utf-8")),
        (Some("application/json"), Some("application/json; charset=utf-8")),
        (Some("APPLICATION/JSON"), Some("application/json; charset=utf-8")),
        (Some("application/json; charset=UTF-8"), Some("application/json; charset=utf-8")),
        (Some("*/*"), Some("application/json; charset=utf-8")),
        (Some("application/*"), Some("application/json; charset=utf-8")),
        (Some("text/html, */*;q=0.1"), Some("application/json; charset=utf-8")),
        (Some(GRAPHQL), Some("application/graphql-response+json; charset=utf-8")),
        (
            Some("application/graphql-response+json;charset=utf-8"),
            Some("application/graphql-response+json; charset=utf-8"),
        ),
        (
            Some("application/graphql-response+json, application/json;q=0.9"),
            Some("application/graphql-response+json; charset=utf-8"),
        ),
        (
            Some("application/json;q=0.5, application/graphql-response+json"),
            Some("application/graphql-response+json; charset=utf-8"),
        ),
        (
            Some("application/graphql-response+json;q=0.1, application/json;q=0.2"),
            Some("application/json; charset=utf-8"),
        ),
        (
            Some("application/graphql-response+json;q=0, application/json"),
            Some("application/json; charset=utf-8"),
        ),
        (Some("text/html"), None),
        (Some("text/plain, image/*"), None),
        (Some("application/xml"), None),
        (Some("application/json;q=0"), None),
        (Some("application/json; charset=latin1"), None),
        (Some("application/jsonx"), None),
    ] {
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(accept.map(|accept| ("accept", accept)));
        let post = request(&app, Method::POST, "/graphql", &headers, &body);
        let answer = app.send(post).await;
        let uri = "/graphql?query=%7B__typename%7D";
        let by_get = app.send(request(&app, Method::GET, uri, &headers[1..], "")).await;
        for answer in [answer, by_get] {
            let Some(expected) = expected else {
                assert_request_error(&answer, StatusCode::NOT_ACCEPTABLE, "BAD_REQUEST");
                assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
                continue;
            };
            assert_eq!(answer.status, StatusCode::OK, "{accept:?}: {}", answer.text);
            assert_eq!(answer.headers["content-type"], expected, "{accept:?}");
            assert_eq!(answer.headers["cache-control"], "private, no-store");
            assert_eq!(answer.json()["data"], json!({ "__typename": "Query" }));
        }
    }
    // Two headers are one list.
    let headers =
        [("content-type", "application/json"), ("accept", "text/html"), ("accept", "application/json")];
    assert_eq!(
        app.send(request(&app, Method::POST, "/graphql", &headers, &body)).await.status,
        StatusCode::OK
    );
}

#[tokio::test]
async fn bodies_are_json_in_utf8_and_nothing_else() {
    let app = app().await;
    let body = json!({ "query": "{ __typename }" }).to_string();
    for content_type in [
        None,
        Some("text/plain"),
        Some("text/plain; charset=utf-8"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data; boundary=x"),
        Some("application/graphql"),
        Some("application/graphql-response+json"),
        Some("application/jsonx"),
        Some("application/json; charset=latin1"),
        Some("application/json, text/plain"),
        Some(""),
    ] {
        for accept in [GRAPHQL, "application/json"] {
            let mut headers = vec![("accept", accept)];
            headers.extend(content_type.map(|content_type| ("content-type", content_type)));
            let answer = app.send(request(&app, Method::POST, "/graphql", &headers, &body)).await;
            assert_request_error(&answer, StatusCode::UNSUPPORTED_MEDIA_TYPE, "BAD_REQUEST");
        }
    }
    for content_type in [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;Charset=\"UTF-8\"",
    ] {
        let headers = [("content-type", content_type)];
        let answer = app.send(request(&app, Method::POST, "/graphql", &headers, &body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{content_type}");
    }
    for body in [
        "",
        "{",
        "nonsense",
        "{\"query\":\"{ __typename }\"} more",
        "[]",
        "[{\"query\":\"{ __typename }\"}]",
        "\"{ __typename }\"",
        "null",
        "7",
        "{}",
        "{\"query\":null}",
        "{\"query\":7}",
        "{\"query\":[\"{ __typename }\"]}",
        "{\"operationName\":\"A\"}",
        "{\"query\":\"{ __typename }\",\"operationName\":7}",
        "{\"query\":\"{ __typename }\",\"variables\":7}",
        "{\"query\":\"{ __typename }\",\"variables\":\"{}\"}",
        "{\"query\":\"{ __typename }\",\"variables\":[]}",
        "{\"query\":\"{ __typename }\",\"extensions\":7}",
        "{\"query\":\"{ __typename }\",\"extensions\":[]}",
    ] {
        for accept in [GRAPHQL, "application/json"] {
            let answer = post_body(&app, accept, body).await;
            assert_request_error(&answer, StatusCode::BAD_REQUEST, "BAD_REQUEST");
        }
    }
    let mut bytes = request(&app, Method::POST, "/graphql", &[("content-type", "application/json")], "");
    *bytes.body_mut() = Body::from(&b"{\"query\":\"{ __typename } # \xff\"}"[..]);
    assert_request_error(&app.send(bytes).await, StatusCode::BAD_REQUEST, "BAD_REQUEST");
    for body in [
        json!({ "query": "{ __typename }", "variables": null, "operationName": null, "extensions": null }),
        json!({ "query": "{ __typename }", "variables": {}, "extensions": { "persistedQuery": 1 }, "more": [1] }),
    ] {
        assert_eq!(post_body(&app, GRAPHQL, &body.to_string()).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn statuses_say_what_happened() {
    let app = app().await;
    for (document, expected) in [
        ("{ viewer { ", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{ viewer }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($a: Nonsense) { viewer { role } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ partnerships(first: \"x\") { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { x }", "GRAPHQL_VALIDATION_FAILED"),
        ("type A { b: Int }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($a: Int!) { partnerships(first: $a) { totalCount } }", "BAD_USER_INPUT"),
    ] {
        let body = json!({ "query": document }).to_string();
        let answer = post_body(&app, GRAPHQL, &body).await;
        let error = assert_request_error(&answer, StatusCode::BAD_REQUEST, expected);
        // As clients of old expect: well-formed, so 200.
        let old = post_body(&app, "application/json", &body).await;
        assert_eq!(assert_request_error(&old, StatusCode::OK, expected), error);
        let by_get = get(&app, &[("query", document)]).await;
        assert_eq!(assert_request_error(&by_get, StatusCode::BAD_REQUEST, expected), error);
    }
    // Executed, in part or in vain.
    let unknown = "{ viewer { role } milestone(id: \"milestone_0\") { title } }";
    for accept in [GRAPHQL, "application/json"] {
        let answer = post_body(&app, accept, &json!({ "query": unknown }).to_string()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["data"], json!({ "viewer": { "role": WHO }, "milestone": null }));
        assert_eq!(code(&answer.json()), "NOT_FOUND");
        let body = json!({ "query": "{ partnerships(first: -1) { totalCount } }" }).to_string();
        let answer = post_body(&app, accept, &body).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["data"], Value::Null);
        assert!(answer.json().as_object().unwrap().contains_key("data"));
    }
}

const MUTATION: &str =
    "mutation { milestoneStart(input: { id: \"milestone_0\", expectedVersion: 1 }) { milestone { id } } }";

#[tokio::test]
async fn get_reads_and_never_writes() {
    let app = app().await;
    let answer = get(
        &app,
        &[
            (
                "query",
                "query A($n: Int) { partnerships(first: $n) { nodes { title } } } query B { __typename }",
            ),
            ("operationName", "A"),
            ("variables", "{\"n\":2}"),
            ("extensions", "{}"),
        ],
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    assert_eq!(answer.json()["data"]["partnerships"]["nodes"].as_array().unwrap().len(), 2);
    let answer = get(&app, &[("query", "{ __typename }"), ("variables", ""), ("operationName", "")]).await;
    assert_eq!(answer.status, StatusCode::OK);

    for parameters in [
        &[][..],
        &[("operationName", "A")],
        &[("query", "{ __typename }"), ("variables", "x")],
        &[("query", "{ __typename }"), ("variables", "[]")],
        &[("query", "{ __typename }"), ("extensions", "7")],
    ] {
        assert_request_error(&get(&app, parameters).await, StatusCode::BAD_REQUEST, "BAD_REQUEST");
    }

    let answer = get(&app, &[("query", MUTATION)]).await;
    assert_request_error(&answer, StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST");
    assert_eq!(answer.headers["allow"], "POST");
    let two = format!("{MUTATION} query Q {{ __typename }}").replace("mutation", "mutation M");
    let answer = get(&app, &[("query", &two), ("operationName", "M")]).await;
    assert_request_error(&answer, StatusCode::METHOD_NOT_ALLOWED, "BAD_REQUEST");
    assert_eq!(get(&app, &[("query", &two), ("operationName", "Q")]).await.status, StatusCode::OK);

    // HEAD is GET without the body.
    let uri = "/graphql?query=%7B__typename%7D";
    let answer = app.send(request(&app, Method::HEAD, uri, &[("accept", GRAPHQL)], "")).await;
    assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, ""));
    let uri = format!(
        "/graphql?{}",
        form_urlencoded::Serializer::new(String::new()).append_pair("query", MUTATION).finish()
    );
    let answer = app.send(request(&app, Method::HEAD, &uri, &[("accept", GRAPHQL)], "")).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    // Nor does a body make it write.
    let (id, version) = startable(&app).await;
    let body = format!(
        "mutation {{ milestoneStart(input: {{ id: {id}, expectedVersion: {version} }}) {{ milestone {{ id }} }} }}"
    );
    let body = json!({ "query": body }).to_string();
    let before = app.ask(WHO, "{ __typename }").await["extensions"]["journal"]["sequence"].clone();
    for method in [Method::HEAD, Method::GET] {
        let head = Request::builder()
            .method(method)
            .uri("/graphql")
            .header("authorization", format!("Bearer {}", app.token("PERTAMINA")))
            .header("content-type", "application/json")
            .body(Body::from(body.clone()))
            .unwrap();
        assert_eq!(app.send(head).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(app.ask(WHO, "{ __typename }").await["extensions"]["journal"]["sequence"], before);

    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let answer = app.send(request(&app, method.clone(), "/graphql", &[], "")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        let allow = answer.headers["allow"].to_str().unwrap();
        assert!(allow.contains("POST") && allow.contains("GET"), "{allow}");
    }
}

async fn startable(app: &TestApp) -> (Value, Value) {
    let document = "{ milestones(first: 1, filter: { status: [SCHEDULED], reporter: [BUMN] }) { nodes { id version } } }";
    let data = app.data("PERTAMINA", document).await;
    let node = &data["milestones"]["nodes"][0];
    (node["id"].clone(), node["version"].clone())
}

#[tokio::test]
async fn one_operation_is_chosen_among_several() {
    let app = app().await;
    let two = "query A { a: __typename } query B($x: Int!) { partnerships(first: $x) { totalCount } }";
    let ask = async |document: &str, name: Value| {
        post_body(&app, GRAPHQL, &json!({ "query": document, "operationName": name }).to_string()).await
    };
    assert_eq!(ask(two, json!("A")).await.json()["data"], json!({ "a": "Query" }));
    assert_request_error(&ask(two, json!("B")).await, StatusCode::BAD_REQUEST, "BAD_USER_INPUT");
    for name in [json!(null), json!("C"), json!("a")] {
        assert_request_error(&ask(two, name).await, StatusCode::BAD_REQUEST, "BAD_REQUEST");
    }
    assert_eq!(ask("query A { a: __typename }", json!("A")).await.status, StatusCode::OK);
    assert_eq!(ask("query A { a: __typename }", json!(null)).await.status, StatusCode::OK);
    for document in ["query A { a: __typename }", "{ a: __typename }"] {
        assert_request_error(&ask(document, json!("B")).await, StatusCode::BAD_REQUEST, "BAD_REQUEST");
    }
    // Fragments serve whichever is chosen.
    let with_fragments = "query A { ...F } query B { viewer { ...G } } fragment F on Query { viewer { ...G } } fragment G on Viewer { role }";
    for name in ["A", "B"] {
        assert_eq!(
            ask(with_fragments, json!(name)).await.json()["data"],
            json!({ "viewer": { "role": WHO } })
        );
    }
    let none = ask("fragment F on Query { __typename }", json!(null)).await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    assert!(none.json().get("data").is_none());
}

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
async fn documents_are_read_as_the_specification_writes_them() {
    let app = app().await;
    // Valid: answered, whichever way it is written.
    for document in [
        "{__typename}",
        "\u{feff}{ __typename }",
        "{ __typename } # the end",
        "# first\r{ # second\r\n __typename }",
        "{,,__typename,,}",
        "query{__typename}",
        "query A{__typename}",
        "query query { __typename }",
        "query on { ...fragment }fragment fragment on Query { __typename }",
        "query($a: Int = 1, $b: [String!]! = [\"x\"]) { __typename @include(if: true) @skip(if: false) partnerships(first: $a, filter: { batch: $b }) { totalCount } }",
        "{ __typename partnerships(filter: { batch: [\"\\u0041\\uD83D\\uDE00\\n\\/\\b\"] }) { totalCount } }",
        "{ __typename partnerships(filter: { batch: [\"\\u{1F600}\"] }) { totalCount } }",
        "{ __typename partnerships(filter: { batch: [\"\"\"\n  block \\\"\"\" \\u0000\n    more\n\"\"\"] }) { totalCount } }",
        "{ __typename partnerships(filter: { batch: [\"\"] }, first: 1) { totalCount } }",
        "{ __typename milestones(filter: { status: [], overdue: true, }) { totalCount } }",
    ] {
        let answer = app.post(WHO, document, json!({})).await;
        assert_eq!(answer.status, StatusCode::OK, "{document}: {}", answer.text);
        assert_eq!(answer.json().get("errors"), None, "{document}: {}", answer.text);
        assert_eq!(answer.json()["data"]["__typename"], "Query", "{document}");
    }
    // Not valid: refused, and never our fault.
    for document in [
        "{ }",
        "{ __typename",
        "{ __typename }}",
        "query",
        "query() { __typename }",
        "{ partnerships() { totalCount } }",
        "{ partnerships(first: 01) { totalCount } }",
        "{ partnerships(first: 1.) { totalCount } }",
        "{ partnerships(first: 99999999999) { totalCount } }",
        "{ partnerships(first: 1e3) { totalCount } }",
        "{ node(id: \"\\x\") { id } }",
        "{ node(id: \"\\uD800\") { id } }",
        "{ node(id: \"\\u{110000}\") { id } }",
        "{ node(id: \"\n\") { id } }",
        "{ node(id: 'x') { id } }",
        "fragment on on Query { __typename } { ...on }",
        "{ viewer { role } viewer: node(id: \"x\") { id } }",
        "query A { __typename } query A { __typename }",
        "{ __typename } { __typename }",
        "{ __typename @include(if: true) @include(if: true) }",
        "{ __typename @nonsense }",
        "{ __typename @skip }",
        "mutation { __typename @defer }",
        "{ ...F } fragment F on Nonsense { x }",
        "{ ...F }",
        "{ __typename } fragment F on Query { __typename }",
        "query($a: Int) { __typename }",
        "{ partnerships(first: $a) { totalCount } }",
        "query($a: Int, $a: Int) { partnerships(first: $a) { totalCount } }",
        "query($a: Partnership) { node(id: $a) { id } }",
        "query($a: String) { node(id: $a) { id } }",
        "{ node(id: \"x\", id: \"y\") { id } }",
        "{ milestones(filter: { overdue: true, overdue: false }) { totalCount } }",
        "{ node { id } }",
        "{ node(id: null) { id } }",
        "{ milestones(filter: { status: \"MET\" }) { totalCount } }",
    ] {
        let answer = app.post(WHO, document, json!({})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{document}: {}", answer.text);
        let body = answer.json();
        assert!(
            ["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"].contains(&code(&body)),
            "{document}: {body:#}"
        );
        assert!(body["errors"][0]["locations"][0]["line"].is_u64(), "{document}: {body:#}");
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

/// One BAD_USER_INPUT for each of these: where, and what was given.
fn assert_faults(answer: &Value, faults: &[(&str, &str)]) {
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
    let router = kemitraan::api::router::router(App { db, ..app.app.clone() });
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

#[tokio::test]
async fn every_answer_has_a_request_id_of_its_own() {
    let app = app().await;
    let mut ids = std::collections::HashSet::new();
    let graphql = |body: &str| {
        request(
            &app,
            Method::POST,
            "/graphql",
            &[("content-type", "application/json"), ("x-request-id", "mine")],
            body,
        )
    };
    for _ in 0..2 {
        for request in [
            Request::get("/livez").body(Body::empty()).unwrap(),
            Request::get("/readyz").body(Body::empty()).unwrap(),
            Request::get("/.well-known/jwks.json").body(Body::empty()).unwrap(),
            Request::get("/nowhere").body(Body::empty()).unwrap(),
            Request::put("/graphql").body(Body::empty()).unwrap(),
            Request::get("/graphql").body(Body::empty()).unwrap(),
            Request::get("/graphql").header("accept", "text/html").body(Body::empty()).unwrap(),
            graphql("nonsense"),
            graphql(r#"{"query":"{"}"#),
            graphql(r#"{"query":"{ __typename }"}"#),
            graphql(r#"{"query":"{ node(id: \"x\") { id } }"}"#),
        ] {
            let answer = app.send(request).await;
            let sent = answer.headers.get_all("x-request-id").iter().collect::<Vec<_>>();
            let [id] = sent[..] else { panic!("one id: {sent:?}") };
            let id = id.to_str().unwrap();
            assert_ne!(id, "mine");
            id.parse::<uuid::Uuid>().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} came twice");
        }
    }
}

#[tokio::test]
async fn other_paths_are_none() {
    let app = app().await;
    for path in [
        "/",
        "/graphql/",
        "/graphiql",
        "/GraphQL",
        "/livez/x",
        "/.well-known/openid-configuration",
        "/../graphql",
    ] {
        let answer = app.send(request(&app, Method::GET, path, &[], "")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let answer = app.send(request(&app, Method::POST, path, &[], "")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

async fn sequences_are_told(backend: Backend) {
    let app = TestApp::new(backend).await;
    let head = async || {
        let answer =
            app.post(WHO, "{ journal(direction: DESC, first: 1) { nodes { sequence } } }", json!({})).await;
        let body = answer.json();
        let sequence = body["extensions"]["journal"]["sequence"].as_i64().unwrap();
        assert_eq!(answer.headers["journal-sequence"], sequence.to_string().as_str());
        assert_eq!(body["extensions"], json!({ "journal": { "sequence": sequence } }));
        assert_eq!(body["data"]["journal"]["nodes"][0]["sequence"], sequence);
        sequence
    };
    let before = head().await;
    assert!(before > 0);
    // In part, in vain, by GET: executed at a sequence nonetheless.
    for document in [
        "{ node(id: \"x\") { id } }",
        "{ partnerships(first: -1) { totalCount } }",
        "{ __schema { queryType { name } } }",
    ] {
        let answer = app.post(WHO, document, json!({})).await;
        assert_eq!(answer.headers["journal-sequence"], before.to_string().as_str());
        assert_eq!(answer.json()["extensions"]["journal"]["sequence"], before);
        let answer = get(&app, &[("query", document)]).await;
        assert_eq!(answer.headers["journal-sequence"], before.to_string().as_str());
    }
    let (id, version) = startable(&app).await;
    let document = format!(
        "mutation {{ milestoneStart(input: {{ id: {id}, expectedVersion: {version} }}) {{ milestone {{ version }} }} }}"
    );
    let answer = app.post("PERTAMINA", &document, json!({})).await;
    assert_eq!(answer.json().get("errors"), None, "{}", answer.text);
    assert_eq!(answer.headers["journal-sequence"], (before + 1).to_string().as_str());
    assert_eq!(answer.json()["extensions"]["journal"]["sequence"], before + 1);
    assert_eq!(head().await, before + 1);
}

async fn readiness_follows_the_database(backend: Backend) {
    let app = TestApp::new(backend).await;
    let at = async |path: &str| app.send(Request::get(path).body(Body::empty()).unwrap()).await;
    for path in ["/livez", "/readyz"] {
        let answer = at(path).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::OK, "ok\n"), "{path}");
    }
    app.data(WHO, "{ viewer { role } }").await;
    app.db.migrate_down().await.unwrap();
    assert_eq!(at("/livez").await.status, StatusCode::OK);
    let answer = at("/readyz").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text.contains("not migrated"), "{}", answer.text);
    // Nothing of the database's own words gets out.
    let answer = app.post(WHO, "{ viewer { role } }", json!({})).await;
    let body = assert_request_error(&answer, StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL");
    let expected = json!([{ "message": "something went wrong on our side; the log has it under this request's id", "extensions": { "code": "INTERNAL" } }]);
    assert_eq!(body["errors"], expected);
    app.db.migrate().await.unwrap();
    assert_eq!(at("/readyz").await.status, StatusCode::OK);
}

/// As graphql-js asks it (`getIntrospectionQuery` with all options).
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description
    queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
  fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

#[tokio::test]
async fn the_schema_can_be_asked_for() {
    let app = app().await;
    let query = INTROSPECTION.replace(" isOneOf", "");
    let data = app.data("ADMIN", &query).await;
    let schema = &data["__schema"];
    assert_eq!(schema["queryType"]["name"], "Query");
    assert_eq!(schema["mutationType"]["name"], "Mutation");
    assert_eq!(schema["subscriptionType"], Value::Null);
    let types = schema["types"].as_array().unwrap();
    let named =
        |name: &str| types.iter().find(|ty| ty["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    let mut nodes = named("Node")["possibleTypes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ty| ty["name"].as_str().unwrap())
        .collect::<Vec<_>>();
    nodes.sort_unstable();
    assert_eq!(nodes, ["Memorandum", "Milestone", "Organisation", "Partner", "Partnership"]);
    assert_eq!(named("Date")["kind"], "SCALAR");
    assert_eq!(named("DateTime")["specifiedByURL"], "https://www.rfc-editor.org/rfc/rfc3339");
    for root in [
        "viewer",
        "node",
        "memorandum",
        "memoranda",
        "organisation",
        "organisations",
        "partner",
        "partners",
        "partnership",
        "partnerships",
        "milestone",
        "milestones",
        "journal",
    ] {
        let fields = named("Query")["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == root).unwrap_or_else(|| panic!("no {root}"));
        assert!(!field["description"].as_str().unwrap().is_empty());
    }
    // All that the query refers to is there.
    for ty in types.iter().filter(|ty| !ty["name"].as_str().unwrap().starts_with("__")) {
        for field in ty["fields"].as_array().into_iter().flatten() {
            let mut of = &field["type"];
            while !of["ofType"].is_null() {
                of = &of["ofType"];
            }
            named(of["name"].as_str().unwrap());
        }
    }
    let one = app
        .data(WHO, "{ __type(name: \"Milestone\") { name } none: __type(name: \"Nothing\") { name } }")
        .await;
    assert_eq!(one, json!({ "__type": { "name": "Milestone" }, "none": null }));
}

#[tokio::test]
async fn keys_come_in_the_order_in_which_they_are_asked_for() {
    let app = app().await;
    let document = "{ z: __typename __schema { queryType { name kind } } viewer { role ...V actor today }
        a: __typename __type(name: \"Date\") { kind name } ...Q m: viewer { level } z: __typename }
        fragment V on Viewer { level role } fragment Q on Query { y: __typename viewer { organisation { kind code id } } b: __typename }";
    let answer = app.post(WHO, document, json!({})).await;
    assert_eq!(answer.json().get("errors"), None, "{}", answer.text);
    let keys = [
        "z",
        "__schema",
        "queryType",
        "name",
        "kind",
        "viewer",
        "role",
        "level",
        "actor",
        "today",
        "organisation",
        "kind",
        "code",
        "id",
        "a",
        "__type",
        "kind",
        "name",
        "y",
        "b",
        "m",
        "level",
    ];
    let data = answer.text.split_once("\"data\":").unwrap().1.split_once("\"extensions\"").unwrap().0;
    let found = data.split('"').skip(1).step_by(2).zip(data.split('"').skip(2).step_by(2));
    let found = found.filter(|(_, after)| after.starts_with(':')).map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(found, keys, "{data}");
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
        let body = ask(by_variable, json!({ "a": date })).await;
        assert_faults(&body, &[("$a", date)]);
        let body =
            ask(&format!("{{ milestones(filter: {{ dueFrom: \"{date}\" }}) {{ totalCount }} }}"), json!({}))
                .await;
        assert_faults(&body, &[("filter.dueFrom", date)]);
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
