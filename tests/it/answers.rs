//! Answers that are kept: given again while they are true, and never to anybody else.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use kemitraan::access::Access;
use kemitraan::api::answers::Answers;
use kemitraan::api::execute::App;
use kemitraan::db::{Database, Options};
use serde_json::{Value, json};

use crate::commands::{Folder, Server, ok};
use crate::database::blank;
use crate::scope::readers;
use crate::support::{Answer, Backend, TestApp};
use crate::walls::start;

crate::both!(
    what_is_true_still_is_given_again,
    everyone_is_given_what_is_theirs,
    what_another_process_writes_is_seen_at_once,
    another_day_is_another_answer,
    what_is_live_or_failed_is_not_kept,
    requests_that_come_together_share_one_look,
    a_connection_that_has_ended_is_made_anew,
    an_entity_tag_stands_for_the_answer,
    a_succession_ends_what_was_kept,
    real_processes_never_answer_what_was,
);

const LIST: &str =
    "{ milestones(first: 100, filter: { status: [SCHEDULED] }) { totalCount nodes { id title overdue } } }";

/// As it is served: answers are kept.
pub fn keeping(app: &TestApp) -> TestApp {
    let answers = Arc::new(Answers::new(1 << 20, "").unwrap());
    app.beside(App { answers, ..app.app.clone() }, Arc::clone(&app.keys))
}

/// Another process on the same database.
pub async fn another(app: &TestApp) -> TestApp {
    let db = Database::connect(&Options::of(&app.url)).await.unwrap();
    let access = Access::new(db.clone(), app.clock.clone(), 90);
    let answers = Arc::new(Answers::new(1 << 20, "").unwrap());
    app.beside(App { db, access, answers, ..app.app.clone() }, Arc::clone(&app.keys))
}

async fn start_one(app: &TestApp) {
    let case = start(app, "KEMENKOPUKM", None).await;
    let answer = app.post("KEMENKOPUKM", &case.document, case.variables).await.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
}

async fn what_is_true_still_is_given_again(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    app.data("KEMENBUMN", "{ viewer { role } }").await;
    let count = async |document: &str| {
        let before = app.db.statements();
        let answer = app.post("KEMENBUMN", document, json!({})).await;
        assert_eq!(answer.status, StatusCode::OK);
        (app.db.statements() - before, answer)
    };
    let (first, one) = count(LIST).await;
    assert!(first > 1);
    for _ in 0..3 {
        // One statement: where the journal stands.
        let (again, other) = count(LIST).await;
        assert_eq!(
            (again, &other.text, other.headers["journal-sequence"].clone()),
            (1, &one.text, one.headers["journal-sequence"].clone())
        );
    }
    start_one(&app).await;
    let (after, changed) = count(LIST).await;
    assert!(after > 1 && changed.text != one.text);
    assert_eq!(count(LIST).await.0, 1);
    // White space makes another document, variables another request.
    assert!(count(&LIST.replace("{ id", "{  id")).await.0 > 1);
    let document = "query ($first: Int) { partnerships(first: $first) { nodes { title } } }";
    for first in [1, 2, 1] {
        let answer = app.post("KEMENBUMN", document, json!({ "first": first })).await.json();
        assert_eq!(answer["data"]["partnerships"]["nodes"].as_array().unwrap().len(), first);
    }
    let named = "query a { viewer { role } } query b { viewer { level } }";
    for name in ["a", "b", "a"] {
        let request = Request::post("/graphql")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {}", app.token("KEMENBUMN")))
            .body(Body::from(json!({ "query": named, "operationName": name }).to_string()))
            .unwrap();
        let expected =
            if name == "a" { json!({ "role": "KEMENBUMN" }) } else { json!({ "level": "APPROVER" }) };
        assert_eq!(app.send(request).await.json()["data"]["viewer"], expected);
    }
    // An operation whose name is empty is not the one that needs no name.
    let only = "{ viewer { role } }";
    assert_eq!(count(only).await.1.json()["data"]["viewer"]["role"], "KEMENBUMN");
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", app.token("KEMENBUMN")))
        .body(Body::from(json!({ "query": only, "operationName": "" }).to_string()))
        .unwrap();
    let answer = app.send(request).await.json();
    assert!(answer["errors"].is_array(), "{answer:#}");
}

