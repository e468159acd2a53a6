//! Who could read what on that day: each other access table is recorded in the journal when the program starts with it.

use std::collections::BTreeSet;

use kemitraan::access::table::{self, Rule};
use kemitraan::access::{Access, Role};
use kemitraan::db::{Database, Options};
use kemitraan::nouns::access_table::store::{record, record_fields};
use kemitraan::types::Timestamp;
use serde_json::{Value, json};

use crate::commands::Server;
use crate::scope::{assert_forbidden, rows};
use crate::support::{BUMN, Backend, TestApp};
use crate::writes::assert_verified;

crate::both!(
    only_another_table_is_recorded,
    who_could_read_what_on_a_day_is_told,
    of_several_that_start_at_once_one_records,
    what_is_served_is_recorded_once,
);

static NOBODY_ELSE: Rule =
    Rule { name: "example", roles: &[Role::Auditor], english: "for a test", indonesian: "untuk uji" };

type Field = (&'static str, &'static str, &'static Rule);

/// The table as an earlier program may have had it: `Query.journal` for an auditor alone, without `Query.changes`, and with a
/// field that is gone by now.
fn earlier() -> impl Iterator<Item = Field> {
    table::fields()
        .filter(|field| (field.0, field.1) != ("Query", "changes"))
        .map(|field| {
            let is_journal = (field.0, field.1) == ("Query", "journal");
            if is_journal { (field.0, field.1, &NOBODY_ELSE) } else { field }
        })
        .chain([("Query", "gone", &NOBODY_ELSE)])
}

async fn entries(app: &TestApp) -> i64 {
    let count = rows(app, "SELECT count(*) FROM journal_entry WHERE action = 'accessTableChanged'").await;
    count[0].try_get_by_index(0).unwrap()
}

async fn only_another_table_is_recorded(backend: Backend) {
    let app = TestApp::new(backend).await;
    let access = &app.app.access;
    let before = app.data("AUDITOR", "{ accessTable { hash } }").await;
    assert_eq!(before["accessTable"], Value::Null);
    let first = record(access).await.unwrap().unwrap();
    assert_eq!(record(access).await.unwrap(), None);
    let second = record_fields(access, earlier()).await.unwrap().unwrap();
    assert_eq!(record_fields(access, earlier()).await.unwrap(), None);
    // Back again is another one than before as well.
    let third = record(access).await.unwrap().unwrap();
    assert_eq!((second.sequence, third.sequence), (first.sequence + 1, first.sequence + 2));
    assert_eq!(entries(&app).await, 3);
    assert_verified(access, &app.folder).await;

    let journal = "{ journal(filter: { action: [\"accessTableChanged\"] }) { nodes {
        sequence actor role level token organisation { code } reason changes { noun subject image } } } }";
    for who in ["AUDITOR", "AUDITOR+PLN", "KEMENBUMN"] {
        let data = app.data(who, journal).await;
        let nodes = data["journal"]["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), 3, "{who}");
        for (node, entry) in nodes.iter().zip([first, second, third]) {
            assert_eq!(node["sequence"], entry.sequence);
            assert_eq!(node["actor"], "SYSTEM");
            for none in ["role", "level", "token", "organisation", "reason"] {
                assert_eq!(node[none], Value::Null, "{none}");
            }
            assert_eq!(node["changes"][0]["noun"], "access_table");
        }
        let image: Value = serde_json::from_str(nodes[1]["changes"][0]["image"].as_str().unwrap()).unwrap();
        assert!(image["fields"].as_str().unwrap().contains("\nQuery.journal AUDITOR\n"), "the whole of it");
    }
    // A row that is put right behind the program's back is found.
    app.sql(
        "UPDATE access_table SET fields = replace(fields, 'Query.journal AUDITOR', 'Query.journal BUMN')",
    )
    .await;
    let scratch = app.folder.join("scratch.db");
    let projections = kemitraan::nouns::projections();
    let report = access.verify_journal(&projections, &scratch, None, &mut |_, _| {}).await.unwrap();
    assert_eq!(report.findings.len(), 1, "{:#?}", report.findings);
}

