//! Reading the answers of SHOW, DESCRIBE and the views of an account, whose columns differ between releases.
//!
//! A column that is missing, empty or of another type than usual is no reason to fail, unless the caller cannot
//! do without it: what is optional is read with the methods that give an `Option`, what is essential with those
//! that give a `Result`.

use std::time::Duration;

use serde_json::Value;
use snafu::ResultExt;
use snowflake_query::{FromCell, Pool, Query, Row, RowStream};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::{Iso8601, Rfc3339};
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::error::{AnswerSnafu, Result};

/// How the service writes an instant where it is asked for text.
const SPACED: &[BorrowedFormatItem<'_>] = format_description!(
    "[year]-[month]-[day] [hour]:[minute]:[second][optional [.[subsecond]]] [offset_hour sign:mandatory][optional [:]][offset_minute]"
);
/// The same without a zone.
const UNZONED: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second][optional [.[subsecond]]]");

/// One row of the answer to a statement that errors name.
pub(crate) struct AnswerRow<'a> {
    row: &'a Row,
    statement: &'static str,
}

impl<'a> AnswerRow<'a> {
    pub(crate) fn new(row: &'a Row, statement: &'static str) -> Self {
        Self { row, statement }
    }

    /// A text without which the row means nothing.
    pub(crate) fn text(&self, column: &str) -> Result<String> {
        self.required(column)
    }

    /// A text; nothing where it is empty.
    pub(crate) fn optional_text(&self, column: &str) -> Option<String> {
        self.optional::<String>(column).filter(|text| !text.is_empty())
    }

    /// A whole number from 0, given as a number or as text.
    pub(crate) fn count(&self, column: &str) -> Option<u64> {
        let text = self.optional_text(column)?;
        match text.split_once('.') {
            Some((whole, fraction)) if fraction.bytes().all(|digit| digit == b'0') => whole.parse().ok(),
            _ => text.parse().ok(),
        }
    }

    /// A whole number from 0 without which the row means nothing.
    pub(crate) fn required_count(&self, column: &str) -> Result<u64> {
        self.count(column).map_or_else(|| self.required(column), Ok)
    }

