//! Partners, their certificates, accounts and contacts: their steward alone sees to them.

mod contacts;
mod corrections;

use kemitraan::access::{Role, Stewardship};
use kemitraan::nouns::organisations::entity::SuccessionKind;
use serde_json::{Value, json};

use crate::partnerships::{assert_rule, faults};
use crate::scope::{ids, rows};
use crate::succession::{create, find, follow};
use crate::support::{Backend, TestApp};
use crate::writes::{assert_verified, sequence};

crate::both!(
    a_partner_is_registered_by_its_steward,
    a_number_is_one_partners,
    two_at_once_register_it_but_once,
    its_steward_alone_changes_it,
    of_a_divided_seat_each_sees_to_its_own,
    accounts_are_parts_of_it,
    certificates_are_added_and_expire,
);

const PARTNER: &str = "{ partner { id version name sample legalForm scale scaleSince isIkm steward nib nikKoperasi npwp
    kbli kbliVersion regency platformAccounts { platform account since } } version journalEntry { action reason } }";
const CERTIFICATE: &str =
    "{ certificate { id version kind number issuer issuedOn validUntil expired partner { id } } version
    journalEntry { action reason } }";

/// The answer to a mutation: its payload, or the extensions of its error.
pub async fn send(app: &TestApp, who: &str, name: &str, fields: &str, input: Value) -> Value {
    let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {fields} }}");
    let answer = app.post(who, &document, json!({ "input": input })).await.json();
    if answer.get("errors").is_some() {
        return answer["errors"][0]["extensions"].clone();
    }
    answer["data"][name].clone()
}

pub fn with(mut input: Value, more: &Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

async fn register(app: &TestApp, who: &str, more: Value) -> Value {
    let right = json!({ "name": "Contoh mitra baru (data contoh)", "legalForm": "PT", "scale": "SMALL",
        "scaleSince": "2025-01-01" });
    send(app, who, "partnerRegister", PARTNER, with(right, &more)).await
}

/// What is done to a partner, as of the version that it has.
async fn act(app: &TestApp, who: &str, name: &str, id: &Value, more: Value) -> Value {
    let data = app.data("KEMENBUMN", &format!("{{ partner(id: {id}) {{ version }} }}")).await;
    let input = json!({ "id": id, "expectedVersion": data["partner"]["version"] });
    send(app, who, name, PARTNER, with(input, &more)).await
}

/// Of a BUMN's partners, one of this steward.
pub async fn of_steward(app: &TestApp, steward: &str, code: &str) -> String {
    let sql = format!(
        "SELECT id FROM partner WHERE steward = '{steward}' AND id IN (SELECT partner FROM partnership_partner WHERE organisation =
            (SELECT id FROM organisation WHERE code = '{code}')) ORDER BY id"
    );
    ids(app, "partner", &sql).await[0].clone()
}

