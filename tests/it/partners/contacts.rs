//! Contacts are personal data: set and erased by the steward, never in the journal, never repeated.

use serde_json::{Value, json};

use super::{of_steward, send};
use crate::partnerships::{assert_rule, faults};
use crate::scope::rows;
use crate::support::{Backend, TestApp};
use crate::walls::{dump, dump_all};
use crate::writes::assert_verified;

crate::both!(
    a_contact_is_set_and_replaced,
    what_was_asked_is_forgotten_with_the_value,
    a_contact_is_erased_for_good,
    what_is_no_value_is_not_repeated
);

const CONTACT: &str =
    "{ contact { id version kind mask erased partner { id } } version journalEntry { action reason } }";

async fn set(app: &TestApp, who: &str, partner: &str, value: &str, version: Option<i32>) -> Value {
    let input = json!({ "partner": partner, "kind": "PHONE", "value": value, "expectedVersion": version });
    send(app, who, "contactSet", CONTACT, input).await
}

async fn erase(app: &TestApp, who: &str, id: &Value, version: i32) -> Value {
    let input = json!({ "id": id, "expectedVersion": version, "reason": "Contoh: diminta pemiliknya" });
    send(app, who, "contactErase", CONTACT, input).await
}

/// A partner of Pertamina's and KEMENKOPUKM's, without a telephone.
async fn partner(app: &TestApp) -> String {
    let id = of_steward(app, "KEMENKOPUKM", "PERTAMINA").await;
    app.sql("DELETE FROM contact_value WHERE contact IN (SELECT id FROM contact WHERE kind = 'PHONE')").await;
    app.sql("UPDATE contact SET erased = (1 = 1), version = version + 1 WHERE kind = 'PHONE'").await;
    id
}

async fn a_contact_is_set_and_replaced(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &partner(&app).await;
    for who in ["KEMENPERIN", "KEMENBUMN", "PERTAMINA"] {
        assert_rule(&set(&app, who, id, "+628123456789", None).await, "FORBIDDEN", "seat");
    }
    assert_rule(&set(&app, "KEMENKOPUKM:VIEWER", id, "+628123456789", None).await, "FORBIDDEN", "level");
    assert_eq!(
        faults(&set(&app, "KEMENKOPUKM", id, "+628123456789", Some(1)).await),
        ["input.expectedVersion"]
    );
    let made = set(&app, "KEMENKOPUKM:OFFICER", id, "+628123456789", None).await;
    let row = &made["contact"];
    assert_eq!(
        (&row["mask"], &row["erased"], &row["version"]),
        (&json!("**********789"), &json!(false), &json!(1)),
        "{made:#}"
    );
    assert_eq!(row["partner"]["id"], json!(id));
    // Whoever has not read the one that stands does not replace it.
    let refused = set(&app, "KEMENKOPUKM", id, "+628000000000", None).await;
    assert_eq!((&refused["code"], &refused["currentVersion"]), (&json!("CONFLICT"), &json!(1)));
    let again = set(&app, "KEMENKOPUKM:OFFICER", id, "+628000000111", Some(1)).await;
    assert_eq!(again["contact"]["mask"], "**********111", "{again:#}");
    assert_ne!(again["contact"]["id"], row["id"]);
    let document = format!("{{ partner(id: \"{id}\") {{ contacts {{ id kind mask erased version }} }} }}");
    let all = app.data("PERTAMINA", &document).await["partner"]["contacts"].clone();
    let one = |id: &Value| all.as_array().unwrap().iter().find(|one| one["id"] == *id).unwrap().clone();
    assert_eq!((&one(&row["id"])["mask"], &one(&row["id"])["erased"]), (&Value::Null, &json!(true)));
    assert_eq!(one(&again["contact"]["id"])["erased"], false);
    // Of the values nothing is in the journal, nor is the first one anywhere.
    app.app.reads.flush().await.unwrap();
    let all = dump_all(&app).await;
    let text = |table: &str| all[table].join("\n");
    assert!(text("read_record").contains("MUTATION"));
    assert!(text("contact_value").contains("+628000000111"));
    for (table, lines) in &all {
        let lines = lines.join("\n");
        assert!(!lines.contains("628123456789"), "{table}");
        assert!(table == "contact_value" || !lines.contains("628000000111"), "{table}");
    }
}

async fn what_was_asked_is_forgotten_with_the_value(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &partner(&app).await;
    let input =
        json!({ "partner": id, "kind": "PHONE", "value": "+628123456789", "idempotencyKey": "set-1" });
    let again = async || send(&app, "KEMENKOPUKM", "contactSet", CONTACT, input.clone()).await;
    let made = again().await;
    assert_eq!(again().await["journalEntry"], made["journalEntry"], "{made:#}");
    let known = "SELECT count(*) FROM idempotency_key WHERE body <> ";
    let zeros = if backend == Backend::Sqlite { "zeroblob(32)" } else { "decode(repeat('00', 32), 'hex')" };
    let known = async || rows(&app, &format!("{known}{zeros}")).await[0].try_get_by_index::<i64>(0).unwrap();
    assert_eq!(known().await, 1);
    assert!(erase(&app, "KEMENKOPUKM", &made["contact"]["id"], 1).await["journalEntry"].is_object());
    assert_eq!(known().await, 0);
    // Nor does a request that comes again bring back what was erased.
    assert_eq!(again().await["code"], "IDEMPOTENCY_MISMATCH");
}

