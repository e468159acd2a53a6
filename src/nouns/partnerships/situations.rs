//! What partnerships are decided by, read for one that is held, and for all of a list that are looked at.

use std::collections::HashMap;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::cases::Situation;
use super::entity::{partnership, partnership_partner};
use super::store;
use crate::access::{View, Write};
use crate::error::Result;
use crate::nouns::acting::Named;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::partners::entity::partner;
use crate::nouns::references::entity::external_reference;

/// A partnership that is held, with what it is decided by. What hangs on it stays as it is meanwhile.
pub struct Held {
    pub row: partnership::Model,
    pub situation: Situation,
    /// The lead first.
    pub partners: Vec<partnership_partner::Model>,
}

/// Holds a partnership.
///
/// # Errors
///
/// NOT_FOUND.
pub async fn hold(write: &mut Write, on: &Named) -> Result<Held> {
    let row = on.hold::<partnership::Entity>(write).await?;
    let partners = store::partners().filter(partnership_partner::Column::Partnership.eq(row.id));
    let partners = write.all(partners).await?;
    let lead = match partners.iter().find(|partner| partner.lead) {
        Some(lead) => write.find::<partner::Entity>(lead.partner).await?,
        None => None,
    };
    let milestones = milestone::Entity::find().filter(milestone::Column::Partnership.eq(row.id));
    let milestones = write.all(milestones).await?;
    let references = external_reference::Entity::find();
    let references = references.filter(external_reference::Column::Partnership.eq(row.id));
    let renewals = partnership::Entity::find().filter(partnership::Column::RenewalOf.eq(row.id));
    let situation = Situation {
        lead: lead.map(|lead| lead.legal_form),
        others: partners.iter().filter(|partner| !partner.lead).count(),
        milestones: milestones.iter().map(|row| (row.kind, row.status)).collect(),
        is_referred: !write.all(references).await?.is_empty(),
        renewals: write.all(renewals).await?.iter().map(|row| row.status).collect(),
    };
    Ok(Held { row, situation, partners })
}

/// What all partnerships of a list are decided by: a statement for each kind of row, however many there are.
pub async fn situations(view: &View, rows: &[partnership::Model]) -> Result<HashMap<Uuid, Situation>> {
    let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
    let mut all = ids.iter().map(|id| (*id, Situation::default())).collect::<HashMap<_, _>>();
    let partners = store::partners_of(view, &ids).await?;
    let leads = partners.iter().filter(|row| row.lead).map(|row| row.partner).collect::<Vec<_>>();
    let leads = view.by_ids::<partner::Entity>(&leads).await?;
    for row in &partners {
        let Some(situation) = all.get_mut(&row.partnership) else { continue };
        if row.lead {
            situation.lead = leads.get(&row.partner).map(|lead| lead.legal_form);
        } else {
            situation.others += 1;
        }
    }
    let milestones = milestone::Entity::find().filter(view.is_in(milestone::Column::Partnership, &ids));
    for row in view.all(milestones).await? {
        all.entry(row.partnership).or_default().milestones.push((row.kind, row.status));
    }
    let references = external_reference::Entity::find();
    let references = references.filter(view.is_in(external_reference::Column::Partnership, &ids));
    for row in view.all(references).await? {
        all.entry(row.partnership).or_default().is_referred = true;
    }
    let renewals = partnership::Entity::find().filter(view.is_in(partnership::Column::RenewalOf, &ids));
    for row in view.all(renewals).await? {
        let Some(renewed) = row.renewal_of else { continue };
        all.entry(renewed).or_default().renewals.push(row.status);
    }
    Ok(all)
}
