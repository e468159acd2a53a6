//! `bench writes`: journalled writes held against the bare SQL of the same rows, and the journal's replay.
//!
//! Through the library and not over HTTP: the write is measured, not the answer that follows it.

mod bare;
mod table;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use futures_util::future::try_join_all;
use kemitraan::access::{Access, Actor, Level, Permit, Write};
use kemitraan::db::{Database, Options};
use kemitraan::error::Error;
use kemitraan::journal::entity::head;
use kemitraan::nouns::milestones::entity::{MilestoneStatus, milestone};
use kemitraan::nouns::milestones::rules;
use kemitraan::seed::scale::{EXPANSION, NATIONAL};
use kemitraan::types::Clock;
use sea_orm::sqlx::{self, Executor as _, PgPool};
use sea_orm::{ColumnTrait as _, DatabaseConnection, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::Result;
use crate::data::Scale;
use crate::report::Machine;
use bare::Bare;
use table::{Replay, Sample};

#[derive(Debug, Args)]
pub struct Settings {
    /// The data: expansion or national
    #[arg(long, value_enum, default_value = "expansion")]
    scale: Scale,
    /// The seed of the data
    #[arg(long, default_value_t = 1)]
    rng_seed: u64,
    /// Rounds; in each, every side is measured in turn
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=50))]
    rounds: u32,
    /// How many times the journal is verified
    #[arg(long, default_value_t = 3)]
    replays: u32,
    /// Writes of one client in each measurement
    #[arg(long, default_value_t = 200)]
    alone: usize,
    /// Writes of many clients together
    #[arg(long, default_value_t = 800)]
    together: usize,
    /// How many clients many are
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// The page that the results are put into, between its markers; not written where it is not given
    #[arg(long)]
    page: Option<PathBuf>,
}

pub async fn run(settings: &Settings) -> Result<()> {
    let server = std::env::var("KEMITRAAN_TEST_POSTGRES")
        .map_err(|_| "KEMITRAAN_TEST_POSTGRES is not set: scripts/with-postgres.sh sets it")?;
    let admin = PgPool::connect(&server).await?;
    for name in ["fsync", "synchronous_commit", "full_page_writes"] {
        let show = sqlx::AssertSqlSafe(format!("SHOW {name}"));
        if sqlx::query_scalar::<_, String>(show).fetch_one(&admin).await? != "on" {
            return Err(format!("{name} is off on this server: a commit would not be one").into());
        }
    }
    let mut machine = Machine::look(&server, None).await?;
    println!("{machine}");
    let folder = std::env::temp_dir().join(format!("kemitraan-bench-writes-{}", std::process::id()));
    std::fs::create_dir(&folder)?;
    let name = format!("kemitraan_bench_writes_{}", std::process::id());
    admin.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))).await?;
    let base = server.rsplit_once('/').map_or(server.as_str(), |(base, _)| base);
    let urls = [
        ("PostgreSQL", format!("{base}/{name}")),
        ("SQLite", format!("sqlite://{}", folder.join("writes.db").display())),
    ];
    let measured = async {
        let (mut samples, mut replays) = (Vec::new(), Vec::new());
        for (database, url) in &urls {
            measure(settings, database, url, &folder, &mut samples, &mut replays).await?;
            machine.note_load();
        }
        Ok::<_, crate::Failure>((samples, replays))
    }
    .await;
    drop(std::fs::remove_dir_all(&folder));
    let sql = format!("DROP DATABASE {name} WITH (FORCE)");
    admin.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await?;
    let (samples, replays) = measured?;
    let text = table::markdown(settings, &machine, &samples, &replays);
    println!("\n{text}");
    if let Some(page) = &settings.page {
        table::write(page, &text)?;
        println!("written to {}", page.display());
    }
    Ok(())
}

