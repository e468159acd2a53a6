//! The figures of the last eight quarters: all of them made up, some not reported, one returned, the oldest two quarters
//! locked, one figure revised after that.

use chrono::{Days, NaiveDate};

use super::{Seed, Work};
use crate::access::{Level, Permit, Role};
use crate::error::{Error, Result};
use crate::nouns::outcomes::entity::Indicator::{self, *};
use crate::nouns::outcomes::entity::{OutcomeStatus, outcome, outcome_revision};
use crate::nouns::partnerships::entity::PartnershipStatus;
use crate::nouns::quarters::entity::{QuarterStatus, quarter, quarter_agreement};
use crate::nouns::quarters::rules::DUE;
use crate::nouns::quarters::steps::SEATS;
use crate::types::{Decimal, Quarter};

const QUARTERS: usize = 8;
const LOCKED: usize = 2;

/// The days after a quarter's end for agreement.
const AGREED: u64 = 60;

/// What is done to a quarter, which is told by its place, the oldest first.
#[derive(Debug, Clone, Copy)]
pub enum Act {
    Open(usize),
    /// The partnership with this place in the pilot.
    Report(usize, usize),
    Verify(usize, Role),
    Return(usize),
    Agree(usize, Role),
    Lock(usize),
    Revise,
    VerifyRevision,
}

/// The quarters as they stand.
#[derive(Default)]
pub struct Figures {
    quarters: Vec<quarter::Model>,
    /// By quarter.
    outcomes: Vec<Vec<outcome::Model>>,
    revision: Option<outcome_revision::Model>,
}

/// The last full quarters before this day and the present one, the oldest first.
fn quarters(today: NaiveDate) -> Vec<Quarter> {
    let back = std::iter::successors(Some(Quarter::of(today)), |quarter| Some(quarter.previous()));
    let mut some = back.take(QUARTERS + 1).collect::<Vec<_>>();
    some.reverse();
    some
}

/// Everything that is done, with its day. What would fall after today is not done yet.
pub fn plan(today: NaiveDate, partnerships: usize) -> Result<Vec<(NaiveDate, Act)>> {
    let mut acts = Vec::new();
    for (quarter, at) in quarters(today).into_iter().zip(0..) {
        let (first, next) = quarter.days().ok_or_else(|| Error::internal("a quarter without days"))?;
        acts.push((first, Act::Open(at)));
        if at == QUARTERS {
            break;
        }
        let after = |days: u64| next + Days::new(days);
        acts.extend((0..partnerships).map(|place| (after(5 + place as u64 * 2), Act::Report(at, place))));
        let is_last = at + 1 == QUARTERS;
        acts.extend(SEATS.iter().zip(0..).map(|(seat, place)| (after(DUE + place), Act::Verify(at, *seat))));
        if is_last {
            acts.push((after(DUE + 4), Act::Return(at)));
        }
        if at < LOCKED {
            acts.extend(
                SEATS.iter().zip(0..).map(|(seat, place)| (after(AGREED + place), Act::Agree(at, *seat))),
            );
            acts.push((after(AGREED + 5), Act::Lock(at)));
        }
        if at == LOCKED {
            acts.push((after(10), Act::Revise));
            acts.push((after(14), Act::VerifyRevision));
        }
    }
    acts.retain(|(day, _)| *day <= today);
    Ok(acts)
}

impl Figures {
    pub async fn take(&mut self, seed: &Seed, works: &[Work], act: Act) -> Result<()> {
        match act {
            Act::Open(at) => self.open(seed, at).await,
            Act::Report(at, place) => self.report(seed, &works[place], at, place).await,
            Act::Verify(at, seat) => self.verify(seed, at, seat).await,
            Act::Return(at) => self.give_back(seed, at).await,
            Act::Agree(at, seat) => self.agree(seed, at, seat).await,
            Act::Lock(at) => self.lock(seed, at).await,
            Act::Revise => self.revise(seed, works).await,
            Act::VerifyRevision => self.verify_revision(seed).await,
        }
    }

    async fn open(&mut self, seed: &Seed, at: usize) -> Result<()> {
        let quarter = quarters(seed.today)[at];
        let (first, next) = quarter.days().ok_or_else(|| Error::internal("a quarter without days"))?;
        let actor = seed.seat(Role::Kemenbumn)?;
        let id = seed.clock.new_id();
        let permit = Permit::grant(&actor, "quarterOpen", id, &[Role::Kemenbumn], Level::Approver)?;
        let row = quarter::Model {
            id,
            version: 1,
            code: quarter.to_string(),
            starts_on: first,
            ends_on: next - Days::new(1),
            due_on: next + Days::new(DUE - 1),
            status: QuarterStatus::Open,
            locked_at: None,
            locked_by: None,
        };
        let mut write = seed.write(&actor).await?;
        write.insert::<quarter::Entity>(&permit, &row).await?;
        write.append(&permit, None).await?.commit().await?;
        self.quarters.push(row);
        self.outcomes.push(Vec::new());
        Ok(())
    }

