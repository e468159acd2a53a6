//! Whether a step can be taken: one decision, for the mutation that takes it and for `availableActions` that tells of it.
//! Pure.

use sea_orm::ActiveEnum as _;

use super::entity::{PartnershipStatus, partnership};
use super::steps::{self, Asks, MOST_PARTNERS, PartnershipAction, STEPS, Step};
use crate::access::{Actor, Permit, Role, Stewardship};
use crate::error::{Error, Result};
use crate::nouns::deciding::{self, check_stewardship};
use crate::nouns::ids::Noun;
use crate::nouns::milestones::entity::{MilestoneStatus, MilestoneType};
use crate::nouns::partners::entity::LegalForm;
use crate::types::Timestamp;

/// What a partnership is decided by, beside its own row.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// The legal form of the lead partner, where there is one.
    pub lead: Option<LegalForm>,
    /// How many partners do not lead.
    pub others: usize,
    /// Its milestones: of which type, and where they stand.
    pub milestones: Vec<(MilestoneType, MilestoneStatus)>,
    /// Whether it or a milestone of it has a reference.
    pub is_referred: bool,
    /// Where its renewals stand.
    pub renewals: Vec<PartnershipStatus>,
}

impl Situation {
    /// Milestones that somebody has yet to do something about.
    pub fn open(&self) -> usize {
        use MilestoneStatus::{InProgress, Returned, Scheduled, Submitted};
        let is_open = |status| matches!(status, Scheduled | InProgress | Submitted | Returned);
        self.milestones.iter().filter(|(_, status)| is_open(*status)).count()
    }

    fn is_agreed(&self) -> bool {
        let agreements = [MilestoneType::CooperationAgreement, MilestoneType::SupplyContract];
        let mut all = self.milestones.iter();
        all.any(|(kind, status)| agreements.contains(kind) && *status == MilestoneStatus::Met)
    }
}

/// An actor before a partnership.
pub struct Case<'a> {
    pub actor: &'a Actor,
    /// What falls to it, where its seat was divided.
    pub stewardship: Stewardship,
    pub row: &'a partnership::Model,
    pub situation: &'a Situation,
}

impl Case<'_> {
    /// What the actor can do to it now.
    pub fn available(&self) -> Vec<PartnershipAction> {
        let can = |step: &&Step| self.permit(step).is_ok() && self.stands(step).is_ok();
        STEPS.iter().filter(can).map(|step| step.action).collect()
    }

    /// Decides on an action, as of the version that the actor has read, where the row is changed.
    ///
    /// # Errors
    ///
    /// FORBIDDEN (seat, level, stewardship), CONFLICT, INVALID_TRANSITION with the steps that are open.
    pub fn decide(&self, action: PartnershipAction, expected_version: Option<i32>) -> Result<Permit> {
        let step = steps::of(action);
        let permit = self.permit(step)?;
        if let Some(expected) = expected_version {
            Noun::Partnership.expect_version(self.row.id, expected, self.row.version)?;
        }
        self.stands(step).map_err(|error| self.with_open(&error))?;
        Ok(permit)
    }

    /// The same error with the steps that are open to the actor.
    pub fn with_open(&self, error: &Error) -> Error {
        deciding::with_open(error, || self.available())
    }

    /// Whether it is this actor's to do.
    fn permit(&self, step: &Step) -> Result<Permit> {
        let permit = Permit::grant(self.actor, step.name, self.row.id, step.seats(), step.level)?;
        check_stewardship(self.actor, self.stewardship, self.situation.lead)?;
        Ok(permit)
    }

    /// Whether it stands where the step leads from, with all that the step asks for.
    fn stands(&self, step: &Step) -> Result<()> {
        let refuse = |rule: &str, message: String| Err(Error::invalid_transition(rule, message));
        let is_bumn = self.actor.role == Some(Role::Bumn);
        let from = if is_bumn { step.bumn_from } else { step.from };
        if !from.contains(&self.row.status) {
            let names = from.iter().map(sea_orm::ActiveEnum::to_value).collect::<Vec<_>>().join(", ");
            let whose = if is_bumn { " for its BUMN" } else { "" };
            let status = self.row.status.to_value();
            return refuse("status", format!("{} leads from {names}{whose}; it is {status}", step.name));
        }
        match step.asks {
            Some(Asks::Agreement) if !self.situation.is_agreed() => refuse(
                "agreement",
                "ACTIVE takes a COOPERATION_AGREEMENT or a SUPPLY_CONTRACT that is MET".to_owned(),
            ),
            Some(Asks::NothingOpen) if self.situation.open() > 0 => {
                refuse("open-milestones", format!("{} of its milestones are open", self.situation.open()))
            }
            Some(Asks::Room) if self.situation.others + 1 >= MOST_PARTNERS => {
                refuse("most-partners", format!("it has {MOST_PARTNERS} partners, and takes no more"))
            }
            Some(Asks::OtherPartner) if self.situation.others == 0 => {
                refuse("lead-partner", "it has no partner but the one that leads it".to_owned())
            }
            Some(Asks::Reference) if !self.situation.is_referred => {
                refuse("no-reference", "neither it nor a milestone of it has a reference".to_owned())
            }
            Some(Asks::NotRenewed) if self.situation.renewals.iter().any(|status| stands(*status)) => refuse(
                "renewed",
                "it is renewed already, by one that was not rejected or terminated".to_owned(),
            ),
            _ => Ok(()),
        }
    }
}

fn stands(status: PartnershipStatus) -> bool {
    !matches!(status, PartnershipStatus::Rejected | PartnershipStatus::Terminated)
}

/// A partnership after a step of the machine.
pub fn stepped(
    row: &partnership::Model,
    action: PartnershipAction,
    reason: Option<String>,
    now: Timestamp,
) -> partnership::Model {
    let to = steps::of(action).to.unwrap_or(row.status);
    partnership::Model {
        version: row.version + 1,
        status: to,
        status_reason: reason,
        status_since: now,
        ..row.clone()
    }
}
