//! `changes`: what has changed, for whoever keeps in step with the journal.

use std::collections::HashMap;

use kemitraan::access::{Actor, Level, Permit, Write};
use kemitraan::nouns::milestones::entity::milestone_dependency;
use kemitraan::nouns::partners::entity::{LegalForm, Scale, partner};
use kemitraan::types::{GlobalId, Timestamp};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::journal_readers::changes_within;
use crate::scope::{assert_forbidden, expected, global, readers, rows};
use crate::support::{Backend, TestApp};

crate::both!(
    each_reader_is_told_its_changes_once,
    whoever_polls_misses_nothing,
    what_was_removed_is_told_as_removed,
    changes_are_not_for_administrators,
    statements_of_changes_do_not_grow,
);

/// A change as it is told: sequence, noun, subject, whether it was removed.
type Told = (i64, String, String, bool);

fn told(node: &Value) -> Told {
    let text = |key: &str| node[key].as_str().unwrap().to_owned();
    (node["sequence"].as_i64().unwrap(), text("noun"), text("subject"), node["removed"].as_bool().unwrap())
}

/// Pages from a cursor on, to the end: what was told, and the cursor to go on from.
async fn poll(app: &TestApp, who: &str, size: usize, mut after: Value) -> (Vec<Value>, Value) {
    let mut found = Vec::new();
    loop {
        let document = format!(
            "{{ changes(first: {size}, after: {after}) {{ edges {{ cursor node {{ sequence recordedAt action role noun subject removed
                organisation {{ code }} node {{ __typename id }} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let data = app.data(who, &document).await;
        for edge in data["changes"]["edges"].as_array().unwrap() {
            found.push(edge["node"].clone());
            after = edge["cursor"].clone();
        }
        let info = &data["changes"]["pageInfo"];
        if info["endCursor"].is_string() {
            assert_eq!(info["endCursor"], after);
        }
        if info["hasNextPage"] == false {
            return (found, after);
        }
    }
}

/// What a reader is to be told, by SQL.
async fn raw(app: &TestApp, codes: Option<&[&str]>, and: &str) -> Vec<Told> {
    let within = codes.map_or_else(|| "1 = 1".to_owned(), changes_within);
    let sql = format!(
        "SELECT c.sequence, c.noun, c.id, CASE WHEN c.image IS NULL THEN 1 ELSE 0 END FROM
            (SELECT * FROM journal_change WHERE {within}) AS c JOIN journal_entry AS e ON e.sequence = c.sequence
            WHERE {and} ORDER BY c.sequence, c.position"
    );
    let told = |row: sea_orm::QueryResult| {
        let (noun, id): (String, Uuid) = (row.try_get_by_index(1).unwrap(), row.try_get_by_index(2).unwrap());
        let removed: i32 = row.try_get_by_index(3).unwrap();
        let subject = global(&noun, id);
        (row.try_get_by_index(0).unwrap(), noun, subject, removed == 1)
    };
    rows(app, &sql).await.into_iter().map(told).collect()
}

const NODES: [(&str, &str); 16] = [
    ("memorandum", "Memorandum"),
    ("organisation", "Organisation"),
    ("partner", "Partner"),
    ("partnership", "Partnership"),
    ("milestone", "Milestone"),
    ("outcome", "Outcome"),
    ("quarter", "Quarter"),
    ("clause", "Clause"),
    ("certificate", "Certificate"),
    ("obstacle", "Obstacle"),
    ("comment", "Comment"),
    ("evidence", "Evidence"),
    ("outcome_revision", "OutcomeRevision"),
    ("succession", "Succession"),
    ("delegation", "Delegation"),
    ("contact", "Contact"),
];

async fn each_reader_is_told_its_changes_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut counts = HashMap::new();
    for (who, codes) in readers() {
        let codes = codes.as_deref();
        let all = raw(&app, codes, "1 = 1").await;
        let (found, _) = poll(&app, &who, 61, Value::Null).await;
        assert_eq!(found.iter().map(told).collect::<Vec<_>>(), all, "{who}");
        counts.insert(who.clone(), all.len());

        // The object as it is now, where it is one.
        let mut visible = HashMap::new();
        for (noun, object) in NODES {
            visible.insert(noun, (object, expected(&app, noun, codes, "id").await));
        }
        for change in &found {
            let (noun, subject) = (change["noun"].as_str().unwrap(), change["subject"].as_str().unwrap());
            let seen = visible.get(noun).filter(|(_, ids)| ids.iter().any(|id| id == subject));
            let node = seen.map_or(Value::Null, |(object, _)| json!({ "__typename": object, "id": subject }));
            assert_eq!(change["node"], node, "{who}: {change}");
        }

        // Totals, from the end, and since a moment, which is part of it.
        let moments = rows(&app, "SELECT DISTINCT at FROM journal_entry ORDER BY at").await;
        let moments = moments.iter().map(|row| row.try_get_by_index(0).unwrap()).collect::<Vec<i64>>();
        for at in [moments[0], moments[0] + 1, moments[moments.len() / 2], moments[moments.len() - 1]] {
            let since = raw(&app, codes, &format!("e.at >= {at}")).await;
            let document = format!(
                "{{ changes(since: \"{}\", last: 7) {{ totalCount nodes {{ sequence noun subject removed }} pageInfo {{ hasPreviousPage }} }} }}",
                Timestamp(at)
            );
            let data = &app.data(&who, &document).await["changes"];
            assert_eq!(data["totalCount"], since.len(), "{who}: {document}");
            let nodes = data["nodes"].as_array().unwrap().iter().map(told).collect::<Vec<_>>();
            assert_eq!(nodes, since[since.len().saturating_sub(7)..], "{who}: {document}");
            assert_eq!(data["pageInfo"]["hasPreviousPage"], since.len() > 7, "{who}");
        }
        let data = app
            .data(&who, "{ changes(since: \"2999-01-01T00:00:00Z\") { totalCount nodes { sequence } } }")
            .await;
        assert_eq!(data["changes"], json!({ "totalCount": 0, "nodes": [] }), "{who}");
    }
    assert!(counts["PLN"] > 50 && counts["PLN"] < counts["KEMENBUMN"], "{counts:?}");

    // Backwards page by page; and who acted is told as the journal has it.
    let (forward, _) = poll(&app, "KEMENBUMN", 100, Value::Null).await;
    let (mut backward, mut before) = (Vec::new(), Value::Null);
    loop {
        let document = format!(
            "{{ changes(last: 90, before: {before}) {{ nodes {{ sequence noun subject removed }} pageInfo {{ startCursor hasPreviousPage }} }} }}"
        );
        let data = app.data("KEMENBUMN", &document).await;
        let nodes = data["changes"]["nodes"].as_array().unwrap();
        backward.splice(0..0, nodes.iter().map(told));
        if data["changes"]["pageInfo"]["hasPreviousPage"] == false {
            break;
        }
        before = data["changes"]["pageInfo"]["startCursor"].clone();
    }
    assert_eq!(backward, forward.iter().map(told).collect::<Vec<_>>());
    let entries = app
        .data("AUDITOR", "{ journal(last: 100) { nodes { sequence at action role organisation { code } } } }")
        .await;
    let mut compared = 0;
    for entry in entries["journal"]["nodes"].as_array().unwrap() {
        for change in forward.iter().filter(|change| change["sequence"] == entry["sequence"]) {
            assert_eq!(change["recordedAt"], entry["at"]);
            for key in ["action", "role", "organisation"] {
                assert_eq!(change[key], entry[key], "{change}");
            }
            compared += 1;
        }
    }
    assert!(compared >= 100);

    // Machines keep cursors: they are what they were.
    let first = app.data("KEMENBUMN", "{ changes(first: 1) { pageInfo { endCursor } } }").await;
    assert_eq!(
        first["changes"]["pageInfo"]["endCursor"],
        "eyJvIjoiQ0hBTkdFIiwiayI6eyJuIjoxfSwiaSI6IjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMCJ9"
    );
    let other = app.data("KEMENBUMN", "{ journal(first: 1) { pageInfo { endCursor } } partnerships(first: 1) { pageInfo { endCursor } } }").await;
    for cursor in ["journal", "partnerships"].map(|field| &other[field]["pageInfo"]["endCursor"]) {
        let document = format!("{{ changes(after: {cursor}) {{ totalCount }} }}");
        assert_eq!(app.code("KEMENBUMN", &document).await, "BAD_USER_INPUT");
    }
}

