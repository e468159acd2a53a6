//! The two databases behind one handle: a pool that reads, a pool that writes, and everything that SQLite and
//! PostgreSQL do differently.
//!
//! Reads run on connections that cannot write: SQLite files are opened read-only (sea-orm's access mode is
//! ignored there), PostgreSQL connections take a role that has SELECT alone, and default to read-only repeatable-read
//! transactions.

pub(crate) mod bulk;
mod connect;
mod expunge;
mod kept;
mod read_role;
mod scratch;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use migrations::MigratorTrait as _;
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode,
    TransactionOptions, TransactionTrait as _,
};

pub use connect::reading;
pub use read_role::parse as parse_role;
pub(crate) use scratch::{scratch, unfit};

use crate::error::{Error, Result};
use crate::types::Secret;
use connect::writing;
use kept::Kept;

/// How to reach the database, and within which bounds.
#[derive(Debug, Clone)]
pub struct Options {
    /// `sqlite://path/to/file.db` or `postgres://user:password@host/database`
    pub url: Secret,
    /// Whether a SQLite file that is not there is made; its folder is not.
    pub create: bool,
    /// At most so many connections read at once (SQLite: and no more than two for each core).
    pub read_connections: u32,
    /// At most so many connections write at once (PostgreSQL; SQLite has one writer).
    pub write_connections: u32,
    /// The database ends a read that takes longer.
    pub time_limit: Duration,
    /// The role that connections that read take (PostgreSQL).
    pub read_role: String,
}

/// The role's name, where no other is set.
pub const READ_ROLE: &str = "kemitraan_read";

impl Options {
    /// The defaults, for a URL.
    pub fn of(url: impl Into<String>) -> Self {
        let url: String = url.into();
        Self {
            url: url.into(),
            create: true,
            read_connections: 16,
            write_connections: 8,
            time_limit: Duration::from_secs(10),
            read_role: READ_ROLE.to_owned(),
        }
    }
}

/// The handle. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    read: DatabaseConnection,
    write: DatabaseConnection,
    read_role: Arc<str>,
    /// For single statements.
    kept: Arc<Kept>,
    statements: Arc<AtomicU64>,
}

/// A write waits so long for another's lock before it is refused as BUSY.
pub(crate) const LOCK_WAIT: Duration = Duration::from_secs(10);

/// SQLite's thread reads so many rows before it waits for whoever takes them.
const ROWS_AHEAD: usize = 1_024;

/// PostgreSQL's advisory lock under which migrations run; the number is arbitrary and ours.
const MIGRATION_LOCK: i64 = 0x6b65_6d69_7472_6161;

impl Database {
    /// Connects.
    pub async fn connect(options: &Options) -> Result<Self> {
        // Whoever reads the URL does so before we can say what is wrong with it, and says it with its password.
        let schemes = ["sqlite:", "postgres:", "postgresql:"];
        if !schemes.iter().any(|scheme| options.url.expose().starts_with(scheme)) {
            return Err(Error::internal(
                "the database's URL begins with neither sqlite:// nor postgres:// (--database)",
            ));
        }
        // The writing pool first: it makes the SQLite file and puts it in WAL mode.
        let started = Instant::now();
        let write = loop {
            match sea_orm::Database::connect(writing(options)).await {
                // Two that put a new file into WAL mode at once: SQLite refuses one of them without waiting.
                Err(error) if is_locked(&error) && started.elapsed() < LOCK_WAIT => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                connected => break connected.map_err(|error| unreachable(error, &options.url))?,
            }
        };
        let read = sea_orm::Database::connect(reading(options)).await;
        let read = read.map_err(|error| unreachable(error, &options.url))?;
        let read_role = options.read_role.as_str().into();
        Ok(Self { read, write, read_role, kept: Arc::default(), statements: Arc::default() })
    }

