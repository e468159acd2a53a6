//! What may happen to an obstacle, and what follows from it. Pure: rows in, rows out.

use chrono::NaiveDate;
use sea_orm::ActiveEnum as _;
use uuid::Uuid;

use super::entity::{ObstacleCategory, ObstacleStatus, Severity, obstacle};
use crate::access::{Actor, Level, Permit, Role, table};
use crate::error::{Error, Result};
use crate::nouns::partnerships::entity::PartnershipStatus;
use crate::types::Timestamp;

/// Whether it is past its day without being resolved, on this day in Asia/Jakarta.
pub fn overdue(row: &obstacle::Model, today: NaiveDate) -> bool {
    row.status != ObstacleStatus::Resolved && row.due_on.is_some_and(|due| due < today)
}

/// Nothing stands in the way of what has ended. Why one is SUSPENDED may well be an obstacle.
///
/// # Errors
///
/// INVALID_TRANSITION.
pub fn check_partnership(status: PartnershipStatus) -> Result<()> {
    use PartnershipStatus::{Completed, Rejected, Terminated};
    if ![Completed, Terminated, Rejected].contains(&status) {
        return Ok(());
    }
    let message = format!("its partnership is {}", status.to_value());
    Err(Error::invalid_transition("partnership-status", message))
}

/// Whoever sees the work may say what stands in its way.
///
/// # Errors
///
/// FORBIDDEN, INVALID_TRANSITION.
pub fn permit_raise(actor: &Actor, id: Uuid, partnership: PartnershipStatus) -> Result<Permit> {
    let permit = Permit::grant(actor, "obstacleRaise", id, table::SEATS.roles, Level::Officer)?;
    check_partnership(partnership)?;
    Ok(permit)
}

fn next(row: &obstacle::Model, status: ObstacleStatus, now: Timestamp) -> obstacle::Model {
    let status_since = if row.status == status { row.status_since } else { now };
    obstacle::Model { version: row.version + 1, status, status_since, ..row.clone() }
}

/// Taken up by a seat.
pub fn assigned(row: &obstacle::Model, owner: Role, now: Timestamp) -> obstacle::Model {
    obstacle::Model { owner, ..next(row, ObstacleStatus::InProgress, now) }
}

/// What is to change of an obstacle: what is none stays, what is none within goes.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    pub category: Option<ObstacleCategory>,
    pub severity: Option<Severity>,
    pub title: Option<String>,
    pub follow_up: Option<Option<String>>,
    pub due_on: Option<Option<NaiveDate>>,
}

/// With other words; once a follow-up is agreed it is under way.
pub fn updated(row: &obstacle::Model, changes: Changes, now: Timestamp) -> obstacle::Model {
    let is_agreed = matches!(changes.follow_up, Some(Some(_)));
    let status = if is_agreed { ObstacleStatus::InProgress } else { row.status };
    let row = next(row, status, now);
    obstacle::Model {
        category: changes.category.unwrap_or(row.category),
        severity: changes.severity.unwrap_or(row.severity),
        title: changes.title.unwrap_or(row.title),
        follow_up: changes.follow_up.unwrap_or(row.follow_up),
        due_on: changes.due_on.unwrap_or(row.due_on),
        ..row
    }
}

pub fn resolved(row: &obstacle::Model, actor: &Actor, now: Timestamp, how: String) -> obstacle::Model {
    obstacle::Model {
        resolution: Some(how),
        resolved_at: Some(now),
        resolved_by: Some(actor.id.clone()),
        ..next(row, ObstacleStatus::Resolved, now)
    }
}

