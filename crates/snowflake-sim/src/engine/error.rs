//! Failures of statements, with Snowflake's codes, SQL states and wording.

use std::fmt;

use arrow_schema::ArrowError;
use datafusion::common::{Column, SchemaError};
use datafusion::error::DataFusionError;

/// Why a statement failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SqlError {
    /// The server's code, such as `002003`.
    pub(crate) code: &'static str,
    /// The SQL state, such as `02000`.
    pub(crate) sql_state: &'static str,
    /// The message as the service words it; it may quote the statement.
    pub(crate) message: String,
    /// The line, from 1.
    pub(crate) line: Option<i64>,
    /// The position in the line, from 0.
    pub(crate) pos: Option<i64>,
}

impl SqlError {
    /// An error without a place in the text.
    pub(crate) fn new(code: &'static str, sql_state: &'static str, message: impl Into<String>) -> Self {
        Self { code, sql_state, message: message.into(), line: None, pos: None }
    }

    /// The same error at a place in the text: line from 1, position from 0.
    pub(crate) fn at(mut self, line: i64, pos: i64) -> Self {
        self.line = Some(line);
        self.pos = Some(pos);
        self
    }

    /// Something that Snowflake can do and this engine cannot.
    pub(crate) fn not_simulated(what: impl fmt::Display) -> Self {
        Self::new("002040", "0A000", format!("not simulated: {what}"))
    }

    /// Text that is no statement.
    pub(crate) fn syntax(line: i64, pos: i64, unexpected: &str) -> Self {
        let message = format!(
            "SQL compilation error:\nsyntax error line {line} at position {pos} unexpected '{unexpected}'."
        );
        Self::new("001003", "42000", message).at(line, pos)
    }

    /// More or fewer statements than were announced.
    pub(crate) fn statement_count(actual: usize, wanted: usize) -> Self {
        Self::new(
            "000008",
            "0A000",
            format!("Actual statement count {actual} did not match the desired statement count {wanted}."),
        )
    }

    /// An object of the given kind (`Table`, `Database`, `Object`, …) that is missing or hidden.
    pub(crate) fn missing(kind: &str, name: &str) -> Self {
        Self::new(
            "002003",
            "02000",
            format!("SQL compilation error:\n{kind} '{name}' does not exist or not authorized."),
        )
    }

    /// USE of something that is missing or hidden.
    pub(crate) fn cannot_use() -> Self {
        Self::new(
            "002043",
            "02000",
            "SQL compilation error:\nObject does not exist, or operation cannot be performed.",
        )
    }

    /// An object that is there already.
    pub(crate) fn exists(name: &str) -> Self {
        Self::new("002002", "42710", format!("SQL compilation error:\nObject '{name}' already exists."))
    }

    /// No database was chosen.
    pub(crate) fn no_database() -> Self {
        Self::new(
            "090105",
            "22000",
            "Cannot perform operation. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.",
        )
    }

    /// No schema was chosen.
    pub(crate) fn no_schema() -> Self {
        Self::new(
            "090106",
            "22000",
            "Cannot perform operation. This session does not have a current schema. Call 'USE SCHEMA', or use a qualified name.",
        )
    }

    /// No warehouse was chosen, or it is suspended and does not resume by itself.
    pub(crate) fn no_warehouse() -> Self {
        Self::new(
            "000606",
            "57P03",
            "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command.",
        )
    }

    /// A function that Snowflake (or this engine) does not have.
    pub(crate) fn unknown_function(name: &str) -> Self {
        Self::new("002140", "42601", format!("SQL compilation error:\nUnknown function {name}"))
    }

    /// A column that is not there.
    pub(crate) fn invalid_identifier(name: &str) -> Self {
        Self::new(
            "000904",
            "42000",
            format!("SQL compilation error: error line 1 at position 0\ninvalid identifier '{name}'"),
        )
    }

    /// A placeholder without a value.
    pub(crate) fn not_bound(placeholder: &str) -> Self {
        Self::new(
            "002049",
            "42601",
            format!(
                "SQL compilation error: error line 1 at position 0\nBind variable {placeholder} not set."
            ),
        )
    }

    /// A column that is named twice.
    pub(crate) fn duplicate_column(name: &str) -> Self {
        Self::new("002025", "42S21", format!("SQL compilation error:\nduplicate column name '{name}'"))
    }

