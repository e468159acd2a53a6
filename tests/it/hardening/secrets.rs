//! Secrets: where they may come from, that nothing tells them, and what it takes to lose one.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use kemitraan::api::execute::App;
use kemitraan::auth::{Keys, Verifier};
use serde_json::{Value, json};

use crate::commands::{Folder, finish, kemitraan, ok, one_line, text};
use crate::support::{Backend, ISSUER, TestApp};
use crate::walls::post_as;
use crate::writes::{START, assert_verified};

crate::both!(
    what_is_served_tells_no_secret,
    the_loss_of_all_keys_costs_the_tokens_and_nothing_else,
    the_database_is_told_by_a_file,
);

const PASSWORD: &str = "rahasia-7f3a";

async fn the_database_is_told_by_a_file(backend: Backend) {
    let app = TestApp::new(backend).await;
    let folder = Folder::new();
    let file = folder.join("database");
    std::fs::write(&file, format!("{}\n", app.url)).unwrap();
    assert!(ok(&["journal", "verify", "--database-file", &file]).contains("head "));
    let mut command = kemitraan(&["journal", "verify"]);
    command.env("KEMITRAAN_DATABASE_FILE", &file);
    assert!(finish(command).status.success());
    // Which of two is meant is not guessed.
    let mut command = kemitraan(&["journal", "verify", "--database-file", &file]);
    command.env("KEMITRAAN_DATABASE", format!("postgres://u:{PASSWORD}@h/d"));
    let output = finish(command);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains("--database-file") && !text(&output.stderr).contains(PASSWORD));
    // A file that is not there is told by its name.
    let output = finish(kemitraan(&["journal", "verify", "--database-file", &folder.join("none")]));
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(text(&output.stderr).contains(&folder.join("none")), "{output:?}");

    let mut command =
        kemitraan(&["evidence", "sweep", "--database-file", &file, "--evidence-store", "s3://a-bucket"]);
    command.env("AWS_SECRET_ACCESS_KEY_FILE", folder.join("none"));
    let output = finish(command);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let line = text(&output.stderr);
    assert!(line.contains("AWS_SECRET_ACCESS_KEY_FILE") && line.contains(&folder.join("none")), "{line}");
}

/// Whatever is logged of requests to it, by the client's crates as well: from the environment, and from files.
#[test]
fn what_opens_a_bucket_is_not_told() {
    const TOKEN: &str = "sesi-9b2e";
    let folder = Folder::new();
    let database = format!("sqlite://{}", folder.join("it.db"));
    ok(&["migrate", "--database", &database]);
    for (name, value) in [("secret", PASSWORD), ("session", TOKEN)] {
        std::fs::write(folder.join(name), value).unwrap();
    }
    let store = [
        "--log",
        "trace",
        "evidence",
        "sweep",
        "--database",
        &database,
        "--evidence-store",
        "s3://a-bucket/x",
    ];
    for from_files in [false, true] {
        let mut command = kemitraan(&store);
        // Nobody listens there.
        command.env("AWS_ENDPOINT_URL", "http://127.0.0.1:1").env("AWS_ACCESS_KEY_ID", "pengenal-4c1d");
        for name in ["AWS_SKIP_SIGNATURE", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
            command.env_remove(name);
        }
        if from_files {
            command.env("AWS_SECRET_ACCESS_KEY_FILE", folder.join("secret"));
            command.env("AWS_SESSION_TOKEN_FILE", folder.join("session"));
        } else {
            command.env("AWS_SECRET_ACCESS_KEY", PASSWORD).env("AWS_SESSION_TOKEN", TOKEN);
        }
        let output = finish(command);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let told = [text(&output.stdout), text(&output.stderr)].concat();
        // The request was made, and logged.
        assert!(told.contains("127.0.0.1:1") && told.contains("TRACE"), "{told}");
        assert!(!told.contains(PASSWORD) && !told.contains(TOKEN), "{told}");
    }
}

#[test]
fn a_url_that_is_wrong_is_not_repeated() {
    for url in [
        format!("postgress://u:{PASSWORD}@h/d"),
        format!("postgres://u:{PASSWORD}@127.0.0.1:many/d"),
        format!("postgres://u:{PASSWORD}@127.0.0.1:1/d?sslmode=perhaps"),
        format!("u:{PASSWORD}@h/d"),
    ] {
        let line = one_line(&["migrate", "--database", &url]);
        assert!(!line.contains(PASSWORD), "{line}");
    }
}

/// The same database by a URL with a password in it, where there is a server to give one to; and that password.
fn with_password(app: &TestApp) -> (String, Option<String>) {
    let Some((scheme, rest)) = app.url.split_once("://").filter(|_| app.backend == Backend::Postgres) else {
        return (app.url.clone(), None);
    };
    let (user, host) = rest.split_once('@').unwrap();
    match user.split_once(':') {
        Some((_, password)) => (app.url.clone(), Some(password.to_owned())),
        None => (format!("{scheme}://{user}:{PASSWORD}@{host}"), Some(PASSWORD.to_owned())),
    }
}

