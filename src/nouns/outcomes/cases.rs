//! Whether a step can be taken: one decision, for the mutation that takes it and for `availableActions` that tells of it.
//! Pure.

use sea_orm::ActiveEnum as _;

use super::entity::{OutcomeStatus, outcome, outcome_revision};
use super::steps::{self, Hand, OutcomeAction, STEPS, Step};
use crate::access::{Actor, Permit, Role, Stewardship};
use crate::error::{Error, Result};
use crate::nouns::deciding::{self, check_stewardship};
use crate::nouns::delegations::entity::DelegatedAction;
use crate::nouns::delegations::rules as delegations;
use crate::nouns::ids::Noun;
use crate::nouns::partners::entity::LegalForm;
use crate::nouns::partnerships::entity::PartnershipStatus;

/// What an outcome is decided by, beside its own row.
#[derive(Debug, Clone)]
pub struct Situation {
    pub partnership: PartnershipStatus,
    /// The legal form of the lead partner, where there is one.
    pub lead: Option<LegalForm>,
    pub is_locked: bool,
    /// Whether the quarter has begun.
    pub has_begun: bool,
    /// The revision that waits for its verification.
    pub waiting: Option<outcome_revision::Model>,
    /// What is delegated to the actor in the partnership today, where it is a service account.
    pub delegated: Vec<DelegatedAction>,
}

/// An actor before an outcome.
pub struct Case<'a> {
    pub actor: &'a Actor,
    /// What falls to it, where its seat was divided.
    pub stewardship: Stewardship,
    pub row: &'a outcome::Model,
    pub situation: &'a Situation,
}

impl Case<'_> {
    /// What the actor can do to it now.
    pub fn available(&self) -> Vec<OutcomeAction> {
        let can = |step: &&Step| self.permit(step).is_ok() && self.stands(step).is_ok();
        STEPS.iter().filter(can).map(|step| step.action).collect()
    }

    /// Decides on an action, as of the version that the actor has read.
    ///
    /// # Errors
    ///
    /// FORBIDDEN (seat, level, stewardship, dual attestation), CONFLICT, INVALID_TRANSITION with the steps that are open.
    pub fn decide(&self, action: OutcomeAction, expected_version: i32) -> Result<Permit> {
        let step = steps::of(action);
        let permit = self.permit(step)?;
        Noun::Outcome.expect_version(self.row.id, expected_version, self.row.version)?;
        self.stands(step).map_err(|error| deciding::with_open(&error, || self.available()))?;
        Ok(permit)
    }

    /// Whether it is this actor's to do.
    fn permit(&self, step: &Step) -> Result<Permit> {
        let (actor, row) = (self.actor, self.row);
        let seat = if step.hand == Hand::Bumn { Role::Bumn } else { row.indicator.verifier() };
        let level = delegations::level(step.level, step.delegable, &self.situation.delegated);
        let permit = Permit::grant(actor, step.name, row.id, &[seat], level)?;
        check_stewardship(actor, self.stewardship, self.situation.lead)?;
        if step.hand == Hand::Verifier {
            let (person, organisation) = match &self.situation.waiting {
                Some(waits) => (Some(&waits.reported_by), Some(waits.reporter_organisation)),
                None => (row.reported_by.as_ref(), row.reporter_organisation),
            };
            if person == Some(&actor.id)
                || (organisation.is_some() && organisation == actor.organisation_id())
            {
                return Err(Error::forbidden(
                    "dual-attestation",
                    "who reported it does not decide on it, nor does anybody of the same organisation",
                ));
            }
        }
        Ok(permit)
    }

    /// Whether it stands where the step leads from, with all that the step asks for.
    fn stands(&self, step: &Step) -> Result<()> {
        let (row, situation) = (self.row, self.situation);
        let refuse = |rule: &str, message: String| Err(Error::invalid_transition(rule, message));
        let is_target = step.action == OutcomeAction::SetTarget;
        match situation.partnership {
            PartnershipStatus::Proposed | PartnershipStatus::Curation if is_target => {}
            status @ (PartnershipStatus::Proposed
            | PartnershipStatus::Curation
            | PartnershipStatus::Rejected) => {
                return refuse("partnership-status", format!("its partnership is {}", status.to_value()));
            }
            _ => {}
        }
        if situation.is_locked {
            return self.stands_locked(step);
        }
        if step.action == OutcomeAction::Revise {
            let message = "the quarter is not locked: what is not verified yet is reported again";
            return refuse("quarter-open", message.to_owned());
        }
        if !step.from.contains(&row.status) {
            let from = step.from.iter().map(sea_orm::ActiveEnum::to_value).collect::<Vec<_>>().join(", ");
            return refuse(
                "status",
                format!("{} leads from {from}; it is {}", step.name, row.status.to_value()),
            );
        }
        if !is_target && !situation.has_begun {
            return refuse("quarter-not-begun", "the quarter has not begun".to_owned());
        }
        if step.action == OutcomeAction::Submit && row.actual.is_none() {
            return refuse("no-figure", "nothing is reported yet".to_owned());
        }
        Ok(())
    }

    /// The same once the quarter is locked: its figure stays, and only a revision moves.
    fn stands_locked(&self, step: &Step) -> Result<()> {
        let refuse = |rule: &str, message: &str| Err(Error::invalid_transition(rule, message));
        if self.row.status != OutcomeStatus::Verified {
            return refuse(
                "left-out",
                "it was not verified when the quarter was locked, and is left out for good",
            );
        }
        let waits = self.situation.waiting.is_some();
        match step.action {
            OutcomeAction::SetTarget | OutcomeAction::Report | OutcomeAction::Submit => {
                refuse("quarter-locked", "the quarter is locked: its figures change by revisions alone")
            }
            OutcomeAction::Revise if waits => {
                refuse("revision-waits", "a revision waits: it is verified or returned first")
            }
            OutcomeAction::Verify | OutcomeAction::Return if !waits => {
                refuse("no-revision", "the quarter is locked, and no revision waits")
            }
            _ => Ok(()),
        }
    }
}
