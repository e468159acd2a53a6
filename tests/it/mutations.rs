//! What every mutation promises: once for a key, nothing of a dry run, what has changed since with a conflict, all faults
//! at once.

use std::sync::Arc;

use kemitraan::access::Access;
use kemitraan::api::execute::App;
use kemitraan::db::{Database, Options};
use kemitraan::types::Timestamp;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use crate::support::{Backend, TestApp};
use crate::walls::dump;
use crate::writes::{assert_verified, sequence};

crate::both!(
    the_same_request_is_carried_out_once,
    what_is_refused_or_rehearsed_leaves_no_key,
    the_same_request_at_once_is_one,
    who_goes_away_and_comes_again_finds_what_was_done,
    a_dry_run_shows_and_keeps_nothing,
    a_conflict_tells_what_has_changed_since,
    eight_writers_on_one_milestone,
);

const START: &str = "mutation($input: MilestoneStartInput!) { milestoneStart(input: $input) {
    milestone { id version status partnership { milestones(first: 100) { nodes { id status } } } } version
    journalEntry { sequence action at requestId } } }";

/// Six scheduled milestones of one partnership of Pertamina's: id and version.
async fn scheduled(app: &TestApp) -> Vec<(String, i64)> {
    let data = app
        .data("PERTAMINA", "{ partnerships(first: 1, filter: { status: [ACTIVE] }) { nodes { id } } }")
        .await;
    let partnership = &data["partnerships"]["nodes"][0]["id"];
    let mut rows = Vec::new();
    for number in 1..=6 {
        let document = format!(
            "mutation {{ milestonePlan(input: {{ partnership: {partnership}, type: NEED_IDENTIFICATION, weight: 1,
                title: \"Contoh {number}\", dueOn: \"2027-01-0{number}\" }}) {{ milestone {{ id version }} }} }}"
        );
        let planned = app.data("PERTAMINA", &document).await["milestonePlan"]["milestone"].clone();
        rows.push((planned["id"].as_str().unwrap().to_owned(), planned["version"].as_i64().unwrap()));
    }
    rows
}

fn input(of: &(String, i64), more: Value) -> Value {
    let mut input = json!({ "id": of.0, "expectedVersion": of.1 });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "input": input })
}

async fn start(app: &TestApp, who: &str, input: Value) -> Value {
    app.post(who, START, input).await.json()
}

fn error(answer: &Value) -> &Value {
    let error = &answer["errors"][0]["extensions"];
    assert!(error.is_object(), "no error: {answer:#}");
    error
}

async fn keys(app: &TestApp) -> i64 {
    let statement =
        Statement::from_string(app.raw().get_database_backend(), "SELECT count(*) AS n FROM idempotency_key");
    app.raw().query_one_raw(statement).await.unwrap().unwrap().try_get("", "n").unwrap()
}

