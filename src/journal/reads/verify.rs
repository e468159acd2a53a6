//! Verifying the read log: its chain, in one snapshot.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait as _, DatabaseTransaction, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::entity::{read_head, read_partner, read_record};
use crate::error::{Error, Result};
use crate::journal::hash::{self, Hash};
use crate::journal::verify::{Expected, Head, MOST_FINDINGS, Progress};

/// What a run found.
#[derive(Debug)]
pub struct Report {
    /// Where the chain ends: the last record's number and hash.
    pub head: Head,
    pub records: u64,
    /// One line each; empty where all is as it was recorded.
    pub findings: Vec<String>,
}

/// Records that are read at once.
const PAGE: u64 = 1_000;

/// Verifies each record's hash and its place in the chain. `tx` is one snapshot.
pub async fn verify(
    tx: &DatabaseTransaction,
    expect: Option<Head>,
    progress: &mut Progress<'_>,
) -> Result<Report> {
    let end = read_head::Entity::find().one(tx).await?;
    let end = end.ok_or_else(|| Error::internal("the read log has no head"))?;
    let mut chain = Chain { number: 0, hash: hash::genesis(), expected: Expected::of(expect) };
    let (mut records, mut shown, mut findings) = (0, 0, Vec::new());
    loop {
        let select = read_record::Entity::find().filter(read_record::Column::Number.gt(chain.number));
        let page = select.order_by_asc(read_record::Column::Number).limit(PAGE).all(tx).await?;
        if page.is_empty() {
            break;
        }
        let mut partners = partners(tx, &page).await?;
        for record in &page {
            let mut own = partners.remove(&record.id).unwrap_or_default();
            own.sort_unstable();
            shown += own.len() as u64;
            chain.check(record, &own, &mut findings)?;
        }
        records += page.len() as u64;
        progress(records, end.number.unsigned_abs());
    }
    chain.finish(&end, &mut findings);
    let all = read_partner::Entity::find().count(tx).await?;
    if all != shown {
        findings.push(format!("{} partners of the read log belong to no record", all.saturating_sub(shown)));
    }
    let left_out = findings.len().saturating_sub(MOST_FINDINGS);
    findings.truncate(MOST_FINDINGS);
    if left_out > 0 {
        findings.push(format!("and {left_out} more in the read log"));
    }
    Ok(Report { head: Head { sequence: chain.number, hash: chain.hash }, records, findings })
}

async fn partners(
    tx: &DatabaseTransaction,
    records: &[read_record::Model],
) -> Result<HashMap<Uuid, Vec<Uuid>>> {
    let own = read_partner::Column::Record.is_in(records.iter().map(|record| record.id));
    let mut partners = HashMap::<Uuid, Vec<Uuid>>::new();
    for row in read_partner::Entity::find().filter(own).all(tx).await? {
        partners.entry(row.record).or_default().push(row.partner);
    }
    Ok(partners)
}

/// Where the chain stands after the records seen so far.
struct Chain {
    number: i64,
    hash: Hash,
    expected: Expected,
}

impl Chain {
    fn check(
        &mut self,
        record: &read_record::Model,
        partners: &[Uuid],
        findings: &mut Vec<String>,
    ) -> Result<()> {
        let number = record.number;
        let mut find = |what: &str| findings.push(format!("read {number}: {what}"));
        if number != self.number + 1 {
            find(&format!("reads {} to {} are missing before it", self.number + 1, number - 1));
        }
        if record.format != super::FORMAT {
            find(&format!("its format is {}, which there is not", record.format));
        }
        if record.previous_hash != self.hash {
            find("it does not follow the read before it");
        }
        let hash = super::hash_of(record, partners)?;
        if record.hash != hash {
            find("it was edited: its hash is not its own");
        }
        (self.number, self.hash) = (number, hash);
        if let Some(other) = self.expected.check(number, hash) {
            find(&other);
        }
        Ok(())
    }

    fn finish(&self, end: &read_head::Model, findings: &mut Vec<String>) {
        if end.number != self.number {
            findings.push(format!(
                "the read log's head stands at {}, the last read is {}",
                end.number, self.number
            ));
        } else if end.hash != self.hash {
            findings.push("the read log's head is not that of the last read".to_owned());
        }
        if let Some(expect) = self.expected.missing() {
            findings.push(format!("read {} is expected, but is not there", expect.sequence));
        }
    }
}
