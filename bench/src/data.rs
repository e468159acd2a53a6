//! The data that is measured on, the same rows in both databases: the pilot is made in PostgreSQL and copied from there into a
//! SQLite file; greater ones are made from one seed in each.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;
use futures_util::TryStreamExt as _;
use sea_orm::sqlx::postgres::{PgPoolOptions, PgRow};
use sea_orm::sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqlitePoolOptions};
use sea_orm::sqlx::{self, Executor as _, PgPool, Row as _};
use serde::Serialize;
use uuid::Uuid;

use crate::Result;
use crate::process::{output, parent_of};

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// The nine partnerships of 2021
    Pilot,
    /// The pilot, each partnership with 69 copies that are not in the journal: 630
    Copies,
    /// `kemitraan seed --scale expansion`
    Expansion,
    /// `kemitraan seed --scale national`
    National,
}

impl Scale {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pilot => "pilot",
            Self::Copies => "copies",
            Self::Expansion => "expansion",
            Self::National => "national",
        }
    }
}

pub struct Data {
    pub scale: Scale,
    pub pool: PgPool,
    pub postgres: String,
    pub sqlite: PathBuf,
    pub keys: PathBuf,
    pub token: String,
    /// How many rows there are of what.
    pub rows: Vec<(&'static str, i64)>,
}

impl Data {
    /// `server` is the URL of a database of a server that databases can be made on.
    pub async fn make(
        scale: Scale,
        seed: u64,
        kemitraan: &Path,
        server: &str,
        folder: &Path,
    ) -> Result<Self> {
        let name = format!("kemitraan_bench_{}_{}", scale.name(), std::process::id());
        let (base, _) = server.rsplit_once('/').ok_or("the URL of the server names no database")?;
        let postgres = format!("{base}/{name}");
        let admin = PgPool::connect(server).await?;
        admin.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))).await?;
        admin.close().await;

        let run = |arguments: &[&str], database: &str| {
            output(Command::new(kemitraan).args(arguments).args(["--database", database]))
        };
        run(&["migrate"], &postgres)?;
        let seed = seed.to_string();
        let put = |database: &str| match scale {
            Scale::Pilot | Scale::Copies => run(&["seed", "--scale", "pilot"], database),
            other => run(&["seed", "--scale", other.name(), "--rng-seed", &seed], database),
        };
        put(&postgres)?;
        let pool = PgPoolOptions::new().max_connections(2).connect(&postgres).await?;
        if scale == Scale::Copies {
            let sql = include_str!("../copies.sql").replace(":copies", "69");
            pool.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await?;
        }
        pool.execute(sqlx::raw_sql(include_str!("../peers/postgraphile.sql"))).await?;
        pool.execute("VACUUM ANALYZE").await?;

        let sqlite = folder.join(format!("{}.db", scale.name()));
        let url = format!("sqlite://{}", sqlite.display());
        run(&["migrate"], &url)?;
        if matches!(scale, Scale::Pilot | Scale::Copies) {
            copy(&pool, &sqlite).await?;
        } else {
            // From the same seed come the same rows; equal JSON is asked of them before anything is measured.
            put(&url)?;
        }

        let keys = folder.join("keys");
        let token = output(
            Command::new(kemitraan)
                .args([
                    "token",
                    "issue",
                    "--role",
                    "KEMENBUMN",
                    "--organisation",
                    "KEMENBUMN",
                    "--level",
                    // For whom something waits: the worklist of a VIEWER is empty.
                    "APPROVER",
                    "--keys",
                ])
                .arg(&keys),
        )?;
        let mut rows = Vec::new();
        for table in ["organisation", "partner", "partnership", "milestone", "outcome", "journal_entry"] {
            let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            rows.push((table, sqlx::query_scalar(sql).fetch_one(&pool).await?));
        }
        Ok(Self { scale, pool, postgres, sqlite, keys, token, rows })
    }

    pub fn sqlite_url(&self) -> String {
        format!("sqlite://{}", self.sqlite.display())
    }

    /// PostgreSQL's own process, whose children serve; none where it runs on another machine.
    pub async fn postmaster(&self) -> Result<Option<u32>> {
        let pid = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()").fetch_one(&self.pool).await?;
        Ok(parent_of(pid.try_into()?))
    }

    /// Removes the data, once every side has ended.
    pub async fn drop(self, server: &str) -> Result<()> {
        self.pool.close().await;
        let name = self.postgres.rsplit_once('/').map_or("", |(_, name)| name);
        let admin = PgPool::connect(server).await?;
        let sql = format!("DROP DATABASE {name} WITH (FORCE)");
        admin.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(sql))).await?;
        admin.close().await;
        kemitraan::cli::remove_sqlite(&self.sqlite);
        Ok(())
    }
}

