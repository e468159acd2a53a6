//! The open work of a BUMN that was followed goes to its successors by list.

use serde_json::{Value, json};

use super::{act, create, succeed};
use crate::partnerships::{assert_rule, faults};
use crate::scope::{ids, literal, rows};
use crate::succession::{data, find, token};
use crate::support::{Backend, TestApp};
use crate::walls::post_as;
use crate::writes::{assert_verified, sequence};

crate::both!(work_is_divided_by_list, what_cannot_be_divided_is_refused);

/// Every table whose rows carry the organisation of their partnership.
const CARRIERS: [&str; 10] = [
    "partnership_partner",
    "milestone",
    "milestone_dependency",
    "reschedule",
    "evidence",
    "outcome",
    "outcome_revision",
    "external_reference",
    "obstacle",
    "comment",
];

async fn count(app: &TestApp, sql: &str) -> i64 {
    rows(app, sql).await[0].try_get_by_index(0).unwrap()
}

/// The open partnerships of a BUMN.
async fn open(app: &TestApp, code: &str) -> Vec<String> {
    let of = literal(app.backend, find(app, code).await);
    let sql = format!(
        "SELECT id FROM partnership WHERE organisation = {of} AND status NOT IN ('COMPLETED', 'REJECTED', 'TERMINATED')
            ORDER BY id"
    );
    ids(app, "partnership", &sql).await
}

async fn share(app: &TestApp, code: &str, partnerships: &[String]) -> Value {
    let id = crate::scope::global("organisation", find(app, code).await);
    json!({ "successor": id, "partnerships": partnerships })
}

async fn divide(app: &TestApp, who: &str, code: &str, shares: &[Value]) -> Value {
    let more = json!({ "reason": "Contoh keputusan (data contoh)", "shares": shares });
    act(app, who, "organisationDivideWork", code, more).await
}

