//! The same rows by SQL alone: the milestone, the entry, its change, the head, in one transaction.

use std::sync::Arc;
use std::time::{Duration, Instant};

use kemitraan::journal::entity::{change, entry, head};
use kemitraan::journal::{Projected as _, hash, projection};
use kemitraan::nouns::milestones::entity::milestone;
use kemitraan::nouns::milestones::rules;
use kemitraan::types::Clock;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, DatabaseConnection, EntityTrait, Iden as _, Iterable as _,
    ModelTrait as _, QuerySelect as _, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait as _, Value,
};

use crate::Result;

/// Connections of its own, with the settings of the program's.
#[derive(Clone)]
pub struct Bare {
    pub connection: DatabaseConnection,
    clock: Clock,
    /// Statements that are sent, which stay prepared.
    entry: Arc<str>,
    change: Arc<str>,
}

impl Bare {
    pub async fn connect(url: &str, clients: usize) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        let clients = if url.starts_with("sqlite") { 1 } else { u32::try_from(clients)? };
        options.max_connections(clients).sqlx_logging(false).test_before_acquire(false);
        options.acquire_timeout(Duration::from_secs(60));
        options.map_sqlx_sqlite_opts(|sqlite| sqlite.busy_timeout(Duration::from_secs(10)));
        Ok(Self {
            connection: sea_orm::Database::connect(options).await?,
            clock: Clock::system(),
            entry: insert::<entry::Entity>().into(),
            change: insert::<change::Entity>().into(),
        })
    }

    /// Starts one milestone. The head is given by who writes alone, and is otherwise read and held.
    async fn write(&self, row: &milestone::Model, held: Option<head::Model>) -> Result<head::Model> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = self.connection.begin_with_options(options).await?;
        let backend = tx.get_database_backend();
        let send = async |sql: &str, values: Vec<Value>| {
            tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await
        };
        let started = rules::started(row, self.clock.now());
        let update = "UPDATE milestone SET version = $1, status = $2, status_reason = $3, status_since = $4 WHERE id = $5";
        let column = |column| started.get(column);
        let values = vec![
            column(milestone::Column::Version),
            column(milestone::Column::Status),
            column(milestone::Column::StatusReason),
            column(milestone::Column::StatusSince),
            column(milestone::Column::Id),
        ];
        send(update, values).await?;
        let head = match held {
            Some(head) => head,
            None => {
                let select = head::Entity::find();
                let is_postgres = backend == sea_orm::DbBackend::Postgres;
                let select = if is_postgres { select.lock_exclusive() } else { select };
                select.one(&tx).await?.ok_or("the journal has no head")?
            }
        };
        let (entry, change) = self.sealed(&started, &head)?;
        send(&self.entry, entry::Column::iter().map(|column| entry.get(column)).collect()).await?;
        send(&self.change, change::Column::iter().map(|column| change.get(column)).collect()).await?;
        let head = head::Model { id: 1, sequence: entry.sequence, at: entry.at, hash: entry.hash };
        let values = vec![head.sequence.into(), head.at.0.into(), head.hash.clone().into()];
        send("UPDATE journal_head SET sequence = $1, at = $2, hash = $3 WHERE id = 1", values).await?;
        tx.commit().await?;
        Ok(head)
    }

    fn sealed(&self, row: &milestone::Model, head: &head::Model) -> Result<(entry::Model, change::Model)> {
        let mut salt = vec![0; 16];
        self.clock.fill(&mut salt)?;
        let place = milestone::Entity::place(row);
        let mut change = change::Model {
            sequence: head.sequence + 1,
            position: 0,
            noun: milestone::Entity::NOUN.to_owned(),
            id: row.id,
            noun_version: milestone::Entity::VERSION,
            organisation: place.organisation,
            partnership: place.partnership,
            image: Some(projection::image::<milestone::Entity>(row)?),
            salt,
            hash: Vec::new(),
        };
        let leaf = hash::change_hash(&change);
        change.hash = leaf.to_vec();
        let mut entry = entry::Model {
            sequence: change.sequence,
            format: hash::FORMAT,
            at: self.clock.now().max(head.at),
            actor: "SEED".to_owned(),
            token: None,
            role: None,
            organisation: None,
            level: None,
            action: "milestoneStart".to_owned(),
            reason: None,
            request_id: Some(self.clock.new_id().to_string()),
            changes_root: hash::merkle_root(&[leaf]).to_vec(),
            previous_hash: head.hash.clone(),
            hash: Vec::new(),
        };
        entry.hash = hash::entry_hash(&entry)?.to_vec();
        Ok((entry, change))
    }
}

fn insert<E: EntityTrait>() -> String {
    let columns = E::Column::iter().map(|column| column.unquoted().to_owned()).collect::<Vec<_>>();
    let places = (1..=columns.len()).map(|at| format!("${at}")).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO {} ({}) VALUES ({places})", E::default().table_name(), columns.join(", "))
}

/// Starts each milestone; how long each took.
pub async fn write_all(
    bare: Arc<Bare>,
    mut held: Option<head::Model>,
    rows: Vec<milestone::Model>,
) -> Result<Vec<Duration>> {
    let is_alone = held.is_some();
    let mut times = Vec::with_capacity(rows.len());
    for row in rows {
        let begun = Instant::now();
        let head = bare.write(&row, held.take()).await?;
        held = is_alone.then_some(head);
        times.push(begun.elapsed());
    }
    Ok(times)
}
