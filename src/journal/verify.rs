//! Verifying: the chain itself, the tables against a replay of it, and the tallies against the tables.
//!
//! All is read in one snapshot, so that writers may go on. What each kind of tampering shows as is tabled in
//! `docs/journal.md`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use migrations::tally::{TALLIES, Tally};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend,
    EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Statement,
    TransactionTrait as _,
};
use uuid::Uuid;

use super::entity::{change, entry, head};
use super::hash::{self, Hash};
use super::projection::Projection;
use super::replay::Replay;
use crate::db;
use crate::error::{Error, Result};
use crate::types::Timestamp;

/// A head that was noted earlier and kept elsewhere: `SEQUENCE:HASH`, the hash in 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub sequence: i64,
    pub hash: Hash,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.sequence, hex::encode(self.hash))
    }
}

impl std::str::FromStr for Head {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let head = || {
            let (sequence, digits) = text.split_once(':')?;
            let mut hash = Hash::default();
            hex::decode_to_slice(digits, &mut hash).ok()?;
            Some(Self { sequence: sequence.parse().ok().filter(|sequence| *sequence >= 0)?, hash })
        };
        head().ok_or("SEQUENCE:HASH, the hash in 64 hexadecimal digits, as an earlier run printed it")
    }
}

/// A head that a chain is to have, and whether it was met.
pub(super) struct Expected {
    head: Option<Head>,
    met: bool,
}

impl Expected {
    pub fn of(head: Option<Head>) -> Self {
        Self { head, met: false }
    }

    /// What is wrong with the hash at this place, where the head is expected there.
    pub fn check(&mut self, sequence: i64, hash: Hash) -> Option<String> {
        let expect = self.head.filter(|expect| expect.sequence == sequence)?;
        self.met = true;
        let (is, expected) = (hex::encode(hash), hex::encode(expect.hash));
        (is != expected).then(|| format!("its hash is {is}, not the expected {expected}"))
    }

    /// The head, where the chain has ended and it was not met.
    pub fn missing(&self) -> Option<Head> {
        let is_beginning = |expect: &Head| expect.sequence == 0 && expect.hash == hash::genesis();
        self.head.filter(|expect| !self.met && !is_beginning(expect))
    }
}

/// What a run found.
#[derive(Debug)]
pub struct Report {
    pub head: Head,
    pub changes: u64,
    pub rows: u64,
    /// How long images were decoded, how long rows were put and their fit was checked, and when all was checked and replayed.
    pub decoding: Duration,
    pub putting: Duration,
    pub checked: Duration,
    /// One line each; empty where all is as it was recorded.
    pub findings: Vec<String>,
}

/// Told of the entries verified so far and of how many there are.
pub type Progress<'a> = dyn FnMut(u64, u64) + Send + 'a;

/// Entries that are read at once, at most.
const PAGE: u64 = 1_000;

/// Changes that are read at once, about.
const CHANGES: u64 = 4_096;

/// A journal that is broken from some point on would print a line an entry: the first ones say it.
pub(super) const MOST_FINDINGS: usize = 100;

