//! The one write path: `milestoneStart` through the router, and the journal's order under many writers.

use std::io::BufRead as _;
use std::process::{Command, Stdio};

use kemitraan::access::{Access, Actor, Level, Permit, Write};
use kemitraan::db::{Database, Options};
use kemitraan::journal::entity::{entry, head};
use kemitraan::journal::verify;
use kemitraan::nouns::partners::entity::{LegalForm, Scale, partner};
use kemitraan::types::Clock;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};

use crate::support::{Backend, NOW, TestApp};

crate::both!(
    a_milestone_is_started,
    refusals_leave_nothing,
    fields_are_transactions_of_their_own,
    time_never_runs_backwards,
    the_journal_is_gapless_under_many_writers,
);

pub const START: &str = "mutation($id: ID!, $version: Int!) { milestoneStart(input: { id: $id, expectedVersion: $version }) {
    milestone { id version status } journalEntry { sequence action actor role level organisation { code } requestId token
        changes { noun subject image } } } }";

/// A scheduled milestone that a seat reports on: its id and version.
async fn scheduled(app: &TestApp, reporter: &str) -> (String, i64) {
    let document = format!(
        "{{ milestones(first: 1, filter: {{ status: [SCHEDULED], reporter: [{reporter}] }}) {{ nodes {{ id version }} }} }}"
    );
    let who = if reporter == "BUMN" { "PERTAMINA" } else { "KEMENBUMN" };
    let data = app.data(who, &document).await;
    let node = &data["milestones"]["nodes"][0];
    (node["id"].as_str().unwrap().to_owned(), node["version"].as_i64().unwrap())
}

pub async fn sequence(app: &TestApp) -> i64 {
    head::Entity::find().one(app.raw()).await.unwrap().unwrap().sequence
}

/// The chain is whole and the rows are those of their replay.
pub async fn assert_verified(access: &Access, folder: &std::path::Path) -> verify::Report {
    let scratch = folder.join(format!("scratch-{}.db", Clock::system().new_id()));
    let report = access
        .verify_journal(&kemitraan::nouns::projections(), &scratch, None, &mut |_, _| {})
        .await
        .unwrap();
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
    report
}

async fn a_milestone_is_started(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let (id, version) = scheduled(&app, "BUMN").await;
    let answer = app.post("PERTAMINA:OFFICER", START, json!({ "id": id, "version": version })).await;
    let request_id = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(answer.headers["journal-sequence"], (before + 1).to_string().as_str());
    let answer = answer.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    assert_eq!(answer["extensions"]["journal"]["sequence"], before + 1);
    let payload = &answer["data"]["milestoneStart"];
    assert_eq!(payload["milestone"], json!({ "id": id, "version": version + 1, "status": "IN_PROGRESS" }));
    let entry = &payload["journalEntry"];
    assert_eq!(entry["sequence"], before + 1);
    assert_eq!(entry["action"], "milestoneStart");
    assert_eq!(entry["actor"], "test-PERTAMINA:OFFICER");
    assert_eq!((&entry["role"], &entry["level"]), (&json!("BUMN"), &json!("OFFICER")));
    assert_eq!(entry["organisation"]["code"], "PERTAMINA");
    assert_eq!(entry["requestId"], request_id.as_str());
    assert!(entry["token"].is_string());
    assert_eq!(entry["changes"].as_array().unwrap().len(), 1);
    assert_eq!(entry["changes"][0]["subject"], id.as_str());
    let image: Value = serde_json::from_str(entry["changes"][0]["image"].as_str().unwrap()).unwrap();
    assert_eq!((&image["status"], &image["version"]), (&json!("IN_PROGRESS"), &json!(version + 1)));

    // What others then read, and what the journal tells an auditor of that milestone.
    let seen = app.data("KEMENPERIN", &format!("{{ milestone(id: \"{id}\") {{ status version }} }}")).await;
    assert_eq!(seen["milestone"], json!({ "status": "IN_PROGRESS", "version": version + 1 }));
    let history = format!(
        "{{ journal(filter: {{ subject: \"{id}\" }}, direction: DESC, first: 1) {{ nodes {{ sequence action }} }} }}"
    );
    let history = app.data("AUDITOR", &history).await;
    assert_eq!(history["journal"]["nodes"][0], json!({ "sequence": before + 1, "action": "milestoneStart" }));
    assert_verified(&app.app.access, &app.folder).await;
}

