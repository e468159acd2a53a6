//! The way to the log: bounded, slow rather than forgetful, and shared by several processes.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use kemitraan::access::ReadLog;
use kemitraan::api::execute::App;
use serde_json::json;
use tower::ServiceExt as _;

use super::{assert_verified, record, records, there};
use crate::answers::another;
use crate::commands::{Folder, Server, ok};
use crate::database::blank;
use crate::support::{Backend, TestApp};

crate::both!(
    while_records_are_late_readers_wait_and_nothing_is_dropped,
    what_cannot_be_put_on_record_is_not_answered,
    several_write_to_one_log,
    processes_write_to_one_log_and_what_waits_before_they_end,
);

const DOCUMENT: &str = "{ partnerships(first: 1) { nodes { title } } }";
const CONTACTS: &str = "{ partners(first: 1) { nodes { contacts { mask } } } }";

/// The same with a queue of its own.
fn with_queue(app: &TestApp, room: usize, wait: Duration) -> TestApp {
    let reads = ReadLog::start(&app.app.access, room, wait).unwrap();
    app.beside(App { reads, ..app.app.clone() }, Arc::clone(&app.keys))
}

/// A request that goes on by itself; its status.
fn ask(app: &TestApp, who: &str) -> tokio::task::JoinHandle<StatusCode> {
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", app.token(who)))
        .body(Body::from(json!({ "query": DOCUMENT }).to_string()))
        .unwrap();
    let router = app.router.clone();
    tokio::spawn(async move { router.oneshot(request).await.unwrap().status() })
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(500)).await;
}

