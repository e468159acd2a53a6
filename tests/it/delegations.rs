//! What an approver delegates to a service account, and what the account may then do.

use kemitraan::access::{Level, Role};
use kemitraan::auth::TokenRequest;
use kemitraan::nouns::milestones::entity::{MilestoneStatus, milestone};
use sea_orm::Iterable as _;
use serde_json::{Value, json};

use crate::scope::{assert_forbidden, global};
use crate::support::{BUMN, Backend, ISSUER, TestApp};
use crate::walls::cases::Ground;
use crate::walls::post_as;
use crate::writes::assert_verified;

crate::both!(
    a_service_account_submits_what_is_delegated,
    who_delegates_and_revokes,
    what_is_asked_wrongly_is_told_at_once,
    a_service_account_submits_figures_that_are_delegated,
    what_is_available_to_a_service_account_is_what_is_then_done,
    delegations_are_their_organisations,
);

const FIELDS: &str =
    "{ delegation { id version organisation { code } grantee action partnership { id } validFrom validUntil
    inForce grantedBy revokedBy revocationReason history { nodes { action reason } } } version
    journalEntry { sequence action reason } }";

/// A token of a service account.
pub fn service(app: &TestApp, code: &str, level: Level, name: &str) -> String {
    let role = if BUMN.contains(&code) { Role::Bumn } else { code.parse().unwrap() };
    TokenRequest {
        role,
        organisation: Some(code.to_owned()),
        level: Some(level),
        subject: Some(format!("service:{name}")),
        days: 30,
        institution: None,
        letter: None,
        letter_from: None,
        letter_until: None,
        covers: Vec::new(),
    }
    .issue(&app.keys, ISSUER, &app.clock)
    .unwrap()
}

/// The answer to a mutation: its payload, or the details of the error.
async fn send_as(app: &TestApp, token: &str, name: &str, fields: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {fields} }}");
    let answer = post_as(app, token, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"][name].clone()
}

async fn send(app: &TestApp, who: &str, name: &str, input: Value) -> Value {
    send_as(app, &app.token(who), name, FIELDS, input).await
}