async fn a_contact_is_erased_for_good(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &partner(&app).await;
    let made = set(&app, "KEMENKOPUKM", id, "+628123456789", None).await;
    let contact = &made["contact"]["id"];
    for who in ["KEMENPERIN", "KEMENBUMN", "PERTAMINA"] {
        assert_rule(&erase(&app, who, contact, 1).await, "FORBIDDEN", "seat");
    }
    assert_rule(&erase(&app, "KEMENKOPUKM:VIEWER", contact, 1).await, "FORBIDDEN", "level");
    assert_eq!(erase(&app, "KEMENKOPUKM", contact, 2).await["code"], "CONFLICT");
    let hidden = rows(&app, &format!(
        "SELECT code FROM organisation WHERE kind = 'BUMN' AND id NOT IN (SELECT organisation FROM partnership_partner WHERE partner = {})",
        crate::scope::literal(backend, kemitraan::types::GlobalId::parse(id).unwrap().id)
    )).await;
    let hidden = hidden[0].try_get_by_index::<String>(0).unwrap();
    assert_eq!(erase(&app, &hidden, contact, 1).await["code"], "NOT_FOUND");
    let without = json!({ "id": contact, "expectedVersion": 1, "reason": "" });
    assert_eq!(faults(&send(&app, "KEMENKOPUKM", "contactErase", CONTACT, without).await), ["input.reason"]);

    // Tried, it stays; done, it is gone with its salt and its mask, and the hash is all that is left.
    let values = async || dump(&app).await["contact_value"].len();
    let before = values().await;
    let tried = json!({ "id": contact, "expectedVersion": 1, "reason": "Contoh", "dryRun": true });
    let tried = send(&app, "KEMENKOPUKM", "contactErase", CONTACT, tried).await;
    assert_eq!(
        (&tried["contact"]["erased"], &tried["contact"]["mask"]),
        (&json!(true), &Value::Null),
        "{tried:#}"
    );
    assert_eq!(values().await, before);
    let made = erase(&app, "KEMENKOPUKM:OFFICER", contact, 1).await;
    assert_eq!(
        (&made["contact"]["erased"], &made["contact"]["mask"], &made["version"]),
        (&json!(true), &Value::Null, &json!(2)),
        "{made:#}"
    );
    assert_eq!(made["journalEntry"]["reason"], "Contoh: diminta pemiliknya");
    assert_eq!(values().await, before - 1);
    assert_rule(&erase(&app, "KEMENKOPUKM", contact, 2).await, "INVALID_TRANSITION", "erased");
    // There is none now: the next one replaces nothing.
    assert!(set(&app, "KEMENKOPUKM", id, "+628123456789", None).await["journalEntry"].is_object());
}

async fn what_is_no_value_is_not_repeated(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &of_steward(&app, "KEMENKOPUKM", "PERTAMINA").await;
    for (kind, value) in [
        ("PERSON", "Rahasia\nSekali"),
        ("PHONE", "08123456789"),
        ("EMAIL", "rahasia@contoh@example"),
        ("NPWP", "317401234567000"),
    ] {
        let input = json!({ "partner": id, "kind": kind, "value": value });
        let refused = send(&app, "KEMENKOPUKM", "contactSet", CONTACT, input).await;
        assert_eq!(faults(&refused), ["input.value"]);
        for part in ["ahasia", "08123456789", "317401234567000"] {
            assert!(!refused.to_string().contains(part), "{refused:#}");
        }
    }
    // The tax number is personal where the business is a person, and only there.
    let made =
        rows(&app, "SELECT id FROM partner WHERE legal_form = 'PT' AND steward = 'KEMENPERIN' ORDER BY id")
            .await;
    let company = crate::scope::global("partner", made[0].try_get_by_index(0).unwrap());
    let input = |partner: &str| json!({ "partner": partner, "kind": "NPWP", "value": "3174012345670001" });
    assert_eq!(
        faults(&send(&app, "KEMENPERIN", "contactSet", CONTACT, input(&company)).await),
        ["input.kind"]
    );
    let sole = json!({ "name": "Contoh perseorangan", "legalForm": "PERSEORANGAN", "scale": "MICRO", "scaleSince": "2026-01-01" });
    let sole = send(&app, "KEMENPERIN", "partnerRegister", "{ partner { id } }", sole).await;
    let sole = sole["partner"]["id"].as_str().unwrap();
    let made = send(&app, "KEMENPERIN:OFFICER", "contactSet", CONTACT, input(sole)).await;
    assert_eq!(made["contact"]["mask"], "3174********0001", "{made:#}");
    assert_verified(&app.app.access, &app.folder).await;
}
