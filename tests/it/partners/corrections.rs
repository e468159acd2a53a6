//! A BUMN says what is otherwise of a partner; its steward decides.

use serde_json::{Value, json};

use super::{PARTNER, of_steward, send, with};
use crate::partnerships::{assert_rule, faults};
use crate::scope::{global, ids, uuids};
use crate::support::{Backend, TestApp};
use crate::writes::assert_verified;

crate::both!(a_correction_is_accepted, a_correction_is_declined, what_could_not_be_accepted_is_refused);

const CORRECTIONS: &str =
    "corrections { organisation { code } name scale scaleSince nib nikKoperasi npwp kbli kbliVersion regency
    reason status statusReason proposedAt proposedBy decidedAt decidedBy }";

async fn corrections(app: &TestApp, who: &str, id: &str) -> Value {
    let document = format!("{{ partner(id: \"{id}\") {{ version regency name {CORRECTIONS} }} }}");
    app.data(who, &document).await["partner"].clone()
}

async fn propose(app: &TestApp, who: &str, id: &str, more: Value) -> Value {
    let input = with(json!({ "id": id, "reason": "Contoh: pindah alamat" }), &more);
    send(app, who, "partnerProposeCorrection", PARTNER, input).await
}

/// The decision on Pertamina's.
async fn decide(app: &TestApp, who: &str, accepts: bool, id: &str, version: &Value) -> Value {
    let organisation = uuids(app, "SELECT id FROM organisation WHERE code = 'PERTAMINA'").await[0];
    let input =
        json!({ "id": id, "expectedVersion": version, "organisation": global("organisation", organisation) });
    if accepts {
        return send(app, who, "partnerCorrectionAccept", PARTNER, input).await;
    }
    let input = with(input, &json!({ "reason": "Contoh: tidak terbukti" }));
    send(app, who, "partnerCorrectionDecline", PARTNER, input).await
}

