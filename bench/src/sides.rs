//! The sides: what is started for each, and what each is asked.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::Result;
use crate::data::Data;
use crate::load::ask;
use crate::process::{Process, free_port};
use crate::queries::{self, PAGE_SIZE, Query};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Ours { sqlite: bool, cached: bool },
    Floor,
    Hand,
    Limit,
    Postgraphile,
    Mercurius,
    Seaography,
}

pub struct Side {
    pub kind: Kind,
    pub name: &'static str,
    /// Of the memory and the processor of a server it is this process that is measured.
    pub process: Process,
}

/// The programs that sides are made of.
pub struct Programs {
    pub kemitraan: PathBuf,
    pub peers: PathBuf,
    pub seaography: PathBuf,
    pub logs: PathBuf,
}

/// The flag of `kemitraan serve` that bounds the answers which are kept, in bytes; 0 keeps none.
const CACHE: &str = "--answer-cache";

pub const NAMES: [(Kind, &str); 10] = [
    (Kind::Ours { sqlite: false, cached: false }, "ours, PostgreSQL"),
    (Kind::Ours { sqlite: false, cached: true }, "ours, PostgreSQL, cached"),
    (Kind::Ours { sqlite: true, cached: false }, "ours, SQLite"),
    (Kind::Ours { sqlite: true, cached: true }, "ours, SQLite, cached"),
    (Kind::Floor, "floor"),
    (Kind::Hand, "hand"),
    (Kind::Limit, "limit"),
    (Kind::Postgraphile, "PostGraphile"),
    (Kind::Mercurius, "Mercurius"),
    (Kind::Seaography, "Seaography"),
];

/// Ours, uncached, on PostgreSQL: what all else is held against.
pub const OURS: Kind = NAMES[0].0;

impl Programs {
    pub fn start(&self, kind: Kind, name: &'static str, data: &Data, answers: &Path) -> Result<Side> {
        let port = free_port()?;
        let listen = format!("127.0.0.1:{port}");
        let peer = |script: &str| {
            let mut command = Command::new(self.peers.join("node_modules/node/bin/node"));
            command.current_dir(&self.peers).arg(script);
            command.env("NODE_ENV", "production").env("GRAPHILE_ENV", "production");
            command.env("DATABASE_URL", &data.postgres).env("PORT", port.to_string());
            command
        };
        let floor = |side: &str| {
            // The driver is this program, too.
            let mut command = Command::new(std::env::current_exe().unwrap_or_default());
            command.args([
                "serve",
                "--side",
                side,
                "--listen",
                &listen,
                "--database",
                &data.postgres,
                "--keys",
            ]);
            command.arg(&data.keys);
            command
        };
        let command = match kind {
            Kind::Ours { sqlite, cached } => {
                let mut command = Command::new(&self.kemitraan);
                let database = if sqlite { data.sqlite_url() } else { data.postgres.clone() };
                // No line for each request, as no other side writes one.
                command.args([
                    "--log",
                    "warn",
                    "serve",
                    "--listen",
                    &listen,
                    "--database",
                    &database,
                    "--keys",
                ]);
                // One token asks for all of it.
                command.arg(&data.keys).args(["--budget-requests", "0", "--budget-points", "0"]);
                if !cached {
                    command.args([CACHE, "0"]);
                }
                command
            }
            Kind::Floor => floor("floor"),
            Kind::Hand => floor("hand"),
            Kind::Limit => {
                let mut command = floor("limit");
                command.arg("--answers").arg(answers);
                command
            }
            Kind::Postgraphile => peer("postgraphile.mjs"),
            Kind::Mercurius => peer("mercurius.mjs"),
            Kind::Seaography => {
                let mut command = Command::new(&self.seaography);
                command.env("DATABASE_URL", &data.postgres).env("PORT", port.to_string());
                command
            }
        };
        let log = format!("{}-{name}", data.scale.name());
        Ok(Side { kind, name, process: Process::start(&log, command, port, &self.logs)? })
    }
}

impl Side {
    /// Whether it is asked this.
    pub fn answers(&self, query: &Query) -> bool {
        match self.kind {
            Kind::Ours { .. } | Kind::Limit => true,
            Kind::Floor => query.floor,
            Kind::Hand => query.hand,
            Kind::Postgraphile => query.postgraphile.is_some(),
            Kind::Mercurius => query.mercurius,
            Kind::Seaography => query.seaography.is_some(),
        }
    }

    /// Whether its answers are ours to the last bit; a peer's have the same data, with cursors of its own.
    pub fn is_exact(&self) -> bool {
        !matches!(self.kind, Kind::Postgraphile | Kind::Mercurius | Kind::Seaography)
    }

    /// The body of the request by which this side is asked the query, or none where the data has no answer to it.
    pub fn body(&self, query: &Query, data: &Data, ours: &Variables) -> Result<Option<Vec<u8>>> {
        let document = match self.kind {
            Kind::Postgraphile => query.postgraphile.unwrap_or_default(),
            Kind::Seaography => query.seaography.unwrap_or_default(),
            _ => query.document,
        };
        let variables = match query.name {
            "Dashboard" => json!({ "first": queries::DASHBOARD_SIZE }),
            "Partnership" => json!({ "id": ours.partnership }),
            "Page" if self.kind == Kind::Postgraphile => match third(&self.process, &data.token, document)? {
                Some(after) => json!({ "first": PAGE_SIZE, "after": after }),
                None => return Ok(None),
            },
            "Page" => match &ours.third {
                Some(after) => json!({ "first": PAGE_SIZE, "after": after }),
                None => return Ok(None),
            },
            _ => json!({}),
        };
        Ok(Some(queries::body(query.name, document, &variables)))
    }
}

/// What is asked about, as ours names it.
pub struct Variables {
    /// A partnership that is in the journal.
    partnership: Value,
    /// The cursor that the third page begins after; none where there is no third page.
    third: Option<String>,
}

impl Variables {
    pub fn find(ours: &Side, data: &Data) -> Result<Self> {
        let document = "query First { partnerships(first: 1, orderBy: { field: RECORDED, direction: ASC }) { nodes { id } } }";
        let body = queries::body("First", document, &json!({}));
        let (_, answer) = ask(ours.process.port, &data.token, &body)?;
        let page = include_str!("../queries/page.graphql");
        Ok(Self {
            partnership: answer["data"]["partnerships"]["nodes"][0]["id"].clone(),
            third: third(&ours.process, &data.token, page)?,
        })
    }
}

/// Walks two pages.
fn third(process: &Process, token: &str, document: &str) -> Result<Option<String>> {
    let mut after = Value::Null;
    for _ in 0..2 {
        let body = queries::body("Page", document, &json!({ "first": PAGE_SIZE, "after": after }));
        let (_, mut answer) = ask(process.port, token, &body)?;
        let info = &mut answer["data"]["partnerships"]["pageInfo"];
        if info["hasNextPage"] != Value::Bool(true) {
            return Ok(None);
        }
        after = info["endCursor"].take();
    }
    Ok(after.as_str().map(str::to_owned))
}
