//! What the journal is searched by, held against a plain recomputation of the raw tables.

use std::collections::{HashMap, HashSet};

use kemitraan::journal::entity::{change, entry};
use kemitraan::nouns::ids::Noun;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::journal_readers::changes_within;
use crate::scope::{global, rows, within};
use crate::support::{Backend, TestApp};

crate::both!(
    every_filter_is_what_it_says_alone_and_with_others,
    what_cannot_be_searched_by_is_refused,
    rows_that_changed_after_a_moment_are_found,
    work_of_an_executing_unit_is_found,
);

/// The journal as it stands, and the changes that one reader sees.
struct Raw {
    entries: Vec<entry::Model>,
    changes: Vec<change::Model>,
    /// None: all of them, and every entry.
    seen: Option<HashSet<(i64, i32)>>,
}

impl Raw {
    async fn of(app: &TestApp, codes: Option<&[&str]>) -> Self {
        let entries =
            entry::Entity::find().order_by_asc(entry::Column::Sequence).all(app.raw()).await.unwrap();
        let changes = change::Entity::find().all(app.raw()).await.unwrap();
        let seen = match codes {
            None => None,
            Some(codes) => {
                let sql =
                    format!("SELECT sequence, position FROM journal_change WHERE {}", changes_within(codes));
                let seen = rows(app, &sql).await.into_iter();
                Some(
                    seen.map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap()))
                        .collect(),
                )
            }
        };
        Self { entries, changes, seen }
    }

    fn sees(&self, change: &change::Model) -> bool {
        self.seen.as_ref().is_none_or(|seen| seen.contains(&(change.sequence, change.position)))
    }

    /// The sequences that fit; a filter is one of the bits of `which`, its values are those of the `of`th entry.
    fn fitting(&self, which: u32, of: &Wanted) -> Vec<i64> {
        let fits = |entry: &&entry::Model| {
            let mut own = self.changes.iter().filter(|change| change.sequence == entry.sequence);
            let visible = self.seen.is_none() || own.clone().any(|change| self.sees(change));
            let is = |bit: u32| which & (1 << bit) != 0;
            let named =
                |some: &[String], own: &Option<String>| own.as_ref().is_some_and(|own| some.contains(own));
            visible
                && (!is(0) || of.actors.contains(&entry.actor))
                && (!is(1) || named(&of.roles, &entry.role))
                && (!is(2) || of.actions.contains(&entry.action))
                && (!is(3) || entry.organisation.is_some_and(|own| of.organisations.contains(&own)))
                && (!is(4)
                    || own.any(|c| {
                        (c.noun.as_str(), c.id) == (of.subject.0.as_str(), of.subject.1) && self.sees(c)
                    }))
                && (!is(5) || entry.at.0 >= of.from)
                && (!is(6) || entry.at.0 < of.until)
        };
        self.entries.iter().filter(fits).map(|entry| entry.sequence).collect()
    }
}

/// A value for each filter.
#[derive(Debug)]
struct Wanted {
    actors: Vec<String>,
    roles: Vec<String>,
    actions: Vec<String>,
    organisations: Vec<Uuid>,
    subject: (String, Uuid),
    from: i64,
    until: i64,
}

impl Wanted {
    /// What fits two entries, and more besides.
    fn of(raw: &Raw, one: usize, other: usize) -> Self {
        let (one, other) = (&raw.entries[one], &raw.entries[other]);
        let both = [one, other];
        let subject = raw.changes.iter().find(|change| change.sequence == one.sequence).unwrap();
        Self {
            actors: both.map(|entry| entry.actor.clone()).to_vec(),
            roles: both.iter().filter_map(|entry| entry.role.clone()).collect(),
            actions: both.map(|entry| entry.action.clone()).to_vec(),
            organisations: both.iter().filter_map(|entry| entry.organisation).collect(),
            subject: (subject.noun.clone(), subject.id),
            from: one.at.0.min(other.at.0),
            // That of an entry: `until` leaves it out, `from` has it.
            until: one.at.0.max(other.at.0),
        }
    }

