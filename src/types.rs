//! The small values that every noun is made of: identifiers, money, timestamps, quarters, secrets, and the clock.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, SecondsFormat, Utc};
use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod clock;
mod secret;
mod veil;

pub use clock::Clock;
pub use secret::Secret;
pub use veil::veil;

/// The alphabet of Crockford's base 32, in lower case, as TypeID prescribes.
const CROCKFORD: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A global identifier: a noun's name and a UUIDv7, written as a TypeID (`partnership_01h455vb4pex5vsknk084sn02q`).
///
/// By hand, and held against the specification's own vectors: it is twenty lines, and stands on the path of
/// every object that is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlobalId<'a> {
    pub noun: &'a str,
    pub id: Uuid,
}

impl fmt::Display for GlobalId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value = self.id.as_u128();
        let mut suffix = [0u8; 26];
        for digit in suffix.iter_mut().rev() {
            *digit = CROCKFORD[(value & 31) as usize];
            value >>= 5;
        }
        f.write_str(self.noun)?;
        f.write_str("_")?;
        f.write_str(std::str::from_utf8(&suffix).map_err(|_| fmt::Error)?)
    }
}

impl<'a> GlobalId<'a> {
    /// Reads a TypeID; `None` where it is not one.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (noun, suffix) = text.rsplit_once('_')?;
        let suffix = suffix.as_bytes();
        // 26 digits of five bits hold 130: the first may only carry three.
        if noun.is_empty() || suffix.len() != 26 || suffix[0] > b'7' {
            return None;
        }
        let value = suffix.iter().try_fold(0u128, |value, byte| {
            let digit = CROCKFORD.iter().position(|known| known == byte)?;
            Some((value << 5) | digit as u128)
        })?;
        Some(Self { noun, id: Uuid::from_u128(value) })
    }
}

/// Whole rupiah. Exact: an integer in the database, a string in JSON, for GraphQL's `Int` ends at 2.1 billion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Money(pub i64);

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl FromStr for Money {
    type Err = &'static str;

    /// Only the canonical form: digits, no sign but a leading `-`, no leading zero.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<i64>() {
            Ok(rupiah) if rupiah.to_string() == text => Ok(Self(rupiah)),
            _ => Err("whole rupiah as a string of digits, such as \"1500000\""),
        }
    }
}

impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An exact decimal number of at most two decimals, never negative: an integer of hundredths in the database, a string
/// in JSON, for a client's numbers have fifteen digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Decimal(pub i64);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) = (self.0 / 100, self.0 % 100);
        match hundredths {
            0 => write!(f, "{whole}"),
            tenths if tenths % 10 == 0 => write!(f, "{whole}.{}", tenths / 10),
            _ => write!(f, "{whole}.{hundredths:02}"),
        }
    }
}

impl FromStr for Decimal {
    type Err = &'static str;

