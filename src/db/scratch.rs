//! The empty database that a journal is replayed into.

use std::path::Path;
use std::sync::Arc;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use super::{Database, READ_ROLE, ROWS_AHEAD, unreachable};
use crate::error::Result;
use crate::types::Secret;

/// An empty SQLite file with this program's schema, to replay the journal into: fast, and nobody's but the caller's.
pub(crate) async fn scratch(file: &Path) -> Result<DatabaseConnection> {
    let url = Secret::from(format!("sqlite://{}", file.display()));
    let mut connect = ConnectOptions::new(url.expose());
    connect.max_connections(1).sqlx_logging(false);
    // Nobody else opens the file, and nobody wants it after a crash.
    connect.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(false)
            .journal_mode(SqliteJournalMode::Memory)
            .synchronous(SqliteSynchronous::Off)
            .pragma("cache_size", "-32768")
            // Each row is checked once, when all are there: see `unfit`.
            .pragma("ignore_check_constraints", "ON")
            // Each noun has a statement for each power of two of its rows: all stay prepared.
            .statement_cache_capacity(512)
            .row_buffer_size(ROWS_AHEAD)
    });
    let write = sea_orm::Database::connect(connect).await.map_err(|error| unreachable(error, &url))?;
    let (read, read_role, statements) = (write.clone(), READ_ROLE.into(), Arc::default());
    let db = Database { read, write, read_role, kept: Arc::default(), statements };
    db.migrate().await?;
    let write = &db.write;
    // What only makes reading quicker: tallies are counted anew of the live rows. Indexes that keep values unique stay.
    for sql in [
        "SELECT 'DROP TRIGGER \"' || name || '\"' AS sql FROM sqlite_master WHERE type = 'trigger'",
        "SELECT 'DROP INDEX \"' || name || '\"' AS sql FROM sqlite_master
         WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'",
        "SELECT 'ALTER TABLE \"' || made.name || '\" DROP COLUMN \"' || kept.name || '\"' AS sql
         FROM sqlite_master AS made, pragma_table_xinfo(made.name) AS kept
         WHERE made.type = 'table' AND kept.hidden = 2",
    ] {
        for row in write.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await? {
            write.execute_unprepared(&row.try_get::<String>("", "sql")?).await?;
        }
    }
    Ok(db.write)
}

/// What rows that were replayed are not what their tables ask of them: a line each, naming the table, so many at most. Of a row
/// that the journal changes many times only its last image is put at last, so checking at the end is less work than with
/// each image.
pub(crate) async fn unfit(replayed: &DatabaseConnection, most: usize) -> Result<Vec<String>> {
    replayed.execute_unprepared("PRAGMA ignore_check_constraints = OFF").await?;
    let check = Statement::from_string(DbBackend::Sqlite, format!("PRAGMA quick_check({most})"));
    let mut unfit = Vec::new();
    for row in replayed.query_all_raw(check).await? {
        unfit.push(row.try_get_by_index::<String>(0)?);
    }
    unfit.retain(|line| line != "ok");
    Ok(unfit)
}
