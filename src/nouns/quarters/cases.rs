//! Whether a step can be taken: one decision, for the mutation that takes it and for `availableActions` that tells of it.
//! Pure.

use chrono::NaiveDate;
use serde_json::json;
use uuid::Uuid;

use super::entity::{QuarterStatus, quarter, quarter_agreement};
use super::steps::{self, QuarterAction, STEPS, Step};
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};
use crate::nouns::deciding;
use crate::nouns::ids::Noun;

/// An actor before a quarter.
pub struct Case<'a, A> {
    pub actor: &'a Actor,
    pub row: &'a quarter::Model,
    /// The organisations that hold a seat of a ministry today.
    pub holders: &'a [(Uuid, Role)],
    pub agreements: &'a [A],
    pub today: NaiveDate,
}

impl<A: std::ops::Deref<Target = quarter_agreement::Model>> Case<'_, A> {
    /// What the actor can do to it now.
    pub fn available(&self) -> Vec<QuarterAction> {
        let can = |step: &&Step| self.permit(step).is_ok() && self.stands(step).is_ok();
        STEPS.iter().filter(can).map(|step| step.action).collect()
    }

    /// Decides on an action, as of the version that the actor has read.
    ///
    /// # Errors
    ///
    /// FORBIDDEN (seat, level), CONFLICT, INVALID_TRANSITION with the steps that are open.
    pub fn decide(&self, action: QuarterAction, expected_version: i32) -> Result<Permit> {
        let step = steps::of(action);
        let permit = self.permit(step)?;
        Noun::Quarter.expect_version(self.row.id, expected_version, self.row.version)?;
        self.stands(step).map_err(|error| deciding::with_open(&error, || self.available()))?;
        Ok(permit)
    }

    /// The agreement of the actor's organisation.
    pub fn own(&self) -> Option<&quarter_agreement::Model> {
        let own = self.actor.organisation_id();
        self.agreements.iter().map(|row| &**row).find(|row| Some(row.organisation) == own)
    }

    fn permit(&self, step: &Step) -> Result<Permit> {
        Permit::grant(self.actor, step.name, self.row.id, step.seats, Level::Approver)
    }

    fn stands(&self, step: &Step) -> Result<()> {
        let refuse = |rule: &str, message: &str| Err(Error::invalid_transition(rule, message));
        if self.row.status == QuarterStatus::Locked {
            return refuse("quarter-locked", "the quarter is locked");
        }
        if step.action != QuarterAction::WithdrawAgreement && self.today <= self.row.ends_on {
            return refuse("quarter-not-over", "the quarter is not over");
        }
        match step.action {
            QuarterAction::Agree if self.own().is_some() => {
                refuse("agreed", "the organisation has agreed already")
            }
            QuarterAction::WithdrawAgreement if self.own().is_none() => {
                refuse("no-agreement", "the organisation has not agreed")
            }
            QuarterAction::Lock => {
                let agrees = |holder: Uuid| self.agreements.iter().any(|row| row.organisation == holder);
                let missing = self.holders.iter().filter(|(holder, _)| !agrees(*holder)).map(|(id, seat)| {
                    json!({ "seat": seat.as_str(), "organisation": Noun::Organisation.id(*id).0 })
                });
                let missing = missing.collect::<Vec<_>>();
                if missing.is_empty() {
                    return Ok(());
                }
                let message = "every organisation that holds a seat of a ministry agrees first";
                Err(Error::invalid_transition("seats-agree", message).and("missing", missing.into()))
            }
            _ => Ok(()),
        }
    }
}
