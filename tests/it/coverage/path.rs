//! Documents that reach a field: the ways to its object through the schema, with what their arguments need.

use std::collections::{HashMap, VecDeque};

use apollo_compiler::Schema;
use apollo_compiler::schema::FieldDefinition;
use kemitraan::access::Role;
use kemitraan::nouns::ids::Noun;
use serde_json::{Value, json};

use super::implementing;
use crate::scope::{expected, global, rows, uuids};
use crate::support::TestApp;
use crate::walls::cases::case;
use crate::walls::tokens;

/// A field, and what object it gives there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub object: String,
    pub field: String,
    /// The object, where it gives an interface.
    pub on: Option<String>,
}

pub type Path = Vec<Step>;

/// Ways to each object, shortest first, none twice through the same object: a few of them.
pub fn ways(schema: &Schema, allows: impl Fn(&str, &str) -> bool) -> HashMap<String, Vec<Path>> {
    const MOST: usize = 12;
    let mut ways = HashMap::<String, Vec<Path>>::new();
    let mut next = VecDeque::from([("Query".to_owned(), Path::new()), ("Mutation".to_owned(), Path::new())]);
    while let Some((object, path)) = next.pop_front() {
        let known = ways.entry(object.clone()).or_default();
        if known.len() == MOST {
            continue;
        }
        known.push(path.clone());
        for (field, definition) in &schema.get_object(&object).unwrap().fields {
            if !allows(&object, field) {
                continue;
            }
            let ty = definition.ty.inner_named_type();
            let own = schema.get_object(ty).map(|_| (ty.to_string(), None));
            let others = implementing(schema, ty).map(|(name, _)| (name.to_owned(), Some(name.to_owned())));
            for (to, on) in own.into_iter().chain(others) {
                if to != object && path.iter().all(|step| step.object != to) {
                    let step = Step { object: object.clone(), field: field.to_string(), on };
                    next.push_back((to, path.iter().cloned().chain([step]).collect()));
                }
            }
        }
    }
    ways
}

/// What arguments are filled with, for one role.
pub struct Values {
    role: Role,
    ids: HashMap<&'static str, String>,
    nib: String,
}

impl Values {
    /// Of rows that the role sees.
    pub async fn of(app: &TestApp, role: Role) -> Self {
        let codes = seat(role).1;
        let mut ids = HashMap::new();
        for noun in Noun::ALL {
            let own = match noun {
                Noun::PublicPartnership => {
                    let public = uuids(app, "SELECT id FROM public_partnership ORDER BY id").await;
                    public.into_iter().map(|id| global(noun.as_str(), id)).collect()
                }
                // The pilot has none.
                Noun::Token => vec![global(noun.as_str(), tokens::put(app).await)],
                noun => expected(app, noun.as_str(), codes, "id").await,
            };
            ids.insert(noun.object(), own[0].clone());
        }
        let row = rows(app, "SELECT nib FROM public_nib ORDER BY nib").await;
        Self { role, ids, nib: row[0].try_get_by_index(0).unwrap() }
    }

    /// What a field must be given.
    fn arguments(&self, definition: &FieldDefinition, on: Option<&str>) -> String {
        let ty = definition.ty.inner_named_type().as_str();
        let given = definition.arguments.iter().filter(|argument| argument.is_required()).map(|argument| {
            match (argument.name.as_str(), argument.ty.inner_named_type().as_str()) {
                ("id", "ID") => {
                    // Of `node`, any will do that is not told by the path.
                    let object = on.unwrap_or(if ty == "Node" { "Memorandum" } else { ty });
                    format!("id: \"{}\"", self.ids[object])
                }
                ("nib", "String") => format!("nib: \"{}\"", self.nib),
                ("code", "String") => "code: \"2025-Q1\"".to_owned(),
                ("quarter", "String") => "quarter: \"2025-Q1\"".to_owned(),
                ("by", "ScorecardDimension") => "by: ORGANISATION".to_owned(),
                ("from", "Date") => "from: \"2026-01-01\"".to_owned(),
                ("until", "Date") => "until: \"2026-12-31\"".to_owned(),
                ("action", "String") => "action: \"partnershipPropose\"".to_owned(),
                ("coordinate", "String") => "coordinate: \"Query.viewer\"".to_owned(),
                ("name", "CodeListName") => "name: PROVINCE".to_owned(),
                ("input", _) => "input: $input".to_owned(),
                (name, ty) => panic!("say here what {name}: {ty} is filled with"),
            }
        });
        let given = given.collect::<Vec<_>>();
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }
}

/// A selection at the end of a path, from its root.
pub fn wrap(schema: &Schema, values: &Values, path: &Path, leaf: String) -> String {
    path.iter().rev().fold(leaf, |inner, step| {
        let definition = schema.type_field(&step.object, &step.field).unwrap();
        let given = values.arguments(definition, step.on.as_deref());
        let inner = step.on.as_ref().map_or(inner.clone(), |on| format!("... on {on} {{ {inner} }}"));
        format!("{}{given} {{ {inner} }}", step.field)
    })
}

/// A document that asks for a field by a path, and its variables.
pub async fn ask(
    app: &TestApp,
    schema: &Schema,
    values: &Values,
    path: &Path,
    object: &str,
    field: &str,
) -> (String, Value) {
    let leaf = schema.type_field(object, field).unwrap();
    let ty = &schema.types[leaf.ty.inner_named_type()];
    let selection = if ty.is_scalar() || ty.is_enum() { "" } else { " { __typename }" };
    let leaf = format!("{field}{}{selection}", values.arguments(leaf, None));
    let selection = wrap(schema, values, path, leaf);
    let (root, of_root) =
        path.first().map_or((object, field), |step| (step.object.as_str(), step.field.as_str()));
    if root == "Query" {
        return (format!("{{ {selection} }}"), json!({}));
    }
    let (reporter, codes) = seat(values.role);
    let case = case(app, of_root, reporter.as_str(), codes, false).await;
    (format!("{} {{ {selection} }}", case.head()), case.variables)
}

/// As whom a role is made to act: as itself, where it is a seat.
fn seat(role: Role) -> (Role, Option<&'static [&'static str]>) {
    match role {
        Role::Bumn => (Role::Bumn, Some(&["PERTAMINA"])),
        Role::Auditor | Role::Admin => (Role::Bumn, None),
        ministry => (ministry, None),
    }
}

/// The objects at the end of a path, as an answer has them.
pub fn follow<'a>(data: &'a Value, path: &Path) -> Vec<&'a Value> {
    let mut found = vec![data];
    for step in path {
        found = found.into_iter().flat_map(|object| flat(&object[&step.field])).collect();
    }
    found
}

fn flat(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(some) => some.iter().flat_map(flat).collect(),
        one => vec![one],
    }
}
