//! Fields that are columns, asked for alone, are what they are beside fields that need the whole row.

use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use kemitraan::access::Role;
use serde_json::Value;

use crate::coverage::{allows, who, whole};
use crate::support::{Backend, TestApp};

crate::both!(fields_alone_are_what_they_are_in_company, figures_are_told_as_resolvers_tell_them);

/// The connections of a type that ask for no argument, and what they list.
fn connections(role: Role, object: &str) -> Vec<(String, String)> {
    let found = fields(role, object).filter_map(|(name, field)| {
        let listed = field.ty.inner_named_type().strip_suffix("Connection")?;
        Some((name, listed.to_owned()))
    });
    found.collect()
}

fn fields(role: Role, object: &str) -> impl Iterator<Item = (String, &'static FieldDefinition)> {
    let all = whole().get_object(object).into_iter().flat_map(|object| &object.fields);
    let object = object.to_owned();
    let open = all.filter(move |(name, field)| {
        allows(role, &object, name) && !field.arguments.iter().any(|argument| argument.is_required())
    });
    open.map(|(name, field)| (name.to_string(), &***field))
}

fn is_leaf(field: &FieldDefinition) -> bool {
    !matches!(
        whole().types[field.ty.inner_named_type()],
        ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_)
    )
}

/// Whatever stands under a key, wherever, in order.
fn under(value: &Value, key: &str, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| under(item, key, found)),
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match name == key {
            true => found.push(value.clone()),
            false => under(value, key, found),
        }),
        _ => {}
    }
}

fn all_under(value: &Value, key: &str) -> Vec<Value> {
    let mut found = Vec::new();
    under(value, key, &mut found);
    found
}

/// A connection, below another or not: each leaf of what it lists, alone and in company.
async fn compare(app: &TestApp, role: Role, open: &str, close: &str, listed: &str) -> usize {
    const ENDS: &str = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }";
    let Some((company, _)) = fields(role, listed).find(|(_, field)| !is_leaf(field)) else { return 0 };
    let ask = async |selection: String| {
        app.data(who(role), &format!("{{ {open} {{ {selection} }} {close} }}")).await
    };
    let asked = fields(role, listed).filter_map(|(name, field)| {
        if is_leaf(field) {
            return Some((name.clone(), name));
        }
        // What it points to.
        let has_id = fields(role, field.ty.inner_named_type()).any(|(name, _)| name == "id");
        (has_id && !field.ty.is_list()).then(|| (format!("{name} {{ id key: __typename }}"), name))
    });
    let asked = asked.collect::<Vec<_>>();
    let all = asked.iter().map(|(field, name)| format!("{name}_: {field} ")).collect::<String>();
    let whole = ask(format!(
        "nodes {{ {all} {company} {{ __typename }} }} edges {{ on: cursor node {{ __typename }} }} {ENDS}"
    ));
    let whole = whole.await;
    let (mut compared, names) = (0, |plain: &Value, key| all_under(plain, key));
    for ((field, name), in_nodes) in asked.iter().zip([true, false].into_iter().cycle()) {
        let same = format!("{role:?} {open}: {listed}.{field}");
        let expected = all_under(&whole, &format!("{name}_"));
        let plain = if in_nodes {
            ask(format!("nodes {{ it: {field} }} {ENDS}")).await
        } else {
            let edge = format!("kind: __typename on: cursor node {{ type: __typename it: {field} }}");
            let plain = ask(format!("edges {{ {edge} }} {ENDS}")).await;
            assert_eq!(all_under(&plain, "on"), all_under(&whole, "on"), "{same}");
            assert!(names(&plain, "type").iter().all(|name| name == listed), "{same}");
            assert!(names(&plain, "kind").iter().all(|name| *name == format!("{listed}Edge")), "{same}");
            plain
        };
        assert_eq!(all_under(&plain, "it"), expected, "{same}");
        assert_eq!(all_under(&plain, "pageInfo"), all_under(&whole, "pageInfo"), "{same}");
        compared += expected.iter().filter(|value| !value.is_null()).count();
    }
    compared
}

async fn fields_alone_are_what_they_are_in_company(backend: Backend) {
    let app = TestApp::new(backend).await;
    for role in [Role::Kemenbumn, Role::Bumn] {
        let mut compared = 0;
        for (root, listed) in connections(role, "Query") {
            compared += compare(&app, role, &format!("{root}(first: 30)"), "", &listed).await;
        }
        for (below, listed) in connections(role, "Partnership") {
            let open = format!("partnerships(last: 6) {{ nodes {{ {below}(first: 3)");
            compared += compare(&app, role, &open, "} }", &listed).await;
        }
        assert!(compared > 1_000, "{role:?}: {compared}");
    }
}

/// A selection of all leaves of a type and of what stands below it, with `more` in each set.
fn deep(role: Role, object: &str, more: &str) -> String {
    let of = fields(role, object).filter_map(|(name, field)| match is_leaf(field) {
        true => Some(format!("own_{name}: {name}")),
        // What is a noun is no figure.
        false if fields(role, field.ty.inner_named_type()).any(|(name, _)| name == "id") => None,
        false => Some(format!("{name} {{ {} }}", deep(role, field.ty.inner_named_type(), more))),
    });
    format!("{} {more}", of.collect::<Vec<_>>().join(" "))
}

const TYPE: &str = ",\"__typename\":\"";

fn without_types(answer: &str) -> String {
    let mut pieces = answer.split(TYPE);
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| text + piece.split_once('"').expect("the end of a type's name").1)
}

/// Figures and counts are written at once, but where `__typename` is asked their resolvers have their turn.
async fn figures_are_told_as_resolvers_tell_them(backend: Backend) {
    let app = TestApp::new(backend).await;
    for role in [Role::Kemenbumn, Role::Bumn] {
        let mut roots = vec![("programmeSummary(basis: AS_LOCKED)".to_owned(), "ProgrammeSummary")];
        roots.push(("programmeSummary".to_owned(), "ProgrammeSummary"));
        for by in ["ORGANISATION", "VERIFYING_INSTITUTION", "PROVINCE", "KBLI_SECTION", "BATCH", "QUARTER"] {
            roots.push((format!("scorecards(by: {by})"), "Scorecard"));
        }
        for (root, object) in roots {
            let ask = async |more| {
                let query = format!("{{ {root} {{ {} }} }}", deep(role, object, more));
                let answer = app.post(who(role), &query, Value::Null).await;
                // As text, with its keys in their order; `extensions` tell what the request cost.
                let text = answer.text;
                text.split_once(",\"extensions\":").map_or(text.clone(), |(data, _)| data.to_owned())
            };
            let (told, resolved) = (ask("").await, ask("__typename").await);
            assert!(resolved.matches(TYPE).count() > 8, "{root}: {resolved}");
            assert_eq!(told, without_types(&resolved), "{role:?} {root}");
        }
    }
}
