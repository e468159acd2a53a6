//! Obstacles from raised to resolved and back: who may do what, when, and what becomes of it.

mod matrix;

use kemitraan::access::Role;
use kemitraan::nouns::milestones::entity::MilestoneStatus;
use kemitraan::nouns::obstacles::entity::ObstacleStatus;
use serde_json::{Value, json};

use crate::scope::{global, ids, literal};
use crate::support::{Backend, TestApp};
use crate::walls::cases::Ground;
use crate::walls::dump;
use crate::writes::assert_verified;

crate::both!(
    an_obstacle_goes_its_way,
    it_is_raised_by_whom_it_concerns,
    what_cannot_be_is_told_at_once,
    what_has_ended_is_closed_and_gets_no_more,
    it_is_the_raisers_the_owners_and_kemenbumn_s,
);

const FIELDS: &str = "{ obstacle { id version category severity title description owner followUp dueOn status statusSince
    resolution raisedBy raiserOrganisation { code } resolvedAt resolvedBy organisation { code } partnership { id }
    milestone { id } availableActions } version journalEntry { action reason } }";

/// The answer to a mutation of obstacles.
pub async fn send(app: &TestApp, who: &str, name: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {FIELDS} }}");
    let answer = app.post(who, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"][name].clone()
}

/// What is done to an obstacle, as of the version that it has.
async fn act(app: &TestApp, who: &str, name: &str, id: &Value, more: Value) -> Value {
    let data = app.data("KEMENBUMN", &format!("{{ obstacle(id: {id}) {{ version }} }}")).await;
    let mut input = json!({ "id": id, "expectedVersion": data["obstacle"]["version"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    send(app, who, name, input).await
}

/// It was refused with this code, by this rule.
#[track_caller]
fn assert_rule(answer: &Value, code: &str, rule: &str) {
    assert_eq!((&answer["code"], &answer["rule"]), (&json!(code), &json!(rule)), "{answer:#}");
}

fn raised(ground: &Ground<'_>, more: Value) -> Value {
    let mut input = json!({ "partnership": ground.id(), "category": "FINANCING", "severity": "HIGH",
        "title": "Contoh kendala", "owner": "KEMENKOPUKM" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn an_obstacle_goes_its_way(backend: Backend) {
    let app = TestApp::new(backend).await;
    let row = uuid_of_milestone(&app, "PERTAMINA").await;
    let data =
        app.data("PERTAMINA", &format!("{{ milestone(id: \"{row}\") {{ partnership {{ id }} }} }}")).await;
    let input = json!({ "partnership": data["milestone"]["partnership"]["id"], "milestone": row, "category": "FINANCING",
        "severity": "HIGH", "title": "Contoh: modal kerja", "description": "Baris satu.\nBaris dua.",
        "owner": "KEMENKOPUKM", "dueOn": "2026-11-24" });
    let raised = send(&app, "PERTAMINA:OFFICER", "obstacleRaise", input).await;
    let own = &raised["obstacle"];
    assert_eq!(
        (&own["status"], &own["version"], &raised["version"]),
        (&json!("OPEN"), &json!(1), &json!(1)),
        "{raised:#}"
    );
    assert_eq!((&own["milestone"]["id"], &own["dueOn"]), (&json!(row), &json!("2026-11-24")));
    assert_eq!(own["raisedBy"], "test-PERTAMINA:OFFICER");
    assert_eq!(
        (&own["raiserOrganisation"]["code"], &own["organisation"]["code"]),
        (&json!("PERTAMINA"), &json!("PERTAMINA"))
    );
    assert_eq!(own["availableActions"], json!(["ASSIGN", "UPDATE"]));
    assert_eq!(raised["journalEntry"], json!({ "action": "obstacleRaise", "reason": null }));
    let id = &own["id"];

    // Not before anything was done about it.
    let how = json!({ "resolution": "Kredit cair" });
    let early = act(&app, "KEMENKOPUKM", "obstacleResolve", id, how.clone()).await;
    assert_rule(&early, "INVALID_TRANSITION", "status");
    assert_eq!(early["open"], json!(["ASSIGN", "UPDATE"]));
    // Other words leave it where it stands; a follow-up does not.
    let severer = act(
        &app,
        "PERTAMINA:OFFICER",
        "obstacleUpdate",
        id,
        json!({ "severity": "CRITICAL", "dueOn": null }),
    )
    .await;
    let own = &severer["obstacle"];
    assert_eq!(
        (&own["status"], &own["severity"], &own["dueOn"]),
        (&json!("OPEN"), &json!("CRITICAL"), &Value::Null)
    );
    let agreed = json!({ "followUp": "Pendampingan KUR", "category": "OTHER", "title": "Contoh lain", "dueOn": "2026-12-31" });
    let agreed = act(&app, "KEMENKOPUKM:OFFICER", "obstacleUpdate", id, agreed).await;
    let own = &agreed["obstacle"];
    assert_eq!(
        (&own["status"], &own["followUp"]),
        (&json!("IN_PROGRESS"), &json!("Pendampingan KUR")),
        "{agreed:#}"
    );
    assert_eq!(
        (&own["category"], &own["title"], &own["dueOn"]),
        (&json!("OTHER"), &json!("Contoh lain"), &json!("2026-12-31"))
    );
    assert_eq!(own["description"], "Baris satu.\nBaris dua.");

    // To another seat, which from then on sees to it, and the one before does not.
    let same = act(&app, "KEMENKOPUKM", "obstacleAssign", id, json!({ "owner": "KEMENKOPUKM" })).await;
    assert_eq!(same["faults"][0]["path"], "input.owner", "{same:#}");
    let passed =
        act(&app, "KEMENKOPUKM:OFFICER", "obstacleAssign", id, json!({ "owner": "KEMENPERIN" })).await;
    assert_eq!(passed["obstacle"]["owner"], "KEMENPERIN");
    assert_eq!(passed["obstacle"]["availableActions"], json!([]));
    assert_rule(&act(&app, "KEMENKOPUKM", "obstacleResolve", id, how.clone()).await, "FORBIDDEN", "seat");
    let stale = json!({ "id": id, "expectedVersion": 1, "resolution": "Kredit cair" });
    let stale = send(&app, "KEMENPERIN", "obstacleResolve", stale).await;
    assert_eq!(
        (&stale["code"], stale["changes"].as_array().unwrap().len()),
        (&json!("CONFLICT"), 3),
        "{stale:#}"
    );

    let resolved = act(&app, "KEMENPERIN:OFFICER", "obstacleResolve", id, how).await;
    let own = &resolved["obstacle"];
    assert_eq!(
        (&own["status"], &own["resolution"]),
        (&json!("RESOLVED"), &json!("Kredit cair")),
        "{resolved:#}"
    );
    assert_eq!(own["resolvedBy"], "test-KEMENPERIN:OFFICER");
    assert!(own["resolvedAt"].is_string());
    let again = act(&app, "KEMENPERIN", "obstacleResolve", id, json!({ "resolution": "Lagi" })).await;
    assert_rule(&again, "INVALID_TRANSITION", "status");
    assert_eq!(again["open"], json!(["REOPEN"]));

    let reopened =
        act(&app, "PERTAMINA:OFFICER", "obstacleReopen", id, json!({ "reason": "Kredit ditarik" })).await;
    let own = &reopened["obstacle"];
    assert_eq!(own["status"], "OPEN", "{reopened:#}");
    for field in ["followUp", "resolution", "resolvedAt", "resolvedBy"] {
        assert_eq!(own[field], Value::Null, "{field}");
    }
    assert_eq!(reopened["journalEntry"], json!({ "action": "obstacleReopen", "reason": "Kredit ditarik" }));
    // The seat that has it takes it up.
    let taken = act(&app, "KEMENPERIN:OFFICER", "obstacleAssign", id, json!({ "owner": "KEMENPERIN" })).await;
    assert_eq!(taken["obstacle"]["status"], "IN_PROGRESS", "{taken:#}");

    let history =
        format!("{{ obstacle(id: {id}) {{ history {{ nodes {{ action fields {{ field old new }} }} }} }} }}");
    let history = app.data("AUDITOR", &history).await["obstacle"]["history"]["nodes"].clone();
    let told = history.as_array().unwrap();
    assert_eq!(told.len(), 7);
    let kept = told.iter().flat_map(|entry| entry["fields"].as_array().unwrap());
    let kept = kept.filter(|field| field["field"] == "Obstacle.resolution").collect::<Vec<_>>();
    assert_eq!((kept.len(), &kept[1]["old"]), (2, &json!("Kredit cair")), "{kept:?}");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn uuid_of_milestone(app: &TestApp, code: &str) -> String {
    let sql = format!(
        "SELECT id FROM milestone WHERE status = 'SCHEDULED' AND organisation =
            (SELECT id FROM organisation WHERE code = '{code}') ORDER BY id"
    );
    ids(app, "milestone", &sql).await[0].clone()
}

async fn it_is_raised_by_whom_it_concerns(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    for who in
        ["PERTAMINA:OFFICER", "KEMENKOPUKM:OFFICER", "KEMENPERIN:OFFICER", "KEMENBUMN:OFFICER", "PERTAMINA"]
    {
        let raised = send(&app, who, "obstacleRaise", raised(&ground, json!({}))).await;
        assert_eq!(
            raised["obstacle"]["raiserOrganisation"]["code"],
            who.replace(":OFFICER", ""),
            "{raised:#}"
        );
        assert_eq!(raised["obstacle"]["organisation"]["code"], "PERTAMINA");
    }
    let before = dump(&app).await;
    for (who, code, rule) in [
        ("PLN", "NOT_FOUND", Value::Null),
        ("PERTAMINA:VIEWER", "FORBIDDEN", json!("level")),
        ("KEMENBUMN:VIEWER", "FORBIDDEN", json!("level")),
        ("AUDITOR", "FORBIDDEN", json!("seats-write")),
        ("ADMIN", "FORBIDDEN", json!("seats-write")),
    ] {
        let refused = send(&app, who, "obstacleRaise", raised(&ground, json!({}))).await;
        assert_eq!((&refused["code"], &refused["rule"]), (&json!(code), &rule), "{who}: {refused:#}");
    }
    let dry = send(&app, "PERTAMINA", "obstacleRaise", raised(&ground, json!({ "dryRun": true }))).await;
    assert_eq!((&dry["obstacle"]["status"], &dry["journalEntry"]), (&json!("OPEN"), &Value::Null), "{dry:#}");
    assert_eq!(dump(&app).await, before);
    let key = json!({ "idempotencyKey": "erp-kendala-1" });
    let once = send(&app, "PERTAMINA", "obstacleRaise", raised(&ground, key.clone())).await;
    assert_eq!(send(&app, "PERTAMINA", "obstacleRaise", raised(&ground, key)).await, once);
}

async fn what_cannot_be_is_told_at_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let paths = |answer: &Value| {
        let faults = answer["faults"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
        faults.iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let wrong = json!({ "title": "dua\nbaris", "description": "a\u{202e}b", "owner": "AUDITOR", "dueOn": "2026-11-23" });
    let wrong = send(&app, "PERTAMINA", "obstacleRaise", raised(&ground, wrong)).await;
    assert_eq!(
        paths(&wrong),
        ["input.title", "input.description", "input.owner", "input.dueOn"],
        "{wrong:#}"
    );
    let other = Ground::new(&app, "PERTAMINA", false).await;
    let foreign = other.milestone((Role::Bumn, Role::Kemenbumn), MilestoneStatus::Scheduled).await;
    let foreign = json!({ "milestone": global("milestone", foreign.id) });
    let foreign = send(&app, "PERTAMINA", "obstacleRaise", raised(&ground, foreign)).await;
    assert_eq!(paths(&foreign), ["input.milestone"]);

    let open =
        json!(global("obstacle", ground.obstacle(Role::Bumn, "PERTAMINA", ObstacleStatus::Open).await.id));
    let wrong = json!({ "title": "", "followUp": "", "dueOn": "2026-11-23" });
    let wrong = act(&app, "PERTAMINA", "obstacleUpdate", &open, wrong).await;
    assert_eq!(paths(&wrong), ["input.title", "input.followUp", "input.dueOn"]);
    assert_eq!(paths(&act(&app, "PERTAMINA", "obstacleUpdate", &open, json!({})).await), ["input"]);
    let wrong = act(&app, "PERTAMINA", "obstacleAssign", &open, json!({ "owner": "ADMIN" })).await;
    assert_eq!(paths(&wrong), ["input.owner"]);
    let wrong = act(&app, "PERTAMINA", "obstacleResolve", &open, json!({ "resolution": " " })).await;
    assert_eq!(paths(&wrong), ["input.resolution"]);
    let wrong = act(&app, "PERTAMINA", "obstacleReopen", &open, json!({ "reason": "a".repeat(4_001) })).await;
    assert_eq!(paths(&wrong), ["input.reason"]);
}

async fn what_has_ended_is_closed_and_gets_no_more(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let started = ground.obstacle(Role::Bumn, "PERTAMINA", ObstacleStatus::InProgress).await;
    let done = ground.obstacle(Role::Bumn, "PERTAMINA", ObstacleStatus::Resolved).await;
    let [started, done] = [started, done].map(|row| json!(global("obstacle", row.id)));
    let id = literal(backend, ground.partnership.id);
    for (status, has_ended) in
        [("SUSPENDED", false), ("COMPLETED", true), ("TERMINATED", true), ("REJECTED", true)]
    {
        let sql =
            format!("UPDATE partnership SET status = '{status}', status_reason = 'Contoh' WHERE id = {id}");
        app.sql(&sql).await;
        let dry = |more: Value| {
            let mut more = more;
            more["dryRun"] = true.into();
            more
        };
        let resolved =
            act(&app, "PERTAMINA", "obstacleResolve", &started, dry(json!({ "resolution": "Contoh" }))).await;
        assert_eq!(resolved["obstacle"]["status"], "RESOLVED", "{status}: {resolved:#}");
        let new = send(&app, "PERTAMINA", "obstacleRaise", raised(&ground, dry(json!({})))).await;
        let reopened =
            act(&app, "PERTAMINA", "obstacleReopen", &done, dry(json!({ "reason": "Contoh" }))).await;
        for answer in [&new, &reopened] {
            if has_ended {
                assert_rule(answer, "INVALID_TRANSITION", "partnership-status");
            } else {
                assert_eq!(answer["obstacle"]["status"], "OPEN", "{status}: {answer:#}");
            }
        }
        if has_ended {
            assert_eq!(reopened["open"], json!([]));
        }
    }
}

/// Each mutation is refused to every other seat, and its id tells a BUMN of another partnership nothing.
async fn it_is_the_raisers_the_owners_and_kemenbumn_s(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    for (owner, raiser, others) in [
        (Role::Kemenperin, "PERTAMINA", &["KEMENKOPUKM"][..]),
        (Role::Kemenperin, "KEMENKOPUKM", &["PERTAMINA"][..]),
        (Role::Bumn, "KEMENBUMN", &["KEMENKOPUKM", "KEMENPERIN"][..]),
    ] {
        for (name, status, more) in [
            ("obstacleAssign", ObstacleStatus::Open, json!({ "owner": "KEMENBUMN" })),
            ("obstacleUpdate", ObstacleStatus::Open, json!({ "severity": "HIGH" })),
            ("obstacleResolve", ObstacleStatus::InProgress, json!({ "resolution": "Contoh" })),
            ("obstacleReopen", ObstacleStatus::Resolved, json!({ "reason": "Contoh" })),
        ] {
            let id = json!(global("obstacle", ground.obstacle(owner, raiser, status).await.id));
            for who in others {
                assert_rule(&act(&app, who, name, &id, more.clone()).await, "FORBIDDEN", "seat");
            }
            let own = if owner == Role::Bumn { "PERTAMINA" } else { owner.as_str() };
            for who in [own, raiser, "KEMENBUMN"] {
                let refused = act(&app, &format!("{who}:VIEWER"), name, &id, more.clone()).await;
                assert_rule(&refused, "FORBIDDEN", "level");
                let mut dry = more.clone();
                dry["dryRun"] = true.into();
                let done = act(&app, &format!("{who}:OFFICER"), name, &id, dry).await;
                assert_eq!(done["version"], 2, "{who} {name} {done:#}");
            }
            assert_eq!(act(&app, "PLN", name, &id, more.clone()).await["code"], "NOT_FOUND");
            for who in ["AUDITOR", "ADMIN"] {
                assert_rule(&act(&app, who, name, &id, more.clone()).await, "FORBIDDEN", "seats-write");
            }
        }
    }
}
