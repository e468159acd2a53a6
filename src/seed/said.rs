//! What is said of the partnerships, and what of their work is delegated to machines. All of it is made up, and says so.

use chrono::Days;

use super::{Seed, Work};
use crate::access::Role;
use crate::error::{Error, Result};
use crate::nouns::comments::entity::comment;
use crate::nouns::comments::rules as comments;
use crate::nouns::delegations::entity::{DelegatedAction, delegation};
use crate::nouns::delegations::rules as delegations;
use crate::nouns::ids::Noun;

/// What its BUMN, or a ministry, says of a partnership.
pub async fn comment(seed: &Seed, work: &Work, place: usize) -> Result<()> {
    let role = if place.is_multiple_of(2) { Role::Bumn } else { Role::Kemenkopukm };
    let actor = seed.actor(role, &work.organisation)?;
    let permit = comments::permit(&actor, seed.clock.new_id(), Noun::Partnership)?;
    let row = comment::Model {
        id: permit.subject(),
        version: 1,
        partnership: Some(work.partnership.id),
        organisation: Some(work.organisation.id),
        subject_noun: Noun::Partnership.as_str().to_owned(),
        subject: work.partnership.id,
        body: "Data contoh: jadwal rapat koordinasi berikutnya menyusul".to_owned(),
        written_at: seed.clock.now(),
        written_by: actor.id.clone(),
        writer_role: role,
        writer_organisation: actor
            .organisation_id()
            .ok_or_else(|| Error::internal("a seat without organisation"))?,
    };
    let mut write = seed.write(&actor).await?;
    write.insert::<comment::Entity>(&permit, &row).await?;
    write.append(&permit, None).await?.commit().await?;
    Ok(())
}

/// What a system of the BUMN may report of a partnership, from now on for half a year.
pub async fn delegate(seed: &Seed, work: &Work) -> Result<()> {
    let actor = seed.actor(Role::Bumn, &work.organisation)?;
    let action = DelegatedAction::MilestoneSubmit;
    let permit = delegations::permit_grant(&actor, seed.clock.new_id(), action)?;
    let row = delegation::Model {
        id: permit.subject(),
        version: 1,
        organisation: work.organisation.id,
        grantee: "service:data-contoh".to_owned(),
        action,
        partnership: Some(work.partnership.id),
        valid_from: seed.clock.today(),
        valid_until: seed.clock.today() + Days::new(180),
        granted_at: seed.clock.now(),
        granted_by: actor.id.clone(),
        revoked_at: None,
        revoked_by: None,
        revocation_reason: None,
    };
    let mut write = seed.write(&actor).await?;
    write.insert::<delegation::Entity>(&permit, &row).await?;
    write.append(&permit, None).await?.commit().await?;
    Ok(())
}
