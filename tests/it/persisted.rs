//! Documents by their hash.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use kemitraan::access::Role;
use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::succession::{create, find, follow};
use crate::support::{Answer, Backend, TestApp};
use crate::walls::start;

crate::both!(
    a_document_is_asked_for_by_its_hash,
    who_does_not_read_any_more_is_told_that_first,
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

    // A mutation may be sent with its hash by POST, never by GET, and is not learned by either.
    let case = start(&app, "BUMN", Some(&["PLN"])).await;
    let start = json!({ "query": case.document, "variables": case.variables, "extensions": persisted(&case.document) });
    let by_hash = json!({ "variables": case.variables, "extensions": persisted(&case.document) });
    assert_eq!(send(&app, "PLN", Method::GET, start.clone()).await.status, StatusCode::METHOD_NOT_ALLOWED);
    let unknown = "PERSISTED_QUERY_NOT_FOUND";
    assert_eq!(code(&send(&app, "PLN", Method::POST, by_hash.clone()).await), unknown);
    let answer = send(&app, "PLN", Method::POST, start).await;
    assert_eq!(answer.json().get("errors"), None, "{}", answer.text);
    for method in [Method::GET, Method::POST] {
        assert_eq!(code(&send(&app, "PLN", method, by_hash.clone()).await), unknown);
    }

    // A document with operations of both kinds is known by its query, and its mutation is as little for GET.
    let both = format!("query role {{ viewer {{ role }} }} {}", case.document);
    let named = |name: &str| json!({ "operationName": name, "variables": case.variables, "extensions": persisted(&both) });
    let mut whole = named("role");
    whole["query"] = both.clone().into();
    assert_eq!(send(&app, "PLN", Method::POST, whole).await.status, StatusCode::OK);
    assert_eq!(send(&app, "PLN", Method::GET, named("M")).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

/// Who asks comes before what is known by a hash.
async fn who_does_not_read_any_more_is_told_that_first(backend: Backend) {
    let app = TestApp::new(backend).await;
    let rni = find(&app, "RNI").await;
    let by = create(&app.app.access, "ID_FOOD", Role::Bumn).await;
    let all = Stewardship::All;
    follow(&app.app.access, SuccessionKind::Holding, rni, by, all, "2026-01-01").await;
    let whole = json!({ "query": DOCUMENT, "extensions": persisted(DOCUMENT) });
    let mut faulty = whole.clone();
    faulty["query"] = "{ viewer { role } }".into();
    let by_hash = json!({ "extensions": persisted(DOCUMENT) });
    for parameters in [whole, faulty, by_hash] {
        for method in [Method::GET, Method::POST] {
            let answer = send(&app, "RNI", method, parameters.clone()).await;
            assert_eq!(
                (answer.status, code(&answer)),
                (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED".to_owned()),
                "{parameters}"
            );
        }
    }
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
    // Null is as absent.
    let null = json!({ "query": null, "extensions": persisted(DOCUMENT) });
    assert_eq!(code(&send(&app, "PLN", Method::POST, null.clone()).await), "PERSISTED_QUERY_NOT_FOUND");
    let whole = json!({ "query": DOCUMENT, "extensions": persisted(DOCUMENT) });
    assert_eq!(send(&app, "PLN", Method::POST, whole).await.status, StatusCode::OK);
    assert_eq!(send(&app, "PLN", Method::POST, null).await.status, StatusCode::OK);
    assert_eq!(code(&send(&app, "PLN", Method::POST, json!({ "query": null })).await), "BAD_REQUEST");
    // An empty document is no document, whatever its hash.
    let empty = json!({ "query": "", "extensions": persisted("") });
    assert_eq!(code(&send(&app, "PLN", Method::POST, empty).await), "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(code(&send(&app, "PLN", Method::POST, json!({ "query": "" })).await), "GRAPHQL_PARSE_FAILED");
}
