//! Who reads which part of the journal.

use crate::scope::{
    LISTS, assert_forbidden, expected, global, literal, readers, rows, sequences, uuids, within,
};
use crate::support::{BUMN, Backend, TestApp};
use kemitraan::access::{Actor, Level, Permit, Write};
use kemitraan::nouns::partners::entity::partner;
use kemitraan::nouns::partnerships::entity::partnership;
use kemitraan::types::GlobalId;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

crate::both!(
    the_journal_is_for_those_who_read_it,
    a_restricted_auditor_reads_its_part_of_the_journal,
    an_act_on_two_organisations_shows_each_its_own,
);

async fn the_journal_is_for_those_who_read_it(backend: Backend) {
    let app = TestApp::new(backend).await;
    let subject = expected(&app, "partnership", Some(&["PLN"]), "title").await.remove(0);
    for code in BUMN {
        for who in [code.to_owned(), format!("{code}:VIEWER")] {
            for document in [
                "{ journal { nodes { sequence } } }",
                "{ journal(first: 0) { totalCount } }",
                &format!("{{ journal(filter: {{ subject: \"{subject}\" }}) {{ totalCount }} }}"),
            ] {
                assert_forbidden(&app, &who, document, "Query.journal", "journal-readers").await;
            }
        }
    }
    let all = sequences(&app, "SELECT sequence FROM journal_entry ORDER BY sequence").await;
    let changes =
        rows(&app, "SELECT sequence, position FROM journal_change ORDER BY sequence, position").await;
    let changes = changes
        .iter()
        .map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap()))
        .collect::<Vec<(i64, i32)>>();
    assert_eq!(all, (1..=all.len() as i64).collect::<Vec<_>>());
    for who in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "KEMENPERIN:VIEWER", "AUDITOR", "ADMIN"] {
        let (entries, found) = read_journal(&app, who, "").await;
        assert_eq!(entries, all, "{who}");
        assert_eq!(found, if who == "ADMIN" { Vec::new() } else { changes.clone() }, "{who}");
        let about = sequences(&app, &about(&app, &subject).await).await;
        assert!(about.len() > 1);
        let (entries, _) = read_journal(&app, who, &format!(", filter: {{ subject: \"{subject}\" }}")).await;
        assert_eq!(entries, about, "{who}");
        for subject in ["", "x", "nothing_01h455vb4pex5vsknk084sn02q"] {
            let code = app
                .code(who, &format!("{{ journal(filter: {{ subject: \"{subject}\" }}) {{ totalCount }} }}"))
                .await;
            assert_eq!(code, "NOT_FOUND", "{who}: {subject}");
        }
        // The id of a row of any table, and of no other table than its own.
        let own = uuids(&app, "SELECT id FROM partnership_partner ORDER BY id").await[0];
        for (noun, count) in [("partnership_partner", 1), ("partnership", 0)] {
            let document =
                format!("{{ journal(filter: {{ subject: \"{}\" }}) {{ totalCount }} }}", global(noun, own));
            assert_eq!(app.data(who, &document).await["journal"]["totalCount"], count, "{who}: {noun}");
        }
        let none = app.data(who, "{ journal(filter: { subject: \"partner_01h455vb4pex5vsknk084sn02q\" }) { totalCount nodes { sequence } } }").await;
        assert_eq!(none["journal"], json!({ "totalCount": 0, "nodes": [] }), "{who}");
    }
}

/// SQL that gives the entries that changed this.
pub async fn about(app: &TestApp, subject: &str) -> String {
    let id = GlobalId::parse(subject).unwrap().id;
    let literal = literal(app.backend, id);
    format!("SELECT DISTINCT sequence FROM journal_change WHERE id = {literal} ORDER BY sequence")
}

