//! How connections are made.

use std::time::{Duration, Instant};

use sea_orm::ConnectOptions;
use sea_orm::sqlx::sqlite::{SqliteConnection, SqliteJournalMode};

use super::{LOCK_WAIT, Options, ROWS_AHEAD};

/// A connection that writes and was idle for longer is asked whether it is still there, before it is used again.
const IDLE: Duration = Duration::from_secs(1);

/// How many connections read of SQLite, at most. They read in this process, and each has a thread, pages and statements of its own, some
/// 3 MiB: more of them than the processor can run only cost memory. One more, so that what takes long does not hold up all else.
fn sqlite_readers() -> u32 {
    cores().saturating_add(1)
}

fn cores() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| u32::try_from(cores.get()).unwrap_or(u32::MAX))
}

fn common(options: &Options) -> ConnectOptions {
    let mut connect = ConnectOptions::new(options.url.expose());
    connect.sqlx_logging(false).acquire_timeout(LOCK_WAIT);
    connect
}

pub(super) fn writing(options: &Options) -> ConnectOptions {
    let mut connect = common(options);
    let sqlite = options.url.expose().starts_with("sqlite:");
    connect.max_connections(if sqlite { 1 } else { options.write_connections });
    connect.test_before_acquire_if_idle_for(IDLE);
    let create = options.create;
    connect.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .foreign_keys(true)
            .busy_timeout(LOCK_WAIT)
            .row_buffer_size(ROWS_AHEAD)
            // What is deleted is overwritten: see `expunge`.
            .pragma("secure_delete", "ON")
    });
    connect.map_sqlx_postgres_opts(|postgres| {
        postgres.application_name("kemitraan-write").options([
            ("lock_timeout", format!("{}ms", LOCK_WAIT.as_millis())),
            ("idle_in_transaction_session_timeout", "60s".to_owned()),
        ])
    });
    connect
}

/// How connections that read are made. Lazily: on PostgreSQL the role that they take is made by the first migration.
pub fn reading(options: &Options) -> ConnectOptions {
    let mut connect = common(options);
    let connections = if options.url.expose().starts_with("sqlite:") {
        options.read_connections.min(sqlite_readers())
    } else {
        options.read_connections
    };
    connect.max_connections(connections).connect_lazy(true).test_before_acquire(false);
    let role = options.read_role.clone();
    let limit = options.time_limit;
    connect.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .read_only(true)
            .busy_timeout(LOCK_WAIT)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("query_only", "on")
            .pragma("cache_size", "-2048")
    });
    // SQLite has no statement timeout: each time a connection is taken, its progress handler gets a deadline.
    connect.map_sqlx_sqlite_pool_opts(move |pool| {
        pool.after_connect(move |connection, _| Box::pin(set_deadline(connection, limit)))
    });
    connect.map_sqlx_sqlite_before_acquire(move |connection, _| {
        Box::pin(async move { set_deadline(connection, limit).await.map(|()| true) })
    });
    connect.map_sqlx_postgres_opts(move |postgres| {
        postgres.application_name("kemitraan-read").options([
            ("role", role.clone()),
            ("default_transaction_isolation", "repeatable read".to_owned()),
            ("default_transaction_read_only", "on".to_owned()),
            ("statement_timeout", format!("{}ms", limit.as_millis())),
            // To compile a statement takes a third of a second, and each runs once or for a few milliseconds.
            ("jit", "off".to_owned()),
            // Its default is of drives that turn. By it, tallies of a country were read whole for six organisations' cells.
            ("random_page_cost", "1.1".to_owned()),
            ("idle_in_transaction_session_timeout", format!("{}ms", 2 * limit.as_millis())),
        ])
    });
    connect
}

async fn set_deadline(
    connection: &mut SqliteConnection,
    limit: Duration,
) -> Result<(), sea_orm::sqlx::Error> {
    let deadline = Instant::now() + limit;
    // Called every 100,000 instructions of SQLite's machine: about each millisecond of work.
    connection.lock_handle().await?.set_progress_handler(100_000, move || Instant::now() < deadline);
    Ok(())
}
