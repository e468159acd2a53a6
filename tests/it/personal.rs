//! Personal data (UU 27/2022): given out to the steward alone and for a reason, found nowhere else, gone when it is erased.

mod files;
mod marked;
mod retention;

use serde_json::{Value, json};

use crate::partners::{send, with};
use crate::partnerships::{assert_rule, faults};
use crate::scope::{global, ids, literal, rows};
use crate::support::{Backend, TestApp};
use crate::walls::dump;
use crate::writes::{assert_verified, sequence};

crate::both!(
    its_steward_is_shown_a_value_for_a_reason,
    a_value_is_in_one_answer_alone,
    a_person_is_given_all_that_is_held,
    the_page_asks_for_it_rightly,
);

const REVEALED: &str = "{ contact { id version mask } value version
    journalEntry { sequence action reason actor level changes { noun subject image } } }";
const EXPORTED: &str = "{ partner { id } version
    contacts { value contact { id kind mask erased history(first: 100) { nodes { action actor role reason recordedAt } } } }
    journalEntry { sequence action reason changes { subject } } }";

/// A sole proprietor that a BUMN works with: its id, its steward, and the code of the BUMN.
pub async fn sole(app: &TestApp) -> (String, String, String) {
    let sql = "SELECT partner.id, partner.steward, organisation.code FROM partner
        JOIN partnership_partner ON partnership_partner.partner = partner.id
        JOIN organisation ON organisation.id = partnership_partner.organisation
        WHERE partner.legal_form = 'PERSEORANGAN' ORDER BY partner.id, organisation.code";
    let found = rows(app, sql).await;
    let row = &found[0];
    let of = |at| row.try_get_by_index::<String>(at).unwrap();
    (global("partner", row.try_get_by_index(0).unwrap()), of(1), of(2))
}

/// The contact of a kind that a partner has: `id` and `version`.
pub async fn standing(app: &TestApp, partner: &str, kind: &str) -> Option<Value> {
    let document = format!("{{ partner(id: \"{partner}\") {{ contacts {{ id version kind erased }} }} }}");
    let contacts = app.data("KEMENBUMN", &document).await["partner"]["contacts"].clone();
    let mut contacts = contacts.as_array().unwrap().clone().into_iter();
    contacts.find(|one| one["kind"] == kind && one["erased"] == false)
}

/// Sets the contact of a kind, in the place of one that there may be; its id.
async fn set(app: &TestApp, who: &str, partner: &str, kind: &str, value: &str) -> Value {
    let version = standing(app, partner, kind).await.map(|one| one["version"].clone());
    let input = json!({ "partner": partner, "kind": kind, "value": value, "expectedVersion": version });
    let made = send(app, who, "contactSet", "{ contact { id } }", input).await;
    assert!(made["contact"]["id"].is_string(), "{made:#}");
    made["contact"]["id"].clone()
}

/// As the version that it is set in; it changes by nothing else.
async fn erase(app: &TestApp, who: &str, id: &Value) {
    let input = json!({ "id": id, "expectedVersion": 1, "reason": "Contoh: diminta pemiliknya" });
    let made = send(app, who, "contactErase", "{ contact { erased } }", input).await;
    assert_eq!(made["contact"]["erased"], true, "{made:#}");
}

async fn ask_for(app: &TestApp, who: &str, name: &str, id: &Value, more: Value) -> Value {
    let fields = if name == "contactReveal" { REVEALED } else { EXPORTED };
    send(app, who, name, fields, with(json!({ "id": id, "reason": "Contoh: undangan kurasi" }), &more)).await
}

/// The value as it is kept.
async fn value(app: &TestApp, contact: &Value) -> String {
    let id = kemitraan::types::GlobalId::parse(contact.as_str().unwrap()).unwrap().id;
    let sql = format!("SELECT value FROM contact_value WHERE contact = {}", literal(app.backend, id));
    rows(app, &sql).await[0].try_get_by_index(0).unwrap()
}

