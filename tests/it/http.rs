//! GraphQL over HTTP: media types, methods and statuses; what every answer carries; how documents are read.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use kemitraan::config::LimitSettings;
use serde_json::{Value, json};

use crate::support::{Answer, Backend, TestApp};

crate::both!(sequences_are_told, readiness_follows_the_database);

pub const GRAPHQL: &str = "application/graphql-response+json";
pub const WHO: &str = "KEMENBUMN";

/// A request of KEMENBUMN's with exactly these headers beside its token.
pub fn request(
    app: &TestApp,
    method: Method,
    uri: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(uri);
    request = request.header("authorization", format!("Bearer {}", app.token(WHO)));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from(body.to_owned())).unwrap()
}

pub async fn post_body(app: &TestApp, accept: &str, body: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("accept", accept)];
    app.send(request(app, Method::POST, "/graphql", &headers, body)).await
}

pub async fn get(app: &TestApp, parameters: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let uri = format!("/graphql?{query}");
    app.send(request(app, Method::GET, &uri, &[("accept", GRAPHQL)], "")).await
}

pub fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no error: {answer:#}"))
}

/// A request error: nothing was executed, so there are no data, not even null.
pub fn assert_request_error(answer: &Answer, status: StatusCode, expected: &str) -> Value {
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

pub async fn app() -> TestApp {
    TestApp::new(Backend::Sqlite).await
}

pub async fn limited(set: impl FnOnce(&mut LimitSettings)) -> TestApp {
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
        for (answer, cached) in [(answer, "private, no-store"), (by_get, "private, no-cache")] {
            let Some(expected) = expected else {
                assert_request_error(&answer, StatusCode::NOT_ACCEPTABLE, "BAD_REQUEST");
                assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
                continue;
            };
            assert_eq!(answer.status, StatusCode::OK, "{accept:?}: {}", answer.text);
            assert_eq!(answer.headers["content-type"], expected, "{accept:?}");
            assert_eq!(answer.headers["cache-control"], cached);
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
        json!({ "query": "{ __typename }", "variables": {}, "extensions": { "other": 1 }, "more": [1] }),
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
    let id = answer.headers["x-request-id"].to_str().unwrap();
    let expected = json!([{
        "message": "something went wrong on our side; the log has it under this request's id",
        "extensions": { "code": "INTERNAL", "requestId": id },
    }]);
    assert_eq!(body["errors"], expected);
    app.db.migrate().await.unwrap();
    assert_eq!(at("/readyz").await.status, StatusCode::OK);
}
