//! Milestones from plan to verification: who may do what, when, and what becomes of it.

mod matrix;
mod plans;

use kemitraan::access::{Actor, Level, Permit, Role, Write};
use kemitraan::nouns::evidence::entity::{EvidenceKind, evidence};
use kemitraan::types::{GlobalId, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scope::{global, ids};
use crate::support::{Backend, TestApp};
use crate::walls::cases::Ground;
use crate::writes::assert_verified;

crate::both!(
    a_milestone_goes_its_way,
    dates_are_honest,
    what_waits_for_another_is_not_reported_before_it,
    nothing_is_done_while_the_partnership_is_at_rest,
);

const FIELDS: &str =
    "{ milestone { id version status statusReason title weight dueOn firstDueOn reschedules reporter verifier
    occurredOn report reportedBy verifiedAt verifiedBy availableActions dependsOn { id } clause { id }
    rescheduleRequests { number status reason dueOn decidedBy } } version journalEntry { sequence action reason } }";

/// The answer to a mutation of milestones.
async fn send(app: &TestApp, who: &str, name: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {FIELDS} }}");
    let answer = app.post(who, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"][name].clone()
}

/// What is done to a milestone, as of the version that it has.
pub async fn act(app: &TestApp, who: &str, name: &str, id: &Value, more: Value) -> Value {
    let data = app.data("KEMENBUMN", &format!("{{ milestone(id: {id}) {{ version }} }}")).await;
    let mut input = json!({ "id": id, "expectedVersion": data["milestone"]["version"] });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    send(app, who, name, input).await
}

/// It was refused with this code, by this rule.
#[track_caller]
pub fn assert_rule(answer: &Value, code: &str, rule: &str) {
    assert_eq!((&answer["code"], &answer["rule"]), (&json!(code), &json!(rule)), "{answer:#}");
}

/// A partnership of Pertamina's in work, and one of its partner's steward.
pub async fn partnership(app: &TestApp) -> (String, String) {
    let document = "{ partnerships(first: 1, filter: { status: [ACTIVE] }) { nodes { id
        partners { lead partner { steward } } } } }";
    let data = app.data("PERTAMINA", document).await;
    let node = &data["partnerships"]["nodes"][0];
    let partners = node["partners"].as_array().unwrap();
    let lead = partners.iter().find(|one| one["lead"] == true).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&node["id"]), text(&lead["partner"]["steward"]))
}

pub async fn plan(app: &TestApp, kind: &str, more: Value) -> Value {
    let (partnership, _) = partnership(app).await;
    let mut input = json!({ "partnership": partnership, "type": kind, "title": "Contoh (data contoh)", "weight": 5,
        "dueOn": "2026-12-31" });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let planned = send(app, "PERTAMINA:OFFICER", "milestonePlan", input).await;
    assert!(planned["journalEntry"].is_object(), "{planned:#}");
    planned["milestone"].clone()
}

fn uuid(id: &Value) -> Uuid {
    GlobalId::parse(id.as_str().unwrap()).unwrap().id
}

/// Attached by the program, through the one write path.
async fn attach(app: &TestApp, milestone: &Value, kind: EvidenceKind) -> String {
    use sea_orm::EntityTrait as _;
    let row = kemitraan::nouns::milestones::entity::milestone::Entity::find_by_id(uuid(milestone))
        .one(app.raw())
        .await
        .unwrap()
        .unwrap();
    let row = evidence::Model {
        id: app.clock.new_id(),
        version: 1,
        partnership: row.partnership,
        organisation: row.organisation,
        milestone: row.id,
        kind,
        number: None,
        dated_on: None,
        issuer: None,
        amount: None,
        file_name: "contoh.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 1,
        sha256: "0".repeat(64),
        attached_at: app.now(),
        attached_by: "test-PERTAMINA".to_owned(),
        attacher_organisation: row.organisation,
        withdrawn_at: None,
        withdrawn_by: None,
        withdrawal_reason: None,
    };
    let permit = Permit::grant(&Actor::seed(), "evidenceAttach", row.id, &[], Level::Officer).unwrap();
    let mut write = Write::begin(&app.app.access, &Actor::seed(), None).await.unwrap();
    write.insert::<evidence::Entity>(&permit, &row).await.unwrap();
    write.append(&permit, None).await.unwrap().commit().await.unwrap();
    global("evidence", row.id)
}

