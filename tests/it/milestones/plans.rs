//! Milestones as they are planned, and what can be wrong with a plan.

use kemitraan::types::GlobalId;
use serde_json::{Value, json};

use super::{act, assert_rule, partnership, plan, send};
use crate::support::{Backend, TestApp};
use crate::walls::cases::{Ground, organisation};
use crate::writes::sequence;

crate::both!(a_chain_is_planned_by_pattern, faults_come_all_at_once, a_plan_names_only_what_is_its_own);

async fn a_chain_is_planned_by_pattern(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ground = Ground::new(&app, "PERTAMINA", true).await;
    let before = sequence(&app).await;
    let input = json!({ "partnership": ground.id(), "startsOn": "2027-01-01" });
    let planned = send(&app, "PERTAMINA:OFFICER", "milestonePlanChain", input.clone()).await;
    assert_eq!(planned["journalEntry"]["sequence"], before + 1, "{planned:#}");
    let document = format!(
        "{{ partnership(id: \"{}\") {{ pattern milestones(first: 100) {{ nodes {{ position title weight status dueOn
            dependsOn {{ position }} }} }} }} }}",
        ground.id()
    );
    let data = app.data("PERTAMINA", &document).await;
    let nodes = data["partnership"]["milestones"]["nodes"].as_array().unwrap();
    assert!(nodes.len() > 4, "{data:#}");
    assert_eq!(nodes.iter().map(|one| one["weight"].as_i64().unwrap()).sum::<i64>(), 100);
    for (at, node) in nodes.iter().enumerate() {
        assert_eq!((&node["position"], &node["status"]), (&json!(at + 1), &json!("SCHEDULED")));
        let on = if at == 0 { json!([]) } else { json!([{ "position": at }]) };
        assert_eq!(node["dependsOn"], on);
    }
    assert_rule(
        &send(&app, "PERTAMINA", "milestonePlanChain", input.clone()).await,
        "INVALID_TRANSITION",
        "plan-exists",
    );
    for (who, expected) in [("KEMENPERIN", "seat"), ("PERTAMINA:VIEWER", "level")] {
        assert_rule(&send(&app, who, "milestonePlanChain", input.clone()).await, "FORBIDDEN", expected);
    }
    assert_eq!(send(&app, "PLN", "milestonePlanChain", input).await["code"], "NOT_FOUND");
    assert_eq!(sequence(&app).await, before + 1);
}

async fn faults_come_all_at_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let input = json!({ "partnership": "partnership_1", "type": "DELIVERY", "title": "Kirim\u{202e} 1", "weight": 101,
        "dueOn": "2021-09-02", "certificate": "SNI", "dependsOn": ["a", "a"], "idempotencyKey": "" });
    let wrong = send(&app, "PERTAMINA", "milestonePlan", input).await;
    let faults = wrong["faults"].as_array().unwrap();
    let told = faults.iter().map(|one| one["path"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            "input.certificate",
            "input.title",
            "input.weight",
            "input.dueOn",
            "input.dependsOn",
            "input.idempotencyKey"
        ]
    );
    assert_eq!(faults[1]["given"], "U+202E");
    assert!(faults.iter().all(|one| one["expected"].as_str().is_some_and(|text| !text.is_empty())));
    let planned = plan(&app, "REVIEW", json!({})).await;
    let nothing = act(&app, "PERTAMINA", "milestoneUpdate", &planned["id"], json!({ "title": null })).await;
    assert_eq!(nothing["faults"][0]["path"], "input", "{nothing:#}");
    for title in [String::new(), " \t".to_owned(), "x".repeat(201), "a\nb".to_owned(), "a\u{0007}".to_owned()]
    {
        let wrong =
            act(&app, "PERTAMINA", "milestoneUpdate", &planned["id"], json!({ "title": title })).await;
        assert_eq!(wrong["faults"][0]["path"], "input.title", "{title:?}");
    }
    assert_eq!(sequence(&app).await, before + 1);
}

async fn a_plan_names_only_what_is_its_own(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (_, steward) = partnership(&app).await;
    // Who reports can be chosen where the table leaves it open.
    let hands = |planned: &Value| json!([planned["reporter"], planned["verifier"]]);
    let curation = plan(&app, "CURATION", json!({ "reporter": "KEMENKOPUKM" })).await;
    assert_eq!(hands(&curation), json!(["KEMENKOPUKM", "BUMN"]));
    let sni = plan(&app, "CERTIFICATION", json!({ "certificate": "SNI" })).await;
    assert_eq!(hands(&sni), json!(["BUMN", "KEMENPERIN"]));
    let own = plan(&app, "CERTIFICATION", json!({ "certificate": "HALAL", "reporter": steward })).await;
    assert_eq!(hands(&own), json!([steward, "KEMENBUMN"]));
    let (partnership, _) = partnership(&app).await;
    let base = json!({ "partnership": partnership, "type": "REVIEW", "title": "Contoh", "weight": 1, "dueOn": "2027-01-01" });
    let unknown = GlobalId { noun: "clause", id: organisation(&app, "PLN").await }.to_string();
    for (name, value, path) in [
        ("reporter", json!("BUMN"), "input.reporter"),
        ("clause", json!(unknown), "input.clause"),
        ("dependsOn", json!(["milestone_01femp4p80ev1b8bj0qbwv8t4z"]), "input.dependsOn.0"),
    ] {
        let mut input = base.clone();
        input[name] = value;
        let wrong = send(&app, "PERTAMINA", "milestonePlan", input).await;
        assert_eq!(
            (&wrong["code"], &wrong["faults"][0]["path"]),
            (&json!("BAD_USER_INPUT"), &json!(path)),
            "{wrong:#}"
        );
    }
    // A clause of the memorandum, and none again.
    let clause = app.data("PERTAMINA", "{ clauses(first: 1) { nodes { id } } }").await["clauses"]["nodes"][0]
        ["id"]
        .clone();
    let named = act(&app, "PERTAMINA", "milestoneUpdate", &sni["id"], json!({ "clause": clause })).await;
    assert_eq!(named["milestone"]["clause"]["id"], clause, "{named:#}");
    let kept = act(&app, "PERTAMINA", "milestoneUpdate", &sni["id"], json!({ "weight": 2 })).await;
    assert_eq!(kept["milestone"]["clause"]["id"], clause);
    let none = act(&app, "PERTAMINA", "milestoneUpdate", &sni["id"], json!({ "clause": null })).await;
    assert_eq!(none["milestone"]["clause"], Value::Null);
}