    /// One entry: all figures of a partnership. Those that are not reported have a target alone.
    async fn report(&mut self, seed: &Seed, work: &Work, at: usize, place: usize) -> Result<()> {
        let actor = seed.actor(Role::Bumn, &work.organisation)?;
        let permit =
            Permit::grant(&actor, "outcomeSubmit", work.partnership.id, &[Role::Bumn], Level::Approver)?;
        let estimated = work.partnership.estimated_value.map_or(0, |value| value.0);
        let works = work.path.contains(&PartnershipStatus::Active);
        let mut write = seed.write(&actor).await?;
        for (indicator, which) in indicators(place).zip(0..) {
            let is_reported = works && (at + place + which) % 11 != 3;
            let target = target(indicator, estimated, at);
            let actual = is_reported.then(|| actual(indicator, target, at * 5 + place * 7 + which * 3));
            let row = outcome::Model {
                id: seed.clock.new_id(),
                version: 1,
                partnership: work.partnership.id,
                organisation: work.organisation.id,
                indicator,
                quarter: self.quarters[at].code.clone(),
                target: Some(target),
                actual,
                revised: None,
                revisions: 0,
                status: if is_reported { OutcomeStatus::Submitted } else { OutcomeStatus::Draft },
                status_reason: None,
                status_since: seed.clock.now(),
                reported_at: is_reported.then(|| seed.clock.now()),
                reported_by: is_reported.then(|| actor.id.clone()),
                reporter_organisation: actor.organisation_id().filter(|_| is_reported),
                verified_at: None,
                verified_by: None,
                verifier_organisation: None,
            };
            write.insert::<outcome::Entity>(&permit, &row).await?;
            self.outcomes[at].push(row);
        }
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }

    /// A seat verifies what it has to of a quarter; of the last one all but one figure in seven.
    async fn verify(&mut self, seed: &Seed, at: usize, seat: Role) -> Result<()> {
        let actor = seed.seat(seat)?;
        let permit = Permit::grant(&actor, "outcomeVerify", self.quarters[at].id, &[seat], Level::Approver)?;
        let mut write = seed.write(&actor).await?;
        let is_last = at + 1 == QUARTERS;
        let mut count = 0;
        for row in &mut self.outcomes[at] {
            if row.indicator.verifier() != seat || row.status != OutcomeStatus::Submitted {
                continue;
            }
            count += 1;
            if is_last && count % 7 == 0 {
                continue;
            }
            row.version += 1;
            row.status = OutcomeStatus::Verified;
            row.status_since = seed.clock.now();
            row.verified_at = Some(seed.clock.now());
            row.verified_by = Some(actor.id.clone());
            row.verifier_organisation = actor.organisation_id();
            write.update::<outcome::Entity>(&permit, row).await?;
        }
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }

    async fn give_back(&mut self, seed: &Seed, at: usize) -> Result<()> {
        const REASON: &str = "Data contoh: angka tidak sesuai dengan bukti";
        let waiting = self.outcomes[at].iter_mut().find(|row| row.status == OutcomeStatus::Submitted);
        let Some(row) = waiting else { return Ok(()) };
        let seat = row.indicator.verifier();
        let actor = seed.seat(seat)?;
        let permit = Permit::grant(&actor, "outcomeReturn", row.id, &[seat], Level::Approver)?;
        row.version += 1;
        row.status = OutcomeStatus::Returned;
        row.status_since = seed.clock.now();
        row.status_reason = Some(REASON.to_owned());
        let mut write = seed.write(&actor).await?;
        write.update::<outcome::Entity>(&permit, row).await?;
        write.append(&permit, Some(REASON)).await?.commit().await?;
        Ok(())
    }

    async fn agree(&self, seed: &Seed, at: usize, seat: Role) -> Result<()> {
        let actor = seed.seat(seat)?;
        let organisation =
            actor.organisation_id().ok_or_else(|| Error::internal("a seat without organisation"))?;
        let quarter = self.quarters[at].id;
        let permit = Permit::grant(&actor, "quarterAgree", quarter, &[seat], Level::Approver)?;
        let row = quarter_agreement::Model {
            id: seed.clock.new_id(),
            version: 1,
            quarter,
            organisation,
            seat,
            agreed_at: seed.clock.now(),
            agreed_by: actor.id.clone(),
        };
        let mut write = seed.write(&actor).await?;
        write.insert::<quarter_agreement::Entity>(&permit, &row).await?;
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }

    async fn lock(&mut self, seed: &Seed, at: usize) -> Result<()> {
        let actor = seed.seat(Role::Kemenbumn)?;
        let row = &mut self.quarters[at];
        let permit = Permit::grant(&actor, "quarterLock", row.id, &[Role::Kemenbumn], Level::Approver)?;
        row.version += 1;
        row.status = QuarterStatus::Locked;
        row.locked_at = Some(seed.clock.now());
        row.locked_by = Some(actor.id.clone());
        let mut write = seed.write(&actor).await?;
        write.update::<quarter::Entity>(&permit, row).await?;
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }

    /// The first transaction value of the first quarter was too high, as it turns out.
    fn revised(&mut self) -> Result<&mut outcome::Model> {
        let verified = self.outcomes[0]
            .iter_mut()
            .find(|row| row.indicator == TransactionValue && row.status == OutcomeStatus::Verified);
        verified.ok_or_else(|| Error::internal("the first quarter has no transaction value"))
    }

    async fn revise(&mut self, seed: &Seed, works: &[Work]) -> Result<()> {
        const REASON: &str = "Data contoh: satu faktur terhitung dua kali";
        let outcome = self.revised()?.clone();
        let work = works.iter().find(|work| work.partnership.id == outcome.partnership);
        let work = work.ok_or_else(|| Error::internal("an outcome of no partnership"))?;
        let actor = seed.actor(Role::Bumn, &work.organisation)?;
        let permit = Permit::grant(&actor, "outcomeRevise", outcome.id, &[Role::Bumn], Level::Approver)?;
        let figure = outcome.actual.map_or(0, |actual| actual.0);
        let row = outcome_revision::Model {
            id: seed.clock.new_id(),
            version: 1,
            outcome: outcome.id,
            partnership: outcome.partnership,
            organisation: outcome.organisation,
            number: 1,
            actual: Decimal(figure / 1_000 * 9 * 100),
            reason: REASON.to_owned(),
            status: OutcomeStatus::Submitted,
            status_reason: None,
            status_since: seed.clock.now(),
            reported_at: seed.clock.now(),
            reported_by: actor.id.clone(),
            reporter_organisation: work.organisation.id,
            verified_at: None,
            verified_by: None,
            verifier_organisation: None,
        };
        let mut write = seed.write(&actor).await?;
        write.insert::<outcome_revision::Entity>(&permit, &row).await?;
        write.append(&permit, Some(REASON)).await?.commit().await?;
        self.revision = Some(row);
        Ok(())
    }

    async fn verify_revision(&mut self, seed: &Seed) -> Result<()> {
        let actor = seed.seat(Role::Kemenbumn)?;
        let mut revision = self.revision.take().ok_or_else(|| Error::internal("nothing is revised"))?;
        let permit =
            Permit::grant(&actor, "outcomeVerify", revision.outcome, &[Role::Kemenbumn], Level::Approver)?;
        revision.version += 1;
        revision.status = OutcomeStatus::Verified;
        revision.status_since = seed.clock.now();
        revision.verified_at = Some(seed.clock.now());
        revision.verified_by = Some(actor.id.clone());
        revision.verifier_organisation = actor.organisation_id();
        let outcome = self.revised()?;
        outcome.version += 1;
        outcome.revised = Some(revision.actual);
        outcome.revisions = revision.number;
        let mut write = seed.write(&actor).await?;
        write.update::<outcome_revision::Entity>(&permit, &revision).await?;
        write.update::<outcome::Entity>(&permit, outcome).await?;
        write.append(&permit, None).await?.commit().await?;
        Ok(())
    }
}

/// What a partnership reports on: five indicators always, one or two more by its place.
fn indicators(place: usize) -> impl Iterator<Item = Indicator> {
    const ALWAYS: [Indicator; 5] = [TransactionValue, Employment, LocalContent, OnTimeDelivery, PaymentDays];
    const SOME: [Indicator; 4] = [ValueAdded, ImportSubstitutionValue, InvestmentValue, ExportValue];
    ALWAYS
        .into_iter()
        .chain([SOME[place % 4]])
        .chain(place.is_multiple_of(3).then_some(SOME[(place + 1) % 4]))
}

/// What is aimed at: a share of what the partnership is estimated to be worth, growing by quarter.
pub fn target(indicator: Indicator, estimated: i64, at: usize) -> Decimal {
    let at = at as i64;
    // To the hundred thousand, as people plan.
    let share =
        |percent: i64| Decimal(estimated / 10_000_000 * percent * (100 + at * 5) / 100 * 100_000 * 100);
    match indicator {
        TransactionValue => share(6),
        ValueAdded => share(2),
        ImportSubstitutionValue | ExportValue => share(1),
        InvestmentValue => share(3),
        Employment => Decimal((20 + estimated / 500_000_000 + at) * 100),
        LocalContent => Decimal(6_000 + at * 150),
        OnTimeDelivery => Decimal(9_000),
        PaymentDays => Decimal(3_000),
    }
}

/// What came of it: between four fifths and a fifth more of the target, and no more than there can be.
pub fn actual(indicator: Indicator, target: Decimal, turn: usize) -> Decimal {
    let percent = 80 + (turn % 41) as i64;
    let figure = target.0 / 100 * percent;
    match indicator {
        Employment => Decimal(figure / 100 * 100),
        LocalContent | OnTimeDelivery => Decimal(figure.min(10_000)),
        PaymentDays => Decimal(figure),
        // Whole rupiah.
        _ => Decimal(figure / 100 * 100),
    }
}
