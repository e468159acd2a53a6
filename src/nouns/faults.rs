//! What can be wrong with an input, collected so that all of it is told at once. Each check gives the value as it goes on
//! from there; where it is at fault, it is never used, for [`Faults::check`] ends the mutation.

use async_graphql::ID;
use chrono::NaiveDate;

use super::acting::Named;
use super::codes::rules::{province_of, section_of};
use super::contacts::entity::ContactKind;
use super::contacts::rules::mask;
use super::ids::{self, Noun};
use crate::error::{Error, Result};
use crate::types::{Date, Decimal, Money, Quarter};

/// The most faults that are told.
const MOST: usize = 50;

/// The longest reason, remark or report.
pub const LONGEST: usize = 4_000;

/// The most that one amount can be: a thousand trillion rupiah, so that sums fit 64 bits.
pub const MOST_MONEY: i64 = 1_000_000_000_000_000;

/// The faults of one input.
#[derive(Debug, Default)]
pub struct Faults(Vec<Error>);

impl Faults {
    /// Ends here where anything is at fault.
    ///
    /// # Errors
    ///
    /// BAD_USER_INPUT with all faults: path, what was given, what would be right.
    pub fn check(&self) -> Result<()> {
        Error::inputs(&self.0[..self.0.len().min(MOST)]).map_or(Ok(()), Err)
    }

    /// Notes a fault.
    pub fn add(&mut self, path: &str, given: &str, expected: &str) {
        self.0.push(Error::input(path, given, expected));
    }

    /// Notes a fault where it is one.
    pub fn expect(&mut self, holds: bool, path: &str, given: impl ToString, expected: &str) {
        if !holds {
            self.add(path, &given.to_string(), expected);
        }
    }

    /// The same of an amount, a number or a day.
    fn expect_value(&mut self, holds: bool, path: &str, given: impl ToString, expected: &str) {
        if !holds {
            self.0.push(Error::value(path, given, expected));
        }
    }

    /// An id of this noun. One that is none is no fault: there is nothing that bears it, and NOT_FOUND says so.
    pub fn id(&mut self, noun: Noun, given: &ID) -> Named {
        Named { id: ids::parse(noun, given).unwrap_or_default(), given: given.clone() }
    }

    /// The same of several.
    pub fn ids(&mut self, noun: Noun, path: &str, given: &[ID], most: usize) -> Vec<Named> {
        let expected = format!("at most {most} ids, each once");
        let is_repeated = |at: usize| given[..at].contains(&given[at]);
        self.expect(
            given.len() <= most && !(0..given.len()).any(is_repeated),
            path,
            format!("{} ids", given.len()),
            &expected,
        );
        given.iter().map(|id| self.id(noun, id)).collect()
    }

    /// One line of 1 to `most` characters.
    pub fn line(&mut self, path: &str, given: &str, most: usize) -> String {
        self.text_of(path, given, most, false)
    }

    /// Text of 1 to `most` characters, of several lines.
    pub fn text(&mut self, path: &str, given: &str, most: usize) -> String {
        self.text_of(path, given, most, true)
    }

    /// Why something is done: it stays in the journal for ever.
    pub fn reason(&mut self, path: &str, given: &str) -> String {
        self.text(path, given, LONGEST)
    }

    fn text_of(&mut self, path: &str, given: &str, most: usize, lines: bool) -> String {
        let kind = if lines { "text" } else { "one line" };
        let expected = format!("{kind} of 1 to {most} characters, some of them visible");
        let length = given.chars().count();
        if length > most || given.trim().is_empty() {
            self.add(path, given, &expected);
        } else if let Some(bad) = given.chars().find(|char| is_hidden(*char, lines)) {
            let given = format!("U+{:04X}", u32::from(bad));
            self.add(path, &given, &format!("{kind} without control and directional characters"));
        }
        given.to_owned()
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, path: &str, given: i32, least: i32, most: i32) -> i32 {
        self.expect_value(
            (least..=most).contains(&given),
            path,
            given,
            &format!("a whole number, {least} to {most}"),
        );
        given
    }

    /// An amount in rupiah.
    pub fn money(&mut self, path: &str, given: Money) -> Money {
        self.expect_value(
            (0..=MOST_MONEY).contains(&given.0),
            path,
            given,
            "whole rupiah, 0 to 1000000000000000 (a thousand trillion)",
        );
        given
    }

    /// A figure with at most two decimals, up to `most` units.
    pub fn figure(&mut self, path: &str, given: Decimal, most: i64) -> Decimal {
        let expected = format!("a number with at most two decimals, 0 to {most}");
        self.expect_value((0..=most.saturating_mul(100)).contains(&given.0), path, given, &expected);
        given
    }

