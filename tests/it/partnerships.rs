//! Partnerships from proposal to their end: who may do what, when, and what becomes of it.

mod matrix;
mod parts;
mod proposals;
mod references;

use kemitraan::nouns::milestones::entity::{MilestoneStatus, MilestoneType, milestone};
use kemitraan::types::GlobalId;
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::scope::{global, literal, rows, uuids};
use crate::support::{Backend, TestApp};
use crate::writes::{assert_verified, sequence};

crate::both!(a_partnership_goes_its_way, it_ends_before_its_time_with_a_reason, a_renewal_is_a_new_one,);

const FIELDS: &str =
    "{ partnership { id version status statusReason title products pattern channel supplyDirection batch
    organisation { code } executingUnit { code } memorandum { id } renewalOf { id } availableActions
    potentialValue { amount source asOf } estimatedValue { amount source asOf } contractedValue { amount source asOf }
    partners { lead joinedOn partner { id name } } externalReferences { system value } }
    version journalEntry { sequence action reason role } }";

/// The answer to a mutation of partnerships: its payload, or the extensions of its error.
pub async fn send(app: &TestApp, who: &str, name: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {FIELDS} }}");
    let answer = app.post(who, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"][name].clone()
}

fn with(mut input: Value, more: &Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// What is done to a partnership, as of the version that it has.
pub async fn act(app: &TestApp, who: &str, name: &str, id: &str, more: Value) -> Value {
    let data = app.data("KEMENBUMN", &format!("{{ partnership(id: \"{id}\") {{ version }} }}")).await;
    let input = json!({ "id": id, "expectedVersion": data["partnership"]["version"] });
    send(app, who, name, with(input, &more)).await
}

/// It was refused with this code, by this rule.
#[track_caller]
pub fn assert_rule(answer: &Value, code: &str, rule: &str) {
    assert_eq!((&answer["code"], &answer["rule"]), (&json!(code), &json!(rule)), "{answer:#}");
}

/// The paths that were told to be at fault.
#[track_caller]
pub fn faults(answer: &Value) -> Vec<&str> {
    assert_eq!(answer["code"], "BAD_USER_INPUT", "{answer:#}");
    answer["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect()
}

fn uuid(id: &str) -> Uuid {
    GlobalId::parse(id).unwrap().id
}

/// The id and the NIB of a partner with one, of a steward, that a BUMN does not work with.
pub async fn stranger(app: &TestApp, steward: &str, code: &str) -> (String, String) {
    let sql = format!(
        "SELECT id, nib FROM partner WHERE nib IS NOT NULL AND steward = '{steward}' AND id NOT IN
            (SELECT partner FROM partnership_partner WHERE organisation = (SELECT id FROM organisation WHERE code = '{code}'))
            ORDER BY id"
    );
    let found = rows(app, &sql).await;
    let row = &found[0];
    (global("partner", row.try_get_by_index(0).unwrap()), row.try_get_by_index(1).unwrap())
}

pub async fn memorandum(app: &TestApp) -> String {
    global("memorandum", uuids(app, "SELECT id FROM memorandum").await[0])
}

/// A right proposal, with a partner of this NIB.
pub async fn proposal(app: &TestApp, nib: &str) -> Value {
    json!({ "memorandum": memorandum(app).await, "title": "Contoh usulan (data contoh)", "products": "Contoh",
        "pattern": "SUPPLY_CHAIN", "channel": "BUMN_PROCUREMENT", "supplyDirection": "PARTNER_TO_BUMN",
        "batch": "STAGE_2", "partners": [{ "nib": nib, "lead": true }] })
}

/// The id of a partnership of Pertamina's that was proposed just now.
pub async fn proposed(app: &TestApp) -> String {
    let (_, nib) = stranger(app, "KEMENKOPUKM", "PERTAMINA").await;
    let made = send(app, "PERTAMINA:OFFICER", "partnershipPropose", proposal(app, &nib).await).await;
    made["partnership"]["id"].as_str().unwrap_or_else(|| panic!("{made:#}")).to_owned()
}

/// A milestone of it, of this type, in this status.
pub async fn milestone(app: &TestApp, of: &str, kind: MilestoneType, status: MilestoneStatus) -> Uuid {
    let partnership = uuid(of);
    let met = milestone::Entity::find().filter(milestone::Column::Status.eq(MilestoneStatus::Met));
    let model = met.one(app.raw()).await.unwrap().unwrap();
    let own = milestone::Entity::find().filter(milestone::Column::Partnership.eq(partnership));
    let others = own.all(app.raw()).await.unwrap().len();
    let id = literal(app.backend, partnership);
    let sql = format!("SELECT organisation FROM partnership WHERE id = {id}");
    let row = milestone::Model {
        id: app.clock.new_id(),
        partnership,
        organisation: uuids(app, &sql).await[0],
        clause: None,
        position: i32::try_from(others).unwrap() + 1,
        kind,
        status,
        status_reason: Some("Contoh".to_owned()),
        ..model
    };
    let id = row.id;
    milestone::Entity::insert(row.into_active_model()).exec_without_returning(app.raw()).await.unwrap();
    id
}

async fn set_milestone(app: &TestApp, id: Uuid, status: &str) {
    let id = literal(app.backend, id);
    app.sql(&format!("UPDATE milestone SET status = '{status}' WHERE id = {id}")).await;
}

async fn a_partnership_goes_its_way(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let id = &proposed(&app).await;
    assert_eq!(sequence(&app).await, before + 1);
    let step = async |who: &str, name: &str, more: Value| act(&app, who, name, id, more).await;
    let none = || json!({});
    let why = || json!({ "reason": "Contoh alasan" });

    // A BUMN proposes; KEMENBUMN takes every step, by an approver.
    for name in ["partnershipCurate", "partnershipReject"] {
        let more = if name == "partnershipReject" { why() } else { none() };
        for who in ["PERTAMINA", "KEMENKOPUKM", "KEMENPERIN"] {
            assert_rule(&step(who, name, more.clone()).await, "FORBIDDEN", "seat");
        }
        for who in ["KEMENBUMN:OFFICER", "KEMENBUMN:VIEWER"] {
            assert_rule(&step(who, name, more.clone()).await, "FORBIDDEN", "level");
        }
        assert_eq!(step("PLN", name, more).await["code"], "NOT_FOUND");
    }
    let stale = json!({ "id": id, "expectedVersion": 7 });
    let stale = send(&app, "KEMENBUMN", "partnershipCurate", stale).await;
    assert_eq!((&stale["code"], &stale["currentVersion"]), (&json!("CONFLICT"), &json!(1)));
    let early = step("KEMENBUMN", "partnershipActivate", none()).await;
    assert_rule(&early, "INVALID_TRANSITION", "status");
    let open = [
        "UPDATE",
        "ADD_PARTNER",
        "SET_POTENTIAL_VALUE",
        "SET_ESTIMATED_VALUE",
        "ADD_EXTERNAL_REFERENCE",
        "CURATE",
        "REJECT",
    ];
    assert_eq!(early["open"], json!(open));

    for (name, status) in [
        ("partnershipCurate", "CURATION"),
        ("partnershipPrepare", "PREPARATION"),
        ("partnershipStartTrial", "TRIAL"),
    ] {
        let made = step("KEMENBUMN", name, none()).await;
        assert_eq!(made["partnership"]["status"], status, "{made:#}");
        assert_eq!(made["partnership"]["statusReason"], Value::Null);
        assert_eq!(
            (&made["journalEntry"]["action"], &made["journalEntry"]["role"]),
            (&json!(name), &json!("KEMENBUMN"))
        );
    }
    let back = step("KEMENBUMN", "partnershipReturnToPreparation", why()).await;
    assert_eq!(back["partnership"]["status"], "PREPARATION", "{back:#}");
    assert_eq!(back["partnership"]["statusReason"], "Contoh alasan");
    assert_eq!(back["journalEntry"]["reason"], "Contoh alasan");

    // ACTIVE takes an agreement or a contract that is met.
    assert_rule(&step("KEMENBUMN", "partnershipWaiveTrial", why()).await, "INVALID_TRANSITION", "agreement");
    milestone(&app, id, MilestoneType::Delivery, MilestoneStatus::Met).await;
    let contract = milestone(&app, id, MilestoneType::SupplyContract, MilestoneStatus::Submitted).await;
    step("KEMENBUMN", "partnershipStartTrial", none()).await;
    assert_rule(&step("KEMENBUMN", "partnershipActivate", none()).await, "INVALID_TRANSITION", "agreement");
    set_milestone(&app, contract, "MET").await;
    let active = step("KEMENBUMN", "partnershipActivate", none()).await;
    assert_eq!(active["partnership"]["status"], "ACTIVE", "{active:#}");
    let suspended = step("KEMENBUMN", "partnershipSuspend", why()).await;
    assert_eq!(suspended["partnership"]["status"], "SUSPENDED", "{suspended:#}");
    // Its verification was withdrawn meanwhile.
    set_milestone(&app, contract, "IN_PROGRESS").await;
    assert_rule(&step("KEMENBUMN", "partnershipResume", none()).await, "INVALID_TRANSITION", "agreement");
    set_milestone(&app, contract, "MET").await;
    let resumed = step("KEMENBUMN", "partnershipResume", none()).await;
    assert_eq!(resumed["partnership"]["statusReason"], Value::Null, "{resumed:#}");

    let open = milestone(&app, id, MilestoneType::Payment, MilestoneStatus::Returned).await;
    let refused = step("KEMENBUMN", "partnershipComplete", none()).await;
    assert_rule(&refused, "INVALID_TRANSITION", "open-milestones");
    set_milestone(&app, open, "NOT_MET").await;
    let completed = step("KEMENBUMN", "partnershipComplete", none()).await;
    assert_eq!(completed["partnership"]["status"], "COMPLETED", "{completed:#}");
    assert_rule(&step("KEMENBUMN", "partnershipTerminate", why()).await, "INVALID_TRANSITION", "status");
    assert_rule(
        &step("KEMENBUMN", "partnershipUpdate", json!({ "title": "x" })).await,
        "INVALID_TRANSITION",
        "status",
    );
    assert_eq!(completed["partnership"]["version"], 10);
}

async fn it_ends_before_its_time_with_a_reason(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (rejected, terminated) = (proposed(&app).await, {
        let (_, nib) = stranger(&app, "KEMENPERIN", "PLN").await;
        let made = send(&app, "PLN", "partnershipPropose", proposal(&app, &nib).await).await;
        made["partnership"]["id"].as_str().unwrap().to_owned()
    });
    for reason in ["", " \n", "\u{202e}x"] {
        let refused =
            act(&app, "KEMENBUMN", "partnershipReject", &rejected, json!({ "reason": reason })).await;
        assert_eq!(faults(&refused), ["input.reason"]);
    }
    let why = json!({ "reason": "Contoh: tidak layak" });
    let made = act(&app, "KEMENBUMN", "partnershipReject", &rejected, why.clone()).await;
    assert_eq!(
        (&made["partnership"]["status"], &made["partnership"]["statusReason"]),
        (&json!("REJECTED"), &why["reason"])
    );
    act(&app, "KEMENBUMN", "partnershipCurate", &terminated, json!({})).await;
    let early = act(&app, "KEMENBUMN", "partnershipTerminate", &terminated, why.clone()).await;
    assert_rule(&early, "INVALID_TRANSITION", "status");
    act(&app, "KEMENBUMN", "partnershipPrepare", &terminated, json!({})).await;
    let late = act(&app, "KEMENBUMN", "partnershipReject", &terminated, why.clone()).await;
    assert_rule(&late, "INVALID_TRANSITION", "status");
    let made = act(&app, "KEMENBUMN", "partnershipTerminate", &terminated, why).await;
    assert_eq!(made["partnership"]["status"], "TERMINATED", "{made:#}");
    // Its history tells who, when and why; and all of it is replayed.
    let document =
        format!("{{ partnership(id: \"{terminated}\") {{ history {{ nodes {{ action role reason }} }} }} }}");
    let data = app.data("PLN", &document).await;
    let acts = data["partnership"]["history"]["nodes"].as_array().unwrap();
    let actions = acts.iter().map(|act| act["action"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(
        actions,
        ["partnershipPropose", "partnershipCurate", "partnershipPrepare", "partnershipTerminate"]
    );
    assert_eq!(acts[3]["reason"], "Contoh: tidak layak");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_renewal_is_a_new_one(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &proposed(&app).await;
    let renew = async |who: &str, more: &Value| {
        let input = json!({ "id": id, "batch": "STAGE_3" });
        send(&app, who, "partnershipRenew", with(input, more)).await
    };
    assert_rule(&renew("PERTAMINA:OFFICER", &json!({})).await, "INVALID_TRANSITION", "status");
    milestone(&app, id, MilestoneType::CooperationAgreement, MilestoneStatus::Met).await;
    for (name, more) in
        [("Curate", json!({})), ("Prepare", json!({})), ("WaiveTrial", json!({ "reason": "Contoh" }))]
    {
        let made = act(&app, "KEMENBUMN", &format!("partnership{name}"), id, more).await;
        assert!(made["journalEntry"].is_object(), "{made:#}");
    }
    assert_rule(&renew("KEMENPERIN", &json!({})).await, "FORBIDDEN", "seat");
    assert_rule(&renew("PERTAMINA:VIEWER", &json!({})).await, "FORBIDDEN", "level");
    assert_eq!(renew("PLN", &json!({})).await["code"], "NOT_FOUND");
    assert_eq!(
        faults(&renew("PERTAMINA", &json!({ "title": "", "batch": "?" })).await),
        ["input.title", "input.batch"]
    );
    let made = renew("PERTAMINA:OFFICER", &json!({ "title": "Contoh perpanjangan" })).await;
    let row = &made["partnership"];
    assert_eq!((&row["status"], &row["version"]), (&json!("PROPOSED"), &json!(1)), "{made:#}");
    assert_eq!((&row["renewalOf"]["id"], &row["batch"]), (&json!(id), &json!("STAGE_3")));
    assert_eq!((&row["title"], &row["estimatedValue"]), (&json!("Contoh perpanjangan"), &Value::Null));
    let before = app
        .data(
            "PERTAMINA",
            &format!(
                "{{ partnership(id: \"{id}\") {{ version status partners {{ lead partner {{ id }} }} }} }}"
            ),
        )
        .await;
    assert_eq!(before["partnership"]["status"], "ACTIVE");
    assert_eq!(row["partners"][0]["partner"]["id"], before["partnership"]["partners"][0]["partner"]["id"]);
    assert_ne!(&row["id"], id);
    // Once; and again where it came to nothing.
    assert_rule(&renew("KEMENBUMN", &json!({})).await, "INVALID_TRANSITION", "renewed");
    let second = row["id"].as_str().unwrap();
    act(&app, "KEMENBUMN", "partnershipReject", second, json!({ "reason": "Contoh" })).await;
    let made = renew("KEMENBUMN:OFFICER", &json!({})).await;
    assert_eq!(made["partnership"]["title"], "Contoh usulan (data contoh)", "{made:#}");
    assert_verified_but_for_milestones(&app).await;
}

/// Milestones are put there by the tests themselves.
async fn assert_verified_but_for_milestones(app: &TestApp) {
    app.sql(
        "DELETE FROM milestone WHERE status_reason = 'Contoh' AND partnership IN
        (SELECT id FROM partnership WHERE batch = 'STAGE_2')",
    )
    .await;
    assert_verified(&app.app.access, &app.folder).await;
}