/// Nobody but an officer of the partner's steward is given what these give, and nothing is left of the attempt.
async fn assert_denied(app: &TestApp, name: &str, id: &Value, steward: &str, bumn: &str) {
    let before = dump(app).await;
    let other = if steward == "KEMENPERIN" { "KEMENKOPUKM" } else { "KEMENPERIN" };
    assert_rule(&ask_for(app, other, name, id, json!({})).await, "FORBIDDEN", "seat");
    let viewer = &format!("{steward}:VIEWER");
    assert_rule(&ask_for(app, viewer, name, id, json!({})).await, "FORBIDDEN", "level");
    let letter = &format!("AUDITOR+{bumn}");
    for who in ["KEMENBUMN", bumn, "AUDITOR", letter, "ADMIN"] {
        let refused = ask_for(app, who, name, id, json!({})).await;
        assert_rule(&refused, "FORBIDDEN", "stewards-reveal-contacts");
    }
    for reason in ["", " \n", "a\u{202e}b"] {
        let refused = ask_for(app, steward, name, id, json!({ "reason": reason })).await;
        assert_eq!(faults(&refused), ["input.reason"]);
    }
    for none in ["contact_01femp4p80ev1b8bj0qbwv8t4z", "contact", ""] {
        assert_eq!(ask_for(app, steward, name, &json!(none), json!({})).await["code"], "NOT_FOUND");
    }
    assert_eq!(dump(app).await, before);
}