async fn a_milestone_goes_its_way(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (_, steward) = partnership(&app).await;
    let planned = plan(&app, "DELIVERY", json!({})).await;
    assert_eq!((&planned["status"], &planned["version"]), (&json!("SCHEDULED"), &json!(1)));
    assert_eq!((&planned["reporter"], &planned["verifier"]), (&json!("BUMN"), &json!(steward)));
    let id = &planned["id"];
    let changed =
        act(&app, "KEMENBUMN:OFFICER", "milestoneUpdate", id, json!({ "title": "Lain", "weight": 9 })).await;
    assert_eq!(
        (&changed["milestone"]["title"], &changed["milestone"]["weight"]),
        (&json!("Lain"), &json!(9))
    );
    assert_eq!(changed["milestone"]["dueOn"], "2026-12-31");

    let report = json!({ "report": "Contoh: dikirim.\nLengkap.", "occurredOn": "2026-11-20" });
    assert_rule(
        &act(&app, "PERTAMINA", "milestoneSubmit", id, report.clone()).await,
        "INVALID_TRANSITION",
        "status",
    );
    let started = act(&app, "PERTAMINA:OFFICER", "milestoneStart", id, json!({})).await;
    assert_eq!(started["milestone"]["status"], "IN_PROGRESS", "{started:#}");
    // A machine prepares; it takes an approver to report.
    assert_rule(
        &act(&app, "PERTAMINA:OFFICER", "milestoneSubmit", id, report.clone()).await,
        "FORBIDDEN",
        "level",
    );
    let lacking = act(&app, "PERTAMINA", "milestoneSubmit", id, report.clone()).await;
    assert_rule(&lacking, "INVALID_TRANSITION", "least-evidence");
    assert_eq!(lacking["open"], json!(["UPDATE", "DEPEND", "RESCHEDULE", "LINK_CLAUSE", "ATTACH_EVIDENCE"]));
    attach(&app, id, EvidenceKind::Invoice).await;
    assert_rule(
        &act(&app, "PERTAMINA", "milestoneSubmit", id, report.clone()).await,
        "INVALID_TRANSITION",
        "least-evidence",
    );
    let bast = attach(&app, id, EvidenceKind::Bast).await;
    // When it happened can neither be to come, nor be before the memorandum.
    for day in ["2026-11-25", "2021-09-02"] {
        let report = json!({ "report": "Contoh", "occurredOn": day });
        let wrong = act(&app, "PERTAMINA", "milestoneSubmit", id, report).await;
        assert_eq!(
            (&wrong["code"], &wrong["faults"][0]["path"]),
            (&json!("BAD_USER_INPUT"), &json!("input.occurredOn"))
        );
    }
    let mut with = report.clone();
    with["evidence"] = json!([bast, "evidence_01femp4p80ev1b8bj0qbwv8t4z"]);
    let wrong = act(&app, "PERTAMINA", "milestoneSubmit", id, with.clone()).await;
    assert_eq!(wrong["faults"][0]["path"], "input.evidence.1", "{wrong:#}");
    with["evidence"] = json!([bast]);
    let submitted = act(&app, "PERTAMINA", "milestoneSubmit", id, with).await;
    let milestone = &submitted["milestone"];
    assert_eq!(
        (&milestone["status"], &milestone["reportedBy"]),
        (&json!("SUBMITTED"), &json!("test-PERTAMINA"))
    );
    assert_eq!(milestone["report"], "Contoh: dikirim.\nLengkap.");
    // The invoice: the BAST it is reported with.
    assert_eq!(milestone["availableActions"], json!(["LINK_CLAUSE", "WITHDRAW_EVIDENCE"]));

    // By the verifier's seat alone, at its level.
    let met = json!({ "verdict": "MET" });
    for (who, expected) in
        [("PERTAMINA", "seat"), ("KEMENBUMN", "seat"), (&format!("{steward}:OFFICER"), "level")]
    {
        assert_rule(&act(&app, who, "milestoneVerify", id, met.clone()).await, "FORBIDDEN", expected);
    }
    let returned = act(&app, &steward, "milestoneReturn", id, json!({ "reason": "Kurang jelas" })).await;
    assert_eq!(
        (&returned["milestone"]["status"], &returned["milestone"]["statusReason"]),
        (&json!("RETURNED"), &json!("Kurang jelas"))
    );
    assert_eq!(returned["journalEntry"]["reason"], "Kurang jelas");
    act(&app, "PERTAMINA", "milestoneStart", id, json!({})).await;
    act(&app, "PERTAMINA", "milestoneSubmit", id, report.clone()).await;
    let unremarked = act(&app, &steward, "milestoneVerify", id, json!({ "verdict": "PARTIALLY_MET" })).await;
    assert_eq!(unremarked["faults"][0]["path"], "input.remark");
    let partly = json!({ "verdict": "PARTIALLY_MET", "remark": "Sebagian" });
    let partly = act(&app, &steward, "milestoneVerify", id, partly).await;
    assert_eq!(
        (&partly["milestone"]["status"], &partly["milestone"]["statusReason"]),
        (&json!("PARTIALLY_MET"), &json!("Sebagian"))
    );
    act(&app, "PERTAMINA", "milestoneStart", id, json!({})).await;
    act(&app, "PERTAMINA", "milestoneSubmit", id, report.clone()).await;
    let met = act(&app, &steward, "milestoneVerify", id, met).await;
    assert_eq!(met["milestone"]["status"], "MET");
    assert_rule(
        &act(&app, "PERTAMINA", "milestoneStart", id, json!({})).await,
        "INVALID_TRANSITION",
        "status",
    );

    // Withdrawn: it is under way again, and both acts are there to be seen.
    let withdrawn =
        act(&app, &steward, "milestoneWithdrawVerification", id, json!({ "reason": "Keliru" })).await;
    assert_eq!(withdrawn["milestone"]["status"], "IN_PROGRESS");
    assert_eq!(withdrawn["milestone"]["verifiedBy"], met["milestone"]["verifiedBy"]);
    let history = format!("{{ milestone(id: {id}) {{ history(last: 2) {{ nodes {{ action reason }} }} }} }}");
    let history = app.data("AUDITOR", &history).await;
    assert_eq!(
        history["milestone"]["history"]["nodes"],
        json!([{ "action": "milestoneVerify", "reason": null },
            { "action": "milestoneWithdrawVerification", "reason": "Keliru" }])
    );
    let cancelled = act(&app, "KEMENBUMN", "milestoneCancel", id, json!({ "reason": "Digabung" })).await;
    assert_eq!(cancelled["milestone"]["status"], "CANCELLED");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn dates_are_honest(backend: Backend) {
    let app = TestApp::new(backend).await;
    let planned = plan(&app, "NEED_IDENTIFICATION", json!({ "dueOn": "2026-12-01" })).await;
    let id = &planned["id"];
    let to = async |day: &str| {
        act(
            &app,
            "PERTAMINA:OFFICER",
            "milestoneReschedule",
            id,
            json!({ "dueOn": day, "reason": "Mitra belum siap" }),
        )
        .await
    };
    let dates = |answer: &Value| {
        let of = &answer["milestone"];
        json!([of["firstDueOn"], of["dueOn"], of["reschedules"]])
    };
    assert_eq!(dates(&to("2026-12-21").await), json!(["2026-12-01", "2026-12-21", 1]));
    assert_eq!(to("2026-12-21").await["faults"][0]["path"], "input.dueOn");
    assert_eq!(to("2026-11-23").await["faults"][0]["path"], "input.dueOn");
    // Another eleven days wait for the verifier; until then nothing moves, and nothing more is asked for.
    let waits = to("2027-01-01").await;
    assert_eq!(dates(&waits), json!(["2026-12-01", "2026-12-21", 1]), "{waits:#}");
    assert_eq!(waits["milestone"]["rescheduleRequests"][1]["status"], "WAITING");
    assert_rule(&to("2026-12-22").await, "INVALID_TRANSITION", "reschedule-waits");
    for (who, expected) in [("PERTAMINA", "seat"), ("KEMENPERIN", "seat"), ("KEMENBUMN:OFFICER", "level")] {
        assert_rule(
            &act(&app, who, "milestoneApproveReschedule", id, json!({})).await,
            "FORBIDDEN",
            expected,
        );
    }
    let declined =
        act(&app, "KEMENBUMN", "milestoneDeclineReschedule", id, json!({ "reason": "Terlalu lama" })).await;
    assert_eq!(dates(&declined), json!(["2026-12-01", "2026-12-21", 1]));
    assert_rule(
        &act(&app, "KEMENBUMN", "milestoneApproveReschedule", id, json!({})).await,
        "INVALID_TRANSITION",
        "no-reschedule",
    );
    to("2027-01-01").await;
    let approved = act(&app, "KEMENBUMN", "milestoneApproveReschedule", id, json!({})).await;
    assert_eq!(dates(&approved), json!(["2026-12-01", "2027-01-01", 2]), "{approved:#}");
    let requests = approved["milestone"]["rescheduleRequests"].as_array().unwrap();
    let told = requests.iter().map(|one| json!([one["number"], one["status"], one["decidedBy"]]));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            json!([1, "EFFECTIVE", null]),
            json!([2, "DECLINED", "test-KEMENBUMN"]),
            json!([3, "EFFECTIVE", "test-KEMENBUMN"])
        ]
    );
    // 23:59 in Jakarta on the day is not late, 00:00 is by one day.
    for (at, late) in [("2027-01-01T23:59:59.999999+07:00", 0), ("2027-01-02T00:00:00+07:00", 1)] {
        app.clock.set(at.parse::<Timestamp>().unwrap());
        let data = app.data("KEMENBUMN", &format!("{{ milestone(id: {id}) {{ overdueDays }} }}")).await;
        assert_eq!(data["milestone"]["overdueDays"], late);
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_waits_for_another_is_not_reported_before_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let mut all = Vec::new();
    for _ in 0..3 {
        let row = ground
            .milestone(
                (Role::Bumn, Role::Kemenbumn),
                kemitraan::nouns::milestones::entity::MilestoneStatus::Scheduled,
            )
            .await;
        all.push(json!(global("milestone", row.id)));
    }
    let depend = async |one: usize, on: usize| {
        act(&app, "PERTAMINA:OFFICER", "milestoneDepend", &all[one], json!({ "dependsOn": all[on] })).await
    };
    assert_eq!(depend(1, 0).await["milestone"]["dependsOn"], json!([{ "id": all[0] }]));
    assert_eq!(depend(2, 1).await["version"], 2);
    assert_rule(&depend(1, 0).await, "INVALID_TRANSITION", "depends-already");
    assert_rule(&depend(0, 2).await, "INVALID_TRANSITION", "cycle");
    assert_eq!(depend(0, 0).await["faults"][0]["path"], "input.dependsOn");
    let foreign = ids(
        &app,
        "milestone",
        "SELECT id FROM milestone WHERE status = 'SCHEDULED' AND organisation =
        (SELECT id FROM organisation WHERE code = 'PLN')",
    )
    .await;
    let foreign = json!({ "dependsOn": foreign[0] });
    assert_eq!(
        act(&app, "PERTAMINA", "milestoneDepend", &all[0], foreign.clone()).await["code"],
        "NOT_FOUND"
    );
    assert_eq!(
        act(&app, "KEMENBUMN", "milestoneDepend", &all[0], foreign).await["faults"][0]["path"],
        "input.dependsOn"
    );

    let report = json!({ "report": "Contoh", "occurredOn": "2026-11-20" });
    act(&app, "PERTAMINA", "milestoneStart", &all[1], json!({})).await;
    assert_rule(
        &act(&app, "PERTAMINA", "milestoneSubmit", &all[1], report.clone()).await,
        "INVALID_TRANSITION",
        "dependencies",
    );
    // Nothing is left to wait for of what was cancelled.
    act(&app, "KEMENBUMN", "milestoneCancel", &all[0], json!({ "reason": "Contoh" })).await;
    let submitted = act(&app, "PERTAMINA", "milestoneSubmit", &all[1], report.clone()).await;
    assert_eq!(submitted["milestone"]["status"], "SUBMITTED", "{submitted:#}");
    act(&app, "PERTAMINA", "milestoneStart", &all[2], json!({})).await;
    assert_rule(
        &act(&app, "PERTAMINA", "milestoneSubmit", &all[2], report.clone()).await,
        "INVALID_TRANSITION",
        "dependencies",
    );
    let undepend = json!({ "dependsOn": all[1] });
    let free = act(&app, "PERTAMINA:OFFICER", "milestoneUndepend", &all[2], undepend.clone()).await;
    assert_eq!(free["milestone"]["dependsOn"], json!([]));
    assert_rule(
        &act(&app, "PERTAMINA", "milestoneUndepend", &all[2], undepend).await,
        "INVALID_TRANSITION",
        "no-dependency",
    );
    assert_eq!(
        act(&app, "PERTAMINA", "milestoneSubmit", &all[2], report).await["milestone"]["status"],
        "SUBMITTED"
    );
}

