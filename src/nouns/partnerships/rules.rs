//! Who proposes partnerships, and what holds of them. Pure.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::entity::PartnershipStatus;
use super::steps::PROPOSERS;
use crate::access::{Actor, Level, Permit};
use crate::error::Result;

/// The statuses that a partnership does not leave.
pub const ENDS: [PartnershipStatus; 3] =
    [PartnershipStatus::Completed, PartnershipStatus::Terminated, PartnershipStatus::Rejected];

/// Whether a partnership is at its end.
pub fn has_ended(status: PartnershipStatus) -> bool {
    ENDS.contains(&status)
}

/// # Errors
///
/// FORBIDDEN.
pub fn permit_propose(actor: &Actor, id: Uuid) -> Result<Permit> {
    Permit::grant(actor, "partnershipPropose", id, &PROPOSERS, Level::Officer)
}

/// The id by which those who are not party to a partnership know it: the first half of a SHA-256 of its own, as a UUID
/// of version 8 (RFC 9562). It does not lead back to the id, and so does not tell when the partnership was recorded.
pub fn public_id(id: Uuid) -> Uuid {
    let hash = Sha256::new().chain_update(b"kemitraan:public-partnership:").chain_update(id).finalize();
    let mut half = [0; 16];
    half.copy_from_slice(&hash[..16]);
    uuid::Builder::from_custom_bytes(half).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_id_is_derived_and_stays() {
        let id = public_id("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap());
        assert_eq!(id.get_version_num(), 8);
        assert_eq!(id.to_string(), "9028dcb8-b5c3-8746-a980-8376d54e3953");
    }
}