    /// Only the canonical form: digits, then at most two decimals of which the last is not zero.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let hundredths = || {
            let whole = whole.parse::<i64>().ok()?.checked_mul(100)?;
            whole.checked_add(format!("{decimals:0<2}").parse::<i64>().ok()?)
        };
        match hundredths().map(Self) {
            Some(number) if number.0 >= 0 && decimals.len() <= 2 && number.to_string() == text => Ok(number),
            _ => Err("a number with at most two decimals as a string, such as \"12.5\""),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A calendar day in Asia/Jakarta, as the API writes it: `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Date(pub NaiveDate);

impl FromStr for Date {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "a day as in RFC 3339, such as \"2021-09-03\"";
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| expected)?;
        // Chrono also reads "2021-9-3" and years of more than four digits.
        if text.len() == 10 && day.to_string() == text { Ok(Self(day)) } else { Err(expected) }
    }
}

/// A moment, in UTC, to the microsecond: an integer in the database, RFC 3339 with six decimals in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, DeriveValueType)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// When an id was made (UUIDv7: its first 48 bits are milliseconds).
    pub fn of_id(id: Uuid) -> Self {
        Self(i64::try_from(id.as_u128() >> 80).map_or(0, |milliseconds| milliseconds * 1_000))
    }

    /// The calendar day at this moment in Asia/Jakarta.
    pub fn day(self) -> NaiveDate {
        self.utc().with_timezone(&jakarta()).date_naive()
    }

    /// The second that it lies in.
    pub fn to_second(self) -> Self {
        Self(self.0.div_euclid(1_000_000) * 1_000_000)
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// Western Indonesian time (WIB): seven hours ahead of UTC, without summer time since 1964.
fn jakarta() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).expect("seven hours are an offset")
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Micros, true))
    }
}

impl FromStr for Timestamp {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DateTime::parse_from_rfc3339(text)
            .map(|at| Self(at.timestamp_micros()))
            .map_err(|_| "a moment as in RFC 3339, such as \"2021-09-03T02:00:00Z\"")
    }
}

impl Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A quarter (triwulan) of a calendar year in Asia/Jakarta, written `2021-Q3`, said "Triwulan III 2021".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    pub year: i32,
    /// 1 to 4
    pub quarter: u8,
}

impl Quarter {
    /// Its first day, and the first after it.
    pub fn days(self) -> Option<(NaiveDate, NaiveDate)> {
        let month = u32::from(self.quarter) * 3 - 2;
        let first = NaiveDate::from_ymd_opt(self.year, month, 1)?;
        Some((first, first.checked_add_months(chrono::Months::new(3))?))
    }

    /// The one before it.
    pub fn previous(self) -> Self {
        match self.quarter {
            1 => Self { year: self.year - 1, quarter: 4 },
            quarter => Self { quarter: quarter - 1, ..self },
        }
    }

    /// The quarter that a day falls in.
    pub fn of(day: NaiveDate) -> Self {
        Self { year: day.year(), quarter: (day.month0() / 3 + 1) as u8 }
    }
}

impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.quarter)
    }
}

impl FromStr for Quarter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let expected = "a quarter, such as \"2021-Q3\"";
        let (year, quarter) = text.split_once("-Q").ok_or(expected)?;
        let valid = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit()) && quarter.len() == 1;
        match (year.parse(), quarter.parse()) {
            (Ok(year), Ok(quarter @ 1..=4)) if valid => Ok(Self { year, quarter }),
            _ => Err(expected),
        }
    }
}

/// Midnight in Asia/Jakarta at which a day begins.
pub fn start_of(day: NaiveDate) -> Timestamp {
    let midnight = day.and_hms_opt(0, 0, 0).expect("every day has a midnight");
    Timestamp(midnight.and_utc().timestamp_micros() - 7 * 3600 * 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From the TypeID specification's `valid.yml` and `invalid.yml` (version 0.3).
    #[test]
    fn type_ids_follow_the_specification() {
        for (text, uuid) in [
            ("prefix_00000000000000000000000000", "00000000-0000-0000-0000-000000000000"),
            ("prefix_7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            ("prefix_0123456789abcdefghjkmnpqrs", "0110c853-1d09-52d8-d73e-1194e95b5f19"),
            ("prefix_01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057"),
        ] {
            let id = GlobalId { noun: "prefix", id: uuid.parse().unwrap() };
            assert_eq!(id.to_string(), text);
            assert_eq!(GlobalId::parse(text), Some(id));
        }
        for text in [
            "",
            "prefix",
            "_00000000000000000000000000",
            "prefix_",
            "prefix_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "prefix_1234567890123456789012345",
            "prefix_0123456789ABCDEFGHJKMNPQRS",
            "prefix_ooooooooooooooooooooooooou",
        ] {
            assert_eq!(GlobalId::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn money_quarters_and_timestamps_read_what_they_write(rupiah: i64, year in 1000..=9999, quarter in 1u8..=4, at in -62_000_000_000_000_000i64..250_000_000_000_000_000) {
            prop_assert_eq!(Money(rupiah).to_string().parse(), Ok(Money(rupiah)));
            let quarter = Quarter { year, quarter };
            prop_assert_eq!(quarter.to_string().parse(), Ok(quarter));
            let number = Decimal(at.abs());
            prop_assert_eq!(number.to_string().parse(), Ok(number));
            prop_assert_eq!(Timestamp(at).to_string().parse(), Ok(Timestamp(at)));
        }

        #[test]
        fn nothing_but_the_canonical_form_is_read(text in "[-+ 0-9Q]{0,8}") {
            if let Ok(money) = text.parse::<Money>() { prop_assert_eq!(money.to_string(), text.clone()); }
            if let Ok(number) = text.parse::<Decimal>() { prop_assert_eq!(number.to_string(), text.clone()); }
            if let Ok(quarter) = text.parse::<Quarter>() { prop_assert_eq!(quarter.to_string(), text); }
        }
    }

    #[test]
    fn decimals_have_one_form() {
        for (hundredths, text) in
            [(0, "0"), (5, "0.05"), (50, "0.5"), (1_250, "12.5"), (i64::MAX, "92233720368547758.07")]
        {
            assert_eq!(Decimal(hundredths).to_string(), text);
            assert_eq!(text.parse(), Ok(Decimal(hundredths)));
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "1.50",
            "1.234",
            "-1",
            "+1",
            "01",
            "1e3",
            "1,5",
            " 1",
            "92233720368547758.08",
        ] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_day_turns_at_midnight_in_jakarta() {
        let day = |text: &str| text.parse::<Timestamp>().unwrap().day().to_string();
        assert_eq!(day("2021-03-31T16:59:59.999999Z"), "2021-03-31");
        assert_eq!(day("2021-03-31T17:00:00Z"), "2021-04-01");
        assert_eq!(
            start_of(NaiveDate::from_ymd_opt(2021, 4, 1).unwrap()).to_string(),
            "2021-03-31T17:00:00.000000Z"
        );
    }
}