async fn nothing_is_done_while_the_partnership_is_at_rest(backend: Backend) {
    use kemitraan::nouns::milestones::entity::MilestoneStatus;
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let hands = (Role::Bumn, Role::Kemenbumn);
    let open = json!(global("milestone", ground.milestone(hands, MilestoneStatus::Scheduled).await.id));
    let met = json!(global("milestone", ground.milestone(hands, MilestoneStatus::Met).await.id));
    for status in ["SUSPENDED", "COMPLETED", "TERMINATED", "REJECTED"] {
        app.sql(&format!(
            "UPDATE partnership SET status = '{status}', status_reason = 'Contoh' WHERE id =
                (SELECT partnership FROM milestone WHERE id = {})",
            crate::scope::literal(backend, uuid(&open))
        ))
        .await;
        for (who, name, more) in [
            ("PERTAMINA", "milestoneStart", json!({})),
            ("PERTAMINA", "milestoneUpdate", json!({ "weight": 1 })),
            ("KEMENBUMN", "milestoneCancel", json!({ "reason": "Contoh" })),
        ] {
            let refused = act(&app, who, name, &open, more).await;
            assert_rule(&refused, "INVALID_TRANSITION", "partnership-status");
            assert_eq!(refused["open"], json!([]), "{status} {name}");
        }
        let dry = json!({ "reason": "Keliru", "dryRun": true });
        let withdrawn = act(&app, "KEMENBUMN", "milestoneWithdrawVerification", &met, dry).await;
        assert_eq!(withdrawn["milestone"]["status"], "IN_PROGRESS", "{status} {withdrawn:#}");
        let input = json!({ "partnership": ground.id(), "type": "REVIEW", "title": "Contoh", "weight": 1, "dueOn": "2027-01-01" });
        assert_rule(
            &send(&app, "KEMENBUMN", "milestonePlan", input).await,
            "INVALID_TRANSITION",
            "partnership-status",
        );
    }
}