/// Verifies the chain, replays it into an empty database, and compares every projected row. `tx` is one snapshot.
pub async fn verify(
    tx: &Arc<DatabaseTransaction>,
    replayed: &DatabaseConnection,
    projections: &[Box<dyn Projection>],
    expect: Option<Head>,
    progress: &mut Progress<'_>,
) -> Result<Report> {
    let started = Instant::now();
    let mut findings = Vec::new();
    let end =
        head::Entity::find().one(&**tx).await?.ok_or_else(|| Error::internal("the journal has no head"))?;

    let mut chain =
        Chain { sequence: 0, at: Timestamp(0), hash: hash::genesis(), expected: Expected::of(expect) };
    let mut changes = 0;
    let mut decoding = Duration::ZERO;
    let replay = Replay::begin(replayed.get_sqlite_connection_pool(), projections);
    let read = |after, size| tokio::spawn(Page::after(Arc::clone(tx), after, size));
    let mut next = read(0, PAGE);
    while let Some(page) = next.await.map_err(Error::internal)?? {
        changes += page.changes.len() as u64;
        // As many entries as have about so many changes, as things have been.
        let size = (CHANGES * page.entries.len() as u64 / (page.changes.len() as u64).max(1)).clamp(1, PAGE);
        // While the next ones are read, these are hashed and decoded, and those before them put.
        next = read(page.last, size);
        let prepared = replay.prepare(&page.changes).await?;
        decoding += prepared.decoding;
        let mut first = 0;
        for entry in &page.entries {
            let rest = &page.changes[first..];
            let own = first..first + rest.partition_point(|change| change.sequence <= entry.sequence);
            first = own.end;
            chain.check(entry, &page.changes[own.clone()], &prepared.leaves[own], &mut findings)?;
        }
        findings.extend(prepared.findings);
        replay.put(prepared.rows).await?;
        progress(page.last.unsigned_abs(), end.sequence.unsigned_abs());
    }
    let (unreplayed, putting) = replay.finish().await?;
    findings.extend(unreplayed);
    let put = started.elapsed();
    let unfit = db::unfit(replayed, MOST_FINDINGS).await?;
    findings
        .extend(unfit.iter().map(|line| format!("what the journal says does not fit the tables: {line}")));
    let checked = started.elapsed();
    // A row is not put before it is known to fit.
    let putting = putting + checked.saturating_sub(put);
    tracing::debug!(
        changes,
        decoding = decoding.as_secs_f64(),
        putting = putting.as_secs_f64(),
        seconds = checked.as_secs_f64(),
        "checked and replayed"
    );
    chain.finish(&end, &mut findings);
    let all = change::Entity::find().count(&**tx).await?;
    if all != changes {
        findings.push(format!("{} changes belong to no entry", all.saturating_sub(changes)));
    }

    let replayed = &Arc::new(replayed.begin().await?);
    let mut rows = 0;
    let mut differences = Vec::new();
    for projection in projections {
        match projection.compare(tx, replayed, &mut differences).await {
            Ok(count) => rows += count,
            // A value that the program could never have written cannot be read by it either.
            Err(error) => {
                findings.push(format!("{}: its rows cannot be read: {}", projection.noun(), error.describe()))
            }
        }
    }
    tracing::debug!(rows, seconds = started.elapsed().as_secs_f64(), "compared as well");
    for tally in &TALLIES {
        tallied(tx, tally, &mut findings).await?;
    }
    tracing::debug!(seconds = started.elapsed().as_secs_f64(), "tallies counted anew");
    findings.extend(differences.iter().map(|row| format!("{} {}: {}", row.noun, row.id, row.what)));
    let left_out = findings.len().saturating_sub(MOST_FINDINGS);
    findings.truncate(MOST_FINDINGS);
    if left_out > 0 {
        findings.push(format!("and {left_out} more"));
    }
    let head = Head { sequence: chain.sequence, hash: chain.hash };
    Ok(Report { head, changes, rows, decoding, putting, checked, findings })
}

/// Counts a tally anew, of the live rows: these are compared with their replay. What is summed up is said by this program
/// and not by the database.
async fn tallied(tx: &DatabaseTransaction, tally: &Tally, findings: &mut Vec<String>) -> Result<()> {
    let backend = tx.get_database_backend();
    let select = tally.differences(backend == DbBackend::Postgres);
    for row in tx.query_all_raw(Statement::from_string(backend, select)).await? {
        let mut cell = Vec::new();
        for key in ["dimension", "part"].iter().chain(tally.keys) {
            cell.push(row.try_get::<String>("", key)?);
        }
        let organisation = row.try_get::<Uuid>("", "organisation")?;
        if !organisation.is_nil() {
            cell.push(organisation.to_string());
        }
        cell.retain(|key| !key.is_empty());
        let mut numbers = Vec::new();
        for number in tally.numbers {
            match row.try_get::<i64>("", number)? {
                0 => {}
                more => numbers.push(format!("{number} {more:+}")),
            }
        }
        findings.push(format!(
            "{} {}: it does not hold what the rows say: {}",
            tally.name,
            cell.join(" "),
            numbers.join(", ")
        ));
    }
    Ok(())
}

