//! Who may read and write what. Reading goes through a [`View`], writing takes a [`Permit`]; only this module makes
//! either, and a database connection never leaves it. So holding one proves that the check was made.

mod actor;
mod aside;
mod fresh;
mod loads;
pub mod once;
pub mod page;
mod permit;
mod read_log;
mod reads;
mod role;
pub mod schema;
mod scope;
mod shares;
mod standing;
pub mod table;
mod tokens;
mod view;
mod write;
mod writers;

pub use actor::{Actor, Assignment, Organisation, PROVIDED, is_service};
pub use aside::Aside;
pub use fresh::Seen;
pub use loads::{Row, Rows};
pub use once::Once;
pub use permit::Permit;
pub use read_log::ReadLog;
pub use reads::Reads;
pub use role::{Level, Role, Stewardship};
pub use scope::{Reach, Scope};
pub use standing::{Standing, Succession};
pub use view::{Narrowed, View};
pub use write::{Done, Sealed, Write, Written};

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use uuid::Uuid;

use fresh::{Fresh, Known};
use tokens::{Remembered, Tokens};
use writers::Queue;

use crate::db::Database;
use crate::error::{Error, Result};
use crate::journal::verify::{self, Head, Progress, Report};
use crate::types::{Clock, Timestamp};

/// Whoever erases waits so long for it to be gone from the database's files.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often it was asked that what was erased leave the files, and how many of these are done.
#[derive(Default)]
struct Erased {
    asked: AtomicU64,
    gone: tokio::sync::Mutex<u64>,
}

/// What views and writes are made from. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    db: Database,
    clock: Clock,
    grace: u32,
    registered: bool,
    tokens: Arc<Remembered>,
    erased: Arc<Erased>,
    fresh: Arc<Fresh>,
    known: Arc<Known>,
    writers: Arc<Queue>,
    /// Where the views that are made from this note what they read, if anywhere.
    reads: Option<Arc<Reads>>,
}

impl Access {
    /// `grace`: the days for which the tokens of an organisation that was succeeded still read.
    pub fn new(db: Database, clock: Clock, grace: u32) -> Self {
        Self {
            db,
            clock,
            grace,
            registered: false,
            tokens: Arc::default(),
            erased: Arc::default(),
            fresh: Arc::default(),
            known: Arc::default(),
            writers: Arc::default(),
            reads: None,
        }
    }

    /// The same; `registered`: of tokens only those are accepted that were issued with this database.
    pub fn with_registered_tokens(self, registered: bool) -> Self {
        Self { registered, ..self }
    }

    /// Whether a token was issued with this database, and at that moment neither revoked nor expired, as far as this process has
    /// seen.
    pub fn was_good_token(&self, token: Uuid, at: Timestamp) -> bool {
        self.tokens.was_good(token, at)
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Where the journal stands, as a statement sees it that begins after this call. Calls that wait share one.
    pub async fn see(&self) -> Result<Arc<Seen>> {
        self.fresh.see(self).await
    }

    async fn read_standing(&self) -> Result<(i64, Standing)> {
        if let Some((head, standing)) = self.known.at(&self.db.look(Known::HEAD).await?, self)? {
            return Ok((head.sequence, standing));
        }
        let (head, mut standing, at) = Standing::of(&self.db.look(Standing::SELECT).await?, self)?;
        standing.tokens = match self.tokens.at(at) {
            Some(tokens) => tokens,
            // A snapshot that begins after that look sees what it has seen.
            None => {
                let tx = self.db.snapshot().await?;
                self.tokens.keep(Tokens::load(&tx, at, self.clock.now()).await?)
            }
        };
        self.known.keep(&head, &standing);
        Ok((head.sequence, standing))
    }

    /// Returns once nothing is left in the database's files of what was erased, or after three seconds: where somebody still reads
    /// things as they were before, it goes on by itself until they have ended. One at a time does it, for all who ask meanwhile.
    pub async fn expunge(&self) {
        if tokio::time::timeout(PATIENCE, self.expunging()).await.is_err() {
            tracing::warn!(
                "what was erased stays in the database's files while others read things as before"
            );
        }
    }

    /// The same, for as long as it takes.
    ///
    /// # Errors
    ///
    /// INTERNAL: it is in the files still.
    pub async fn expunge_wholly(&self) -> Result<()> {
        self.expunging().await.map_err(Error::internal)?
    }

    fn expunging(&self) -> tokio::task::JoinHandle<Result<()>> {
        let (access, own) = (self.clone(), self.erased.asked.fetch_add(1, Ordering::AcqRel) + 1);
        tokio::spawn(async move {
            let mut gone = access.erased.gone.lock().await;
            if *gone >= own {
                return Ok(());
            }
            let all = access.erased.asked.load(Ordering::Acquire);
            let cleaned = access.db.expunge().await;
            match &cleaned {
                Ok(()) => *gone = all,
                Err(error) => {
                    tracing::error!(
                        cause = error.describe(),
                        "what was erased is still in the database's files"
                    );
                }
            }
            cleaned
        })
    }

    /// Verifies the journal, and every row against a replay of it into the empty file `scratch`.
    pub async fn verify_journal(
        &self,
        projections: &[Box<dyn crate::journal::Projection>],
        scratch: &std::path::Path,
        expect: Option<Head>,
        progress: &mut Progress<'_>,
    ) -> Result<Report> {
        let replayed = crate::db::scratch(scratch).await?;
        verify::verify(&Arc::new(self.db.snapshot().await?), &replayed, projections, expect, progress).await
    }
}
