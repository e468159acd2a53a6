//! Accents and case aside: what text search compares. The databases fold what they keep by the same table as the
//! program folds what it looks for, so that both find the same, and SQLite what PostgreSQL does.

/// A letter, and those that are folded to it: Latin-1 and Latin Extended-A. What is beyond is compared as it is.
const LETTERS: [(char, &str); 19] = [
    ('a', "ÀÁÂÃÄÅàáâãäåĀāĂăĄą"),
    ('c', "ÇçĆćĈĉĊċČč"),
    ('d', "ĎďĐđ"),
    ('e', "ÈÉÊËèéêëĒēĔĕĖėĘęĚě"),
    ('g', "ĜĝĞğĠġĢģ"),
    ('h', "ĤĥĦħ"),
    ('i', "ÌÍÎÏìíîïĨĩĪīĬĭĮįİı"),
    ('j', "Ĵĵ"),
    ('k', "Ķķ"),
    ('l', "ĹĺĻļĽľŁł"),
    ('n', "ÑñŃńŅņŇň"),
    ('o', "ÒÓÔÕÖØòóôõöøŌōŎŏŐő"),
    ('r', "ŔŕŖŗŘř"),
    ('s', "ŚśŜŝŞşŠš"),
    ('t', "ŢţŤťŦŧ"),
    ('u', "ÙÚÛÜùúûüŨũŪūŬŭŮůŰűŲų"),
    ('w', "Ŵŵ"),
    ('y', "ÝýÿŶŷŸ"),
    ('z', "ŹźŻżŽž"),
];

/// Accents that stand after their letter (Unicode's combining marks, the common ones), which are left out.
const MARKS: &str =
    "\u{300}\u{301}\u{302}\u{303}\u{304}\u{306}\u{307}\u{308}\u{30a}\u{30b}\u{30c}\u{323}\u{327}\u{328}";

/// A text with its accents and case taken away.
pub fn fold(text: &str) -> String {
    let folded = |letter: char| {
        if letter.is_ascii() {
            return Some(letter.to_ascii_lowercase());
        }
        let base = LETTERS.iter().find(|(_, some)| some.contains(letter)).map(|(base, _)| *base);
        (!MARKS.contains(letter)).then_some(base.unwrap_or(letter))
    };
    text.chars().filter_map(folded).collect()
}

/// The same as an expression of SQL.
pub(crate) fn sql(expression: &str, postgres: bool) -> String {
    let letters = LETTERS.iter().flat_map(|(base, some)| some.chars().map(move |letter| (letter, *base)));
    if postgres {
        // By bytes, so that the server's locale does not matter. What has no counterpart is left out.
        let (from, to): (String, String) = letters.unzip();
        return format!("translate(lower(({expression}) COLLATE \"C\"), '{from}{MARKS}', '{to}')");
    }
    let replace = |inner: String, from: char, to: &str| format!("replace({inner}, '{from}', '{to}')");
    let lower = format!("lower({expression})");
    let plain = MARKS.chars().fold(lower, |inner, mark| replace(inner, mark, ""));
    letters.fold(plain, |inner, (letter, base)| replace(inner, letter, &base.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_are_taken_away() {
        assert_eq!(fold("Kédai ÉSPRESSO Łódź 1/2"), "kedai espresso lodz 1/2");
        assert_eq!(fold("Ke\u{301}dai"), "kedai");
        assert_eq!(fold("Ж東"), "Ж東");
    }

    #[test]
    fn a_letter_is_folded_to_one_other_and_that_to_itself() {
        let all = LETTERS.iter().flat_map(|(_, some)| some.chars()).collect::<Vec<_>>();
        for (at, letter) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(letter) && !letter.is_ascii(), "{letter}");
        }
        for text in ["Ångström", "PT Contoh", "naïve", "É"] {
            assert_eq!(fold(&fold(text)), fold(text));
        }
    }
}
