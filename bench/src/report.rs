//! What was found, as a table and as JSON.

use std::fmt;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use sea_orm::sqlx::{self, PgPool};
use serde::Serialize;

use crate::Result;
use crate::data::Scale;
use crate::load::Measured;
use crate::process::output;
use crate::queries::{self, Query};
use crate::sides::{NAMES, Programs};

/// One measurement.
#[derive(Debug, Serialize)]
pub struct Sample {
    query: &'static str,
    side: &'static str,
    connections: u32,
    bytes: usize,
    #[serde(flatten)]
    measured: Measured,
    /// Milliseconds of processor for one request.
    server: f64,
    database: f64,
}

impl Sample {
    pub fn new(
        query: &Query,
        side: &'static str,
        connections: u32,
        bytes: usize,
        measured: Measured,
        (server, database): (f64, f64),
    ) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "far fewer requests than a double counts")]
        let each = |seconds: f64| seconds * 1000.0 / (measured.requests + measured.refused).max(1) as f64;
        let (server, database) = (each(server), each(database));
        Self { query: query.name, side, connections, bytes, measured, server, database }
    }
}

#[derive(Debug, Serialize)]
pub struct Memory {
    pub side: &'static str,
    /// Kibibytes.
    pub idle: u64,
    pub most: u64,
}

/// Everything found on one scale.
#[derive(Debug, Serialize)]
pub struct Found {
    pub scale: Scale,
    pub rows: Vec<(&'static str, i64)>,
    pub rounds: u32,
    pub seconds: f64,
    pub samples: Vec<Sample>,
    pub memory: Vec<Memory>,
}

/// What it was measured on.
#[derive(Debug, Serialize)]
pub struct Machine {
    processor: String,
    cores: usize,
    memory: String,
    system: String,
    versions: Vec<(String, String)>,
    day: String,
    /// Processes that ran or waited to, in the last minute: before the first measurement, and since then at most.
    load: (f64, f64),
}

impl Machine {
    /// With the versions of what serves and of what asks, where there is such.
    pub async fn look(server: &str, others: Option<(&Programs, &Path)>) -> Result<Self> {
        let pool = PgPool::connect(server).await?;
        let postgres =
            sqlx::query_scalar::<_, String>("SELECT split_part(version(), ' ', 2)").fetch_one(&pool).await?;
        pool.close().await;
        let mut versions = vec![
            ("kemitraan".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("PostgreSQL".to_owned(), postgres),
            ("rustc".to_owned(), program(Path::new("rustc")).unwrap_or_default()),
        ];
        if let Some((programs, oha)) = others {
            versions.push(("load".to_owned(), program(oha)?));
            versions.extend(peers(programs)?);
        }
        Ok(Self {
            processor: field(&file("/proc/cpuinfo"), "model name", ':'),
            cores: std::thread::available_parallelism()?.get(),
            memory: field(&file("/proc/meminfo"), "MemTotal", ':'),
            system: format!(
                "{}, Linux {}",
                field(&file("/etc/os-release"), "PRETTY_NAME", '='),
                file("/proc/sys/kernel/osrelease").trim()
            ),
            versions,
            load: (load(), 0.0),
            day: kemitraan::types::Clock::system().today().to_string(),
        })
    }
}

fn file(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}

fn field(text: &str, name: &str, between: char) -> String {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(between));
    line.map(|(_, value)| value.trim().trim_matches('"').to_owned()).unwrap_or_default()
}

fn program(path: &Path) -> Result<String> {
    output(Command::new(path).arg("--version"))
}

/// The versions of the peers.
fn peers(programs: &Programs) -> Result<Vec<(String, String)>> {
    let mut versions = Vec::new();
    if let Ok(node) = program(&programs.peers.join("node_modules/node/bin/node")) {
        versions.push(("Node.js".to_owned(), node));
    }
    for package in ["postgraphile", "mercurius", "fastify", "pg"] {
        let path = programs.peers.join(format!("node_modules/{package}/package.json"));
        let read =
            serde_json::from_str::<serde_json::Value>(&file(&path.to_string_lossy())).unwrap_or_default();
        if let Some(version) = read["version"].as_str() {
            versions.push((package.to_owned(), version.to_owned()));
        }
    }
    let lock = file(&programs.peers.join("../seaography/Cargo.lock").to_string_lossy());
    if let Some((_, found)) = lock.split_once("name = \"seaography\"\n") {
        versions.push(("seaography".to_owned(), field(found, "version ", '=')));
    }
    Ok(versions)
}

impl Machine {
    /// Notes how busy the machine is.
    pub fn note_load(&mut self) {
        self.load.1 = self.load.1.max(load());
    }
}

fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().and_then(|field| field.parse().ok()).unwrap_or(f64::NAN)
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: {}, {} cores, {}; {}.",
            self.day, self.processor, self.cores, self.memory, self.system
        )?;
        let versions =
            self.versions.iter().map(|(name, version)| match version.strip_prefix(name.as_str()) {
                Some(version) => format!("{name} {}", version.trim()),
                None => format!("{name} {version}"),
            });
        write!(f, "{}.", versions.collect::<Vec<_>>().join(", "))?;
        let (before, most) = self.load;
        if most > 0.0 {
            write!(f, "\n\nLoad average before it began: {before}; at most, its own included: {most}.")?;
        }
        Ok(())
    }
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let (low, high) = (values.get(values.len().saturating_sub(1) / 2), values.get(values.len() / 2));
    (low.copied().unwrap_or(f64::NAN) + high.copied().unwrap_or(f64::NAN)) / 2.0
}