/// Puts a new version of a partner, and of each of `more` milestones' dependencies removes it.
async fn touch(app: &TestApp, more: usize) -> i64 {
    let actor = Actor::seed();
    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    let permit = Permit::grant(&actor, "example", Uuid::nil(), &[], Level::Officer).unwrap();
    for row in milestone_dependency::Entity::find().all(app.raw()).await.unwrap().iter().take(more) {
        write.delete::<milestone_dependency::Entity>(&permit, row).await.unwrap();
    }
    let row = partner::Entity::find().one(app.raw()).await.unwrap().unwrap();
    let row = partner::Model { version: row.version + 1, ..row };
    write.update::<partner::Entity>(&permit, &row).await.unwrap();
    write.append(&permit, None).await.unwrap().commit().await.unwrap().sequence
}

async fn whoever_polls_misses_nothing(backend: Backend) {
    let app = TestApp::new(backend).await;
    for who in ["KEMENPERIN", "AUDITOR", "PERTAMINA"] {
        let codes = if who == "PERTAMINA" { Some(&["PERTAMINA"][..]) } else { None };
        let (mut found, mut after) = poll(&app, who, 100, Value::Null).await;
        // Nothing new: an empty page, and the same cursor goes on.
        let (nothing, same) = poll(&app, who, 100, after.clone()).await;
        assert_eq!((nothing.len(), &same), (0, &after));
        for more in [0, 5, 1, 3] {
            touch(&app, more).await;
            // One at a time, so that pages end within an entry, and one more is written while they are read.
            let document = format!(
                "{{ changes(first: 1, after: {after}) {{ edges {{ cursor node {{ sequence noun subject removed }} }} }} }}"
            );
            let data = app.data(who, &document).await;
            if let Some(edge) = data["changes"]["edges"].as_array().unwrap().first() {
                found.push(edge["node"].clone());
                after = edge["cursor"].clone();
            }
            touch(&app, 1).await;
            let (next, last) = poll(&app, who, 2, after).await;
            found.extend(next);
            after = last;
        }
        assert_eq!(found.iter().map(told).collect::<Vec<_>>(), raw(&app, codes, "1 = 1").await, "{who}");
    }
}

