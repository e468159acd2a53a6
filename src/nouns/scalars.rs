//! The scalars of the API.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

use crate::types::{Date, Decimal, Money, Timestamp};

fn text<T: async_graphql::InputType>(
    value: Value,
    read: impl FnOnce(&str) -> Result<T, &'static str>,
    expected: &str,
) -> InputValueResult<T> {
    let Value::String(text) = value else {
        return Err(InputValueError::custom(format!("expected {expected}")));
    };
    read(&text).map_err(|expected| InputValueError::custom(format!("expected {expected}")))
}

/// Whole rupiah, exact, as a string of digits: `"52230000000"` is Rp52,23 miliar.
///
/// Rupiah utuh, tepat, sebagai teks angka.
#[Scalar(name = "Money")]
impl ScalarType for Money {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, str::parse, "a string of digits")
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// An exact number of at most two decimals, as a string: `"12.5"`. Rupiah, people, percent or days, as its indicator says.
///
/// Bilangan tepat dengan paling banyak dua desimal, sebagai teks.
#[Scalar(name = "Decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, str::parse, "a number as a string")
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A moment as RFC 3339 writes it, in UTC, to the microsecond: `"2021-09-03T02:00:00.000000Z"`.
///
/// Waktu menurut RFC 3339, dalam UTC, sampai mikrodetik.
#[Scalar(name = "DateTime", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, str::parse, "a moment as RFC 3339 writes it")
    }

    fn to_value(&self) -> Value {
        Value::String(self.to_string())
    }
}

/// A calendar day in Asia/Jakarta (full-date of RFC 3339): `"2021-09-03"`.
///
/// Tanggal kalender WIB.
#[Scalar(name = "Date", specified_by_url = "https://www.rfc-editor.org/rfc/rfc3339")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        text(value, str::parse, "a day as RFC 3339 writes it")
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
