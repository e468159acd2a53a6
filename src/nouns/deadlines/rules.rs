//! How what is overdue is divided by age, and which days a calendar may have. Pure.

use chrono::NaiveDate;

use crate::error::{Error, Result};
use crate::types::Date;

/// An age: so many days past due, both ends belonging to it; the last has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    pub from_days: i64,
    pub until_days: Option<i64>,
}

const fn age(from_days: i64, until_days: Option<i64>) -> Age {
    Age { from_days, until_days }
}

/// Every age there is, without a gap.
pub const AGES: [Age; 4] = [age(1, Some(7)), age(8, Some(30)), age(31, Some(90)), age(91, None)];

/// The mean in whole days, rounded half up; none of nothing.
pub fn mean(sum: i64, count: i64) -> Option<i64> {
    (count > 0).then(|| (sum * 2 + count) / (count * 2))
}

/// The most days that a calendar has: a leap year's.
pub const MOST_DAYS: i64 = 366;

/// The days of a calendar.
///
/// # Errors
///
/// BAD_USER_INPUT: it ends before it begins, or is too long.
pub fn days(from: Date, until: Date) -> Result<(NaiveDate, NaiveDate)> {
    let (first, last) = (from.0, until.0);
    if last < first {
        return Err(Error::input("until", &last.to_string(), "a day that is not before `from`"));
    }
    if (last - first).num_days() >= MOST_DAYS {
        let expected = format!("at most {MOST_DAYS} days, `from` and `until` among them");
        return Err(Error::input("until", &last.to_string(), &expected));
    }
    Ok((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_past_due_is_of_one_age() {
        for days in 1..200 {
            let is_of =
                |age: &&Age| age.from_days <= days && age.until_days.is_none_or(|until| days <= until);
            assert_eq!(AGES.iter().filter(is_of).count(), 1, "{days}");
        }
        assert!(AGES.iter().all(|age| age.from_days > 0));
    }

    #[test]
    fn a_mean_is_rounded_half_up_and_there_is_none_of_nothing() {
        for (sum, count, expected) in [
            (0, 1, Some(0)),
            (1, 2, Some(1)),
            (4, 3, Some(1)),
            (5, 3, Some(2)),
            (7, 1, Some(7)),
            (0, 0, None),
        ] {
            assert_eq!(mean(sum, count), expected, "{sum} / {count}");
        }
    }

    #[test]
    fn a_calendar_has_a_year_at_most() {
        let day = |text: &str| Date(text.parse().unwrap());
        let is_right = |from, until| days(day(from), day(until)).is_ok();
        assert!(is_right("2026-01-01", "2026-01-01") && is_right("2024-01-01", "2024-12-31"));
        assert!(is_right("2025-01-01", "2026-01-01") && !is_right("2025-01-01", "2026-01-02"));
        assert!(!is_right("2026-01-02", "2026-01-01"));
    }
}
