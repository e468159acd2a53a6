//! A role's schema as introspection tells it, what `canRead` says of the table, and a table that does not fit.

use apollo_compiler::Schema;
use apollo_compiler::ast::FieldDefinition;
use apollo_compiler::schema::ExtendedType;
use kemitraan::access::Role;
use kemitraan::access::table;
use kemitraan::api::gates::Gates;
use kemitraan::error::Code;
use serde_json::{Value, json};

use super::{Told, expected, has_any, who, whole};
use crate::support::{Backend, TestApp};

const ASK: &str = "{ __schema { queryType { name } mutationType { name } subscriptionType { name } directives { name }
    types { name fields(includeDeprecated: true) { name args(includeDeprecated: true) { name } } possibleTypes { name }
        inputFields(includeDeprecated: true) { name } enumValues(includeDeprecated: true) { name } } } }";

fn names<'a>(of: &'a Value, list: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    of[list].as_array().into_iter().flatten().map(|one| (one["name"].as_str().unwrap(), one))
}

/// What introspection tells, that of introspection itself aside.
fn told(schema: &Value) -> Told {
    let mut told = Told::new();
    for (name, ty) in names(schema, "types").filter(|(name, _)| !name.starts_with("__")) {
        told.insert(name.to_owned());
        for (field, definition) in names(ty, "fields") {
            told.insert(format!("{name}.{field}"));
            told.extend(names(definition, "args").map(|(argument, _)| format!("{name}.{field}({argument})")));
        }
        for list in ["inputFields", "enumValues"] {
            told.extend(names(ty, list).map(|(one, _)| format!("{name}.{one}")));
        }
        told.extend(names(ty, "possibleTypes").map(|(object, _)| format!("{name}>{object}")));
    }
    told
}

#[tokio::test]
async fn introspection_tells_what_the_table_gives() {
    let app = TestApp::new(Backend::Sqlite).await;
    let whole = whole();
    for role in Role::ALL {
        let data = app.data(who(role), ASK).await;
        let schema = &data["__schema"];
        let (told, expected) = (told(schema), expected(whole, role));
        let beyond = told.difference(&expected).collect::<Vec<_>>();
        let missing = expected.difference(&told).collect::<Vec<_>>();
        assert!(beyond.is_empty() && missing.is_empty(), "{role:?}: beyond {beyond:?}, missing {missing:?}");

        // Field by field as the table has it, roots before all.
        for (object, field, rule) in table::fields() {
            let told = told.contains(&format!("{object}.{field}"));
            assert_eq!(told, rule.roles.contains(&role), "{role:?}: {object}.{field}");
        }
        let writes = has_any(role, "Mutation");
        assert_eq!(schema["queryType"], json!({ "name": "Query" }));
        assert_eq!(schema["mutationType"], if writes { json!({ "name": "Mutation" }) } else { Value::Null });
        assert_eq!(schema["subscriptionType"], Value::Null);
        let mut directives = names(schema, "directives").map(|(name, _)| name).collect::<Vec<_>>();
        directives.sort_unstable();
        assert_eq!(directives, ["deprecated", "include", "skip", "specifiedBy"], "{role:?}");

        // What is printed is what is told.
        let printed = Schema::parse_and_validate(kemitraan::api::role_sdl(role).unwrap(), "role").unwrap();
        let own = printed.types.keys().filter(|name| !name.starts_with("__"));
        assert!(own.clone().all(|name| told.contains(name.as_str())), "{role:?}");
        assert_eq!(own.count(), told.iter().filter(|line| !line.contains(['.', '>'])).count(), "{role:?}");
    }
}

