//! Who opens a quarter, and whom one waits for. Pure.

use uuid::Uuid;

use super::entity::quarter_agreement;
use super::steps::SEATS;
use crate::access::{Actor, Level, Permit, Role};
use crate::error::Result;
use crate::types::Timestamp;

/// The days after a quarter's end within which it is reported.
pub const DUE: u64 = 30;

/// # Errors
///
/// FORBIDDEN.
pub fn permit_open(actor: &Actor, id: Uuid) -> Result<Permit> {
    Permit::grant(actor, "quarterOpen", id, &[Role::Kemenbumn], Level::Approver)
}

/// The seats that a quarter waits for that ended at a moment, and since when: each of which somebody who holds it has
/// not agreed; once all have, KEMENBUMN to lock it, since the last of them did.
pub fn waiting<A: std::ops::Deref<Target = quarter_agreement::Model>>(
    ended: Timestamp,
    holders: &[(Uuid, Role)],
    agreements: &[A],
) -> (Vec<Role>, Timestamp) {
    let by = |organisation: Uuid| agreements.iter().find(|row| row.organisation == organisation);
    let mut seats = SEATS
        .into_iter()
        .filter(|seat| holders.iter().any(|(organisation, held)| held == seat && by(*organisation).is_none()))
        .collect::<Vec<_>>();
    if !seats.is_empty() {
        return (seats, ended);
    }
    seats.push(Role::Kemenbumn);
    let last =
        holders.iter().filter_map(|(organisation, _)| by(*organisation)).map(|row| row.agreed_at).max();
    (seats, last.unwrap_or(ended))
}
