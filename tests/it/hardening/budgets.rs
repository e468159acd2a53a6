//! What a token may ask for in a minute, and how often an address may fail to sign in.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use kemitraan::api::answers::Answers;
use kemitraan::api::execute::App;
use kemitraan::types::Timestamp;
use serde_json::{Value, json};

use crate::commands::Server;
use crate::http::{GRAPHQL, WHO, app, assert_request_error, limited};
use crate::support::{Answer, NOW, TestApp};
use crate::tokens::{assert_401, issue, of_auditor, revoke};
use crate::walls::post_as;
use crate::writes::sequence;

/// A 429 that says which budget is used up, and for how long.
fn assert_limited(answer: &Answer, budget: &str, seconds: u64) {
    let body = assert_request_error(answer, StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED");
    let expected = json!({ "code": "RATE_LIMITED", "budget": budget, "retryAfter": seconds });
    assert_eq!(body["errors"][0]["extensions"], expected, "{body:#}");
    assert_eq!(answer.headers["retry-after"], seconds.to_string().as_str());
}

fn later(app: &TestApp, seconds: i64) {
    app.clock.set(Timestamp(NOW.parse::<Timestamp>().unwrap().0 + seconds * 1_000_000));
}

#[tokio::test]
async fn a_token_has_so_many_requests_a_minute() {
    let app = limited(|limits| limits.budgets.budget_requests = 10).await;
    let (token, other) = (app.token(WHO), app.token(WHO));
    let ask = async |token: &str, query: &str| post_as(&app, token, query, json!({})).await;
    for at in 0..10 {
        // What is refused counts as well.
        let query = ["{ __typename }", "{ nothing }", "{"][at % 3];
        assert_ne!(ask(&token, query).await.status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_limited(&ask(&token, "{ __typename }").await, "requests", 6);
    let file = Request::get("/evidence/evidence_01h455vb4pex5vsknk084sn02q");
    let file = file.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
    assert_limited(&app.send(file).await, "requests", 6);
    // For whoever accepts `application/json` alone, too.
    let plain = Request::post("/graphql").header("accept", "application/json");
    let plain =
        plain.header("content-type", "application/json").header("authorization", format!("Bearer {token}"));
    let plain = plain.body(Body::from(r#"{"query":"{ __typename }"}"#)).unwrap();
    assert_limited(&app.send(plain).await, "requests", 6);
    // Another token has a budget of its own, if it is the same person's.
    assert_eq!(ask(&other, "{ __typename }").await.status, StatusCode::OK);

    later(&app, 6);
    assert_eq!(ask(&token, "{ __typename }").await.status, StatusCode::OK);
    assert_limited(&ask(&token, "{ __typename }").await, "requests", 6);
    later(&app, 66);
    for _ in 0..10 {
        assert_eq!(ask(&token, "{ __typename }").await.status, StatusCode::OK);
    }
    assert_limited(&ask(&token, "{ __typename }").await, "requests", 6);
}

const RATE: &str = "{ rateLimit { cost remaining resetAt } }";

async fn rate(app: &TestApp, token: &str) -> Value {
    let mut answer = post_as(app, token, RATE, json!({})).await.json();
    assert!(answer.get("errors").is_none(), "{answer:#}");
    answer["data"]["rateLimit"].take()
}

#[tokio::test]
async fn an_operation_takes_what_it_costs() {
    let plain = limited(|limits| limits.budgets.budget_points = 100).await;
    let answers = Arc::new(Answers::new(1 << 20, "").unwrap());
    let app = plain.beside(App { answers, ..plain.app.clone() }, Arc::clone(&plain.keys));
    let token = app.token(WHO);
    let full = |tenths: i64| Timestamp(app.now().0 + tenths * 100_000).to_string();
    // A hundred a minute is one each 0.6 s.
    assert_eq!(rate(&app, &token).await, json!({ "cost": 4, "remaining": 96, "resetAt": full(24) }));
    assert_eq!(rate(&app, &token).await, json!({ "cost": 4, "remaining": 92, "resetAt": full(48) }));
    later(&app, 3);
    assert_eq!(rate(&app, &token).await, json!({ "cost": 4, "remaining": 93, "resetAt": full(42) }));

    // What is kept costs a request, and nothing of what it was made of.
    let list = "{ partnerships(first: 10) { nodes { title } } }";
    let first = post_as(&app, &token, list, json!({})).await;
    for _ in 0..10 {
        assert_eq!(post_as(&app, &token, list, json!({})).await.text, first.text);
    }
    assert_eq!(rate(&app, &token).await["remaining"], 93 - 21 - 4);
    // What does not pass costs nothing either.
    for wrong in ["{ nothing }", "{ partnerships(first: 1000000) { nodes { title } } }"] {
        assert_eq!(post_as(&app, &token, wrong, json!({})).await.status, StatusCode::BAD_REQUEST);
    }
    assert_eq!(rate(&app, &token).await["remaining"], 64);

    let more = "{ partnerships(first: 20) { nodes { title } } }";
    assert_eq!(post_as(&app, &token, more, json!({})).await.status, StatusCode::OK);
    // 23 are left: 18 more make 41, each 0.6 s.
    let other = "{ a: partnerships(first: 20) { nodes { title } } }";
    assert_limited(&post_as(&app, &token, other, json!({})).await, "points", 11);
    // What is not run leaves nothing.
    let start = "mutation { milestoneStart(input: { id: \"milestone_01h455vb4pex5vsknk084sn02q\", expectedVersion: 1 }) { milestone { title status dueOn firstDueOn weight overdue slippageDays id version type } journalEntry { sequence at action actor role level reason hash requestId token } version } }";
    let before = sequence(&app).await;
    assert_limited(&post_as(&app, &token, start, json!({})).await, "points", 1);
    assert_eq!(sequence(&app).await, before);
    assert_eq!(post_as(&app, &token, "{ viewer { role } }", json!({})).await.status, StatusCode::OK);

    // More than there ever is.
    let never = post_as(&app, &token, "{ partnerships(first: 50) { nodes { title } } }", json!({})).await;
    let body = assert_request_error(&never, StatusCode::BAD_REQUEST, "LIMIT_EXCEEDED");
    let expected = json!({ "code": "LIMIT_EXCEEDED", "limit": "points", "value": "101", "most": "100" });
    assert_eq!(body["errors"][0]["extensions"], expected);
}

#[tokio::test]
async fn without_a_budget_the_cost_is_told_alone() {
    let app = limited(|limits| {
        (limits.budgets.budget_points, limits.budgets.budget_requests) = (0, 0);
    })
    .await;
    let token = app.token("AUDITOR");
    assert_eq!(rate(&app, &token).await, json!({ "cost": 4, "remaining": null, "resetAt": null }));
    // By default there is one, and nobody who works meets it.
    let app = self::app().await;
    let rate = rate(&app, &app.token("ADMIN")).await;
    assert_eq!(rate["remaining"], 30_000_000 - 4);
}

/// A request from an address, with these credentials.
async fn from(app: &TestApp, peer: &str, told: Option<&str>, credentials: Option<&str>) -> Answer {
    let mut request =
        Request::post("/graphql").header("content-type", "application/json").header("accept", GRAPHQL);
    if let Some(told) = told {
        request = request.header("x-forwarded-for", told);
    }
    if let Some(token) = credentials {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let peer: SocketAddr = peer.parse().unwrap();
    let body = Body::from(r#"{"query":"{ __typename }"}"#);
    app.send(request.extension(ConnectInfo(peer)).body(body).unwrap()).await
}

#[tokio::test]
async fn an_address_fails_to_sign_in_so_often() {
    let app = limited(|limits| limits.budgets.budget_sign_ins = 3).await;
    let (here, there) = ("192.0.2.1:4000", "192.0.2.2:4000");
    let good = app.token(WHO);
    for port in 0..3 {
        let answer = from(&app, &format!("192.0.2.1:{}", 4_000 + port), None, Some("not-one")).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        // None at all is no try.
        assert_eq!(from(&app, here, None, None).await.status, StatusCode::UNAUTHORIZED);
    }
    let answer = from(&app, here, None, Some("not-one")).await;
    assert_limited(&answer, "failed sign-ins", 20);
    assert!(answer.headers.get("www-authenticate").is_none());
    // Neither others nor whoever is right has to bear it.
    assert_eq!(from(&app, there, None, Some("not-one")).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(from(&app, here, None, Some(&good)).await.status, StatusCode::OK);
    // What a client says of itself is not believed.
    assert_limited(&from(&app, here, Some("198.51.100.7"), Some("not-one")).await, "failed sign-ins", 20);
    later(&app, 20);
    assert_eq!(from(&app, here, None, Some("not-one")).await.status, StatusCode::UNAUTHORIZED);
    assert_limited(&from(&app, here, None, Some("not-one")).await, "failed sign-ins", 20);
}

/// One that was good once is a token that fails as any other.
#[tokio::test]
async fn a_revoked_token_is_a_sign_in_that_fails() {
    let app = limited(|limits| limits.budgets.budget_sign_ins = 2).await;
    let (token, secret) = issue(&app, of_auditor()).await;
    let here = "192.0.2.1:4000";
    assert_eq!(from(&app, here, None, Some(&secret)).await.status, StatusCode::OK);
    revoke(&app, &token).await;
    for _ in 0..2 {
        assert_401(&from(&app, here, None, Some(&secret)).await, "revoked");
    }
    assert_limited(&from(&app, here, None, Some(&secret)).await, "failed sign-ins", 30);
    let file = Request::get("/evidence/evidence_01h455vb4pex5vsknk084sn02q");
    let peer: SocketAddr = here.parse().unwrap();
    let file = file.header("authorization", format!("Bearer {secret}")).extension(ConnectInfo(peer));
    assert_limited(&app.send(file.body(Body::empty()).unwrap()).await, "failed sign-ins", 30);
    assert_eq!(from(&app, here, None, Some(&app.token(WHO))).await.status, StatusCode::OK);
}

#[tokio::test]
async fn behind_a_proxy_an_address_is_the_clients() {
    let app = limited(|limits| (limits.budgets.budget_sign_ins, limits.budgets.proxies) = (1, 1)).await;
    let proxy = "10.0.0.1:4000";
    let ask = async |told: &str| from(&app, proxy, Some(told), Some("not-one")).await;
    assert_eq!(ask("198.51.100.7").await.status, StatusCode::UNAUTHORIZED);
    assert_limited(&ask("198.51.100.7").await, "failed sign-ins", 60);
    // Whatever it put before what the proxy adds.
    assert_limited(&ask("203.0.113.9, 198.51.100.7").await, "failed sign-ins", 60);
    assert_eq!(ask("203.0.113.9").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_knows_its_peers() {
    let app = app().await;
    let keys = app.folder.join("keys");
    let server = Server::serve(&app.url, keys.to_str().unwrap(), &["--budget-sign-ins", "2"]);
    let codes = [(); 3].map(|()| {
        let (status, answer) = server.ask("not-one", "{ __typename }");
        (status, answer["errors"][0]["extensions"]["code"].as_str().unwrap().to_owned())
    });
    let unknown = (401, "UNAUTHENTICATED".to_owned());
    assert_eq!(codes, [unknown.clone(), unknown, (429, "RATE_LIMITED".to_owned())]);
    server.end("-TERM");
}
