//! Organisations: KEMENBUMN records them, their names and who follows whom, and divides the work of those that are followed.

mod dividing;

use serde_json::{Value, json};

use crate::partners::{send, with};
use crate::partnerships::{assert_rule, faults};
use crate::scope::global;
use crate::succession::{data, find, token};
use crate::support::{Backend, TestApp};
use crate::writes::{assert_verified, sequence};

crate::both!(
    an_organisation_is_recorded_once,
    two_at_once_record_a_code_but_once,
    a_name_is_borne_from_its_day,
    a_succession_is_recorded,
    a_seat_is_divided,
    ones_own_ministry_is_followed_ahead,
    nobody_else_keeps_them,
);

const FIELDS: &str = "{ organisation { id version code kind seat name shortName parent { code }
    names { name shortName validFrom validUntil legalBasis }
    succeededBy { kind stewardship effectiveOn legalBasis successor { code seat } } }
    version journalEntry { action reason } }";

pub async fn act(app: &TestApp, who: &str, name: &str, code: &str, more: Value) -> Value {
    let id = global("organisation", find(app, code).await);
    let data = app.data("KEMENPERIN", &format!("{{ organisation(id: \"{id}\") {{ version }} }}")).await;
    let input = json!({ "id": id, "expectedVersion": data["organisation"]["version"] });
    send(app, who, name, FIELDS, with(input, &more)).await
}

pub async fn create(app: &TestApp, who: &str, code: &str, more: Value) -> Value {
    let right = json!({ "code": code, "kind": "BUMN", "seat": "BUMN", "name": format!("{code} (data contoh)"),
        "shortName": code });
    send(app, who, "organisationCreate", FIELDS, with(right, &more)).await
}

/// Who follows: by their codes, and with which part.
pub async fn successors(app: &TestApp, some: &[(&str, &str)]) -> Value {
    let mut all = Vec::new();
    for (code, part) in some {
        let id = global("organisation", find(app, code).await);
        all.push(json!({ "organisation": id, "stewardship": part }));
    }
    Value::from(all)
}

pub async fn succeed(app: &TestApp, code: &str, kind: &str, on: &str, some: &[(&str, &str)]) -> Value {
    let more = json!({ "kind": kind, "effectiveOn": on, "legalBasis": "Contoh peraturan (data contoh)",
        "successors": successors(app, some).await });
    act(app, "KEMENBUMN", "organisationSucceed", code, more).await
}