/// The median of one figure of one side.
fn middle(samples: &[Sample], key: (&str, &str, u32), figure: fn(&Sample) -> f64) -> Option<f64> {
    let fits = |sample: &&Sample| (sample.query, sample.side, sample.connections) == key;
    let values = samples.iter().filter(fits).map(figure).collect::<Vec<_>>();
    (!values.is_empty()).then(|| median(values))
}

/// Ours against another side: the median of the ratios of the rounds, for neighbours in time share what else the machine
/// did then.
fn ratio(samples: &[Sample], query: &str, side: &str, connections: u32) -> Option<f64> {
    let of = |side: &str| {
        let fits = move |sample: &&Sample| (sample.query, sample.connections) == (query, connections);
        let own = samples.iter().filter(fits).filter(|sample| sample.side == side);
        own.map(|sample| sample.measured.per_second).collect::<Vec<_>>()
    };
    let ratios =
        of(NAMES[0].1).into_iter().zip(of(side)).map(|(ours, theirs)| ours / theirs).collect::<Vec<_>>();
    (!ratios.is_empty()).then(|| median(ratios))
}

/// One line for the terminal.
pub fn line(samples: &[Sample], query: &str, connections: u32) -> String {
    let each = NAMES.iter().filter_map(|(_, side)| {
        let rate = middle(samples, (query, side, connections), |sample| sample.measured.per_second)?;
        let times = ratio(samples, query, side, connections)?;
        Some(format!("{side} {rate:.0}/s (ours is {times:.2} of it)"))
    });
    format!("{query}, {connections} connections: {}", each.collect::<Vec<_>>().join("; "))
}

