//! What milestones are decided by, read for one that is held, and for all of a list that are looked at.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::cases::Situation;
use super::entity::{MilestoneStatus, RescheduleStatus, milestone, milestone_dependency, reschedule};
use crate::access::{View, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::delegations::store as delegations;
use crate::nouns::evidence::entity::evidence;
use crate::nouns::partners::entity::partner;
use crate::nouns::partnerships::entity::{partnership, partnership_partner};
use crate::nouns::partnerships::store::lead_forms;

/// A milestone that is held, with what it is decided by. Its partnership is held as well, so all of it stays as it is.
pub struct Held {
    pub row: milestone::Model,
    pub partnership: partnership::Model,
    pub situation: Situation,
    pub dependencies: Vec<milestone_dependency::Model>,
    /// The ids of the evidence that stands.
    pub evidence: Vec<Uuid>,
    /// How often it was asked to be moved.
    pub moves: i32,
}

/// Holds a milestone.
///
/// # Errors
///
/// NOT_FOUND.
pub async fn hold(write: &mut Write, on: &Named) -> Result<Held> {
    let found = on.find::<milestone::Entity>(write).await?;
    let partnership = write.hold::<partnership::Entity>(found.partnership).await?;
    let partnership = partnership.ok_or_else(|| Error::not_found(&on.given))?;
    let row = on.hold::<milestone::Entity>(write).await?;
    let lead = lead(write, partnership.id).await?;
    let evidence = evidence::Entity::find().filter(evidence::Column::Milestone.eq(row.id));
    let evidence = write.all(evidence.filter(evidence::Column::WithdrawnAt.is_null())).await?;
    let dependencies = milestone_dependency::Entity::find()
        .filter(milestone_dependency::Column::Milestone.eq(row.id))
        .order_by_asc(milestone_dependency::Column::Id);
    let dependencies = write.all(dependencies).await?;
    let on = dependencies.iter().map(|row| row.depends_on).collect::<Vec<_>>();
    let on = write.all(milestone::Entity::find().filter(milestone::Column::Id.is_in(on))).await?;
    let moves = reschedule::Entity::find().filter(reschedule::Column::Milestone.eq(row.id));
    let moves = write.all(moves.order_by_asc(reschedule::Column::Number)).await?;
    let situation = Situation {
        partnership: partnership.status,
        lead: lead.map(|lead| lead.legal_form),
        evidence: evidence.iter().map(|row| row.kind).collect(),
        dependencies: on.iter().map(|row| row.status).collect(),
        waiting: moves.iter().find(|row| row.status == RescheduleStatus::Waiting).cloned(),
        delegated: delegations::held(write, partnership.id).await?,
    };
    let moves = moves.last().map_or(0, |last| last.number);
    let evidence = evidence.into_iter().map(|row| row.id).collect();
    Ok(Held { row, partnership, situation, dependencies, evidence, moves })
}

/// The lead partner of a partnership.
pub async fn lead(write: &Write, partnership: Uuid) -> Result<Option<partner::Model>> {
    use partnership_partner::Column;
    let leads = partnership_partner::Entity::find().filter(Column::Partnership.eq(partnership));
    let Some(lead) = write.all(leads.filter(Column::Lead.eq(true))).await?.pop() else { return Ok(None) };
    write.find::<partner::Entity>(lead.partner).await
}

/// All milestones of a partnership.
pub async fn of_partnership(write: &Write, partnership: Uuid) -> Result<Vec<milestone::Model>> {
    write.all(milestone::Entity::find().filter(milestone::Column::Partnership.eq(partnership))).await
}

/// All that waits for something in a partnership.
pub async fn dependencies_of(write: &Write, partnership: Uuid) -> Result<Vec<milestone_dependency::Model>> {
    use milestone_dependency::Column;
    write.all(milestone_dependency::Entity::find().filter(Column::Partnership.eq(partnership))).await
}

/// What all milestones of a list are decided by: a statement for each kind of row, however many there are.
pub async fn situations(view: &View, rows: &[milestone::Model]) -> Result<HashMap<Uuid, Situation>> {
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut partnerships = rows.iter().map(|row| row.partnership).collect::<Vec<_>>();
    partnerships.sort_unstable();
    partnerships.dedup();
    let status = view.by_ids::<partnership::Entity>(&partnerships).await?;
    let leads = lead_forms(view, &partnerships).await?;
    let evidence = evidence::Entity::find()
        .filter(view.is_in(evidence::Column::Milestone, &ids))
        .filter(evidence::Column::WithdrawnAt.is_null());
    let evidence = view.all(evidence).await?;
    let dependencies = super::store::dependencies(view, &ids).await?;
    let on = dependencies.iter().map(|row| row.depends_on).collect::<Vec<_>>();
    let on = view.by_ids::<milestone::Entity>(&on).await?;
    let moves = reschedule::Entity::find()
        .filter(view.is_in(reschedule::Column::Milestone, &ids))
        .filter(reschedule::Column::Status.eq(RescheduleStatus::Waiting));
    let moves = view.all(moves).await?;
    let delegated = delegations::of_actor(view).await?;
    let situation = |row: &milestone::Model| {
        let own = dependencies.iter().filter(|one| one.milestone == row.id);
        let status_of = |one: &milestone_dependency::Model| on.get(&one.depends_on).map(|row| row.status);
        let partnership = status.get(&row.partnership);
        let situation = Situation {
            partnership: partnership
                .ok_or_else(|| Error::internal("a milestone without its partnership"))?
                .status,
            lead: leads.get(&row.partnership).copied(),
            evidence: evidence.iter().filter(|one| one.milestone == row.id).map(|one| one.kind).collect(),
            dependencies: own.filter_map(status_of).collect::<Vec<MilestoneStatus>>(),
            waiting: moves.iter().find(|one| one.milestone == row.id).cloned(),
            delegated: delegations::actions(&delegated, row.partnership),
        };
        Ok((row.id, situation))
    };
    rows.iter().map(situation).collect()
}
