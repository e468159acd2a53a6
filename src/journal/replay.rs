//! Replaying: what changes say is decoded on one thread and put on another, while the next changes are read.
//!
//! Into SQLite, and by its driver: statements are given to it with their values in the form that it wants, so that whoever
//! puts has nothing else to do.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::sea_query::Values;
use sea_orm::sqlx::sqlite::SqliteArguments;
use sea_orm::sqlx::{self, IntoArguments, Sqlite, SqliteConnection, SqlitePool};
use sea_orm::{DbBackend, Statement};
use sea_query_sqlx::SqlxValues;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::entity::change;
use super::hash::{self, Hash};
use super::projection::{Prepare, Projection, Rows};
use crate::error::{Error, Result};

type Noun = &'static str;

/// A statement as the driver takes it.
struct Ready(String, SqliteArguments);

impl Ready {
    fn of(statement: Statement) -> Self {
        let values = statement.values.unwrap_or(Values(Vec::new()));
        Self(statement.sql, IntoArguments::<Sqlite>::into_arguments(SqlxValues(values)))
    }

    async fn run(self, on: &mut SqliteConnection) -> sqlx::Result<()> {
        sqlx::query_with(sqlx::AssertSqlSafe(self.0), self.1).execute(on).await?;
        Ok(())
    }
}

/// Rows of a noun that are ready to be put.
pub(super) struct Own {
    noun: Noun,
    rows: Rows,
    inserts: Vec<Ready>,
}

pub(super) struct Replay {
    prepares: Arc<[(Noun, Prepare)]>,
    /// To the one that puts. Where it is behind, it is waited for.
    rows: mpsc::Sender<Vec<Own>>,
    putting: JoinHandle<Result<(Vec<String>, Duration)>>,
}

/// What is made of changes before they are put.
pub(super) struct Prepared {
    /// The hash of each, computed from what it says.
    pub leaves: Vec<Hash>,
    pub rows: Vec<Own>,
    pub findings: Vec<String>,
    /// How long images were decoded.
    pub decoding: Duration,
}

impl Replay {
    pub fn begin(into: &SqlitePool, projections: &[Box<dyn Projection>]) -> Self {
        let prepares =
            projections.iter().map(|projection| (projection.noun(), projection.prepare())).collect();
        let (rows, waiting) = mpsc::channel(1);
        Self { prepares, rows, putting: tokio::spawn(put_all(into.clone(), waiting)) }
    }

    pub async fn prepare(&self, changes: &Arc<Vec<change::Model>>) -> Result<Prepared> {
        let (changes, prepares) = (Arc::clone(changes), Arc::clone(&self.prepares));
        let preparing = tokio::task::spawn_blocking(move || prepare(&changes, &prepares));
        preparing.await.map_err(Error::internal)
    }

    pub async fn put(&self, rows: Vec<Own>) -> Result<()> {
        self.rows.send(rows).await.map_err(|_| Error::internal("the replay has ended before its end"))
    }

    /// Waits until all is put. What could not be, and how long it took.
    pub async fn finish(self) -> Result<(Vec<String>, Duration)> {
        drop(self.rows);
        self.putting.await.map_err(Error::internal)?
    }
}

/// Only a row's last image is put: what lies between is seen by nobody.
fn prepare(changes: &[change::Model], prepares: &[(Noun, Prepare)]) -> Prepared {
    let leaves = changes.iter().map(hash::change_hash).collect();
    let started = Instant::now();
    let mut nouns = HashMap::<&str, HashMap<Uuid, &change::Model>>::new();
    for change in changes {
        nouns.entry(&change.noun).or_default().insert(change.id, change);
    }
    let (mut rows, mut findings) = (Vec::new(), Vec::new());
    for (noun, prepare) in prepares {
        let Some(own) = nouns.remove(noun) else { continue };
        match prepare(&own.into_values().collect::<Vec<_>>(), DbBackend::Sqlite) {
            Ok(mut own) => {
                let inserts = std::mem::take(&mut own.inserts).into_iter().map(Ready::of).collect();
                rows.push(Own { noun, rows: own, inserts });
            }
            Err(error) => findings.push(unreplayed(noun, &error)),
        }
    }
    findings.extend(nouns.keys().map(|noun| format!("the journal names a noun that there is not: {noun}")));
    Prepared { leaves, rows, findings, decoding: started.elapsed() }
}

/// In one transaction, in which very many rows go faster.
async fn put_all(into: SqlitePool, mut waiting: mpsc::Receiver<Vec<Own>>) -> Result<(Vec<String>, Duration)> {
    let mut tx = into.begin().await.map_err(Error::internal)?;
    let (mut findings, mut putting) = (Vec::new(), Duration::ZERO);
    while let Some(some) = waiting.recv().await {
        let started = Instant::now();
        for own in some {
            let noun = own.noun;
            if let Err(error) = put(own, &mut tx).await {
                findings.push(unreplayed(noun, &Error::internal(error)));
            }
        }
        putting += started.elapsed();
    }
    tx.commit().await.map_err(Error::internal)?;
    Ok((findings, putting))
}

async fn put(own: Own, into: &mut SqliteConnection) -> sqlx::Result<()> {
    let Ready(sql, values) = Ready::of(own.rows.greatest.clone());
    let greatest = sqlx::query_scalar_with::<Sqlite, Uuid, _>(sqlx::AssertSqlSafe(sql), values);
    if let Some(greatest) = greatest.fetch_optional(&mut *into).await? {
        for statement in own.rows.removals(greatest) {
            Ready::of(statement).run(into).await?;
        }
    }
    for insert in own.inserts {
        insert.run(into).await?;
    }
    Ok(())
}

fn unreplayed(noun: &str, error: &Error) -> String {
    format!("{noun}: its images cannot be replayed: {}", error.describe())
}
