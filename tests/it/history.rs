//! The history of each noun: what acts did to one object, told as fields of the API.

mod reach;

use std::collections::BTreeMap;

use apollo_compiler::schema::ExtendedType;
use kemitraan::access::{Actor, Level, Organisation, Permit, Role, Write};
use kemitraan::journal::{Author, Change, Place, append};
use kemitraan::nouns::milestones::entity::{MilestoneStatus, milestone};
use kemitraan::nouns::partnerships::entity::partnership;
use kemitraan::types::GlobalId;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::coverage::whole;
use crate::scope::{global, uuids, within};
use crate::support::{Backend, TestApp};

crate::both!(
    a_milestone_tells_what_was_done_to_it,
    a_history_adds_up_to_what_is_there,
    images_of_an_older_shape_are_told_as_well,
    a_history_is_told_page_by_page,
    images_are_read_where_fields_are_asked_for,
    statements_of_histories_do_not_grow,
);

/// Root field, noun, object.
const NOUNS: [(&str, &str, &str); 13] = [
    ("memoranda", "memorandum", "Memorandum"),
    ("organisations", "organisation", "Organisation"),
    ("partners", "partner", "Partner"),
    ("partnerships", "partnership", "Partnership"),
    ("milestones", "milestone", "Milestone"),
    ("outcomes", "outcome", "Outcome"),
    ("quarters", "quarter", "Quarter"),
    ("clauses", "clause", "Clause"),
    ("certificates", "certificate", "Certificate"),
    ("obstacles", "obstacle", "Obstacle"),
    ("evidenceItems", "evidence", "Evidence"),
    ("outcomeRevisions", "outcome_revision", "OutcomeRevision"),
    ("successions", "succession", "Succession"),
];

const HISTORY: &str = "history(last: 100) { nodes { sequence recordedAt actor role organisation { code } action reason fields { field old new } } }";

/// The history of one object, as someone reads it.
async fn history(app: &TestApp, who: &str, id: &str) -> Vec<Value> {
    let on = NOUNS.map(|(_, _, object)| format!("... on {object} {{ {HISTORY} }}")).join(" ");
    let data = app.data(who, &format!("{{ node(id: \"{id}\") {{ {on} }} }}")).await;
    data["node"]["history"]["nodes"].as_array().unwrap().clone()
}

fn fields(entry: &Value) -> BTreeMap<String, (Value, Value)> {
    let own = entry["fields"].as_array().unwrap().iter();
    own.map(|one| (one["field"].as_str().unwrap().to_owned(), (one["old"].clone(), one["new"].clone())))
        .collect()
}

/// One act of a seat: whatever `change` writes.
async fn act(
    app: &TestApp,
    actor: &Actor,
    action: &'static str,
    reason: Option<&str>,
    change: impl AsyncFnOnce(&mut Write, &Permit),
) -> i64 {
    let permit = Permit::grant(actor, action, Uuid::nil(), &Role::ALL, Level::Officer).unwrap();
    let mut write = Write::begin(&app.app.access, actor, None).await.unwrap();
    change(&mut write, &permit).await;
    write.append(&permit, reason).await.unwrap().commit().await.unwrap().sequence
}

async fn seat(app: &TestApp, code: &str) -> Actor {
    let id = uuids(app, &format!("SELECT id FROM organisation WHERE code = '{code}'")).await[0];
    let role = code.parse().unwrap_or(Role::Bumn);
    Actor::seed_for(role, Organisation { id, code: code.to_owned() })
}

async fn of_bumn(app: &TestApp, code: &str) -> partnership::Model {
    let sql = format!("SELECT id FROM partnership WHERE {} ORDER BY id", within(Some(&[code])));
    let id = uuids(app, &sql).await[0];
    partnership::Entity::find_by_id(id).one(app.raw()).await.unwrap().unwrap()
}

