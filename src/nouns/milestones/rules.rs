//! What may happen to a milestone. Pure: rows in, rows out.

use chrono::NaiveDate;
use uuid::Uuid;

use super::entity::{MilestoneStatus, MilestoneType, RescheduleStatus, milestone, reschedule};
use crate::access::{Actor, Role};
use crate::error::{Error, Result};
use crate::nouns::evidence::entity::EvidenceKind;
use crate::types::Timestamp;

/// The statuses in which a milestone still waits for its report: past its due date it is overdue.
pub const UNREPORTED: [MilestoneStatus; 3] =
    [MilestoneStatus::Scheduled, MilestoneStatus::InProgress, MilestoneStatus::Returned];

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

/// The first day that anything can be about: that of the memorandum.
pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2021, 9, 3).expect("3 September 2021 is a day")
}

/// The last day that anything can be planned for: further is a slip of the hand.
pub fn last_day(today: NaiveDate) -> NaiveDate {
    today.checked_add_months(chrono::Months::new(240)).unwrap_or(today)
}

fn next(row: &milestone::Model, status: MilestoneStatus, now: Timestamp) -> milestone::Model {
    let version = row.version + 1;
    milestone::Model { version, status, status_reason: None, status_since: now, ..row.clone() }
}

/// Under way. What was reported and verified before stays to be seen until the next report.
pub fn started(row: &milestone::Model, now: Timestamp) -> milestone::Model {
    next(row, MilestoneStatus::InProgress, now)
}

/// Reported. What was verified before was another report.
pub fn submitted(
    row: &milestone::Model,
    actor: &Actor,
    now: Timestamp,
    report: String,
    occurred_on: NaiveDate,
) -> milestone::Model {
    milestone::Model {
        occurred_on: Some(occurred_on),
        recorded_at: Some(now),
        report: Some(report),
        reported_by: Some(actor.id.clone()),
        reporter_organisation: actor.organisation_id(),
        verified_at: None,
        verified_by: None,
        verifier_organisation: None,
        ..next(row, MilestoneStatus::Submitted, now)
    }
}

/// Verified, with a remark.
pub fn verified(
    row: &milestone::Model,
    actor: &Actor,
    now: Timestamp,
    (verdict, remark): (MilestoneStatus, Option<String>),
) -> milestone::Model {
    milestone::Model {
        status_reason: remark,
        verified_at: Some(now),
        verified_by: Some(actor.id.clone()),
        verifier_organisation: actor.organisation_id(),
        ..next(row, verdict, now)
    }
}

pub fn returned(row: &milestone::Model, now: Timestamp, reason: Option<String>) -> milestone::Model {
    milestone::Model { status_reason: reason, ..next(row, MilestoneStatus::Returned, now) }
}

pub fn cancelled(row: &milestone::Model, now: Timestamp, reason: Option<String>) -> milestone::Model {
    milestone::Model { status_reason: reason, ..next(row, MilestoneStatus::Cancelled, now) }
}

/// A request of an actor's to move a milestone, by its id and number; the new day and the reason are yet to be put in.
pub fn request(
    row: &milestone::Model,
    actor: &Actor,
    now: Timestamp,
    (id, number): (Uuid, i32),
) -> Result<reschedule::Model> {
    let organisation = actor.organisation_id();
    Ok(reschedule::Model {
        id,
        version: 1,
        partnership: row.partnership,
        organisation: row.organisation,
        milestone: row.id,
        number,
        previous_due_on: row.due_on,
        due_on: row.due_on,
        reason: String::new(),
        status: RescheduleStatus::Waiting,
        requested_at: now,
        requested_by: actor.id.clone(),
        requester_organisation: organisation
            .ok_or_else(|| Error::internal("who asks is of no organisation"))?,
        decided_at: None,
        decided_by: None,
        decider_organisation: None,
    })
}

/// What a request does: it moves the milestone at once, up to so many days (`free`) after the first due date, or to a day
/// before the present one; past them it waits for the verifier.
pub fn rescheduled(
    row: &milestone::Model,
    request: reschedule::Model,
    free: u32,
) -> (reschedule::Model, milestone::Model) {
    let later = (request.due_on - row.first_due_on).num_days();
    let row = milestone::Model { version: row.version + 1, ..row.clone() };
    if later > i64::from(free) && request.due_on > row.due_on {
        return (request, row);
    }
    let row = milestone::Model { due_on: request.due_on, reschedules: row.reschedules + 1, ..row };
    (reschedule::Model { status: RescheduleStatus::Effective, ..request }, row)
}

/// A request that waited, as the verifier decides on it.
pub fn decided(
    row: &milestone::Model,
    request: &reschedule::Model,
    actor: &Actor,
    (now, approves): (Timestamp, bool),
) -> (reschedule::Model, milestone::Model) {
    let status = if approves { RescheduleStatus::Effective } else { RescheduleStatus::Declined };
    let request = reschedule::Model {
        version: request.version + 1,
        status,
        decided_at: Some(now),
        decided_by: Some(actor.id.clone()),
        decider_organisation: actor.organisation_id(),
        ..request.clone()
    };
    let row = milestone::Model { version: row.version + 1, ..row.clone() };
    if !approves {
        return (request, row);
    }
    let row = milestone::Model { due_on: request.due_on, reschedules: row.reschedules + 1, ..row };
    (request, row)
}