    pub fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DbBackend::Postgres
    }

    /// Statements sent so far by views and writes, transaction control aside, and what a view reads once where the journal's head
    /// has moved.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn statement_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.statements)
    }

    /// A read-only snapshot: what is read through it is true at one sequence of the journal.
    pub(crate) async fn snapshot(&self) -> Result<DatabaseTransaction> {
        // No connection is asked whether it is still there before it is used: its first statement tells, and one that is not
        // does not come back. At worst, after the server was started anew, all are tried.
        for _ in 0..self.readers() {
            match self.read.begin().await {
                Err(error) if matches!(error, DbErr::Query(_)) => {
                    tracing::debug!(%error, "a connection has ended")
                }
                begun => return Ok(begun?),
            }
        }
        Ok(self.read.begin().await?)
    }

    /// Connections that read and may have ended; SQLite's do not.
    fn readers(&self) -> u32 {
        if !self.is_postgres() {
            return 0;
        }
        self.read.get_postgres_connection_pool().options().get_max_connections()
    }

    /// A transaction that may write. On SQLite it holds the write lock from here on.
    pub(crate) async fn begin_write(&self) -> Result<DatabaseTransaction> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(self.write.begin_with_options(options).await?)
    }

    /// Brings the schema to the newest step; returns the names of the steps taken. One process at a time.
    pub async fn migrate(&self) -> Result<Vec<String>> {
        let tx = self.begin_migration().await?;
        let pending = migrations::Migrator::get_pending_migrations(&tx).await?;
        let names = pending.iter().map(|step| step.name().to_owned()).collect();
        migrations::Migrator::up(&tx, None).await?;
        if self.is_postgres() {
            read_role::ensure(&tx, &self.read_role).await?;
        }
        tx.commit().await?;
        Ok(names)
    }

    /// Takes every step back; all data is gone after it.
    pub async fn migrate_down(&self) -> Result<()> {
        let tx = self.begin_migration().await?;
        migrations::Migrator::down(&tx, None).await?;
        Ok(tx.commit().await?)
    }

    /// Whether every migration has been applied.
    pub async fn is_current(&self) -> Result<bool> {
        // By hand, for the library would make its table first, which a connection that reads may not.
        let applied = sea_orm::Statement::from_string(
            self.read.get_database_backend(),
            "SELECT version FROM seaql_migrations",
        );
        let Ok(snapshot) = self.snapshot().await else { return Ok(false) };
        let Ok(applied) = snapshot.query_all_raw(applied).await else { return Ok(false) };
        let applied =
            applied.iter().map(|row| row.try_get::<String>("", "version")).collect::<Result<Vec<_>, _>>()?;
        Ok(migrations::Migrator::migrations()
            .iter()
            .all(|step| applied.iter().any(|name| name == step.name())))
    }

    async fn begin_migration(&self) -> Result<DatabaseTransaction> {
        let tx = self.begin_write().await?;
        if self.is_postgres() {
            tx.execute_unprepared(&format!(
                "SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
            ))
            .await?;
        }
        migrations::Migrator::install(&tx).await?;
        Ok(tx)
    }

    /// Before very many rows: what SQLite has to touch of its indexes stays in memory, and is written out less often.
    pub(crate) async fn expect_many(&self) -> Result<()> {
        if !self.is_postgres() {
            let sql = "PRAGMA cache_size = -131072; PRAGMA wal_autocheckpoint = 16384";
            self.write.execute_unprepared(sql).await?;
        }
        Ok(())
    }

    /// After very many rows: what the database does by itself in time, done now.
    pub(crate) async fn settle(&self) -> Result<()> {
        let sql = if self.is_postgres() { "VACUUM (ANALYZE)" } else { "PRAGMA wal_checkpoint(TRUNCATE)" };
        self.write.execute_unprepared(sql).await?;
        Ok(())
    }

    /// Closes all connections.
    pub async fn close(self) {
        self.kept.close().await;
        if let Err(error) = self.read.close().await.and(self.write.close().await) {
            tracing::warn!(%error, "the database did not close cleanly");
        }
    }
}

