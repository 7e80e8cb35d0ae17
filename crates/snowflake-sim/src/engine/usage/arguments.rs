//! The arguments of a table function: by name or by place, and computed before the statement is planned.

use datafusion::sql::sqlparser::tokenizer::Token;
use futures::TryStreamExt;
use time::OffsetDateTime;

use super::super::SqlError;
use super::super::history::Work;
use super::super::rewrite::Tables;
use super::super::run::Run;
use super::super::select::plan_query;
use super::super::syntax::{Cursor, Tokens, lex, parse_query};
use super::super::types::SqlType;
use super::super::value::{Reader, Value, convert, instant_of, to_text};

/// The arguments that one call gives.
pub(super) struct Arguments<'a> {
    run: &'a Run,
    function: &'a str,
    given: Vec<(String, Value<'static>)>,
}

impl<'a> Arguments<'a> {
    /// Computes the arguments of a call. `known` are those that the function takes, in order.
    ///
    /// # Errors
    /// `001044` for an argument that the function does not take, and whatever is wrong with a value.
    pub(super) async fn read(
        run: &'a Run,
        function: &'a str,
        known: &[&str],
        tokens: &Tokens,
    ) -> Result<Self, SqlError> {
        let invalid =
            |what: &str| SqlError::invalid_argument(format!("Invalid argument '{what}' of {function}"));
        let mut given = Vec::new();
        let items = if tokens.tokens.is_empty() { Vec::new() } else { Cursor::new(tokens).list() };
        for (at, item) in items.iter().enumerate() {
            let mut cursor = Cursor::new(item);
            let name = match item.tokens.as_slice() {
                [name, arrow, ..] if arrow.token == Token::RArrow => {
                    cursor = Cursor::at(item, 2);
                    name.token.to_string().to_uppercase()
                }
                _ => known.get(at).map(|name| (*name).to_owned()).ok_or_else(|| invalid(item.all()))?,
            };
            if !known.contains(&name.as_str()) {
                return Err(invalid(&name));
            }
            given.push((name, computed(run, cursor.rest()).await?));
        }
        Ok(Self { run, function, given })
    }

    fn get(&self, name: &str) -> Option<&Value<'static>> {
        self.given.iter().find(|(given, value)| given == name && !value.is_null()).map(|(_, value)| value)
    }

    /// An argument as text.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name)?.clone();
        to_text(value, &self.run.env).map(std::borrow::Cow::into_owned)
    }

    /// An argument as a time.
    ///
    /// # Errors
    /// The code of the conversion when it is none.
    pub(super) fn time(&self, name: &str) -> Result<Option<OffsetDateTime>, SqlError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let converted = convert(value.clone(), &SqlType::TimestampLtz { scale: 9 }, &self.run.env)?;
        let Some(stamp) = instant_of(&converted, self.run.env.zone) else { return Ok(None) };
        let nanos = i128::from(stamp.seconds) * 1_000_000_000 + i128::from(stamp.nanos);
        // The cause says no more than that the time is out of range.
        let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).map_err(|_| self.invalid(name))?;
        Ok(Some(time))
    }

    /// An argument as a whole number.
    ///
    /// # Errors
    /// `001044` when it is none.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, SqlError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        // The cause says no more than that the text is no number.
        text.trim().parse().map(Some).map_err(|_| self.invalid(name))
    }

    /// How many rows may be answered: 100 unless stated.
    ///
    /// # Errors
    /// `001044` outside 1 to 10000.
    pub(super) fn limit(&self) -> Result<usize, SqlError> {
        let limit = self.number("RESULT_LIMIT")?.unwrap_or(100);
        usize::try_from(limit).ok().filter(|limit| (1..=10_000).contains(limit)).ok_or_else(|| {
            SqlError::invalid_argument(format!(
                "Invalid RESULT_LIMIT {limit} of {}: it has to be from 1 to 10000",
                self.function
            ))
        })
    }

    /// An argument that the function cannot take.
    pub(super) fn invalid(&self, name: &str) -> SqlError {
        SqlError::invalid_argument(format!("Invalid argument '{name}' of {}", self.function))
    }
}

/// The value of an expression without tables.
async fn computed(run: &Run, expression: Tokens) -> Result<Value<'static>, SqlError> {
    let mut tokens = lex("SELECT")?;
    tokens.text.clone_from(&expression.text);
    tokens.tokens.extend(expression.tokens);
    // What computes an argument is no part of the statement's work.
    let mut own = run.clone();
    own.statement.work = Work::default();
    let planned = plan_query(&own, parse_query(&tokens)?, Tables::new())?;
    let batches: Vec<_> = planned.run().await?.try_collect().await?;
    let first = batches.iter().find(|batch| batch.num_rows() > 0 && batch.num_columns() > 0);
    first.map_or(Ok(Value::Null), |batch| Ok(Reader::new(batch.column(0))?.value(0).into_owned()))
}