async fn a_milestone_tells_what_was_done_to_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    let document = "{ milestones(first: 1, filter: { status: [SCHEDULED], reporter: [BUMN] }) {
        nodes { id version verifier title type weight position dueOn firstDueOn partnership { id } } } }";
    let node = app.data("PERTAMINA", document).await["milestones"]["nodes"][0].clone();
    let (id, version) = (node["id"].as_str().unwrap().to_owned(), node["version"].as_i64().unwrap());
    let start = format!(
        "mutation {{ milestoneStart(input: {{ id: \"{id}\", expectedVersion: {version} }}) {{ journalEntry {{ sequence }} }} }}"
    );
    let started =
        app.data("PERTAMINA:OFFICER", &start).await["milestoneStart"]["journalEntry"]["sequence"].clone();

    let key = GlobalId::parse(&id).unwrap().id;
    let read = async || milestone::Entity::find_by_id(key).one(app.raw()).await.unwrap().unwrap();
    let (bumn, ministry) =
        (seat(&app, "PERTAMINA").await, seat(&app, node["verifier"].as_str().unwrap()).await);
    let row = read().await;
    let submitted = milestone::Model {
        version: row.version + 1,
        status: MilestoneStatus::Submitted,
        occurred_on: Some("2026-11-20".parse().unwrap()),
        recorded_at: Some(app.now()),
        report: Some("Selesai \"dini\"".to_owned()),
        reported_by: Some(bumn.id.clone()),
        reporter_organisation: bumn.organisation_id(),
        ..row
    };
    let submit = act(&app, &bumn, "milestoneSubmit", None, async |write, permit| {
        write.update::<milestone::Entity>(permit, &submitted).await.unwrap();
    })
    .await;
    let verified = milestone::Model {
        version: submitted.version + 1,
        status: MilestoneStatus::Met,
        verified_at: Some(app.now()),
        verified_by: Some(ministry.id.clone()),
        verifier_organisation: ministry.organisation_id(),
        ..submitted.clone()
    };
    let verify = act(&app, &ministry, "milestoneVerify", Some("Lengkap"), async |write, permit| {
        // Twice in one act: it is the last that counts, and told once.
        let before = milestone::Model { status: MilestoneStatus::PartiallyMet, ..verified.clone() };
        write.update::<milestone::Entity>(permit, &before).await.unwrap();
        write.update::<milestone::Entity>(permit, &verified).await.unwrap();
    })
    .await;

    let now = app.now().to_string();
    let (bumn_id, ministry_id) = (
        global("organisation", bumn.organisation_id().unwrap()),
        global("organisation", ministry.organisation_id().unwrap()),
    );
    let change = |field: &str, old: Value, new: Value| json!({ "field": format!("Milestone.{field}"), "old": old, "new": new });
    let expected = json!([
        { "sequence": started, "recordedAt": now, "actor": "test-PERTAMINA:OFFICER", "role": "BUMN", "organisation": { "code": "PERTAMINA" },
          "action": "milestoneStart", "reason": null, "fields": [change("status", json!("SCHEDULED"), json!("IN_PROGRESS"))] },
        { "sequence": submit, "recordedAt": now, "actor": "SEED-PERTAMINA", "role": "BUMN", "organisation": { "code": "PERTAMINA" },
          "action": "milestoneSubmit", "reason": null, "fields": [
            change("status", json!("IN_PROGRESS"), json!("SUBMITTED")),
            change("occurredOn", Value::Null, json!("2026-11-20")),
            change("recordedAt", Value::Null, json!("2026-11-24T05:00:00.000000Z")),
            change("report", Value::Null, json!("Selesai \"dini\"")),
            change("reportedBy", Value::Null, json!("SEED-PERTAMINA")),
            change("reporterOrganisation", Value::Null, json!(bumn_id))] },
        { "sequence": verify, "recordedAt": now, "actor": ministry.id, "role": node["verifier"], "organisation": { "code": node["verifier"] },
          "action": "milestoneVerify", "reason": "Lengkap", "fields": [
            change("status", json!("SUBMITTED"), json!("MET")),
            change("verifiedAt", Value::Null, json!(now)),
            change("verifiedBy", Value::Null, json!(ministry.id)),
            change("verifierOrganisation", Value::Null, json!(ministry_id))] },
    ]);
    for who in ["PERTAMINA", "PERTAMINA:VIEWER", "KEMENKOPUKM", "KEMENPERIN", "AUDITOR", "AUDITOR+PERTAMINA"]
    {
        let told = history(&app, who, &id).await;
        assert_eq!(json!(told[told.len() - 3..]), expected, "{who}");
        // It began with all that it had, and the seat that planned it.
        let first = fields(&told[0]);
        assert_eq!((&told[0]["action"], &told[0]["role"]), (&json!("partnershipPropose"), &json!("BUMN")));
        for (field, value) in [
            ("title", node["title"].clone()),
            ("type", node["type"].clone()),
            ("weight", json!(node["weight"].to_string())),
            ("position", json!(node["position"].to_string())),
            ("firstDueOn", node["firstDueOn"].clone()),
            ("partnership", node["partnership"]["id"].clone()),
            ("organisation", json!(bumn_id)),
            ("status", json!("SCHEDULED")),
            ("reschedules", json!("0")),
        ] {
            assert_eq!(first[&format!("Milestone.{field}")], (Value::Null, value), "{who}: {field}");
        }
        let nothing = ["id", "version", "report", "occurredOn", "verifiedBy"];
        assert!(nothing.iter().all(|field| !first.contains_key(&format!("Milestone.{field}"))));
    }
}