/// Every reader asks the same, in turn, twice: as who keeps nothing answers.
async fn everyone_is_given_what_is_theirs(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let mut who = readers().into_iter().map(|(who, _)| who).collect::<Vec<_>>();
    who.extend(["PLN:VIEWER", "PLN:OFFICER", "KEMENPERIN:VIEWER", "ADMIN"].map(str::to_owned));
    for document in [
        "{ viewer { role level organisation { code } assignment { organisations } today } }",
        "{ partnerships(first: 100) { totalCount nodes { title } } partners(first: 100) { nodes { name } } }",
        "{ programmeSummary { partnerships { status count } milestones { total } } }",
        "{ viewer { actor } }",
        "{ v: viewer { ...a } } fragment a on Viewer { b: actor }",
        "{ journal(first: 5) { totalCount nodes { sequence } } }",
    ] {
        let mut expected = Vec::new();
        for one in &who {
            expected.push(plain.post(one, document, json!({})).await.text);
        }
        for _ in 0..2 {
            for (one, expected) in who.iter().zip(&expected) {
                assert_eq!(&app.post(one, document, json!({})).await.text, expected, "{one}: {document}");
            }
        }
    }
}

async fn what_another_process_writes_is_seen_at_once(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let other = another(&app).await;
    let mut seen = BTreeSet::new();
    let mut left = app.data("KEMENBUMN", LIST).await["milestones"]["totalCount"].as_i64().unwrap();
    while left > 0 {
        let Some(case) = next(&other).await else { break };
        let answer = other.post("KEMENKOPUKM", &case.0, case.1).await.json();
        assert_eq!(answer.get("errors"), None, "{answer:#}");
        left -= 1;
        for _ in 0..2 {
            let list = app.data("KEMENBUMN", LIST).await;
            assert_eq!(list["milestones"]["totalCount"], left);
            seen.insert(left);
        }
    }
    assert!(seen.len() >= 2, "{seen:?}");
}

/// A start that KEMENKOPUKM may make, if there is one left.
async fn next(app: &TestApp) -> Option<(String, Value)> {
    let sql = "SELECT id FROM milestone WHERE status = 'SCHEDULED' AND reporter = 'KEMENKOPUKM'";
    if crate::scope::uuids(app, sql).await.is_empty() {
        return None;
    }
    let case = start(app, "KEMENKOPUKM", None).await;
    Some((case.document, case.variables))
}

async fn another_day_is_another_answer(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let document = "{ viewer { today } milestones(first: 100) { nodes { overdue } } }";
    let late = |data: &Value| {
        data["milestones"]["nodes"].as_array().unwrap().iter().filter(|one| one["overdue"] == true).count()
    };
    let today = app.data("PERTAMINA", document).await;
    // 23:59:59 in Jakarta is the same day still.
    for (at, day) in [
        ("2026-11-24T16:59:59.999999Z", "2026-11-24"),
        ("2026-11-24T17:00:00Z", "2026-11-25"),
        ("2027-01-31T17:00:00Z", "2027-02-01"),
        ("2026-11-24T10:00:00Z", "2026-11-24"),
    ] {
        app.clock.set(at.parse().unwrap());
        let data = app.data("PERTAMINA", document).await;
        assert_eq!(data["viewer"]["today"], day);
        if day == "2026-11-24" {
            assert_eq!(data, today, "{at}");
        }
        assert!(
            late(&data) >= late(&today) && (late(&data) > late(&today) || !day.starts_with("2027")),
            "{at}"
        );
    }
}