    /// A value that does not fit its type.
    pub(crate) fn number_out_of_range(value: &str) -> Self {
        Self::new("100039", "22003", format!("Numeric value '{value}' is out of range"))
    }

    /// Text that cannot be read as a value of the wanted type: `Numeric value 'x' is not recognized`.
    pub(crate) fn not_recognized(code: &'static str, what: &str, text: &str) -> Self {
        let state = if code == "100038" { "22018" } else { "22007" };
        Self::new(code, state, format!("{what} '{text}' is not recognized"))
    }

    /// A division by zero.
    pub(crate) fn division_by_zero() -> Self {
        Self::new("100051", "22012", "Division by zero")
    }

    /// NULL in a column that refuses it.
    pub(crate) fn null_not_allowed() -> Self {
        Self::new("100072", "22000", "NULL result in a non-nullable column")
    }

    /// Arguments that a function does not take.
    pub(crate) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new("001044", "42P13", format!("SQL compilation error:\n{}", message.into()))
    }

    /// A function called with the wrong number of arguments: `how` is `not enough` or `too many`.
    pub(crate) fn arguments(how: &str, name: &str, expected: usize, got: usize) -> Self {
        let code = if how == "too many" { "000939" } else { "000938" };
        Self::new(
            code,
            "22023",
            format!(
                "SQL compilation error:\n{how} arguments for function [{name}] expected {expected}, got {got}"
            ),
        )
    }

    /// The statement was told to stop.
    pub(crate) fn cancelled() -> Self {
        Self::new("000604", "57014", "SQL execution canceled")
    }

    /// The statement ran for longer than its parameter allows.
    pub(crate) fn timed_out(seconds: u64) -> Self {
        Self::new(
            "000630",
            "57014",
            format!(
                "Statement reached its statement or warehouse timeout of {seconds} second(s) and was canceled."
            ),
        )
    }

    /// A table has got other columns since the statement found it.
    pub(crate) fn table_changed() -> Self {
        Self::internal("the table has been altered meanwhile")
    }

    /// A fault of the engine itself.
    pub(crate) fn internal(what: impl fmt::Display) -> Self {
        Self::new("300010", "XX000", format!("Processing aborted by an internal error: {what}"))
    }
}

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "statement failed with code {} and SQL state {}", self.code, self.sql_state)
    }
}

impl std::error::Error for SqlError {}

impl From<SqlError> for DataFusionError {
    fn from(error: SqlError) -> Self {
        DataFusionError::External(Box::new(error))
    }
}

impl From<DataFusionError> for SqlError {
    fn from(error: DataFusionError) -> Self {
        let root = error.find_root();
        if let DataFusionError::External(inner) = root
            && let Some(ours) = inner.downcast_ref::<SqlError>()
        {
            return ours.clone();
        }
        match root {
            DataFusionError::SchemaError(cause, _) => match cause.as_ref() {
                SchemaError::FieldNotFound { field, .. } => Self::invalid_identifier(&field_name(field)),
                SchemaError::AmbiguousReference { field } => Self::new(
                    "001006",
                    "42000",
                    format!("SQL compilation error:\nambiguous column name '{}'", field.name),
                ),
                other => Self::new("002025", "42S21", format!("SQL compilation error:\n{other}")),
            },
            DataFusionError::ArrowError(cause, _) => match cause.as_ref() {
                ArrowError::DivideByZero => Self::division_by_zero(),
                ArrowError::ArithmeticOverflow(_) => Self::number_out_of_range("(result)"),
                ArrowError::ExternalError(inner) => match inner.downcast_ref::<SqlError>() {
                    Some(ours) => ours.clone(),
                    None => Self::internal(cause),
                },
                ArrowError::CastError(what) => {
                    Self::new("100038", "22018", format!("Numeric value is not recognized: {what}"))
                }
                other => Self::internal(other),
            },
            DataFusionError::NotImplemented(what) => Self::not_simulated(what),
            DataFusionError::Plan(what) => {
                Self::new("000904", "42000", format!("SQL compilation error:\n{what}"))
            }
            other => Self::internal(other),
        }
    }
}

fn field_name(column: &Column) -> String {
    column
        .relation
        .as_ref()
        .map_or_else(|| column.name.clone(), |relation| format!("{}.{}", relation.table(), column.name))
}