async fn grant(app: &TestApp, who: &str, more: Value) -> Value {
    let mut input =
        json!({ "grantee": "service:erp", "action": "MILESTONE_SUBMIT", "validUntil": "2026-11-30" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    send(app, who, "delegationGrant", input).await
}

async fn revoke(app: &TestApp, who: &str, id: &Value, version: i32) -> Value {
    let input = json!({ "id": id, "expectedVersion": version, "reason": "Contoh: ganti sistem" });
    send(app, who, "delegationRevoke", input).await
}

async fn submit(app: &TestApp, token: &str, row: &milestone::Model) -> Value {
    let input = json!({ "id": global("milestone", row.id), "expectedVersion": row.version, "report": "Contoh",
        "occurredOn": "2026-11-24" });
    let fields = "{ milestone { status reportedBy } journalEntry { actor level action } }";
    send_as(app, token, "milestoneSubmit", fields, input).await
}

#[track_caller]
fn assert_rule(answer: &Value, code: &str, rule: &str) {
    assert_eq!((&answer["code"], &answer["rule"]), (&json!(code), &json!(rule)), "{answer:#}");
}

const PAIR: (Role, Role) = (Role::Bumn, Role::Kemenbumn);

async fn a_service_account_submits_what_is_delegated(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let mut rows = Vec::new();
    for _ in 0..3 {
        rows.push(ground.milestone(PAIR, MilestoneStatus::InProgress).await);
    }
    let erp = service(&app, "PERTAMINA", Level::Approver, "erp");
    let viewer = post_as(&app, &erp, "{ viewer { level } }", json!({})).await.json();
    assert_eq!(viewer["data"]["viewer"]["level"], "OFFICER", "whatever its token says");
    assert_rule(&submit(&app, &erp, &rows[0]).await, "FORBIDDEN", "service-account");

    let granted = grant(&app, "PERTAMINA", json!({ "partnership": ground.id() })).await;
    let delegation = &granted["delegation"];
    assert_eq!(granted["journalEntry"]["action"], "delegationGrant", "{granted:#}");
    assert_eq!(
        (&delegation["grantee"], &delegation["action"], &delegation["partnership"]["id"]),
        (&json!("service:erp"), &json!("MILESTONE_SUBMIT"), &json!(ground.id()))
    );
    assert_eq!(
        (&delegation["validFrom"], &delegation["validUntil"], &delegation["inForce"]),
        (&json!("2026-11-24"), &json!("2026-11-30"), &json!(true))
    );
    let done = submit(&app, &erp, &rows[0]).await;
    assert_eq!(done["milestone"], json!({ "status": "SUBMITTED", "reportedBy": "service:erp" }), "{done:#}");
    let entry = json!({ "actor": "service:erp", "level": "OFFICER", "action": "milestoneSubmit" });
    assert_eq!(done["journalEntry"], entry);

    // It is for that account of that organisation, as an officer at least, and until its last day.
    let viewer = service(&app, "PERTAMINA", Level::Viewer, "erp");
    assert_rule(&submit(&app, &viewer, &rows[1]).await, "FORBIDDEN", "level");
    let other = service(&app, "PERTAMINA", Level::Officer, "lain");
    assert_rule(&submit(&app, &other, &rows[1]).await, "FORBIDDEN", "service-account");
    assert_rule(&submit(&app, &app.token("PERTAMINA:OFFICER"), &rows[1]).await, "FORBIDDEN", "level");
    let elsewhere = service(&app, "PLN", Level::Officer, "erp");
    assert_eq!(submit(&app, &elsewhere, &rows[1]).await["code"], "NOT_FOUND");
    let now = app.now();
    app.clock.set("2026-11-30T23:59:59+07:00".parse().unwrap());
    assert_eq!(submit(&app, &erp, &rows[1]).await["milestone"]["status"], "SUBMITTED");
    app.clock.set("2026-12-01T00:00:00+07:00".parse().unwrap());
    assert_rule(&submit(&app, &erp, &rows[2]).await, "FORBIDDEN", "service-account");
    app.clock.set(now);

    let revoked = revoke(&app, "PERTAMINA", &delegation["id"], 1).await;
    let row = &revoked["delegation"];
    assert_eq!((&row["inForce"], &row["version"]), (&json!(false), &json!(2)), "{revoked:#}");
    assert_eq!(row["revokedBy"], "test-PERTAMINA");
    assert_eq!(row["history"]["nodes"].as_array().unwrap().len(), 2);
    assert_eq!(row["history"]["nodes"][1]["reason"], "Contoh: ganti sistem");
    assert_rule(&submit(&app, &erp, &rows[2]).await, "FORBIDDEN", "service-account");
    // What stays is told by whoever reads the journal.
    let document = format!("{{ journal(filter: {{ subject: {} }}) {{ totalCount }} }}", row["id"]);
    assert_eq!(app.data("AUDITOR", &document).await["journal"]["totalCount"], 2);
    let last = app.data("PERTAMINA", "{ changes(last: 1) { nodes { noun node { id } } } }").await["changes"]
        ["nodes"][0]
        .clone();
    assert_eq!(last, json!({ "noun": "delegation", "node": { "id": row["id"] } }));
}

async fn a_service_account_submits_figures_that_are_delegated(backend: Backend) {
    let app = TestApp::new(backend).await;
    let erp = service(&app, "PERTAMINA", Level::Officer, "erp");
    let document = "{ partnerships(first: 1, filter: { status: [ACTIVE] }) { nodes { id } } }";
    let of = app.data("PERTAMINA", document).await["partnerships"]["nodes"][0]["id"].clone();
    let opened = json!({ "quarter": "2021-Q4" });
    send_as(&app, &app.token("KEMENBUMN"), "quarterOpen", "{ version }", opened).await;
    let input = json!({ "partnership": of, "indicator": "EMPLOYMENT", "quarter": "2021-Q4", "actual": "7" });
    let fields = "{ outcome { id status availableActions } version }";
    let made = send_as(&app, &erp, "outcomeReport", fields, input).await;
    assert_eq!(made["outcome"]["availableActions"], json!(["SET_TARGET", "REPORT"]), "{made:#}");
    let input = json!({ "id": made["outcome"]["id"], "expectedVersion": 1 });
    let refused = send_as(&app, &erp, "outcomeSubmit", fields, input.clone()).await;
    assert_rule(&refused, "FORBIDDEN", "service-account");
    // One to report on milestones is none to report figures.
    grant(&app, "PERTAMINA", json!({})).await;
    let refused = send_as(&app, &erp, "outcomeSubmit", fields, input.clone()).await;
    assert_rule(&refused, "FORBIDDEN", "service-account");
    grant(&app, "PERTAMINA", json!({ "action": "OUTCOME_SUBMIT" })).await;
    let document = format!("{{ outcome(id: {}) {{ availableActions }} }}", made["outcome"]["id"]);
    let told = post_as(&app, &erp, &document, json!({})).await.json();
    let open = &told["data"]["outcome"]["availableActions"];
    assert_eq!(*open, json!(["SET_TARGET", "REPORT", "SUBMIT"]), "{told:#}");
    let done = send_as(&app, &erp, "outcomeSubmit", fields, input).await;
    assert_eq!(done["outcome"]["status"], "SUBMITTED", "{done:#}");
}

async fn who_delegates_and_revokes(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (who, rule) in [
        ("PERTAMINA:OFFICER", "level"),
        ("PERTAMINA:VIEWER", "level"),
        ("KEMENBUMN", "seat"),
        ("AUDITOR", "seats-write"),
        ("ADMIN", "seats-write"),
    ] {
        assert_rule(&grant(&app, who, json!({})).await, "FORBIDDEN", rule);
    }
    assert_rule(&grant(&app, "KEMENPERIN", json!({ "action": "OUTCOME_SUBMIT" })).await, "FORBIDDEN", "seat");
    let machine = service(&app, "PERTAMINA", Level::Approver, "erp");
    let input = json!({ "grantee": "service:erp", "action": "MILESTONE_SUBMIT", "validUntil": "2026-11-30" });
    let refused = send_as(&app, &machine, "delegationGrant", FIELDS, input).await;
    assert_rule(&refused, "FORBIDDEN", "service-account");
    // A partnership of another's is not there.
    let others = app.data("PLN", "{ partnerships(first: 1) { nodes { id } } }").await;
    let others = json!({ "partnership": others["partnerships"]["nodes"][0]["id"] });
    assert_eq!(grant(&app, "PERTAMINA", others).await["code"], "NOT_FOUND");

    let tried = grant(&app, "PERTAMINA", json!({ "dryRun": true })).await;
    assert_eq!((&tried["version"], &tried["journalEntry"]), (&json!(1), &Value::Null), "{tried:#}");
    let of_bumn = grant(&app, "PERTAMINA", json!({ "action": "OUTCOME_SUBMIT" })).await["delegation"].clone();
    let of_ministry = grant(&app, "KEMENKOPUKM", json!({})).await["delegation"].clone();
    assert_eq!(of_ministry["organisation"]["code"], "KEMENKOPUKM", "{of_ministry:#}");
    for (who, of, rule) in [
        ("PERTAMINA:OFFICER", &of_bumn, "level"),
        ("KEMENBUMN", &of_bumn, "seat"),
        ("KEMENPERIN", &of_ministry, "seat"),
        ("KEMENKOPUKM:OFFICER", &of_ministry, "level"),
        ("AUDITOR", &of_bumn, "seats-write"),
    ] {
        assert_rule(&revoke(&app, who, &of["id"], 1).await, "FORBIDDEN", rule);
    }
    let id = json!({ "id": of_bumn["id"], "expectedVersion": 1, "reason": "Contoh" });
    let refused = send_as(&app, &machine, "delegationRevoke", FIELDS, id).await;
    assert_rule(&refused, "FORBIDDEN", "service-account");
    assert_eq!(revoke(&app, "PLN", &of_bumn["id"], 1).await["code"], "NOT_FOUND");
    assert_eq!(revoke(&app, "PERTAMINA", &of_ministry["id"], 1).await["code"], "NOT_FOUND");
    assert_eq!(revoke(&app, "PERTAMINA", &of_bumn["id"], 2).await["code"], "CONFLICT");
    assert_eq!(revoke(&app, "PERTAMINA", &of_bumn["id"], 1).await["version"], 2);
    assert_rule(&revoke(&app, "PERTAMINA", &of_bumn["id"], 2).await, "INVALID_TRANSITION", "revoked");
    assert_eq!(revoke(&app, "KEMENKOPUKM", &of_ministry["id"], 1).await["version"], 2);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_is_asked_wrongly_is_told_at_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let long = format!("service:{}", "x".repeat(201));
    for (more, paths) in [
        (json!({ "grantee": "erp" }), vec!["input.grantee"]),
        (json!({ "grantee": "service:" }), vec!["input.grantee"]),
        (json!({ "grantee": "service:a b" }), vec!["input.grantee"]),
        (json!({ "grantee": long }), vec!["input.grantee"]),
        (json!({ "validUntil": "2026-11-23" }), vec!["input.validUntil"]),
        (json!({ "validUntil": "2027-11-25" }), vec!["input.validUntil"]),
        (
            json!({ "grantee": "x", "validFrom": "2026-11-23", "validUntil": "2028-01-01" }),
            vec!["input.grantee", "input.validFrom", "input.validUntil"],
        ),
    ] {
        let answer = grant(&app, "PERTAMINA", more.clone()).await;
        assert_eq!(answer["code"], "BAD_USER_INPUT", "{answer:#}");
        let told = answer["faults"].as_array().unwrap().iter().map(|fault| &fault["path"]);
        assert_eq!(told.collect::<Vec<_>>(), paths, "{more}");
    }
    for more in [
        json!({ "validUntil": "2026-11-24" }),
        json!({ "validUntil": "2027-11-24" }),
        json!({ "grantee": format!("service:{}", "x".repeat(200)) }),
        json!({ "validFrom": "2027-11-24", "validUntil": "2028-11-24" }),
    ] {
        let answer = grant(&app, "PERTAMINA", more.clone()).await;
        assert_eq!(answer["version"], 1, "{more}: {answer:#}");
    }
}

/// What the mutations of milestones take that are tried.
fn tried(app: &TestApp, row: &milestone::Model) -> [(&'static str, &'static str, Value); 6] {
    let today = app.clock.today();
    let input = |more: Value| {
        let mut input =
            json!({ "id": global("milestone", row.id), "expectedVersion": row.version, "dryRun": true });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let report = json!({ "report": "Contoh", "occurredOn": today.to_string() });
    let later = json!({ "dueOn": (today + chrono::Days::new(9)).to_string(), "reason": "Contoh" });
    [
        ("START", "milestoneStart", input(json!({}))),
        ("SUBMIT", "milestoneSubmit", input(report)),
        ("VERIFY", "milestoneVerify", input(json!({ "verdict": "MET" }))),
        ("RETURN", "milestoneReturn", input(json!({ "reason": "Contoh" }))),
        ("RESCHEDULE", "milestoneReschedule", input(later)),
        ("CANCEL", "milestoneCancel", input(json!({ "reason": "Contoh" }))),
    ]
}

async fn what_is_available_to_a_service_account_is_what_is_then_done(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let other = Ground::new(&app, "PERTAMINA", true).await;
    let mut rows = Vec::new();
    for status in MilestoneStatus::iter() {
        for pair in [PAIR, (Role::Kemenkopukm, Role::Bumn)] {
            rows.push(ground.milestone(pair, status).await);
        }
    }
    // What is delegated by whose approver to which account, and whether it covers a report here today.
    let delegated = [
        ("none", None),
        ("whole", Some(json!({}))),
        ("here", Some(json!({ "partnership": ground.id() }))),
        ("elsewhere", Some(json!({ "partnership": other.id() }))),
        ("tomorrow", Some(json!({ "validFrom": "2026-11-25" }))),
        ("revoked", Some(json!({}))),
    ];
    for seat in ["PERTAMINA", "KEMENKOPUKM"] {
        for (name, more) in &delegated {
            let Some(more) = more else { continue };
            let mut more = more.clone();
            more["grantee"] = json!(format!("service:{name}"));
            let granted = grant(&app, seat, more).await;
            assert_eq!(granted["version"], 1, "{seat} {name} {granted:#}");
            if *name == "revoked" {
                assert_eq!(revoke(&app, seat, &granted["delegation"]["id"], 1).await["version"], 2);
            }
        }
    }
    let figures = json!({ "grantee": "service:none", "action": "OUTCOME_SUBMIT" });
    assert_eq!(grant(&app, "PERTAMINA", figures).await["version"], 1);
    let mut submitted = 0;
    for seat in ["PERTAMINA", "KEMENKOPUKM", "KEMENBUMN"] {
        for (name, _) in &delegated {
            for level in Level::ALL {
                let token = service(&app, seat, level, name);
                for row in &rows {
                    let id = global("milestone", row.id);
                    let document = format!("{{ milestone(id: \"{id}\") {{ availableActions }} }}");
                    let told = post_as(&app, &token, &document, json!({})).await.json();
                    let told = told["data"]["milestone"]["availableActions"].as_array().unwrap().clone();
                    let tried = tried(&app, row);
                    let given = tried.iter().map(|(_, name, _)| format!("${name}: M{}Input!", &name[1..]));
                    let fields =
                        tried.iter().map(|(_, name, _)| format!("{name}(input: ${name}) {{ version }}"));
                    let document = format!(
                        "mutation({}) {{ {} }}",
                        given.collect::<Vec<_>>().join(", "),
                        fields.collect::<Vec<_>>().join(" ")
                    );
                    let variables = tried.iter().map(|(_, name, input)| ((*name).to_owned(), input.clone()));
                    let variables = variables.collect::<serde_json::Map<_, _>>();
                    let answer = post_as(&app, &token, &document, variables.into()).await.json();
                    for (action, mutation, _) in &tried {
                        let does = answer["data"][mutation].is_object();
                        let context = format!("{seat} {name} {level:?} {action} {:?} {answer:#}", row.status);
                        assert_eq!(told.contains(&json!(action)), does, "{context}");
                        assert!(!does || !["VERIFY", "RETURN", "CANCEL"].contains(action), "{context}");
                        if *action == "SUBMIT" {
                            let covers = ["whole", "here"].contains(name);
                            let own = if seat == "PERTAMINA" { Role::Bumn } else { Role::Kemenkopukm };
                            let is_own = seat != "KEMENBUMN" && row.reporter == own;
                            let stands = row.status == MilestoneStatus::InProgress;
                            let may = covers && is_own && stands && level != Level::Viewer;
                            assert_eq!(does, may, "{context}");
                            submitted += usize::from(does);
                        }
                    }
                }
            }
        }
    }
    assert_eq!(submitted, 8);
}

async fn delegations_are_their_organisations(backend: Backend) {
    let app = TestApp::new(backend).await;
    for who in ["PERTAMINA", "PLN", "KEMENKOPUKM"] {
        assert_eq!(grant(&app, who, json!({ "grantee": format!("service:{who}") })).await["version"], 1);
    }
    let later = json!({ "grantee": "service:later", "validFrom": "2026-12-01", "validUntil": "2026-12-02" });
    assert_eq!(grant(&app, "PERTAMINA", later).await["version"], 1);
    let list = async |who: &str, arguments: &str| {
        let document = format!("{{ delegations{arguments} {{ totalCount nodes {{ grantee }} }} }}");
        let data = app.data(who, &document).await["delegations"].clone();
        let nodes = data["nodes"].as_array().unwrap();
        assert_eq!(data["totalCount"], nodes.len());
        let mut found =
            nodes.iter().map(|node| node["grantee"].as_str().unwrap()[8..].to_owned()).collect::<Vec<_>>();
        // What the pilot has anyway.
        found.retain(|name| name != "data-contoh");
        found.sort();
        found
    };
    let all = ["KEMENKOPUKM", "PERTAMINA", "PLN", "later"];
    for who in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN:VIEWER", "AUDITOR"] {
        assert_eq!(list(who, "").await, all, "{who}");
    }
    assert_eq!(list("PERTAMINA:VIEWER", "").await, ["PERTAMINA", "later"]);
    assert_eq!(list("AUDITOR+PLN", "").await, ["PLN"]);
    assert_eq!(list("RNI", "").await, [""; 0]);
    assert_eq!(list("KEMENBUMN", "(filter: { inForce: true })").await, all[..3]);
    assert_eq!(list("KEMENBUMN", "(filter: { inForce: false })").await, ["later"]);
    assert_eq!(list("KEMENBUMN", "(filter: { grantee: [\"service:PLN\"] })").await, ["PLN"]);
    assert_eq!(list("KEMENBUMN", "(filter: { action: [OUTCOME_SUBMIT] })").await, [""; 0]);
    let (coordinate, rule) = ("Query.delegations", "admin-sees-no-partnership");
    assert_forbidden(&app, "ADMIN", "{ delegations { totalCount } }", coordinate, rule).await;
    let data = app.data("PLN", "{ delegations { nodes { id } } }").await;
    let id = &data["delegations"]["nodes"][0]["id"];
    for field in ["delegation", "node"] {
        let document = format!("{{ {field}(id: {id}) {{ id }} }}");
        assert_eq!(app.data("KEMENBUMN", &document).await[field]["id"], *id);
        assert_eq!(app.code("PERTAMINA", &document).await, "NOT_FOUND");
    }
    assert_verified(&app.app.access, &app.folder).await;
}
