//! Mutations that are steps of a status machine: decided by its cases, as `availableActions` is.

use uuid::Uuid;

use super::store::Asked;
use crate::access::Permit;
use crate::error::{Error, Result};
use crate::nouns::evidence::entity::evidence;
use crate::nouns::evidence::rules::permit_withdraw;
use crate::nouns::ids::Noun;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::milestones::steps::MilestoneAction;
use crate::nouns::obstacles::entity::obstacle;
use crate::nouns::obstacles::steps::ObstacleAction;
use crate::nouns::outcomes::entity::{Indicator, outcome};
use crate::nouns::outcomes::steps::OutcomeAction;
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::partnerships::steps::PartnershipAction;
use crate::nouns::partnerships::store::lead_forms;
use crate::nouns::quarters::entity::quarter;
use crate::nouns::quarters::steps::QuarterAction;
use crate::nouns::{milestones, obstacles, outcomes, partnerships, quarters};
use crate::types::Timestamp;

/// Decides on a step; none where the mutation is no step of any machine.
pub async fn decide(asked: &Asked<'_>, action: &str) -> Result<Option<Permit>> {
    if let Some(step) = partnerships::steps::STEPS.iter().find(|step| step.name == action) {
        return partnership(asked, step.action).await.map(Some);
    }
    if let Some(step) = milestones::steps::STEPS.iter().find(|step| step.name == action) {
        return milestone(asked, step.action).await.map(Some);
    }
    if let Some(step) = outcomes::steps::STEPS.iter().find(|step| step.name == action) {
        return outcome(asked, step.action).await.map(Some);
    }
    if let Some(step) = quarters::steps::STEPS.iter().find(|step| step.name == action) {
        return quarter(asked, step.action).await.map(Some);
    }
    if let Some(step) = obstacles::steps::STEPS.iter().find(|step| step.name == action) {
        return obstacle(asked, step.action).await.map(Some);
    }
    Ok(None)
}

fn gone() -> Error {
    Error::internal("a row without what it is decided by")
}

async fn partnership(asked: &Asked<'_>, action: PartnershipAction) -> Result<Permit> {
    use partnerships::cases::Case;
    let view = asked.view;
    let row = asked.row::<partnership::Entity>(Noun::Partnership).await?;
    let all = partnerships::situations::situations(view, std::slice::from_ref(&row)).await?;
    let situation = all.get(&row.id).ok_or_else(gone)?;
    let case = Case { actor: view.actor(), stewardship: view.stewardship(), row: &row, situation };
    case.decide(action, None)
}

/// A piece of evidence is withdrawn by its own id, or asked for by its milestone's: whether any can be.
async fn milestone(asked: &Asked<'_>, action: MilestoneAction) -> Result<Permit> {
    use milestones::cases::Case;
    let view = asked.view;
    let evidence = if action == MilestoneAction::WithdrawEvidence && asked.is_of(Noun::Evidence) {
        Some(asked.row::<evidence::Entity>(Noun::Evidence).await?)
    } else {
        None
    };
    let row = match &evidence {
        Some(evidence) => view.by_id::<milestone::Entity>(evidence.milestone).await?.ok_or_else(gone)?,
        None => asked.row::<milestone::Entity>(Noun::Milestone).await?,
    };
    let all = milestones::situations::situations(view, std::slice::from_ref(&row)).await?;
    let situation = all.get(&row.id).ok_or_else(gone)?;
    let case = Case { actor: view.actor(), stewardship: view.stewardship(), row: &row, situation };
    match evidence {
        Some(evidence) => permit_withdraw(&case, &evidence, evidence.version),
        None => case.decide(action, row.version),
    }
}

/// What is said first of an indicator in a quarter has no outcome yet: it is asked for by the partnership, of a quarter that
/// has begun and is open.
async fn outcome(asked: &Asked<'_>, action: OutcomeAction) -> Result<Permit> {
    use outcomes::cases::{Case, Situation};
    let view = asked.view;
    let (actor, stewardship) = (view.actor(), view.stewardship());
    let is_first = matches!(action, OutcomeAction::SetTarget | OutcomeAction::Report);
    if is_first && asked.is_of(Noun::Partnership) {
        let partnership = asked.row::<partnership::Entity>(Noun::Partnership).await?;
        let leads = lead_forms(view, &[partnership.id]).await?;
        let situation = Situation {
            partnership: partnership.status,
            lead: leads.get(&partnership.id).copied(),
            is_locked: false,
            has_begun: true,
            waiting: None,
            delegated: Vec::new(),
        };
        // Targets and figures of every indicator are the BUMN's.
        let of = (&partnership, Indicator::TransactionValue, "");
        let row = outcomes::rules::unsaid(of, Uuid::nil(), Timestamp(0));
        return Case { actor, stewardship, row: &row, situation: &situation }.decide(action, row.version);
    }
    let row = asked.row::<outcome::Entity>(Noun::Outcome).await?;
    let all = outcomes::situations::situations(view, std::slice::from_ref(&row)).await?;
    let situation = all.get(&row.id).ok_or_else(gone)?;
    Case { actor, stewardship, row: &row, situation }.decide(action, row.version)
}

async fn quarter(asked: &Asked<'_>, action: QuarterAction) -> Result<Permit> {
    use quarters::cases::Case;
    let view = asked.view;
    let row = asked.row::<quarter::Entity>(Noun::Quarter).await?;
    let agreements = quarters::store::agreements(view, &[row.id]).await?;
    let agreements = agreements.iter().collect::<Vec<_>>();
    let holders = quarters::store::holders(view).await?;
    let (actor, today) = (view.actor(), view.today());
    Case { actor, row: &row, holders: &holders, agreements: &agreements, today }.decide(action, row.version)
}

async fn obstacle(asked: &Asked<'_>, action: ObstacleAction) -> Result<Permit> {
    use obstacles::cases::Case;
    let view = asked.view;
    let row = asked.row::<obstacle::Entity>(Noun::Obstacle).await?;
    let all = obstacles::situations::situations(view, std::slice::from_ref(&row)).await?;
    let situation = all.get(&row.id).ok_or_else(gone)?;
    let case = Case { actor: view.actor(), stewardship: view.stewardship(), row: &row, situation };
    case.decide(action, row.version)
}
