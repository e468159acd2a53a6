//! `docs/workflows.md`: its walk is run as it stands, by bash, against the program that serves, and each block prints what the
//! page says that it prints.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::commands::{Folder, Server, ok};
use crate::database::blank;
use crate::support::{Backend, TestApp};

crate::both!(the_walk_is_as_the_page_says);

const PAGE: &str = include_str!("../../docs/workflows.md");

/// The tokens that the demo gives, of those that the page names: as the demo calls them, role, organisation, level.
const TOKENS: [(&str, &str, &str, &str); 11] = [
    ("pertamina", "BUMN", "PERTAMINA", "APPROVER"),
    ("pertamina-officer", "BUMN", "PERTAMINA", "OFFICER"),
    ("pertamina-viewer", "BUMN", "PERTAMINA", "VIEWER"),
    ("pln", "BUMN", "PLN", "APPROVER"),
    ("kemenkopukm", "KEMENKOPUKM", "KEMENKOPUKM", "APPROVER"),
    ("kemenkopukm-officer", "KEMENKOPUKM", "KEMENKOPUKM", "OFFICER"),
    ("kemenkopukm-viewer", "KEMENKOPUKM", "KEMENKOPUKM", "VIEWER"),
    ("kemenperin", "KEMENPERIN", "KEMENPERIN", "APPROVER"),
    ("kemenbumn", "KEMENBUMN", "KEMENBUMN", "APPROVER"),
    ("kemenbumn-officer", "KEMENBUMN", "KEMENBUMN", "OFFICER"),
    ("auditor", "AUDITOR", "", ""),
];

/// What is run at once, and what it prints.
#[derive(Default)]
struct Block {
    run: String,
    prints: String,
}

/// The blocks of the walk, in the order of the page.
fn blocks() -> Vec<Block> {
    let (_, walk) = PAGE.split_once("\n## A partnership from its proposal to its end\n").unwrap();
    let mut blocks = Vec::<Block>::new();
    let mut within = None;
    for line in walk.lines() {
        match (line, within) {
            ("```sh", None) => blocks.push(Block::default()),
            ("```json", None) => assert!(blocks.last().unwrap().prints.is_empty()),
            _ => {}
        }
        within = match (line, within) {
            ("```sh" | "```json", None) => Some(line),
            ("```", Some(_)) => None,
            (_, within) => {
                let block = blocks.last_mut();
                match within {
                    Some("```sh") => block.unwrap().run += &format!("{line}\n"),
                    Some(_) => block.unwrap().prints += &format!("{line}\n"),
                    None => {}
                }
                within
            }
        };
    }
    assert!(within.is_none() && blocks.len() > 20);
    blocks
}

fn values(text: &str) -> Vec<Value> {
    let values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    values.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Whether all that the page says is so: fields of an object may be left out, no item of a list.
fn says(page: &Value, printed: &Value) -> bool {
    match (page, printed) {
        (Value::Object(page), Value::Object(printed)) => {
            page.iter().all(|(name, value)| printed.get(name).is_some_and(|found| says(value, found)))
        }
        (Value::Array(page), Value::Array(printed)) => {
            page.len() == printed.len() && page.iter().zip(printed).all(|(one, other)| says(one, other))
        }
        (one, other) => one == other,
    }
}

/// PostgreSQL has no demo: the same by the commands that it is made of.
fn tokens(keys: &str) -> Value {
    let token = |(name, role, organisation, level): (&str, &str, &str, &str)| {
        let mut args = vec!["token", "issue", "--keys", keys, "--role", role];
        if role == "AUDITOR" {
            args.extend(["--institution", "Contoh lembaga", "--letter", "CONTOH/1", "--days", "30"]);
        } else {
            args.extend(["--organisation", organisation, "--level", level]);
        }
        (name.to_owned(), json!({ "token": ok(&args).trim() }))
    };
    TOKENS.into_iter().map(token).collect::<serde_json::Map<_, _>>().into()
}

/// Runs all blocks in one shell; gives what each has printed.
fn run(blocks: &[Block], folder: &Folder, address: &str) -> Vec<String> {
    for tool in ["bash", "curl", "jq"] {
        let found = Command::new(tool).arg("--version").stdout(Stdio::null()).status();
        assert!(found.is_ok_and(|status| status.success()), "this test needs {tool}: run scripts/tools.sh");
    }
    // It ends at the first command that fails; after each block comes a character that none prints.
    let script = blocks.iter().map(|block| format!("{}printf '\\036'\n", block.run));
    let script = format!("set -euo pipefail\n{}", script.collect::<String>());
    let output = Command::new("bash")
        .args(["--norc", "-c", &script])
        .current_dir(folder.join(""))
        .env("KEMITRAAN_API", format!("http://{address}"))
        // No settings of whoever runs the tests.
        .env("HOME", folder.join(""))
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    let mut printed = printed.split('\u{1e}').map(str::to_owned).collect::<Vec<_>>();
    let rest = printed.pop().unwrap_or_default();
    let failed = blocks.get(printed.len()).map_or("", |block| &block.run);
    assert!(output.status.success(), "{error}\nin\n\n{failed}\nwhich has printed\n\n{rest}");
    assert_eq!((printed.len(), &*error), (blocks.len(), ""));
    printed
}

async fn the_walk_is_as_the_page_says(backend: Backend) {
    let (app, folder) = (TestApp::empty(backend).await, Folder::new());
    let data = folder.join("data/demo");
    std::fs::create_dir_all(&data).unwrap();
    let (server, url, store) = match backend {
        Backend::Sqlite => {
            let demo = Server::demo(&data, &[]);
            (demo, format!("sqlite://{data}/kemitraan.db"), format!("{data}/evidence"))
        }
        Backend::Postgres => {
            let (url, store, keys) = (blank(&app).await, folder.join("evidence"), folder.join("keys"));
            ok(&["migrate", "--database", &url]);
            ok(&["seed", "--database", &url, "--evidence-store", &store]);
            std::fs::write(format!("{data}/tokens.json"), tokens(&keys).to_string()).unwrap();
            let server = Server::serve(&url, &keys, &["--evidence-store", &store]);
            (server, url, store)
        }
    };
    let blocks = blocks();
    for (block, printed) in blocks.iter().zip(run(&blocks, &folder, server.address())) {
        let (page, found) = (values(&block.prints), values(&printed));
        let as_said =
            page.len() == found.len() && page.iter().zip(&found).all(|(page, found)| says(page, found));
        assert!(as_said, "{}\nprints\n\n{printed}\nand not\n\n{}", block.run, block.prints);
    }
    server.end("-TERM");
    let verified = ok(&["journal", "verify", "--database", &url, "--evidence", "--evidence-store", &store]);
    assert!(verified.ends_with("verified: all is as it was recorded\n"), "{verified}");
}

#[test]
fn what_the_page_leaves_out_may_be_printed_and_nothing_else() {
    let printed = json!({ "code": "CONFLICT", "changes": [{ "role": "BUMN", "sequence": 7 }] });
    for (page, is_so) in [
        (json!({ "code": "CONFLICT" }), true),
        (json!({ "changes": [{ "role": "BUMN" }] }), true),
        (json!({ "code": "NOT_FOUND" }), false),
        (json!({ "rule": "seat" }), false),
        (json!({ "changes": [] }), false),
        (json!({ "changes": [{ "role": null }] }), false),
        (json!([]), false),
    ] {
        assert_eq!(says(&page, &printed), is_so, "{page}");
    }
}