/// Whether the database itself has said no, so that nothing stays of the transaction; else nobody knows.
pub(crate) fn is_refusal(error: &DbErr) -> bool {
    use sea_orm::{RuntimeErr, sqlx};
    let (DbErr::Exec(RuntimeErr::SqlxError(error))
    | DbErr::Query(RuntimeErr::SqlxError(error))
    | DbErr::Conn(RuntimeErr::SqlxError(error))) = error
    else {
        return false;
    };
    matches!(**error, sqlx::Error::Database(_))
}

/// SQLite's number for a database that another connection has locked.
fn is_locked(error: &DbErr) -> bool {
    error.to_string().contains("(code: 5)")
}

/// The URL, which may hold a password, is not told.
fn unreachable(error: DbErr, url: &Secret) -> Error {
    let error = error.to_string().replace(url.expose(), "(the URL)");
    // SQLite's number for a file, or its folder, that is not there.
    if error.contains("(code: 14)") {
        return Error::internal(
            "there is no such SQLite file, or it cannot be opened: `kemitraan migrate` makes it, in a folder that exists",
        );
    }
    Error::internal(format!("the database cannot be reached: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    /// A database of its own on each of the two; PostgreSQL's only has to be there, nothing is put into it.
    async fn both(limit: Duration) -> Vec<(Database, &'static str)> {
        let file = std::env::temp_dir().join(format!("kemitraan-db-{}.db", uuid::Uuid::now_v7()));
        let postgres =
            std::env::var("KEMITRAAN_TEST_POSTGRES").expect("`make test` starts a PostgreSQL and names it");
        let mut databases = Vec::new();
        for (url, endless) in [
            (
                format!("sqlite://{}", file.display()),
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
            ),
            (postgres, "SELECT pg_sleep(60)"),
        ] {
            let options = Options { time_limit: limit, read_connections: 1, ..Options::of(url) };
            let db = Database::connect(&options).await.unwrap();
            if db.is_postgres() {
                // Another test may be making it just now; that it is there is all that these two need.
                db.write.execute_unprepared(&format!("CREATE ROLE {READ_ROLE} NOLOGIN")).await.ok();
            }
            databases.push((db, endless));
        }
        databases
    }

    #[tokio::test]
    async fn the_database_ends_a_read_at_the_time_limit() {
        for (db, endless) in both(Duration::from_millis(300)).await {
            // Twice on the one connection: the second has a deadline of its own.
            for _ in 0..2 {
                let tx = db.snapshot().await.unwrap();
                let statement = sea_orm::Statement::from_string(tx.get_database_backend(), endless);
                let error = Error::from(tx.query_one_raw(statement).await.unwrap_err());
                assert_eq!(error.code(), Code::Timeout, "{}", error.describe());
            }
            let tx = db.snapshot().await.unwrap();
            let quick = sea_orm::Statement::from_string(tx.get_database_backend(), "SELECT 1");
            assert!(tx.query_one_raw(quick).await.unwrap().is_some());
        }
    }

    #[tokio::test]
    async fn what_is_read_is_not_compiled_first() {
        for (db, _) in both(Duration::from_secs(5)).await.into_iter().filter(|(db, _)| db.is_postgres()) {
            let tx = db.snapshot().await.unwrap();
            let show = sea_orm::Statement::from_string(tx.get_database_backend(), "SHOW jit");
            let row = tx.query_one_raw(show).await.unwrap().unwrap();
            assert_eq!(row.try_get_by_index::<String>(0).unwrap(), "off");
        }
    }

    #[tokio::test]
    async fn a_connection_that_reads_cannot_write() {
        for (db, _) in both(Duration::from_secs(5)).await {
            let make = "CREATE TABLE kemitraan_wall (id integer)";
            let tx = db.snapshot().await.unwrap();
            let error = tx.execute_unprepared(make).await.unwrap_err().to_string();
            assert!(error.contains("read-only") || error.contains("readonly"), "{error}");
            drop(tx);
            // The same statement, where writing is allowed.
            let tx = db.begin_write().await.unwrap();
            tx.execute_unprepared(make).await.unwrap();
            tx.rollback().await.unwrap();
        }
    }
}
