//! Answers follow the GraphQL specification (September 2025, execution and errors), where the executor alone does not.
//!
//! A schema of the test's own, whose resolvers fail and dawdle on purpose, goes the way of every document: validated,
//! merged, executed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, Interface, Object, Schema, SimpleObject, ValidationMode};
use kemitraan::api::document::Gate;
use kemitraan::config::LimitSettings;
use kemitraan::error::{Code, Error, Result};
use kemitraan::nouns::connection::List;
use serde_json::{Value, json};

fn failure() -> Error {
    Error::new(Code::NotFound, "on purpose")
}

struct Query;
struct Thing;

#[derive(SimpleObject)]
struct Cat {
    name: String,
    lives: i32,
}

#[derive(SimpleObject)]
struct Dog {
    name: String,
    tricks: i32,
}

#[derive(Interface)]
#[graphql(field(name = "name", ty = "&String"))]
enum Pet {
    Cat(Cat),
    Dog(Dog),
}

#[Object]
impl Thing {
    async fn fine(&self) -> i32 {
        1
    }

    async fn must(&self) -> Result<i32> {
        Err(failure())
    }

    async fn may(&self) -> Option<Result<i32>> {
        Some(Err(failure()))
    }

    async fn hard(&self) -> Thing {
        Thing
    }

    async fn soft(&self) -> Option<Thing> {
        Some(Thing)
    }
}

#[Object]
impl Query {
    async fn slow(&self) -> i32 {
        tokio::time::sleep(Duration::from_millis(30)).await;
        1
    }

    async fn middling(&self) -> i32 {
        tokio::time::sleep(Duration::from_millis(15)).await;
        2
    }

    async fn quick(&self) -> i32 {
        3
    }

    async fn hard(&self) -> Thing {
        Thing
    }

    async fn soft(&self) -> Option<Thing> {
        Some(Thing)
    }

    async fn hards(&self) -> Option<List<Thing>> {
        Some(List(vec![Thing, Thing]))
    }

    async fn softs(&self) -> List<Option<Thing>> {
        List(vec![Some(Thing), None, Some(Thing)])
    }

    async fn numbers(&self) -> List<Option<Result<i32>>> {
        List(vec![Some(Ok(1)), Some(Err(failure())), None])
    }

    async fn pets(&self) -> List<Pet> {
        List(vec![
            Pet::Cat(Cat { name: "Manis".into(), lives: 9 }),
            Pet::Dog(Dog { name: "Bleki".into(), tricks: 2 }),
        ])
    }

    async fn counted(&self, ctx: &Context<'_>) -> Thing {
        ctx.data_unchecked::<Arc<AtomicUsize>>().fetch_add(1, Ordering::Relaxed);
        Thing
    }
}

struct Mutation;

#[Object]
impl Mutation {
    async fn count(&self, ctx: &Context<'_>) -> usize {
        ctx.data_unchecked::<Arc<AtomicUsize>>().fetch_add(1, Ordering::Relaxed) + 1
    }
}

struct Ran {
    /// As text, for the order of keys counts.
    data: String,
    errors: Vec<Value>,
    counted: usize,
}

async fn run(document: &str, variables: Value) -> Ran {
    let schema =
        Schema::build(Query, Mutation, EmptySubscription).validation_mode(ValidationMode::Fast).finish();
    let whole = apollo_compiler::Schema::parse_and_validate(schema.sdl(), "schema.graphql").unwrap();
    let gate = Gate::new(whole, 10_000).unwrap();
    let variables = serde_json::from_value(variables).unwrap();
    let prepared = gate
        .prepare(document, None, &variables, &LimitSettings::default())
        .unwrap_or_else(|faults| panic!("{document}: {faults:?}"));
    let counter = Arc::<AtomicUsize>::default();
    let mut request =
        async_graphql::Request::new("").variables(prepared.variables).data(Arc::clone(&counter));
    request.set_parsed_query(prepared.document);
    let response = schema.execute(request).await;
    let errors =
        response.errors.iter().map(|error| serde_json::to_value(error).unwrap()["path"].clone()).collect();
    Ran {
        data: serde_json::to_string(&response.data).unwrap(),
        errors,
        counted: counter.load(Ordering::Relaxed),
    }
}

async fn data(document: &str, variables: Value) -> String {
    let ran = run(document, variables).await;
    assert!(ran.errors.is_empty(), "{document}: {:?}", ran.errors);
    ran.data
}