async fn the_same_request_is_carried_out_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let rows = scheduled(&app).await;
    let before = sequence(&app).await;
    let keyed = |at: usize| input(&rows[at], json!({ "idempotencyKey": "erp-1" }));
    let first = start(&app, "PERTAMINA:OFFICER", keyed(0)).await;
    let made = &first["data"]["milestoneStart"];
    assert_eq!(made["journalEntry"]["sequence"], before + 1, "{first:#}");
    assert_eq!(made["version"], rows[0].1 + 1);
    let again = start(&app, "PERTAMINA:OFFICER", keyed(0)).await;
    assert_eq!(again, first);
    // The order of the members, and where the key stands, make no other request; nor does a literal.
    let literal = format!(
        "mutation {{ milestoneStart(input: {{ idempotencyKey: \"erp-1\", expectedVersion: {}, id: \"{}\", dryRun: false }}) {{
            journalEntry {{ sequence }} }} }}",
        rows[0].1, rows[0].0
    );
    let literal = app.ask("PERTAMINA:OFFICER", &literal).await;
    assert_eq!(literal["data"]["milestoneStart"]["journalEntry"]["sequence"], before + 1, "{literal:#}");
    assert_eq!(sequence(&app).await, before + 1);

    // Another input under it; the same under another's; what hangs on it is read afresh.
    let other = start(&app, "PERTAMINA:OFFICER", keyed(1)).await;
    assert_eq!(error(&other)["code"], "IDEMPOTENCY_MISMATCH");
    let colleague = start(&app, "PERTAMINA", keyed(1)).await;
    assert_eq!(colleague["data"]["milestoneStart"]["journalEntry"]["sequence"], before + 2, "{colleague:#}");
    let later = start(&app, "PERTAMINA:OFFICER", keyed(0)).await;
    let (made, later) = (&first["data"]["milestoneStart"], &later["data"]["milestoneStart"]);
    assert_eq!((&later["journalEntry"], &later["version"]), (&made["journalEntry"], &made["version"]));
    let of_partnership = |made: &Value, id: &str| {
        let all = made["milestone"]["partnership"]["milestones"]["nodes"].as_array().unwrap().clone();
        all.into_iter().find(|one| one["id"] == id).map(|one| one["status"].clone())
    };
    if let Some(status) = of_partnership(later, &rows[1].0) {
        assert_eq!(
            (of_partnership(made, &rows[1].0), status),
            (Some(json!("SCHEDULED")), json!("IN_PROGRESS"))
        );
    }

    // For seven days, and not for longer; then it goes in passing.
    let week = 7 * 24 * 3_600 * 1_000_000;
    let now = app.now();
    app.clock.set(Timestamp(now.0 + week));
    assert_eq!(
        start(&app, "PERTAMINA:OFFICER", keyed(0)).await["data"]["milestoneStart"]["journalEntry"]["sequence"],
        before + 1
    );
    app.clock.set(Timestamp(now.0 + week + 1));
    assert_eq!(error(&start(&app, "PERTAMINA:OFFICER", keyed(0)).await)["code"], "CONFLICT");
    assert_eq!(keys(&app).await, 2);
    let renewed = start(&app, "PERTAMINA:OFFICER", keyed(2)).await;
    assert_eq!(renewed["data"]["milestoneStart"]["journalEntry"]["sequence"], before + 3, "{renewed:#}");
    assert_eq!(keys(&app).await, 1);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_is_refused_or_rehearsed_leaves_no_key(backend: Backend) {
    let app = TestApp::new(backend).await;
    let rows = scheduled(&app).await;
    let before = sequence(&app).await;
    let key = json!({ "idempotencyKey": "erp-1" });
    let wrong = (rows[0].0.clone(), rows[0].1 + 1);
    assert_eq!(error(&start(&app, "PERTAMINA", input(&wrong, key.clone())).await)["code"], "CONFLICT");
    let dry = json!({ "idempotencyKey": "erp-1", "dryRun": true });
    assert_eq!(start(&app, "PERTAMINA", input(&rows[1], dry)).await.get("errors"), None);
    assert_eq!(keys(&app).await, 0);
    let done = start(&app, "PERTAMINA", input(&rows[0], key)).await;
    assert_eq!(done["data"]["milestoneStart"]["journalEntry"]["sequence"], before + 1, "{done:#}");
    // What cannot be a key is a fault of the input.
    for bad in ["", "a b", "é", "a\u{202e}b", &"k".repeat(256)] {
        let answer = start(&app, "PERTAMINA", input(&rows[1], json!({ "idempotencyKey": bad }))).await;
        assert_eq!(error(&answer)["code"], "BAD_USER_INPUT", "{bad:?}");
        assert_eq!(error(&answer)["faults"][0]["path"], "input.idempotencyKey");
    }
    assert_eq!((sequence(&app).await, keys(&app).await), (before + 1, 1));
}