    fn variables(&self, which: u32) -> Value {
        let moment = |at: i64| kemitraan::types::Timestamp(at).to_string();
        let organisations =
            self.organisations.iter().map(|id| global("organisation", *id)).collect::<Vec<_>>();
        let given = [
            ("actor", json!(self.actors)),
            ("role", json!(self.roles)),
            ("action", json!(self.actions)),
            ("organisation", json!(organisations)),
            ("subject", json!(global(&self.subject.0, self.subject.1))),
            ("from", json!(moment(self.from))),
            ("until", json!(moment(self.until))),
        ];
        let filter =
            given.into_iter().zip(0..).filter(|(_, bit)| which & (1 << bit) != 0).map(|(given, _)| given);
        json!({ "filter": filter.map(|(name, value)| (name.to_owned(), value)).collect::<serde_json::Map<_, _>>() })
    }
}

async fn every_filter_is_what_it_says_alone_and_with_others(backend: Backend) {
    let app = TestApp::new(backend).await;
    const DOCUMENT: &str = "query($filter: JournalFilter) {
        journal(filter: $filter, first: 100) { totalCount nodes { sequence } }
        last: journal(filter: $filter, direction: DESC, first: 3) { nodes { sequence } } }";
    let mut narrowing = HashMap::<u32, HashSet<usize>>::new();
    for (who, codes) in [
        ("KEMENBUMN", None),
        ("AUDITOR", None),
        ("ADMIN", None),
        ("AUDITOR+PLN+RNI", Some(&["PLN", "RNI"][..])),
        ("AUDITOR+KEMENPERIN", Some(&["KEMENPERIN"][..])),
    ] {
        let raw = Raw::of(&app, codes).await;
        for (one, other) in [(60, 150), (150, 60), (101, 101), (3, 190)] {
            let wanted = Wanted::of(&raw, one, other);
            for which in 0..1 << 7 {
                if who == "ADMIN" && which & (1 << 3) != 0 {
                    continue;
                }
                let expected = raw.fitting(which, &wanted);
                let answer = app.post(who, DOCUMENT, wanted.variables(which)).await.json();
                let found = |key: &str| {
                    let nodes =
                        answer["data"][key]["nodes"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
                    nodes.iter().map(|node| node["sequence"].as_i64().unwrap()).collect::<Vec<_>>()
                };
                let place = format!("{who}: {}", wanted.variables(which));
                assert_eq!(answer["data"]["journal"]["totalCount"], expected.len(), "{place}");
                assert_eq!(
                    found("journal"),
                    expected.iter().copied().take(100).collect::<Vec<_>>(),
                    "{place}"
                );
                assert_eq!(
                    found("last"),
                    expected.iter().rev().copied().take(3).collect::<Vec<_>>(),
                    "{place}"
                );
                narrowing.entry(which).or_default().insert(expected.len());
            }
        }
    }
    // Each filter leaves something, and not all.
    for which in (0..7).map(|bit| 1 << bit) {
        assert!(narrowing[&which].iter().any(|count| *count > 0 && *count < 206), "{which}: {narrowing:?}");
    }
}

