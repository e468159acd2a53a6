//! Evidence: a file that was sent is attached to a milestone, and withdrawn.

use std::time::{Duration, SystemTime};

use axum::http::StatusCode;
use kemitraan::access::Role;
use kemitraan::nouns::milestones::entity::MilestoneStatus;
use kemitraan::types::Timestamp;
use serde_json::{Value, json};

use crate::evidence_files::{get, pdf, post};
use crate::milestones::{act, assert_rule, partnership, plan};
use crate::scope::{global, literal};
use crate::support::{Backend, TestApp};
use crate::walls::cases::Ground;
use crate::writes::{assert_verified, sequence};

crate::both!(
    a_file_is_attached_and_withdrawn,
    the_reporter_alone_attaches_and_withdraws,
    a_file_is_attached_that_the_organisation_has_sent,
    what_is_wrong_is_told_at_once,
);

const FIELDS: &str = "{ evidence { id version kind number datedOn issuer amount fileName mediaType size sha256 attachedBy
    attacherOrganisation { code } organisation { code } milestone { id version } withdrawnAt withdrawnBy withdrawalReason }
    version journalEntry { sequence action reason changes { noun } } }";

/// The payload of a mutation of evidence, or the extensions of its error.
async fn send(app: &TestApp, who: &str, name: &str, input: Value) -> Value {
    let ty = format!("E{}Input", &name[1..]);
    let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {FIELDS} }}");
    let answer = app.post(who, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"][name].clone()
}

async fn attach(app: &TestApp, who: &str, milestone: &Value, sha256: &str, kind: &str) -> Value {
    let input = json!({ "milestone": milestone, "sha256": sha256, "kind": kind });
    send(app, who, "evidenceAttach", input).await
}

async fn withdraw(app: &TestApp, who: &str, id: &Value, version: i32) -> Value {
    let input = json!({ "id": id, "expectedVersion": version, "reason": "Contoh: berkas keliru" });
    send(app, who, "evidenceWithdraw", input).await
}

/// Sends a file of this size; gives its hash.
async fn upload(app: &TestApp, who: &str, size: usize) -> String {
    let answer = post(app, who, "BAST.pdf", "application/pdf", pdf(size)).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    answer.json()["sha256"].as_str().unwrap().to_owned()
}

