//! The empty database that a journal is replayed into.

use std::path::Path;
use std::sync::Arc;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, Statement};

use super::{Database, READ_ROLE, ROWS_AHEAD, unreachable};
use crate::error::Result;

/// An empty SQLite file with this program's schema, to replay the journal into: fast, and nobody's but the caller's.
pub(crate) async fn scratch(file: &Path) -> Result<DatabaseConnection> {
    let mut connect = ConnectOptions::new(format!("sqlite://{}", file.display()));
    connect.max_connections(1).sqlx_logging(false);
    // Nobody else opens the file, and nobody wants it after a crash.
    connect.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .foreign_keys(false)
            .journal_mode(SqliteJournalMode::Memory)
            .synchronous(SqliteSynchronous::Off)
            .pragma("cache_size", "-32768")
            .row_buffer_size(ROWS_AHEAD)
    });
    let write = sea_orm::Database::connect(connect).await.map_err(unreachable)?;
    let (read, read_role, statements) = (write.clone(), READ_ROLE.into(), Arc::default());
    let db = Database { read, write, read_role, kept: Arc::default(), statements };
    db.migrate().await?;
    lighten(&db.write).await?;
    Ok(db.write)
}

/// Takes away what only makes reading quicker; all checks stay, and what they keep unique. Tallies are counted anew of the
/// live rows.
async fn lighten(write: &DatabaseConnection) -> Result<()> {
    for sql in [
        "SELECT 'DROP TRIGGER \"' || name || '\"' AS sql FROM sqlite_master WHERE type = 'trigger'",
        "SELECT 'DROP INDEX \"' || name || '\"' AS sql FROM sqlite_master
         WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'",
        "SELECT 'ALTER TABLE \"' || made.name || '\" DROP COLUMN \"' || kept.name || '\"' AS sql
         FROM sqlite_master AS made, pragma_table_xinfo(made.name) AS kept
         WHERE made.type = 'table' AND kept.hidden = 2",
    ] {
        for sql in texts(write, sql).await? {
            write.execute_unprepared(&sql).await?;
        }
    }
    // What a table's rows are kept unique by besides goes with the table.
    let indexes =
        texts(write, "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").await?;
    let keyed = "FROM sqlite_master AS made, pragma_table_info(made.name) AS kept
         WHERE made.type = 'table' AND kept.name = 'id' AND kept.pk = 1 ORDER BY made.name";
    let tables = texts(write, &format!("SELECT made.sql AS sql {keyed}")).await?;
    let drops = texts(write, &format!("SELECT 'DROP TABLE \"' || made.name || '\"' AS sql {keyed}")).await?;
    for sql in drops.into_iter().chain(tables.iter().map(|sql| by_key(sql))) {
        write.execute_unprepared(&sql).await?;
    }
    let there =
        texts(write, "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").await?;
    for sql in indexes.iter().filter(|sql| !there.contains(sql)) {
        write.execute_unprepared(sql).await?;
    }
    Ok(())
}

async fn texts(from: &DatabaseConnection, sql: &str) -> Result<Vec<String>> {
    let rows = from.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?;
    Ok(rows.iter().map(|row| row.try_get("", "sql")).collect::<Result<_, _>>()?)
}

/// The same table kept as one tree by its key, instead of as one by row numbers and an index for the key. What is unique
/// together with the key (the live tables' foreign keys want that said) is so by the key alone: it needs no index either.
fn by_key(table: &str) -> String {
    let mut made = String::new();
    let mut rest = table;
    while let Some((before, implied)) = rest.split_once("UNIQUE (id, ") {
        made.push_str(before);
        // With the comma that parts it from what follows, which the checks always do.
        rest = implied.split_once(')').map_or("", |(_, after)| after.trim_start_matches(','));
    }
    made + rest.trim_end() + ", WITHOUT ROWID"
}
