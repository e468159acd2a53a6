//! By what other systems know a partnership and its milestones: once for an organisation.

use kemitraan::nouns::milestones::entity::{MilestoneStatus, MilestoneType};
use serde_json::{Value, json};

use super::{
    act, assert_rule, assert_verified_but_for_milestones, faults, milestone, proposal, proposed, send,
    stranger,
};
use crate::scope::global;
use crate::support::{Backend, TestApp};
use crate::writes::{assert_verified, sequence};

crate::both!(a_reference_is_given_and_taken, an_organisation_has_it_but_once, two_at_once_give_it_but_once);

async fn add(app: &TestApp, who: &str, id: &str, value: &str, milestone: Option<&str>) -> Value {
    let input = json!({ "partnership": id, "milestone": milestone, "system": "SAP", "value": value });
    send(app, who, "externalReferenceAdd", input).await
}

async fn remove(app: &TestApp, who: &str, id: &str, value: &str) -> Value {
    let input = json!({ "partnership": id, "system": "SAP", "value": value });
    send(app, who, "externalReferenceRemove", input).await
}

async fn a_reference_is_given_and_taken(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &proposed(&app).await;
    assert_rule(&remove(&app, "PERTAMINA", id, "K-1").await, "INVALID_TRANSITION", "no-reference");
    for who in ["KEMENKOPUKM", "KEMENPERIN"] {
        assert_rule(&add(&app, who, id, "K-1", None).await, "FORBIDDEN", "seat");
        assert_rule(&remove(&app, who, id, "K-1").await, "FORBIDDEN", "seat");
    }
    assert_rule(&add(&app, "PERTAMINA:VIEWER", id, "K-1", None).await, "FORBIDDEN", "level");
    assert_eq!(add(&app, "PLN", id, "K-1", None).await["code"], "NOT_FOUND");
    let wrong = json!({ "partnership": id, "system": "x".repeat(41), "value": "" });
    assert_eq!(
        faults(&send(&app, "PERTAMINA", "externalReferenceAdd", wrong).await),
        ["input.system", "input.value"]
    );

    let made = add(&app, "PERTAMINA:OFFICER", id, "K-1", None).await;
    assert_eq!(
        made["partnership"]["externalReferences"],
        json!([{ "system": "SAP", "value": "K-1" }]),
        "{made:#}"
    );
    // The partnership's own row is as it was.
    assert_eq!(
        (&made["version"], &made["journalEntry"]["action"]),
        (&json!(1), &json!("externalReferenceAdd"))
    );
    let found = "{ partnerships(filter: { externalReference: { system: \"SAP\", value: \"K-1\" } }) { nodes { id } } }";
    assert_eq!(app.data("PERTAMINA", found).await["partnerships"]["nodes"], json!([{ "id": id }]));

    let row = milestone(&app, id, MilestoneType::Delivery, MilestoneStatus::Scheduled).await;
    let row = global("milestone", row);
    assert!(add(&app, "KEMENBUMN:OFFICER", id, "K-2", Some(&row)).await["journalEntry"].is_object());
    let document = format!("{{ milestone(id: \"{row}\") {{ externalReferences {{ value }} }} }}");
    let data = app.data("PERTAMINA", &document).await;
    assert_eq!(data["milestone"]["externalReferences"], json!([{ "value": "K-2" }]));
    let others = app.data("PERTAMINA", "{ milestones(first: 2) { nodes { id } } }").await;
    let mut others =
        others["milestones"]["nodes"].as_array().unwrap().iter().filter_map(|node| node["id"].as_str());
    let other = others.find(|id| *id != row).unwrap();
    assert_eq!(faults(&add(&app, "PERTAMINA", id, "K-3", Some(other)).await), ["input.milestone"]);
    let hidden = app.data("PLN", "{ milestones(first: 1) { nodes { id } } }").await;
    let hidden = hidden["milestones"]["nodes"][0]["id"].as_str().unwrap();
    assert_eq!(add(&app, "PERTAMINA", id, "K-3", Some(hidden)).await["code"], "NOT_FOUND");

    // Also of what has ended: other systems know it still.
    act(&app, "KEMENBUMN", "partnershipReject", id, json!({ "reason": "Contoh" })).await;
    for value in ["K-1", "K-2"] {
        assert_rule(&remove(&app, "PERTAMINA:VIEWER", id, value).await, "FORBIDDEN", "level");
        assert!(remove(&app, "PERTAMINA:OFFICER", id, value).await["journalEntry"].is_object());
    }
    assert!(add(&app, "PERTAMINA:OFFICER", id, "K-1", None).await["journalEntry"].is_object());
    assert_eq!(faults(&remove(&app, "PERTAMINA", id, "K-2").await), ["input.value"]);
    assert_verified_but_for_milestones(&app).await;
}

async fn an_organisation_has_it_but_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (one, other) = (proposed(&app).await, proposed(&app).await);
    assert!(add(&app, "PERTAMINA", &one, "K-1", None).await["journalEntry"].is_object());
    for id in [&one, &other] {
        let refused = add(&app, "PERTAMINA", id, "K-1", None).await;
        assert_eq!(faults(&refused), ["input.value"]);
        assert_eq!(refused["takenBy"], json!(one));
    }
    // Another organisation's is another's.
    let (_, nib) = stranger(&app, "KEMENKOPUKM", "PLN").await;
    let made = send(&app, "PLN", "partnershipPropose", proposal(&app, &nib).await).await;
    let theirs = made["partnership"]["id"].as_str().unwrap();
    assert!(add(&app, "PLN", theirs, "K-1", None).await["journalEntry"].is_object());
    assert_verified(&app.app.access, &app.folder).await;
}

async fn two_at_once_give_it_but_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ids = [proposed(&app).await, proposed(&app).await, proposed(&app).await, proposed(&app).await];
    for round in 0..5 {
        let before = sequence(&app).await;
        let value = format!("R-{round}");
        let answers =
            futures_util::future::join_all(ids.iter().map(|id| add(&app, "PERTAMINA", id, &value, None)))
                .await;
        let (made, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer["code"].is_null());
        assert_eq!((made.len(), refused.len()), (1, 3), "{answers:#?}");
        assert!(
            refused.iter().all(|answer| faults(answer) == ["input.value"] && answer["takenBy"].is_string())
        );
        assert_eq!(sequence(&app).await, before + 1);
    }
    assert_verified(&app.app.access, &app.folder).await;
}
