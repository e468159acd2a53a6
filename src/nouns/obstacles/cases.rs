//! Whether a step can be taken: one decision, for the mutation that takes it and for `availableActions` that tells of it.
//! Pure.

use sea_orm::ActiveEnum as _;

use super::entity::obstacle;
use super::rules;
use super::steps::{self, ObstacleAction, STEPS, Step};
use crate::access::{Actor, Level, Permit, Role, Stewardship};
use crate::error::{Error, Result};
use crate::nouns::deciding::{self, check_stewardship};
use crate::nouns::ids::Noun;
use crate::nouns::partners::entity::LegalForm;
use crate::nouns::partnerships::entity::PartnershipStatus;

/// What an obstacle is decided by, beside its own row.
#[derive(Debug, Clone)]
pub struct Situation {
    pub partnership: PartnershipStatus,
    /// The legal form of the lead partner, where there is one.
    pub lead: Option<LegalForm>,
    /// The seat of the organisation that raised it. Whoever has followed that one holds it.
    pub raiser: Option<Role>,
}

/// An actor before an obstacle.
pub struct Case<'a> {
    pub actor: &'a Actor,
    /// What falls to it, where its seat was divided.
    pub stewardship: Stewardship,
    pub row: &'a obstacle::Model,
    pub situation: &'a Situation,
}

impl Case<'_> {
    /// What the actor can do to it now.
    pub fn available(&self) -> Vec<ObstacleAction> {
        let can = |step: &&Step| self.permit(step).is_ok() && self.stands(step).is_ok();
        STEPS.iter().filter(can).map(|step| step.action).collect()
    }

    /// Decides on an action, as of the version that the actor has read.
    ///
    /// # Errors
    ///
    /// FORBIDDEN (seat, level, stewardship), CONFLICT, INVALID_TRANSITION with the steps that are open.
    pub fn decide(&self, action: ObstacleAction, expected_version: i32) -> Result<Permit> {
        let step = steps::of(action);
        let permit = self.permit(step)?;
        Noun::Obstacle.expect_version(self.row.id, expected_version, self.row.version)?;
        self.stands(step).map_err(|error| deciding::with_open(&error, || self.available()))?;
        Ok(permit)
    }

    /// Whether it is this actor's to do. A BUMN that is not the partnership's does not see it at all.
    fn permit(&self, step: &Step) -> Result<Permit> {
        let (actor, row) = (self.actor, self.row);
        let mut seats = vec![row.owner];
        for seat in self.situation.raiser.into_iter().chain([Role::Kemenbumn]) {
            if !seats.contains(&seat) {
                seats.push(seat);
            }
        }
        let permit = Permit::grant(actor, step.name, row.id, &seats, Level::Officer)?;
        // What it raised itself is its own, whoever stewards the partner.
        if actor.organisation_id() != Some(row.raiser_organisation) {
            check_stewardship(actor, self.stewardship, self.situation.lead)?;
        }
        Ok(permit)
    }

    /// Whether it stands where the step leads from.
    fn stands(&self, step: &Step) -> Result<()> {
        let status = self.row.status;
        if !step.from.contains(&status) {
            let from = step.from.iter().map(sea_orm::ActiveEnum::to_value).collect::<Vec<_>>().join(", ");
            let message = format!("{} leads from {from}; it is {}", step.name, status.to_value());
            return Err(Error::invalid_transition("status", message));
        }
        if step.runs { rules::check_partnership(self.situation.partnership) } else { Ok(()) }
    }
}