/// What is asked to have the value of a field that a history tells.
fn selection(object: &str, field: &str) -> String {
    let ty = whole().type_field(object, field).unwrap().ty.inner_named_type().clone();
    match (&whole().types[&ty], ty.as_str()) {
        (ExtendedType::Object(_), "PartnershipValue") => format!("{field} {{ amount source asOf }}"),
        (ExtendedType::Object(_), "Quarter") => format!("{field} {{ code }}"),
        (ExtendedType::Object(_), _) => format!("{field} {{ id }}"),
        _ => field.to_owned(),
    }
}

/// A value of the API as a history tells it.
fn text(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::String(text) => json!(text),
        Value::Array(some) => {
            json!(some.iter().map(|one| one.as_str().unwrap()).collect::<Vec<_>>().join(" "))
        }
        Value::Object(object) => object.get("id").or_else(|| object.get("code")).unwrap().clone(),
        other => json!(other.to_string()),
    }
}

/// All that the histories of a noun tell, put together, is what the API shows of each object today; and each value that
/// goes is the one that came before.
async fn a_history_adds_up_to_what_is_there(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| limits.limit_cost = 10_000_000).await;
    let mut told = BTreeMap::<&str, usize>::new();
    for (root, noun, object) in NOUNS {
        let all =
            app.data("KEMENBUMN", &format!("{{ {root}(first: 100) {{ nodes {{ id {HISTORY} }} }} }}")).await;
        let mut names = BTreeMap::<String, Vec<String>>::new();
        let mut ends = BTreeMap::new();
        for node in all[root]["nodes"].as_array().unwrap() {
            let mut now = BTreeMap::<String, Value>::new();
            let entries = node["history"]["nodes"].as_array().unwrap();
            assert!(!entries.is_empty(), "{node}");
            assert!(entries.is_sorted_by_key(|entry| entry["sequence"].as_i64()));
            for (field, (old, new)) in entries.iter().flat_map(fields) {
                assert_ne!(old, new, "{field}");
                assert_eq!(now.insert(field.clone(), new).unwrap_or_default(), old, "{node}: {field}");
                let path = field.split('.').map(str::to_owned).collect::<Vec<_>>();
                assert_eq!(path[0], object);
                names.insert(field, path);
            }
            ends.insert(node["id"].as_str().unwrap().to_owned(), now);
        }
        let mut asked = names.values().map(|path| selection(object, &path[1])).collect::<Vec<_>>();
        asked.dedup();
        let document = format!("{{ {root}(first: 100) {{ nodes {{ id {} }} }} }}", asked.join(" "));
        let data = app.data("KEMENBUMN", &document).await;
        for node in data[root]["nodes"].as_array().unwrap() {
            let now = &ends[node["id"].as_str().unwrap()];
            for (name, path) in &names {
                let shown = &node[&path[1]];
                let shown = path.get(2).map_or_else(|| text(shown), |member| text(&shown[member]));
                assert_eq!(now.get(name).unwrap_or(&Value::Null), &shown, "{noun}: {name}");
            }
        }
        told.insert(noun, names.len());
    }
    // Whatever of a table can be asked for was told at least once.
    for (noun, count) in [
        ("memorandum", 4),
        ("organisation", 3),
        ("partner", 12),
        ("partnership", 14),
        ("milestone", 20),
        ("outcome", 14),
        ("quarter", 6),
    ] {
        assert!(told[noun] >= count, "{told:?}");
    }
}