#[tokio::test]
async fn fields_stand_in_the_order_in_which_they_are_asked_for() {
    assert_eq!(data("{ slow middling quick }", json!({})).await, r#"{"slow":1,"middling":2,"quick":3}"#);
    assert_eq!(data("{ quick z: slow a: middling }", json!({})).await, r#"{"quick":3,"z":1,"a":2}"#);
    let spread = "{ ...F quick } fragment F on Query { slow middling }";
    assert_eq!(data(spread, json!({})).await, r#"{"slow":1,"middling":2,"quick":3}"#);
}

#[tokio::test]
async fn a_failed_nullable_field_is_null_and_its_siblings_stand() {
    let ran = run("{ soft { fine may } quick }", json!({})).await;
    assert_eq!(ran.data, r#"{"soft":{"fine":1,"may":null},"quick":3}"#);
    assert_eq!(ran.errors, [json!(["soft", "may"])]);
}

#[tokio::test]
async fn a_failed_non_null_field_nulls_the_nearest_nullable_parent() {
    let ran = run("{ quick soft { fine hard { hard { must } } } }", json!({})).await;
    assert_eq!(ran.data, r#"{"quick":3,"soft":null}"#);
    assert_eq!(ran.errors, [json!(["soft", "hard", "hard", "must"])]);

    let ran = run("{ soft { soft { must } fine } quick }", json!({})).await;
    assert_eq!(ran.data, r#"{"soft":{"soft":null,"fine":1},"quick":3}"#);
    assert_eq!(ran.errors, [json!(["soft", "soft", "must"])]);

    let ran = run("{ quick hard { must } }", json!({})).await;
    assert_eq!(ran.data, "null");
    assert_eq!(ran.errors, [json!(["hard", "must"])]);
}

#[tokio::test]
async fn the_path_of_an_error_goes_through_lists_to_the_field() {
    let ran = run("{ hards { hard { must } } quick }", json!({})).await;
    assert_eq!(ran.data, r#"{"hards":null,"quick":3}"#);
    assert_eq!(ran.errors[0], json!(["hards", 0, "hard", "must"]));

    let ran = run("{ softs { fine must } }", json!({})).await;
    assert_eq!(ran.data, r#"{"softs":[null,null,null]}"#);
    assert_eq!(ran.errors, [json!(["softs", 0, "must"]), json!(["softs", 2, "must"])]);

    let ran = run("{ numbers }", json!({})).await;
    assert_eq!(ran.data, r#"{"numbers":[1,null,null]}"#);
    assert_eq!(ran.errors, [json!(["numbers", 1])]);
}

#[tokio::test]
async fn nothing_asked_for_is_an_empty_object() {
    assert_eq!(data("{ slow @skip(if: true) }", json!({})).await, "{}");
    let all = "query($no: Boolean!) { slow @include(if: $no) ... @include(if: $no) { quick } soft { fine @include(if: $no) } }";
    assert_eq!(data(all, json!({ "no": false })).await, r#"{"soft":{}}"#);
}

#[tokio::test]
async fn skip_and_include_follow_their_variables() {
    let document = "query($a: Boolean!, $b: Boolean = true) { quick @include(if: $a) @skip(if: $b) again: quick @skip(if: $a) }";
    assert_eq!(data(document, json!({ "a": true })).await, "{}");
    assert_eq!(data(document, json!({ "a": true, "b": false })).await, r#"{"quick":3}"#);
    assert_eq!(data(document, json!({ "a": false, "b": false })).await, r#"{"again":3}"#);
}

#[tokio::test]
async fn a_key_that_stands_twice_is_one_field() {
    let document =
        "{ counted { fine } counted { again: fine } ...F } fragment F on Query { counted { soft { fine } } }";
    let ran = run(document, json!({})).await;
    assert_eq!(ran.data, r#"{"counted":{"fine":1,"again":1,"soft":{"fine":1}}}"#);
    assert_eq!(ran.counted, 1);

    // Where one use of it fails, all of it is null, whichever stands first.
    for document in ["{ soft { fine } soft { must } }", "{ soft { must } soft { fine } }"] {
        let ran = run(document, json!({})).await;
        assert_eq!(ran.data, r#"{"soft":null}"#, "{document}");
        assert_eq!(ran.errors, [json!(["soft", "must"])], "{document}");
    }
}

#[tokio::test]
async fn a_mutation_whose_key_stands_twice_runs_once_and_others_in_order() {
    let ran = run("mutation { count count ... { count } }", json!({})).await;
    assert_eq!((ran.data.as_str(), ran.counted), (r#"{"count":1}"#, 1));
    let ran =
        run("mutation { b: count a: count ...F } fragment F on Mutation { c: count a: count }", json!({}))
            .await;
    assert_eq!((ran.data.as_str(), ran.counted), (r#"{"b":1,"a":2,"c":3}"#, 3));
}

#[tokio::test]
async fn fragments_apply_by_type_and_by_interface() {
    let document = "{ pets { ...P ... on Cat { lives n: name } ... on Dog { tricks } __typename } } fragment P on Pet { name ... on Pet { n: name } }";
    assert_eq!(
        data(document, json!({})).await,
        r#"{"pets":[{"name":"Manis","n":"Manis","lives":9,"__typename":"Cat"},{"name":"Bleki","n":"Bleki","tricks":2,"__typename":"Dog"}]}"#
    );
}

/// What holds these rules is how resolvers are declared, so a declaration that breaks them is found here.
#[test]
fn resolvers_are_declared_so_that_errors_keep_their_place() {
    let mut found = 0;
    for entry in walk(std::path::Path::new("src")) {
        let text = std::fs::read_to_string(&entry).unwrap();
        if !text.contains("#[Object") {
            continue;
        }
        found += 1;
        for (line, number) in text.lines().zip(1..) {
            let resolver = line.contains("fn ") && line.contains("&self");
            let bad = ["-> Result<Option<", "-> Result<Vec<", "-> Vec<Row", "-> Option<Vec<"]
                .iter()
                .find(|bad| line.contains(**bad));
            // Helpers that are not resolvers are private functions of plain `impl` blocks; they give rows.
            if let (true, Some(bad)) = (resolver && !line.contains("Row<"), bad) {
                panic!(
                    "{}:{number}: a resolver returns {bad}…: use Option<Result<…>>, or List",
                    entry.display()
                );
            }
        }
    }
    assert!(found > 5);
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}
