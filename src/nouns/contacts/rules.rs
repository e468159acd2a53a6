//! What may be shown of personal data (UU 27/2022), and by what it can be proved. Pure.

use chrono::{Days, NaiveDate};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::entity::ContactKind;
use crate::error::{Error, Result};
use crate::nouns::partnerships::entity::PartnershipStatus;
use crate::nouns::partnerships::rules::has_ended;
use crate::types::{Timestamp, start_of};

/// # Errors
///
/// INVALID_TRANSITION.
pub fn check_erasable(erased: bool) -> Result<()> {
    if erased {
        return Err(Error::invalid_transition("erased", "it is erased already"));
    }
    Ok(())
}

/// # Errors
///
/// INVALID_TRANSITION.
pub fn check_revealable(erased: bool) -> Result<()> {
    if erased {
        return Err(Error::invalid_transition("erased", "it is erased: nothing is left that could be shown"));
    }
    Ok(())
}

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
            .map(|word| {
                let mut letters = word.chars();
                let first =
                    letters.next().filter(|_| letters.next().is_some() && !word.contains(char::is_numeric));
                first.map_or_else(|| "***".to_owned(), |first| format!("{first}***"))
            })
            .collect::<Vec<_>>()
            .join(" "),
    }
}

/// Whether a value can be one of its kind.
pub fn is_value(kind: ContactKind, value: &str) -> bool {
    let is_line = !value.trim().is_empty()
        && value.trim().len() == value.len()
        && value.chars().count() <= 200
        && !value.chars().any(char::is_control);
    match kind {
        ContactKind::Person => is_line,
        ContactKind::Phone => value.strip_prefix('+').is_some_and(|digits| {
            (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        }),
        // Whether there is such an address only a letter to it could tell.
        ContactKind::Email => {
            is_line
                && !value.contains(char::is_whitespace)
                && value.split_once('@').is_some_and(|(local, domain)| {
                    !local.is_empty()
                        && !domain.contains('@')
                        && domain.split('.').all(|part| !part.is_empty())
                })
        }
        ContactKind::Npwp => value.len() == 16 && value.bytes().all(|byte| byte.is_ascii_digit()),
    }
}

/// What a value of this kind is, in words.
pub fn expected(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Person => "a name: one line of 1 to 200 characters",
        ContactKind::Phone => "a telephone number: + and 8 to 15 digits, its country's first",
        ContactKind::Email => "an e-mail address of up to 200 characters",
        ContactKind::Npwp => "an NPWP: 16 digits",
    }
}

/// What is kept of a value for ever: without its salt, which goes with it, nothing can be learned from it.
pub fn hash(salt: &[u8; 16], value: &str) -> String {
    hex::encode(Sha256::new().chain_update(salt).chain_update(value).finalize())
}

/// On this day contacts are due that have not been needed since before this moment, where they are kept for so many days.
pub fn due_before(today: NaiveDate, days: u32) -> Timestamp {
    let first = today.checked_sub_days(Days::new(u64::from(days.saturating_sub(1))));
    start_of(first.unwrap_or(NaiveDate::MIN))
}

/// Whether a contact is due: it was set, and each partnership of its partner had ended or was left by it, before this moment.
pub fn is_due(
    contact: Uuid,
    partnerships: &[(PartnershipStatus, Timestamp)],
    left: Option<Timestamp>,
    before: Timestamp,
) -> bool {
    partnerships.iter().all(|(status, since)| has_ended(*status) && *since < before)
        && left.is_none_or(|left| left < before)
        && Timestamp::of_id(contact) < before
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
            (ContactKind::Person, "A 3 1 7 4 B2 Budi", "*** *** *** *** *** *** B***"),
        ] {
            assert_eq!(mask(kind, value), shown, "{value}");
        }
    }

    #[test]
    fn a_value_is_one_of_its_kind() {
        use ContactKind::{Email, Npwp, Person, Phone};
        for (kind, value, is_right) in [
            (Person, "Contoh Pengurus", true),
            (Person, "", false),
            (Person, " Contoh", false),
            (Person, "Contoh\nPengurus", false),
            (Phone, "+6281234567", true),
            (Phone, "081234567", false),
            (Phone, "+62 812", false),
            (Phone, "+1234567890123456", false),
            (Email, "contoh@contoh.example", true),
            (Email, "contoh", false),
            (Email, "@contoh.example", false),
            (Email, "a@b@c", false),
            (Email, "a b@c.example", false),
            (Email, "a@c..example", false),
            (Npwp, "0000000000000001", true),
            (Npwp, "000000000000001", false),
            (Npwp, "000000000000000a", false),
        ] {
            assert_eq!(is_value(kind, value), is_right, "{value:?}");
        }
        assert!(!is_value(Person, &"x".repeat(201)) && is_value(Person, &"é".repeat(200)));
    }

    #[test]
    fn a_contact_is_due_when_nothing_has_needed_it_for_so_many_days() {
        use PartnershipStatus::{Active, Completed, Rejected, Suspended, Terminated};
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let before = due_before("2026-11-24".parse().unwrap(), 30);
        // 25 October is the thirtieth day: the days are those of Asia/Jakarta.
        let (last, late) = (at("2026-10-25T16:59:59.999999Z"), at("2026-10-25T17:00:00Z"));
        assert_eq!(before, late);
        let contact = |at: Timestamp| Uuid::from_u128(u128::from((at.0 / 1_000).unsigned_abs()) << 80);
        let old = contact(at("2021-09-03T02:00:00Z"));
        assert!(is_due(old, &[], None, before));
        assert!(is_due(contact(last), &[], None, before) && !is_due(contact(late), &[], None, before));
        assert!(is_due(old, &[], Some(last), before) && !is_due(old, &[], Some(late), before));
        for ended in [Completed, Rejected, Terminated] {
            assert!(is_due(old, &[(ended, last)], None, before));
            assert!(!is_due(old, &[(ended, last), (ended, late)], None, before));
        }
        for open in [Active, Suspended] {
            assert!(!is_due(old, &[(Completed, last), (open, last)], None, before));
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
