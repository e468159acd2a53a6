//! What may be delegated and revoked, and by whom. Pure.

use chrono::{Months, NaiveDate};
use uuid::Uuid;

use super::entity::{DelegatedAction, delegation};
use crate::access::{Actor, Level, Permit, Role};
use crate::error::{Error, Result};
use crate::nouns::ids::Noun;

impl DelegatedAction {
    /// The seats that take it, and so can delegate it.
    pub fn seats(self) -> &'static [Role] {
        match self {
            Self::MilestoneSubmit => &REPORTERS,
            Self::OutcomeSubmit => &[Role::Bumn],
        }
    }
}

/// The seats that report on something.
const REPORTERS: [Role; 3] = [Role::Kemenkopukm, Role::Kemenperin, Role::Bumn];

/// The last day that one can have: a year after its first.
pub fn last_day(from: NaiveDate) -> NaiveDate {
    from.checked_add_months(Months::new(12)).unwrap_or(from)
}

/// Whether it holds on this day in Asia/Jakarta.
pub fn in_force(row: &delegation::Model, today: NaiveDate) -> bool {
    row.revoked_at.is_none() && (row.valid_from..=row.valid_until).contains(&today)
}

/// Whether it is for this partnership.
pub fn covers(row: &delegation::Model, partnership: Uuid) -> bool {
    row.partnership.is_none_or(|own| own == partnership)
}

/// The level that a step takes: an officer's, where it is one that can be delegated and was.
pub fn level(asked: Level, delegable: Option<DelegatedAction>, delegated: &[DelegatedAction]) -> Level {
    if delegable.is_some_and(|action| delegated.contains(&action)) { Level::Officer } else { asked }
}

/// # Errors
///
/// FORBIDDEN.
pub fn permit_grant(actor: &Actor, id: Uuid, action: DelegatedAction) -> Result<Permit> {
    Permit::grant(actor, "delegationGrant", id, action.seats(), Level::Approver)
}

/// By whoever holds the seat of the organisation that granted it: itself, or one that followed it.
///
/// # Errors
///
/// FORBIDDEN.
pub fn permit_revoke(actor: &Actor, row: &delegation::Model, seat: Option<Role>) -> Result<Permit> {
    let seats = seat.into_iter().collect::<Vec<_>>();
    Permit::grant(actor, "delegationRevoke", row.id, &seats, Level::Approver)
}

/// # Errors
///
/// CONFLICT, INVALID_TRANSITION.
pub fn check_revocable(row: &delegation::Model, expected_version: i32) -> Result<()> {
    Noun::Delegation.expect_version(row.id, expected_version, row.version)?;
    if row.revoked_at.is_some() {
        return Err(Error::invalid_transition("revoked", "the delegation was revoked before"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Timestamp;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn row() -> delegation::Model {
        delegation::Model {
            id: Uuid::from_u128(1),
            version: 1,
            organisation: Uuid::from_u128(2),
            grantee: "service:erp".to_owned(),
            action: DelegatedAction::MilestoneSubmit,
            partnership: None,
            valid_from: day("2026-11-24"),
            valid_until: day("2026-11-25"),
            granted_at: Timestamp(0),
            granted_by: "p".to_owned(),
            revoked_at: None,
            revoked_by: None,
            revocation_reason: None,
        }
    }

    #[test]
    fn it_holds_from_its_first_day_to_its_last() {
        for (today, holds) in
            [("2026-11-23", false), ("2026-11-24", true), ("2026-11-25", true), ("2026-11-26", false)]
        {
            assert_eq!(in_force(&row(), day(today)), holds, "{today}");
        }
        assert!(!in_force(&delegation::Model { revoked_at: Some(Timestamp(1)), ..row() }, day("2026-11-24")));
    }

    #[test]
    fn it_is_for_one_partnership_or_for_all() {
        let (one, other) = (Uuid::from_u128(3), Uuid::from_u128(4));
        assert!(covers(&row(), one));
        let of_one = delegation::Model { partnership: Some(one), ..row() };
        assert!(covers(&of_one, one) && !covers(&of_one, other));
    }

    #[test]
    fn a_year_is_the_most() {
        assert_eq!(last_day(day("2026-11-24")), day("2027-11-24"));
        assert_eq!(last_day(day("2028-02-29")), day("2029-02-28"));
        assert_eq!(last_day(NaiveDate::MAX), NaiveDate::MAX);
    }
}