/// The same program beside it, on the same database.
async fn another(app: &TestApp) -> TestApp {
    let db = Database::connect(&Options::of(&app.url)).await.unwrap();
    let access = Access::new(db.clone(), app.clock.clone(), 90);
    app.beside(App { db, access, ..app.app.clone() }, Arc::clone(&app.keys))
}

async fn the_same_request_at_once_is_one(backend: Backend) {
    let app = TestApp::new(backend).await;
    let apps = [Arc::new(another(&app).await), Arc::new(another(&app).await)];
    let rows = scheduled(&app).await;
    let before = sequence(&app).await;
    for (round, row) in (1..).zip(&rows[..3]) {
        let clients = (0..12).map(|client| {
            let (app, row) = (Arc::clone(&apps[client % 2]), row.clone());
            tokio::spawn(async move {
                start(&app, "PERTAMINA", input(&row, json!({ "idempotencyKey": format!("erp-{}", row.0) })))
                    .await
            })
        });
        let answers = futures_util::future::join_all(clients).await;
        let answers = answers.into_iter().map(Result::unwrap).collect::<Vec<_>>();
        for answer in &answers {
            assert_eq!(answer.get("errors"), None, "{answer:#}");
            assert_eq!(
                answer["data"]["milestoneStart"]["journalEntry"],
                answers[0]["data"]["milestoneStart"]["journalEntry"]
            );
            assert_eq!(answer["data"]["milestoneStart"]["version"], row.1 + 1);
        }
        assert_eq!(sequence(&app).await, before + round);
    }
    // Another input under one key at once: one of them is carried out, the other refused.
    let other = input(&rows[4], json!({ "idempotencyKey": "erp" }));
    let one = input(&rows[3], json!({ "idempotencyKey": "erp" }));
    let both =
        futures_util::future::join(start(&apps[0], "PERTAMINA", one), start(&apps[1], "PERTAMINA", other));
    let (one, other) = both.await;
    let refused = if one.get("errors").is_some() { &one } else { &other };
    assert_eq!(error(refused)["code"], "IDEMPOTENCY_MISMATCH", "{refused:#}");
    assert_eq!(sequence(&app).await, before + 4);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn who_goes_away_and_comes_again_finds_what_was_done(backend: Backend) {
    let app = Arc::new(TestApp::new(backend).await);
    let rows = scheduled(&app).await;
    let before = sequence(&app).await;
    for (round, row) in (0..).zip(&rows[..4]) {
        let keyed = input(row, json!({ "idempotencyKey": format!("erp-{}", row.0) }));
        let (own, sent) = (Arc::clone(&app), keyed.clone());
        let gone = tokio::spawn(async move { start(&own, "PERTAMINA", sent).await });
        tokio::time::sleep(std::time::Duration::from_millis(3 * round as u64)).await;
        gone.abort();
        let answer = start(&app, "PERTAMINA", keyed).await;
        assert_eq!(
            answer["data"]["milestoneStart"]["journalEntry"]["sequence"],
            before + round + 1,
            "{answer:#}"
        );
        assert_eq!(sequence(&app).await, before + round + 1);
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_dry_run_shows_and_keeps_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let rows = scheduled(&app).await;
    let before = dump(&app).await;
    let dry = json!({ "dryRun": true });
    let answer = start(&app, "PERTAMINA:OFFICER", input(&rows[0], dry.clone())).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    let shown = &answer["data"]["milestoneStart"];
    assert_eq!((&shown["journalEntry"], &shown["version"]), (&Value::Null, &json!(rows[0].1 + 1)));
    assert_eq!(shown["milestone"]["status"], "IN_PROGRESS");
    assert_eq!(shown["milestone"]["version"], rows[0].1 + 1);
    // What hangs on it is seen in the same way.
    let all = shown["milestone"]["partnership"]["milestones"]["nodes"].as_array().unwrap();
    let own = all.iter().find(|one| one["id"] == rows[0].0.as_str()).unwrap();
    assert_eq!(own["status"], "IN_PROGRESS");
    assert_eq!(answer["extensions"].get("journal"), None, "{answer:#}");
    // Every rule holds, and the same is then done.
    for (who, version, code) in [
        ("PERTAMINA:VIEWER", 0, "FORBIDDEN"),
        ("KEMENBUMN", 0, "FORBIDDEN"),
        ("PLN", 0, "NOT_FOUND"),
        ("PERTAMINA", 1, "CONFLICT"),
    ] {
        let of = (rows[0].0.clone(), rows[0].1 + version);
        assert_eq!(error(&start(&app, who, input(&of, dry.clone())).await)["code"], code, "{who}");
    }
    // Several in one document: each begins from what there is.
    let field = |key: &str| {
        format!(
            "{key}: milestoneStart(input: {{ id: \"{}\", expectedVersion: {}, dryRun: true }}) {{ milestone {{ status }} }}",
            rows[0].0, rows[0].1
        )
    };
    let twice = app.data("PERTAMINA", &format!("mutation {{ {} {} }}", field("a"), field("b"))).await;
    assert_eq!(twice["b"]["milestone"]["status"], "IN_PROGRESS");
    assert_eq!(dump(&app).await, before);
    let done = start(&app, "PERTAMINA:OFFICER", input(&rows[0], json!({}))).await;
    assert_eq!(done["data"]["milestoneStart"]["milestone"], shown["milestone"]);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_conflict_tells_what_has_changed_since(backend: Backend) {
    let app = TestApp::new(backend).await;
    let rows = scheduled(&app).await;
    let done = start(&app, "PERTAMINA:OFFICER", input(&rows[0], json!({}))).await;
    let entry = &done["data"]["milestoneStart"]["journalEntry"];
    let answer = start(&app, "PERTAMINA", input(&rows[0], json!({}))).await;
    let conflict = error(&answer);
    assert_eq!(conflict["code"], "CONFLICT");
    assert_eq!(conflict["id"], rows[0].0.as_str());
    assert_eq!(conflict["expectedVersion"], rows[0].1);
    assert_eq!(conflict["currentVersion"], rows[0].1 + 1);
    let organisation = app.data("PERTAMINA", "{ viewer { organisation { id } } }").await;
    assert_eq!(
        conflict["changes"],
        json!([{
            "sequence": entry["sequence"], "recordedAt": entry["at"], "actor": "test-PERTAMINA:OFFICER", "role": "BUMN",
            "organisation": organisation["viewer"]["organisation"]["id"], "action": "milestoneStart", "fields": ["Milestone.status"],
        }])
    );
    // Of a version that is still to come there is nothing to tell.
    let ahead = (rows[1].0.clone(), rows[1].1 + 5);
    assert_eq!(error(&start(&app, "PERTAMINA", input(&ahead, json!({}))).await)["changes"], json!([]));
}

async fn eight_writers_on_one_milestone(backend: Backend) {
    let app = Arc::new(TestApp::new(backend).await);
    let rows = scheduled(&app).await;
    let before = sequence(&app).await;
    let clients = (0..8).map(|client| {
        let (app, row) = (Arc::clone(&app), rows[0].clone());
        tokio::spawn(async move {
            start(&app, "PERTAMINA", input(&row, json!({ "idempotencyKey": format!("erp-{client}") }))).await
        })
    });
    let answers = futures_util::future::join_all(clients).await;
    let (won, lost): (Vec<_>, Vec<_>) =
        answers.into_iter().map(Result::unwrap).partition(|answer| answer.get("errors").is_none());
    assert_eq!((won.len(), lost.len()), (1, 7));
    for lost in &lost {
        assert_eq!(error(lost)["code"], "CONFLICT", "{lost:#}");
        assert_eq!(error(lost)["changes"][0]["sequence"], before + 1);
    }
    assert_eq!((sequence(&app).await, keys(&app).await), (before + 1, 1));
    assert_verified(&app.app.access, &app.folder).await;
}