async fn a_correction_is_accepted(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &of_steward(&app, "KEMENPERIN", "PERTAMINA").await;
    let before = corrections(&app, "PERTAMINA", id).await;
    assert_eq!(before["corrections"], json!([]));
    let more = json!({ "regency": "35.78", "scale": "MEDIUM", "scaleSince": "2026-01-01",
        "kbli": { "code": "46100", "version": 2020 } });
    for who in ["KEMENPERIN", "KEMENKOPUKM", "KEMENBUMN"] {
        assert_rule(&propose(&app, who, id, more.clone()).await, "FORBIDDEN", "seat");
    }
    assert_rule(&propose(&app, "PERTAMINA:VIEWER", id, more.clone()).await, "FORBIDDEN", "level");
    let made = propose(&app, "PERTAMINA:OFFICER", id, more.clone()).await;
    assert_eq!(
        (&made["version"], &made["journalEntry"]["reason"]),
        (&before["version"], &json!("Contoh: pindah alamat")),
        "{made:#}"
    );
    let now = corrections(&app, "PERTAMINA", id).await;
    assert_eq!((&now["regency"], &now["version"]), (&before["regency"], &before["version"]));
    let one = &now["corrections"][0];
    assert_eq!(
        (&one["regency"], &one["kbli"], &one["kbliVersion"]),
        (&json!("35.78"), &json!("46100"), &json!(2020))
    );
    assert_eq!(
        (&one["status"], &one["name"], &one["organisation"]["code"]),
        (&json!("WAITING"), &Value::Null, &json!("PERTAMINA"))
    );
    assert_eq!(one["proposedBy"], "test-PERTAMINA:OFFICER");
    assert_rule(&propose(&app, "PERTAMINA", id, more).await, "INVALID_TRANSITION", "correction-waits");

    let version = &before["version"];
    for who in ["KEMENKOPUKM", "KEMENBUMN", "PERTAMINA"] {
        assert_rule(&decide(&app, who, true, id, version).await, "FORBIDDEN", "seat");
    }
    assert_rule(&decide(&app, "KEMENPERIN:OFFICER", true, id, version).await, "FORBIDDEN", "level");
    assert_eq!(decide(&app, "KEMENPERIN", true, id, &json!(99)).await["code"], "CONFLICT");
    let made = decide(&app, "KEMENPERIN", true, id, version).await;
    let row = &made["partner"];
    assert_eq!(
        (&row["regency"], &row["scale"], &row["kbli"]),
        (&json!("35.78"), &json!("MEDIUM"), &json!("46100")),
        "{made:#}"
    );
    assert_eq!(
        (&row["name"], &made["journalEntry"]["action"]),
        (&before["name"], &json!("partnerCorrectionAccept"))
    );
    let now = corrections(&app, "AUDITOR", id).await;
    assert_eq!(
        (&now["corrections"][0]["status"], &now["corrections"][0]["decidedBy"]),
        (&json!("ACCEPTED"), &json!("test-KEMENPERIN"))
    );
    assert_rule(
        &decide(&app, "KEMENPERIN", true, id, &made["version"]).await,
        "INVALID_TRANSITION",
        "no-correction",
    );
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_correction_is_declined(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &of_steward(&app, "KEMENKOPUKM", "PERTAMINA").await;
    let version = &corrections(&app, "PERTAMINA", id).await["version"].clone();
    assert_rule(
        &decide(&app, "KEMENKOPUKM", false, id, version).await,
        "INVALID_TRANSITION",
        "no-correction",
    );
    assert!(propose(&app, "PERTAMINA", id, json!({ "name": "Lain" })).await["journalEntry"].is_object());
    for who in ["KEMENPERIN", "KEMENBUMN", "PERTAMINA"] {
        assert_rule(&decide(&app, who, false, id, version).await, "FORBIDDEN", "seat");
    }
    assert_rule(&decide(&app, "KEMENKOPUKM:OFFICER", false, id, version).await, "FORBIDDEN", "level");
    let made = decide(&app, "KEMENKOPUKM", false, id, version).await;
    assert_eq!(
        (&made["version"], &made["journalEntry"]["reason"]),
        (version, &json!("Contoh: tidak terbukti")),
        "{made:#}"
    );
    let now = corrections(&app, "KEMENKOPUKM", id).await;
    assert_ne!(now["name"], "Lain");
    assert_eq!(
        (&now["corrections"][0]["status"], &now["corrections"][0]["statusReason"]),
        (&json!("DECLINED"), &json!("Contoh: tidak terbukti"))
    );
    // Another may come; other BUMN are told of none.
    assert!(propose(&app, "PERTAMINA", id, json!({ "name": "Lagi" })).await["journalEntry"].is_object());
    let partnership = "SELECT id FROM partnership WHERE organisation = (SELECT id FROM organisation WHERE code = 'PLN') ORDER BY id";
    let partnership = ids(&app, "partnership", partnership).await[0].clone();
    let data =
        app.data("KEMENBUMN", &format!("{{ partnership(id: \"{partnership}\") {{ version }} }}")).await;
    app.sql("UPDATE partnership SET status = 'ACTIVE' WHERE organisation = (SELECT id FROM organisation WHERE code = 'PLN')").await;
    let joins =
        json!({ "id": partnership, "expectedVersion": data["partnership"]["version"], "partner": id });
    let joined = send(&app, "KEMENBUMN", "partnershipAddPartner", "{ version }", joins).await;
    assert!(joined["version"].is_number(), "{joined:#}");
    assert_eq!(corrections(&app, "PLN", id).await["corrections"], json!([]));
    assert_eq!(corrections(&app, "PERTAMINA", id).await["corrections"].as_array().unwrap().len(), 2);
}

async fn what_could_not_be_accepted_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &of_steward(&app, "KEMENPERIN", "PERTAMINA").await;
    assert_eq!(faults(&propose(&app, "PERTAMINA", id, json!({})).await), ["input"]);
    let wrong = json!({ "name": "", "scale": "MICRO", "nib": "1", "npwp": "1", "kbli": { "code": "1", "version": 2020 },
        "regency": "1", "reason": "" });
    let paths = [
        "input.scaleSince",
        "input.name",
        "input.nib",
        "input.npwp",
        "input.kbli",
        "input.regency",
        "input.reason",
    ];
    assert_eq!(faults(&propose(&app, "PERTAMINA", id, wrong).await), paths);
    let company = "SELECT id FROM partner WHERE legal_form <> 'KOPERASI' AND id IN (SELECT partner FROM partnership_partner)
        ORDER BY id";
    let company = ids(&app, "partner", company).await[0].clone();
    let whose = format!(
        "SELECT code FROM organisation WHERE id IN (SELECT organisation FROM partnership_partner WHERE partner = {})",
        crate::scope::literal(backend, kemitraan::types::GlobalId::parse(&company).unwrap().id)
    );
    let whose = crate::scope::rows(&app, &whose).await[0].try_get_by_index::<String>(0).unwrap();
    let refused = propose(&app, &whose, &company, json!({ "nikKoperasi": "K-001" })).await;
    assert_eq!(faults(&refused), ["input.nikKoperasi"]);
    let hidden =
        "SELECT id FROM partner WHERE id NOT IN (SELECT partner FROM partnership_partner WHERE organisation =
        (SELECT id FROM organisation WHERE code = 'PLN')) ORDER BY id";
    let hidden = ids(&app, "partner", hidden).await[0].clone();
    assert_eq!(propose(&app, "PLN", &hidden, json!({ "name": "x" })).await["code"], "NOT_FOUND");
    // A number that is another's by now is found when it is to be accepted; then it can still be declined.
    let taken = "SELECT nib FROM partner WHERE nib IS NOT NULL AND steward = 'KEMENKOPUKM' ORDER BY id";
    let taken = crate::scope::rows(&app, taken).await[0].try_get_by_index::<String>(0).unwrap();
    let version = corrections(&app, "PERTAMINA", id).await["version"].clone();
    assert!(propose(&app, "PERTAMINA", id, json!({ "nib": taken })).await["journalEntry"].is_object());
    let refused = decide(&app, "KEMENPERIN", true, id, &version).await;
    assert_eq!(faults(&refused), ["input.nib"]);
    assert!(decide(&app, "KEMENPERIN", false, id, &version).await["journalEntry"].is_object());
    assert_verified(&app.app.access, &app.folder).await;
}