/// Every entry that is shown, by pages, and every change of each; the total must be the same.
pub async fn read_journal(app: &TestApp, who: &str, arguments: &str) -> (Vec<i64>, Vec<(i64, i32)>) {
    let (mut entries, mut changes, mut after) = (Vec::new(), Vec::new(), Value::Null);
    loop {
        let selection = if who == "ADMIN" { "" } else { "changes { position }" };
        let document = format!(
            "{{ journal(first: 41, after: {after}{arguments}) {{ totalCount nodes {{ sequence {selection} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let data = app.data(who, &document).await;
        let journal = &data["journal"];
        for node in journal["nodes"].as_array().unwrap() {
            let sequence = node["sequence"].as_i64().unwrap();
            entries.push(sequence);
            for change in node["changes"].as_array().into_iter().flatten() {
                changes.push((sequence, i32::try_from(change["position"].as_i64().unwrap()).unwrap()));
            }
        }
        if journal["pageInfo"]["hasNextPage"] == false {
            assert_eq!(journal["totalCount"], entries.len(), "{who}");
            return (entries, changes);
        }
        after = journal["pageInfo"]["endCursor"].clone();
    }
}

/// SQL that holds for the changes that an auditor of these organisations may read.
pub fn changes_within(codes: &[&str]) -> String {
    format!(
        "({0} OR noun IN ('memorandum', 'memorandum_signatory', 'organisation', 'organisation_name', 'quarter', 'quarter_agreement', 'succession', 'baseline', 'clause')
            OR (noun = 'partner' AND id IN (SELECT partner FROM partnership_partner WHERE {0}))
            OR (noun = 'certificate' AND id IN (SELECT id FROM certificate WHERE partner IN (SELECT partner FROM partnership_partner WHERE {0})))
            OR (noun = 'platform_account' AND id IN (SELECT id FROM platform_account WHERE partner IN (SELECT partner FROM partnership_partner WHERE {0})))
            OR (noun = 'contact' AND id IN (SELECT id FROM contact WHERE partner IN (SELECT partner FROM partnership_partner WHERE {0}))))",
        within(Some(codes))
    )
}

