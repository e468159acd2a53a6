//! `docs/succession.md`: every request of it is run as it stands, on the day that stands above it, and answered as it says.

use std::collections::HashMap;

use kemitraan::access::Role;
use kemitraan::nouns::milestones::entity::MilestoneStatus;
use serde_json::{Value, json};

use super::{at, token};
use crate::scope::global;
use crate::support::{Backend, TestApp};
use crate::walls::cases::Ground;
use crate::walls::post_as;

crate::both!(the_page_is_as_it_says);

const PAGE: &str = include_str!("../../../docs/succession.md");

/// What the page does, in its order.
enum Step {
    Day(String),
    /// A line of the shell: what its answer is kept as, who asks, what, and which part of the answer is looked at.
    Ask {
        name: Option<String>,
        who: String,
        document: String,
        path: String,
    },
    /// What the request before is answered.
    Answer(Value),
}

fn steps() -> Vec<Step> {
    let (mut steps, mut block, mut kind) = (Vec::new(), String::new(), None);
    for line in PAGE.lines() {
        match (kind, line) {
            (Some(kind_now), "```") => {
                match kind_now {
                    "```sh" => requests(&block, &mut steps),
                    "```json" => steps.push(Step::Answer(serde_json::from_str(&block).unwrap())),
                    _ => {}
                }
                (kind, block) = (None, String::new());
            }
            (Some(_), line) => block += &format!("{line}\n"),
            (None, line) if line.starts_with("```") => kind = Some(line),
            (None, line) => {
                let day = line.strip_prefix("*20").and_then(|rest| rest.strip_suffix('*'));
                steps.extend(day.map(|rest| Step::Day(format!("20{rest}"))));
            }
        }
    }
    steps
}

/// `ask WHO 'DOCUMENT' | jq -c PATH`, or `NAME=$(ask WHO 'DOCUMENT' | jq -r PATH)`.
fn requests(mut block: &str, steps: &mut Vec<Step>) {
    while let Some((before, rest)) = block.split_once("ask ") {
        let name = before.trim().strip_suffix("=$(").map(str::to_owned);
        let (who, rest) = rest.split_once(" '").unwrap();
        let (document, rest) = rest.split_once("' | jq -").unwrap();
        let (path, rest) = rest[2..].split_once('\n').unwrap();
        let path = if name.is_some() { path.strip_suffix(')').unwrap() } else { path };
        let (who, document, path) = (who.to_owned(), document.to_owned(), path.to_owned());
        steps.push(Step::Ask { name, who, document, path });
        block = rest;
    }
    assert_eq!(block.trim(), "");
}

/// What is at a path of jq's: `.data.nodes[0].id`.
fn part(answer: &Value, path: &str) -> Value {
    let pointer = path.replace(['.', '['], "/").replace(']', "");
    answer.pointer(&pointer).cloned().unwrap_or_else(|| panic!("{path}: {answer:#}"))
}

/// With what was kept put in place of `'$name'`.
fn filled(document: &str, kept: &HashMap<String, String>) -> String {
    let filled = kept
        .iter()
        .fold(document.to_owned(), |filled, (name, value)| filled.replace(&format!("'${name}'"), value));
    assert!(!filled.contains("'$"), "{filled}");
    filled
}

async fn the_page_is_as_it_says(backend: Backend) {
    let app = TestApp::new(backend).await;
    at(&app, "2024-10-20T08:00:00+07:00");
    let mut kept = HashMap::new();
    for (name, koperasi) in [("first", false), ("umkm", false), ("koperasi", true)] {
        let ground = Ground::new(&app, "PLN", koperasi).await;
        let seats = (Role::Bumn, Role::Kemenkopukm);
        let row = ground.milestone(seats, MilestoneStatus::Submitted).await;
        kept.insert(name.to_owned(), global("milestone", row.id));
    }
    let (mut last, mut asked, mut held) = (Value::Null, 0, 0);
    for step in steps() {
        match step {
            Step::Day(moment) => at(&app, &moment),
            Step::Ask { name, who, document, path } => {
                let document = filled(&document, &kept);
                let answer = post_as(&app, &token(&app, &who), &document, json!({})).await.json();
                last = part(&answer, &path);
                if let Some(name) = name {
                    kept.insert(name, last.as_str().unwrap_or_else(|| panic!("{answer:#}")).to_owned());
                }
                asked += 1;
            }
            Step::Answer(expected) => {
                assert_eq!(last, expected);
                held += 1;
            }
        }
    }
    assert!(asked > 25 && held > 17, "{asked} requests, {held} answers");
}
