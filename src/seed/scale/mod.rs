//! Programmes of a size that there is not yet, all of them made up: what a ministry takes over from its registers on one
//! day. Organisations, partners and quarters come first, then an entry for each partnership with everything of it.
//!
//! The same number gives the same rows, ids, salts and so the same journal, on both databases and on every day.

mod around;
mod corrections;
mod dice;
mod figures;
mod milestones;
mod parties;
mod partnerships;

use chrono::NaiveDate;
use uuid::Uuid;

use self::dice::Dice;
use super::{Seed, at, is_empty};
use crate::access::{Access, Actor, Level, Organisation, Permit, Role, Write};
use crate::db::Database;
use crate::error::{Error, Result};
use crate::nouns::comments::entity::comment;
use crate::nouns::delegations::entity::delegation;
use crate::nouns::evidence::entity::evidence;
use crate::nouns::milestones::entity::{milestone, milestone_dependency, reschedule};
use crate::nouns::obstacles::entity::obstacle;
use crate::nouns::outcomes::entity::{outcome, outcome_revision};
use crate::nouns::partners::entity::partner;
use crate::nouns::partnerships::entity::{partnership, partnership_partner};
use crate::nouns::quarters::entity::quarter;
use crate::nouns::references::entity::external_reference;
use crate::types::{Clock, Timestamp};

/// How much there is. Three ministries are always there; each partnership has ten milestones and sixteen outcomes.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub bumn: usize,
    /// Executing units, two of a BUMN; the very first has gone into the second.
    pub units: usize,
    pub partners: usize,
    pub partnerships: usize,
}

/// The programme's second stage: 17 BUMN and 630 partners.
pub const EXPANSION: Size = Size { bumn: 17, units: 2, partners: 630, partnerships: 420 };

/// A country: 100 organisations, 30,000 partners and partnerships, 300,000 milestones, 480,000 outcomes.
pub const NATIONAL: Size = Size { bumn: 85, units: 12, partners: 30_000, partnerships: 30_000 };

/// Told of the partnerships that are there so far and of how many there will be.
pub type Progress<'a> = dyn FnMut(u64, u64) + Send + 'a;

/// The day on which all is taken over: fixed, so that the data is the same whenever it is made.
fn as_of() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 30).expect("30 June 2026 is a day")
}

/// Partners in an entry, partnerships in a transaction.
const PARTNERS: usize = 500;
const PARTNERSHIPS: usize = 100;

/// Fills an empty database.
///
/// # Errors
///
/// Where anything has been recorded already.
pub async fn fill(db: &Database, size: Size, number: u64, progress: &mut Progress<'_>) -> Result<()> {
    if !is_empty(db).await? {
        return Err(Error::internal("the database is not empty: data is only put into an empty one"));
    }
    let clock = Clock::seeded(at(as_of(), 8), number);
    let access = Access::new(db.clone(), clock.clone(), 0);
    let seed = Seed { access, clock, today: as_of(), organisations: Vec::new(), clauses: Vec::new() };
    let mut world = World {
        seed,
        dice: Dice::new(number),
        memorandum: Uuid::nil(),
        bumn: Vec::new(),
        units: Vec::new(),
        partners: Vec::new(),
        quarters: Vec::new(),
        ended: vec![None; size.bumn],
        doubted: Vec::new(),
    };
    db.expect_many().await?;
    world.organisations(size).await?;
    world.memorandum = world.seed.memorandum().await?;
    let memorandum = world.memorandum;
    world.seed.clauses(memorandum).await?;
    world.quarters().await?;
    world.partners(size).await?;
    let all = size.partnerships as u64;
    progress(0, all);
    for first in (0..size.partnerships).step_by(PARTNERSHIPS) {
        let mut rows = Rows::default();
        let end = size.partnerships.min(first + PARTNERSHIPS);
        for place in first..end {
            world.partnership(size, place, &mut rows)?;
        }
        let actor = Actor::seed();
        let permit = Permit::grant(&actor, "partnershipTakeOver", memorandum, &[], Level::Officer)?;
        let mut write = world.write().await?;
        rows.put(&mut write, &permit).await?;
        write.append_each(&permit, Some(REASON)).await?.commit().await?;
        progress(end as u64, all);
    }
    world.corrections().await?;
    db.settle().await
}

const REASON: &str = "Data contoh: diambil alih dari daftar kemitraan";

/// What there is already, that later rows are about.
struct World {
    seed: Seed,
    dice: Dice,
    memorandum: Uuid,
    bumn: Vec<Organisation>,
    /// By the place of its BUMN; without the one that has gone into another.
    units: Vec<(usize, Uuid)>,
    partners: Vec<partner::Model>,
    /// The oldest first.
    quarters: Vec<quarter::Model>,
    /// By BUMN: the last partnership that was completed.
    ended: Vec<Option<Uuid>>,
    /// The places of a BUMN and of a partner of its, of which it says that something is otherwise.
    doubted: Vec<(usize, usize)>,
}

impl World {
    /// A second later than the one before.
    async fn write(&self) -> Result<Write> {
        let clock = &self.seed.clock;
        clock.set(Timestamp(clock.now().0 + 1_000_000));
        self.seed.write(&Actor::seed()).await
    }

    /// Whoever holds a seat; BUMN's are told by their place.
    fn hand(&self, role: Role, bumn: usize) -> Result<Actor> {
        self.seed.actor(role, &self.bumn[bumn])
    }
}

/// The rows of some partnerships, by noun.
#[derive(Default)]
struct Rows {
    partnerships: Vec<partnership::Model>,
    partners: Vec<partnership_partner::Model>,
    milestones: Vec<milestone::Model>,
    dependencies: Vec<milestone_dependency::Model>,
    reschedules: Vec<reschedule::Model>,
    references: Vec<external_reference::Model>,
    obstacles: Vec<obstacle::Model>,
    comments: Vec<comment::Model>,
    delegations: Vec<delegation::Model>,
    evidence: Vec<evidence::Model>,
    outcomes: Vec<outcome::Model>,
    revisions: Vec<outcome_revision::Model>,
}

impl Rows {
    async fn put(&self, write: &mut Write, permit: &Permit) -> Result<()> {
        write.insert_many::<partnership::Entity>(permit, &self.partnerships).await?;
        write.insert_many::<partnership_partner::Entity>(permit, &self.partners).await?;
        write.insert_many::<milestone::Entity>(permit, &self.milestones).await?;
        write.insert_many::<milestone_dependency::Entity>(permit, &self.dependencies).await?;
        write.insert_many::<reschedule::Entity>(permit, &self.reschedules).await?;
        write.insert_many::<external_reference::Entity>(permit, &self.references).await?;
        write.insert_many::<obstacle::Entity>(permit, &self.obstacles).await?;
        write.insert_many::<comment::Entity>(permit, &self.comments).await?;
        write.insert_many::<delegation::Entity>(permit, &self.delegations).await?;
        write.insert_many::<evidence::Entity>(permit, &self.evidence).await?;
        write.insert_many::<outcome::Entity>(permit, &self.outcomes).await?;
        write.insert_many::<outcome_revision::Entity>(permit, &self.revisions).await
    }
}
