//! What may happen to a milestone. Pure: rows in, rows out.

use chrono::NaiveDate;

use super::entity::{MilestoneStatus, MilestoneType, milestone};
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};

/// The statuses in which a milestone still waits for its report: past its due date it is overdue.
pub const UNREPORTED: [MilestoneStatus; 3] =
    [MilestoneStatus::Scheduled, MilestoneStatus::InProgress, MilestoneStatus::Returned];

/// From where a milestone can be started.
const STARTS_FROM: [MilestoneStatus; 4] = [
    MilestoneStatus::Scheduled,
    MilestoneStatus::Returned,
    MilestoneStatus::PartiallyMet,
    MilestoneStatus::NotMet,
];

/// Who reports on a milestone and who verifies it, in a partnership whose lead partner has this steward.
///
/// A CURATION is here reported by the BUMN, a CERTIFICATION for SNI or TKDN (`technical`) verified by KEMENPERIN.
pub fn hands(kind: MilestoneType, steward: Role, technical: bool) -> (Role, Role) {
    use MilestoneType as Type;
    match kind {
        Type::NeedIdentification | Type::VendorRegistration | Type::CooperationAgreement | Type::Renewal => {
            (Role::Bumn, Role::Kemenbumn)
        }
        Type::Curation => (Role::Bumn, Role::Kemenkopukm),
        Type::Coaching => (steward, Role::Bumn),
        Type::Certification if technical => (Role::Bumn, Role::Kemenperin),
        Type::Certification => (Role::Bumn, steward),
        Type::ProductTrial => (Role::Bumn, Role::Kemenperin),
        Type::TrialOrder | Type::SupplyContract | Type::Delivery | Type::Payment => (Role::Bumn, steward),
        Type::Review => (Role::Kemenkopukm, Role::Kemenbumn),
    }
}

/// Whether it is past its due date without a report, on this day in Asia/Jakarta.
pub fn overdue(row: &milestone::Model, today: NaiveDate) -> bool {
    row.due_on < today && UNREPORTED.contains(&row.status)
}

/// Days by which it is behind its first due date: as it happened, or as it stands today. Never negative.
pub fn slippage_days(row: &milestone::Model, today: NaiveDate) -> i64 {
    let by = match (row.status, row.occurred_on) {
        (MilestoneStatus::Cancelled, _) => row.first_due_on,
        (status, Some(occurred)) if !UNREPORTED.contains(&status) => occurred,
        _ => today.max(row.due_on),
    };
    (by - row.first_due_on).num_days().max(0)
}

/// Starts a milestone: SCHEDULED, RETURNED, PARTIALLY_MET, NOT_MET → IN_PROGRESS, by an officer of the seat that
/// reports on it.
///
/// # Errors
///
/// FORBIDDEN (another seat, too low a level), CONFLICT (another version), INVALID_TRANSITION.
pub fn start(
    actor: &Actor,
    row: &milestone::Model,
    expected_version: i32,
) -> Result<(Permit, milestone::Model)> {
    let permit = Permit::grant(actor, "milestoneStart", row.id, &[row.reporter], Level::Officer)?;
    if row.version != expected_version {
        return Err(Error::conflict(expected_version, row.version));
    }
    if !STARTS_FROM.contains(&row.status) {
        let open: &[&str] = &[];
        let message =
            format!("a milestone that is {} cannot be started", sea_orm::ActiveEnum::to_value(&row.status));
        return Err(Error::invalid_transition(message, open));
    }
    let started = milestone::Model {
        version: row.version + 1,
        status: MilestoneStatus::InProgress,
        status_reason: None,
        ..row.clone()
    };
    Ok((permit, started))
}
