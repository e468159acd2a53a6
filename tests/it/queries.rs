//! `docs/queries.md`: every document of it is run as it stands, as who is named, and takes as many statements as it says.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::scope::{ids, reach};
use crate::support::{BUMN, Backend, TestApp};

crate::both!(each_question_of_the_page_is_answered_in_one_request);

const PAGE: &str = include_str!("../../docs/queries.md");

/// A question of the page.
struct Question {
    title: String,
    who: String,
    statements: u64,
    document: String,
}

fn questions() -> Vec<Question> {
    let (mut title, mut who, mut statements, mut document) = (String::new(), String::new(), 0, None);
    let mut questions = Vec::new();
    for line in PAGE.lines() {
        if let Some(text) = &mut document {
            if line == "```" {
                let document = std::mem::take(text);
                questions.push(Question { title: title.clone(), who: who.clone(), statements, document });
            } else {
                *text += line;
                *text += "\n";
            }
            if line == "```" {
                document = None;
            }
        } else if let Some(heading) = line.strip_prefix("### ") {
            title = heading.to_owned();
        } else if let Some(rest) = line.strip_prefix("*As ") {
            let (role, rest) = rest.split_once(", ").unwrap();
            let (count, _) = rest.split_once(" statements.*").unwrap_or_else(|| panic!("{title}: {rest}"));
            (who, statements) = (role.to_owned(), count.parse().unwrap());
        } else if line == "```graphql" {
            document = Some(String::new());
        }
    }
    questions
}

/// What the page says of each variable, for who asks.
async fn variables(app: &TestApp, who: &str, document: &str) -> Value {
    let codes = [who];
    let codes = BUMN.contains(&who).then_some(&codes[..]);
    let one = async |noun: &str, and: &str| {
        let sql = format!("SELECT id FROM {noun} WHERE {} AND {and} ORDER BY id", reach(noun, codes));
        Value::from(ids(app, noun, &sql).await.remove(0))
    };
    let mut variables = Map::new();
    for (name, value) in [
        ("quarter", json!("2026-Q3")),
        ("after", Value::Null),
        ("actor", json!("SEED-KEMENPERIN")),
        ("partner", one("partner", "legal_form = 'KOPERASI'").await),
        (
            "partnership",
            one("partnership", "contracted_value IS NOT NULL AND status = 'COMPLETED' OR 1 = 1").await,
        ),
        ("milestone", one("milestone", "status = 'MET' AND reschedules > 0").await),
        ("subject", one("milestone", "status = 'MET'").await),
        ("unit", one("organisation", "code = 'CONTOH_UNIT_KILANG'").await),
    ] {
        variables.insert(name.to_owned(), value);
    }
    let is_moment = |name: &str| document.contains(&format!("${name}: DateTime"));
    for (name, moment, day) in [
        ("since", "2021-09-01T17:00:00Z", "2021-09-02"),
        ("from", "2026-01-01T00:00:00Z", "2026-11-01"),
        ("until", "2026-12-31T00:00:00Z", "2027-01-31"),
    ] {
        variables.insert(name.to_owned(), if is_moment(name) { moment.into() } else { day.into() });
    }
    // No more than the document takes.
    variables.retain(|name, _| document.contains(&format!("${name}:")));
    variables.into()
}

/// The paths at which there is a list with nothing in it, or nothing at all, at the root.
fn empty(data: &Value) -> Vec<String> {
    let root = data.as_object().unwrap();
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(some) => some.is_empty(),
        Value::Object(object) => object.get("nodes").is_some_and(|nodes| nodes == &json!([])),
        _ => false,
    };
    root.iter().filter(|(_, value)| is_empty(value)).map(|(name, _)| name.clone()).collect()
}

async fn each_question_of_the_page_is_answered_in_one_request(backend: Backend) {
    let app = TestApp::new(backend).await;
    let (mut asked, mut wrong) = (BTreeSet::new(), Vec::new());
    for question in questions() {
        let Question { title, who, document, .. } = &question;
        // The first token of an organisation has it looked up.
        app.data(who, "{ viewer { role } }").await;
        let variables = variables(&app, who, document).await;
        let before = app.db.statements();
        let answer = app.post(who, document, variables).await.json();
        let statements = app.db.statements() - before;
        assert_eq!(answer.get("errors"), None, "{title}: {answer:#}");
        assert_eq!(empty(&answer["data"]), <[String; 0]>::default(), "{title}: {answer:#}");
        if statements != question.statements {
            wrong.push(format!("{title}: {statements} statements, not {}", question.statements));
        }
        asked.insert((who.clone(), title.clone()));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked.len() >= 20, "{asked:#?}");
    let who = asked.into_iter().map(|(who, _)| who).collect::<BTreeSet<_>>();
    for role in ["KEMENKOPUKM", "KEMENPERIN", "KEMENBUMN", "PERTAMINA", "AUDITOR"] {
        assert!(who.contains(role), "{role} asks nothing");
    }
}
