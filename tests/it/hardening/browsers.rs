//! What browsers are told, who must not guess, frame or run what we answer, nor show it to another site's pages.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode};
use kemitraan::api::execute::App;

use crate::http::{app, request};
use crate::support::{Answer, TestApp};

#[tokio::test]
async fn every_answer_tells_browsers_that_it_is_data() {
    let app = app().await;
    let json = [("content-type", "application/json")];
    for (request, status) in [
        (request(&app, Method::POST, "/graphql", &json, r#"{"query":"{ __typename }"}"#), 200_u16),
        (request(&app, Method::POST, "/graphql", &json, "nonsense"), 400),
        (request(&app, Method::GET, "/graphql?query=%7B__typename%7D", &[], ""), 200),
        (request(&app, Method::PUT, "/graphql", &[], ""), 405),
        (request(&app, Method::GET, "/evidence/nothing", &[], ""), 404),
        (Request::post("/graphql").body(Body::empty()).unwrap(), 401),
        (Request::get("/.well-known/jwks.json").body(Body::empty()).unwrap(), 200),
        (Request::get("/livez").body(Body::empty()).unwrap(), 200),
        (Request::get("/nowhere").body(Body::empty()).unwrap(), 404),
    ] {
        let uri = format!("{} {}", request.method(), request.uri());
        let answer = app.send(request).await;
        assert_eq!(answer.status, status, "{uri}: {}", answer.text);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.headers[name], value, "{uri}: {name}");
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{uri}: {policy}");
    }
}

const DASHBOARD: &str = "https://dashboard.example";

/// What a browser asks before a page of `origin` may send a request with a token.
async fn preflight(app: &TestApp, origin: &str) -> Answer {
    let request = Request::options("/graphql")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    app.send(request.body(Body::empty()).unwrap()).await
}

async fn ask(app: &TestApp, origin: &str) -> Answer {
    let headers = [("content-type", "application/json"), ("origin", origin)];
    app.send(request(app, Method::POST, "/graphql", &headers, r#"{"query":"{ __typename }"}"#)).await
}

fn names(answer: &Answer, header: &str) -> Vec<String> {
    let values = answer.headers.get_all(header).iter().flat_map(|value| value.to_str().unwrap().split(','));
    values.map(|name| name.trim().to_lowercase()).collect()
}

#[tokio::test]
async fn other_sites_pages_read_nothing_unless_a_setting_names_them() {
    let closed = app().await;
    for answer in [preflight(&closed, DASHBOARD).await, ask(&closed, DASHBOARD).await] {
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control")));
    }
    assert_eq!(preflight(&closed, DASHBOARD).await.status, StatusCode::METHOD_NOT_ALLOWED);

    let origins: Arc<[HeaderValue]> =
        Arc::new(["https://other.example".parse().unwrap(), DASHBOARD.parse().unwrap()]);
    let open = closed.beside(App { origins, ..closed.app.clone() }, Arc::clone(&closed.keys));
    let answer = preflight(&open, DASHBOARD).await;
    assert_eq!(
        (answer.status, &answer.headers["access-control-allow-origin"]),
        (StatusCode::OK, &DASHBOARD.parse().unwrap())
    );
    assert_eq!(names(&answer, "access-control-allow-methods"), ["get", "head", "post"]);
    let allowed = names(&answer, "access-control-allow-headers");
    assert!(
        ["authorization", "content-type"].iter().all(|name| allowed.contains(&(*name).to_owned())),
        "{allowed:?}"
    );

    let answer = ask(&open, DASHBOARD).await;
    assert_eq!(
        (answer.status, &answer.headers["access-control-allow-origin"]),
        (StatusCode::OK, &DASHBOARD.parse().unwrap())
    );
    let exposed = names(&answer, "access-control-expose-headers");
    assert!(
        ["journal-sequence", "x-request-id", "retry-after"]
            .iter()
            .all(|name| exposed.contains(&(*name).to_owned())),
        "{exposed:?}"
    );
    // What it depends on is told to caches, ours and the origin.
    let vary = names(&answer, "vary");
    assert!(
        ["accept", "authorization", "origin"].iter().all(|name| vary.contains(&(*name).to_owned())),
        "{vary:?}"
    );
    // Never with cookies.
    assert!(answer.headers.get("access-control-allow-credentials").is_none());

    for origin in
        ["https://evil.example", "https://dashboard.example.evil.example", "http://dashboard.example", "null"]
    {
        for answer in [preflight(&open, origin).await, ask(&open, origin).await] {
            assert!(answer.headers.get("access-control-allow-origin").is_none(), "{origin}");
        }
    }
}