async fn what_was_removed_is_told_as_removed(backend: Backend) {
    let app = TestApp::new(backend).await;
    let actor = Actor::seed();
    let row = partner::Model {
        id: app.clock.new_id(),
        version: 1,
        name: "Contoh".to_owned(),
        sample: true,
        legal_form: LegalForm::Cv,
        scale: Scale::Small,
        scale_since: app.clock.today(),
        is_ikm: false,
        steward: kemitraan::access::Role::Kemenkopukm,
        nib: None,
        nik_koperasi: None,
        npwp: None,
        kbli: None,
        kbli_version: None,
        regency: None,
        name_public: false,
    };
    let permit = Permit::grant(&actor, "example", row.id, &[], Level::Officer).unwrap();
    let subject = global("partner", row.id);
    let last = async |who: &str| {
        let document = "{ changes(last: 2) { nodes { subject removed node { id } } } }";
        app.data(who, document).await["changes"]["nodes"].clone()
    };
    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    write.insert::<partner::Entity>(&permit, &row).await.unwrap();
    write.append(&permit, None).await.unwrap().commit().await.unwrap();
    let there = json!({ "subject": subject, "removed": false, "node": { "id": subject } });
    assert_eq!(last("KEMENBUMN").await[1], there);
    // It is in no partnership, so in none of a BUMN's.
    assert_ne!(last("PLN").await[1]["subject"], subject);

    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    write.delete::<partner::Entity>(&permit, &row).await.unwrap();
    write.append(&permit, None).await.unwrap().commit().await.unwrap();
    let gone = |removed: bool| json!({ "subject": subject, "removed": removed, "node": null });
    assert_eq!(last("KEMENBUMN").await, json!([gone(false), gone(true)]));
    assert!(GlobalId::parse(&subject).is_some());
}

async fn changes_are_not_for_administrators(backend: Backend) {
    let app = TestApp::new(backend).await;
    for selection in ["nodes { sequence }", "totalCount", "edges { cursor }", "pageInfo { hasNextPage }"] {
        for arguments in ["", "(first: 0)", "(since: \"2021-09-03T00:00:00Z\")"] {
            let document = format!("{{ changes{arguments} {{ {selection} }} }}");
            assert_forbidden(&app, "ADMIN", &document, "Query.changes", "admin-sees-no-partnership").await;
        }
    }
}

async fn statements_of_changes_do_not_grow(backend: Backend) {
    let app = TestApp::new(backend).await;
    let count = async |size: usize, since: &str| {
        let document = format!(
            "{{ changes(first: {size}{since}) {{ totalCount nodes {{ organisation {{ code shortName }} node {{ id
                ... on Milestone {{ partnership {{ title }} }} ... on Outcome {{ quarter {{ code }} }} }} }} }} }}"
        );
        let before = app.db.statements();
        let data = app.data("KEMENBUMN", &document).await;
        (app.db.statements() - before, data["changes"]["nodes"].as_array().unwrap().len())
    };
    count(1, "").await;
    let since = ", since: \"2023-01-01T00:00:00Z\"";
    let (few, _) = count(5, since).await;
    let (many, nodes) = count(100, since).await;
    assert_eq!(nodes, 100);
    // The head, the page, its total, organisations and their names; at most a statement a noun (seven), and what is
    // asked of two of them.
    assert!(few <= many && many <= 5 + 7 + 2, "{few} {many}");
}
