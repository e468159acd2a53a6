//! Text as it may be told back to whoever has sent it.

use super::GlobalId;

/// So many digits are no day and no version: it may be a person's number, typed where it does not belong.
const MANY_DIGITS: usize = 9;

/// So many signs and spaces people put between two digits of one number, at most.
const JOINTS: usize = 2;

/// A text that is no contact, without what looks like a number or an address of a person. An id is one of ours.
pub fn veil(text: &str) -> String {
    if GlobalId::parse(text).is_some() {
        return text.to_owned();
    }
    let mut letters = text.chars().collect::<Vec<_>>();
    veil_numbers(&mut letters);
    for word in letters.split_mut(|letter| letter.is_whitespace()).filter(|word| word.contains(&'@')) {
        word.fill('*');
    }
    letters.into_iter().collect()
}

fn veil_numbers(letters: &mut [char]) {
    let mut first = 0;
    while first < letters.len() {
        let (mut next, mut end, mut digits) = (first, first, 0);
        while let Some(letter) = letters.get(next).filter(|_| next - end <= JOINTS) {
            if letter.is_numeric() {
                (digits, end) = (digits + 1, next + 1);
            } else if digits == 0 || !(letter.is_whitespace() || ".-/()+_".contains(*letter)) {
                break;
            }
            next += 1;
        }
        if digits >= MANY_DIGITS {
            letters[first..end]
                .iter_mut()
                .filter(|letter| letter.is_numeric())
                .for_each(|digit| *digit = '*');
        }
        first = end.max(first + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_persons_is_veiled() {
        for (text, shown) in [
            ("", ""),
            ("K-001/2021", "K-001/2021"),
            ("20210903", "20210903"),
            ("2026-11-24T05:00:00.000000Z", "2026-11-24T05:00:00.000000Z"),
            ("081234567", "*********"),
            ("3174.0123.4567.0001 of Budi", "****.****.****.**** of Budi"),
            ("nik3174 0123 4567 0001.", "nik**** **** **** ****."),
            ("+62 (812) 345-6789, 8", "+** (***) ***-****, 8"),
            ("٠٨١٢٣٤٥٦٧", "*********"),
            ("to budi@contoh.example,\n+62 811", "to ********************\n+62 811"),
            ("milestone_01234567890123456789012345", "milestone_01234567890123456789012345"),
        ] {
            assert_eq!(veil(text), shown);
        }
    }
}
