//! What obstacles are decided by, read for one that is held, and for all of a list that are looked at.

use std::collections::HashMap;

use uuid::Uuid;

use super::cases::Situation;
use super::entity::obstacle;
use crate::access::{View, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::milestones::situations::lead;
use crate::nouns::organisations::entity::organisation;
use crate::nouns::partnerships::entity::partnership;
use crate::nouns::partnerships::store::lead_forms;

/// Holds an obstacle, with what it is decided by. Its partnership is held as well.
///
/// # Errors
///
/// NOT_FOUND.
pub async fn hold(write: &mut Write, on: &Named) -> Result<(obstacle::Model, Situation)> {
    let found = on.find::<obstacle::Entity>(write).await?;
    let partnership = write.hold::<partnership::Entity>(found.partnership).await?;
    let partnership = partnership.ok_or_else(|| Error::not_found(&on.given))?;
    let row = on.hold::<obstacle::Entity>(write).await?;
    let raiser = write.find::<organisation::Entity>(row.raiser_organisation).await?;
    let situation = Situation {
        partnership: partnership.status,
        lead: lead(write, partnership.id).await?.map(|lead| lead.legal_form),
        raiser: raiser.and_then(|raiser| raiser.seat),
    };
    Ok((row, situation))
}

/// What all obstacles of a list are decided by: a statement for each kind of row, however many there are.
pub async fn situations(view: &View, rows: &[obstacle::Model]) -> Result<HashMap<Uuid, Situation>> {
    let ids = |of: fn(&obstacle::Model) -> Uuid| {
        let mut ids = rows.iter().map(of).collect::<Vec<_>>();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let partnerships = ids(|row| row.partnership);
    let leads = lead_forms(view, &partnerships).await?;
    let partnerships = view.by_ids::<partnership::Entity>(&partnerships).await?;
    let raisers = view.by_ids::<organisation::Entity>(&ids(|row| row.raiser_organisation)).await?;
    let situation = |row: &obstacle::Model| {
        let partnership = partnerships.get(&row.partnership);
        let partnership =
            partnership.ok_or_else(|| Error::internal("an obstacle without its partnership"))?;
        let situation = Situation {
            partnership: partnership.status,
            lead: leads.get(&row.partnership).copied(),
            raiser: raisers.get(&row.raiser_organisation).and_then(|raiser| raiser.seat),
        };
        Ok((row.id, situation))
    };
    rows.iter().map(situation).collect()
}