async fn a_file_is_attached_and_withdrawn(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (_, steward) = partnership(&app).await;
    let milestone = plan(&app, "DELIVERY", json!({})).await["id"].clone();
    let (bast, other) =
        (upload(&app, "PERTAMINA:OFFICER", 900).await, upload(&app, "PERTAMINA:OFFICER", 901).await);
    let before = sequence(&app).await;
    let input = json!({ "milestone": milestone, "sha256": bast, "kind": "BAST", "number": "CONTOH/BAST/1",
        "datedOn": "2026-11-20", "issuer": "Contoh Gudang", "amount": "125000000" });
    let mut dry = input.clone();
    dry["dryRun"] = json!(true);
    let dry = send(&app, "PERTAMINA:OFFICER", "evidenceAttach", dry).await;
    assert_eq!((&dry["version"], &dry["journalEntry"]), (&json!(1), &Value::Null), "{dry:#}");
    let made = send(&app, "PERTAMINA:OFFICER", "evidenceAttach", input).await;
    let row = made["evidence"].clone();
    let id = row["id"].clone();
    let expected = json!({ "id": id, "version": 1, "kind": "BAST", "number": "CONTOH/BAST/1",
        "datedOn": "2026-11-20", "issuer": "Contoh Gudang", "amount": "125000000", "fileName": "BAST.pdf",
        "mediaType": "application/pdf", "size": row["size"], "sha256": bast, "attachedBy": "test-PERTAMINA:OFFICER",
        "attacherOrganisation": { "code": "PERTAMINA" }, "organisation": { "code": "PERTAMINA" },
        "milestone": { "id": milestone, "version": 1 }, "withdrawnAt": null, "withdrawnBy": null,
        "withdrawalReason": null });
    assert_eq!(row, expected, "{made:#}");
    assert_eq!(row["size"].to_string().trim_matches('"'), "900");
    let entry = json!({ "sequence": before + 1, "action": "evidenceAttach", "reason": null,
        "changes": [{ "noun": "evidence" }] });
    assert_eq!(made["journalEntry"], entry);
    assert_eq!(get(&app, &steward, id.as_str().unwrap(), &[]).await.bytes(), pdf(900));

    // Another one with it: what is reported can do without that.
    let invoice = attach(&app, "PERTAMINA:OFFICER", &milestone, &other, "INVOICE").await["evidence"].clone();
    act(&app, "PERTAMINA", "milestoneStart", &milestone, json!({})).await;
    let report = json!({ "report": "Contoh", "occurredOn": "2026-11-20", "evidence": [id] });
    let submitted = act(&app, "PERTAMINA", "milestoneSubmit", &milestone, report.clone()).await;
    assert_eq!(submitted["milestone"]["status"], "SUBMITTED", "{submitted:#}");
    let version = submitted["version"].as_i64().unwrap();
    let late = attach(&app, "PERTAMINA:OFFICER", &milestone, &other, "OTHER").await;
    assert_rule(&late, "INVALID_TRANSITION", "status");
    assert_eq!(late["open"], json!(["LINK_CLAUSE", "WITHDRAW_EVIDENCE"]));
    let least = withdraw(&app, "PERTAMINA:OFFICER", &id, 1).await;
    assert_rule(&least, "INVALID_TRANSITION", "least-evidence");
    assert_eq!(least["open"], json!(["LINK_CLAUSE", "WITHDRAW_EVIDENCE"]));
    let gone = withdraw(&app, "PERTAMINA:OFFICER", &invoice["id"], 1).await;
    let row = &gone["evidence"];
    assert_eq!(
        (&row["version"], &row["withdrawnBy"], &row["withdrawalReason"]),
        (&json!(2), &json!("test-PERTAMINA:OFFICER"), &json!("Contoh: berkas keliru")),
        "{gone:#}"
    );
    assert_eq!(gone["journalEntry"]["reason"], "Contoh: berkas keliru");
    // Nobody verifies as of what there was before.
    assert_eq!(row["milestone"]["version"], version + 1);
    let of = json!({ "verdict": "MET", "expectedVersion": version });
    assert_eq!(act(&app, &steward, "milestoneVerify", &milestone, of).await["code"], "CONFLICT");
    let nothing = withdraw(&app, "PERTAMINA:OFFICER", &id, 1).await;
    assert_rule(&nothing, "INVALID_TRANSITION", "least-evidence");
    assert_eq!(nothing["open"], json!(["LINK_CLAUSE"]));

    // Once it is returned, the report can be given another one.
    act(&app, &steward, "milestoneReturn", &milestone, json!({ "reason": "Contoh" })).await;
    assert_eq!(withdraw(&app, "PERTAMINA:OFFICER", &id, 2).await["currentVersion"], 1);
    let gone = withdraw(&app, "PERTAMINA", &id, 1).await;
    assert_eq!(gone["evidence"]["withdrawnBy"], "test-PERTAMINA", "{gone:#}");
    assert_rule(&withdraw(&app, "PERTAMINA", &id, 2).await, "INVALID_TRANSITION", "no-evidence");
    act(&app, "PERTAMINA", "milestoneStart", &milestone, json!({})).await;
    let lacking = json!({ "report": "Contoh", "occurredOn": "2026-11-20" });
    let refused = act(&app, "PERTAMINA", "milestoneSubmit", &milestone, lacking.clone()).await;
    assert_rule(&refused, "INVALID_TRANSITION", "least-evidence");
    let again = attach(&app, "PERTAMINA", &milestone, &bast, "BAST").await;
    assert_ne!(again["evidence"]["id"], id, "{again:#}");
    // That which was withdrawn is not what it rests on.
    let refused = act(&app, "PERTAMINA", "milestoneSubmit", &milestone, report).await;
    assert_eq!(refused["faults"][0]["path"], "input.evidence.0", "{refused:#}");
    assert_rule(&withdraw(&app, "PERTAMINA", &id, 2).await, "INVALID_TRANSITION", "withdrawn");
    act(&app, "PERTAMINA", "milestoneSubmit", &milestone, lacking).await;
    act(&app, &steward, "milestoneVerify", &milestone, json!({ "verdict": "MET" })).await;
    assert_rule(
        &withdraw(&app, "PERTAMINA", &again["evidence"]["id"], 1).await,
        "INVALID_TRANSITION",
        "status",
    );

    // All of it is still to be seen, and to be read.
    let document = format!(
        "{{ milestone(id: {milestone}) {{ evidence(filter: {{ withdrawn: false }}) {{ nodes {{ id }} }} }}
            evidenceItems(filter: {{ milestone: [{milestone}], withdrawn: true }}) {{ totalCount }} }}"
    );
    let data = app.data(&steward, &document).await;
    assert_eq!(data["milestone"]["evidence"]["nodes"], json!([{ "id": again["evidence"]["id"] }]));
    assert_eq!(data["evidenceItems"]["totalCount"], 2);
    assert_eq!(get(&app, "AUDITOR", id.as_str().unwrap(), &[]).await.bytes(), pdf(900));
    assert_verified(&app.app.access, &app.folder).await;
}