/// Copies every row of every table that both databases have.
async fn copy(from: &PgPool, to: &Path) -> Result<()> {
    let options = SqliteConnectOptions::new().filename(to).foreign_keys(false);
    let to = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let mut tx = to.begin().await?;
    // What the database does by itself to a row that comes was done to it already.
    let triggers =
        sqlx::query_as::<_, (String, String)>("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'");
    let triggers = triggers.fetch_all(&mut *tx).await?;
    for (name, _) in &triggers {
        tx.execute(sqlx::AssertSqlSafe(format!("DROP TRIGGER \"{name}\""))).await?;
    }
    let known = sqlx::query_scalar::<_, String>("SELECT name FROM sqlite_master WHERE type = 'table'");
    let known = known.fetch_all(&mut *tx).await?;
    let tables = sqlx::query_scalar::<_, String>(
        "SELECT table_name::text FROM information_schema.tables
          WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'seaql_migrations'",
    );
    for table in tables.fetch_all(from).await?.into_iter().filter(|table| known.contains(table)) {
        let columns = sqlx::query_as::<_, (String, String)>(
            "SELECT column_name::text, udt_name::text FROM information_schema.columns
              WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position",
        );
        let columns = columns.bind(&table).fetch_all(from).await?;
        let names = columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        let places = vec!["?"; columns.len()].join(", ");
        let insert = format!("INSERT INTO \"{table}\" ({names}) VALUES ({places})");
        let clear = sqlx::AssertSqlSafe(format!("DELETE FROM \"{table}\""));
        sqlx::query(clear).execute(&mut *tx).await?;
        let select = sqlx::AssertSqlSafe(format!("SELECT {names} FROM \"{table}\""));
        let mut rows = sqlx::query(select).fetch(from);
        while let Some(row) = rows.try_next().await? {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(insert.clone()));
            for (at, (_, kind)) in columns.iter().enumerate() {
                query = bind(query, &row, at, kind)?;
            }
            query.execute(&mut *tx).await?;
        }
    }
    for (_, sql) in triggers {
        tx.execute(sqlx::AssertSqlSafe(sql)).await?;
    }
    tx.commit().await?;
    // What is left in the log is put into the file, where readers find it at once.
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&to).await?;
    to.close().await;
    Ok(())
}

type Insert<'q> = sqlx::query::Query<'q, sqlx::Sqlite, SqliteArguments>;

/// A value of PostgreSQL, as SQLite has the same.
fn bind<'q>(query: Insert<'q>, row: &PgRow, at: usize, kind: &str) -> Result<Insert<'q>> {
    Ok(match kind {
        "uuid" => query.bind(row.try_get::<Option<Uuid>, _>(at)?.map(|id| id.into_bytes().to_vec())),
        "date" => query.bind(row.try_get::<Option<chrono::NaiveDate>, _>(at)?.map(|day| day.to_string())),
        "bool" => query.bind(row.try_get::<Option<bool>, _>(at)?.map(i64::from)),
        "int4" => query.bind(row.try_get::<Option<i32>, _>(at)?),
        "int8" => query.bind(row.try_get::<Option<i64>, _>(at)?),
        "bytea" => query.bind(row.try_get::<Option<Vec<u8>>, _>(at)?),
        "text" | "varchar" => query.bind(row.try_get::<Option<String>, _>(at)?),
        other => return Err(format!("a column of type {other} is not known how to copy").into()),
    })
}