async fn refusals_leave_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let (id, version) = scheduled(&app, "BUMN").await;
    let (review, review_version) = scheduled(&app, "KEMENKOPUKM").await;
    let met = app
        .data(
            "PERTAMINA",
            "{ milestones(first: 1, filter: { status: [MET], reporter: [BUMN] }) { nodes { id version } } }",
        )
        .await;
    let met = met["milestones"]["nodes"][0].clone();
    let unknown = "milestone_01femp4p80ev1b8bj0qbwv8t4z";
    for (who, id, version, code, detail) in [
        ("PERTAMINA:VIEWER", id.as_str(), version, "FORBIDDEN", ("rule", json!("level"))),
        ("KEMENKOPUKM", &id, version, "FORBIDDEN", ("rule", json!("seat"))),
        ("KEMENPERIN", &id, version, "FORBIDDEN", ("rule", json!("seat"))),
        ("KEMENBUMN", &id, version, "FORBIDDEN", ("rule", json!("seat"))),
        ("KEMENPERIN", &review, review_version, "FORBIDDEN", ("rule", json!("seat"))),
        ("AUDITOR", &id, version, "FORBIDDEN", ("rule", json!("seats-write"))),
        ("AUDITOR+PLN", &id, version, "FORBIDDEN", ("rule", json!("seats-write"))),
        ("ADMIN", &id, version, "FORBIDDEN", ("rule", json!("seats-write"))),
        ("PLN", &id, version, "NOT_FOUND", ("rule", Value::Null)),
        ("PERTAMINA", unknown, 1, "NOT_FOUND", ("rule", Value::Null)),
        ("PERTAMINA", "milestone_1", 1, "NOT_FOUND", ("rule", Value::Null)),
        ("PERTAMINA", &id.replace("milestone", "partner"), 1, "NOT_FOUND", ("rule", Value::Null)),
        ("PERTAMINA", &id, version + 1, "CONFLICT", ("currentVersion", json!(version))),
        (
            "PERTAMINA",
            met["id"].as_str().unwrap(),
            met["version"].as_i64().unwrap(),
            "INVALID_TRANSITION",
            ("rule", json!("status")),
        ),
    ] {
        let answer = app.post(who, START, json!({ "id": id, "version": version })).await.json();
        let error = &answer["errors"][0];
        // What is not in the role's schema is not run at all.
        let ran = error["extensions"]["rule"] != "seats-write";
        let (data, path) = (json!({ "milestoneStart": null }), json!(["milestoneStart"]));
        assert_eq!(answer.get("data"), ran.then_some(&data), "{who}: {answer:#}");
        assert_eq!(error.get("path"), ran.then_some(&path), "{who}: {answer:#}");
        assert_eq!(error["extensions"]["code"], code, "{who}: {answer:#}");
        assert_eq!(error["extensions"].get(detail.0).unwrap_or(&Value::Null), &detail.1, "{who}: {answer:#}");
    }
    assert_eq!(sequence(&app).await, before);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn fields_are_transactions_of_their_own(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let list = app.data("PERTAMINA", "{ milestones(first: 2, filter: { status: [SCHEDULED], reporter: [BUMN] }) { nodes { id version } } }").await;
    let input = |at: usize, more: i64| {
        let node = &list["milestones"]["nodes"][at];
        format!(
            "input: {{ id: {}, expectedVersion: {} }}",
            node["id"],
            node["version"].as_i64().unwrap() + more
        )
    };
    let document = format!(
        "mutation {{ a: milestoneStart({one}) {{ milestone {{ status }} }} b: milestoneStart({wrong}) {{ milestone {{ status }} }}
            c: milestoneStart({two}) {{ milestone {{ status }} journalEntry {{ sequence }} }} a: milestoneStart({one}) {{ journalEntry {{ sequence }} }} }}",
        one = input(0, 0),
        wrong = input(1, 7),
        two = input(1, 0),
    );
    let answer = app.ask("PERTAMINA", &document).await;
    assert_eq!(
        answer["data"]["a"],
        json!({ "milestone": { "status": "IN_PROGRESS" }, "journalEntry": { "sequence": before + 1 } })
    );
    assert_eq!(answer["data"]["b"], Value::Null);
    assert_eq!(answer["data"]["c"]["journalEntry"]["sequence"], before + 2);
    assert_eq!(answer["errors"].as_array().unwrap().len(), 1, "{answer:#}");
    assert_eq!(answer["errors"][0]["path"], json!(["b"]));
    assert_eq!(sequence(&app).await, before + 2);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn time_never_runs_backwards(backend: Backend) {
    let app = TestApp::new(backend).await;
    let last =
        entry::Entity::find().order_by_desc(entry::Column::Sequence).one(app.raw()).await.unwrap().unwrap();
    let clock = Clock::fixed("2001-01-01T00:00:00Z".parse().unwrap());
    let made = put_partner(&app.db, &clock, true).await.unwrap();
    assert_eq!(made.at, last.at);
    app.clock.set("2030-01-01T00:00:00Z".parse().unwrap());
    let made = put_partner(&app.db, &app.clock, true).await.unwrap();
    assert_eq!(made.at, app.now());
}