/// Open as it was when it was raised: what was agreed did not do. The journal keeps what was said of it.
pub fn reopened(row: &obstacle::Model, now: Timestamp) -> obstacle::Model {
    obstacle::Model {
        follow_up: None,
        resolution: None,
        resolved_at: None,
        resolved_by: None,
        ..next(row, ObstacleStatus::Open, now)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cases::{Case, Situation};
    use super::super::steps::{ObstacleAction, STEPS};
    use super::*;
    use crate::access::{Organisation, Stewardship};
    use crate::nouns::partners::entity::LegalForm;
    use sea_orm::Iterable as _;

    fn obstacle(status: ObstacleStatus) -> obstacle::Model {
        let is_resolved = status == ObstacleStatus::Resolved;
        obstacle::Model {
            id: Uuid::nil(),
            version: 3,
            partnership: Uuid::nil(),
            organisation: Uuid::from_u128(1),
            milestone: None,
            category: ObstacleCategory::Quality,
            severity: Severity::Low,
            title: "Contoh".to_owned(),
            description: None,
            owner: Role::Kemenperin,
            follow_up: (status != ObstacleStatus::Open).then(|| "Rapat".to_owned()),
            due_on: Some("2022-03-31".parse().unwrap()),
            status,
            status_since: Timestamp(1),
            resolution: is_resolved.then(|| "Selesai".to_owned()),
            raised_at: Timestamp(1),
            raised_by: "a".to_owned(),
            raiser_organisation: Uuid::from_u128(1),
            resolved_at: is_resolved.then_some(Timestamp(1)),
            resolved_by: is_resolved.then(|| "b".to_owned()),
        }
    }

    fn actor(role: Role, organisation: u128) -> Actor {
        Actor::seed_for(role, Organisation { id: Uuid::from_u128(organisation), code: "CONTOH".to_owned() })
    }

    #[test]
    fn it_is_overdue_from_the_day_after_until_it_is_resolved() {
        let [due, next] = ["2022-03-31", "2022-04-01"].map(|day| day.parse().unwrap());
        assert!(!overdue(&obstacle(ObstacleStatus::Open), due));
        assert!(overdue(&obstacle(ObstacleStatus::InProgress), next));
        assert!(!overdue(&obstacle(ObstacleStatus::Resolved), next));
        let undated = obstacle::Model { due_on: None, ..obstacle(ObstacleStatus::Open) };
        assert!(!overdue(&undated, next));
    }

    #[test]
    fn each_step_leads_where_the_machine_says() {
        let (now, by) = (Timestamp(9), actor(Role::Kemenperin, 3));
        for step in &STEPS {
            for from in step.from {
                let row = obstacle(*from);
                let agreed = || Changes { follow_up: Some(Some("Rapat".to_owned())), ..Changes::default() };
                let after = match step.action {
                    ObstacleAction::Assign => assigned(&row, Role::Bumn, now),
                    ObstacleAction::Update => updated(&row, agreed(), now),
                    ObstacleAction::Resolve => resolved(&row, &by, now, "Selesai".to_owned()),
                    ObstacleAction::Reopen => reopened(&row, now),
                };
                assert_eq!((after.status, after.version), (step.to, row.version + 1), "{}", step.name);
                let since = if step.to == *from { row.status_since } else { now };
                assert_eq!(after.status_since, since, "{}", step.name);
                let is_resolved = after.status == ObstacleStatus::Resolved;
                assert_eq!(after.resolution.is_some(), is_resolved);
                assert_eq!(
                    (after.resolved_at.is_some(), after.resolved_by.is_some()),
                    (is_resolved, is_resolved)
                );
            }
        }
        // Other changes lead nowhere.
        let severer = Changes { severity: Some(Severity::High), ..Changes::default() };
        let row = updated(&obstacle(ObstacleStatus::Open), severer, now);
        assert_eq!(
            (row.status, row.severity, row.status_since),
            (ObstacleStatus::Open, Severity::High, Timestamp(1))
        );
    }

    #[test]
    fn it_is_the_raisers_the_owners_and_kemenbumn_s() {
        let row = obstacle(ObstacleStatus::InProgress);
        let situation = Situation {
            partnership: PartnershipStatus::Active,
            lead: Some(LegalForm::Koperasi),
            raiser: Some(Role::Bumn),
        };
        let can = |actor: &Actor, stewardship| {
            !Case { actor, stewardship, row: &row, situation: &situation }.available().is_empty()
        };
        for role in Role::ALL {
            let may = [Role::Bumn, Role::Kemenperin, Role::Kemenbumn].contains(&role);
            assert_eq!(can(&actor(role, 2), Stewardship::All), may, "{role:?}");
            let viewer = Actor { level: Some(Level::Viewer), ..actor(role, 2) };
            assert!(!can(&viewer, Stewardship::All), "{role:?}");
        }
        // Of a divided seat the part that stewards the lead partner, and whoever raised it.
        assert!(can(&actor(Role::Kemenperin, 2), Stewardship::Koperasi));
        assert!(!can(&actor(Role::Kemenperin, 2), Stewardship::OtherThanKoperasi));
        let own = obstacle::Model { raiser_organisation: Uuid::from_u128(2), ..row.clone() };
        let raiser = actor(Role::Kemenperin, 2);
        let case = Case {
            actor: &raiser,
            stewardship: Stewardship::OtherThanKoperasi,
            row: &own,
            situation: &situation,
        };
        assert!(!case.available().is_empty());
    }

    #[test]
    fn what_has_ended_has_no_new_obstacles() {
        use PartnershipStatus::{Completed, Rejected, Terminated};
        for status in PartnershipStatus::iter() {
            let has_ended = [Completed, Rejected, Terminated].contains(&status);
            assert_eq!(check_partnership(status).is_err(), has_ended, "{status:?}");
        }
    }
}