async fn a_restricted_auditor_reads_its_part_of_the_journal(backend: Backend) {
    let app = TestApp::new(backend).await;
    let all = sequences(&app, "SELECT sequence FROM journal_entry").await.len();
    for (who, codes) in readers() {
        let (true, Some(codes)) = (who.starts_with("AUDITOR"), codes) else { continue };
        let sql = changes_within(&codes);
        let expected = rows(
            &app,
            &format!("SELECT sequence, position FROM journal_change WHERE {sql} ORDER BY sequence, position"),
        )
        .await;
        let expected = expected
            .iter()
            .map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap()))
            .collect::<Vec<(i64, i32)>>();
        let mut entries = expected.iter().map(|change| change.0).collect::<Vec<_>>();
        entries.dedup();
        assert!(!entries.is_empty() && entries.len() < all);
        let (found, changes) = read_journal(&app, &who, "").await;
        assert_eq!(found, entries, "{who}");
        assert_eq!(changes, expected, "{who}");

        // What the images themselves say: whatever belongs to an organisation belongs to one of these.
        let own = codes.iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(", ");
        let own = uuids(&app, &format!("SELECT id FROM organisation WHERE code IN ({own})")).await;
        let own = own.iter().flat_map(|id| [id.to_string(), global("organisation", *id)]).collect::<Vec<_>>();
        let mut after = Value::Null;
        loop {
            let data = app.data(&who, &format!("{{ journal(first: 50, after: {after}) {{ nodes {{ changes {{ noun image }} }} pageInfo {{ hasNextPage endCursor }} }} }}")).await;
            for change in data["journal"]["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .flat_map(|entry| entry["changes"].as_array().unwrap())
            {
                let noun = change["noun"].as_str().unwrap();
                if ["partnership", "partnership_partner", "milestone", "milestone_dependency"].contains(&noun)
                {
                    let image = serde_json::from_str::<Value>(change["image"].as_str().unwrap()).unwrap();
                    assert!(
                        own.contains(&image["organisation"].as_str().unwrap().to_owned()),
                        "{who}: {image:#}"
                    );
                }
            }
            if data["journal"]["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = data["journal"]["pageInfo"]["endCursor"].clone();
        }

        // By subject: what changed, as far as it is within reach; of others nothing.
        for (_, noun, by) in LISTS {
            let visible = self::expected(&app, noun, Some(&codes), by).await;
            for subject in self::expected(&app, noun, None, by).await {
                let expected = if visible.contains(&subject) {
                    sequences(&app, &about(&app, &subject).await).await
                } else {
                    Vec::new()
                };
                let document = format!(
                    "{{ journal(first: 100, filter: {{ subject: \"{subject}\" }}) {{ totalCount nodes {{ sequence }} }} }}"
                );
                let data = app.data(&who, &document).await;
                let nodes = data["journal"]["nodes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|entry| entry["sequence"].as_i64().unwrap());
                assert_eq!(nodes.collect::<Vec<_>>(), expected, "{who}: {subject}");
                assert_eq!(data["journal"]["totalCount"], expected.len(), "{who}: {subject}");
            }
        }
    }
}

async fn an_act_on_two_organisations_shows_each_its_own(backend: Backend) {
    let app = TestApp::new(backend).await;
    let of = async |code: &str| {
        let id =
            uuids(&app, &format!("SELECT id FROM partnership WHERE {} ORDER BY id", within(Some(&[code]))))
                .await[0];
        partnership::Entity::find_by_id(id).one(app.raw()).await.unwrap().unwrap()
    };
    let (pln, pertamina) = (of("PLN").await, of("PERTAMINA").await);
    // A partner that is PERTAMINA's alone.
    let partner = uuids(&app, &format!("SELECT partner FROM partnership_partner WHERE {} AND partner NOT IN (SELECT partner FROM partnership_partner WHERE {}) ORDER BY partner", within(Some(&["PERTAMINA"])), within(Some(&["PLN"])))).await[0];
    let partner = partner::Entity::find_by_id(partner).one(app.raw()).await.unwrap().unwrap();
    let actor = Actor::seed();
    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    let permit = Permit::grant(&actor, "both", pln.id, &[], Level::Officer).unwrap();
    write
        .update::<partnership::Entity>(
            &permit,
            &partnership::Model { version: pln.version + 1, ..pln.clone() },
        )
        .await
        .unwrap();
    write
        .update::<partnership::Entity>(
            &permit,
            &partnership::Model { version: pertamina.version + 1, ..pertamina.clone() },
        )
        .await
        .unwrap();
    write
        .update::<partner::Entity>(
            &permit,
            &partner::Model { version: partner.version + 1, ..partner.clone() },
        )
        .await
        .unwrap();
    let sequence = write.append(&permit, None).await.unwrap().commit().await.unwrap().sequence;

    let (pln, pertamina, partner) =
        (global("partnership", pln.id), global("partnership", pertamina.id), global("partner", partner.id));
    let last = async |who: &str, subject: Option<&str>| {
        let subject = subject.map(|id| format!(", filter: {{ subject: \"{id}\" }}")).unwrap_or_default();
        let selection = if who == "ADMIN" { "" } else { "changes { subject position }" };
        let document = format!(
            "{{ journal(direction: DESC, first: 1{subject}) {{ totalCount nodes {{ sequence {selection} }} }} }}"
        );
        let data = app.data(who, &document).await;
        let entry = &data["journal"]["nodes"][0];
        let subjects = entry["changes"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|change| change["subject"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>();
        (entry["sequence"].as_i64(), subjects, data["journal"]["totalCount"].as_i64().unwrap())
    };
    for (who, subjects) in [
        ("KEMENBUMN", vec![&pln, &pertamina, &partner]),
        ("AUDITOR", vec![&pln, &pertamina, &partner]),
        ("ADMIN", vec![&pln, &pertamina, &partner]),
        ("AUDITOR+PLN", vec![&pln]),
        ("AUDITOR+PERTAMINA", vec![&pertamina, &partner]),
        ("AUDITOR+PLN+PERTAMINA", vec![&pln, &pertamina, &partner]),
    ] {
        let (found, changes, _) = last(who, None).await;
        assert_eq!(found, Some(sequence), "{who}");
        let shown = if who == "ADMIN" { Vec::new() } else { subjects.clone() };
        assert_eq!(changes.iter().collect::<Vec<_>>(), shown, "{who}");
        for subject in [&pln, &pertamina, &partner] {
            let (found, _, total) = last(who, Some(subject)).await;
            if subjects.contains(&subject) {
                assert_eq!(found, Some(sequence), "{who}: {subject}");
            } else {
                // That this entry changed the other's row as well is the other's business.
                assert_eq!((found, total), (None, 0), "{who}: {subject}");
            }
        }
    }
    let (found, _, _) = last("AUDITOR+RNI", None).await;
    assert!(found.unwrap() < sequence);
}
