//! `kemitraan journal verify`.

use std::path::PathBuf;

use super::progress::Progress;
use super::{NO_HURRY, connect, remove_sqlite};
use crate::access::Access;
use crate::config::DatabaseSettings;
use crate::db::Options;
use crate::error::{Error, Result};
use crate::files::Files;
use crate::journal::verify::Head;
use crate::nouns;
use crate::nouns::evidence::uploads::{self, Checked};
use crate::types::Clock;

pub(super) async fn run(
    database: &DatabaseSettings,
    files: Option<Files>,
    expect: Option<Head>,
) -> Result<bool> {
    let db = connect(&Options { read_connections: 1, ..database.options(NO_HURRY) }).await?;
    let scratch = Scratch::new()?;
    let mut progress = Progress::of("entries", 100_000)?;
    let mut tell = |done, all| progress.tell(done, all);
    let access = Access::new(db.clone(), Clock::system(), 0);
    let report = access.verify_journal(&nouns::projections(), &scratch.0, expect, &mut tell).await?;
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
    db.close().await;
    let damaged = checked.as_ref().map_or(0, |checked| checked.damaged);
    for finding in report.findings.iter().chain(checked.iter().flat_map(|checked| &checked.findings)) {
        println!("{finding}");
    }
    let (entries, changes, rows) = (report.head.sequence, report.changes, report.rows);
    println!("{entries} entries with {changes} changes; {rows} rows compared with their replay");
    if let Some(checked) = checked {
        let Checked { rows, files, bytes, .. } = checked;
        println!("{rows} pieces of evidence; {files} files with {bytes} bytes hashed");
    }
    println!("head {}", report.head);
    if report.findings.is_empty() && damaged == 0 {
        println!("verified: all is as it was recorded");
        return Ok(true);
    }
    println!("NOT VERIFIED: {} findings", report.findings.len() as u64 + damaged);
    Ok(false)
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
