//! What was deleted is still in the files of both databases for a while. Here it is taken out of them.

use std::time::Duration;

use sea_orm::sqlx::{self, Connection as _, PgConnection, Row as _, SqliteConnection};
use sea_orm::{DbErr, RuntimeErr};

use super::Database;
use crate::error::Result;

/// Before it is tried again, where others still read.
const PAUSE: Duration = Duration::from_millis(100);

/// A lock is waited for so long at once: whoever comes meanwhile waits behind it.
const LOCK: Duration = Duration::from_millis(100);

/// Tried so often: for an hour at most. What is then still in the files goes with the next time.
const TRIES: u32 = 18_000;

impl Database {
    /// Returns once no value that was deleted from `contact_value` before is in the database's files, its write-ahead log on
    /// PostgreSQL aside: that is, once nobody reads any more who could still see it.
    pub(crate) async fn expunge(&self) -> Result<()> {
        let gone = if self.is_postgres() { self.rewrite().await } else { self.truncate().await };
        Ok(gone.map_err(|error| DbErr::Exec(RuntimeErr::SqlxError(error.into())))?)
    }

    /// SQLite: what is deleted is overwritten in its page (`secure_delete`), but where pages were filled anew before, copies of rows may
    /// lie between others. So all rows are put once more, for which every page that the table had is overwritten whole. The pages as they
    /// were are in the write-ahead log, which is emptied when nobody reads by it.
    async fn truncate(&self) -> Result<(), sqlx::Error> {
        let options = (*self.write.get_sqlite_connection_pool().connect_options()).clone();
        // Not by the one connection that writes, which others wait for meanwhile.
        let mut connection = SqliteConnection::connect_with(&options.busy_timeout(LOCK)).await?;
        sqlx::raw_sql("PRAGMA temp_store = MEMORY").execute(&mut connection).await?;
        let mut is_anew = false;
        for _ in 0..TRIES {
            if !is_anew {
                match put_anew(&mut connection).await {
                    Ok(()) => is_anew = true,
                    Err(error) if is_locked(&error) => {
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            }
            match sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut connection).await {
                Ok(row) => {
                    let is_busy: i64 = row.try_get(0)?;
                    if is_busy == 0 {
                        return connection.close().await;
                    }
                }
                Err(error) if is_locked(&error) => {}
                Err(error) => return Err(error),
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(given_up())
    }

    /// PostgreSQL: the table is written anew, which keeps what anybody could still see. So those are waited for who began before
    /// this; whoever begins later does not see it. Of other databases of the cluster those who write: by their transactions
    /// PostgreSQL tells how far back whoever begins now might see, though they never see this table.
    async fn rewrite(&self) -> Result<(), sqlx::Error> {
        let options = (*self.write.get_postgres_connection_pool().connect_options()).clone();
        let options = options.options([("lock_timeout", format!("{}ms", LOCK.as_millis()))]);
        let mut connection = PgConnection::connect_with(&options).await?;
        let now: String = sqlx::query_scalar("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
            .fetch_one(&mut connection)
            .await?;
        for _ in 0..TRIES {
            let earlier: i64 = sqlx::query_scalar(
                "SELECT (SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
                    AND (age(backend_xid) > age($1::text::xid8::xid)
                        OR datname = current_database() AND age(backend_xmin) > age($1::text::xid8::xid)))
                 + (SELECT count(*) FROM pg_prepared_xacts WHERE age(transaction) > age($1::text::xid8::xid))",
            )
            .bind(&now)
            .fetch_one(&mut connection)
            .await?;
            if earlier == 0 {
                let before = file(&mut connection).await?;
                match sqlx::query("VACUUM (FULL) contact_value").execute(&mut connection).await {
                    // For whoever does not own it, it does nothing and says no error.
                    Ok(_) if file(&mut connection).await? == before => {
                        let words = "the table contact_value was not written anew: the role of --database must own it";
                        return Err(sqlx::Error::Protocol(words.to_owned()));
                    }
                    Ok(_) => return connection.close().await,
                    Err(error) if is_locked(&error) => {}
                    Err(error) => return Err(error),
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(given_up())
    }
}

/// The number of the file that the table is in.
async fn file(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_relation_filenode('contact_value')::int8").fetch_one(connection).await
}

async fn put_anew(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    let sql = "CREATE TEMP TABLE standing AS SELECT * FROM main.contact_value;
        DELETE FROM main.contact_value;
        INSERT INTO main.contact_value SELECT * FROM temp.standing;
        DROP TABLE temp.standing;";
    sqlx::raw_sql(sql).execute(&mut *tx).await?;
    tx.commit().await
}

fn given_up() -> sqlx::Error {
    sqlx::Error::Protocol("others have read things as they were for an hour".to_owned())
}

/// Whether another has what it takes; the numbers are SQLite's (busy, locked) and PostgreSQL's (lock_not_available).
fn is_locked(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| matches!(&*code, "5" | "6" | "55P03"))
}
