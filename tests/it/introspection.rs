//! The schema as clients ask for it, comments wherever they may stand, and the order of keys.

use crate::http::{WHO, app};
use serde_json::{Value, json};

/// Two parsers read each document; what the validator lets pass, the executor reads the same.
#[tokio::test]
async fn comments_and_spaces_may_stand_wherever_they_may() {
    let app = app().await;
    let role = json!({ "viewer": { "role": WHO } });
    for document in [
        "{ viewer { ... on #c\n Viewer { role } } }",
        "#\u{feff}\nquery#\n{#\nviewer#\n{#\nrole#\n}#\n}#",
        "query($a : Boolean ! = false , ) { viewer { role @skip ( if : $a ) , } }",
        "{ viewer { ...F } } fragment#\nF#\non#\nViewer#\n{ role }",
    ] {
        assert_eq!(app.data(WHO, document).await, role, "{document}");
    }
    let list = "query($a:[ID !] !) { partnerships(filter: { organisation: $a }) { totalCount } }";
    let answer = app.post(WHO, list, json!({ "a": [] })).await.json();
    assert_eq!(answer["data"]["partnerships"]["totalCount"], 0, "{answer:#}");
    // Its place is that in the text that was sent.
    let document = "{ # é \"\"\" \n viewer { role }\n partner(id: \"#x\") { id } }";
    let answer = app.ask(WHO, document).await;
    assert_eq!(answer["errors"][0]["locations"], json!([{ "line": 3, "column": 2 }]), "{answer:#}");
}

/// As graphql-js asks it (`getIntrospectionQuery` with all options).
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { description
    queryType { name kind } mutationType { name kind } subscriptionType { name kind }
    types { ...FullType }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } } } }
  fragment FullType on __Type { kind name description specifiedByURL isOneOf
    fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
    inputFields(includeDeprecated: true) { ...InputValue } interfaces { ...TypeRef }
    enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } possibleTypes { ...TypeRef } }
  fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
  fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
    ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }";

#[tokio::test]
async fn the_schema_can_be_asked_for() {
    let app = app().await;
    let data = app.data(WHO, INTROSPECTION).await;
    let schema = &data["__schema"];
    assert_eq!(schema["queryType"]["name"], "Query");
    assert_eq!(schema["mutationType"]["name"], "Mutation");
    assert_eq!(schema["subscriptionType"], Value::Null);
    let types = schema["types"].as_array().unwrap();
    let named =
        |name: &str| types.iter().find(|ty| ty["name"] == name).unwrap_or_else(|| panic!("no {name}"));
    let mut nodes = named("Node")["possibleTypes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ty| ty["name"].as_str().unwrap())
        .collect::<Vec<_>>();
    nodes.sort_unstable();
    assert_eq!(
        nodes,
        [
            "Certificate",
            "Clause",
            "Comment",
            "Contact",
            "Delegation",
            "Evidence",
            "Memorandum",
            "Milestone",
            "Obstacle",
            "Organisation",
            "Outcome",
            "OutcomeRevision",
            "Partner",
            "Partnership",
            "Quarter",
            "Succession"
        ]
    );
    assert_eq!(named("Date")["kind"], "SCALAR");
    for ty in types {
        let expected = if ty["kind"] == "INPUT_OBJECT" { json!(false) } else { Value::Null };
        assert_eq!(ty["isOneOf"], expected, "{ty:#}");
    }
    let own = "{ a: __type(name: \"PartnershipFilter\") { ...T name } } fragment T on __Type { one: isOneOf ... on __Type { kind isOneOf } }";
    let answer = app.post(WHO, own, json!({})).await.text;
    assert!(
        answer.contains(
            r#""a":{"one":false,"kind":"INPUT_OBJECT","isOneOf":false,"name":"PartnershipFilter"}"#
        ),
        "{answer}"
    );
    let alike = "{ __type(name: \"PartnershipFilter\") { __isOneOf_a: name a: isOneOf __isOneOf__b: name } }";
    let answer = app.post(WHO, alike, json!({})).await.text;
    assert!(
        answer
            .contains(r#"{"__isOneOf_a":"PartnershipFilter","a":false,"__isOneOf__b":"PartnershipFilter"}"#),
        "{answer}"
    );
    let meta = app.data(WHO, "{ __type(name: \"__Type\") { fields { name type { name } } } }").await;
    let field = json!({ "name": "isOneOf", "type": { "name": "Boolean" } });
    assert!(meta["__type"]["fields"].as_array().unwrap().contains(&field), "{meta:#}");
    assert_eq!(named("DateTime")["specifiedByURL"], "https://www.rfc-editor.org/rfc/rfc3339");
    for root in [
        "viewer",
        "node",
        "memorandum",
        "memoranda",
        "organisation",
        "organisations",
        "partner",
        "partners",
        "partnership",
        "partnerships",
        "milestone",
        "milestones",
        "journal",
    ] {
        let fields = named("Query")["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["name"] == root).unwrap_or_else(|| panic!("no {root}"));
        assert!(!field["description"].as_str().unwrap().is_empty());
    }
    // All that the query refers to is there.
    for ty in types.iter().filter(|ty| !ty["name"].as_str().unwrap().starts_with("__")) {
        for field in ty["fields"].as_array().into_iter().flatten() {
            let mut of = &field["type"];
            while !of["ofType"].is_null() {
                of = &of["ofType"];
            }
            named(of["name"].as_str().unwrap());
        }
    }
    let one = app
        .data(WHO, "{ __type(name: \"Milestone\") { name } none: __type(name: \"Nothing\") { name } }")
        .await;
    assert_eq!(one, json!({ "__type": { "name": "Milestone" }, "none": null }));
}

#[tokio::test]
async fn keys_come_in_the_order_in_which_they_are_asked_for() {
    let app = app().await;
    let document = "{ z: __typename __schema { queryType { name kind } } viewer { role ...V actor today }
        a: __typename __type(name: \"Date\") { kind name } ...Q m: viewer { level } z: __typename }
        fragment V on Viewer { level role } fragment Q on Query { y: __typename viewer { organisation { kind code id } } b: __typename }";
    let answer = app.post(WHO, document, json!({})).await;
    assert_eq!(answer.json().get("errors"), None, "{}", answer.text);
    let keys = [
        "z",
        "__schema",
        "queryType",
        "name",
        "kind",
        "viewer",
        "role",
        "level",
        "actor",
        "today",
        "organisation",
        "kind",
        "code",
        "id",
        "a",
        "__type",
        "kind",
        "name",
        "y",
        "b",
        "m",
        "level",
    ];
    let data = answer.text.split_once("\"data\":").unwrap().1.split_once("\"extensions\"").unwrap().0;
    let found = data.split('"').skip(1).step_by(2).zip(data.split('"').skip(2).step_by(2));
    let found = found.filter(|(_, after)| after.starts_with(':')).map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(found, keys, "{data}");
}
