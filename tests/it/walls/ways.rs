//! Every mutation, by every way that HTTP allows: none of them changes anything for an auditor.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::cases::mutations;
use super::{Case, dump, start};
use crate::support::{Backend, TestApp};

crate::both!(an_auditor_changes_nothing_by_any_way);

/// One way to send a mutation.
struct Way {
    name: String,
    /// Whether a seat writes by it: it is then one that could.
    writes: bool,
    request: Request<Body>,
}

struct Ways<'a> {
    token: &'a str,
    all: Vec<Way>,
}

const JSON: (&str, &str) = ("content-type", "application/json");
const ACCEPT: (&str, &str) = ("accept", "application/graphql-response+json");

impl Ways<'_> {
    fn add(&mut self, name: &str, writes: bool, line: (&str, &str), headers: &[(&str, &str)], body: &str) {
        let mut request = Request::builder().method(line.0).uri(line.1);
        request = request.header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.all.push(Way { name: name.to_owned(), writes, request });
    }

    /// As JSON by POST.
    fn post(&mut self, name: &str, writes: bool, body: &Value) {
        self.add(name, writes, ("POST", "/graphql"), &[JSON, ACCEPT], &body.to_string());
    }
}

/// A value as GraphQL writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", literal(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn url(parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/graphql?{query}")
}

fn multipart(parts: &[(&str, &str)]) -> String {
    let mut body = String::new();
    for (name, value) in parts {
        body += &format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body + "--b--\r\n"
}

fn ways(token: &str, case: &Case) -> Vec<Way> {
    let mut ways = Ways { token, all: Vec::new() };
    media_types(&mut ways, case);
    methods(&mut ways, case);
    documents(&mut ways, case);
    ways.all
}

fn media_types(ways: &mut Ways<'_>, Case { field, document, variables, .. }: &Case) {
    let body = json!({ "query": document, "variables": variables });
    let text = body.to_string();
    let literal = format!("mutation {{ {field}(input: {}) {{ __typename }} }}", literal(&variables["input"]));
    let post = ("POST", "/graphql");
    ways.post("plain", true, &body);
    ways.add("accept json", true, post, &[JSON, ("accept", "application/json")], &text);
    ways.add("accept nothing", true, post, &[JSON], &text);
    ways.add("accept events", false, post, &[JSON, ("accept", "text/event-stream")], &text);
    ways.add("charset", true, post, &[("content-type", "application/json; charset=utf-8")], &text);
    ways.add("other charset", false, post, &[("content-type", "application/json; charset=utf-16")], &text);
    ways.add("no media type", false, post, &[], &text);
    ways.add("text", false, post, &[("content-type", "text/plain")], &text);
    ways.add("graphql", false, post, &[("content-type", "application/graphql")], &literal);
    ways.add("graphql+json", false, post, &[("content-type", "application/graphql+json")], &text);
    ways.post("array", false, &json!([body]));
    ways.post("array of several", false, &json!([{ "query": "{ __typename }" }, body]));
    let variables = variables.to_string();
    let form = url(&[("query", document), ("variables", &variables)]);
    let form = form.split_once('?').unwrap().1;
    ways.add("form", false, post, &[("content-type", "application/x-www-form-urlencoded")], form);
    let parts = ("content-type", "multipart/form-data; boundary=b");
    let own = multipart(&[("operations", &text), ("map", "{ \"0\": [\"variables.none\"] }"), ("0", "file")]);
    ways.add("multipart", false, post, &[parts, ("graphql-require-preflight", "1")], &own);
    let plain = multipart(&[("query", document), ("variables", &variables)]);
    ways.add("multipart of fields", false, post, &[parts], &plain);
}

fn methods(ways: &mut Ways<'_>, Case { field, document, variables, .. }: &Case) {
    let text = json!({ "query": document, "variables": variables }).to_string();
    let literal = format!("mutation {{ {field}(input: {}) {{ __typename }} }}", literal(&variables["input"]));
    let in_url = url(&[("query", document), ("variables", &variables.to_string())]);
    let harmless = json!({ "query": "{ __typename }" }).to_string();
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "get", "post"] {
        ways.add(&format!("{method} with a URL"), false, (method, &in_url), &[ACCEPT], "");
        ways.add(
            &format!("{method} with a literal"),
            false,
            (method, &url(&[("query", &literal)])),
            &[ACCEPT],
            "",
        );
        ways.add(&format!("{method} with a body"), false, (method, "/graphql"), &[JSON, ACCEPT], &text);
        ways.add(&format!("{method} with both"), false, (method, &in_url), &[JSON, ACCEPT], &text);
    }
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let headers = [JSON, ACCEPT, (name, "POST")];
        ways.add(&format!("GET with {name}"), false, ("GET", &in_url), &headers, &text);
        let headers = [JSON, ACCEPT, (name, "GET")];
        ways.add(&format!("POST with {name}"), true, ("POST", "/graphql"), &headers, &text);
    }
    ways.add("POST with a URL alone", false, ("POST", &in_url), &[JSON, ACCEPT], "");
    ways.add("POST of a query, and a URL", false, ("POST", &in_url), &[JSON, ACCEPT], &harmless);
    ways.add(
        "POST, and a query in the URL",
        true,
        ("POST", &url(&[("query", "{ __typename }")])),
        &[JSON, ACCEPT],
        &text,
    );
    ways.add("POST, and the same in the URL", true, ("POST", &in_url), &[JSON, ACCEPT], &text);
    for path in ["/", "/graphql/", "/GRAPHQL", "/api/graphql", "//graphql", "/graphql/M", "/readyz"] {
        ways.add(&format!("POST {path}"), false, ("POST", path), &[JSON, ACCEPT], &text);
    }
    let upgrade = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("sec-websocket-protocol", "graphql-transport-ws"),
    ];
    ways.add("socket", false, ("GET", "/graphql"), &upgrade, "");
    ways.add("socket with a URL", false, ("GET", &in_url), &upgrade, "");
}