async fn what_cannot_be_searched_by_is_refused(backend: Backend) {
    let app = TestApp::new(backend).await;
    let ask = |filter: &str| format!("{{ journal(filter: {{ {filter} }}) {{ totalCount }} }}");
    let organisation = rows(&app, "SELECT id FROM organisation WHERE code = 'PLN'").await;
    let organisation = global("organisation", organisation[0].try_get_by_index(0).unwrap());
    for filter in [format!("organisation: [\"{organisation}\"]"), "organisation: []".to_owned()] {
        let answer = app.ask("ADMIN", &ask(&filter)).await;
        assert_eq!(
            answer["errors"][0]["extensions"],
            json!({ "code": "FORBIDDEN", "coordinate": "JournalFilter.organisation", "rule": "admin-sees-no-partnership" })
        );
        assert_eq!(answer["data"], Value::Null);
    }
    for who in ["KEMENBUMN", "AUDITOR+PLN"] {
        for id in ["", "PLN", "partner_01h455vb4pex5vsknk084sn02q"] {
            assert_eq!(app.code(who, &ask(&format!("organisation: [\"{id}\"]"))).await, "BAD_USER_INPUT");
        }
        assert_eq!(app.code(who, &ask("subject: \"x\"")).await, "NOT_FOUND");
        assert_eq!(app.code(who, &ask("from: \"yesterday\"")).await, "BAD_USER_INPUT");
        assert_eq!(app.code(who, &ask("role: [NOBODY]")).await, "GRAPHQL_VALIDATION_FAILED");
        // None of nothing is nothing; no such name is no fault.
        for filter in ["actor: []", "role: []", "action: []", "organisation: []", "action: [\"x\"]"] {
            let data = app.data(who, &ask(filter)).await;
            assert_eq!(data["journal"]["totalCount"], 0, "{filter}");
        }
        for filter in ["from: \"2999-01-01T00:00:00Z\"", "until: \"1999-01-01T00:00:00Z\""] {
            assert_eq!(app.data(who, &ask(filter)).await["journal"]["totalCount"], 0, "{filter}");
        }
        for filter in ["until: \"2999-01-01T00:00:00Z\"", "from: \"1999-01-01T00:00:00Z\"", "", "actor: null"]
        {
            assert!(
                app.data(who, &ask(filter)).await["journal"]["totalCount"].as_i64().unwrap() > 10,
                "{filter}"
            );
        }
    }
}

