//! What a role has not is not told by what is said of documents that are wrong.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use axum::http::StatusCode;
use kemitraan::access::Role;
use kemitraan::access::table;
use serde_json::{Value, json};

use super::path::{Values, ways, wrap};
use super::{Told, allows, expected, who, whole};
use crate::support::{Backend, TestApp};
use crate::walls::post_as;

/// Words of the messages themselves that are names, too. A name that is told stands in quotes.
const WORDS: [&str; 6] = ["by", "document", "field", "name", "operation", "type"];

struct Reader<'a> {
    app: &'a TestApp,
    role: Role,
    own: &'a Valid<Schema>,
    token: String,
    told: Told,
    /// Names that only the whole schema has.
    hidden: BTreeSet<String>,
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty())
}

/// Everything that a schema names.
fn names(told: &Told) -> BTreeSet<String> {
    told.iter().flat_map(|line| words(line)).map(str::to_owned).collect()
}

/// All that there is to tell of the whole schema.
fn everything() -> &'static Told {
    static TOLD: LazyLock<Told> =
        LazyLock::new(|| Role::ALL.iter().flat_map(|role| expected(whole(), *role)).collect());
    &TOLD
}

impl<'a> Reader<'a> {
    fn new(app: &'a TestApp, role: Role) -> Self {
        let told = expected(whole(), role);
        let hidden = names(everything()).difference(&names(&told)).cloned().collect::<BTreeSet<_>>();
        assert!(hidden.len() > 2, "{role:?}: {hidden:?}");
        let own = app.app.gates.of(role).schema();
        Self { app, role, token: app.token(who(role)), own, told, hidden }
    }