async fn the_reporter_alone_attaches_and_withdraws(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    for (reporter, verifier, own) in [
        (Role::Bumn, Role::Kemenkopukm, "PERTAMINA"),
        (Role::Kemenkopukm, Role::Bumn, "KEMENKOPUKM"),
        (Role::Kemenperin, Role::Kemenbumn, "KEMENPERIN"),
    ] {
        let row = ground.milestone((reporter, verifier), MilestoneStatus::InProgress).await;
        let milestone = json!(global("milestone", row.id));
        let sha256 = ground.upload().await;
        let made = attach(&app, &format!("{own}:OFFICER"), &milestone, &sha256, "REPORT").await;
        let id = &made["evidence"]["id"];
        assert!(id.is_string(), "{own} {made:#}");
        for who in ["PERTAMINA", "KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN"] {
            let (who, rule) =
                if who == own { (format!("{who}:VIEWER"), "level") } else { (who.to_owned(), "seat") };
            assert_rule(&attach(&app, &who, &milestone, &sha256, "OTHER").await, "FORBIDDEN", rule);
            assert_rule(&withdraw(&app, &who, id, 1).await, "FORBIDDEN", rule);
        }
        assert_eq!(attach(&app, "PLN", &milestone, &sha256, "OTHER").await["code"], "NOT_FOUND");
        assert_eq!(withdraw(&app, "PLN", id, 1).await["code"], "NOT_FOUND");
        for who in ["AUDITOR", "ADMIN"] {
            assert_rule(&attach(&app, who, &milestone, &sha256, "OTHER").await, "FORBIDDEN", "seats-write");
            assert_rule(&withdraw(&app, who, id, 1).await, "FORBIDDEN", "seats-write");
        }
        // Nothing is done while the partnership is at rest.
        let partnership = literal(backend, row.partnership);
        let stands = async |status: &str| {
            let sql = "UPDATE partnership SET status_reason = 'Contoh', status";
            app.sql(&format!("{sql} = '{status}' WHERE id = {partnership}")).await;
        };
        for status in ["SUSPENDED", "COMPLETED", "TERMINATED", "REJECTED"] {
            stands(status).await;
            for refused in
                [attach(&app, own, &milestone, &sha256, "OTHER").await, withdraw(&app, own, id, 1).await]
            {
                assert_rule(&refused, "INVALID_TRANSITION", "partnership-status");
            }
        }
        stands("ACTIVE").await;
        assert_eq!(withdraw(&app, &format!("{own}:OFFICER"), id, 1).await["version"], 2);
    }
}

