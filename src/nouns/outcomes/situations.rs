//! What outcomes are decided by, read for one that is held, and for all of a list that are looked at.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use uuid::Uuid;

use super::cases::Situation;
use super::entity::{OutcomeStatus, outcome, outcome_revision};
use crate::access::{View, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::delegations::entity::DelegatedAction;
use crate::nouns::delegations::store as delegations;
use crate::nouns::milestones::situations::lead;
use crate::nouns::partners::entity::LegalForm;
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::partnerships::store::lead_forms;
use crate::nouns::quarters::entity::{QuarterStatus, quarter};
use crate::nouns::quarters::store as quarters;

/// An outcome that is held, with what it is decided by; partnership and quarter are held before it.
pub struct Held {
    pub row: outcome::Model,
    pub quarter: quarter::Model,
    pub situation: Situation,
    /// How many revisions it has.
    pub revisions: i32,
}

/// Where an outcome is or would be: partnership and quarter, held in this order.
pub async fn hold_place(
    write: &mut Write,
    partnership: &Named,
    code: &str,
) -> Result<(partnership::Model, quarter::Model)> {
    let partnership = partnership.hold::<partnership::Entity>(write).await?;
    let found = write.all(quarter::Entity::find().filter(quarter::Column::Code.eq(code))).await?.pop();
    let quarter = match found {
        Some(found) => write.hold::<quarter::Entity>(found.id).await?,
        None => None,
    };
    Ok((partnership, quarter.ok_or_else(|| Error::not_found(code))?))
}

/// Holds an outcome.
///
/// # Errors
///
/// NOT_FOUND.
pub async fn hold(write: &mut Write, on: &Named) -> Result<Held> {
    let found = on.find::<outcome::Entity>(write).await?;
    let partnership = Named { id: found.partnership, given: on.given.clone() };
    let (partnership, quarter) = hold_place(write, &partnership, &found.quarter).await?;
    let row = on.hold::<outcome::Entity>(write).await?;
    with(write, row, &partnership, quarter).await
}

/// A row with what it is decided by, in its place.
pub async fn with(
    write: &Write,
    row: outcome::Model,
    partnership: &partnership::Model,
    quarter: quarter::Model,
) -> Result<Held> {
    let lead = lead(write, partnership.id).await?;
    let revisions = outcome_revision::Entity::find()
        .filter(outcome_revision::Column::Outcome.eq(row.id))
        .order_by_asc(outcome_revision::Column::Number);
    let revisions = write.all(revisions).await?;
    let form = lead.map(|lead| lead.legal_form);
    let delegated = delegations::held(write, partnership.id).await?;
    let situation = situation(partnership, form, &quarter, &revisions, delegated, write.today());
    let revisions = revisions.last().map_or(0, |last| last.number);
    Ok(Held { row, quarter, situation, revisions })
}

fn situation<'a>(
    partnership: &partnership::Model,
    lead: Option<LegalForm>,
    quarter: &quarter::Model,
    revisions: impl IntoIterator<Item = &'a outcome_revision::Model>,
    delegated: Vec<DelegatedAction>,
    today: NaiveDate,
) -> Situation {
    Situation {
        partnership: partnership.status,
        lead,
        is_locked: quarter.status == QuarterStatus::Locked,
        has_begun: quarter.starts_on <= today,
        waiting: revisions.into_iter().find(|row| row.status == OutcomeStatus::Submitted).cloned(),
        delegated,
    }
}

/// What all outcomes of a list are decided by: a statement for each kind of row, however many there are.
pub async fn situations(view: &View, rows: &[outcome::Model]) -> Result<HashMap<Uuid, Situation>> {
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut partnerships = rows.iter().map(|row| row.partnership).collect::<Vec<_>>();
    partnerships.sort_unstable();
    partnerships.dedup();
    let mut codes = rows.iter().map(|row| row.quarter.clone()).collect::<Vec<_>>();
    codes.sort_unstable();
    codes.dedup();
    let status = view.by_ids::<partnership::Entity>(&partnerships).await?;
    let leads = lead_forms(view, &partnerships).await?;
    let quarters = quarters::by_codes(view, &codes).await?;
    let revisions = super::store::revisions(view, &ids).await?;
    let delegated = delegations::of_actor(view).await?;
    let today = view.today();
    let of = |row: &outcome::Model| {
        let missing = || Error::internal("an outcome without its partnership or quarter");
        let partnership = status.get(&row.partnership).ok_or_else(missing)?;
        let quarter = quarters.iter().find(|one| one.code == row.quarter).ok_or_else(missing)?;
        let lead = leads.get(&row.partnership).copied();
        let own = revisions.iter().filter(|one| one.outcome == row.id);
        let delegated = delegations::actions(&delegated, row.partnership);
        Ok((row.id, situation(partnership, lead, quarter, own, delegated, today)))
    };
    rows.iter().map(of).collect()
}
