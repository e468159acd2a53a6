//! The command line, and what each command does.
#![expect(clippy::print_stdout, reason = "what a command answers goes to the terminal")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};
use tokio::signal::unix::{Signal, SignalKind};

use crate::access::{self, Access, ReadLog, Role};
use crate::api::answers::Answers;
use crate::api::budgets::Budgets;
use crate::api::persisted::Persisted;
use crate::api::{self, execute::App, gates::Gates};
use crate::auth::{self, Keys, Verifier};
use crate::config::{
    AccessSettings, DatabaseSettings, EvidenceSettings, KeySettings, LimitSettings, ListenSettings,
    OidcSettings, RetentionSettings,
};
use crate::db::{Database, Options};
use crate::error::{Error, Result};
use crate::files::{self, Files};
use crate::nouns::access_table;
use crate::nouns::contacts::retention;
use crate::nouns::evidence::uploads;
use crate::types::Clock;
use crate::{demo, seed};

mod log;
mod progress;
mod tokens;
mod verify;

pub use log::log_filter;

use progress::Progress;

/// The tracker of the partnerships of one memorandum: a role-based GraphQL API over a provable journal.
#[derive(Debug, Parser)]
#[command(name = "kemitraan", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// What is logged, to standard error: `error`, `warn`, `info`, `debug`, or by module; by default `info`
    /// where the API is served by `serve`, else `warn`
    #[arg(long, global = true, env = "KEMITRAAN_LOG")]
    log: Option<String>,
}