    /// A number, given as a number or as text.
    pub(crate) fn number(&self, column: &str) -> Option<f64> {
        self.optional_text(column)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// A number without which the row means nothing.
    pub(crate) fn required_number(&self, column: &str) -> Result<f64> {
        self.number(column).map_or_else(|| self.required(column), Ok)
    }

    /// `Y` or `N`, in any of the spellings that answers have.
    pub(crate) fn flag(&self, column: &str) -> Option<bool> {
        let text = self.optional_text(column)?;
        let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        match () {
            () if is(&["Y", "YES", "TRUE", "ON", "1", "ENABLED"]) => Some(true),
            () if is(&["N", "NO", "FALSE", "OFF", "0", "DISABLED"]) => Some(false),
            () => None,
        }
    }

    /// An instant, with its offset where it has one and in UTC otherwise.
    pub(crate) fn instant(&self, column: &str) -> Option<OffsetDateTime> {
        self.optional::<OffsetDateTime>(column)
            .or_else(|| self.optional::<PrimitiveDateTime>(column).map(PrimitiveDateTime::assume_utc))
            .or_else(|| parse_instant(&self.optional_text(column)?))
    }

    /// An instant without which the row means nothing.
    pub(crate) fn required_instant(&self, column: &str) -> Result<OffsetDateTime> {
        self.instant(column).map_or_else(|| self.required(column), Ok)
    }

    /// A number of milliseconds.
    pub(crate) fn milliseconds(&self, column: &str) -> Option<Duration> {
        self.count(column).map(Duration::from_millis)
    }

    /// A VARIANT, or JSON in a text.
    pub(crate) fn json(&self, column: &str) -> Option<Value> {
        match self.optional::<Value>(column)? {
            Value::String(text) => serde_json::from_str(&text).ok(),
            value => Some(value),
        }
    }

    fn optional<T: FromCell>(&self, column: &str) -> Option<T> {
        self.row.get::<Option<T>>(column).ok().flatten()
    }

    /// The value, or what is wrong with it.
    fn required<T: FromCell>(&self, column: &str) -> Result<T> {
        Ok(self.row.get(column).context(AnswerSnafu { statement: self.statement })?)
    }
}

/// Runs a statement and reads each row of its answer as it arrives.
pub(crate) async fn read_all<T>(
    pool: &Pool,
    query: impl Into<Query> + Send,
    statement: &'static str,
    read: impl Fn(&AnswerRow<'_>) -> Result<T> + Send,
) -> Result<Vec<T>>
where
    T: Send,
{
    collect(pool.execute_stream(query).await?, statement, read).await
}

/// Reads each row of an answer as it arrives.
pub(crate) async fn collect<T: Send>(
    mut rows: RowStream,
    statement: &'static str,
    read: impl Fn(&AnswerRow<'_>) -> Result<T> + Send,
) -> Result<Vec<T>> {
    let mut values = Vec::new();
    while let Some(row) = rows.next().await {
        values.push(read(&AnswerRow::new(&row?, statement))?);
    }
    Ok(values)
}

/// An instant that was given as text: in ISO 8601, with blanks, or as seconds since 1970.
fn parse_instant(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(text, &Iso8601::DEFAULT))
        .or_else(|_| OffsetDateTime::parse(text, &SPACED))
        .or_else(|_| PrimitiveDateTime::parse(text, &Iso8601::DEFAULT).map(PrimitiveDateTime::assume_utc))
        .or_else(|_| PrimitiveDateTime::parse(text, &UNZONED).map(PrimitiveDateTime::assume_utc))
        .ok()
        .or_else(|| epoch(text))
}

/// `1700000000.123000000`.
fn epoch(text: &str) -> Option<OffsetDateTime> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(9).collect();
    let nanoseconds = i64::from(digits.parse::<u32>().ok()?);
    let signed = if seconds.starts_with('-') { -nanoseconds } else { nanoseconds };
    let start = OffsetDateTime::from_unix_timestamp(seconds.parse().ok()?).ok()?;
    start.checked_add(time::Duration::nanoseconds(signed))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use snowflake_proto::DataType;
    use snowflake_sim::{Answer, CellValue, StandIn, Table};
    use time::macros::datetime;

    use super::{AnswerRow, parse_instant, read_all};
    use crate::error::ErrorKind;
    use crate::testing::pool;

    /// The same values as columns of their types, and as text.
    fn answers() -> StandIn {
        let at = datetime!(2026-01-02 03:04:05 -08:00);
        let typed = Table::new()
            .number("count", 0)
            .number("credits", 9)
            .boolean("flag")
            .column("at", DataType::TimestampTz { scale: 3 })
            .column("stats", DataType::Variant)
            .text("empty")
            .row((7, "0.123456789", true, at, "{\"a\":1}", None::<&str>));
        let text = Table::new()
            .text("COUNT")
            .text("CREDITS")
            .text("FLAG")
            .text("AT")
            .text("STATS")
            .text("EMPTY")
            .row(("7", "0.123456789", "Y", "2026-01-02 03:04:05.000 -0800", "{\"a\":1}", ""));
        StandIn::new().on("SHOW typed", Answer::rows(typed).json()).on("SHOW text", Answer::rows(text))
    }

    #[tokio::test]
    async fn types_and_spellings_of_columns_do_not_matter() {
        let pool = pool(&answers());
        for sql in ["SHOW typed", "SHOW text"] {
            let check = |row: &AnswerRow<'_>| {
                assert_eq!(row.required_count("count")?, 7);
                assert_eq!(row.required_number("credits")?.to_bits(), 0.123_456_789_f64.to_bits());
                assert_eq!(row.flag("flag"), Some(true));
                assert_eq!(row.required_instant("at")?, datetime!(2026-01-02 03:04:05 -08:00));
                assert_eq!(row.instant("at").unwrap().offset().whole_hours(), -8);
                assert_eq!(row.json("stats").unwrap()["a"], 1);
                assert_eq!(row.optional_text("empty"), None);
                assert_eq!(row.optional_text("newer"), None);
                Ok(())
            };
            assert_eq!(read_all(&pool, sql, "SHOW", check).await.unwrap().len(), 1, "{sql}");
        }
    }

    #[tokio::test]
    async fn an_essential_column_that_is_missing_or_nonsense_is_named() {
        let table = Table::new().text("rows").row(vec![CellValue::from("many")]);
        let pool = pool(&StandIn::new().on("SHOW x", Answer::rows(table)));
        for column in ["rows", "bytes"] {
            let read = read_all(&pool, "SHOW x", "SHOW x", |row| row.required_count(column));
            let error = read.await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol);
            let cause = std::error::Error::source(&error).unwrap().to_string();
            assert!(error.to_string().contains("SHOW x") && cause.contains(column), "{error}: {cause}");
        }
    }

    #[test]
    fn instants_are_read_in_every_spelling() {
        let at = datetime!(2026-01-02 03:04:05.678 -08:00);
        for text in [
            "2026-01-02T03:04:05.678-08:00",
            "2026-01-02 03:04:05.678 -0800",
            "2026-01-02 03:04:05.678 -08:00",
            "2026-01-02 11:04:05.678",
            "2026-01-02T11:04:05.678Z",
            "2026-01-02T11:04:05.678",
            "1767351845.678000000",
        ] {
            assert_eq!(parse_instant(text), Some(at), "{text}");
        }
        let kept = parse_instant("2026-01-02 03:04:05.678 -0800").unwrap();
        assert_eq!(kept.offset(), at.offset(), "the offset is kept");
        assert_eq!(parse_instant("-0.5"), Some(datetime!(1969-12-31 23:59:59.5 UTC)));
        for text in ["", "never", "2026-13-01 00:00:00", "1e5", "99999999999999999999"] {
            assert_eq!(parse_instant(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9TZ:. +-]{0,40}|\\PC{0,20}") {
            let _ = parse_instant(&text);
        }
    }
}
