//! Values of an answer that are JSON already.
//!
//! The executor's values have no place for them, and GraphQL none for bytes: so bytes are JSON here, and nothing else.

use async_graphql::Value;
use chrono::{Datelike as _, NaiveDate};
use sea_orm::QueryResult;
use sea_orm::sqlx::Row as _;

use crate::error::{Error, Result};

/// JSON, as a value.
pub(super) fn json(text: Vec<u8>) -> Value {
    Value::Binary(text.into())
}

/// Writes a value as JSON.
pub fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Binary(json) => out.extend_from_slice(json),
        Value::String(text) => write_text(text, out),
        Value::Enum(name) => write_text(name, out),
        Value::List(items) => {
            out.push(b'[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write(item, out);
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            out.push(b'{');
            for (at, (name, value)) in fields.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_key(name, out);
                write(value, out);
            }
            out.push(b'}');
        }
        Value::Boolean(true) => out.extend_from_slice(b"true"),
        Value::Boolean(false) => out.extend_from_slice(b"false"),
        Value::Null => out.extend_from_slice(b"null"),
        Value::Number(number) => out.extend_from_slice(number.to_string().as_bytes()),
    }
}

/// Writes a string as JSON.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    // Writing a string into memory does not fail.
    let _ = serde_json::to_writer(out, text);
}

/// A column of a row of either database, which may be null, without what the library makes of it first.
macro_rules! column {
    ($row:expr, $at:expr, $type:ty) => {{
        let value = if let Some(row) = $row.try_as_pg_row() {
            row.try_get::<Option<$type>, _>($at)
        } else if let Some(row) = $row.try_as_sqlite_row() {
            row.try_get::<Option<$type>, _>($at)
        } else {
            return Err(Error::internal("a row of neither database"));
        };
        value.map_err(Error::internal)?
    }};
}

/// A column of whole numbers, which may be null.
pub fn number_of(row: &QueryResult, at: usize) -> Result<Option<i64>> {
    Ok(column!(row, at, i64))
}

/// A column of text, which may be null.
fn text_of(row: &QueryResult, at: usize) -> Result<Option<&str>> {
    Ok(column!(row, at, &str))
}

/// Writes a column of text, which may be null.
pub(super) fn write_text_of(row: &QueryResult, at: usize, out: &mut Vec<u8>) -> Result<()> {
    match text_of(row, at)? {
        Some(text) => write_text(text, out),
        None => out.extend_from_slice(b"null"),
    }
    Ok(())
}

/// Writes a column with a day, which may be null.
pub(super) fn write_day_of(row: &QueryResult, at: usize, out: &mut Vec<u8>) -> Result<()> {
    let Some(day) = column!(row, at, NaiveDate) else {
        out.extend_from_slice(b"null");
        return Ok(());
    };
    // As the standard has it, from year 0 to 9999; what lies outside has a sign.
    let Some(year @ 0..=9999) = u32::try_from(day.year()).ok() else {
        write_text(&day.to_string(), out);
        return Ok(());
    };
    let digit = |number: u32| b'0' + (number % 10) as u8;
    let (month, day) = (day.month(), day.day());
    out.extend_from_slice(&[
        b'"',
        digit(year / 1000),
        digit(year / 100),
        digit(year / 10),
        digit(year),
        b'-',
        digit(month / 10),
        digit(month),
        b'-',
        digit(day / 10),
        digit(day),
        b'"',
    ]);
    Ok(())
}

/// Writes a key and its colon.
pub(super) fn write_key(key: &str, out: &mut Vec<u8>) {
    write_text(key, out);
    out.push(b':');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".*".prop_map(Into::into),
        ];
        leaf.prop_recursive(3, 20, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                prop::collection::vec((".*", inner), 0..5)
                    .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_serde_writes(value in value()) {
            let expected = serde_json::to_vec(&value).unwrap();
            let mut out = Vec::new();
            write(&Value::from_json(value).unwrap(), &mut out);
            prop_assert_eq!(&out, &expected);
            let mut again = Vec::new();
            write(&Value::List(vec![json(out)]), &mut again);
            prop_assert_eq!(again, [&b"["[..], &expected, b"]"].concat());
        }
    }
}
