//! Who may read and write what. Reading goes through a [`View`], writing takes a [`Permit`]; only this module makes
//! either, and a database connection never leaves it. So holding one proves that the check was made.

mod actor;
mod loads;
pub mod page;
mod permit;
mod role;
pub mod schema;
mod scope;
mod standing;
pub mod table;
mod view;
mod write;

pub use actor::{Actor, Assignment, Organisation};
pub use loads::{Row, Rows};
pub use permit::Permit;
pub use role::{Level, Role};
pub use scope::{Reach, Scope};
pub use standing::{Standing, Succession};
pub use view::View;
pub use write::{Sealed, Write};

use crate::db::Database;
use crate::error::Result;
use crate::journal::verify::{self, Head, Progress, Report};
use crate::types::Clock;

/// What views and writes are made from. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    db: Database,
    clock: Clock,
    grace: u32,
}

impl Access {
    /// `grace`: the days for which the tokens of an organisation that was succeeded still read.
    pub fn new(db: Database, clock: Clock, grace: u32) -> Self {
        Self { db, clock, grace }
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
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
        verify::verify(&self.db.snapshot().await?, &replayed, projections, expect, progress).await
    }
}
