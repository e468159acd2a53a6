//! Each field of the table, asked for by each role: answered where the table says so, refused as a whole where not.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use apollo_compiler::Schema;
use axum::http::StatusCode;
use kemitraan::access::Role;
use kemitraan::access::table::{self, Rule};
use kemitraan::nouns::access_table;
use serde_json::json;

use super::path::{Path, Values, ask, follow, ways};
use super::{allows, has_any, who, whole};
use crate::support::{Answer, Backend, TestApp};
use crate::walls::post_as;

crate::both!(each_field_is_answered_or_refused_as_the_table_says);

/// Fields that cannot be asked for as all others are, and why. One that can is no exception any more.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("Assignment.institution", WHO_HAS_A_LETTER),
    ("Assignment.number", WHO_HAS_A_LETTER),
    ("Assignment.organisations", WHO_HAS_A_LETTER),
    ("Assignment.validFrom", WHO_HAS_A_LETTER),
    ("Assignment.validUntil", WHO_HAS_A_LETTER),
];

const WHO_HAS_A_LETTER: &str = "only an auditor has a letter: to other roles `viewer.assignment` is null";

/// All that a case needs.
struct Cases<'a> {
    app: &'a TestApp,
    schema: &'a Schema,
    /// Ways through the whole schema.
    any: HashMap<String, Vec<Path>>,
    /// Ways that are open, and values, by role.
    of: HashMap<Role, (HashMap<String, Vec<Path>>, Values)>,
    tokens: HashMap<Role, String>,
}

/// What became of a field that is open to a role.
#[derive(Debug, PartialEq, Eq)]
enum Open {
    Answered,
    /// Without errors, but nothing stands where the field would be.
    Empty,
    /// The role reaches it, and it is another seat's to do.
    AnotherSeats,
}

impl Cases<'_> {
    async fn post(&self, role: Role, path: &Path, object: &str, field: &str) -> (String, Answer) {
        let values = &self.of[&role].1;
        let (document, variables) = ask(self.app, self.schema, values, path, object, field).await;
        let answer = post_as(self.app, &self.tokens[&role], &document, variables).await;
        (document, answer)
    }

    /// By ways all of whose fields are open, until one leads to the field.
    async fn open(&self, role: Role, object: &str, field: &str) -> Result<Open, String> {
        let ways = self.of[&role].0.get(object).map_or(&[][..], |ways| ways);
        if ways.is_empty() {
            return Err("is open, and no way to it is".to_owned());
        }
        let mut others = 0;
        for path in ways {
            let (document, answer) = self.post(role, path, object, field).await;
            let body = answer.json();
            if body["errors"][0]["extensions"]["rule"] == "seat" {
                others += 1;
                continue;
            }
            if answer.status != StatusCode::OK || body.get("errors").is_some() {
                return Err(format!("{document}: {}", answer.text));
            }
            let found = follow(&body["data"], path);
            if found.iter().any(|object| object.get(field).is_some()) {
                return Ok(Open::Answered);
            }
        }
        // The field of a mutation, or of a payload whose mutations are all another's.
        Ok(if others == ways.len() { Open::AnotherSeats } else { Open::Empty })
    }

    /// By a way that is open up to the field, where there is one, and by some that are open or not.
    async fn shut(&self, role: Role, object: &str, field: &str) -> Result<(), String> {
        let open = self.of[&role].0.get(object).into_iter().flatten().take(1);
        for path in open.chain(self.any[object].iter().take(2)) {
            let (document, answer) = self.post(role, path, object, field).await;
            let (coordinate, rule) = outermost(role, path, object, field);
            let body = answer.json();
            let refused = json!({ "code": "FORBIDDEN", "coordinate": coordinate, "rule": rule.name });
            let is_alone = body["errors"].as_array().is_some_and(|errors| errors.len() == 1);
            let message = body["errors"][0]["message"].as_str().unwrap_or_default();
            let said = message.contains(&coordinate) && message.contains(rule.english);
            let media = answer.headers["content-type"].to_str().unwrap();
            if answer.status != StatusCode::FORBIDDEN
                || !media.starts_with("application/graphql-response+json")
                || body["errors"][0]["extensions"] != refused
                || body.get("data").is_some()
                || !(is_alone && said)
            {
                return Err(format!("{document}: expected {refused}: {} {}", answer.status, answer.text));
            }
        }
        Ok(())
    }
}

