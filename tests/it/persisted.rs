//! Documents by their hash.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Answer, Backend, TestApp};
use crate::walls::mutations;

crate::both!(
    a_document_is_asked_for_by_its_hash,
    what_is_no_hash_is_refused_and_nothing_is_learned_of_what_fails
);

const DOCUMENT: &str = "query ($first: Int) { partnerships(first: $first) { totalCount nodes { title } } }";

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn persisted(text: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } })
}

async fn send(app: &TestApp, who: &str, method: Method, parameters: Value) -> Answer {
    let request = Request::builder()
        .header("accept", "application/graphql-response+json")
        .header("authorization", format!("Bearer {}", app.token(who)));
    let request = if method == Method::POST {
        let request = request.method(method).uri("/graphql").header("content-type", "application/json");
        request.body(Body::from(parameters.to_string()))
    } else {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in parameters.as_object().unwrap() {
            query.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        request.method(method).uri(format!("/graphql?{}", query.finish())).body(Body::empty())
    };
    app.send(request.unwrap()).await
}

fn code(answer: &Answer) -> String {
    answer.json()["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned()
}

async fn a_document_is_asked_for_by_its_hash(backend: Backend) {
    let app = TestApp::new(backend).await;
    let by_hash = json!({ "extensions": persisted(DOCUMENT), "variables": { "first": 2 } });
    for method in [Method::GET, Method::POST] {
        let answer = send(&app, "PLN", method, by_hash.clone()).await;
        assert_eq!(
            (answer.status, code(&answer)),
            (StatusCode::BAD_REQUEST, "PERSISTED_QUERY_NOT_FOUND".to_owned())
        );
        assert!(
            answer.json()["errors"][0]["message"].as_str().unwrap().starts_with("PersistedQueryNotFound")
        );
    }
    let mut whole = by_hash.clone();
    whole["query"] = DOCUMENT.into();
    let first = send(&app, "PLN", Method::POST, whole).await.json();
    assert_eq!(first["data"]["partnerships"]["nodes"].as_array().unwrap().len(), 2);
    for method in [Method::GET, Method::POST] {
        assert_eq!(send(&app, "PLN", method, by_hash.clone()).await.json(), first);
    }
    // Known by its hash to everyone, and answered by each one's own schema and rows.
    let other = send(&app, "PERTAMINA", Method::GET, by_hash.clone()).await.json();
    assert_ne!(other["data"], first["data"]);
    assert_eq!(code(&send(&app, "ADMIN", Method::GET, by_hash).await), "FORBIDDEN");
    // Capital digits are digits.
    let capital = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash(DOCUMENT).to_uppercase() } } });
    assert_eq!(send(&app, "PLN", Method::GET, capital).await.status, StatusCode::OK);

    // A mutation may be sent so by POST, and never by GET.
    let case = mutations(&app, "BUMN", Some(&["PLN"])).await.remove(0);
    let start = json!({ "query": case.document, "variables": case.variables, "extensions": persisted(&case.document) });
    assert_eq!(send(&app, "PLN", Method::GET, start.clone()).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let mut start = start;
    start.as_object_mut().unwrap().remove("query");
    assert_eq!(send(&app, "PLN", Method::GET, start.clone()).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let answer = send(&app, "PLN", Method::POST, start).await;
    assert_eq!(answer.json().get("errors"), None, "{}", answer.text);
}

async fn what_is_no_hash_is_refused_and_nothing_is_learned_of_what_fails(backend: Backend) {
    let app = TestApp::new(backend).await;
    for wrong in [
        json!({ "persistedQuery": {} }),
        json!({ "persistedQuery": null }),
        json!({ "persistedQuery": { "version": 2, "sha256Hash": hash(DOCUMENT) } }),
        json!({ "persistedQuery": { "version": 1, "sha256Hash": &hash(DOCUMENT)[1..] } }),
        json!({ "persistedQuery": { "version": 1, "sha256Hash": format!("{}0", hash(DOCUMENT)) } }),
        json!({ "persistedQuery": { "version": 1, "sha256Hash": "g".repeat(64) } }),
    ] {
        for method in [Method::GET, Method::POST] {
            let answer = send(&app, "PLN", method, json!({ "query": DOCUMENT, "extensions": wrong })).await;
            assert_eq!(
                (answer.status, code(&answer)),
                (StatusCode::BAD_REQUEST, "BAD_REQUEST".to_owned()),
                "{wrong}"
            );
        }
    }
    let other = json!({ "query": "{ viewer { role } }", "extensions": persisted(DOCUMENT) });
    assert_eq!(code(&send(&app, "PLN", Method::POST, other).await), "BAD_REQUEST");
    assert_eq!(
        code(&send(&app, "PLN", Method::GET, json!({ "extensions": persisted(DOCUMENT) })).await),
        "PERSISTED_QUERY_NOT_FOUND"
    );
    for document in ["{ nothing }", "{ journal { totalCount } }", "{"] {
        let whole = json!({ "query": document, "extensions": persisted(document) });
        assert!(send(&app, "PLN", Method::POST, whole).await.json()["errors"].is_array());
        let again = send(&app, "PLN", Method::GET, json!({ "extensions": persisted(document) })).await;
        assert_eq!(code(&again), "PERSISTED_QUERY_NOT_FOUND", "{document}");
    }
    // An empty document is no document, whatever its hash.
    let empty = json!({ "query": "", "extensions": persisted("") });
    assert_eq!(code(&send(&app, "PLN", Method::POST, empty).await), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(code(&send(&app, "PLN", Method::POST, json!({ "query": "" })).await), "GRAPHQL_PARSE_FAILED");
}
