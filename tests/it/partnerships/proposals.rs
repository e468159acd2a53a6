//! Who proposes a partnership, for whom, with whom; and all that can be wrong with a proposal.

use kemitraan::access::Stewardship;
use kemitraan::nouns::organisations::entity::SuccessionKind;
use serde_json::{Value, json};

use super::{assert_rule, faults, proposal, send, stranger, uuid, with};
use crate::scope::{global, rows, uuids};
use crate::succession::follow;
use crate::support::{Backend, TestApp};
use crate::writes::{assert_verified, sequence};

crate::both!(it_is_proposed_by_its_bumn_or_the_ministry, what_is_wrong_with_a_proposal_is_told_at_once);

async fn it_is_proposed_by_its_bumn_or_the_ministry(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, nib) = stranger(&app, "KEMENKOPUKM", "PERTAMINA").await;
    let right = proposal(&app, &nib).await;
    for who in ["PERTAMINA:VIEWER", "KEMENBUMN:VIEWER"] {
        assert_rule(&send(&app, who, "partnershipPropose", right.clone()).await, "FORBIDDEN", "level");
    }
    for who in ["KEMENKOPUKM", "KEMENPERIN"] {
        assert_rule(&send(&app, who, "partnershipPropose", right.clone()).await, "FORBIDDEN", "seat");
    }
    let organisation = async |code: &str| {
        let sql = format!("SELECT id FROM organisation WHERE code = '{code}'");
        json!(global("organisation", uuids(&app, &sql).await[0]))
    };
    let of = |id: &Value| with(right.clone(), &json!({ "organisation": id }));
    let (own, other) = (organisation("PERTAMINA").await, organisation("PLN").await);
    let refused = send(&app, "PERTAMINA", "partnershipPropose", of(&other)).await;
    assert_rule(&refused, "FORBIDDEN", "own-organisation");
    // What it does not see yet it names by the number that it was given.
    let by_id = with(right.clone(), &json!({ "partners": [{ "id": partner, "lead": true }] }));
    assert_eq!(send(&app, "PERTAMINA", "partnershipPropose", by_id.clone()).await["code"], "NOT_FOUND");

    // In a dry run all is as it would be, and nothing is there.
    let before = sequence(&app).await;
    let tried =
        send(&app, "PERTAMINA:OFFICER", "partnershipPropose", with(of(&own), &json!({ "dryRun": true })))
            .await;
    assert_eq!(tried["journalEntry"], Value::Null, "{tried:#}");
    assert_eq!(tried["partnership"]["partners"][0]["partner"]["id"], json!(partner));
    assert_eq!(sequence(&app).await, before);

    let value = |amount: &str| json!({ "amount": amount, "source": "Contoh", "asOf": "2026-11-01" });
    let more = json!({ "potentialValue": value("1000000000000000"), "estimatedValue": value("0"),
        "idempotencyKey": "usulan-1" });
    let made = send(&app, "PERTAMINA:OFFICER", "partnershipPropose", with(of(&own), &more)).await;
    let row = &made["partnership"];
    assert_eq!(
        (&row["status"], &row["version"], &made["version"]),
        (&json!("PROPOSED"), &json!(1), &json!(1)),
        "{made:#}"
    );
    assert_eq!(row["organisation"]["code"], "PERTAMINA");
    assert_eq!((&row["potentialValue"], &row["contractedValue"]), (&value("1000000000000000"), &Value::Null));
    assert_eq!(row["estimatedValue"]["amount"], "0");
    assert_eq!(
        row["partners"],
        json!([{ "lead": true, "joinedOn": "2026-11-24",
        "partner": { "id": partner, "name": row["partners"][0]["partner"]["name"] } }])
    );
    assert_eq!(made["journalEntry"]["action"], "partnershipPropose");
    // The same again is the same.
    let again = send(&app, "PERTAMINA:OFFICER", "partnershipPropose", with(of(&own), &more)).await;
    assert_eq!(again["partnership"]["id"], row["id"]);
    // It sees the partner now, and may name it by its id.
    assert!(send(&app, "PERTAMINA", "partnershipPropose", by_id).await["journalEntry"].is_object());
    // To others it is what is public of it.
    let others = app.code("PLN", &format!("{{ partnership(id: {}) {{ id }} }}", row["id"])).await;
    assert_eq!(others, "NOT_FOUND");

    // The ministry names a BUMN, and one that there is still.
    assert_eq!(
        faults(&send(&app, "KEMENBUMN", "partnershipPropose", right.clone()).await),
        ["input.organisation"]
    );
    let ministry = organisation("KEMENPERIN").await;
    assert_eq!(
        faults(&send(&app, "KEMENBUMN", "partnershipPropose", of(&ministry)).await),
        ["input.organisation"]
    );
    let made = send(&app, "KEMENBUMN:OFFICER", "partnershipPropose", of(&other)).await;
    assert_eq!(made["partnership"]["organisation"]["code"], "PLN", "{made:#}");
    let (rni, pln) = (organisation("RNI").await, uuid(other.as_str().unwrap()));
    let rni = uuid(rni.as_str().unwrap());
    follow(&app.app.access, SuccessionKind::Merge, rni, pln, Stewardship::All, "2026-11-24").await;
    let gone = json!(global("organisation", rni));
    assert_eq!(
        faults(&send(&app, "KEMENBUMN", "partnershipPropose", of(&gone)).await),
        ["input.organisation"]
    );
    assert_rule(&send(&app, "RNI", "partnershipPropose", right).await, "FORBIDDEN", "succeeded");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_is_wrong_with_a_proposal_is_told_at_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, nib) = stranger(&app, "KEMENKOPUKM", "PERTAMINA").await;
    let right = proposal(&app, &nib).await;
    let value = json!({ "amount": "1000000000000001", "source": "", "asOf": "2026-11-25" });
    let wrong = with(
        right.clone(),
        &json!({ "title": "x".repeat(201), "products": " ", "batch": "kecil",
        "partners": [{ "nib": "123" }, { "nib": nib, "id": partner }, {}], "potentialValue": value,
        "idempotencyKey": "" }),
    );
    let refused = send(&app, "PERTAMINA", "partnershipPropose", wrong).await;
    assert_eq!(
        faults(&refused),
        [
            "input.partners",
            "input.partners.0.nib",
            "input.partners.1.id",
            "input.partners.2.id",
            "input.title",
            "input.products",
            "input.batch",
            "input.potentialValue.amount",
            "input.potentialValue.source",
            "input.potentialValue.asOf",
            "input.idempotencyKey"
        ]
    );

    let lead = |one: Value| json!({ "partners": [with(one, &json!({ "lead": true }))] });
    let tried = async |who: &str, more: &Value| {
        send(&app, who, "partnershipPropose", with(right.clone(), more)).await
    };
    let nobody = tried("PERTAMINA", &lead(json!({ "nib": "9999999999999" }))).await;
    assert_eq!(faults(&nobody), ["input.partners.0.nib"]);
    let pln = global("organisation", uuids(&app, "SELECT id FROM organisation WHERE code = 'PLN'").await[0]);
    let twice = json!({ "organisation": pln, "partners": [{ "id": partner, "lead": true }, { "nib": nib }] });
    assert_eq!(faults(&tried("KEMENBUMN", &twice).await), ["input.partners.1"]);
    assert_eq!(
        faults(&tried("PERTAMINA", &json!({ "partners": [] })).await),
        ["input.partners", "input.partners"]
    );
    let two = json!({ "partners": [{ "nib": nib, "lead": true }, { "nib": nib, "lead": true }] });
    assert_eq!(faults(&tried("PERTAMINA", &two).await), ["input.partners"]);
    assert_eq!(faults(&tried("PERTAMINA", &json!({ "executingUnit": pln })).await), ["input.executingUnit"]);
    for (field, id) in [("memorandum", &pln), ("executingUnit", &partner)] {
        assert_eq!(tried("PERTAMINA", &json!({ field: id })).await["code"], "NOT_FOUND");
    }
    let count = rows(&app, "SELECT 1 FROM partnership WHERE batch = 'STAGE_2'").await;
    assert!(count.is_empty());
}
