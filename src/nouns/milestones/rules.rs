//! What may happen to a milestone. Pure: rows in, rows out.

use chrono::NaiveDate;

use super::entity::{MilestoneStatus, MilestoneType, milestone};
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};
use crate::nouns::evidence::entity::EvidenceKind;
use crate::nouns::ids::Noun;
use crate::types::Timestamp;

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

/// The kind of evidence without which a milestone of this type is not submitted; none where none is asked for.
pub fn least_evidence(kind: MilestoneType) -> Option<EvidenceKind> {
    use MilestoneType as Type;
    match kind {
        Type::NeedIdentification | Type::VendorRegistration => None,
        Type::Curation => Some(EvidenceKind::Assessment),
        Type::Coaching => Some(EvidenceKind::Minutes),
        Type::Certification => Some(EvidenceKind::Certificate),
        Type::ProductTrial => Some(EvidenceKind::TrialReport),
        Type::TrialOrder => Some(EvidenceKind::PurchaseOrder),
        Type::CooperationAgreement => Some(EvidenceKind::Pks),
        Type::SupplyContract => Some(EvidenceKind::Contract),
        Type::Delivery => Some(EvidenceKind::Bast),
        Type::Payment => Some(EvidenceKind::PaymentProof),
        Type::Review => Some(EvidenceKind::Report),
        Type::Renewal => Some(EvidenceKind::Addendum),
    }
}

/// Whether it is past its due date without a report, on this day in Asia/Jakarta.
pub fn overdue(row: &milestone::Model, today: NaiveDate) -> bool {
    row.due_on < today && UNREPORTED.contains(&row.status)
}

/// Days by which it is overdue; 0 if it is not.
pub fn overdue_days(row: &milestone::Model, today: NaiveDate) -> i64 {
    if overdue(row, today) { (today - row.due_on).num_days() } else { 0 }
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
    now: Timestamp,
) -> Result<(Permit, milestone::Model)> {
    let permit = Permit::grant(actor, "milestoneStart", row.id, &[row.reporter], Level::Officer)?;
    Noun::Milestone.expect_version(row.id, expected_version, row.version)?;
    if !STARTS_FROM.contains(&row.status) {
        let message =
            format!("a milestone that is {} cannot be started", sea_orm::ActiveEnum::to_value(&row.status));
        return Err(Error::invalid_transition("status", message));
    }
    let started = milestone::Model {
        version: row.version + 1,
        status: MilestoneStatus::InProgress,
        status_reason: None,
        status_since: now,
        ..row.clone()
    };
    Ok((permit, started))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Organisation;
    use chrono::Days;
    use proptest::prelude::*;
    use sea_orm::Iterable as _;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn milestone(status: MilestoneStatus, first_due_on: NaiveDate, due_on: NaiveDate) -> milestone::Model {
        milestone::Model {
            id: Uuid::nil(),
            version: 3,
            partnership: Uuid::nil(),
            organisation: Uuid::nil(),
            clause: None,
            position: 1,
            kind: MilestoneType::Delivery,
            title: "Pengiriman".to_owned(),
            weight: 10,
            reporter: Role::Bumn,
            verifier: Role::Kemenkopukm,
            first_due_on,
            due_on,
            reschedules: 0,
            status,
            status_reason: Some("lama".to_owned()),
            status_since: Timestamp(0),
            occurred_on: None,
            recorded_at: None,
            report: None,
            reported_by: None,
            reporter_organisation: None,
            verified_at: None,
            verified_by: None,
            verifier_organisation: None,
        }
    }

    fn actor(role: Role, level: Level) -> Actor {
        let organisation = Organisation { id: Uuid::nil(), code: role.as_str().to_owned() };
        Actor { level: Some(level), ..Actor::seed_for(role, organisation) }
    }

    #[test]
    fn the_day_it_is_due_is_not_overdue_and_the_next_is_by_one_day() {
        let due = day("2022-03-31");
        let row = milestone(MilestoneStatus::InProgress, due, due);
        assert!(!overdue(&row, due));
        assert_eq!(overdue_days(&row, due), 0);
        assert_eq!(slippage_days(&row, due), 0);
        assert!(overdue(&row, day("2022-04-01")));
        assert_eq!(overdue_days(&row, day("2022-04-01")), 1);
        assert_eq!(slippage_days(&row, day("2022-04-01")), 1);
    }

    #[test]
    fn what_was_reported_is_late_by_when_it_happened() {
        let due = day("2022-03-31");
        let occurred_on = Some(day("2022-04-10"));
        let row = milestone::Model { occurred_on, ..milestone(MilestoneStatus::Submitted, due, due) };
        assert!(!overdue(&row, day("2026-01-01")));
        assert_eq!(overdue_days(&row, day("2026-01-01")), 0);
        assert_eq!(slippage_days(&row, day("2026-01-01")), 10);
        let returned = milestone::Model { status: MilestoneStatus::Returned, ..row };
        assert!(overdue(&returned, day("2022-04-20")));
        assert_eq!(slippage_days(&returned, day("2022-04-20")), 20);
    }

    #[test]
    fn only_the_reporting_seat_starts_it_at_officer_or_above() {
        let due = day("2022-03-31");
        for status in MilestoneStatus::iter() {
            let row = milestone(status, due, due);
            for role in Role::ALL {
                for level in Level::ALL {
                    let result = start(&actor(role, level), &row, 3, Timestamp(1));
                    let may = role == Role::Bumn && level >= Level::Officer;
                    let ready = STARTS_FROM.contains(&status);
                    match result {
                        Ok((permit, started)) => {
                            assert!(may && ready, "{role:?} {level:?} {status:?}");
                            assert_eq!(permit.action(), "milestoneStart");
                            assert_eq!((started.status, started.version), (MilestoneStatus::InProgress, 4));
                            assert_eq!((started.status_reason, started.first_due_on), (None, due));
                        }
                        Err(error) if may => {
                            assert!(!ready && error.code() == crate::error::Code::InvalidTransition)
                        }
                        Err(error) => assert_eq!(error.code(), crate::error::Code::Forbidden),
                    }
                }
            }
            assert!(start(&actor(Role::Bumn, Level::Officer), &row, 2, Timestamp(1)).is_err());
        }
    }

    #[test]
    fn nobody_verifies_what_it_reports_itself() {
        for kind in MilestoneType::iter() {
            for steward in [Role::Kemenkopukm, Role::Kemenperin] {
                for technical in [false, true] {
                    let (reporter, verifier) = hands(kind, steward, technical);
                    assert_ne!(reporter, verifier, "{kind:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn slippage_is_never_negative_and_grows_by_the_day(status in 0usize..8, moved in 0u64..400, passed in 0u64..2_000) {
            let first = day("2021-09-03");
            let statuses = MilestoneStatus::iter().collect::<Vec<_>>();
            let row = milestone(statuses[status], first, first + Days::new(moved));
            let (today, tomorrow) = (first + Days::new(passed), first + Days::new(passed + 1));
            let (now, then) = (slippage_days(&row, today), slippage_days(&row, tomorrow));
            prop_assert!(now >= 0 && (then == now || then == now + 1));
            prop_assert!(!overdue(&row, today) || overdue(&row, tomorrow));
        }
    }
}