    /// Sends a document that is wrong, and reads every word of what is said of it.
    async fn is_wrong(&self, document: &str) {
        let own = ExecutableDocument::parse_and_validate(self.own, document, "document").err();
        let own = own.unwrap_or_else(|| panic!("right: {document}")).errors;
        let answer = post_as(self.app, &self.token, document, json!({})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{document}: {}", answer.text);
        let body = answer.json();
        assert_eq!(body.get("data"), None, "{document}");
        let errors = body["errors"].as_array().unwrap();
        // Word for word what the role's own schema has to say of it.
        let own = own.iter().map(|error| error.to_json().message).take(20).collect::<Vec<_>>();
        assert_eq!(errors.iter().map(|error| error["message"].as_str().unwrap()).collect::<Vec<_>>(), own);
        for error in errors {
            assert_eq!(error["extensions"], json!({ "code": "GRAPHQL_VALIDATION_FAILED" }), "{document}");
            self.assert_tells_nothing(document, error["message"].as_str().unwrap());
        }
    }

    fn assert_tells_nothing(&self, document: &str, message: &str) {
        let named = words(document).collect::<BTreeSet<_>>();
        for (part, is_quoted) in message.split(['`', '"']).zip([false, true].into_iter().cycle()) {
            for word in words(part) {
                let harmless = named.contains(word) || (!is_quoted && WORDS.contains(&word));
                assert!(harmless || !self.hidden.contains(word), "{:?}: {document}: {message}", self.role);
            }
        }
    }

    /// Fields that it has not, of objects that it has.
    fn hidden_fields(&self) -> Vec<(&'static str, &'static str)> {
        let own = table::fields()
            .filter(|(object, ..)| self.told.contains(*object) || ["Query", "Mutation"].contains(object));
        own.filter(|(object, field, _)| !allows(self.role, object, field))
            .map(|(object, field, _)| (object, field))
            .collect()
    }

    fn hidden_types(&self) -> Vec<String> {
        let is_type = |line: &&String| !line.contains(['.', '>']) && !self.told.contains(*line);
        everything().iter().filter(is_type).cloned().collect()
    }
}

/// As a hand might miss it: a letter too few or too many, two in the wrong order, another case.
fn typos(name: &str) -> Vec<String> {
    let mut swapped = name.to_owned();
    let second = swapped.remove(1);
    swapped.insert(0, second);
    let lower = if name.starts_with(char::is_uppercase) { name.to_lowercase() } else { name.to_uppercase() };
    vec![name[..name.len() - 1].to_owned(), name[1..].to_owned(), format!("{name}s"), swapped, lower]
}

/// No document comes so far that it would matter which database there is.
async fn app() -> TestApp {
    TestApp::new(Backend::Sqlite).await
}

#[tokio::test]
async fn what_does_not_exist_is_said_by_the_roles_own_schema() {
    let app = app().await;
    for role in Role::ALL {
        let reader = Reader::new(&app, role);
        for document in [
            "{ nothing }",
            "{ nothing viewer { role } }",
            "{ viewer { nothing } }",
            "{ viewer(nothing: 1) { role } }",
            "{ viewer { role { nothing } } }",
            "{ viewer { role @nothing } }",
            "{ viewer { ...Nothing } }",
            "{ viewer { ... on Nothing { role } } }",
            "{ viewer { role } } fragment Nothing on Viewer { role }",
            "{ viewer { role } } fragment F on Nothing { role }",
            "query($nothing: Nothing) { viewer { canRead(coordinate: $nothing) { rule } } }",
            "query($unused: Int) { viewer { role } }",
            "{ viewer }",
            "{ viewer { canRead { rule } } }",
            "{ __schema { nothing } }",
            "{ __type(nothing: \"Query\") { name } }",
            "mutation { nothing }",
            "mutation { nothing(input: {}) { nothing } }",
            "subscription { nothing }",
        ] {
            reader.is_wrong(document).await;
        }
    }
}

#[tokio::test]
async fn typos_near_what_is_hidden_tell_nothing() {
    let app = app().await;
    for role in Role::ALL {
        let reader = Reader::new(&app, role);
        let (open, values) =
            (ways(whole(), |object, field| allows(role, object, field)), Values::of(&app, role).await);
        let mut documents = Vec::new();
        let mut shapes = ["TYPO", "TYPO { id }", "TYPO(id: \"x\") { id }"].into_iter().cycle();
        for (object, field) in reader.hidden_fields() {
            let path = &open[object][0];
            for typo in typos(field) {
                if whole().type_field(object, &typo).is_ok() {
                    continue;
                }
                let leaf = shapes.next().unwrap().replace("TYPO", &typo);
                documents.push(match object {
                    "Mutation" => format!("mutation {{ {leaf} }}"),
                    _ => format!("{{ {} }}", wrap(whole(), &values, path, leaf)),
                });
            }
        }
        let mut shapes = [
            "{ viewer { ... on TYPO { id } } }",
            "{ node(id: \"x\") { ... on TYPO { id } } }",
            "query($x: TYPO) { viewer { canRead(coordinate: $x) { rule } } }",
            "{ ...F } fragment F on TYPO { id }",
        ]
        .into_iter()
        .cycle();
        for hidden in reader.hidden_types() {
            for typo in typos(&hidden) {
                documents.push(shapes.next().unwrap().replace("TYPO", &typo));
            }
        }
        assert!(documents.len() > 10, "{role:?}");
        for document in documents {
            reader.is_wrong(&document).await;
        }
    }
    // As someone would try who has heard of it.
    let reader = Reader::new(&app, Role::Bumn);
    assert!(reader.hidden.contains("journal"));
    for document in ["{ journa }", "{ journal { totalCoun } }", "{ journal(firs: 1) { totalCount } }"] {
        reader.is_wrong(document).await;
    }
}

#[tokio::test]
async fn what_is_hidden_does_not_help_what_is_wrong() {
    let app = app().await;
    for role in Role::ALL {
        let reader = Reader::new(&app, role);
        let mut documents = Vec::new();
        // Named rightly, in a document that is wrong as a whole.
        for (object, field) in reader.hidden_fields() {
            let root = match object {
                "Query" => "query",
                "Mutation" => "mutation",
                _ => continue,
            };
            for leaf in [
                format!("{field} {{ nothing }}"),
                format!("{field}(nothing: 1) {{ __typename }}"),
                format!("{field} @nothing {{ __typename }}"),
                format!("nothing {field}(id: \"x\") {{ __typename }}"),
                field.to_owned(),
            ] {
                documents.push(format!("{root} {{ {leaf} }}"));
            }
        }
        for hidden in reader.hidden_types() {
            documents.push(format!("{{ viewer {{ ... on {hidden} {{ nothing }} }} }}"));
            documents.push(format!("{{ ...F nothing }} fragment F on {hidden} {{ id }}"));
            documents.push(format!("query($x: {hidden}) {{ viewer {{ role }} }}"));
        }
        for document in documents {
            assert!(ExecutableDocument::parse_and_validate(whole(), &document, "document").is_err());
            reader.is_wrong(&document).await;
        }
    }
}

#[tokio::test]
async fn hidden_types_are_not_there() {
    let app = app().await;
    for role in Role::ALL {
        let reader = Reader::new(&app, role);
        let document = "query($name: String!) { __type(name: $name) { name } }";
        let found = async |name: &str| {
            let answer = post_as(&app, &reader.token, document, json!({ "name": name })).await.json();
            assert_eq!(answer.get("errors"), None, "{answer:#}");
            answer["data"]["__type"].clone()
        };
        let hidden = reader.hidden_types();
        assert!(hidden.len() > 1, "{role:?}: {hidden:?}");
        for name in &hidden {
            assert_eq!(found(name).await, Value::Null, "{role:?}: {name}");
        }
        for name in reader.told.iter().filter(|line| !line.contains(['.', '>'])) {
            assert_eq!(found(name).await, json!({ "name": name }), "{role:?}");
        }
    }
}
