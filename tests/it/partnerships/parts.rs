//! What is changed of a partnership beside its status: what it is about, its values, its partners.

use kemitraan::nouns::milestones::entity::{MilestoneStatus, MilestoneType};
use serde_json::{Value, json};

use super::{act, assert_rule, faults, milestone, proposed, stranger};
use crate::scope::{global, uuids};
use crate::support::{Backend, TestApp};
use crate::writes::assert_verified;

crate::both!(
    it_is_changed_by_its_bumn_while_it_is_a_proposal,
    values_have_a_source_and_a_day,
    partners_come_and_go
);

async fn it_is_changed_by_its_bumn_while_it_is_a_proposal(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &proposed(&app).await;
    let update = async |who: &str, more: Value| act(&app, who, "partnershipUpdate", id, more).await;
    let unit =
        "SELECT id FROM organisation WHERE parent = (SELECT id FROM organisation WHERE code = 'PERTAMINA')";
    let unit = global("organisation", uuids(&app, unit).await[0]);
    let more = json!({ "title": "Lain", "products": "Kopi\nTeh", "pattern": "SUBCONTRACT", "channel": "MARKETPLACE",
        "supplyDirection": "BUMN_TO_PARTNER", "batch": "STAGE_9", "executingUnit": unit });
    let made = update("PERTAMINA:OFFICER", more.clone()).await;
    let row = &made["partnership"];
    assert_eq!(row["version"], 2, "{made:#}");
    for field in ["title", "products", "pattern", "channel", "supplyDirection", "batch"] {
        assert_eq!(row[field], more[field]);
    }
    assert!(row["executingUnit"]["code"].is_string());
    let made = update("KEMENBUMN:OFFICER", json!({ "executingUnit": null })).await;
    assert_eq!(
        (&made["partnership"]["executingUnit"], &made["partnership"]["title"]),
        (&Value::Null, &json!("Lain"))
    );
    assert_eq!(faults(&update("PERTAMINA", json!({})).await), ["input"]);
    assert_eq!(
        faults(&update("PERTAMINA", json!({ "title": "a\nb", "products": "", "batch": "x" })).await),
        ["input.title", "input.products", "input.batch"]
    );
    let other = "SELECT id FROM organisation WHERE code = 'PLN'";
    let other = global("organisation", uuids(&app, other).await[0]);
    assert_eq!(
        faults(&update("PERTAMINA", json!({ "executingUnit": other })).await),
        ["input.executingUnit"]
    );
    assert_rule(&update("KEMENPERIN", json!({ "title": "x" })).await, "FORBIDDEN", "seat");
    assert_rule(&update("PERTAMINA:VIEWER", json!({ "title": "x" })).await, "FORBIDDEN", "level");
    assert_eq!(update("PLN", json!({ "title": "x" })).await["code"], "NOT_FOUND");

    // What was agreed to is the ministry's to change.
    act(&app, "KEMENBUMN", "partnershipCurate", id, json!({})).await;
    assert!(update("PERTAMINA", json!({ "title": "Lagi" })).await["journalEntry"].is_object());
    act(&app, "KEMENBUMN", "partnershipPrepare", id, json!({})).await;
    let refused = update("PERTAMINA", json!({ "title": "x" })).await;
    assert_rule(&refused, "INVALID_TRANSITION", "status");
    let open =
        ["SET_POTENTIAL_VALUE", "SET_ESTIMATED_VALUE", "SET_CONTRACTED_VALUE", "ADD_EXTERNAL_REFERENCE"];
    assert_eq!(refused["open"], json!(open));
    assert!(update("KEMENBUMN", json!({ "title": "Akhir" })).await["journalEntry"].is_object());
    assert_verified(&app.app.access, &app.folder).await;
}