/// Adds a partner; takes it back after its entry was appended where `keep` is false.
async fn put_partner(db: &Database, clock: &Clock, keep: bool) -> Option<kemitraan::journal::Entry> {
    let outcome = append_partner(db, clock).await;
    if keep {
        return Some(outcome.commit().await.unwrap());
    }
    outcome.rollback().await.unwrap();
    None
}

async fn append_partner(db: &Database, clock: &Clock) -> kemitraan::access::Sealed {
    let actor = Actor::seed();
    let id = clock.new_id();
    let row = partner::Model {
        id,
        version: 1,
        name: "Contoh (data contoh)".to_owned(),
        sample: true,
        legal_form: LegalForm::Cv,
        scale: Scale::Small,
        scale_since: clock.today(),
        is_ikm: true,
        steward: kemitraan::access::Role::Kemenperin,
        nib: None,
        nik_koperasi: None,
        npwp: None,
        kbli: None,
        kbli_version: None,
        regency: None,
        name_public: false,
    };
    let permit = Permit::grant(&actor, "partnerRegister", id, &[], Level::Officer).unwrap();
    let mut write = Write::begin(&Access::new(db.clone(), clock.clone(), 90), &actor, None).await.unwrap();
    write.insert::<partner::Entity>(&permit, &row).await.unwrap();
    write.append(&permit, None).await.unwrap()
}

const TASKS: usize = 16;
const WRITES: usize = 8;
/// Of the writes of a task, every fourth is rolled back after its entry was appended.
const KEPT: usize = TASKS * WRITES * 3 / 4;

/// Sixteen tasks, each with a connection of its own.
async fn write_much(url: &str) {
    let task = async |_| {
        let options = Options { read_connections: 1, write_connections: 1, ..Options::of(url) };
        let db = Database::connect(&options).await.unwrap();
        let clock = Clock::system();
        for number in 0..WRITES {
            put_partner(&db, &clock, number % 4 != 3).await;
        }
        db.close().await;
    };
    futures_util::future::join_all((0..TASKS).map(task)).await;
}

/// The other process of the test below: writes much, or appends an entry and stays there until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run as a process of its own by the_journal_is_gapless_under_many_writers"]
async fn other_process() {
    let url = std::env::var("KEMITRAAN_TEST_OTHER").expect("the database's URL");
    if std::env::var_os("KEMITRAAN_TEST_HANG").is_none() {
        return write_much(&url).await;
    }
    let db = Database::connect(&Options::of(&url)).await.unwrap();
    let outcome = append_partner(&db, &Clock::system()).await;
    // To the parent, which waits for it.
    std::io::Write::write_all(&mut std::io::stderr(), b"appended\n").unwrap();
    std::future::pending::<()>().await;
    drop(outcome);
}

fn start_other(url: &str, hang: bool) -> std::process::Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "writes::other_process", "--ignored", "--nocapture"])
        .env("KEMITRAAN_TEST_OTHER", url);
    if hang {
        command.env("KEMITRAAN_TEST_HANG", "1");
    }
    command
        .stdout(Stdio::null())
        .stderr(if hang { Stdio::piped() } else { Stdio::inherit() })
        .spawn()
        .unwrap()
}

async fn the_journal_is_gapless_under_many_writers(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    app.clock.set(NOW.parse().unwrap());

    let mut other = start_other(&app.url, false);
    write_much(&app.url).await;
    assert!(tokio::task::spawn_blocking(move || other.wait()).await.unwrap().unwrap().success());
    assert_eq!(sequence(&app).await, before + 2 * KEPT as i64);

    // Killed between append and commit: it leaves nothing, and holds nobody up.
    for _ in 0..3 {
        let mut hanging = start_other(&app.url, true);
        let stderr = hanging.stderr.take().unwrap();
        let appended = tokio::task::spawn_blocking(move || {
            std::io::BufReader::new(stderr).lines().map_while(Result::ok).any(|line| line == "appended")
        });
        assert!(appended.await.unwrap());
        let reading = app.data("KEMENBUMN", "{ partners { totalCount } }").await;
        assert_eq!(reading["partners"]["totalCount"], json!(12 + sequence(&app).await - before));
        hanging.kill().unwrap();
        hanging.wait().unwrap();
        put_partner(&app.db, &app.clock, true).await;
    }
    let entries = entry::Entity::find().order_by_asc(entry::Column::Sequence).all(app.raw()).await.unwrap();
    let sequences = entries.iter().map(|entry| entry.sequence).collect::<Vec<_>>();
    assert_eq!(sequences, (1..=before + 2 * KEPT as i64 + 3).collect::<Vec<_>>());
    assert!(entries.iter().map(|entry| entry.at).is_sorted());
    assert_eq!(assert_verified(&app.app.access, &app.folder).await.head.sequence, sequences.len() as i64);
}