/// The first on the way that the role does not reach.
fn outermost(role: Role, path: &Path, object: &str, field: &str) -> (String, &'static Rule) {
    for step in path {
        if !allows(role, &step.object, &step.field) {
            return (format!("{}.{}", step.object, step.field), rule(&step.object, &step.field));
        }
        // A type that it has nothing of, by its name.
        if let Some(on) = step.on.as_ref().filter(|on| !has_any(role, on)) {
            let of = table::fields().find(|row| row.0 == on).unwrap();
            return (on.clone(), of.2);
        }
    }
    (format!("{object}.{field}"), rule(object, field))
}

fn rule(object: &str, field: &str) -> &'static Rule {
    table::fields().find(|row| (row.0, row.1) == (object, field)).unwrap().2
}

async fn each_field_is_answered_or_refused_as_the_table_says(backend: Backend) {
    let app = TestApp::new(backend).await;
    // So that there is one which differs from the one before.
    let before = table::fields().skip(1).chain([("Query", "nothing", &table::EVERYONE)]);
    access_table::store::record_fields(&app.app.access, before).await.unwrap().unwrap();
    access_table::store::record(&app.app.access).await.unwrap().unwrap();
    let schema = whole();
    let mut of = HashMap::new();
    for role in Role::ALL {
        let open = ways(schema, |object, field| allows(role, object, field));
        of.insert(role, (open, Values::of(&app, role).await));
    }
    let tokens = Role::ALL.into_iter().map(|role| (role, app.token(who(role)))).collect();
    let cases = Cases { app: &app, schema, any: ways(schema, |_, _| true), of, tokens };

    let (mut faults, mut run) = (Vec::new(), BTreeSet::new());
    // For each field, whether it was answered to each role that it is open to.
    let mut answered = BTreeMap::<String, Vec<bool>>::new();
    for (object, field, rule) in table::fields() {
        let coordinate = format!("{object}.{field}");
        for role in Role::ALL {
            let outcome = if rule.roles.contains(&role) {
                let open = cases.open(role, object, field).await;
                let own = answered.entry(coordinate.clone()).or_default();
                if open != Ok(Open::AnotherSeats) {
                    own.push(open.as_ref().is_ok_and(|open| *open == Open::Answered));
                }
                open.map(|_| ())
            } else {
                cases.shut(role, object, field).await
            };
            faults.extend(outcome.err().map(|fault| format!("{coordinate} for {}: {fault}", role.as_str())));
            run.insert((coordinate.clone(), role));
        }
    }
    assert!(faults.is_empty(), "{} faults: {:#?}", faults.len(), &faults[..faults.len().min(20)]);

    // To at least one role each is answered, and to all, but for the exceptions; which are such.
    for (coordinate, answered) in &answered {
        assert!(answered.contains(&true), "nobody is answered {coordinate}");
        let is_exception = EXCEPTIONS.iter().any(|(exception, _)| exception == coordinate);
        assert_eq!(answered.contains(&false), is_exception, "{coordinate}: {answered:?}");
    }
    for (coordinate, why) in EXCEPTIONS {
        assert!(answered.contains_key(*coordinate), "{coordinate} ({why}) is not in the table");
    }

    // Each field of the running schema, roots before all, has had its cases.
    for (object, ty) in schema.types.iter().filter(|(name, _)| !name.starts_with("__")) {
        for field in ty.as_object().into_iter().flat_map(|object| object.fields.keys()) {
            for role in Role::ALL {
                assert!(run.contains(&(format!("{object}.{field}"), role)), "no case: {object}.{field}");
            }
        }
    }
}

/// The table would be a poor one if it opened all or nothing.
#[test]
fn each_role_reaches_some_fields_and_not_others() {
    for role in Role::ALL {
        let (open, shut) = table::fields().partition::<Vec<_>, _>(|row| row.2.roles.contains(&role));
        assert!(open.len() > 20 && shut.len() > 2, "{role:?}: {} and {}", open.len(), shut.len());
    }
    let names = table::RULES.map(|rule| rule.name);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert!(table::fields().all(|row| names.contains(&row.2.name)));
}