#[tokio::test]
async fn can_read_agrees_with_the_table() {
    let app = TestApp::with(Backend::Sqlite, true, |limits| {
        (limits.limit_aliases, limits.limit_tokens) = (1_000, 100_000);
    })
    .await;
    let rows = table::fields().collect::<Vec<_>>();
    for role in Role::ALL {
        let asked = rows.iter().enumerate().map(|(at, (object, field, _))| {
            format!(
                "a{at}: canRead(coordinate: \"{object}.{field}\") {{ coordinate allowed rule explanation }}"
            )
        });
        let asked = asked.collect::<Vec<_>>().join(" ");
        let data = app.data(who(role), &format!("{{ viewer {{ {asked} }} }}")).await;
        for (at, (object, field, rule)) in rows.iter().enumerate() {
            let said = json!({
                "coordinate": format!("{object}.{field}"),
                "allowed": rule.roles.contains(&role),
                "rule": rule.name,
                "explanation": format!("{} / {}", rule.english, rule.indonesian),
            });
            assert_eq!(data["viewer"][format!("a{at}")], said, "{role:?}");
        }
        for coordinate in [
            "",
            ".",
            "Query",
            "Query.",
            ".viewer",
            "Query.nothing",
            "Nothing.id",
            "Node.id",
            "Channel.MARKETPLACE",
            "Query.viewer.role",
            "query.viewer",
            "Query.viewer ",
            "__Schema.types",
            "Query.__typename",
            "MilestoneFilter.status",
            "Query.milestone(id:)",
        ] {
            let answer = app
                .post(
                    who(role),
                    "query($of: String!) { viewer { canRead(coordinate: $of) { allowed } } }",
                    json!({ "of": coordinate }),
                )
                .await
                .json();
            let extensions = &answer["errors"][0]["extensions"];
            assert_eq!(extensions["code"], "BAD_USER_INPUT", "{role:?}: {coordinate:?}: {answer:#}");
            assert_eq!(extensions["faults"][0]["path"], "coordinate");
            assert_eq!(extensions["faults"][0]["given"], coordinate);
        }
    }
}

/// The whole schema with something done to it.
fn changed(change: impl FnOnce(&mut Schema)) -> String {
    let mut schema = Schema::parse(kemitraan::api::sdl().unwrap(), "schema.graphql").unwrap();
    change(&mut schema);
    schema.to_string()
}

#[test]
fn a_field_without_a_row_stops_the_start() {
    assert!(Gates::new(&changed(|_| {}), 0).is_ok());
    let added = |object: &'static str| {
        changed(move |schema| {
            let ExtendedType::Object(object) = &mut schema.types[object] else { panic!() };
            let mut field = FieldDefinition::clone(&object.fields[0]);
            field.name = apollo_compiler::Name::new("surplus").unwrap();
            object.make_mut().fields.insert(field.name.clone(), field.into());
        })
    };
    let taken = |object: &'static str, field: &'static str| {
        changed(move |schema| {
            let ExtendedType::Object(object) = &mut schema.types[object] else { panic!() };
            assert!(object.make_mut().fields.shift_remove(field).is_some());
        })
    };
    let surplus = |definition: &str| format!("{}\n{definition}", kemitraan::api::sdl().unwrap());
    for (sdl, named) in [
        (added("Query"), "Query.surplus has no row"),
        (added("Mutation"), "Mutation.surplus has no row"),
        (added("PublicPartner"), "PublicPartner.surplus has no row"),
        (surplus("type Surplus { field: Int }"), "Surplus.field has no row"),
        (surplus("extend type PageInfo { surplus: Int }"), "PageInfo.surplus has no row"),
        (surplus("type Surplus implements Node { id: ID! }"), "Surplus.id has no row"),
        (taken("Query", "journal"), "Query.journal is not in the schema"),
        (taken("Partner", "npwp"), "Partner.npwp is not in the schema"),
    ] {
        let error = Gates::new(&sdl, 0).err().unwrap_or_else(|| panic!("starts although {named}"));
        assert_eq!(error.code(), Code::Internal);
        assert_eq!(error.describe(), format!("the access table: {named}"));
    }
    // All that is wrong is named at once.
    let several = Gates::new(&surplus("type A { a: Int } type B { b: Int }"), 0).err().unwrap();
    assert_eq!(several.describe(), "the access table: A.a has no row; B.b has no row");
    assert!(Gates::new("type Query {", 0).is_err());
}