async fn what_is_live_or_failed_is_not_kept(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let live = "{ partners(first: 1) { nodes { ...a } } } fragment a on Partner { contacts { mask } }";
    let masks = app.data("KEMENKOPUKM", live).await;
    assert!(masks["partners"]["nodes"][0]["contacts"][0]["mask"].is_string());
    app.sql("DELETE FROM contact_value").await;
    let masks = app.data("KEMENKOPUKM", live).await;
    assert_eq!(masks["partners"]["nodes"][0]["contacts"][0]["mask"], Value::Null);

    // An object that is not there yet may come; here behind the program's back.
    let missing = "{ quarter(code: \"2031-Q1\") { code } }";
    assert_eq!(app.code("KEMENBUMN", missing).await, "NOT_FOUND");
    app.sql(
        "UPDATE quarter SET code = '2031-Q1' WHERE status = 'OPEN' AND NOT EXISTS
        (SELECT 1 FROM outcome WHERE outcome.quarter = quarter.code)",
    )
    .await;
    assert_eq!(app.data("KEMENBUMN", missing).await["quarter"]["code"], "2031-Q1");

    // Larger than an eighth of what is kept in all.
    let small = Arc::new(Answers::new(4_096, "").unwrap());
    let small = app.beside(App { answers: small, ..app.app.clone() }, Arc::clone(&app.keys));
    for _ in 0..2 {
        let before = small.db.statements();
        small.data("KEMENBUMN", LIST).await;
        assert!(small.db.statements() - before > 1);
    }
}

async fn requests_that_come_together_share_one_look(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    app.data("KEMENBUMN", LIST).await;
    let before = app.db.statements();
    let all = futures_util::future::join_all((0..64).map(|_| app.data("KEMENBUMN", LIST))).await;
    assert!(all.iter().all(|data| *data == all[0]));
    let looks = app.db.statements() - before;
    assert!((1..=32).contains(&looks), "{looks}");
}

async fn a_connection_that_has_ended_is_made_anew(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let first = app.data("KEMENBUMN", LIST).await;
    for _ in 0..3 {
        // As of the second round there is one that is kept.
        if app.db.is_postgres() {
            let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                       WHERE application_name = 'kemitraan-read' AND datname = current_database()";
            app.sql(end).await;
        }
        assert_eq!(app.data("KEMENBUMN", LIST).await, first);
    }
}

