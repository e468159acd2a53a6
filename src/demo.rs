//! `kemitraan demo`: the pilot in one SQLite file, served, with a token for each role.
#![expect(clippy::print_stdout, reason = "the demo tells how to use it")]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::access::{Level, Role};
use crate::auth::{Keys, TokenRequest};
use crate::config::{AccessSettings, KeySettings, LimitSettings, ListenSettings};
use crate::db::{Database, Options};
use crate::error::{Error, Result};
use crate::files::{self, Files};
use crate::types::Clock;
use crate::{cli, seed};

/// Where the demo's data is and where it listens.
#[derive(Debug, Args)]
pub struct Settings {
    /// The folder of the demo's data
    #[arg(long, env = "KEMITRAAN_DEMO_DATA", default_value = "data/demo")]
    data: PathBuf,
    /// The address and port; port 0 takes a free one
    #[arg(long, env = "KEMITRAAN_LISTEN", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Begin anew: data and keys of the demo are removed first
    #[arg(long)]
    reset: bool,
}

/// A token of the demo, as `tokens.json` has it.
#[derive(Debug, Serialize)]
struct Token {
    role: Role,
    organisation: Option<String>,
    level: Option<Level>,
    token: String,
}

pub async fn run(settings: &Settings, clock: &Clock) -> Result<()> {
    let folder = &settings.data;
    let fail = |error: std::io::Error| Error::internal(format!("{}: {error}", folder.display()));
    // The port first: where it is taken, nothing has been touched.
    let listener = cli::listen_on(&ListenSettings { listen: settings.listen }).await?;
    std::fs::create_dir_all(folder).map_err(fail)?;
    let file = folder.join("kemitraan.db");
    let keys = KeySettings { keys: folder.join("keys"), issuer: "https://demo.kemitraan.example".to_owned() };
    let evidence = folder.join("evidence");
    if settings.reset {
        cli::remove_sqlite(&file);
        if keys.keys.exists() {
            std::fs::remove_dir_all(&keys.keys).map_err(fail)?;
        }
        if evidence.exists() {
            std::fs::remove_dir_all(&evidence).map_err(fail)?;
        }
    }
    // SQLite's own word for a folder that cannot be written is a number.
    std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(&file).map_err(fail)?;
    let limits = LimitSettings::default();
    let db = Database::connect(&Options {
        time_limit: limits.time(),
        ..Options::of(format!("sqlite://{}", file.display()))
    })
    .await?;
    db.migrate().await?;
    let files = Files::open(&evidence.display().to_string())?;
    files::check_writable(&files).await?;
    if seed::is_empty(&db).await? {
        seed::pilot(&db, &files, clock.today()).await?;
    } else if !seed::is_whole(&db).await? {
        return Err(Error::internal(format!(
            "the data in {} is an earlier version's, without what this one shows: --reset begins anew",
            folder.display()
        )));
    }
    let app = cli::app(db, files, &keys, limits, &AccessSettings::default(), clock)?;
    cli::record_access(&app).await?;
    let tokens = tokens(app.verifier.keys(), &keys.issuer, clock)?;
    write_tokens(folder, &tokens)?;

    let address = listener.local_addr().map_err(fail)?;
    for (name, token) in &tokens {
        println!("{name}\n    {}", token.token);
    }
    let query = r#"{"query":"{ partnerships(first: 3) { totalCount nodes { title status organisation { shortName } milestones(first: 3) { nodes { title status dueOn overdue } } } } }"}"#;
    println!("\nThe tokens are in {} as well. Try:\n", folder.join("tokens.json").display());
    println!(
        "curl -s http://{address}/graphql -H 'Content-Type: application/json' -H 'Authorization: Bearer {}' -d '{query}'\n",
        tokens["kemenbumn"].token
    );
    let stop = cli::Stop::listen()?;
    println!("Kemitraan answers at http://{address}/graphql; Ctrl-C ends it.");
    // Whoever waits for that line in a pipe is to have it now.
    std::io::stdout().flush().map_err(fail)?;
    cli::serve(listener, app, stop).await
}

/// A token for each role: of the ministries and of one BUMN at each level, of the other BUMN as an approver.
fn tokens(keys: &Keys, issuer: &str, clock: &Clock) -> Result<BTreeMap<String, Token>> {
    let mut requests = Vec::new();
    for (role, code) in [
        (Role::Kemenkopukm, "KEMENKOPUKM"),
        (Role::Kemenperin, "KEMENPERIN"),
        (Role::Kemenbumn, "KEMENBUMN"),
        (Role::Bumn, "PERTAMINA"),
        (Role::Bumn, "PLN"),
        (Role::Bumn, "KIMIA_FARMA"),
        (Role::Bumn, "KRAKATAU_STEEL"),
        (Role::Bumn, "PERHUTANI"),
        (Role::Bumn, "RNI"),
    ] {
        let name = code.to_lowercase().replace('_', "-");
        requests.push((name.clone(), role, Some(code), Some(Level::Approver)));
        if role != Role::Bumn || code == "PERTAMINA" {
            requests.push((format!("{name}-officer"), role, Some(code), Some(Level::Officer)));
            requests.push((format!("{name}-viewer"), role, Some(code), Some(Level::Viewer)));
        }
    }
    requests.push(("auditor".to_owned(), Role::Auditor, None, None));
    requests.push(("admin".to_owned(), Role::Admin, None, None));
    let issue = |(name, role, code, level): (String, Role, Option<&str>, Option<Level>)| {
        let token = TokenRequest::of_demo(&name, role, code, level).issue(keys, issuer, clock)?;
        Ok((name, Token { role, organisation: code.map(str::to_owned), level, token }))
    };
    requests.into_iter().map(issue).collect()
}

fn write_tokens(folder: &Path, tokens: &BTreeMap<String, Token>) -> Result<()> {
    let path = folder.join("tokens.json");
    let fail = |error: &dyn std::fmt::Display| Error::internal(format!("{}: {error}", path.display()));
    let json = serde_json::to_string_pretty(tokens).map_err(|error| fail(&error))?;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| fail(&error))?;
    writeln!(file, "{json}").map_err(|error| fail(&error))
}