async fn rows_that_changed_after_a_moment_are_found(backend: Backend) {
    let app = TestApp::new(backend).await;
    let raw = Raw::of(&app, None).await;
    let (first, last) = (raw.entries[0].at.0, raw.entries[raw.entries.len() - 1].at.0);
    let middle = |at: usize| raw.entries[raw.entries.len() * at / 8].at.0;
    let mut counts = HashSet::new();
    for (who, codes) in [
        ("KEMENBUMN", None),
        ("PLN", Some(&["PLN"][..])),
        ("AUDITOR+RNI+PERHUTANI", Some(&["RNI", "PERHUTANI"][..])),
    ] {
        for (field, noun) in [
            ("partnerships", "partnership"),
            ("milestones", "milestone"),
            ("outcomes", "outcome"),
            ("partners", "partner"),
        ] {
            let visible = crate::scope::expected(&app, noun, codes, "id").await;
            for at in [first - 1, first, middle(2), middle(4), middle(7), last - 1, last] {
                let times =
                    raw.entries.iter().map(|entry| (entry.sequence, entry.at.0)).collect::<HashMap<_, _>>();
                let changed =
                    raw.changes.iter().filter(|change| change.noun == noun && times[&change.sequence] > at);
                let changed = changed.map(|change| global(noun, change.id)).collect::<HashSet<_>>();
                let mut expected = visible.clone();
                expected.retain(|id| changed.contains(id));
                counts.insert((noun, expected.len()));
                let moment = kemitraan::types::Timestamp(at);
                let document = format!(
                    "{{ {field}(first: 100, filter: {{ changedAfter: \"{moment}\" }}) {{ totalCount nodes {{ id }} }} }}"
                );
                let data = app.data(who, &document).await;
                let mut found = crate::scope::listed(&data[field]);
                found.sort();
                let total = expected.len();
                expected.truncate(100);
                if total <= 100 {
                    expected.sort();
                    assert_eq!(found, expected, "{who}: {document}");
                }
                assert_eq!(data[field]["totalCount"], total, "{who}: {document}");
            }
        }
    }
    for noun in ["partnership", "milestone", "outcome", "partner"] {
        assert!(counts.iter().filter(|count| count.0 == noun).count() > 1, "{noun}: {counts:?}");
    }
    // Below each partnership, too.
    let at = kemitraan::types::Timestamp(middle(6));
    let nested = format!(
        "{{ partnerships {{ nodes {{ milestones(first: 100, filter: {{ changedAfter: \"{at}\" }}) {{ totalCount nodes {{ id }} }} }} }}
            milestones(filter: {{ changedAfter: \"{at}\" }}) {{ totalCount }} }}"
    );
    let data = app.data("KEMENBUMN", &nested).await;
    let of = data["partnerships"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["milestones"]["nodes"].as_array().unwrap().len());
    assert_eq!(data["milestones"]["totalCount"], of.sum::<usize>());
}

async fn work_of_an_executing_unit_is_found(backend: Backend) {
    use kemitraan::access::{Actor, Level, Permit, Write};
    use kemitraan::nouns::organisations::entity::{OrganisationKind, organisation};
    use kemitraan::nouns::partnerships::entity::partnership;
    let app = TestApp::new(backend).await;
    let actor = Actor::seed();
    let unit = app.clock.new_id();
    let permit = Permit::grant(&actor, "example", unit, &[], Level::Officer).unwrap();
    let mut write = Write::begin(&app.app.access, &actor, None).await.unwrap();
    let (code, kind) = ("UNIT".to_owned(), OrganisationKind::ExecutingUnit);
    let row = organisation::Model { id: unit, version: 1, code, kind, seat: None, parent: None };
    write.insert::<organisation::Entity>(&permit, &row).await.unwrap();
    let of_pln = format!("SELECT id FROM partnership WHERE {} ORDER BY id", within(Some(&["PLN"])));
    let id = crate::scope::uuids(&app, &of_pln).await[0];
    let row = partnership::Entity::find_by_id(id).one(app.raw()).await.unwrap().unwrap();
    let row = partnership::Model { version: row.version + 1, executing_unit: Some(unit), ..row };
    write.update::<partnership::Entity>(&permit, &row).await.unwrap();
    write.append(&permit, None).await.unwrap().commit().await.unwrap();

    let (unit, other) = (global("organisation", unit), global("organisation", row.organisation));
    for (field, noun) in [("milestones", Noun::Milestone), ("outcomes", Noun::Outcome)] {
        let sql = format!(
            "SELECT id FROM {} WHERE partnership = {} ORDER BY id",
            noun.as_str(),
            crate::scope::literal(backend, id)
        );
        let mut own = crate::scope::ids(&app, noun.as_str(), &sql).await;
        own.sort();
        assert!(own.len() > 2);
        for (who, units, is_seen) in [
            ("KEMENBUMN", format!("\"{unit}\", \"{other}\""), true),
            ("PLN", format!("\"{unit}\""), true),
            ("PERTAMINA", format!("\"{unit}\""), false),
            ("KEMENBUMN", format!("\"{other}\""), false),
            ("KEMENBUMN", String::new(), false),
        ] {
            let document = format!(
                "{{ {field}(first: 100, filter: {{ executingUnit: [{units}] }}) {{ totalCount nodes {{ id }} }} }}"
            );
            let data = app.data(who, &document).await;
            let mut found = crate::scope::listed(&data[field]);
            found.sort();
            let expected = if is_seen { own.clone() } else { Vec::new() };
            assert_eq!(data[field]["totalCount"], expected.len(), "{who}: {document}");
            assert_eq!(found, expected.into_iter().take(100).collect::<Vec<_>>(), "{who}: {document}");
        }
        let wrong = format!("{{ {field}(filter: {{ executingUnit: [\"x\"] }}) {{ totalCount }} }}");
        assert_eq!(app.code("KEMENBUMN", &wrong).await, "BAD_USER_INPUT");
    }
}