pub async fn get(app: &TestApp, who: &str, query: &str, method: &str, known: Option<&str>) -> Answer {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/graphql?query={query}"))
        .header("authorization", format!("Bearer {}", app.token(who)));
    if let Some(known) = known {
        request = request.header(header::IF_NONE_MATCH, known);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

async fn an_entity_tag_stands_for_the_answer(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let tag = |answer: &Answer| answer.headers[header::ETAG].to_str().unwrap().to_owned();
    let first = get(&app, "PLN", LIST, "GET", None).await;
    assert_eq!(
        (first.status, &first.headers[header::CACHE_CONTROL]),
        (StatusCode::OK, &"private, no-cache".parse().unwrap())
    );
    let etag = tag(&first);
    assert!(etag.starts_with('"') && etag.ends_with('"') && etag.len() > 20, "{etag}");
    for known in [etag.clone(), format!("W/{etag}"), format!("\"a\", {etag}"), "*".to_owned()] {
        for method in ["GET", "HEAD"] {
            let same = get(&app, "PLN", LIST, method, Some(&known)).await;
            assert_eq!((same.status, same.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
            assert_eq!(
                (tag(&same), &same.headers["journal-sequence"]),
                (etag.clone(), &first.headers["journal-sequence"])
            );
        }
    }
    // A process that keeps nothing, and one that was started anew, give the same tag.
    for other in [
        another(&app).await,
        app.beside(
            App { answers: Arc::new(Answers::new(0, "").unwrap()), ..app.app.clone() },
            Arc::clone(&app.keys),
        ),
    ] {
        assert_eq!(get(&other, "PLN", LIST, "GET", Some(&etag)).await.status, StatusCode::NOT_MODIFIED);
    }
    for who in ["PERTAMINA", "KEMENBUMN", "PLN:VIEWER", "AUDITOR", "AUDITOR+PLN"] {
        let theirs = get(&app, who, LIST, "GET", Some(&etag)).await;
        assert_eq!(theirs.status, StatusCode::OK, "{who}");
        assert_ne!(tag(&theirs), etag, "{who}");
    }
    for known in ["\"a\"", "", &etag[1..]] {
        assert_eq!(get(&app, "PLN", LIST, "GET", Some(known)).await.status, StatusCode::OK, "{known}");
    }
    start_one(&app).await;
    let changed = get(&app, "PLN", LIST, "GET", Some(&etag)).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_ne!(tag(&changed), etag);
    app.clock.set("2026-11-25T10:00:00Z".parse().unwrap());
    assert_eq!(get(&app, "PLN", LIST, "GET", Some(&tag(&changed))).await.status, StatusCode::OK);

    // What fails, what is live and what is posted has none.
    for document in [
        "{ quarter(code: \"2099-Q1\") { code } }",
        "{ partners { nodes { contacts { mask } } } }",
        "{ nothing }",
    ] {
        let answer = get(&app, "PLN", document, "GET", None).await;
        assert_eq!(answer.headers.get(header::ETAG), None, "{document}");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "private, no-store");
    }
    let posted = app.post("PLN", LIST, json!({})).await;
    assert_eq!(
        (posted.headers.get(header::ETAG), &posted.headers[header::CACHE_CONTROL]),
        (None, &"private, no-store".parse().unwrap())
    );
    // Without a token nothing is said of what is known.
    let request = Request::get(format!(
        "/graphql?query={}",
        form_urlencoded::byte_serialize(LIST.as_bytes()).collect::<String>()
    ));
    let answer = app.send(request.header(header::IF_NONE_MATCH, etag).body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

async fn a_succession_ends_what_was_kept(backend: Backend) {
    use kemitraan::nouns::organisations::entity::{Stewardship, SuccessionKind};
    let plain = TestApp::new(backend).await;
    let app = keeping(&plain);
    let kept = app.post("RNI", LIST, json!({})).await;
    assert_eq!(app.post("RNI", LIST, json!({})).await.text, kept.text);
    let other = another(&app).await;
    let (rni, pln) = (crate::succession::find(&app, "RNI").await, crate::succession::find(&app, "PLN").await);
    crate::succession::follow(
        &other.app.access,
        SuccessionKind::Merge,
        rni,
        pln,
        Stewardship::All,
        "2025-01-01",
    )
    .await;
    // Its days of grace are over.
    assert_eq!(app.post("RNI", LIST, json!({})).await.status, StatusCode::UNAUTHORIZED);
}

/// Two programs on one database: what one has written, the other answers next.
async fn real_processes_never_answer_what_was(backend: Backend) {
    let app = TestApp::empty(backend).await;
    let (folder, url) = (Folder::new(), blank(&app).await);
    let keys = folder.join("keys");
    ok(&["migrate", "--database", &url]);
    ok(&["seed", "--database", &url]);
    let token = |args: &[&str]| {
        let all = ["token", "issue", "--keys", &keys].iter().chain(args).copied().collect::<Vec<_>>();
        ok(&all).trim().to_owned()
    };
    let reader = token(&["--role", "KEMENBUMN", "--organisation", "KEMENBUMN", "--level", "VIEWER"]);
    let writer = token(&["--role", "BUMN", "--organisation", "RNI", "--level", "OFFICER"]);
    let (one, other) = (Server::serve(&url, &keys, &[]), Server::serve(&url, &keys, &[]));
    let open = "{ milestones(first: 100, filter: { status: [SCHEDULED], reporter: [BUMN] }) { totalCount nodes { id version organisation { code } } } }";
    let mut rounds = 0;
    loop {
        let (_, list) = one.ask(&reader, open);
        assert_eq!(one.ask(&reader, open).1, list);
        let nodes =
            list["data"]["milestones"]["nodes"].as_array().unwrap_or_else(|| panic!("{list:#}")).clone();
        let Some(own) = nodes.iter().find(|node| node["organisation"]["code"] == "RNI") else { break };
        let start = format!(
            "mutation {{ milestoneStart(input: {{ id: {}, expectedVersion: {} }}) {{ milestone {{ status }} }} }}",
            own["id"], own["version"]
        );
        let (_, started) = other.ask(&writer, &start);
        assert_eq!(started["data"]["milestoneStart"]["milestone"]["status"], "IN_PROGRESS", "{started:#}");
        let (_, after) = one.ask(&reader, open);
        let left = list["data"]["milestones"]["totalCount"].as_i64().unwrap() - 1;
        assert_eq!(after["data"]["milestones"]["totalCount"], left, "what was is answered");
        rounds += 1;
    }
    assert!(rounds >= 4, "{rounds}");
    one.end("-TERM");
    other.end("-TERM");
}