async fn an_organisation_is_recorded_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let tried = create(&app, "KEMENBUMN", "BIO_FARMA", json!({ "dryRun": true })).await;
    assert_eq!((&tried["version"], &tried["journalEntry"]), (&json!(1), &Value::Null), "{tried:#}");
    assert_eq!(sequence(&app).await, before);
    let made = create(&app, "KEMENBUMN", "BIO_FARMA", json!({ "namedFrom": "2020-01-31" })).await;
    let row = &made["organisation"];
    assert_eq!((&row["code"], &row["seat"]), (&json!("BIO_FARMA"), &json!("BUMN")), "{made:#}");
    assert_eq!((&row["name"], &row["shortName"]), (&json!("BIO_FARMA (data contoh)"), &json!("BIO_FARMA")));
    assert_eq!(row["names"][0]["validFrom"], "2020-01-31");
    assert_eq!(made["journalEntry"]["action"], "organisationCreate");
    let again = create(&app, "KEMENBUMN", "BIO_FARMA", json!({})).await;
    assert_eq!((faults(&again), &again["takenBy"]), (vec!["input.code"], &row["id"]));
    let unit = json!({ "kind": "EXECUTING_UNIT", "parent": row["id"], "seat": null });
    let unit = create(&app, "KEMENBUMN", "CONTOH_UNIT", unit).await;
    assert_eq!(unit["organisation"]["parent"]["code"], "BIO_FARMA", "{unit:#}");

    // All that is wrong is told at once.
    let wrong = json!({ "code": "bio", "name": "", "shortName": "a\u{202e}b", "namedFrom": "1900-01-01",
        "legalBasis": " " });
    let paths = ["input.code", "input.name", "input.shortName", "input.namedFrom", "input.legalBasis"];
    let mut told = faults(&create(&app, "KEMENBUMN", "X2", wrong).await)
        .iter()
        .map(|path| (*path).to_owned())
        .collect::<Vec<_>>();
    told.sort_unstable();
    let mut expected = paths.to_vec();
    expected.sort_unstable();
    assert_eq!(told, expected);
    for (more, path) in [
        (json!({ "kind": "MINISTRY", "seat": "KEMENPERIN" }), "input.seat"),
        (json!({ "kind": "OFFTAKER" }), "input.seat"),
        (json!({ "seat": "AUDITOR" }), "input.seat"),
        (json!({ "kind": "EXECUTING_UNIT" }), "input.parent"),
    ] {
        assert_eq!(faults(&create(&app, "KEMENBUMN", "X2", more.clone()).await), [path], "{more}");
    }
    let nobody = json!({ "parent": global("organisation", app.clock.new_id()) });
    assert_eq!(create(&app, "KEMENBUMN", "X2", nobody).await["code"], "NOT_FOUND");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn two_at_once_record_a_code_but_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    // By two programs on one database, which share no queue.
    let db = kemitraan::db::Database::connect(&kemitraan::db::Options::of(&app.url)).await.unwrap();
    let access = kemitraan::access::Access::new(db.clone(), app.clock.clone(), 90);
    let state = kemitraan::api::execute::App { db, access, ..app.app.clone() };
    let beside = app.beside(state, std::sync::Arc::clone(&app.keys));
    for round in 0..5 {
        let code = format!("CONTOH_{round}");
        let (one, other, third) = tokio::join!(
            create(&app, "KEMENBUMN", &code, json!({})),
            create(&beside, "KEMENBUMN", &code, json!({})),
            create(&beside, "KEMENBUMN", &code, json!({}))
        );
        let all = [one, other, third];
        let (made, refused): (Vec<_>, Vec<_>) = all.iter().partition(|answer| answer["code"].is_null());
        assert_eq!((made.len(), refused.len()), (1, 2), "{all:#?}");
        for answer in refused {
            let by = &made[0]["organisation"]["id"];
            assert_eq!((faults(answer), &answer["takenBy"]), (vec!["input.code"], by));
        }
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_name_is_borne_from_its_day(backend: Backend) {
    let app = TestApp::new(backend).await;
    let named = |name: &str, from: &str| json!({ "name": name, "shortName": name, "from": from, "legalBasis": "Contoh akta (data contoh)" });
    let made = act(&app, "KEMENBUMN", "organisationRename", "RNI", named("ID FOOD", "2022-01-12")).await;
    let row = &made["organisation"];
    assert_eq!((&row["shortName"], &made["version"]), (&json!("ID FOOD"), &json!(2)), "{made:#}");
    let first = &row["names"][0];
    assert_eq!((&first["shortName"], &first["validUntil"]), (&json!("RNI"), &json!("2022-01-12")));
    assert_eq!(made["journalEntry"]["reason"], "Contoh akta (data contoh)");
    // One to come is not borne yet.
    let made = act(&app, "KEMENBUMN", "organisationRename", "RNI", named("Nanti", "2026-11-25")).await;
    assert_eq!(made["organisation"]["shortName"], "ID FOOD", "{made:#}");
    app.clock.set("2026-11-25T00:00:00+07:00".parse().unwrap());
    let document = "{ organisations(filter: { code: [\"RNI\"] }) { nodes { shortName } } }";
    let seen = data(&app, &token(&app, "BUMN:RNI"), document).await;
    assert_eq!(seen["organisations"]["nodes"][0]["shortName"], "Nanti");
    let early = act(&app, "KEMENBUMN", "organisationRename", "RNI", named("x", "2026-11-25")).await;
    assert_eq!(faults(&early), ["input.from"]);
    let id = global("organisation", find(&app, "RNI").await);
    let stale = with(named("x", "2026-12-01"), &json!({ "id": id, "expectedVersion": 1 }));
    let stale = send(&app, "KEMENBUMN", "organisationRename", FIELDS, stale).await;
    assert_eq!((&stale["code"], &stale["currentVersion"]), (&json!("CONFLICT"), &json!(3)), "{stale:#}");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_succession_is_recorded(backend: Backend) {
    let app = TestApp::new(backend).await;
    create(&app, "KEMENBUMN", "BIO_FARMA", json!({ "seat": null })).await;
    let both = [("BIO_FARMA", "ALL"), ("KIMIA_FARMA", "ALL")];
    let made = succeed(&app, "KIMIA_FARMA", "HOLDING", "2026-11-24", &both).await;
    let row = &made["organisation"];
    assert_eq!(row["parent"]["code"], "BIO_FARMA", "{made:#}");
    assert_eq!(row["succeededBy"].as_array().unwrap().len(), 2);
    assert!(row["succeededBy"].as_array().unwrap().iter().all(|one| one["successor"]["seat"] == "BUMN"));
    // It goes on under the holding, which sees its work.
    let seen = "{ viewer { readsUntil } partnerships { totalCount } }";
    let own = app.data("KIMIA_FARMA", seen).await;
    assert_eq!(own["viewer"]["readsUntil"], Value::Null);
    let holding = data(&app, &token(&app, "BUMN:BIO_FARMA"), seen).await;
    assert_eq!(holding["partnerships"], own["partnerships"]);
    assert_ne!(own["partnerships"]["totalCount"], 0);
    // And not the other way round.
    let refused = succeed(&app, "BIO_FARMA", "HOLDING", "2026-11-25", &[("KIMIA_FARMA", "ALL")]).await;
    assert_eq!(faults(&refused), ["input.successors"], "{refused:#}");

    let made = succeed(&app, "RNI", "MERGE", "2026-11-25", &[("PERHUTANI", "ALL")]).await;
    assert_eq!(made["organisation"]["succeededBy"][0]["successor"]["code"], "PERHUTANI", "{made:#}");
    assert_eq!(app.data("RNI", seen).await["viewer"]["readsUntil"], Value::Null);
    app.clock.set("2026-11-25T00:00:00+07:00".parse().unwrap());
    assert_eq!(app.data("RNI", seen).await["viewer"]["readsUntil"], "2027-02-22");
    let again = succeed(&app, "RNI", "MERGE", "2026-11-26", &[("PLN", "ALL")]).await;
    assert_rule(&again, "INVALID_TRANSITION", "already-succeeded");
    let into = succeed(&app, "PLN", "MERGE", "2026-11-26", &[("RNI", "ALL")]).await;
    assert_eq!(faults(&into), ["input.successors.0.organisation"]);

    for (kind, some, paths) in [
        ("SPLIT", &[("PLN", "ALL")][..], &["input.successors"][..]),
        ("MERGE", &[("PERTAMINA", "ALL")], &["input.successors"]),
        ("REPLACE", &[("PLN", "KOPERASI")], &["input.successors"]),
        ("REPLACE", &[("KEMENPERIN", "ALL")], &["input.successors.0.organisation"]),
        ("SPLIT", &[("PLN", "ALL"), ("PLN", "ALL")], &["input.successors"]),
        ("SPLIT", &[], &["input.successors"]),
    ] {
        let refused = succeed(&app, "PERTAMINA", kind, "2026-11-26", some).await;
        assert_eq!(faults(&refused), paths, "{kind} {some:?}");
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn a_seat_is_divided(backend: Backend) {
    let app = TestApp::new(backend).await;
    for code in ["KEMENKOP", "KEMENUMKM"] {
        let made = create(&app, "KEMENBUMN", code, json!({ "kind": "MINISTRY", "seat": null })).await;
        assert_eq!(made["organisation"]["seat"], Value::Null, "{made:#}");
    }
    for wrong in [
        [("KEMENKOP", "KOPERASI"), ("KEMENUMKM", "KOPERASI")],
        [("KEMENKOP", "ALL"), ("KEMENUMKM", "ALL")],
        [("KEMENKOP", "ALL"), ("KEMENUMKM", "OTHER_THAN_KOPERASI")],
    ] {
        let refused = succeed(&app, "KEMENKOPUKM", "SPLIT", "2026-11-25", &wrong).await;
        assert_eq!(faults(&refused), ["input.successors"], "{wrong:?}");
    }
    let parts = [("KEMENKOP", "KOPERASI"), ("KEMENUMKM", "OTHER_THAN_KOPERASI")];
    let made = succeed(&app, "KEMENKOPUKM", "SPLIT", "2026-11-25", &parts).await;
    let by = made["organisation"]["succeededBy"].as_array().unwrap();
    assert!(by.iter().all(|one| one["successor"]["seat"] == "KEMENKOPUKM"), "{made:#}");
    // Before the day the one holds the seat, from it the others.
    let register = json!({ "name": "Contoh mitra baru (data contoh)", "legalForm": "KOPERASI", "scale": "SMALL",
        "scaleSince": "2025-01-01" });
    let document = "mutation($input: PartnerRegisterInput!) { partnerRegister(input: $input) { version } }";
    let try_as = async |who: &str| {
        let variables = json!({ "input": register });
        let answer = crate::walls::post_as(&app, &token(&app, who), document, variables).await.json();
        let told = &answer["errors"][0]["extensions"];
        if answer["data"]["partnerRegister"]["version"] == 1 {
            "done".to_owned()
        } else {
            told["rule"].as_str().or(told["code"].as_str()).unwrap().to_owned()
        }
    };
    let all = ["KEMENKOPUKM:KEMENKOPUKM", "KEMENKOPUKM:KEMENKOP", "KEMENKOPUKM:KEMENUMKM"];
    for (moment, expected) in [
        ("2026-11-24T23:59:59+07:00", ["done", "UNAUTHENTICATED", "UNAUTHENTICATED"]),
        ("2026-11-25T00:00:00+07:00", ["succeeded", "done", "stewardship"]),
        ("2027-02-23T00:00:00+07:00", ["UNAUTHENTICATED", "done", "stewardship"]),
    ] {
        app.clock.set(moment.parse().unwrap());
        for (who, expected) in all.into_iter().zip(expected) {
            assert_eq!(try_as(who).await, expected, "{who} {moment}");
        }
    }
    assert_verified(&app.app.access, &app.folder).await;
}

async fn ones_own_ministry_is_followed_ahead(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ministry = json!({ "kind": "MINISTRY", "seat": null });
    create(&app, "KEMENBUMN", "BP_BUMN", ministry).await;
    let by = [("BP_BUMN", "ALL")];
    for early in ["2026-11-24", "2025-10-04"] {
        let refused = succeed(&app, "KEMENBUMN", "REPLACE", early, &by).await;
        assert_eq!(faults(&refused), ["input.effectiveOn"], "{early}");
    }
    let made = succeed(&app, "KEMENBUMN", "REPLACE", "2026-11-25", &by).await;
    assert_eq!(made["organisation"]["succeededBy"][0]["kind"], "REPLACE", "{made:#}");
    app.clock.set("2026-11-25T00:00:00+07:00".parse().unwrap());
    let name =
        json!({ "name": "Contoh", "shortName": "Contoh", "from": "2026-11-25", "legalBasis": "Contoh" });
    let refused = act(&app, "KEMENBUMN", "organisationRename", "PLN", name).await;
    assert_rule(&refused, "FORBIDDEN", "succeeded");
    assert_verified(&app.app.access, &app.folder).await;
}

async fn nobody_else_keeps_them(backend: Backend) {
    let app = TestApp::new(backend).await;
    let before = sequence(&app).await;
    let id = global("organisation", find(&app, "RNI").await);
    let target = json!({ "id": id, "expectedVersion": 1 });
    let inputs = [
        ("organisationCreate", json!({ "code": "X2", "kind": "BUMN", "name": "x", "shortName": "x" })),
        (
            "organisationRename",
            with(
                target.clone(),
                &json!({ "name": "x", "shortName": "x", "from": "2026-01-01", "legalBasis": "x" }),
            ),
        ),
        (
            "organisationSucceed",
            with(
                target.clone(),
                &json!({ "kind": "MERGE", "effectiveOn": "2027-01-01", "legalBasis": "x",
                    "successors": successors(&app, &[("PLN", "ALL")]).await }),
            ),
        ),
        (
            "organisationDivideWork",
            with(target, &json!({ "reason": "x", "shares": [{ "successor": id, "partnerships": ["x"] }] })),
        ),
    ];
    for (name, input) in inputs {
        let fields = "{ version }";
        for who in ["KEMENKOPUKM", "KEMENPERIN", "RNI", "AUDITOR", "ADMIN"] {
            let refused = send(&app, who, name, fields, input.clone()).await;
            assert_rule(&refused, "FORBIDDEN", "kemenbumn-keeps-organisations");
        }
        for who in ["KEMENBUMN:OFFICER", "KEMENBUMN:VIEWER"] {
            assert_rule(&send(&app, who, name, fields, input.clone()).await, "FORBIDDEN", "level");
        }
    }
    assert_eq!(sequence(&app).await, before);
}
