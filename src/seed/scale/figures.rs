//! Quarters and what is reported for them.

use chrono::Days;

use super::partnerships::Course;
use super::{Rows, World, as_of};
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};
use crate::nouns::outcomes::entity::Indicator::*;
use crate::nouns::outcomes::entity::{OutcomeStatus, outcome, outcome_revision};
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::quarters::entity::{QuarterStatus, quarter, quarter_agreement};
use crate::nouns::quarters::rules::DUE;
use crate::nouns::quarters::steps::SEATS;
use crate::seed::outcomes::{actual, target};
use crate::seed::{at, signing_day};
use crate::types::{Decimal, Quarter, Timestamp};

/// For so many quarters on end each partnership reports.
const REPORTED: usize = 4;

/// The last quarters that are open: the present one, and two that are being reconciled.
const OPEN: usize = 3;

/// Days after a quarter's end on which it was locked.
const LOCKED: u64 = 65;

impl World {
    /// One entry: all from the memorandum to the present one.
    pub(super) async fn quarters(&mut self) -> Result<()> {
        let actor = Actor::seed();
        let first = Quarter::of(signing_day());
        let back = std::iter::successors(Some(Quarter::of(as_of())), |quarter| Some(quarter.previous()));
        let mut codes = back.take_while(|quarter| *quarter != first).collect::<Vec<_>>();
        codes.reverse();
        let mut agreements = Vec::new();
        let by = self.seed.seat(Role::Kemenbumn)?;
        for (code, place) in codes.iter().zip(0..) {
            let (starts_on, next) = code.days().ok_or_else(|| Error::internal("a quarter without days"))?;
            let is_locked = place + OPEN < codes.len();
            let locked_at = at(next + Days::new(LOCKED), 10);
            let row = quarter::Model {
                id: self.seed.clock.new_id(),
                version: 1,
                code: code.to_string(),
                starts_on,
                ends_on: next - Days::new(1),
                due_on: next + Days::new(DUE - 1),
                status: if is_locked { QuarterStatus::Locked } else { QuarterStatus::Open },
                locked_at: is_locked.then_some(locked_at),
                locked_by: is_locked.then(|| by.id.clone()),
            };
            for seat in SEATS {
                let seated = self.seed.seat(seat)?;
                if let Some(organisation) = seated.organisation_id().filter(|_| is_locked) {
                    agreements.push(quarter_agreement::Model {
                        id: self.seed.clock.new_id(),
                        version: 1,
                        quarter: row.id,
                        organisation,
                        seat,
                        agreed_at: at(next + Days::new(LOCKED - 3), 10),
                        agreed_by: seated.id,
                    });
                }
            }
            self.quarters.push(row);
        }
        let permit = Permit::grant(&actor, "quarterTakeOver", self.memorandum, &[], Level::Officer)?;
        let mut write = self.write().await?;
        write.insert_many::<quarter::Entity>(&permit, &self.quarters).await?;
        write.insert_many::<quarter_agreement::Entity>(&permit, &agreements).await?;
        write.append(&permit, Some(super::REASON)).await?.commit().await?;
        Ok(())
    }

    /// Four indicators in four quarters.
    pub(super) fn outcomes(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        rows: &mut Rows,
    ) -> Result<()> {
        let indicators = [
            TransactionValue,
            Employment,
            self.dice.pick([LocalContent, OnTimeDelivery, PaymentDays]),
            self.dice.pick([ValueAdded, ImportSubstitutionValue, InvestmentValue, ExportValue]),
        ];
        let first = self.first_quarter(course);
        let estimated = of.estimated_value.map_or(0, |value| value.0);
        for (at, turn) in (first..first + REPORTED).zip(0..) {
            for indicator in indicators {
                let target = target(indicator, estimated, turn);
                let figure = actual(indicator, target, self.dice.index(41));
                let row = self.outcome(course, of, at, indicator, target, figure)?;
                rows.outcomes.push(row);
                let place = rows.outcomes.len() - 1;
                if let Some(revision) = self.revision(course, at, &mut rows.outcomes[place])? {
                    rows.revisions.push(revision);
                }
            }
        }
        Ok(())
    }

    /// The quarter from which a partnership reports: of half of those that are at work so that the last one is the last
    /// that is to be reported.
    fn first_quarter(&mut self, course: &Course) -> usize {
        let last = self.quarters.len() - 1 - REPORTED;
        if !course.has_figures() || (!course.has_ended() && self.dice.percent(50)) {
            return last;
        }
        let began = self.quarters.iter().position(|quarter| quarter.starts_on > course.proposed_on);
        let began = began.unwrap_or(last).min(last);
        began + self.dice.index(last - began + 1)
    }

