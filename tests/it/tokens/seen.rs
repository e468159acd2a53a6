//! What is told of tokens: which there are, which are in force, and when each was last used.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::Request;
use kemitraan::api::answers::Answers;
use kemitraan::api::execute::App;
use kemitraan::types::Timestamp;
use serde_json::{Value, json};

use super::{ask, assert_401, issue, of_auditor, of_seat, revoke, with};
use crate::journal_readers::changes_within;
use crate::scope::{rows, sequences};
use crate::support::{Backend, TestApp};
use crate::walls::post_as;
use crate::writes::assert_verified;

crate::both!(
    tokens_are_listed_by_who_and_whether_they_hold,
    the_last_use_is_told_and_is_no_act,
    what_is_kept_is_not_given_to_a_revoked_token,
    only_registered_tokens_are_accepted_where_that_is_set,
    the_journal_tells_of_tokens_whom_it_tells_all,
    each_request_looks_into_a_small_index,
);

async fn subjects(app: &TestApp, arguments: &str) -> Vec<String> {
    let document = format!("{{ tokens({arguments}) {{ totalCount nodes {{ subject }} }} }}");
    let tokens = &app.data("ADMIN", &document).await["tokens"];
    let nodes = tokens["nodes"].as_array().unwrap();
    assert_eq!(tokens["totalCount"], nodes.len());
    nodes.iter().map(|node| node["subject"].as_str().unwrap().to_owned()).collect()
}

async fn tokens_are_listed_by_who_and_whether_they_hold(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    for (input, subject, expires) in [
        (of_seat("PLN", "OFFICER"), "p-1", "2026-12-01T00:00:00Z"),
        (of_seat("RNI", "VIEWER"), "p-2", "2026-11-24T07:00:00Z"),
        (of_seat("KEMENBUMN", "APPROVER"), "p-3", "2027-01-01T00:00:00Z"),
        (of_auditor(), "p-4", "2026-12-02T00:00:00Z"),
    ] {
        app.clock.set(Timestamp(app.now().0 + 1));
        let (token, _) = issue(&app, with(input, json!({ "subject": subject, "expiresAt": expires }))).await;
        if subject == "p-3" {
            assert_eq!(revoke(&app, &token).await["version"], 2);
        }
    }
    for (arguments, expected) in [
        ("first: 9", &["p-4", "p-3", "p-2", "p-1"][..]),
        ("first: 9, orderBy: { field: EXPIRES_AT, direction: ASC }", &["p-2", "p-1", "p-4", "p-3"]),
        ("filter: { subject: [\"p-1\", \"p-9\"] }", &["p-1"]),
        ("filter: { role: [BUMN] }", &["p-2", "p-1"]),
        ("filter: { role: [BUMN], organisation: [\"PLN\", \"KEMENBUMN\"] }", &["p-1"]),
        ("filter: { organisation: [] }", &[]),
        ("filter: { inForce: true }", &["p-4", "p-2", "p-1"]),
        ("filter: { inForce: false }", &["p-3"]),
    ] {
        assert_eq!(subjects(&app, arguments).await, expected, "{arguments}");
    }
    // Hours later on the same day, and nothing was recorded: what depends on the moment is not kept.
    app.clock.set("2026-11-24T07:00:00Z".parse().unwrap());
    assert_eq!(subjects(&app, "filter: { inForce: true }").await, ["p-4", "p-1"]);
    assert_eq!(subjects(&app, "filter: { inForce: false }").await, ["p-3", "p-2"]);
    let edges = app.data("ADMIN", "{ tokens(first: 2) { edges { cursor } pageInfo { hasNextPage } } }").await;
    let after = &edges["tokens"]["edges"][1]["cursor"];
    let rest = format!("{{ tokens(after: {after}) {{ nodes {{ subject inForce }} }} }}");
    assert_eq!(
        app.data("ADMIN", &rest).await["tokens"]["nodes"],
        json!([{ "subject": "p-2", "inForce": false }, { "subject": "p-1", "inForce": true }])
    );
}