    /// A day from `first` to `last`.
    pub fn day(&mut self, path: &str, given: Date, first: NaiveDate, last: NaiveDate) -> NaiveDate {
        let expected = format!("a day from {first} to {last}");
        self.expect_value((first..=last).contains(&given.0), path, given.0, &expected);
        given.0
    }

    /// A quarter: `2021-Q3`.
    pub fn quarter(&mut self, path: &str, given: &str) -> Quarter {
        given.parse().unwrap_or_else(|expected| {
            self.add(path, given, expected);
            Quarter { year: 2021, quarter: 1 }
        })
    }

    /// A business identification number (Nomor Induk Berusaha).
    pub fn nib(&mut self, path: &str, given: &str) -> String {
        self.expect(is_digits(given, 13), path, given, "an NIB: 13 digits");
        given.to_owned()
    }

    /// A taxpayer identification number (Nomor Pokok Wajib Pajak): a person's, where it is given for the wrong partner.
    pub fn npwp(&mut self, path: &str, given: &str) -> String {
        self.expect(is_digits(given, 16), path, mask(ContactKind::Npwp, given), "an NPWP: 16 digits");
        given.to_owned()
    }

    /// A cooperative's number (Nomor Induk Koperasi). No regulation that is public fixes its form.
    pub fn nik_koperasi(&mut self, path: &str, given: &str) -> String {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'/');
        let expected = "the number of a cooperative: 4 to 40 letters, digits, `-`, `.` or `/`";
        self.expect((4..=40).contains(&given.len()) && given.bytes().all(is_part), path, given, expected);
        given.to_owned()
    }

    /// A code of the KBLI, of five digits, in an edition of it.
    pub fn kbli(&mut self, path: &str, given: &str, version: i32) -> String {
        let expected = match version {
            2020 | 2025 => {
                format!("a code of the KBLI {version}: five digits, the first two of a division that it has")
            }
            _ => "a code of the KBLI 2020 or 2025".to_owned(),
        };
        self.expect(section_of(given, version).is_some(), path, given, &expected);
        given.to_owned()
    }

    /// A regency or city by its code of the Ministry of Home Affairs.
    pub fn regency(&mut self, path: &str, given: &str) -> String {
        let bytes = given.as_bytes();
        let is_code = bytes.len() == 5
            && bytes[2] == b'.'
            && bytes.iter().enumerate().all(|(at, byte)| at == 2 || byte.is_ascii_digit());
        let expected = "a regency, NN.NN, the first two digits of a province that there is";
        self.expect(is_code && province_of(given).is_some(), path, given, expected);
        given.to_owned()
    }

    /// The SHA-256 of a file's bytes.
    pub fn sha256(&mut self, path: &str, given: &str) -> String {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let expected = "the SHA-256 of a file: 64 hexadecimal digits, small letters";
        self.expect(given.len() == 64 && given.bytes().all(is_digit), path, given, expected);
        given.to_owned()
    }

    /// A key that a client gives its request.
    pub fn idempotency_key(&mut self, path: &str, given: &str) {
        let is_key = (1..=255).contains(&given.len()) && given.bytes().all(|byte| byte.is_ascii_graphic());
        self.expect(is_key, path, given, "1 to 255 visible ASCII characters");
    }
}

fn is_digits(given: &str, count: usize) -> bool {
    given.len() == count && given.bytes().all(|byte| byte.is_ascii_digit())
}

