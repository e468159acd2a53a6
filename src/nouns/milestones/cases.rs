//! Whether a step can be taken: one decision, for the mutation that takes it and for `availableActions` that tells of it.
//! Pure.

use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use super::entity::{MilestoneStatus, milestone, reschedule};
use super::rules;
use super::steps::{self, Asks, Hand, MilestoneAction, STEPS, Step};
use crate::access::{Actor, Permit, Stewardship};
use crate::error::{Error, Result};
use crate::nouns::deciding::{self, check_stewardship};
use crate::nouns::delegations::entity::DelegatedAction;
use crate::nouns::delegations::rules as delegations;
use crate::nouns::evidence::entity::EvidenceKind;
use crate::nouns::ids::Noun;
use crate::nouns::partners::entity::LegalForm;
use crate::nouns::partnerships::entity::PartnershipStatus;

/// The statuses of a partnership in which nothing is done to its milestones.
pub const AT_REST: [PartnershipStatus; 4] = [
    PartnershipStatus::Suspended,
    PartnershipStatus::Completed,
    PartnershipStatus::Terminated,
    PartnershipStatus::Rejected,
];

/// What a milestone is decided by, beside its own row.
#[derive(Debug, Clone)]
pub struct Situation {
    pub partnership: PartnershipStatus,
    /// The legal form of the lead partner, where there is one.
    pub lead: Option<LegalForm>,
    /// The kinds of the evidence that stands.
    pub evidence: Vec<EvidenceKind>,
    /// Where the milestones stand that it depends on.
    pub dependencies: Vec<MilestoneStatus>,
    /// The request to move it that waits.
    pub waiting: Option<reschedule::Model>,
    /// What is delegated to the actor in the partnership today, where it is a service account.
    pub delegated: Vec<DelegatedAction>,
}

/// An actor before a milestone.
pub struct Case<'a> {
    pub actor: &'a Actor,
    /// What falls to it, where its seat was divided.
    pub stewardship: Stewardship,
    pub row: &'a milestone::Model,
    pub situation: &'a Situation,
}

impl Case<'_> {
    /// What the actor can do to it now.
    pub fn available(&self) -> Vec<MilestoneAction> {
        let can = |step: &&Step| self.permit(step, self.row.id).is_ok() && self.stands(step).is_ok();
        STEPS.iter().filter(can).map(|step| step.action).collect()
    }

    /// Decides on an action, as of the version that the actor has read.
    ///
    /// # Errors
    ///
    /// FORBIDDEN (seat, level, stewardship, dual attestation), CONFLICT, INVALID_TRANSITION with the steps that are open.
    pub fn decide(&self, action: MilestoneAction, expected_version: i32) -> Result<Permit> {
        let version = Noun::Milestone.expect_version(self.row.id, expected_version, self.row.version);
        self.decide_on(self.row.id, action, version)
    }

    /// The same of what hangs on the milestone: `version` is whether that is as the actor has read it.
    ///
    /// # Errors
    ///
    /// As those of [`Case::decide`].
    pub fn decide_on(&self, subject: Uuid, action: MilestoneAction, version: Result<()>) -> Result<Permit> {
        let step = steps::of(action);
        let permit = self.permit(step, subject)?;
        version?;
        self.stands(step).map_err(|error| self.with_open(&error))?;
        Ok(permit)
    }

    /// The same error with the steps that are open to the actor.
    pub fn with_open(&self, error: &Error) -> Error {
        deciding::with_open(error, || self.available())
    }

    /// Whether it is this actor's to do.
    fn permit(&self, step: &Step, subject: Uuid) -> Result<Permit> {
        let (actor, row) = (self.actor, self.row);
        let level = delegations::level(step.level, step.delegable, &self.situation.delegated);
        let permit = Permit::grant(actor, step.name, subject, &step.hand.seats(row), level)?;
        check_stewardship(actor, self.stewardship, self.situation.lead)?;
        if step.hand == Hand::Verifier {
            let waiting = self.situation.waiting.as_ref().filter(|_| step.asks == Some(Asks::Move));
            let (person, organisation) = match waiting {
                Some(request) => (Some(&request.requested_by), Some(request.requester_organisation)),
                None => (row.reported_by.as_ref(), row.reporter_organisation),
            };
            let is_own = person == Some(&actor.id)
                || (organisation.is_some() && organisation == actor.organisation_id());
            if is_own {
                return Err(Error::forbidden(
                    "dual-attestation",
                    "who reported it or asked for it does not decide on it, nor does anybody of the same organisation",
                ));
            }
        }
        Ok(permit)
    }

    /// Whether it stands where the step leads from, with all that the step asks for.
    fn stands(&self, step: &Step) -> Result<()> {
        let (row, situation) = (self.row, self.situation);
        let refuse = |rule: &str, message: String| Err(Error::invalid_transition(rule, message));
        if !step.at_rest && AT_REST.contains(&situation.partnership) {
            let status = situation.partnership.to_value();
            return refuse("partnership-status", format!("its partnership is {status}"));
        }
        if !step.from.contains(&row.status) {
            let from = step.from.iter().map(sea_orm::ActiveEnum::to_value).collect::<Vec<_>>().join(", ");
            return refuse(
                "status",
                format!("{} leads from {from}; it is {}", step.name, row.status.to_value()),
            );
        }
        match step.asks {
            Some(Asks::Evidence) => {
                if let Some(least) =
                    rules::least_evidence(row.kind).filter(|kind| !situation.evidence.contains(kind))
                {
                    let (kind, least) = (row.kind.to_value(), least.to_value());
                    return refuse(
                        "least-evidence",
                        format!("{kind} is reported with evidence of the kind {least}"),
                    );
                }
                let met = [MilestoneStatus::Met, MilestoneStatus::Cancelled];
                match situation.dependencies.iter().find(|status| !met.contains(status)) {
                    Some(status) => refuse(
                        "dependencies",
                        format!("it depends on a milestone that is {}, not MET", status.to_value()),
                    ),
                    None => Ok(()),
                }
            }
            Some(Asks::Withdrawable) => {
                let each = situation.evidence.iter().map(|kind| self.spares(*kind));
                let none = || refuse("no-evidence", "it has no evidence that stands".to_owned());
                each.reduce(Result::or).unwrap_or_else(none)
            }
            Some(Asks::Dependency) if situation.dependencies.is_empty() => {
                refuse("no-dependency", "it depends on no other milestone".to_owned())
            }
            Some(Asks::NoMove) if situation.waiting.is_some() => refuse(
                "reschedule-waits",
                "a request to move it waits for the verifier: it is approved or declined first".to_owned(),
            ),
            Some(Asks::Move) if situation.waiting.is_none() => {
                refuse("no-reschedule", "no request to move it waits".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// Whether it can do without a piece of evidence of this kind: what is reported keeps its least evidence, until the
    /// report is returned.
    ///
    /// # Errors
    ///
    /// INVALID_TRANSITION.
    pub fn spares(&self, kind: EvidenceKind) -> Result<()> {
        let is_asked_for = self.row.status == MilestoneStatus::Submitted
            && rules::least_evidence(self.row.kind) == Some(kind);
        if is_asked_for && self.situation.evidence.iter().filter(|one| **one == kind).count() < 2 {
            let message =
                format!("its report rests on evidence of the kind {}, of which it has one", kind.to_value());
            return Err(Error::invalid_transition("least-evidence", message));
        }
        Ok(())
    }
}