async fn images_of_an_older_shape_are_told_as_well(backend: Backend) {
    let app = TestApp::new(backend).await;
    let row = of_bumn(&app, "PLN").await;
    let mut image = serde_json::to_value(&row).unwrap();
    assert!(image.as_object_mut().unwrap().remove("public_id").is_some());
    for (title, version) in [("Semula", 1), ("Kemudian", 1)] {
        image["title"] = title.into();
        let place = Place { organisation: Some(row.organisation), partnership: Some(row.id) };
        let image = Some(serde_json_canonicalizer::to_string(&image).unwrap());
        let changes = vec![Change { noun: "partnership", version, id: row.id, place, image }];
        let head = append::hold_head(app.raw()).await.unwrap();
        append::append(app.raw(), head, &app.clock, &Author::default(), "example", None, changes)
            .await
            .unwrap();
    }
    let told = history(&app, "PLN", &global("partnership", row.id)).await;
    let title = |old: &str, new: &str| json!([{ "field": "Partnership.title", "old": old, "new": new }]);
    assert_eq!(told[told.len() - 2]["fields"], title(&row.title, "Semula"));
    let last = &told[told.len() - 1];
    assert_eq!(last["fields"], title("Semula", "Kemudian"));
    // The program itself has neither a role nor an organisation.
    assert_eq!((&last["role"], &last["organisation"]), (&Value::Null, &Value::Null));
}

/// More acts than a page holds, on two of a BUMN's milestones.
async fn acts_on_two(app: &TestApp) -> [String; 2] {
    let sql = "SELECT id FROM milestone WHERE organisation IN (SELECT id FROM organisation WHERE code = 'PERTAMINA') ORDER BY id";
    let two = uuids(app, sql).await;
    let actor = seat(app, "KEMENBUMN").await;
    for turn in 0..23 {
        let of = milestone::Entity::find_by_id(two[turn % 5 / 4]).one(app.raw()).await.unwrap().unwrap();
        let row = milestone::Model { version: of.version + 1, title: format!("Judul {turn}"), ..of };
        act(app, &actor, "example", Some(&turn.to_string()), async |write, permit| {
            write.update::<milestone::Entity>(permit, &row).await.unwrap();
        })
        .await;
    }
    [two[0], two[1]].map(|id| global("milestone", id))
}