async fn while_records_are_late_readers_wait_and_nothing_is_dropped(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = with_queue(&plain, 1, ReadLog::WAIT);
    app.data("KEMENBUMN", DOCUMENT).await;
    let before = records(&app).await.len();
    // Nobody else writes to the log meanwhile.
    let hold = match backend {
        Backend::Sqlite => "BEGIN IMMEDIATE",
        Backend::Postgres => "BEGIN; SELECT number FROM read_head FOR UPDATE",
    };
    app.sql(hold).await;
    // Nothing waits yet: it is answered, and its record is being written.
    assert_eq!(ask(&app, "KEMENBUMN").await.unwrap(), StatusCode::OK);
    pause().await;
    // With that one as old as it is, more than 100 ms would be lost if others were answered now; one of them has a place in the queue.
    let waiting = (0..5).map(|_| ask(&app, "KEMENBUMN")).collect::<Vec<_>>();
    pause().await;
    assert_eq!(waiting.iter().filter(|asked| asked.is_finished()).count(), 0);
    app.sql("COMMIT").await;
    for asked in waiting {
        assert_eq!(asked.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(records(&app).await.len(), before + 6);
    assert_verified(&app).await;
}

async fn what_cannot_be_put_on_record_is_not_answered(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let app = with_queue(&plain, 64, Duration::from_millis(300));
    app.data("KEMENBUMN", DOCUMENT).await;
    let before = records(&app).await.len();
    app.sql("ALTER TABLE read_head RENAME TO away").await;
    // An auditor's reads and personal data are not shown unless that is on record.
    let mut refused = Vec::new();
    for (who, document) in [("AUDITOR", DOCUMENT), ("KEMENKOPUKM", CONTACTS)] {
        let answer = app.post(who, document, json!({})).await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{who}: {}", answer.text);
        let body = answer.json();
        assert_eq!((&body["errors"][0]["extensions"]["code"], body.get("data")), (&json!("BUSY"), None));
        refused.push(answer);
    }
    // Nor what others read, since those records are late by now.
    let answer = app.post("KEMENBUMN", DOCUMENT, json!({})).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert!(there(&app, &answer).await.is_none());

    app.sql("ALTER TABLE away RENAME TO read_head").await;
    // A flush waits no longer than a request does.
    for _ in 0..100 {
        if app.app.reads.flush().await.is_ok() {
            break;
        }
    }
    assert_eq!(record(&app, &answer).await.outcome, "OK");
    // All that was left is there, and once.
    assert_eq!(records(&app).await.len(), before + 3);
    assert!(there(&app, &refused[0]).await.is_some());
    assert_verified(&app).await;
    assert_eq!(app.post("AUDITOR", DOCUMENT, json!({})).await.status, StatusCode::OK);
}

async fn several_write_to_one_log(backend: Backend) {
    let plain = TestApp::new(backend).await;
    let (one, other) = (another(&plain).await, another(&plain).await);
    let (one, other) = (with_queue(&one, 8, ReadLog::WAIT), with_queue(&other, 8, ReadLog::WAIT));
    let before = records(&plain).await.len();
    let all = (0..60).map(|at| {
        let who = ["KEMENBUMN", "AUDITOR", "PLN"][at % 3];
        ask(if at % 2 == 0 { &one } else { &other }, who)
    });
    for asked in all.collect::<Vec<_>>() {
        assert_eq!(asked.await.unwrap(), StatusCode::OK);
    }
    one.app.reads.flush().await.unwrap();
    other.app.reads.flush().await.unwrap();
    let records = records(&plain).await;
    assert_eq!(records.len(), before + 60);
    let numbers = records.iter().map(|record| record.number).collect::<Vec<_>>();
    assert_eq!(numbers, (1..=records.len() as i64).collect::<Vec<_>>());
    assert_eq!(assert_verified(&plain).await.records, records.len() as u64);
}

async fn processes_write_to_one_log_and_what_waits_before_they_end(backend: Backend) {
    let app = TestApp::empty(backend).await;
    let (folder, url) = (Folder::new(), blank(&app).await);
    let keys = folder.join("keys");
    ok(&["migrate", "--database", &url]);
    ok(&["seed", "--database", &url]);
    let role = ["--role", "KEMENBUMN", "--organisation", "KEMENBUMN", "--level", "VIEWER"];
    let token = [&["token", "issue", "--keys", &keys][..], &role].concat();
    let token = ok(&token).trim().to_owned();
    let head = |printed: &str| {
        let line = printed.lines().find_map(|line| line.strip_prefix("read-log head "));
        line.unwrap_or_else(|| panic!("no head: {printed}")).to_owned()
    };
    let verify = ["journal", "verify", "--database", &url];
    let empty = head(&ok(&[&verify[..], &["--read-log"]].concat()));
    assert!(empty.starts_with("0:e3b0c442"), "{empty}");
    let (one, other) = (Server::serve(&url, &keys, &[]), Server::serve(&url, &keys, &[]));
    for _ in 0..5 {
        for server in [&one, &other] {
            assert_eq!(server.ask(&token, DOCUMENT).0, 200);
        }
    }
    // At once: what was answered a moment ago still waits.
    one.end("-TERM");
    other.end("-TERM");
    let printed = ok(&[&verify[..], &["--read-log"]].concat());
    assert!(printed.contains("\n10 records of reads\n"), "{printed}");
    let ten = head(&printed);
    assert!(ten.starts_with("10:"), "{ten}");
    for expect in [&ten, &empty] {
        ok(&[&verify[..], &["--expect-read-log", expect]].concat());
    }
    // It is asked for; without that nothing is said of it.
    assert!(!ok(&verify).contains("read"));

    // A head that was noted tells what the log alone cannot.
    let later = Server::serve(&url, &keys, &[]);
    assert_eq!(later.ask(&token, DOCUMENT).0, 200);
    later.end("-INT");
    let eleven = head(&ok(&[&verify[..], &["--expect-read-log", &ten]].concat()));
    let raw = crate::support::connect(&url).await;
    let cut = "DELETE FROM read_record WHERE number = 11";
    let back = "UPDATE read_head SET number = 10, hash = (SELECT hash FROM read_record WHERE number = 10)";
    for sql in [cut, back] {
        sea_orm::ConnectionTrait::execute_unprepared(&raw, sql).await.unwrap();
    }
    raw.close().await.unwrap();
    ok(&[&verify[..], &["--read-log"]].concat());
    let args = [&verify[..], &["--expect-read-log", &eleven]].concat();
    let output = crate::commands::finish(crate::commands::kemitraan(&args));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(printed.starts_with("read 11 is expected, but is not there\n"), "{printed}");
    assert!(printed.ends_with("NOT VERIFIED: 1 findings\n"), "{printed}");
}