/// Measures one database, and looks at what was written before anything of it is told.
async fn measure(
    settings: &Settings,
    database: &'static str,
    url: &str,
    folder: &Path,
    samples: &mut Vec<Sample>,
    replays: &mut Vec<Replay>,
) -> Result<()> {
    println!("\n== {database}: making the data");
    // No statement of a verification has to hurry.
    let options = Options { time_limit: Duration::from_secs(24 * 3600), ..Options::of(url) };
    let db = Database::connect(&options).await?;
    db.migrate().await?;
    let size = if settings.scale == Scale::National { NATIONAL } else { EXPANSION };
    kemitraan::seed::scale::fill(&db, size, settings.rng_seed, &mut |_, _| {}).await?;
    let access = Access::new(db.clone(), Clock::system(), 0);
    let (alone, many) = (Bare::connect(url, 1).await?, Bare::connect(url, settings.clients).await?);
    let all = startable(&alone.connection).await?;
    let mut expected = head(&alone.connection).await?.sequence;
    for round in 0..settings.rounds {
        // Each round begins with another side.
        for turn in 0..4 {
            let side = (turn + round as usize) % 4;
            let (is_ours, is_one) = (side.is_multiple_of(2), side < 2);
            let (clients, writes) =
                if is_one { (1, settings.alone) } else { (settings.clients, settings.together) };
            let rows = all.get(..writes).ok_or("the data has fewer milestones that can be started")?;
            let (rows, started) = (shares(rows, clients), Instant::now());
            let times = if is_ours {
                try_join_all(rows.into_iter().map(|rows| tokio::spawn(ours(access.clone(), rows)))).await?
            } else {
                let bare = if is_one { &alone } else { &many };
                let held = if is_one { Some(head(&bare.connection).await?) } else { None };
                let bare = Arc::new(bare.clone());
                let tasks = rows
                    .into_iter()
                    .map(|rows| tokio::spawn(bare::write_all(Arc::clone(&bare), held.clone(), rows)));
                try_join_all(tasks).await?
            };
            let seconds = started.elapsed().as_secs_f64();
            let times = times.into_iter().collect::<Result<Vec<_>>>()?.concat();
            samples.push(Sample { database, is_ours, clients, round, seconds, times });
            expected += writes as i64 + 1;
            give_back(&access, &all[..writes]).await?;
        }
        println!("{}", table::line(samples, database, settings.clients));
    }
    if head(&alone.connection).await?.sequence != expected {
        return Err(format!("{database}: not as many entries as writes").into());
    }
    for number in 0..settings.replays {
        let scratch = folder.join(format!("scratch-{database}-{number}.db"));
        let started = Instant::now();
        let report =
            access.verify_journal(&kemitraan::nouns::projections(), &scratch, None, &mut |_, _| {}).await?;
        let whole = started.elapsed();
        kemitraan::cli::remove_sqlite(&scratch);
        if !report.findings.is_empty() || report.head.sequence != expected {
            return Err(format!("{database}: what was written does not verify: {:?}", report.findings).into());
        }
        let replay = Replay {
            database,
            changes: report.changes,
            decoding: report.decoding,
            putting: report.putting,
            checked: report.checked,
            whole,
        };
        println!("{}", replay.line());
        replays.push(replay);
    }
    db.close().await;
    Ok(())
}

/// Milestones that can be started, as they are.
async fn startable(connection: &DatabaseConnection) -> Result<Vec<milestone::Model>> {
    let select = milestone::Entity::find().filter(milestone::Column::Status.eq(MilestoneStatus::Scheduled));
    Ok(select.order_by_asc(milestone::Column::Id).all(connection).await?)
}

async fn head(connection: &DatabaseConnection) -> Result<head::Model> {
    Ok(head::Entity::find().one(connection).await?.ok_or("the journal has no head")?)
}

/// Deals the rows out to clients.
fn shares(rows: &[milestone::Model], clients: usize) -> Vec<Vec<milestone::Model>> {
    (0..clients).map(|client| rows.iter().skip(client).step_by(clients).cloned().collect()).collect()
}

/// Starts each milestone as `milestoneStart` does; how long each took.
async fn ours(access: Access, rows: Vec<milestone::Model>) -> Result<Vec<Duration>> {
    let start = async |mut write: Write, (id, now): (uuid::Uuid, _)| {
        let row =
            write.hold::<milestone::Entity>(id).await?.ok_or_else(|| Error::not_found("a milestone"))?;
        let seats = [row.reporter];
        let permit = Permit::grant(write.actor(), "milestoneStart", row.id, &seats, Level::Officer)?;
        let started = rules::started(&row, now);
        write.update::<milestone::Entity>(&permit, &started).await?;
        write.done(&permit, None, started.version)
    };
    let mut times = Vec::with_capacity(rows.len());
    for row in rows {
        let begun = Instant::now();
        let request = access.clock().new_id().to_string();
        access.write(&Actor::seed(), Some(request), None, (row.id, access.clock().now()), start).await?;
        times.push(begun.elapsed());
    }
    Ok(times)
}

/// Puts the milestones back, so that they can be started again: one entry.
async fn give_back(access: &Access, rows: &[milestone::Model]) -> Result<()> {
    let actor = Actor::seed();
    let mut write = Write::begin(access, &actor, None).await?;
    let permit = Permit::grant(&actor, "milestoneStart", rows[0].id, &[], Level::Officer)?;
    for row in rows {
        write.update::<milestone::Entity>(&permit, row).await?;
    }
    write.append(&permit, None).await?.commit().await?;
    Ok(())
}
