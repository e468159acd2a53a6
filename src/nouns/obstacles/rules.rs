//! What follows from an obstacle. Pure.

use chrono::NaiveDate;

use super::entity::{ObstacleStatus, obstacle};

/// Whether it is past its day without being resolved, on this day in Asia/Jakarta.
pub fn overdue(row: &obstacle::Model, today: NaiveDate) -> bool {
    row.status != ObstacleStatus::Resolved && row.due_on.is_some_and(|due| due < today)
}