#[derive(Debug, Subcommand)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in the program's life")]
enum Command {
    /// Serves the pilot from a SQLite file, with a token for each role on the screen
    Demo(demo::Settings),
    /// Serves the API
    Serve {
        #[command(flatten)]
        database: DatabaseSettings,
        #[command(flatten)]
        keys: KeySettings,
        #[command(flatten)]
        listen: ListenSettings,
        #[command(flatten)]
        limits: LimitSettings,
        #[command(flatten)]
        access: AccessSettings,
        #[command(flatten)]
        evidence: EvidenceSettings,
        #[command(flatten)]
        retention: RetentionSettings,
        #[command(flatten)]
        oidc: OidcSettings,
    },
    /// Brings the database's schema to this program's; safe to run from several places at once
    Migrate {
        #[command(flatten)]
        database: DatabaseSettings,
    },
    /// Fills an empty database
    Seed {
        #[command(flatten)]
        database: DatabaseSettings,
        #[command(flatten)]
        evidence: EvidenceSettings,
        /// With what
        #[arg(long, value_enum, default_value_t = Scale::Pilot)]
        scale: Scale,
        /// Where the made-up data comes from: the same number gives the same data (expansion and national; 1 without it)
        #[arg(long)]
        rng_seed: Option<u64>,
    },
    /// Access tokens
    Token {
        #[command(subcommand)]
        command: tokens::Command,
    },
    /// Signing keys
    Key {
        #[command(subcommand)]
        command: KeyCommand,
    },
    /// The journal
    Journal {
        #[command(subcommand)]
        command: JournalCommand,
    },
    /// The files of evidence
    Evidence {
        #[command(subcommand)]
        command: EvidenceCommand,
    },
    /// How long personal data is kept
    Retention {
        #[command(subcommand)]
        command: RetentionCommand,
    },
    /// Prints the whole GraphQL schema, with the roles that reach each field; or that of one role
    Schema {
        /// KEMENKOPUKM, KEMENPERIN, KEMENBUMN, BUMN, AUDITOR or ADMIN
        #[arg(long, value_parser = role)]
        role: Option<Role>,
    },
    /// Prints who reaches what, as a page of Markdown
    Access,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Scale {
    /// The nine partnerships of 2021
    Pilot,
    /// 17 BUMN and 630 partners in 420 partnerships, all made up
    Expansion,
    /// 100 organisations, 30,000 partners and as many partnerships, all made up; takes minutes and gigabytes
    National,
}

#[derive(Debug, Subcommand)]
enum KeyCommand {
    /// Makes a new signing key, which signs from the next start on; prints its kid
    New {
        #[command(flatten)]
        keys: KeySettings,
    },
}

#[derive(Debug, Subcommand)]
enum JournalCommand {
    /// Verifies the chain, and every row against a replay of it; exit status 1 where anything was tampered with
    Verify(verify::Settings),
}

#[derive(Debug, Subcommand)]
enum EvidenceCommand {
    /// Removes what was sent and not attached within a week, and files that nothing refers to; while others serve as well
    Sweep {
        #[command(flatten)]
        database: DatabaseSettings,
        #[command(flatten)]
        store: EvidenceSettings,
    },
}

#[derive(Debug, Subcommand)]
enum RetentionCommand {
    /// Erases what is not to be kept any longer, as `serve` does each day; while others serve as well
    Apply {
        #[command(flatten)]
        database: DatabaseSettings,
        #[command(flatten)]
        retention: RetentionSettings,
    },
}

/// How often a server looks whether another day has begun.
const EACH_MINUTE: Duration = Duration::from_secs(60);

/// No statement of a command has to hurry as one of a request does.
const NO_HURRY: Duration = Duration::from_secs(24 * 3600);

impl Cli {
    /// Runs the command; `false` where it found something wrong.
    pub async fn run(self) -> Result<bool> {
        let quiet = !matches!(self.command, Command::Serve { .. });
        log::start(self.log.as_deref().unwrap_or(if quiet { "warn" } else { "info" }), quiet)?;
        let clock = Clock::system();
        match self.command {
            Command::Demo(settings) => demo::run(&settings, &clock).await?,
            Command::Serve { database, keys, listen, limits, access, evidence, retention, oidc } => {
                let db = connect(&database.options(limits.time())).await?;
                let files = evidence.open(&database)?;
                files::check_writable(&files).await?;
                let mut app = app(db, files, &keys, limits, &access, &clock)?;
                app.verifier = app.verifier.trusting(oidc.open(&keys.issuer, &clock).await?);
                let listener = listen_on(&listen).await?;
                record_access(&app).await?;
                let address = listener.local_addr().map_err(Error::internal)?;
                let stop = Stop::listen()?;
                tracing::info!(%address, "listening");
                let days = retention.retention_contact_days;
                let daily = tokio::spawn(retention::daily(app.access.clone(), days, EACH_MINUTE));
                serve(listener, app, stop).await?;
                daily.abort();
            }
            Command::Migrate { database } => {
                let db = Database::connect(&Options { create: true, ..database.options(NO_HURRY) }).await?;
                for name in db.migrate().await? {
                    println!("{name}");
                }
                db.close().await;
            }
            Command::Seed { database, evidence, scale, rng_seed } => {
                seed_database(&database, &evidence, scale, rng_seed, &clock).await?;
            }
            Command::Token { command } => command.run(&clock).await?,
            Command::Key { command: KeyCommand::New { keys } } => {
                println!("{}", auth::new_key(&keys.keys, &clock)?)
            }
            Command::Journal { command: JournalCommand::Verify(what) } => return verify::run(&what).await,
            Command::Evidence { command: EvidenceCommand::Sweep { database, store } } => {
                let db = connect(&database.options(NO_HURRY)).await?;
                let access = Access::new(db.clone(), clock.clone(), 0);
                let swept = uploads::sweep(&access, &store.open(&database)?, clock.now()).await?;
                db.close().await;
                println!("removed: {swept}");
            }
            Command::Retention { command: RetentionCommand::Apply { database, retention } } => {
                let db = connect(&database.options(NO_HURRY)).await?;
                let access = Access::new(db.clone(), clock.clone(), 0);
                let partners = retention::apply(&access, retention.retention_contact_days).await;
                let gone = access.expunge_wholly().await;
                db.close().await;
                println!("erased: the contacts of {} partners", partners?);
                gone?;
            }
            Command::Schema { role: None } => print!("{}", api::annotated_sdl()?),
            Command::Schema { role: Some(role) } => print!("{}", api::role_sdl(role)?),
            Command::Access => print!("{}", access::table::page()),
        }
        Ok(true)
    }
}

/// Connects to a database that has this program's schema.
async fn connect(options: &Options) -> Result<Database> {
    let db = Database::connect(options).await?;
    if !db.is_current().await? {
        return Err(Error::internal("the database is not migrated: run `kemitraan migrate` first"));
    }
    Ok(db)
}

/// Everything that the API serves with.
pub fn app(
    db: Database,
    files: Files,
    keys: &KeySettings,
    limits: LimitSettings,
    settings: &AccessSettings,
    clock: &Clock,
) -> Result<App> {
    let signing = Arc::new(Keys::load(&keys.keys, clock)?);
    let access = Access::new(db.clone(), clock.clone(), settings.grace_days)
        .with_registered_tokens(settings.require_registered_tokens);
    let reads = ReadLog::start(&access, ReadLog::ROOM, ReadLog::WAIT)?;
    Ok(App {
        verifier: Verifier::new(signing, &keys.issuer, access.clone()),
        db,
        access,
        clock: clock.clone(),
        rules: settings.rules,
        gates: Arc::new(Gates::new(&api::sdl()?, settings.document_cache)?),
        schema: api::schema(),
        persisted: Arc::new(Persisted::new(settings.document_cache * 4)?),
        answers: Arc::new(Answers::new(settings.answer_cache, &api::annotated_sdl()?)?),
        budgets: Arc::new(Budgets::new(&limits.budgets, clock)),
        origins: settings.cors_origins.as_slice().into(),
        limits: Arc::new(limits),
        files,
        reads,
    })
}

/// Records the access table in the journal, where it is another than the last one that was enforced.
pub async fn record_access(app: &App) -> Result<()> {
    if let Some(written) = access_table::store::record(&app.access).await? {
        tracing::info!(sequence = written.sequence, "another access table than before was recorded");
    }
    Ok(())
}

/// A role by its name, in capital letters or small.
fn role(text: &str) -> Result<Role, String> {
    text.to_uppercase().parse()
}

pub async fn listen_on(settings: &ListenSettings) -> Result<tokio::net::TcpListener> {
    let address = settings.listen;
    tokio::net::TcpListener::bind(address).await.map_err(|error| {
        Error::internal(format!("cannot listen on {address}: {error} (--listen takes another)"))
    })
}

/// The signals that end a server.
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// Listens from here on: whoever is told that it serves may end it at once.
    pub fn listen() -> Result<Self> {
        let signal = |kind| tokio::signal::unix::signal(kind).map_err(Error::internal);
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn called(mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        tracing::info!("stopping");
    }
}

/// Serves until Ctrl-C or SIGTERM, then lets the requests under way end.
pub async fn serve(listener: tokio::net::TcpListener, app: App, stop: Stop) -> Result<()> {
    log::panics();
    let (db, verifier, reads, limits) =
        (app.db.clone(), app.verifier.clone(), app.reads.clone(), Arc::clone(&app.limits));
    let router = api::router::router(app);
    api::connections::serve(listener, router, &limits.connections, stop.called()).await?;
    verifier.write_uses().await;
    if let Err(error) = reads.flush().await {
        tracing::error!(cause = error.describe(), "the end of the read log is lost");
    }
    db.close().await;
    Ok(())
}

async fn seed_database(
    database: &DatabaseSettings,
    evidence: &EvidenceSettings,
    scale: Scale,
    number: Option<u64>,
    clock: &Clock,
) -> Result<()> {
    let size = match scale {
        Scale::Pilot if number.is_some() => {
            return Err(Error::internal("--rng-seed: nothing of the pilot is left to chance"));
        }
        Scale::Pilot => None,
        Scale::Expansion => Some(seed::scale::EXPANSION),
        Scale::National => Some(seed::scale::NATIONAL),
    };
    let db = connect(&database.options(NO_HURRY)).await?;
    match size {
        None => seed::pilot(&db, &evidence.open(database)?, clock.today()).await?,
        Some(size) => {
            let mut progress = Progress::of("partnerships", size.partnerships.div_ceil(10) as u64)?;
            let mut tell = |done, all| progress.tell(done, all);
            seed::scale::fill(&db, size, number.unwrap_or(1), &mut tell).await?;
            progress.finish();
        }
    }
    db.close().await;
    Ok(())
}

/// Removes a SQLite file and those that it keeps beside it.
pub fn remove_sqlite(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        // Not there is as good as removed; a file that stays makes whoever opens it next complain.
        drop(std::fs::remove_file(name));
    }
}