async fn what_is_served_tells_no_secret(backend: Backend) {
    let app = TestApp::new(backend).await;
    let folder = Folder::new();
    let (url, password) = with_password(&app);
    let (file, keys, log) = (folder.join("database"), folder.join("keys"), folder.join("log"));
    std::fs::write(&file, &url).unwrap();
    let issue =
        ["token", "issue", "--keys", &keys, "--role", "BUMN", "--organisation", "PLN", "--level", "OFFICER"];
    let token = ok(&issue).trim().to_owned();

    let mut command = kemitraan(&["--log", "trace", "serve", "--database-file", &file, "--keys", &keys]);
    command
        .args(["--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log).unwrap());
    let mut server = command.spawn().unwrap();
    let logged = || std::fs::read_to_string(&log).unwrap();
    let started = Instant::now();
    let address = loop {
        let lines = logged();
        let mut lines = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        if let Some(line) = lines.find(|line| line["message"] == "listening") {
            break line["address"].as_str().unwrap().to_owned();
        }
        assert!(
            started.elapsed() < Duration::from_secs(60) && server.try_wait().unwrap().is_none(),
            "{}",
            logged()
        );
        std::thread::sleep(Duration::from_millis(20));
    };
    // One that is accepted, one whose signature is not.
    let (good, bad) = (token.clone(), format!("{}x", &token[..token.len() - 2]));
    for (token, status) in [(&good, "200"), (&bad, "401")] {
        let body =
            json!({ "query": "{ viewer { role } partners(first: 2) { nodes { name } } }" }).to_string();
        let (url, header) = (format!("http://{address}/graphql"), format!("authorization: Bearer {token}"));
        let output = std::process::Command::new("curl")
            .args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "content-type: application/json"])
            .args(["-H", &header, "-d", &body, &url])
            .output()
            .unwrap();
        assert_eq!(text(&output.stdout), status);
    }
    let id = server.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(server.wait().unwrap().success());

    let log = logged();
    assert!(log.contains("graphql") && log.contains("stopping"), "{log}");
    let key = std::fs::read_dir(&keys).unwrap().next().unwrap().unwrap().path();
    let key = std::fs::read_to_string(key).unwrap().lines().nth(1).unwrap().to_owned();
    let signature = token.rsplit('.').next().unwrap().to_owned();
    for secret in [Some(good), Some(bad), Some(signature), Some(key), password].into_iter().flatten() {
        assert!(!log.contains(&secret), "{secret} is in the log: {log}");
    }
}

async fn the_loss_of_all_keys_costs_the_tokens_and_nothing_else(backend: Backend) {
    let app = TestApp::new(backend).await;
    let old = app.token("PERTAMINA");
    let of = "{ milestones(first: 1, filter: { status: [SCHEDULED], reporter: [BUMN] }) { nodes { id version } } }";
    let next = app.data("PERTAMINA", of).await["milestones"]["nodes"][0].take();
    let start = json!({ "id": next["id"], "version": next["version"] });
    let started = post_as(&app, &old, START, start).await.json();
    assert_eq!(started.get("errors"), None, "{started:#}");

    // As at a start on an empty folder: a new key is made.
    let folder = app.folder.join("keys");
    std::fs::remove_dir_all(&folder).unwrap();
    let keys = Arc::new(Keys::load(&folder, &app.clock).unwrap());
    let verifier = Verifier::new(Arc::clone(&keys), ISSUER, app.app.access.clone());
    let after = app.beside(App { verifier, ..app.app.clone() }, keys);

    let who = "{ viewer { role } }";
    let refused = post_as(&after, &old, who, json!({})).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{}", refused.text);
    assert_eq!(after.data("PERTAMINA", who).await["viewer"]["role"], "BUMN");
    // Who did it, by which token, stands where it stood: nothing that is recorded was made with a key.
    let entry = &started["data"]["milestoneStart"]["journalEntry"];
    let journal = "{ journal(first: 1, direction: DESC) { nodes { sequence actor token } } }";
    let told = after.data("KEMENBUMN", journal).await;
    for field in ["sequence", "actor", "token"] {
        assert_eq!(told["journal"]["nodes"][0][field], entry[field], "{field}");
        assert!(!entry[field].is_null(), "{field}");
    }
    assert_verified(&after.app.access, &app.folder).await;
    // And it goes on.
    let next = after.data("PERTAMINA", of).await["milestones"]["nodes"][0].take();
    let start = json!({ "id": next["id"], "version": next["version"] });
    let answer = after.post("PERTAMINA", START, start).await.json();
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    assert_verified(&after.app.access, &app.folder).await;
}