async fn work_is_divided_by_list(backend: Backend) {
    let app = TestApp::new(backend).await;
    let code = "PERTAMINA";
    for new in ["CONTOH_HULU", "CONTOH_HILIR"] {
        create(&app, "KEMENBUMN", new, json!({})).await;
    }
    let all = open(&app, code).await;
    assert!(all.len() >= 2, "{all:?}");
    let shares = [share(&app, "CONTOH_HULU", &all[..1]).await, share(&app, "CONTOH_HILIR", &all[1..]).await];
    // Not before the day.
    let parts = [("CONTOH_HULU", "ALL"), ("CONTOH_HILIR", "ALL")];
    succeed(&app, code, "SPLIT", "2026-11-25", &parts).await;
    let early = divide(&app, "KEMENBUMN", code, &shares).await;
    assert_rule(&early, "INVALID_TRANSITION", "not-succeeded");
    app.clock.set("2026-11-25T00:00:00+07:00".parse().unwrap());
    // Until it is divided, both see to all of it.
    let seen = "{ partnerships { totalCount } }";
    for who in ["BUMN:CONTOH_HULU", "BUMN:CONTOH_HILIR"] {
        assert_eq!(
            data(&app, &token(&app, who), seen).await["partnerships"]["totalCount"],
            all.len(),
            "{who}"
        );
    }

    let before = sequence(&app).await;
    let of = literal(backend, find(&app, code).await);
    let mut carried = Vec::new();
    for table in CARRIERS {
        carried.push(count(&app, &format!("SELECT count(*) FROM {table} WHERE organisation = {of}")).await);
    }
    // Among them milestones, evidence, outcomes and comments.
    assert!([1, 4, 5, 9].iter().all(|at| carried[*at] > 0), "{carried:?}");
    let by = "SELECT count(*) FROM milestone WHERE reporter_organisation = ".to_owned() + &of;
    let reported = count(&app, &by).await;
    let made = divide(&app, "KEMENBUMN", code, &shares).await;
    assert_eq!(made["journalEntry"]["action"], "organisationDivideWork", "{made:#}");
    assert_eq!(made["journalEntry"]["reason"], "Contoh keputusan (data contoh)");
    assert_eq!(sequence(&app).await, before + 1);
    // Nothing that hangs on them has stayed behind, and who did what has not changed.
    for table in CARRIERS {
        let stray = format!(
            "SELECT count(*) FROM {table} x JOIN partnership p ON p.id = x.partnership WHERE x.organisation <> p.organisation"
        );
        assert_eq!(count(&app, &stray).await, 0, "{table}");
        assert_eq!(
            count(&app, &format!("SELECT count(*) FROM {table} WHERE organisation = {of}")).await,
            0,
            "{table}"
        );
    }
    assert_eq!(count(&app, &by).await, reported);
    for (who, some) in [("BUMN:CONTOH_HULU", &all[..1]), ("BUMN:CONTOH_HILIR", &all[1..])] {
        let document = "{ partnerships { nodes { id } } milestones(first: 1) { nodes { id } } }";
        let seen = data(&app, &token(&app, who), document).await;
        let nodes = seen["partnerships"]["nodes"].as_array().unwrap();
        let mut theirs = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect::<Vec<_>>();
        theirs.sort_unstable();
        let mut expected = some.iter().map(String::as_str).collect::<Vec<_>>();
        expected.sort_unstable();
        assert_eq!(theirs, expected, "{who}");
        // The one does not know of the other's.
        let other = all.iter().find(|id| !some.contains(id)).unwrap();
        let document = format!("{{ partnership(id: \"{other}\") {{ id }} }}");
        let answer = post_as(&app, &token(&app, who), &document, json!({})).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND", "{who}");
    }
    assert_eq!(app.data(code, seen).await["partnerships"]["totalCount"], 0);
    // Scorecards count it with whom it went to: tallies are held against the rows by the verification too.
    crate::tallies::assert_right(&app).await;
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_cannot_be_divided_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let some = [share(&app, "PLN", &["x".to_owned()]).await];
    let ministry = divide(&app, "KEMENBUMN", "KEMENKOPUKM", &some).await;
    assert_rule(&ministry, "INVALID_TRANSITION", "no-work-of-its-own");
    let made = succeed(&app, "RNI", "MERGE", "2026-11-24", &[("PERHUTANI", "ALL")]).await;
    assert_eq!(made["journalEntry"]["action"], "organisationSucceed", "{made:#}");
    let own = open(&app, "RNI").await;
    let others = open(&app, "PLN").await;
    let before = sequence(&app).await;
    let to = async |code: &str, some: &[String]| share(&app, code, some).await;
    let one = to("PERHUTANI", &own[..1]).await;
    for (shares, paths) in [
        (vec![to("PLN", &own[..1]).await], vec!["input.shares.0.successor"]),
        (vec![to("RNI", &own[..1]).await], vec!["input.shares.0.successor"]),
        (vec![to("PERHUTANI", &others[..1]).await], vec!["input.shares.0.partnerships.0"]),
        (vec![one.clone(), one.clone()], vec!["input.shares.1.partnerships.0"]),
        (vec![to("PERHUTANI", &[]).await], vec!["input.shares.0.partnerships"]),
        (vec![], vec!["input.shares"]),
    ] {
        assert_eq!(faults(&divide(&app, "KEMENBUMN", "RNI", &shares).await), paths, "{shares:?}");
    }
    let nobody = to("PERHUTANI", &[crate::scope::global("partnership", app.clock.new_id())]).await;
    assert_eq!(divide(&app, "KEMENBUMN", "RNI", &[nobody]).await["code"], "NOT_FOUND");
    assert_eq!(sequence(&app).await, before);
    // One value of a system is one partnership's of an organisation.
    let theirs = open(&app, "PERHUTANI").await;
    for (who, of) in [("RNI", &own[0]), ("PERHUTANI", &theirs[0])] {
        let sql = format!(
            "INSERT INTO external_reference (id, version, partnership, organisation, system, value)
                SELECT {}, 1, id, organisation, 'SAP', 'CONTOH-1' FROM partnership WHERE id = {}",
            literal(backend, app.clock.new_id()),
            literal(backend, kemitraan::types::GlobalId::parse(of).unwrap().id)
        );
        assert_eq!(app.sql(&sql).await, 1, "{who}");
    }
    let refused = divide(&app, "KEMENBUMN", "RNI", std::slice::from_ref(&one)).await;
    assert_eq!(faults(&refused), ["input.shares.0.partnerships.0"]);
    assert_eq!(refused["faults"][0]["given"], "SAP CONTOH-1", "{refused:#}");
    // What has ended stays with whom it was.
    let id = literal(backend, kemitraan::types::GlobalId::parse(&own[0]).unwrap().id);
    app.sql(&format!("UPDATE partnership SET status = 'COMPLETED' WHERE id = {id}")).await;
    let refused = divide(&app, "KEMENBUMN", "RNI", &[one]).await;
    assert_eq!(faults(&refused), ["input.shares.0.partnerships.0"]);
    assert!(refused["faults"][0]["expected"].as_str().unwrap().starts_with("an open one"), "{refused:#}");
}