async fn a_history_is_told_page_by_page(backend: Backend) {
    let app = TestApp::new(backend).await;
    let two = acts_on_two(&app).await;
    let page = async |who: &str, id: &str, arguments: &str| {
        let document = format!(
            "{{ milestone(id: \"{id}\") {{ history({arguments}) {{ totalCount edges {{ cursor node {{ sequence reason fields {{ field old new }} }} }}
                pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}"
        );
        app.data(who, &document).await["milestone"]["history"].take()
    };
    let nodes = |page: &Value| {
        page["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone()).collect::<Vec<_>>()
    };
    for who in ["PERTAMINA", "AUDITOR+PERTAMINA", "KEMENBUMN"] {
        let whole = page(who, &two[0], "last: 100").await;
        let all = nodes(&whole);
        assert!(all.len() > 20 && whole["totalCount"] == all.len(), "{who}: {whole}");
        assert_eq!(whole["pageInfo"]["hasPreviousPage"], false);
        // Each tells what the one before it has left.
        for (one, next) in all.iter().zip(&all[1..]) {
            let title = |of: &Value| fields(of).remove("Milestone.title");
            if let (Some((_, new)), Some((old, _))) = (title(one), title(next)) {
                assert_eq!(new, old, "{who}");
            }
        }
        for (count, cursor, more, from) in [
            ("first", "after", "hasNextPage", "endCursor"),
            ("last", "before", "hasPreviousPage", "startCursor"),
        ] {
            let (mut found, mut at) = (Vec::new(), Value::Null);
            loop {
                let page = page(who, &two[0], &format!("{count}: 7, {cursor}: {at}")).await;
                assert_eq!(page["totalCount"], all.len());
                match count {
                    "first" => found.extend(nodes(&page)),
                    _ => drop(found.splice(..0, nodes(&page))),
                }
                if page["pageInfo"][more] == false {
                    break;
                }
                assert_eq!(page["edges"].as_array().unwrap().len(), 7);
                at = page["pageInfo"][from].clone();
            }
            assert_eq!(found, all, "{who}: {count}");
        }
        let first = page(who, &two[0], "first: null").await;
        assert_eq!((nodes(&first), &first["pageInfo"]["hasNextPage"]), (all[..20].to_vec(), &json!(true)));
        // Between two cursors.
        let cursors =
            whole["edges"].as_array().unwrap().iter().map(|edge| edge["cursor"].clone()).collect::<Vec<_>>();
        let between =
            page(who, &two[0], &format!("last: 3, after: {}, before: {}", cursors[2], cursors[9])).await;
        assert_eq!(nodes(&between), all[6..9]);

        // Of siblings each has its own, and all end at the same place.
        let list = format!(
            "{{ milestones(first: 100) {{ nodes {{ id history(last: 2, before: {}) {{ totalCount nodes {{ sequence reason fields {{ field old new }} }} }} }} }} }}",
            cursors[15]
        );
        let list = app.data(who, &list).await;
        for id in &two {
            let siblings = list["milestones"]["nodes"].as_array().unwrap();
            let Some(own) = siblings.iter().find(|node| node["id"] == **id) else { continue };
            let until = all[15]["sequence"].as_i64();
            let alone = nodes(&page(who, id, "last: 100").await);
            let count = alone.len();
            let before =
                alone.into_iter().filter(|node| node["sequence"].as_i64() < until).collect::<Vec<_>>();
            assert_eq!(own["history"]["nodes"], json!(before[before.len() - 2..]), "{who}");
            assert_eq!(own["history"]["totalCount"], count);
        }
    }
    let refused = async |arguments: &str| {
        app.code(
            "PERTAMINA",
            &format!("{{ milestone(id: \"{}\") {{ history({arguments}) {{ totalCount }} }} }}", two[0]),
        )
        .await
    };
    assert_eq!(refused("first: 101").await, "LIMIT_EXCEEDED");
    let other = app.data("KEMENBUMN", "{ journal(first: 1) { pageInfo { endCursor } } }").await;
    let other = &other["journal"]["pageInfo"]["endCursor"];
    for arguments in [
        "first: -1".to_owned(),
        "first: 1, last: 1".to_owned(),
        "after: \"x\"".to_owned(),
        format!("before: {other}"),
    ] {
        assert_eq!(refused(&arguments).await, "BAD_USER_INPUT", "{arguments}");
    }
}

/// Images are what is large of a journal.
async fn images_are_read_where_fields_are_asked_for(backend: Backend) {
    let app = TestApp::new(backend).await;
    app.data("KEMENBUMN", "{ viewer { role } }").await;
    for (selection, statements) in [("sequence action", 3), ("sequence fields { field }", 4)] {
        let document = format!(
            "{{ milestones(first: 100) {{ nodes {{ history(last: 3) {{ nodes {{ {selection} }} }} }} }} }}"
        );
        let before = app.db.statements();
        app.data("KEMENBUMN", &document).await;
        assert_eq!(app.db.statements() - before, statements, "{document}");
    }
}

async fn statements_of_histories_do_not_grow(backend: Backend) {
    let app = TestApp::with(backend, true, |limits| limits.limit_cost = 10_000_000).await;
    let count = async |who: &str, size: usize| {
        let document = format!(
            "{{ partnerships(first: {size}) {{ nodes {{ {HISTORY} milestones(first: {size}) {{ nodes {{ {HISTORY} }} }}
                outcomes(first: {size}) {{ nodes {{ {HISTORY} }} }} }} }} }}"
        );
        let before = app.db.statements();
        let data = app.data(who, &document).await;
        let of = |node: &Value| node["milestones"]["nodes"].as_array().unwrap().len();
        let nodes = data["partnerships"]["nodes"].as_array().unwrap();
        (app.db.statements() - before, nodes.iter().map(of).sum::<usize>())
    };
    for (who, statements) in [("KEMENBUMN", 1 + 3 * 4), ("PLN", 1 + 3 * 4 + 2)] {
        count(who, 1).await;
        // The head; for each list the list, its acts, who acted, what they did; for whom something is out of reach, which
        // of the partnerships that milestones and outcomes name are not.
        let (few, _) = count(who, 1).await;
        let (many, rows) = count(who, 20).await;
        assert_eq!((few, many), (statements, statements), "{who}");
        assert!(rows > 10, "{who}");
    }
}