    fn outcome(
        &mut self,
        course: &Course,
        of: &partnership::Model,
        place: usize,
        indicator: crate::nouns::outcomes::entity::Indicator,
        target: Decimal,
        figure: Decimal,
    ) -> Result<outcome::Model> {
        use OutcomeStatus as S;
        let quarter = &self.quarters[place];
        let dice = &mut self.dice;
        let status = match (course.has_figures(), quarter.status, dice.below(100)) {
            (false, ..) | (true, QuarterStatus::Locked, 0..7) | (true, QuarterStatus::Open, 0..13) => {
                S::Draft
            }
            (true, QuarterStatus::Locked, _) | (true, QuarterStatus::Open, 50..) => S::Verified,
            (true, QuarterStatus::Open, 13..43) => S::Submitted,
            (true, QuarterStatus::Open, _) => S::Returned,
        };
        let after = |days: u32| quarter.ends_on + Days::new(days.into());
        let (reported_in, verified_in) = (dice.between(5, 28), dice.between(2, 25));
        let (reported_at, verified_at) =
            (at(after(reported_in), 9), at(after(reported_in + verified_in), 14));
        let since = match status {
            S::Draft => at(quarter.starts_on.max(course.proposed_on), 9),
            S::Submitted => reported_at,
            S::Verified | S::Returned => verified_at,
        };
        let (is_reported, is_verified) = (status != S::Draft, status == S::Verified);
        let quarter = quarter.code.clone();
        let by = self.hand(Role::Bumn, course.bumn)?;
        let checked_by = self.hand(indicator.verifier(), course.bumn)?;
        Ok(outcome::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            partnership: of.id,
            organisation: of.organisation,
            indicator,
            quarter,
            target: Some(target),
            actual: is_reported.then_some(figure),
            revised: None,
            revisions: 0,
            status,
            status_reason: (status == S::Returned)
                .then(|| "Data contoh: angka tidak sesuai dengan bukti".to_owned()),
            status_since: since,
            reported_at: is_reported.then_some(reported_at),
            reported_by: is_reported.then(|| by.id.clone()),
            reporter_organisation: by.organisation_id().filter(|_| is_reported),
            verified_at: is_verified.then_some(verified_at),
            verified_by: is_verified.then(|| checked_by.id.clone()),
            verifier_organisation: checked_by.organisation_id().filter(|_| is_verified),
        })
    }

    /// Of one locked figure in forty, which it changes where it is verified.
    fn revision(
        &mut self,
        course: &Course,
        place: usize,
        of: &mut outcome::Model,
    ) -> Result<Option<outcome_revision::Model>> {
        use OutcomeStatus as S;
        let quarter = &self.quarters[place];
        let (Some(figure), S::Verified, Some(locked_at)) = (of.actual, of.status, quarter.locked_at) else {
            return Ok(None);
        };
        if self.dice.below(40) > 0 {
            return Ok(None);
        }
        const DAY: i64 = 24 * 3_600_000_000;
        let reported_at = Timestamp(locked_at.0 + i64::from(self.dice.between(5, 15)) * DAY);
        let decided_at = Timestamp(reported_at.0 + i64::from(self.dice.between(2, 6)) * DAY);
        let status = self.dice.pick([S::Verified, S::Verified, S::Verified, S::Submitted, S::Returned]);
        let is_verified = status == S::Verified;
        let checked_by = self.hand(of.indicator.verifier(), course.bumn)?;
        let row = outcome_revision::Model {
            id: self.seed.clock.new_id(),
            version: 1,
            outcome: of.id,
            partnership: of.partnership,
            organisation: of.organisation,
            number: 1,
            // Whole units, whatever they are.
            actual: Decimal(figure.0 / 1_000 * 9 * 100),
            reason: "Data contoh: satu faktur terhitung dua kali".to_owned(),
            status,
            status_reason: (status == S::Returned).then(|| "Data contoh: bukti belum dilampirkan".to_owned()),
            status_since: if status == S::Submitted { reported_at } else { decided_at },
            reported_at,
            reported_by: self.hand(Role::Bumn, course.bumn)?.id,
            reporter_organisation: of.organisation,
            verified_at: is_verified.then_some(decided_at),
            verified_by: is_verified.then(|| checked_by.id.clone()),
            verifier_organisation: checked_by.organisation_id().filter(|_| is_verified),
        };
        if is_verified {
            (of.revised, of.revisions) = (Some(row.actual), 1);
        }
        Ok(Some(row))
    }
}