/// The same app, with answers that are kept.
fn keeping(app: &TestApp) -> TestApp {
    let answers = Arc::new(Answers::new(1 << 20, "").unwrap());
    app.beside(App { answers, ..app.app.clone() }, Arc::clone(&app.keys))
}

async fn the_last_use_is_told_and_is_no_act(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (token, secret) = issue(&app, of_seat("PLN", "OFFICER")).await;
    let (idle, _) = issue(&app, of_seat("PLN", "OFFICER")).await;
    let (revoked, gone) = issue(&app, of_seat("PLN", "OFFICER")).await;
    revoke(&app, &revoked).await;
    let last = async |of: &Value| {
        app.app.verifier.write_uses().await;
        let document = format!("{{ token(id: {}) {{ lastUsedAt lastUsedFrom }} }}", of["id"]);
        app.data("ADMIN", &document).await["token"].clone()
    };
    let never = json!({ "lastUsedAt": null, "lastUsedFrom": null });
    assert_eq!(last(&token).await, never);
    let before = crate::writes::sequence(&app).await;
    ask(&app, &secret, "{ viewer { role } }").await;
    assert_eq!(last(&token).await, json!({ "lastUsedAt": app.now().to_string(), "lastUsedFrom": null }));

    // The other end of the connection; behind a proxy what that says last. What a request says itself is not asked.
    let mut limits = (*app.app.limits).clone();
    limits.budgets.proxies = 1;
    let behind = app.beside(App { limits: Arc::new(limits), ..app.app.clone() }, Arc::clone(&app.keys));
    let from = async |proxy: bool, forwarded: &str| {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("x-forwarded-for", forwarded)
            .header("authorization", format!("Bearer {secret}"))
            .extension(ConnectInfo("192.0.2.1:4711".parse::<SocketAddr>().unwrap()));
        let app = if proxy { &behind } else { &app };
        let answer = app.send(request.body(r#"{"query":"{ __typename }"}"#.into()).unwrap()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        last(&token).await["lastUsedFrom"].clone()
    };
    app.clock.set(Timestamp(app.now().0 + 1_000_000));
    assert_eq!(from(false, "198.51.100.7").await, "192.0.2.1");
    assert_eq!(from(true, "203.0.113.1, 198.51.100.7").await, "198.51.100.7");
    assert_eq!(from(true, "::ffff:198.51.100.8").await, "198.51.100.8");
    assert_eq!(from(true, "somewhere").await, Value::Null);
    assert_eq!(last(&token).await["lastUsedAt"], app.now().to_string());

    // Nor is one that was not let in.
    assert_401(&post_as(&app, &gone, "{ viewer { role } }", json!({})).await, "revoked");
    for unused in [&idle, &revoked] {
        assert_eq!(last(unused).await, never);
    }
    assert_eq!(crate::writes::sequence(&app).await, before);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_is_kept_is_not_given_to_a_revoked_token(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let (token, secret) = issue(&app, of_seat("PLN", "OFFICER")).await;
    let (_, other) = issue(&app, of_seat("PLN", "OFFICER")).await;
    let list = "{ partnerships { nodes { id title } } }";
    let told = ask(&app, &secret, list).await;
    let before = app.db.statements();
    assert_eq!(ask(&app, &secret, list).await, told);
    assert_eq!(app.db.statements() - before, 1, "the answer is kept");
    revoke(&app, &token).await;
    assert_eq!(ask(&app, &other, list).await, told);
    let before = app.db.statements();
    assert_eq!(ask(&app, &other, list).await, told);
    assert_eq!(app.db.statements() - before, 1, "the answer is kept");
    assert_401(&post_as(&app, &secret, list, json!({})).await, "revoked");

    // And the last use is written without anybody asking for it.
    let started = std::time::Instant::now();
    let document = "{ tokens(filter: { inForce: true }) { nodes { lastUsedAt } } }";
    while app.data("ADMIN", document).await["tokens"]["nodes"][0]["lastUsedAt"].is_null() {
        assert!(started.elapsed().as_secs() < 20, "the last use is not written");
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
}

async fn only_registered_tokens_are_accepted_where_that_is_set(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (token, secret) = issue(&app, of_seat("PLN", "OFFICER")).await;
    let access = app.app.access.clone().with_registered_tokens(true);
    let strict = app.beside(App { access, ..app.app.clone() }, Arc::clone(&app.keys));
    ask(&app, &app.token("PLN"), "{ viewer { role } }").await;
    assert_401(&post_as(&strict, &app.token("PLN"), "{ viewer { role } }", json!({})).await, "registered");
    ask(&strict, &secret, "{ viewer { role } }").await;
    // One that is issued elsewhere is known at once.
    let (_, next) = issue(&app, of_seat("RNI", "OFFICER")).await;
    ask(&strict, &next, "{ viewer { role } }").await;
    revoke(&app, &token).await;
    assert_401(&post_as(&strict, &secret, "{ viewer { role } }", json!({})).await, "revoked");
}

/// Whoever sees a part of the work is told nothing of tokens; ministries and auditors of the programme see each act whole.
async fn the_journal_tells_of_tokens_whom_it_tells_all(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (token, _) = issue(&app, of_seat("PLN", "OFFICER")).await;
    revoke(&app, &token).await;
    let filter = format!("filter: {{ subject: {} }}", token["id"]);
    for (who, count) in [("KEMENBUMN", 2), ("AUDITOR", 2), ("ADMIN", 2), ("AUDITOR+PLN", 0)] {
        let data = app.data(who, &format!("{{ journal({filter}) {{ nodes {{ action }} }} }}")).await;
        let actions = data["journal"]["nodes"].as_array().unwrap().clone();
        assert_eq!(actions.len(), count, "{who}: {data:#}");
        if count > 0 {
            assert_eq!(
                (&actions[0]["action"], &actions[1]["action"]),
                (&json!("tokenIssue"), &json!("tokenRevoke"))
            );
        }
    }
    let told = "{ journal(direction: DESC, first: 1) { nodes { changes { noun subject image } } } }";
    let change = app.data("KEMENPERIN", told).await["journal"]["nodes"][0]["changes"][0].clone();
    assert_eq!((&change["noun"], &change["subject"]), (&json!("token"), &token["id"]), "{change:#}");
    assert!(change["image"].as_str().unwrap().contains("perangkat hilang"));
    // In the feed of changes it has no object.
    let own = sequences(&app, "SELECT max(sequence) FROM journal_change WHERE noun = 'token'").await[0];
    let last = "{ changes(last: 1) { nodes { sequence noun node { id } } } }";
    let change = app.data("KEMENBUMN", last).await["changes"]["nodes"][0].clone();
    assert_eq!(change, json!({ "sequence": own, "noun": "token", "node": null }));
    for (who, codes) in [("PLN", &["PLN"][..]), ("AUDITOR+PLN", &["PLN"])] {
        assert_ne!(app.data(who, last).await["changes"]["nodes"][0]["noun"], "token", "{who}");
        let within = format!("SELECT max(sequence) FROM journal_change WHERE {}", changes_within(codes));
        assert!(sequences(&app, &within).await[0] < own);
    }
}

/// What every request asks takes an index of the changes of tokens alone, also where there is none and however long the journal is.
async fn each_request_looks_into_a_small_index(backend: Backend) {
    let app = TestApp::new(backend).await;
    let asked = "SELECT max(sequence) FROM journal_change WHERE noun = 'token'";
    for analyzed in [false, true] {
        if analyzed {
            app.sql("ANALYZE").await;
        }
        let (explain, column) = match backend {
            Backend::Sqlite => ("EXPLAIN QUERY PLAN", 3),
            Backend::Postgres => ("EXPLAIN", 0),
        };
        let plan = rows(&app, &format!("{explain} {asked}")).await;
        let plan = plan.iter().map(|row| row.try_get_by_index::<String>(column).unwrap());
        let plan = plan.collect::<Vec<_>>().join("\n");
        assert!(plan.contains("journal_change_token"), "{plan}");
    }
}