/// Some entries on end, with their changes.
struct Page {
    entries: Vec<entry::Model>,
    changes: Arc<Vec<change::Model>>,
    /// The last entry's sequence.
    last: i64,
}

impl Page {
    async fn after(tx: Arc<DatabaseTransaction>, sequence: i64, size: u64) -> Result<Option<Self>> {
        let select = entry::Entity::find().filter(entry::Column::Sequence.gt(sequence));
        let entries = select.order_by_asc(entry::Column::Sequence).limit(size).all(&*tx).await?;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(None) };
        let (first, last) = (first.sequence, last.sequence);
        let select = change::Entity::find().filter(change::Column::Sequence.between(first, last));
        let select = select.order_by_asc(change::Column::Sequence).order_by_asc(change::Column::Position);
        // By their places: columns need not be looked up by their names, a million times.
        let changes = select.into_tuple::<Columns>().all(&*tx).await?.into_iter().map(of_columns).collect();
        Ok(Some(Self { entries, changes: Arc::new(changes), last }))
    }
}

/// A change's columns, as the table has them.
type Columns = (i64, i32, String, Uuid, i32, Option<Uuid>, Option<Uuid>, Option<String>, Vec<u8>, Vec<u8>);

fn of_columns(columns: Columns) -> change::Model {
    let (sequence, position, noun, id, noun_version, organisation, partnership, image, salt, hash) = columns;
    change::Model { sequence, position, noun, id, noun_version, organisation, partnership, image, salt, hash }
}

/// Where the chain stands after the entries seen so far.
struct Chain {
    sequence: i64,
    at: Timestamp,
    hash: Hash,
    expected: Expected,
}

impl Chain {
    fn check(
        &mut self,
        entry: &entry::Model,
        changes: &[change::Model],
        leaves: &[Hash],
        findings: &mut Vec<String>,
    ) -> Result<()> {
        let sequence = entry.sequence;
        let mut find = |what: &str| findings.push(format!("entry {sequence}: {what}"));
        if sequence != self.sequence + 1 {
            find(&format!("entries {} to {} are missing before it", self.sequence + 1, sequence - 1));
        }
        if entry.format != hash::FORMAT {
            find(&format!("its format is {}, which there is not", entry.format));
        }
        if entry.at < self.at {
            find("it is dated before the one that it follows");
        }
        for ((change, leaf), position) in changes.iter().zip(leaves).zip(0..) {
            if change.position != position {
                find(&format!("change {position} is missing"));
                break;
            }
            if change.hash != *leaf {
                find(&format!("change {position} ({} {}) was edited", change.noun, change.id));
            }
        }
        if entry.changes_root != hash::merkle_root(leaves) {
            find("its changes are not those that it was sealed over");
        }
        if entry.previous_hash != self.hash {
            find("it does not follow the entry before it");
        }
        let hash = hash::entry_hash(entry)?;
        if entry.hash != hash {
            find("it was edited: its hash is not its own");
        }
        (self.sequence, self.at, self.hash) = (sequence, entry.at, hash);
        if let Some(other) = self.expected.check(sequence, hash) {
            find(&other);
        }
        Ok(())
    }

    fn finish(&self, end: &head::Model, findings: &mut Vec<String>) {
        if end.sequence != self.sequence {
            findings
                .push(format!("the head stands at {}, the last entry is {}", end.sequence, self.sequence));
        } else if end.hash != self.hash || end.at != self.at {
            findings.push("the head is not that of the last entry".to_owned());
        }
        if let Some(expect) = self.expected.missing() {
            findings.push(format!("entry {} is expected, but is not there", expect.sequence));
        }
    }
}
