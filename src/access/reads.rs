//! What a request reads: counted where all rows come through, in its views, and told to the read log with its answer.

use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use super::Access;
use crate::error::Result;
use crate::journal::reads::{self, Noted, Read, Report};
use crate::journal::verify::{Head, Progress};

/// What the views of one request have read so far.
#[derive(Debug, Default)]
pub struct Reads(Mutex<Noted>);

impl Reads {
    /// Rows of a table that were read; with none, that it was asked at all.
    pub(super) fn rows(&self, table: &'static str, rows: usize) {
        self.with(|noted| *noted.nouns.entry(table).or_default() += rows as u64);
    }

    /// Partners whose personal data is shown.
    pub(super) fn shown(&self, partners: impl IntoIterator<Item = Uuid>) {
        self.with(|noted| noted.partners.extend(partners));
    }

    pub fn noted(&self) -> Noted {
        self.with(|noted| noted.clone())
    }

    fn with<T>(&self, on: impl FnOnce(&mut Noted) -> T) -> T {
        on(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Access {
    /// The same, whose views note what they read here.
    #[must_use]
    pub fn noting(&self, reads: Option<Arc<Reads>>) -> Self {
        Self { reads, ..self.clone() }
    }

    /// Writes records to the read log; again, where it is not known what became of the first time.
    pub(super) async fn append_reads(&self, some: &[Read], again: bool) -> Result<()> {
        let tx = self.db.begin_write().await?;
        reads::append(&tx, some, again).await?;
        Ok(tx.commit().await?)
    }

    /// Verifies the read log.
    pub async fn verify_reads(&self, expect: Option<Head>, progress: &mut Progress<'_>) -> Result<Report> {
        reads::verify(&self.db.snapshot().await?, expect, progress).await
    }
}
