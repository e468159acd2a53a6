//! A connection that is kept for a statement which is sent over and over. A pool asks a connection whether it lives, each
//! time before it gives it out and after it has come back: for a small statement that is most of the way to the database.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use sea_orm::sqlx::{self, Connection as _, PgConnection, SqliteConnection};
use sea_orm::{ConnAcquireErr, DatabaseConnection, DbErr, QueryResult, RuntimeErr};
use tokio::sync::Mutex;

use super::Database;
use crate::error::Result;

enum Connection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

impl Connection {
    /// A new one, as the pool makes them.
    async fn new(pool: &DatabaseConnection, is_postgres: bool) -> Result<Self, sqlx::Error> {
        Ok(if is_postgres {
            // The pool waits for a server that is just being started. What it has may have ended.
            let pool = pool.get_postgres_connection_pool();
            loop {
                let mut connection = pool.acquire().await?.detach();
                if connection.ping().await.is_ok() {
                    break Self::Postgres(connection);
                }
            }
        } else {
            // Not out of the pool, which gives each a deadline.
            let options = pool.get_sqlite_connection_pool().connect_options();
            Self::Sqlite(SqliteConnection::connect_with(&options).await?)
        })
    }

    async fn all(&mut self, sql: &'static str) -> Result<Vec<QueryResult>, sqlx::Error> {
        Ok(match self {
            Self::Postgres(connection) => {
                sqlx::query(sql).fetch_all(connection).await?.into_iter().map(Into::into).collect()
            }
            Self::Sqlite(connection) => {
                sqlx::query(sql).fetch_all(connection).await?.into_iter().map(Into::into).collect()
            }
        })
    }

    async fn close(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Postgres(connection) => connection.close().await,
            Self::Sqlite(connection) => connection.close().await,
        }
    }
}

/// None until the first statement, and after one that failed.
#[derive(Default)]
pub(super) struct Kept(Mutex<Option<Connection>>);

impl Kept {
    async fn all(
        &self,
        pool: &DatabaseConnection,
        is_postgres: bool,
        sql: &'static str,
    ) -> Result<Vec<QueryResult>, sqlx::Error> {
        let mut kept = self.0.lock().await;
        // Taken out meanwhile: of whoever is cut off in the midst of it, the connection goes with what it still has to say.
        if let Some(mut connection) = kept.take()
            && let Ok(rows) = connection.all(sql).await
        {
            *kept = Some(connection);
            return Ok(rows);
        }
        // The database may have been started anew since: a new connection tells.
        let mut connection = Connection::new(pool, is_postgres).await?;
        let rows = connection.all(sql).await?;
        *kept = Some(connection);
        Ok(rows)
    }

    pub(super) async fn close(&self) {
        if let Some(connection) = self.0.lock().await.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(%error, "a connection did not close cleanly");
        }
    }
}

impl Database {
    /// The rows of a single statement, which sees what is committed when it begins: by the connection that is kept.
    pub(crate) async fn look(&self, sql: &'static str) -> Result<Vec<QueryResult>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let rows = self.kept.all(&self.read, self.is_postgres(), sql).await;
        Ok(rows.map_err(|error| match error {
            sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            other => DbErr::Query(RuntimeErr::SqlxError(Arc::new(other))),
        })?)
    }
}