/// Characters that do not show, or make others show where they are not: controls, and what turns the direction of text.
fn is_hidden(char: char, lines: bool) -> bool {
    match char {
        '\n' | '\t' => !lines,
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(collect: impl FnOnce(&mut Faults)) -> Vec<String> {
        let mut faults = Faults::default();
        collect(&mut faults);
        let Err(error) = faults.check() else { return Vec::new() };
        let all = error.details()["faults"].as_array().unwrap().clone();
        all.iter().map(|fault| fault["path"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let mut faults = Faults::default();
        faults.nib("input.nib", "12");
        faults.line("input.title", "", 200);
        let error = faults.check().unwrap_err();
        assert_eq!(error.details()["faults"].as_array().unwrap().len(), 2);
        assert!(error.message().starts_with("input.nib"), "{}", error.message());
        assert!(Faults::default().check().is_ok());
    }

    #[test]
    fn what_can_be_is_told_from_what_cannot() {
        for (given, is_right) in [("1234567890123", true), ("123456789012", false), ("123456789012a", false)]
        {
            assert_eq!(told(|faults| drop(faults.nib("p", given))).is_empty(), is_right, "{given}");
        }
        for (given, is_right) in [("1234567890123456", true), ("12.345.678.9-012.345", false)] {
            assert_eq!(told(|faults| drop(faults.npwp("p", given))).is_empty(), is_right, "{given}");
        }
        for (given, version, is_right) in [
            ("10710", 2020, true),
            ("1071", 2020, false),
            ("04000", 2020, false),
            ("1071a", 2025, false),
            ("10710", 2015, false),
        ] {
            assert_eq!(told(|faults| drop(faults.kbli("p", given, version))).is_empty(), is_right, "{given}");
        }
        for (given, is_right) in
            [("32.04", true), ("99.04", false), ("3204", false), ("32.4", false), ("32,04", false)]
        {
            assert_eq!(told(|faults| drop(faults.regency("p", given))).is_empty(), is_right, "{given}");
        }
        for (given, is_right) in [("2021-Q3", true), ("2021-Q5", false), ("21-Q1", false)] {
            let told = told(|faults| _ = faults.quarter("p", given));
            assert_eq!(told.is_empty(), is_right, "{given}");
        }
        for (given, is_right) in [(0, true), (MOST_MONEY, true), (MOST_MONEY + 1, false), (-1, false)] {
            assert_eq!(told(|faults| _ = faults.money("p", Money(given))).is_empty(), is_right, "{given}");
        }
        for (given, is_right) in [("k", true), ("", false), ("a b", false), ("é", false)] {
            assert_eq!(told(|faults| faults.idempotency_key("p", given)).is_empty(), is_right, "{given}");
        }
        assert_eq!(told(|faults| faults.idempotency_key("p", &"k".repeat(255))), [""; 0]);
        assert_eq!(told(|faults| faults.idempotency_key("p", &"k".repeat(256))), ["p"]);
        let digits = "0123456789abcdef".repeat(4);
        for (given, is_right) in [(&*digits, true), (&digits[1..], false), (&*digits.to_uppercase(), false)] {
            assert_eq!(told(|faults| drop(faults.sha256("p", given))).is_empty(), is_right, "{given}");
        }
        for (given, is_right) in
            [("CONTOH-001", true), ("3204010010001", true), ("x", false), ("a b c", false)]
        {
            assert_eq!(told(|faults| drop(faults.nik_koperasi("p", given))).is_empty(), is_right, "{given}");
        }
        let (first, last) = ("2021-09-03".parse().unwrap(), "2021-09-05".parse().unwrap());
        for (given, is_right) in [("2021-09-03", true), ("2021-09-05", true), ("2021-09-06", false)] {
            let told = told(|faults| _ = faults.day("p", given.parse().unwrap(), first, last));
            assert_eq!(told.is_empty(), is_right, "{given}");
        }
    }

    #[test]
    fn what_may_be_a_persons_is_not_repeated() {
        let mut faults = Faults::default();
        faults.npwp("p", "31.740.1234-567.0001");
        faults.nik_koperasi("p", "3174012345670001!");
        faults.nib("p", "3174012345670001");
        faults.text("p", &"budi@contoh.example +628123456789 ".repeat(200), 100);
        let told = serde_json::Value::Object(faults.check().unwrap_err().details().clone()).to_string();
        for part in ["1234", "3174012345670001", "budi@", "628123456789"] {
            assert!(!told.contains(part), "{told}");
        }
    }

    #[test]
    fn hidden_characters_are_refused() {
        for bad in
            ['\0', '\u{7}', '\u{1b}', '\u{7f}', '\u{85}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}']
        {
            assert_eq!(told(|faults| drop(faults.text("p", &format!("a{bad}b"), 9))), ["p"], "{bad:?}");
        }
        for lines in ["a\nb", "a\tb"] {
            assert_eq!(told(|faults| drop(faults.text("p", lines, 9))), [""; 0]);
            assert_eq!(told(|faults| drop(faults.line("p", lines, 9))), ["p"]);
        }
        assert_eq!(told(|faults| drop(faults.text("p", "a\rb", 9))), ["p"]);
        assert_eq!(told(|faults| drop(faults.line("p", "Kopi Gayo – „arabika“ é", 40))), [""; 0]);
        assert_eq!(told(|faults| drop(faults.line("p", " \u{a0}", 9))), ["p"]);
    }

    proptest! {
        #[test]
        fn a_line_is_counted_by_its_characters(text in "[a-zé]{0,12}") {
            let is_right = (1..=8).contains(&text.chars().count());
            prop_assert_eq!(told(|faults| drop(faults.line("p", &text, 8))).is_empty(), is_right);
        }
    }
}