fn documents(ways: &mut Ways<'_>, case: &Case) {
    let (Case { document, variables, .. }, head, set) = (case, case.head(), case.selection());
    let send = |ways: &mut Ways<'_>, name: &str, writes: bool, document: &str, more: Value| {
        let mut body = json!({ "query": document, "variables": variables });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ways.post(name, writes, &body);
    };
    let several = format!("query Q {{ __typename }} {document}");
    send(ways, "chosen by name", true, &several, json!({ "operationName": "M" }));
    send(ways, "the other chosen", false, &several, json!({ "operationName": "Q" }));
    send(ways, "none chosen", false, &several, json!({}));
    send(
        ways,
        "in a fragment",
        true,
        &format!("{head} {{ ...F }} fragment F on Mutation {{ {set} }}"),
        json!({}),
    );
    send(
        ways,
        "in a fragment of a fragment",
        true,
        &format!("{head} {{ ...E }} fragment E on Mutation {{ ...F }} fragment F on Mutation {{ {set} }}"),
        json!({}),
    );
    send(ways, "in place", true, &format!("{head} {{ ... on Mutation {{ ... {{ {set} }} }} }}"), json!({}));
    send(ways, "by another name", true, &format!("{head} {{ __typename viewer: {set} }}"), json!({}));
    send(ways, "twice", true, &format!("{head} {{ {set} {set} }}"), json!({}));
    for directive in ["@include(if: true)", "@skip(if: false)"] {
        send(ways, directive, true, &format!("{head} {{ ... {directive} {{ {set} }} }}"), json!({}));
    }
    let input = &case.input;
    let asked =
        format!("mutation M($input: {input}, $yes: Boolean = true) {{ ... @include(if: $yes) {{ {set} }} }}");
    send(ways, "if asked", true, &asked, json!({}));
    let never = format!("{head} {{ __typename ... @skip(if: true) {{ {set} }} }}");
    send(ways, "skipped", false, &never, json!({}));
    for (name, before) in [("a mark", "\u{feff}"), ("a comment", "# mutation\n"), ("commas", ",,\n,")] {
        send(ways, &format!("after {name}"), true, &format!("{before}{document}"), json!({}));
    }
    let hash = hex::encode(Sha256::digest(document));
    let extensions = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } });
    send(ways, "persisted", true, document, extensions.clone());
    let body = json!({ "variables": variables, "extensions": extensions["extensions"] });
    ways.post("by what is persisted", false, &body);
    let as_query = head.replacen("mutation", "query", 1);
    send(ways, "as a query", false, &format!("{as_query} {{ {set} }}"), json!({}));
    let as_subscription = head.replacen("mutation", "subscription", 1);
    send(ways, "as a subscription", false, &format!("{as_subscription} {{ {set} }}"), json!({}));
    send(ways, "on another root", false, &format!("{as_query} {{ ... on Mutation {{ {set} }} }}"), json!({}));
    let twice =
        format!("{{\"query\":\"{{ __typename }}\",\"query\":{},\"variables\":{variables}}}", json!(document));
    ways.add("with two queries", true, ("POST", "/graphql"), &[JSON, ACCEPT], &twice);
}

async fn an_auditor_changes_nothing_by_any_way(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut cases = vec![start(&app, "BUMN", Some(&["PLN"])).await];
    cases.extend(mutations(&app, "BUMN", Some(&["PLN"])).await);
    cases.extend(mutations(&app, "KEMENBUMN", Some(&["PLN"])).await);
    cases.extend(mutations(&app, "KEMENKOPUKM", Some(&["PLN"])).await);
    let before = dump(&app).await;
    for who in ["AUDITOR", "AUDITOR+PLN"] {
        let token = app.token(who);
        for (at, case) in cases.iter().enumerate() {
            // One by every way, the others by those by which a seat writes.
            for way in ways(&token, case).into_iter().filter(|way| at == 0 || way.writes) {
                let answer = app.send(way.request).await;
                assert!(!answer.text.contains("Payload"), "{who}: {}: {}", way.name, answer.text);
                if at == 0 {
                    assert_eq!(dump(&app).await, before, "{who}: {}", way.name);
                }
            }
            assert_eq!(dump(&app).await, before, "{who}: {}", case.field);
        }
    }
    // A seat writes by each way that is one, so that the dump can tell, and the requests are right.
    let token = app.token("PLN");
    let mut next = 0;
    loop {
        let case = start(&app, "BUMN", Some(&["PLN"])).await;
        let Some(way) = ways(&token, &case).into_iter().nth(next) else { break };
        let before = dump(&app).await;
        let answer = app.send(way.request).await;
        assert_eq!(dump(&app).await != before, way.writes, "{}: {}", way.name, answer.text);
        app.sql("UPDATE milestone SET status = 'SCHEDULED' WHERE status = 'IN_PROGRESS'").await;
        next += 1;
    }
    assert!(next > 80);
}
