//! `kemitraan journal verify`.

use std::path::PathBuf;

use clap::Args;

use super::progress::Progress;
use super::{NO_HURRY, connect, remove_sqlite};
use crate::access::Access;
use crate::config::{DatabaseSettings, EvidenceSettings};
use crate::db::Options;
use crate::error::{Error, Result};
use crate::journal::reads;
use crate::journal::verify::Head;
use crate::nouns;
use crate::nouns::evidence::uploads::{self, Checked};
use crate::types::Clock;

/// What is verified.
#[derive(Debug, Args)]
pub(super) struct Settings {
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    store: EvidenceSettings,
    /// Verifies the file of every piece of evidence as well: that it is in the store, and has its hash
    #[arg(long)]
    evidence: bool,
    /// Verifies the read log as well: that no record was edited, and none is missing
    #[arg(long)]
    read_log: bool,
    /// A head that was noted earlier and kept elsewhere, as SEQUENCE:HASH
    #[arg(long, env = "KEMITRAAN_EXPECT")]
    expect: Option<Head>,
    /// A head of the read log that was noted earlier and kept elsewhere, as NUMBER:HASH; verifies the read log
    #[arg(long, env = "KEMITRAAN_EXPECT_READ_LOG")]
    expect_read_log: Option<Head>,
}

pub(super) async fn run(what: &Settings) -> Result<bool> {
    let files = what.evidence.then(|| what.store.open(&what.database)).transpose()?;
    let db = connect(&Options { read_connections: 1, ..what.database.options(NO_HURRY) }).await?;
    let scratch = Scratch::new()?;
    let mut progress = Progress::of("entries", 100_000)?;
    let mut tell = |done, all| progress.tell(done, all);
    let access = Access::new(db.clone(), Clock::system(), 0);
    let report = access.verify_journal(&nouns::projections(), &scratch.0, what.expect, &mut tell).await?;
    progress.finish();
    let checked = match &files {
        None => None,
        Some(files) => {
            let mut progress = Progress::of("pieces of evidence", 1_000)?;
            let mut tell = |done, all| progress.tell(done, all);
            let checked = uploads::verify(&access, files, &mut tell).await?;
            progress.finish();
            Some(checked)
        }
    };
    let reads = if what.read_log || what.expect_read_log.is_some() {
        Some(verify_reads(&access, what.expect_read_log).await?)
    } else {
        None
    };
    db.close().await;
    let damaged = checked.as_ref().map_or(0, |checked| checked.damaged);
    let of_files = checked.iter().flat_map(|checked| &checked.findings);
    let of_reads = reads.iter().flat_map(|reads| &reads.findings);
    for finding in report.findings.iter().chain(of_files).chain(of_reads) {
        println!("{finding}");
    }
    let found = (report.findings.len() + reads.as_ref().map_or(0, |reads| reads.findings.len())) as u64;
    let (entries, changes, rows) = (report.head.sequence, report.changes, report.rows);
    println!("{entries} entries with {changes} changes; {rows} rows compared with their replay");
    if let Some(checked) = checked {
        let Checked { rows, files, bytes, .. } = checked;
        println!("{rows} pieces of evidence; {files} files with {bytes} bytes hashed");
    }
    println!("head {}", report.head);
    if let Some(reads) = reads {
        println!("{} records of reads", reads.records);
        println!("read-log head {}", reads.head);
    }
    if found + damaged == 0 {
        println!("verified: all is as it was recorded");
        return Ok(true);
    }
    println!("NOT VERIFIED: {} findings", found + damaged);
    Ok(false)
}

async fn verify_reads(access: &Access, expect: Option<Head>) -> Result<reads::Report> {
    let mut progress = Progress::of("records of reads", 100_000)?;
    let mut tell = |done, all| progress.tell(done, all);
    let report = access.verify_reads(expect, &mut tell).await?;
    progress.finish();
    Ok(report)
}

/// A file for the replay, gone when this is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self> {
        let name = format!("kemitraan-verify-{}.db", Clock::system().new_id());
        let path = std::env::temp_dir().join(name);
        // Made by us and for us alone: what is replayed is the whole of the data.
        std::os::unix::fs::OpenOptionsExt::mode(
            std::fs::OpenOptions::new().write(true).create_new(true),
            0o600,
        )
        .open(&path)
        .map_err(|error| Error::internal(format!("{}: {error}", path.display())))?;
        Ok(Self(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        remove_sqlite(&self.0);
    }
}