async fn a_partner_is_registered_by_its_steward(backend: Backend) {
    let app = TestApp::new(backend).await;
    for who in ["KEMENBUMN", "PERTAMINA"] {
        assert_rule(&register(&app, who, json!({})).await, "FORBIDDEN", "seat");
    }
    for who in ["KEMENKOPUKM:VIEWER", "KEMENPERIN:VIEWER"] {
        assert_rule(&register(&app, who, json!({})).await, "FORBIDDEN", "level");
    }
    let more = json!({ "nib": "7000000000001", "nikKoperasi": "K-001/2021", "npwp": "7000000000000001",
        "kbli": { "code": "10710", "version": 2020 }, "regency": "32.04", "legalForm": "KOPERASI", "namePublic": true });
    let before = sequence(&app).await;
    let tried = register(&app, "KEMENKOPUKM:OFFICER", with(more.clone(), &json!({ "dryRun": true }))).await;
    assert_eq!((&tried["version"], &tried["journalEntry"]), (&json!(1), &Value::Null), "{tried:#}");
    assert_eq!(sequence(&app).await, before);
    let made = register(&app, "KEMENKOPUKM:OFFICER", more).await;
    let row = &made["partner"];
    assert_eq!(made["journalEntry"]["action"], "partnerRegister", "{made:#}");
    assert_eq!(
        (&row["steward"], &row["isIkm"], &row["sample"]),
        (&json!("KEMENKOPUKM"), &json!(false), &json!(false))
    );
    assert_eq!((&row["nib"], &row["nikKoperasi"]), (&json!("7000000000001"), &json!("K-001/2021")));
    assert_eq!(
        (&row["kbli"], &row["kbliVersion"], &row["regency"]),
        (&json!("10710"), &json!(2020), &json!("32.04"))
    );
    // A BUMN knows of it by its number; the name with its consent.
    assert_eq!(app.code("PLN", &format!("{{ partner(id: {}) {{ id }} }}", row["id"])).await, "NOT_FOUND");
    let public = app.data("PLN", "{ publicPartner(nib: \"7000000000001\") { name } }").await;
    assert_eq!(public["publicPartner"]["name"], row["name"]);
    let ikm = register(&app, "KEMENPERIN:OFFICER", json!({ "legalForm": "PERSEORANGAN" })).await;
    assert_eq!(
        (&ikm["partner"]["steward"], &ikm["partner"]["isIkm"]),
        (&json!("KEMENPERIN"), &json!(true)),
        "{ikm:#}"
    );

    // All that is wrong is told at once.
    let wrong = json!({ "name": "", "scaleSince": "2026-11-25", "nib": "70000000000011", "nikKoperasi": "?", "npwp": "7",
        "kbli": { "code": "00000", "version": 2020 }, "regency": "99.99" });
    let paths = [
        "input.name",
        "input.scaleSince",
        "input.nib",
        "input.nikKoperasi",
        "input.npwp",
        "input.kbli",
        "input.regency",
    ];
    assert_eq!(faults(&register(&app, "KEMENKOPUKM", wrong).await), paths);
    let wrong = json!({ "legalForm": "PERSEORANGAN", "nikKoperasi": "K-002", "npwp": "7000000000000002" });
    let refused = register(&app, "KEMENKOPUKM", wrong).await;
    assert_eq!(faults(&refused), ["input.nikKoperasi", "input.npwp"]);
    assert!(!refused.to_string().contains("7000000000000002"), "{refused:#}");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_number_is_one_partners(backend: Backend) {
    let app = TestApp::new(backend).await;
    let numbers = json!({ "nib": "7000000000001", "nikKoperasi": "K-001", "npwp": "7000000000000001",
        "legalForm": "KOPERASI" });
    let one = register(&app, "KEMENKOPUKM", numbers.clone()).await;
    let id = &one["partner"]["id"];
    let refused = register(&app, "KEMENPERIN", numbers).await;
    assert_eq!(faults(&refused), ["input.nib", "input.nikKoperasi", "input.npwp"]);
    assert_eq!(&refused["takenBy"], id);
    let other = register(&app, "KEMENPERIN", json!({ "nib": "7000000000002" })).await;
    let other = &other["partner"]["id"];
    let refused = act(&app, "KEMENPERIN", "partnerUpdate", other, json!({ "nib": "7000000000001" })).await;
    assert_eq!((faults(&refused), &refused["takenBy"]), (vec!["input.nib"], id));
    // Its own is its own; what it gives up is free.
    let same = act(&app, "KEMENKOPUKM", "partnerUpdate", id, json!({ "nib": "7000000000001" })).await;
    assert_eq!(same["version"], 2, "{same:#}");
    let gone = act(&app, "KEMENKOPUKM", "partnerUpdate", id, json!({ "nib": null })).await;
    assert_eq!(gone["partner"]["nib"], Value::Null);
    let taken = act(&app, "KEMENPERIN", "partnerUpdate", other, json!({ "nib": "7000000000001" })).await;
    assert_eq!(taken["partner"]["nib"], "7000000000001", "{taken:#}");
    // Whoever may not register is not told whether there is one.
    let asked = register(&app, "PERTAMINA", json!({ "nib": "7000000000001" })).await;
    assert_eq!(asked, json!({ "code": "FORBIDDEN", "rule": "seat" }));
}

async fn two_at_once_register_it_but_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    // By two programs on one database, which share no queue.
    let db = kemitraan::db::Database::connect(&kemitraan::db::Options::of(&app.url)).await.unwrap();
    let access = kemitraan::access::Access::new(db.clone(), app.clock.clone(), 90);
    let state = kemitraan::api::execute::App { db, access, ..app.app.clone() };
    let beside = app.beside(state, std::sync::Arc::clone(&app.keys));
    for round in 0..5 {
        let more = json!({ "nib": format!("70000000000{round:02}") });
        let (one, other, third) = tokio::join!(
            register(&app, "KEMENKOPUKM", more.clone()),
            register(&beside, "KEMENPERIN", more.clone()),
            register(&beside, "KEMENKOPUKM", more.clone())
        );
        let all = [one, other, third];
        let (made, refused): (Vec<_>, Vec<_>) = all.iter().partition(|answer| answer["code"].is_null());
        assert_eq!((made.len(), refused.len()), (1, 2), "{all:#?}");
        for answer in refused {
            assert_eq!((faults(answer), &answer["takenBy"]), (vec!["input.nib"], &made[0]["partner"]["id"]));
        }
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn its_steward_alone_changes_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    for (steward, other) in [("KEMENKOPUKM", "KEMENPERIN"), ("KEMENPERIN", "KEMENKOPUKM")] {
        let id = &json!(of_steward(&app, steward, "PERTAMINA").await);
        let update = async |who: &str, more: Value| act(&app, who, "partnerUpdate", id, more).await;
        for who in [other, "KEMENBUMN", "PERTAMINA"] {
            assert_rule(&update(who, json!({ "name": "x" })).await, "FORBIDDEN", "seat");
        }
        let viewer = format!("{steward}:VIEWER");
        assert_rule(&update(&viewer, json!({ "name": "x" })).await, "FORBIDDEN", "level");
        let stale = json!({ "id": id, "expectedVersion": 99, "name": "x" });
        assert_eq!(send(&app, steward, "partnerUpdate", PARTNER, stale).await["code"], "CONFLICT");
        assert_eq!(faults(&update(steward, json!({})).await), ["input"]);
        assert_eq!(faults(&update(steward, json!({ "scale": "MEDIUM" })).await), ["input.scaleSince"]);
        let officer = format!("{steward}:OFFICER");
        let made = update(
            &officer,
            json!({ "name": "Contoh lain", "scale": "MEDIUM", "scaleSince": "2026-01-01",
            "kbli": { "code": "46100", "version": 2020 }, "regency": null, "namePublic": false }),
        )
        .await;
        let row = &made["partner"];
        assert_eq!(
            (&row["name"], &row["scale"], &row["scaleSince"]),
            (&json!("Contoh lain"), &json!("MEDIUM"), &json!("2026-01-01")),
            "{made:#}"
        );
        assert_eq!(
            (&row["kbli"], &row["regency"], &row["steward"]),
            (&json!("46100"), &Value::Null, &json!(steward))
        );
        let made = update(&officer, json!({ "kbli": null })).await;
        assert_eq!((&made["partner"]["kbli"], &made["partner"]["kbliVersion"]), (&Value::Null, &Value::Null));
    }
    // A BUMN that does not work with it does not know of it.
    let hidden = ids(
        &app,
        "partner",
        "SELECT id FROM partner WHERE id NOT IN (SELECT partner FROM partnership_partner
        WHERE organisation = (SELECT id FROM organisation WHERE code = 'PLN')) ORDER BY id",
    )
    .await;
    let refused = act(&app, "PLN", "partnerUpdate", &json!(hidden[0]), json!({ "name": "x" })).await;
    assert_eq!(refused["code"], "NOT_FOUND");
    // Numbers go with the legal form, whichever of them changes.
    let made =
        register(&app, "KEMENKOPUKM", json!({ "legalForm": "KOPERASI", "nikKoperasi": "K-009" })).await;
    let id = &made["partner"]["id"];
    let refused = act(&app, "KEMENKOPUKM", "partnerUpdate", id, json!({ "legalForm": "PT" })).await;
    assert_eq!(faults(&refused), ["input.nikKoperasi"]);
    let both = json!({ "legalForm": "PT", "nikKoperasi": null });
    assert_eq!(act(&app, "KEMENKOPUKM", "partnerUpdate", id, both).await["partner"]["legalForm"], "PT");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn of_a_divided_seat_each_sees_to_its_own(backend: Backend) {
    let app = TestApp::new(backend).await;
    let koperasi =
        register(&app, "KEMENKOPUKM", json!({ "legalForm": "KOPERASI" })).await["partner"]["id"].clone();
    let pt = register(&app, "KEMENKOPUKM", json!({ "legalForm": "PT" })).await["partner"]["id"].clone();
    let ministry = find(&app, "KEMENKOPUKM").await;
    for (code, part) in [("KEMENKOP", Stewardship::Koperasi), ("KEMENUMKM", Stewardship::OtherThanKoperasi)] {
        let by = create(&app.app.access, code, Role::Kemenkopukm).await;
        follow(&app.app.access, SuccessionKind::Split, ministry, by, part, "2026-11-24").await;
    }
    assert_rule(&register(&app, "KEMENKOPUKM", json!({})).await, "FORBIDDEN", "succeeded");
    for (code, own, other) in [("KEMENKOP", "KOPERASI", "PT"), ("KEMENUMKM", "PT", "KOPERASI")] {
        let token = crate::succession::token(&app, &format!("KEMENKOPUKM:{code}"));
        let (mine, theirs) = if own == "PT" { (&pt, &koperasi) } else { (&koperasi, &pt) };
        let rule = async |name: &str, input: Value| {
            let ty = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
            let document = format!("mutation($input: {ty}!) {{ {name}(input: $input) {{ version }} }}");
            let answer =
                crate::walls::post_as(&app, &token, &document, json!({ "input": input })).await.json();
            answer["errors"][0]["extensions"]["rule"].clone()
        };
        let new = |form: &str| json!({ "name": "Contoh", "scale": "MICRO", "scaleSince": "2026-01-01", "legalForm": form });
        let of = |id: &Value, more: Value| with(json!({ "id": id, "expectedVersion": 1 }), &more);
        assert_eq!(rule("partnerRegister", new(own)).await, Value::Null);
        assert_eq!(rule("partnerRegister", new(other)).await, "stewardship");
        assert_eq!(rule("partnerUpdate", of(theirs, json!({ "name": "x" }))).await, "stewardship");
        // Nor does it give one away by its legal form.
        assert_eq!(rule("partnerUpdate", of(mine, json!({ "legalForm": other }))).await, "stewardship");
        assert_eq!(rule("partnerUpdate", of(mine, json!({ "name": "x" }))).await, Value::Null);
        let certificate =
            |id: &Value| json!({ "partner": id, "kind": "SNI", "number": code, "issuer": "Contoh" });
        assert_eq!(rule("certificateAdd", certificate(theirs)).await, "stewardship");
        assert_eq!(rule("certificateAdd", certificate(mine)).await, Value::Null);
        let contact = |id: &Value| json!({ "partner": id, "kind": "PERSON", "value": "Contoh" });
        assert_eq!(rule("contactSet", contact(theirs)).await, "stewardship");
        assert_eq!(rule("contactSet", contact(mine)).await, Value::Null);
    }
}

async fn accounts_are_parts_of_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &register(&app, "KEMENKOPUKM", json!({})).await["partner"]["id"].clone();
    let other = &register(&app, "KEMENPERIN", json!({})).await["partner"]["id"].clone();
    let set = async |who: &str, id: &Value, account: &str| {
        let more = json!({ "platform": "PADI_UMKM", "account": account, "since": "2025-01-01" });
        act(&app, who, "platformAccountSet", id, more).await
    };
    let remove = async |who: &str| {
        act(&app, who, "platformAccountRemove", id, json!({ "platform": "PADI_UMKM" })).await
    };
    for who in ["KEMENPERIN", "KEMENBUMN"] {
        assert_rule(&set(who, id, "toko-1").await, "FORBIDDEN", "seat");
        assert_rule(&remove(who).await, "FORBIDDEN", "seat");
    }
    assert_rule(&set("KEMENKOPUKM:VIEWER", id, "toko-1").await, "FORBIDDEN", "level");
    assert_eq!(set("PERTAMINA", id, "toko-1").await["code"], "NOT_FOUND");
    assert_rule(&remove("KEMENKOPUKM").await, "INVALID_TRANSITION", "no-account");
    let made = set("KEMENKOPUKM:OFFICER", id, "toko-1").await;
    let account =
        |account: &str| json!([{ "platform": "PADI_UMKM", "account": account, "since": "2025-01-01" }]);
    assert_eq!(
        (&made["partner"]["platformAccounts"], &made["version"]),
        (&account("toko-1"), &json!(2)),
        "{made:#}"
    );
    let refused = set("KEMENPERIN", other, "toko-1").await;
    assert_eq!((faults(&refused), &refused["takenBy"]), (vec!["input.account"], id));
    let made = set("KEMENKOPUKM:OFFICER", id, "toko-2").await;
    assert_eq!(made["partner"]["platformAccounts"], account("toko-2"), "{made:#}");
    assert_eq!(set("KEMENPERIN", other, "toko-1").await["partner"]["platformAccounts"], account("toko-1"));
    let wrong = json!({ "platform": "SIINAS", "account": "", "since": "2026-11-25" });
    let refused = act(&app, "KEMENKOPUKM", "platformAccountSet", id, wrong).await;
    assert_eq!(faults(&refused), ["input.account", "input.since"]);
    assert_rule(&remove("KEMENKOPUKM:VIEWER").await, "FORBIDDEN", "level");
    let stale = json!({ "id": id, "expectedVersion": 1, "platform": "PADI_UMKM" });
    assert_eq!(send(&app, "KEMENKOPUKM", "platformAccountRemove", PARTNER, stale).await["code"], "CONFLICT");
    let made = remove("KEMENKOPUKM:OFFICER").await;
    assert_eq!((&made["partner"]["platformAccounts"], &made["version"]), (&json!([]), &json!(4)), "{made:#}");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn certificates_are_added_and_expire(backend: Backend) {
    let app = TestApp::new(backend).await;
    let id = &json!(of_steward(&app, "KEMENPERIN", "PERTAMINA").await);
    let add = async |who: &str, more: Value| {
        let right = json!({ "partner": id, "kind": "SNI", "number": "SNI-1", "issuer": "Contoh", "issuedOn": "2025-01-01",
            "validUntil": "2027-12-31" });
        send(&app, who, "certificateAdd", CERTIFICATE, with(right, &more)).await
    };
    for who in ["KEMENKOPUKM", "KEMENBUMN", "PERTAMINA"] {
        assert_rule(&add(who, json!({})).await, "FORBIDDEN", "seat");
    }
    assert_rule(&add("KEMENPERIN:VIEWER", json!({})).await, "FORBIDDEN", "level");
    let wrong = json!({ "number": "", "issuer": "x".repeat(201), "issuedOn": "2026-11-25", "validUntil": "2026-01-01" });
    assert_eq!(
        faults(&add("KEMENPERIN", wrong).await),
        ["input.issuedOn", "input.number", "input.issuer", "input.validUntil"]
    );
    let made = add("KEMENPERIN:OFFICER", json!({})).await;
    let row = &made["certificate"];
    assert_eq!(
        (&row["number"], &row["expired"], &row["version"]),
        (&json!("SNI-1"), &json!(false), &json!(1)),
        "{made:#}"
    );
    assert_eq!((&row["partner"]["id"], &made["journalEntry"]["action"]), (id, &json!("certificateAdd")));
    let refused = add("KEMENPERIN", json!({})).await;
    assert_eq!((faults(&refused), &refused["takenBy"]), (vec!["input.number"], &row["id"]));
    assert!(
        add("KEMENPERIN", json!({ "kind": "TKDN", "issuedOn": null, "validUntil": null })).await["version"]
            == 1
    );

    let expire = async |who: &str, version: i32, until: &str| {
        let input = json!({ "id": row["id"], "expectedVersion": version, "validUntil": until, "reason": "Contoh: dicabut" });
        send(&app, who, "certificateExpire", CERTIFICATE, input).await
    };
    for who in ["KEMENKOPUKM", "KEMENBUMN", "PERTAMINA"] {
        assert_rule(&expire(who, 1, "2026-11-23").await, "FORBIDDEN", "seat");
    }
    assert_rule(&expire("KEMENPERIN:VIEWER", 1, "2026-11-23").await, "FORBIDDEN", "level");
    assert_eq!(expire("KEMENPERIN", 2, "2026-11-23").await["code"], "CONFLICT");
    let hidden = rows(
        &app,
        "SELECT code FROM organisation WHERE kind = 'BUMN' AND id NOT IN (SELECT organisation FROM
        partnership_partner WHERE partner IN (SELECT partner FROM certificate WHERE number = 'SNI-1'))",
    )
    .await;
    let hidden = hidden[0].try_get_by_index::<String>(0).unwrap();
    assert_eq!(expire(&hidden, 1, "2026-11-23").await["code"], "NOT_FOUND");
    for day in ["2024-12-31", "2026-11-25"] {
        assert_eq!(faults(&expire("KEMENPERIN", 1, day).await), ["input.validUntil"], "{day}");
    }
    let made = expire("KEMENPERIN:OFFICER", 1, "2026-11-23").await;
    let row = &made["certificate"];
    assert_eq!(
        (&row["validUntil"], &row["expired"], &row["version"]),
        (&json!("2026-11-23"), &json!(true), &json!(2)),
        "{made:#}"
    );
    assert_eq!(made["journalEntry"]["reason"], "Contoh: dicabut");
    assert_eq!(faults(&expire("KEMENPERIN", 2, "2026-11-23").await), ["input.validUntil"]);
    assert_verified(&app.app.access, &app.folder).await;
}
