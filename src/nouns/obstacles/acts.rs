//! The acts on obstacles: what is held, decided and put. The partnership is held first.

use chrono::NaiveDate;

use super::cases::Case;
use super::entity::{ObstacleCategory, ObstacleStatus, Severity, obstacle};
use super::rules::{self, Changes};
use super::situations;
use super::steps::ObstacleAction;
use crate::access::{Done, Permit, Role, Write};
use crate::error::{Error, Result};
use crate::nouns::acting::Named;
use crate::nouns::milestones::entity::milestone;
use crate::nouns::partnerships::entity::partnership;

/// An obstacle as it is raised.
#[derive(Debug, Clone)]
pub struct Raised {
    pub partnership: Named,
    pub milestone: Option<Named>,
    pub category: ObstacleCategory,
    pub severity: Severity,
    pub title: String,
    pub description: Option<String>,
    pub owner: Role,
    pub due_on: Option<NaiveDate>,
}

pub async fn raise(mut write: Write, given: Raised) -> Result<Done> {
    let partnership = given.partnership.hold::<partnership::Entity>(&mut write).await?;
    let (id, now) = (write.clock().new_id(), write.clock().now());
    let permit = rules::permit_raise(write.actor(), id, partnership.status)?;
    let milestone = match &given.milestone {
        None => None,
        Some(named) => {
            let row = write.find::<milestone::Entity>(named.id).await?;
            let own = row.filter(|row| row.partnership == partnership.id);
            let expected = "the id of a milestone of the partnership";
            Some(own.ok_or_else(|| Error::input("input.milestone", &named.given, expected))?.id)
        }
    };
    let raiser = write.actor().organisation_id();
    let row = obstacle::Model {
        id,
        version: 1,
        partnership: partnership.id,
        organisation: partnership.organisation,
        milestone,
        category: given.category,
        severity: given.severity,
        title: given.title,
        description: given.description,
        owner: given.owner,
        follow_up: None,
        due_on: given.due_on,
        status: ObstacleStatus::Open,
        status_since: now,
        resolution: None,
        raised_at: now,
        raised_by: write.actor().id.clone(),
        raiser_organisation: raiser.ok_or_else(|| Error::internal("who raises is of no organisation"))?,
        resolved_at: None,
        resolved_by: None,
    };
    write.insert::<obstacle::Entity>(&permit, &row).await?;
    write.done(&permit, None, row.version)
}

/// Holds an obstacle as of a version, and lets the rules decide.
async fn decide(
    write: &mut Write,
    on: &Named,
    version: i32,
    action: ObstacleAction,
) -> Result<(obstacle::Model, Permit)> {
    let (row, situation) = situations::hold(write, on).await?;
    let (actor, stewardship) = (write.actor(), write.stewardship());
    let permit = Case { actor, stewardship, row: &row, situation: &situation }.decide(action, version)?;
    Ok((row, permit))
}

async fn put(mut write: Write, permit: &Permit, row: &obstacle::Model, reason: Option<&str>) -> Result<Done> {
    write.update::<obstacle::Entity>(permit, row).await?;
    write.done(permit, reason, row.version)
}

pub async fn assign(mut write: Write, (on, version, owner): (Named, i32, Role)) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, version, ObstacleAction::Assign).await?;
    // An open one is so taken up by the seat that it was raised for.
    if row.owner == owner && row.status == ObstacleStatus::InProgress {
        let expected = "another seat than the one that sees to it";
        return Err(Error::input("input.owner", owner.as_str(), expected));
    }
    let row = rules::assigned(&row, owner, write.clock().now());
    put(write, &permit, &row, None).await
}

pub async fn update(mut write: Write, (on, version, changes): (Named, i32, Changes)) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, version, ObstacleAction::Update).await?;
    let row = rules::updated(&row, changes, write.clock().now());
    put(write, &permit, &row, None).await
}

pub async fn resolve(mut write: Write, (on, version, how): (Named, i32, String)) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, version, ObstacleAction::Resolve).await?;
    let row = rules::resolved(&row, write.actor(), write.clock().now(), how);
    put(write, &permit, &row, None).await
}

pub async fn reopen(mut write: Write, (on, version, reason): (Named, i32, String)) -> Result<Done> {
    let (row, permit) = decide(&mut write, &on, version, ObstacleAction::Reopen).await?;
    let row = rules::reopened(&row, write.clock().now());
    put(write, &permit, &row, Some(&reason)).await
}
