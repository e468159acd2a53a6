//! Prepares, compares, measures in rounds, and hands over to the report.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::data::{Data, Scale};
use crate::load::{self, Measured, ask};
use crate::process::{memory, processor, processor_of_all};
use crate::queries::{self, Query};
use crate::report::{self, Found, Machine, Memory, Sample};
use crate::sides::{Kind, NAMES, OURS, Programs, Side, Variables};
use crate::{Result, compare};

#[derive(Debug, Args)]
pub struct Settings {
    /// The data
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Scale::Pilot, Scale::National])]
    scale: Vec<Scale>,
    /// The seed of scales that are made up
    #[arg(long, default_value_t = 1)]
    rng_seed: u64,
    /// Rounds; in each, every side is measured in turn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Connections
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<u32>,
    /// Only sides whose name has this in it
    #[arg(long)]
    side: Vec<String>,
    /// Only queries whose name has this in it
    #[arg(long)]
    query: Vec<String>,
    /// The page that the results are put into, between its markers; not written where it is not given
    #[arg(long)]
    page: Option<PathBuf>,
    /// The folder of the repository
    #[arg(long, default_value = ".")]
    root: PathBuf,
    /// The folder of the release binaries
    #[arg(long, default_value = "target/release")]
    binaries: PathBuf,
    /// The load generator
    #[arg(long, default_value = "oha")]
    oha: PathBuf,
}

pub async fn run(settings: &Settings) -> Result<()> {
    let server = std::env::var("KEMITRAAN_TEST_POSTGRES")
        .map_err(|_| "KEMITRAAN_TEST_POSTGRES is not set: scripts/with-postgres.sh sets it")?;
    let folder = Folder::new()?;
    let root = std::fs::canonicalize(&settings.root)?;
    let programs = Programs {
        kemitraan: std::fs::canonicalize(settings.binaries.join("kemitraan"))?,
        peers: root.join("bench/peers"),
        seaography: settings.binaries.join("../bench-seaography/release/bench-seaography"),
        logs: folder.0.clone(),
    };
    let mut machine = Machine::look(&server, Some((&programs, &settings.oha))).await?;
    println!("{machine}");
    let mut found = Vec::new();
    for scale in &settings.scale {
        println!("\n== {}: making the data", scale.name());
        let data = Data::make(*scale, settings.rng_seed, &programs.kemitraan, &server, &folder.0).await?;
        let measured = scale_of(settings, &programs, &data, &folder.0, &mut machine).await;
        data.drop(&server).await?;
        found.push(measured?);
    }
    for found in &found {
        println!("\n{}", report::markdown(found));
    }
    if let Some(page) = &settings.page {
        report::write(page, &root.join("bench/results"), &machine, &found)?;
        println!("written to {}", page.display());
    }
    Ok(())
}

/// A question as one side is asked it.
struct Question {
    side: usize,
    body: PathBuf,
    /// Bytes of the answer.
    size: usize,
}

async fn scale_of(
    settings: &Settings,
    programs: &Programs,
    data: &Data,
    folder: &Path,
    machine: &mut Machine,
) -> Result<Found> {
    let answers = folder.join(format!("answers-{}", data.scale.name()));
    std::fs::create_dir_all(&answers)?;
    let chosen = |name: &str, some: &[String]| {
        some.is_empty() || some.iter().any(|part| name.to_lowercase().contains(&part.to_lowercase()))
    };
    let mut sides = Vec::new();
    for (kind, name) in NAMES {
        let is_missing = kind == Kind::Seaography && !programs.seaography.exists();
        // Ours is always there: the others are compared with it. The limit starts when the answers are known.
        if kind != Kind::Limit && !is_missing && (kind == OURS || chosen(name, &settings.side)) {
            sides.push(programs.start(kind, name, data, &answers)?);
        }
    }
    let ours = Variables::find(&sides[0], data)?;
    let mut asked = Vec::new();
    for query in queries::all() {
        if !chosen(query.name, &settings.query) {
            continue;
        }
        match answer(&query, &sides[0], data, &ours)? {
            Some(answer) => {
                std::fs::write(answers.join(query.name), answer)?;
                asked.push(query);
            }
            None => println!("{}: not in this data", query.name),
        }
    }
    if let Some((kind, name)) =
        NAMES.into_iter().find(|(kind, name)| *kind == Kind::Limit && chosen(name, &settings.side))
    {
        sides.push(programs.start(kind, name, data, &answers)?);
    }

    let mut samples = Vec::new();
    for query in &asked {
        let questions = compared(query, &sides, data, &ours, folder)?;
        println!("== {}: {}: {} sides gave the same JSON", data.scale.name(), query.name, questions.len());
        for question in &questions {
            let target = (sides[question.side].process.port, data.token.as_str());
            load::run(&settings.oha, target, &question.body, 16, 1.0, None)?;
        }
        for connections in &settings.connections {
            for round in 0..settings.rounds {
                // Each round begins with another side.
                for turn in 0..questions.len() {
                    let question = &questions[(turn + round as usize) % questions.len()];
                    let side = &sides[question.side];
                    let (measured, used) = measure(settings, data, side, question, *connections).await?;
                    samples.push(Sample::new(query, side.name, *connections, question.size, measured, used));
                }
            }
            machine.note_load();
            println!("{}", report::line(&samples, query.name, *connections));
        }
        // Nothing has changed meanwhile.
        if compared(query, &sides, data, &ours, folder)?.len() != questions.len() {
            return Err(format!("{}: a side that was measured answers something else now", query.name).into());
        }
    }
    std::thread::sleep(Duration::from_secs(5));
    let memory = sides.iter().map(|side| {
        let (idle, most) = memory(side.process.pid());
        Memory { side: side.name, idle, most }
    });
    Ok(Found {
        scale: data.scale,
        rows: data.rows.clone(),
        rounds: settings.rounds,
        seconds: settings.seconds,
        samples,
        memory: memory.collect(),
    })
}