async fn who_could_read_what_on_a_day_is_told(backend: Backend) {
    let app = TestApp::new(backend).await;
    let access = &app.app.access;
    let day = |text: &str| text.parse::<Timestamp>().unwrap();
    app.clock.set(day("2026-12-01T00:00:00Z"));
    record_fields(access, earlier()).await.unwrap().unwrap();
    app.clock.set(day("2026-12-05T00:00:00Z"));
    record(access).await.unwrap().unwrap();
    app.clock.set(day("2026-12-06T00:00:00Z"));

    let ask = "query($at: DateTime) { accessTable(at: $at) { subject number recordedAt hash
        added { coordinate role } removed { coordinate role }
        journal: roles(coordinate: \"Query.journal\") changes: roles(coordinate: \"Query.changes\")
        gone: roles(coordinate: \"Query.gone\") nothing: roles(coordinate: \"x\") } }";
    let readers = table::JOURNAL.roles.iter().map(|role| role.as_str()).collect::<BTreeSet<_>>();
    let of = |value: &Value| {
        value
            .as_array()
            .map(|some| some.iter().map(|role| role.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>())
    };
    let owned =
        |some: &BTreeSet<&str>| Some(some.iter().map(|role| (*role).to_owned()).collect::<BTreeSet<_>>());
    for who in ["AUDITOR", "AUDITOR+PLN", "ADMIN", "KEMENPERIN:VIEWER"] {
        for (at, number) in [
            (json!("2026-11-30T23:59:59Z"), 0),
            (json!("2026-12-01T00:00:00Z"), 1),
            (json!("2026-12-04T23:59:59Z"), 1),
            (json!("2026-12-05T00:00:00Z"), 2),
            (Value::Null, 2),
        ] {
            let answer = app.post(who, ask, json!({ "at": at })).await.json();
            assert_eq!(answer.get("errors"), None, "{who}: {answer:#}");
            let told = &answer["data"]["accessTable"];
            if number == 0 {
                assert_eq!(*told, Value::Null);
                continue;
            }
            assert_eq!(told["number"], number, "{who}: {at}");
            assert_eq!(told["nothing"], Value::Null);
            if number == 1 {
                assert_eq!(told["recordedAt"], "2026-12-01T00:00:00.000000Z");
                assert_eq!(
                    (of(&told["journal"]), of(&told["gone"])),
                    (owned(&["AUDITOR"].into()), owned(&["AUDITOR"].into()))
                );
                assert_eq!(
                    (&told["changes"], &told["added"], &told["removed"]),
                    (&Value::Null, &json!([]), &json!([]))
                );
                continue;
            }
            assert_eq!((of(&told["journal"]), &told["gone"]), (owned(&readers), &Value::Null));
            let work = table::WORK.roles.iter().map(|role| role.as_str()).collect();
            assert_eq!(of(&told["changes"]), owned(&work));
            let pairs = |list: &Value| {
                let pair = |grant: &Value| {
                    format!("{} {}", grant["coordinate"].as_str().unwrap(), grant["role"].as_str().unwrap())
                };
                list.as_array().unwrap().iter().map(pair).collect::<BTreeSet<_>>()
            };
            let mut added = work.iter().map(|role| format!("Query.changes {role}")).collect::<BTreeSet<_>>();
            added.extend(
                readers.iter().filter(|role| **role != "AUDITOR").map(|role| format!("Query.journal {role}")),
            );
            assert_eq!(pairs(&told["added"]), added);
            assert_eq!(pairs(&told["removed"]), BTreeSet::from(["Query.gone AUDITOR".to_owned()]));
            // By it the entry is found.
            let subject = told["subject"].as_str().unwrap();
            let found =
                format!("{{ journal(filter: {{ subject: \"{subject}\" }}) {{ nodes {{ action at }} }} }}");
            let found = app.data(who, &found).await;
            assert_eq!(
                found["journal"]["nodes"],
                json!([{ "action": "accessTableChanged", "at": told["recordedAt"] }])
            );
        }
    }
    for who in BUMN {
        assert_forbidden(&app, who, "{ accessTable { hash } }", "Query.accessTable", "journal-readers").await;
    }
}

async fn of_several_that_start_at_once_one_records(backend: Backend) {
    let app = TestApp::new(backend).await;
    let mut replicas = Vec::new();
    for _ in 0..6 {
        let db = Database::connect(&Options::of(&app.url)).await.unwrap();
        replicas.push(Access::new(db, app.clock.clone(), 0));
    }
    for fields in [table::fields().collect::<Vec<_>>(), earlier().collect()] {
        let starts = replicas.iter().map(|access| record_fields(access, fields.iter().copied()));
        let recorded = futures_util::future::join_all(starts).await;
        let recorded = recorded.into_iter().filter_map(Result::unwrap).count();
        assert_eq!(recorded, 1);
    }
    assert_eq!(entries(&app).await, 2);
    assert_verified(&app.app.access, &app.folder).await;
}

async fn what_is_served_is_recorded_once(backend: Backend) {
    let app = TestApp::new(backend).await;
    let keys = app.folder.join("keys").to_str().unwrap().to_owned();
    let (one, other) = (Server::serve(&app.url, &keys, &[]), Server::serve(&app.url, &keys, &[]));
    drop((one, other));
    let again = Server::serve(&app.url, &keys, &[]);
    drop(again);
    assert_eq!(entries(&app).await, 1);
    assert_eq!(record(&app.app.access).await.unwrap(), None, "it is the table of this program");
    assert_verified(&app.app.access, &app.folder).await;
}
