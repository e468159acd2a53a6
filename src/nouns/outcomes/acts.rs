//! The acts on outcomes: what is held, decided and put. The partnership is held first, then the quarter, so that nothing is
//! locked meanwhile.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::cases::Case;
use super::entity::{Indicator, OutcomeStatus, outcome, outcome_revision};
use super::rules;
use super::situations::{self, Held};
use super::steps::OutcomeAction;
use crate::access::{Done, Permit, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::quarters::entity::quarter_agreement;
use crate::types::Decimal;

/// What is said of a partnership, an indicator and a quarter, whether there is an outcome yet or not.
#[derive(Debug, Clone)]
pub struct Said {
    pub partnership: Named,
    pub indicator: Indicator,
    pub quarter: String,
    /// None where there is no outcome yet.
    pub version: Option<i32>,
    pub figure: Option<Decimal>,
    pub note: Option<String>,
}

fn decide(write: &Write, held: &Held, action: OutcomeAction, version: i32) -> Result<Permit> {
    let (row, situation) = (&held.row, &held.situation);
    Case { actor: write.actor(), stewardship: write.stewardship(), row, situation }.decide(action, version)
}

/// The outcome that is meant, held; one of version 0 where there is none yet.
async fn hold_said(write: &mut Write, said: &Said) -> Result<Held> {
    use outcome::Column;
    let (partnership, quarter) = situations::hold_place(write, &said.partnership, &said.quarter).await?;
    let found = outcome::Entity::find()
        .filter(Column::Partnership.eq(partnership.id))
        .filter(Column::Indicator.eq(said.indicator))
        .filter(Column::Quarter.eq(said.quarter.as_str()));
    let found = write.all(found).await?.pop();
    let held = match found {
        Some(found) => write.hold::<outcome::Entity>(found.id).await?,
        None => None,
    };
    let of = (&partnership, said.indicator, said.quarter.as_str());
    let row = held.unwrap_or_else(|| rules::unsaid(of, write.clock().new_id(), write.clock().now()));
    situations::with(write, row, &partnership, quarter).await
}

/// A target, or none any more.
pub async fn set_target(mut write: Write, said: Said) -> Result<Done> {
    let held = hold_said(&mut write, &said).await?;
    let permit = decide(&write, &held, OutcomeAction::SetTarget, said.version.unwrap_or(0))?;
    let row = outcome::Model { target: said.figure, version: held.row.version + 1, ..held.row };
    put(write, &permit, &row, None).await
}

/// A figure; the note stays in the journal.
pub async fn report(mut write: Write, said: Said) -> Result<Done> {
    let held = hold_said(&mut write, &said).await?;
    let permit = decide(&write, &held, OutcomeAction::Report, said.version.unwrap_or(0))?;
    let (actor, now) = (write.actor(), write.clock().now());
    let row = outcome::Model {
        actual: said.figure,
        reported_at: Some(now),
        reported_by: Some(actor.id.clone()),
        reporter_organisation: actor.organisation_id(),
        ..next(&held.row, OutcomeStatus::Draft, &write)
    };
    put(write, &permit, &row, said.note.as_deref()).await
}

fn next(row: &outcome::Model, status: OutcomeStatus, write: &Write) -> outcome::Model {
    let (version, status_since) = (row.version + 1, write.clock().now());
    outcome::Model { version, status, status_reason: None, status_since, ..row.clone() }
}

async fn put(mut write: Write, permit: &Permit, row: &outcome::Model, reason: Option<&str>) -> Result<Done> {
    if row.version == 1 {
        write.insert::<outcome::Entity>(permit, row).await?;
    } else {
        write.update::<outcome::Entity>(permit, row).await?;
    }
    write.done(permit, reason, row.version)
}

pub async fn submit(mut write: Write, (on, version): (Named, i32)) -> Result<Done> {
    let held = situations::hold(&mut write, &on).await?;
    let permit = decide(&write, &held, OutcomeAction::Submit, version)?;
    let row = next(&held.row, OutcomeStatus::Submitted, &write);
    put(write, &permit, &row, None).await
}

/// The figure is verified, or the revision that waits. An agreement is to the figures that stand: it falls with a further one.
pub async fn verify(mut write: Write, (on, version): (Named, i32)) -> Result<Done> {
    let held = situations::hold(&mut write, &on).await?;
    let permit = decide(&write, &held, OutcomeAction::Verify, version)?;
    let Held { row, quarter, situation, .. } = held;
    let (actor, now) = (write.actor().clone(), write.clock().now());
    if let Some(waiting) = situation.waiting {
        let revision = outcome_revision::Model {
            version: waiting.version + 1,
            status: OutcomeStatus::Verified,
            status_since: now,
            verified_at: Some(now),
            verified_by: Some(actor.id.clone()),
            verifier_organisation: actor.organisation_id(),
            ..waiting
        };
        write.update::<outcome_revision::Entity>(&permit, &revision).await?;
        let (version, revised) = (row.version + 1, Some(revision.actual));
        let row = outcome::Model { version, revised, revisions: revision.number, ..row };
        return put(write, &permit, &row, None).await;
    }
    let agreements =
        quarter_agreement::Entity::find().filter(quarter_agreement::Column::Quarter.eq(quarter.id));
    for agreement in write.all(agreements).await? {
        write.delete::<quarter_agreement::Entity>(&permit, &agreement).await?;
    }
    let row = outcome::Model {
        verified_at: Some(now),
        verified_by: Some(actor.id.clone()),
        verifier_organisation: actor.organisation_id(),
        ..next(&row, OutcomeStatus::Verified, &write)
    };
    put(write, &permit, &row, None).await
}

/// The figure is returned, or the revision that waits: a further one takes its place.
pub async fn give_back(mut write: Write, (on, version, reason): (Named, i32, String)) -> Result<Done> {
    let held = situations::hold(&mut write, &on).await?;
    let permit = decide(&write, &held, OutcomeAction::Return, version)?;
    let row = match &held.situation.waiting {
        Some(waiting) => {
            let revision = outcome_revision::Model {
                version: waiting.version + 1,
                status: OutcomeStatus::Returned,
                status_reason: Some(reason.clone()),
                status_since: write.clock().now(),
                ..waiting.clone()
            };
            write.update::<outcome_revision::Entity>(&permit, &revision).await?;
            outcome::Model { version: held.row.version + 1, ..held.row }
        }
        None => {
            let row = next(&held.row, OutcomeStatus::Returned, &write);
            outcome::Model { status_reason: Some(reason.clone()), ..row }
        }
    };
    put(write, &permit, &row, Some(&reason)).await
}

/// A revision, reported and submitted at once; it takes effect when it is verified.
pub async fn revise(
    mut write: Write,
    (on, version, figure, reason): (Named, i32, Decimal, String),
) -> Result<Done> {
    let held = situations::hold(&mut write, &on).await?;
    super::inputs::check_figure("input.actual", held.row.indicator, figure)?;
    let permit = decide(&write, &held, OutcomeAction::Revise, version)?;
    let (actor, now) = (write.actor().clone(), write.clock().now());
    let organisation = actor.organisation_id();
    let revision = outcome_revision::Model {
        id: write.clock().new_id(),
        version: 1,
        outcome: held.row.id,
        partnership: held.row.partnership,
        organisation: held.row.organisation,
        number: held.revisions + 1,
        actual: figure,
        reason: reason.clone(),
        status: OutcomeStatus::Submitted,
        status_reason: None,
        status_since: now,
        reported_at: now,
        reported_by: actor.id,
        reporter_organisation: organisation
            .ok_or_else(|| Error::internal("who revises is of no organisation"))?,
        verified_at: None,
        verified_by: None,
        verifier_organisation: None,
    };
    write.insert::<outcome_revision::Entity>(&permit, &revision).await?;
    let row = outcome::Model { version: held.row.version + 1, ..held.row };
    put(write, &permit, &row, Some(&reason)).await
}
