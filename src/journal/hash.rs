//! Format 1 of the journal: what is hashed, byte for byte. Final: a change to it is a new format beside it.
//!
//! Canonical text is JSON as RFC 8785 (JCS) writes it. A change's hash and an entry's hash are RFC 6962 leaves,
//! `SHA-256(0x00 ‖ text)`; the changes of an entry are bound by the RFC 6962 Merkle tree over them, so that one
//! change can be proved by its audit path without showing the others. Each change carries 128 random bits (`salt`),
//! so that the hash of a change that is not shown cannot be guessed from the few values that it may have.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::entity::{change, entry};
use crate::error::{Error, Result};
use crate::types::Timestamp;

pub type Hash = [u8; 32];

/// The number of this format.
pub const FORMAT: i32 = 1;

/// RFC 6962 section 2.1: the hash of a leaf.
pub(super) fn leaf(text: &str) -> Hash {
    let mut sha = Sha256::new_with_prefix([0]);
    sha.update(text);
    sha.finalize().into()
}

/// RFC 6962 section 2.1: the Merkle Tree Hash over leaves that are hashed already. Of none, the empty string's hash.
pub fn merkle_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        many => {
            // The largest power of two smaller than the number of leaves.
            let split = many.len().next_power_of_two() / 2;
            let mut sha = Sha256::new_with_prefix([1]);
            sha.update(merkle_root(&many[..split]));
            sha.update(merkle_root(&many[split..]));
            sha.finalize().into()
        }
    }
}

/// The `previous` of the first entry: the root of the empty tree.
pub fn genesis() -> Hash {
    merkle_root(&[])
}

/// A change's canonical text. The image is canonical JSON already, and no other value needs escaping.
pub fn change_text(change: &change::Model) -> String {
    let id = |id: &Option<Uuid>| id.map_or_else(|| "null".to_owned(), |id| format!("\"{id}\""));
    format!(
        r#"{{"id":"{}","image":{},"noun":"{}","organisation":{},"partnership":{},"salt":"{}","version":{}}}"#,
        change.id,
        change.image.as_deref().unwrap_or("null"),
        change.noun,
        id(&change.organisation),
        id(&change.partnership),
        hex::encode(&change.salt),
        change.noun_version,
    )
}

pub fn change_hash(change: &change::Model) -> Hash {
    leaf(&change_text(change))
}

/// An entry's header, as it is hashed.
#[derive(Serialize)]
struct Header<'a> {
    action: &'a str,
    actor: &'a str,
    at: Timestamp,
    changes: String,
    format: i32,
    level: Option<&'a str>,
    organisation: Option<Uuid>,
    previous: String,
    reason: Option<&'a str>,
    request: Option<&'a str>,
    role: Option<&'a str>,
    sequence: i64,
    token: Option<&'a str>,
}

/// An entry's canonical text: all of its header, the root of its changes, the hash of the entry before.
pub fn entry_text(entry: &entry::Model) -> Result<String> {
    let header = Header {
        action: &entry.action,
        actor: &entry.actor,
        at: entry.at,
        changes: hex::encode(&entry.changes_root),
        format: entry.format,
        level: entry.level.as_deref(),
        organisation: entry.organisation,
        previous: hex::encode(&entry.previous_hash),
        reason: entry.reason.as_deref(),
        request: entry.request_id.as_deref(),
        role: entry.role.as_deref(),
        sequence: entry.sequence,
        token: entry.token.as_deref(),
    };
    serde_json_canonicalizer::to_string(&header).map_err(Error::internal)
}

pub fn entry_hash(entry: &entry::Model) -> Result<Hash> {
    Ok(leaf(&entry_text(entry)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6962 gives no vectors; these are Certificate Transparency's own (`merkletree/merkle_tree_test.cc`).
    #[test]
    fn merkle_roots_are_those_of_certificate_transparency() {
        let leaves = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ]
        .map(|data| {
            let mut sha = Sha256::new_with_prefix([0]);
            sha.update(hex::decode(data).unwrap());
            <Hash>::from(sha.finalize())
        });
        for (size, root) in [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ] {
            assert_eq!(hex::encode(merkle_root(&leaves[..size])), root, "{size} leaves");
        }
    }

    #[test]
    fn a_change_is_written_as_rfc_8785_would_write_it() {
        let change = change::Model {
            sequence: 1,
            position: 0,
            noun: "partner".into(),
            id: Uuid::from_u128(7),
            noun_version: 1,
            organisation: None,
            partnership: Some(Uuid::from_u128(8)),
            image: Some(
                serde_json_canonicalizer::to_string(&serde_json::json!({"name": "a \"b\"\u{1}é", "b": 1}))
                    .unwrap(),
            ),
            salt: vec![9; 16],
            hash: vec![],
        };
        let text = change_text(&change);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json_canonicalizer::to_string(&value).unwrap(), text);
    }
}
