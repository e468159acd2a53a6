//! What may be shown of personal data (UU 27/2022), and by what it can be proved. Pure.

use sha2::{Digest as _, Sha256};

use super::entity::ContactKind;

/// What answers show instead of a value: too little to reach or to find anybody by.
pub fn mask(kind: ContactKind, value: &str) -> String {
    let letters = value.chars().collect::<Vec<_>>();
    let ends = |first: usize, last: usize| {
        // Of something shorter than it should be nothing is shown.
        let hidden = letters.len().checked_sub(first + last).filter(|hidden| *hidden >= 4);
        let Some(hidden) = hidden else { return "*".repeat(letters.len().max(4)) };
        let (start, end) = (&letters[..first], &letters[letters.len() - last..]);
        start.iter().copied().chain(std::iter::repeat_n('*', hidden)).chain(end.iter().copied()).collect()
    };
    match kind {
        ContactKind::Npwp => ends(4, 4),
        ContactKind::Phone => ends(0, 3),
        ContactKind::Email => {
            letters.first().map_or_else(|| "***@…".to_owned(), |first| format!("{first}***@…"))
        }
        ContactKind::Person => value
            .split_whitespace()
            .filter_map(|word| word.chars().next())
            .map(|first| format!("{first}***"))
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// What is kept of a value for ever: without its salt, which goes with it, nothing can be learned from it.
pub fn hash(salt: &[u8; 16], value: &str) -> String {
    hex::encode(Sha256::new().chain_update(salt).chain_update(value).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_mask_shows_the_ends_alone() {
        for (kind, value, shown) in [
            (ContactKind::Npwp, "3174012345670001", "3174********0001"),
            (ContactKind::Npwp, "31740001", "********"),
            (ContactKind::Phone, "+628123456789", "**********789"),
            (ContactKind::Phone, "112", "****"),
            (ContactKind::Email, "budi@example.id", "b***@…"),
            (ContactKind::Email, "", "***@…"),
            (ContactKind::Person, "Contoh Pengurus", "C*** P***"),
        ] {
            assert_eq!(mask(kind, value), shown, "{value}");
        }
    }

    proptest! {
        #[test]
        fn a_mask_never_has_the_value_in_it(value in "[a-z0-9@. ]{5,30}") {
            for kind in [ContactKind::Npwp, ContactKind::Phone, ContactKind::Email, ContactKind::Person] {
                prop_assert!(!mask(kind, &value).contains(value.trim()) || value.trim().len() < 2);
            }
        }
    }
}