async fn values_have_a_source_and_a_day(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &proposed(&app).await;
    let set = async |who: &str, which: &str, value: Value| {
        act(&app, who, &format!("partnershipSet{which}Value"), id, json!({ "value": value })).await
    };
    let value = |amount: &str| json!({ "amount": amount, "source": "Contoh sumber", "asOf": "2026-11-24" });
    for (which, field) in [("Potential", "potentialValue"), ("Estimated", "estimatedValue")] {
        let made = set("PERTAMINA:OFFICER", which, value("52230000000")).await;
        assert_eq!(made["partnership"][field], value("52230000000"), "{made:#}");
        let made = set("KEMENBUMN:OFFICER", which, value("7")).await;
        assert_eq!(made["partnership"][field]["amount"], "7");
    }
    let gone = set("PERTAMINA:OFFICER", "Potential", Value::Null).await;
    assert_eq!(gone["partnership"]["potentialValue"], Value::Null);
    assert_eq!(gone["partnership"]["estimatedValue"]["amount"], "7");
    for which in ["Potential", "Estimated", "Contracted"] {
        assert_rule(&set("KEMENKOPUKM", which, value("1")).await, "FORBIDDEN", "seat");
        assert_rule(&set("PERTAMINA:VIEWER", which, value("1")).await, "FORBIDDEN", "level");
        assert_eq!(set("PLN", which, value("1")).await["code"], "NOT_FOUND");
        let wrong = json!({ "amount": "1000000000000001", "source": "a\nb", "asOf": "1999-12-31" });
        let paths = ["input.value.amount", "input.value.source", "input.value.asOf"];
        assert_eq!(faults(&set("PERTAMINA", which, wrong).await), paths);
    }
    assert_rule(&set("PERTAMINA", "Contracted", value("1")).await, "INVALID_TRANSITION", "status");
    for name in ["partnershipCurate", "partnershipPrepare"] {
        act(&app, "KEMENBUMN", name, id, json!({})).await;
    }
    let made = set("PERTAMINA:OFFICER", "Contracted", value("1000000000000000")).await;
    assert_eq!(made["partnership"]["contractedValue"]["amount"], "1000000000000000", "{made:#}");
    act(&app, "KEMENBUMN", "partnershipTerminate", id, json!({ "reason": "Contoh" })).await;
    for which in ["Potential", "Estimated", "Contracted"] {
        assert_rule(&set("KEMENBUMN", which, value("1")).await, "INVALID_TRANSITION", "status");
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn partners_come_and_go(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &proposed(&app).await;
    let (partner, nib) = stranger(&app, "KEMENPERIN", "PERTAMINA").await;
    let none =
        act(&app, "PERTAMINA", "partnershipRemovePartner", id, json!({ "partner": partner, "reason": "x" }))
            .await;
    assert_rule(&none, "INVALID_TRANSITION", "lead-partner");
    let add = async |who: &str, more: Value| act(&app, who, "partnershipAddPartner", id, more).await;
    for more in [json!({}), json!({ "partner": partner, "nib": nib })] {
        assert_eq!(faults(&add("PERTAMINA", more).await), ["input.partner"]);
    }
    assert_eq!(faults(&add("PERTAMINA", json!({ "nib": "1" })).await), ["input.nib"]);
    assert_eq!(faults(&add("PERTAMINA", json!({ "nib": "9999999999999" })).await), ["input.nib"]);
    assert_eq!(add("PERTAMINA", json!({ "partner": partner })).await["code"], "NOT_FOUND");
    assert_rule(&add("KEMENPERIN", json!({ "nib": nib })).await, "FORBIDDEN", "seat");
    assert_rule(&add("PERTAMINA:VIEWER", json!({ "nib": nib })).await, "FORBIDDEN", "level");
    assert_eq!(add("PLN", json!({ "nib": nib })).await["code"], "NOT_FOUND");
    let made = add("PERTAMINA:OFFICER", json!({ "nib": nib })).await;
    let partners = made["partnership"]["partners"].as_array().unwrap();
    assert_eq!((partners.len(), &partners[1]["lead"]), (2, &json!(false)), "{made:#}");
    assert_eq!(partners[1]["partner"]["id"], json!(partner));
    let lead = partners[0]["partner"]["id"].clone();
    assert_rule(
        &add("KEMENBUMN", json!({ "partner": partner })).await,
        "INVALID_TRANSITION",
        "partner-already",
    );

    // The lead is changed by an update: not to another steward's while milestones wait for the present one's.
    let update = async |who: &str, lead: &Value| {
        act(&app, who, "partnershipUpdate", id, json!({ "lead": lead })).await
    };
    let (stranger, _) = stranger(&app, "KEMENKOPUKM", "PERTAMINA").await;
    assert_eq!(faults(&update("KEMENBUMN", &json!(stranger)).await), ["input.lead"]);
    let open = milestone(&app, id, MilestoneType::Delivery, MilestoneStatus::Submitted).await;
    assert_rule(&update("KEMENBUMN", &json!(partner)).await, "INVALID_TRANSITION", "lead-steward");
    let open = crate::scope::literal(backend, open);
    app.sql(&format!("DELETE FROM milestone WHERE id = {open}")).await;
    let made = update("PERTAMINA:OFFICER", &json!(partner)).await;
    assert_eq!(made["partnership"]["partners"][0]["partner"]["id"], json!(partner), "{made:#}");
    // Again: nothing is another.
    assert!(update("PERTAMINA", &json!(partner)).await["journalEntry"].is_object());

    let remove = async |who: &str, partner: &Value| {
        act(&app, who, "partnershipRemovePartner", id, json!({ "partner": partner, "reason": "Contoh" }))
            .await
    };
    assert_rule(&remove("PERTAMINA", &json!(partner)).await, "INVALID_TRANSITION", "lead-partner");
    assert_eq!(faults(&remove("PERTAMINA", &json!(stranger)).await), ["input.partner"]);
    assert_rule(&remove("KEMENKOPUKM", &lead).await, "FORBIDDEN", "seat");
    assert_rule(&remove("PERTAMINA:VIEWER", &lead).await, "FORBIDDEN", "level");
    assert_eq!(remove("PLN", &lead).await["code"], "NOT_FOUND");
    let made = remove("PERTAMINA:OFFICER", &lead).await;
    assert_eq!(made["partnership"]["partners"].as_array().unwrap().len(), 1, "{made:#}");
    assert_eq!(made["journalEntry"]["reason"], "Contoh");
    for name in ["partnershipCurate", "partnershipPrepare"] {
        act(&app, "KEMENBUMN", name, id, json!({})).await;
    }
    assert_rule(&add("PERTAMINA", json!({ "nib": nib })).await, "INVALID_TRANSITION", "status");
    assert!(add("KEMENBUMN:OFFICER", json!({ "partner": stranger })).await["journalEntry"].is_object());
    assert_verified(&app.app.access, &app.folder).await;
}