async fn its_steward_is_shown_a_value_for_a_reason(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, steward, bumn) = sole(&app).await;
    let contact = standing(&app, &partner, "NPWP").await.unwrap();
    let id = &contact["id"];
    assert_denied(&app, "contactReveal", id, &steward, &bumn).await;

    let before = sequence(&app).await;
    let officer = &format!("{steward}:OFFICER");
    let shown = ask_for(&app, officer, "contactReveal", id, json!({})).await;
    assert_eq!(shown["value"], value(&app, id).await.as_str(), "{shown:#}");
    assert_eq!(shown["contact"]["id"], *id);
    // It changes nothing, so that nobody else's change is in conflict with it.
    assert_eq!((&shown["version"], &shown["contact"]["version"]), (&contact["version"], &contact["version"]));
    let entry = &shown["journalEntry"];
    assert_eq!((&entry["sequence"], &entry["action"]), (&json!(before + 1), &json!("contactReveal")));
    assert_eq!(entry["reason"], "Contoh: undangan kurasi");
    assert_eq!((&entry["actor"], &entry["level"]), (&json!(format!("test-{officer}")), &json!("OFFICER")));
    let changes = entry["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!((&changes[0]["noun"], &changes[0]["subject"]), (&json!("contact"), id));

    // Whoever sees the contact is told that it was shown, to whom and why; with its journal, those who read that.
    let document = format!(
        "{{ partner(id: \"{partner}\") {{ contacts {{ id history(last: 1) {{ nodes {{ action actor reason fields {{ field }} }} }} }} }} }}"
    );
    let told = json!({ "action": "contactReveal", "actor": format!("test-{officer}"),
        "reason": "Contoh: undangan kurasi", "fields": [] });
    for who in [bumn.as_str(), "AUDITOR", &format!("AUDITOR+{bumn}"), "KEMENBUMN"] {
        let contacts = app.data(who, &document).await["partner"]["contacts"].clone();
        let own = contacts.as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap();
        assert_eq!(own["history"]["nodes"], json!([told]), "{who}");
    }
    let document = format!(
        "{{ journal(filter: {{ subject: {id}, action: [\"contactReveal\"] }}) {{ nodes {{ sequence reason }} }} }}"
    );
    for who in ["AUDITOR", &format!("AUDITOR+{bumn}"), "KEMENPERIN", "ADMIN"] {
        let found = app.data(who, &document).await["journal"]["nodes"].clone();
        assert_eq!(found, json!([{ "sequence": before + 1, "reason": "Contoh: undangan kurasi" }]), "{who}");
    }

    let input = json!({ "id": id, "expectedVersion": contact["version"], "reason": "Contoh" });
    let erased = send(&app, &steward, "contactErase", "{ contact { erased } }", input).await;
    assert_eq!(erased["contact"]["erased"], true, "{erased:#}");
    let refused = ask_for(&app, &steward, "contactReveal", id, json!({})).await;
    assert_rule(&refused, "INVALID_TRANSITION", "erased");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_value_is_in_one_answer_alone(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, steward, _) = sole(&app).await;
    let id = set(&app, &steward, &partner, "PHONE", "+628193451236").await;
    for name in ["contactReveal", "subjectExport"] {
        let values = |answer: &Value| {
            let text = answer.to_string();
            assert!(answer.get("code").is_none(), "{answer:#}");
            text.matches("+628193451236").count()
        };
        // Tried, nothing is shown: no entry would tell of it.
        let before = dump(&app).await;
        let tried = ask_for(&app, &steward, name, &id, json!({ "dryRun": true })).await;
        assert_eq!((values(&tried), &tried["journalEntry"]), (0, &Value::Null), "{tried:#}");
        assert_eq!(dump(&app).await, before);
        // The same request again gives the same entry, and the value no more.
        let from = sequence(&app).await;
        let key = json!({ "idempotencyKey": name });
        let first = ask_for(&app, &steward, name, &id, key.clone()).await;
        assert_eq!(values(&first), 1, "{first:#}");
        let again = ask_for(&app, &steward, name, &id, key).await;
        assert_eq!((values(&again), &again["journalEntry"]), (0, &first["journalEntry"]), "{again:#}");
        assert_eq!(sequence(&app).await, from + 1);
    }
    for (table, lines) in dump(&app).await {
        assert!(table == "contact_value" || !lines.join("\n").contains("8193451236"), "{table}");
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_person_is_given_all_that_is_held(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, steward, bumn) = sole(&app).await;
    let officer = &format!("{steward}:OFFICER");
    let old = set(&app, officer, &partner, "PHONE", "+628193451236").await;
    ask_for(&app, &steward, "contactReveal", &old, json!({})).await;
    let new = set(&app, &steward, &partner, "PHONE", "+628193451237").await;
    assert_denied(&app, "subjectExport", &new, &steward, &bumn).await;

    let id = kemitraan::types::GlobalId::parse(&partner).unwrap().id;
    let own = format!("SELECT id FROM contact WHERE partner = {} ORDER BY id", literal(backend, id));
    let own = ids(&app, "contact", &own).await;
    // By any of the contacts, erased or not.
    for named in [&old, &new] {
        let given = ask_for(&app, officer, "subjectExport", named, json!({})).await;
        assert_eq!(given["partner"]["id"], partner.as_str(), "{given:#}");
        let contacts = given["contacts"].as_array().unwrap();
        let mut told = contacts.iter().map(|one| one["contact"]["id"].as_str().unwrap()).collect::<Vec<_>>();
        told.sort_unstable();
        assert_eq!(told, own.iter().map(String::as_str).collect::<Vec<_>>());
        for one in contacts {
            let contact = &one["contact"];
            if contact["erased"] == true {
                assert_eq!((&one["value"], &contact["mask"]), (&Value::Null, &Value::Null));
            } else {
                assert_eq!(one["value"], value(&app, &contact["id"]).await.as_str());
            }
        }
        let of =
            |id: &Value| contacts.iter().find(|one| one["contact"]["id"] == *id).unwrap()["contact"].clone();
        let acts = of(&old)["history"]["nodes"].clone();
        let acts = acts.as_array().unwrap();
        let act = |at: usize| (acts[at]["action"].as_str().unwrap(), acts[at]["actor"].as_str().unwrap());
        let approver = format!("test-{steward}");
        let set_by = format!("test-{officer}");
        assert_eq!(act(0), ("contactSet", set_by.as_str()));
        assert_eq!(act(1), ("contactReveal", approver.as_str()));
        assert_eq!(acts[1]["reason"], "Contoh: undangan kurasi");
        assert_eq!(act(2), ("contactSet", approver.as_str()));
        // That it was given is told by the history of each.
        let entry = &given["journalEntry"];
        assert_eq!(
            (&entry["action"], &entry["reason"]),
            (&json!("subjectExport"), &json!("Contoh: undangan kurasi"))
        );
        let mut changed =
            entry["changes"].as_array().unwrap().iter().map(|one| one["subject"].clone()).collect::<Vec<_>>();
        changed.sort_by_key(ToString::to_string);
        assert_eq!(changed, own.iter().map(|id| json!(id)).collect::<Vec<_>>());
        assert_eq!(acts.last().unwrap()["action"], "subjectExport");
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn the_page_asks_for_it_rightly(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (partner, steward, _) = sole(&app).await;
    let id = standing(&app, &partner, "NPWP").await.unwrap()["id"].clone();
    let (_, rest) = include_str!("../../docs/privacy.md").split_once("```graphql\n").unwrap();
    let (document, _) = rest.split_once("```").unwrap();
    let given = app.data(&steward, &document.replace("\"contact_…\"", &id.to_string())).await;
    let contacts = given["subjectExport"]["contacts"].as_array().unwrap();
    assert!(contacts.iter().any(|one| one["contact"]["id"] == id && one["value"].is_string()), "{given:#}");
}