/// What the API answers; none where the data has nothing that the question is about.
fn answer(query: &Query, side: &Side, data: &Data, ours: &Variables) -> Result<Option<Vec<u8>>> {
    let Some(body) = side.body(query, data, ours)? else { return Ok(None) };
    let (bytes, answer) = ask(side.process.port, &data.token, &body)?;
    match answer.get("errors") {
        Some(errors) => Err(format!("ours asked {}: {errors}", query.name).into()),
        None => Ok(Some(bytes)),
    }
}

/// Asks every side, and refuses to go on where one of them answers something else.
fn compared(
    query: &Query,
    sides: &[Side],
    data: &Data,
    ours: &Variables,
    folder: &Path,
) -> Result<Vec<Question>> {
    let (mut questions, mut first) = (Vec::new(), Value::Null);
    for (at, side) in sides.iter().enumerate().filter(|(_, side)| side.answers(query)) {
        let failed = |error: &dyn std::fmt::Display| format!("{} asked {}: {error}", side.name, query.name);
        let Some(body) = side.body(query, data, ours)? else { continue };
        // Twice, for what is compiled or kept after the first.
        ask(side.process.port, &data.token, &body).map_err(|error| failed(&error))?;
        let (bytes, answer) = ask(side.process.port, &data.token, &body).map_err(|error| failed(&error))?;
        if first.is_null() {
            first = answer.clone();
        }
        let answer = if side.kind == Kind::Seaography { compare::of_seaography(&answer) } else { answer };
        let difference = if side.is_exact() {
            compare::difference(&first, &answer)
        } else {
            compare::difference(&compare::without_cursors(&first), &compare::without_cursors(&answer))
        };
        if let Some(difference) = difference {
            // It alone cannot be asked to break ties by the id: where the data has some, it is not measured.
            if side.kind == Kind::Seaography {
                println!("{}: {} is left out of {}: {difference}", data.scale.name(), side.name, query.name);
                continue;
            }
            return Err(
                failed(&format!("another answer than ours, nothing is measured: {difference}")).into()
            );
        }
        let file = folder.join(format!("{}-{at}-{}.json", data.scale.name(), query.name));
        std::fs::write(&file, &body)?;
        questions.push(Question { side: at, body: file, size: bytes.len() });
    }
    Ok(questions)
}

/// Runs the load once; with it, the seconds of processor that the server and the database used.
async fn measure(
    settings: &Settings,
    data: &Data,
    side: &Side,
    question: &Question,
    connections: u32,
) -> Result<(Measured, (f64, f64))> {
    let target = (side.process.port, data.token.as_str());
    let postmaster = data.postmaster().await?;
    let used = || {
        let database = postmaster.map_or(f64::NAN, processor_of_all);
        (processor(side.process.pid()), database)
    };
    let before = used();
    let size = Some(question.size);
    let measured = load::run(&settings.oha, target, &question.body, connections, settings.seconds, size)?;
    let after = used();
    Ok((measured, (after.0 - before.0, after.1 - before.1)))
}

/// A folder of our own that goes when we do.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self> {
        let path = std::env::temp_dir().join(format!("kemitraan-bench-{}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}