/// Whether one milestone waits for another, itself or by way of others. Each arrow goes from one that waits to one that it
/// waits for.
pub fn leads(arrows: &[(Uuid, Uuid)], from: Uuid, to: Uuid) -> bool {
    let (mut seen, mut at) = (vec![from], 0);
    while let Some(one) = seen.get(at).copied() {
        if one == to {
            return true;
        }
        for (_, next) in arrows.iter().filter(|arrow| arrow.0 == one) {
            if !seen.contains(next) {
                seen.push(*next);
            }
        }
        at += 1;
    }
    false
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

    fn asked(row: &milestone::Model, due_on: &str) -> reschedule::Model {
        let organisation = Organisation { id: Uuid::from_u128(1), code: "PLN".to_owned() };
        let actor = Actor::seed_for(Role::Bumn, organisation);
        let request = request(row, &actor, Timestamp(7), (Uuid::from_u128(9), 1)).unwrap();
        reschedule::Model { due_on: day(due_on), ..request }
    }

    #[test]
    fn what_moves_by_more_than_is_free_waits_for_the_verifier() {
        let first = day("2022-03-01");
        let row = milestone(MilestoneStatus::Scheduled, first, first);
        // 20 days, another 10, another 11.
        let (request, row) = rescheduled(&row, asked(&row, "2022-03-21"), 30);
        assert_eq!(
            (request.status, row.due_on, row.reschedules),
            (RescheduleStatus::Effective, day("2022-03-21"), 1)
        );
        let (_, at_most) = rescheduled(&row, asked(&row, "2022-03-31"), 30);
        assert_eq!((at_most.due_on, at_most.reschedules), (day("2022-03-31"), 2));
        let (request, waits) = rescheduled(&row, asked(&row, "2022-04-01"), 30);
        assert_eq!(
            (request.status, waits.due_on, waits.reschedules),
            (RescheduleStatus::Waiting, day("2022-03-21"), 1)
        );
        assert_eq!(
            (request.previous_due_on, waits.first_due_on, waits.version),
            (day("2022-03-21"), first, row.version + 1)
        );

        let ministry = Organisation { id: Uuid::from_u128(2), code: "KEMENKOPUKM".to_owned() };
        let verifier = Actor::seed_for(Role::Kemenkopukm, ministry);
        let (declined, stays) = decided(&waits, &request, &verifier, (Timestamp(8), false));
        assert_eq!(
            (declined.status, stays.due_on, stays.reschedules),
            (RescheduleStatus::Declined, day("2022-03-21"), 1)
        );
        let (approved, moved) = decided(&waits, &request, &verifier, (Timestamp(8), true));
        assert_eq!(
            (approved.status, moved.due_on, moved.reschedules),
            (RescheduleStatus::Effective, day("2022-04-01"), 2)
        );
        assert_eq!((moved.first_due_on, approved.decided_at), (first, Some(Timestamp(8))));
        // A day nearer than the present one asks nobody.
        let far = milestone::Model { due_on: day("2022-06-01"), ..moved };
        assert_eq!(rescheduled(&far, asked(&far, "2022-05-01"), 30).1.due_on, day("2022-05-01"));
    }

    proptest! {
        #[test]
        fn the_first_due_date_never_changes(moves in prop::collection::vec((0u64..200, any::<bool>()), 0..12), free in 0u32..60) {
            let first = day("2022-03-01");
            let mut row = milestone(MilestoneStatus::InProgress, first, first);
            let mut effective = 0;
            for (days, approves) in moves {
                let before = row.clone();
                let due = (first + Days::new(days)).to_string();
                let (request, after) = rescheduled(&row, asked(&row, &due), free);
                row = after;
                if request.status == RescheduleStatus::Waiting {
                    prop_assert_eq!((row.due_on, row.reschedules), (before.due_on, before.reschedules));
                    prop_assert!(days > u64::from(free));
                    row = decided(&row, &request, &Actor::seed(), (Timestamp(1), approves)).1;
                    effective += i32::from(approves);
                } else {
                    effective += 1;
                }
                prop_assert_eq!((row.first_due_on, row.reschedules), (first, effective));
                prop_assert!(row.version > before.version);
            }
        }
    }

    #[test]
    fn who_waits_for_whom() {
        let arrows =
            [(1, 2), (2, 3), (4, 3), (5, 5)].map(|(from, to)| (Uuid::from_u128(from), Uuid::from_u128(to)));
        let leads = |from, to| super::leads(&arrows, Uuid::from_u128(from), Uuid::from_u128(to));
        for (from, to, expected) in
            [(1, 3, true), (3, 1, false), (1, 4, false), (4, 3, true), (2, 2, true), (5, 1, false)]
        {
            assert_eq!(leads(from, to), expected, "{from} {to}");
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