async fn a_file_is_attached_that_the_organisation_has_sent(backend: Backend) {
    let app = TestApp::new(backend).await;
    let milestone = plan(&app, "DELIVERY", json!({})).await["id"].clone();
    let other = plan(&app, "PAYMENT", json!({})).await["id"].clone();
    // Others have sent it, and nobody has.
    for who in ["PLN", "KEMENBUMN"] {
        let sha256 = upload(&app, who, 910).await;
        let refused = attach(&app, "PERTAMINA", &milestone, &sha256, "BAST").await;
        assert_eq!(refused["code"], "NOT_FOUND", "{who} {refused:#}");
    }
    let nobody = attach(&app, "PERTAMINA", &milestone, &"0".repeat(64), "BAST").await;
    assert_eq!(nobody["code"], "NOT_FOUND");

    let sha256 = upload(&app, "PERTAMINA:OFFICER", 910).await;
    let made = attach(&app, "PERTAMINA", &milestone, &sha256, "BAST").await;
    let twice = attach(&app, "PERTAMINA", &milestone, &sha256, "BAST").await;
    assert_eq!(
        (&twice["faults"][0]["path"], &twice["takenBy"]),
        (&json!("input.sha256"), &made["evidence"]["id"]),
        "{twice:#}"
    );
    for (milestone, kind) in [(&milestone, "INVOICE"), (&other, "BAST")] {
        let made = attach(&app, "PERTAMINA", milestone, &sha256, kind).await;
        assert!(made["journalEntry"].is_object(), "{made:#}");
    }

    // Seven days it waits; what was attached stays when the upload is swept.
    let day = 86_400_000_000;
    let sent = app.now().0;
    app.clock.set(Timestamp(sent + 7 * day));
    assert!(attach(&app, "PERTAMINA", &other, &sha256, "OTHER").await["journalEntry"].is_object());
    app.clock.set(Timestamp(sent + 7 * day + 1_000_000));
    let late = attach(&app, "PERTAMINA", &other, &sha256, "REPORT").await;
    assert_eq!(late["code"], "NOT_FOUND", "{late:#}");
    app.clock.set(Timestamp(sent + 9 * day));
    let file = app.folder.join("evidence/sha256").join(&sha256[..2]).join(&sha256);
    let past = SystemTime::now() - Duration::from_secs(3 * 86_400);
    std::fs::File::open(&file).unwrap().set_modified(past).unwrap();
    let swept = kemitraan::nouns::evidence::uploads::sweep(&app.app.access, &app.app.files, app.now()).await;
    let swept = swept.unwrap();
    assert_eq!((swept.uploads, swept.files), (3, 0));
    let id = made["evidence"]["id"].as_str().unwrap();
    assert_eq!(get(&app, "PERTAMINA:VIEWER", id, &[]).await.bytes(), pdf(910));
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_is_wrong_is_told_at_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let milestone = plan(&app, "DELIVERY", json!({})).await["id"].clone();
    let paths = |answer: &Value| {
        assert_eq!(answer["code"], "BAD_USER_INPUT", "{answer:#}");
        let faults = answer["faults"].as_array().unwrap().iter();
        faults.map(|fault| fault["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let wrong = json!({ "milestone": milestone, "sha256": "ABC", "kind": "BAST", "number": "",
        "datedOn": "2026-11-25", "issuer": "x\u{202e}y", "amount": "1000000000000001", "idempotencyKey": "" });
    let all = ["sha256", "number", "datedOn", "issuer", "amount", "idempotencyKey"];
    let told = paths(&send(&app, "PERTAMINA", "evidenceAttach", wrong).await);
    assert_eq!(told, all.map(|name| format!("input.{name}")));
    for reason in ["", " \n", "\u{202e}x"] {
        let input = json!({ "id": milestone, "expectedVersion": 1, "reason": reason });
        assert_eq!(paths(&send(&app, "PERTAMINA", "evidenceWithdraw", input).await), ["input.reason"]);
    }
    // The id of something else is the id of no evidence, and of no milestone.
    assert_eq!(withdraw(&app, "PERTAMINA", &milestone, 1).await["code"], "NOT_FOUND");
    let sha256 = upload(&app, "PERTAMINA", 920).await;
    let made = attach(&app, "PERTAMINA", &milestone, &sha256, "OTHER").await;
    let refused = attach(&app, "PERTAMINA", &made["evidence"]["id"], &sha256, "OTHER").await;
    assert_eq!(refused["code"], "NOT_FOUND");
}