/// The tables of one scale.
pub fn markdown(found: &Found) -> String {
    let mut text = String::new();
    let rows = found.rows.iter().map(|(table, n)| format!("{n} {table}")).collect::<Vec<_>>().join(", ");
    let _ = writeln!(
        text,
        "### Data: {}\n\n{rows}. Medians of {} rounds of {} s.\n",
        found.scale.name(),
        found.rounds,
        found.seconds
    );
    let mut connections = found.samples.iter().map(|sample| sample.connections).collect::<Vec<_>>();
    connections.sort_unstable();
    connections.dedup();
    for query in queries::all() {
        let Some(first) = found.samples.iter().find(|sample| sample.query == query.name) else { continue };
        let _ = writeln!(text, "**{}**: {}; {} bytes.\n", query.name, query.title, first.bytes);
        let mut head = "| side |".to_owned();
        let mut rule = "|---|".to_owned();
        for n in &connections {
            let _ = write!(head, " {n}: /s | p50 ms | p99 ms | ours ÷ it |");
            rule += "--:|--:|--:|--:|";
        }
        let _ = writeln!(text, "{head} server ms | database ms |\n{rule}--:|--:|");
        for (_, side) in NAMES {
            let at =
                |n: u32, figure: fn(&Sample) -> f64| middle(&found.samples, (query.name, side, n), figure);
            let mut line = String::new();
            for n in &connections {
                let Some(rate) = at(*n, |sample| sample.measured.per_second) else { continue };
                let p50 = at(*n, |sample| sample.measured.p50).unwrap_or(f64::NAN);
                let p99 = at(*n, |sample| sample.measured.p99).unwrap_or(f64::NAN);
                let times = ratio(&found.samples, query.name, side, *n).unwrap_or(f64::NAN);
                let _ = write!(line, " {rate:.0} | {p50:.2} | {p99:.2} | {times:.2} |");
            }
            if line.is_empty() {
                continue;
            }
            let n = connections.iter().copied().find(|n| *n == 16).unwrap_or(connections[0]);
            let server = at(n, |sample| sample.server).unwrap_or(f64::NAN);
            let database = at(n, |sample| sample.database).unwrap_or(f64::NAN);
            let _ = writeln!(text, "| {side} |{line} {server:.3} | {database:.3} |");
        }
        for sample in found.samples.iter().filter(|one| one.query == query.name && one.measured.refused > 0) {
            let (refused, all) =
                (sample.measured.refused, sample.measured.refused + sample.measured.requests);
            let _ = writeln!(
                text,
                "\n{}, {} connections: {refused} of {all} requests of a round refused or too late.",
                sample.side, sample.connections
            );
        }
        text.push('\n');
    }
    let _ = writeln!(text, "| side | MiB, idle afterwards | MiB, at most |\n|---|--:|--:|");
    for memory in &found.memory {
        #[expect(clippy::cast_precision_loss, reason = "kibibytes of memory fit")]
        let mib = |kib: u64| kib as f64 / 1024.0;
        let _ = writeln!(text, "| {} | {:.1} | {:.1} |", memory.side, mib(memory.idle), mib(memory.most));
    }
    text
}

const BEGIN: &str = "<!-- bench: begin -->";
const END: &str = "<!-- bench: end -->";

/// Puts the tables between the page's markers, and all that was measured into a JSON file.
pub fn write(page: &Path, results: &Path, machine: &Machine, found: &[Found]) -> Result<()> {
    #[derive(Serialize)]
    struct All<'a> {
        machine: &'a Machine,
        found: &'a [Found],
    }
    let tables = found.iter().map(markdown).collect::<Vec<_>>().join("\n");
    between(page, [BEGIN, END], &format!("{machine}\n\n{tables}"))?;
    std::fs::create_dir_all(results)?;
    let file = std::fs::File::create(results.join(format!("{}.json", machine.day)))?;
    Ok(serde_json::to_writer_pretty(file, &All { machine, found })?)
}

/// Puts a text between a page's markers.
pub fn between(page: &Path, [begin, end]: [&str; 2], new: &str) -> Result<()> {
    let text = std::fs::read_to_string(page)?;
    let markers = text.split_once(begin).zip(text.split_once(end));
    let ((before, _), (_, after)) =
        markers.ok_or_else(|| format!("{} lacks {begin} and {end}", page.display()))?;
    Ok(std::fs::write(page, format!("{before}{begin}\n\n{new}\n{end}{after}"))?)
}
