//! How busy a warehouse was.

use snafu::IntoError;
use snowflake_proto::{Identifier, Literal};
use snowflake_query::Pool;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::control::is_refusal;
use crate::account_usage::{role_of, spelled};
use crate::answer::{AnswerRow, read_all};
use crate::error::{Result, WarehouseRefusedSnafu};
use crate::names::identifier;

const VIEW: &str = "WAREHOUSE_LOAD_HISTORY";

/// The load of a warehouse in an interval: the time that statements spent in a state, divided by the time of the
/// interval. 2.5 running means that two and a half statements ran at a time on average.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WarehouseLoad {
    /// The interval's begin.
    pub start_time: OffsetDateTime,
    /// The interval's end.
    pub end_time: OffsetDateTime,
    /// The warehouse's exact name.
    pub warehouse: String,
    /// Statements that ran.
    pub running: f64,
    /// Statements that waited because the warehouse was overloaded.
    pub queued_load: f64,
    /// Statements that waited for compute to be provisioned.
    pub queued_provisioning: f64,
    /// Statements that waited for a lock.
    pub blocked: f64,
}

/// The load of a warehouse between two times of the last 14 days, in intervals of five seconds for less than eight
/// hours and of five minutes otherwise, oldest first. The last minute is not reliable.
///
/// The session needs a current database, whose `INFORMATION_SCHEMA` answers. Unlike `SHOW` this is a query, which the
/// service may run on the session's warehouse.
///
/// # Errors
/// [`Sql`](crate::ErrorKind::Sql) when the role may not look, with a message that names the missing privilege;
/// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no name; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn warehouse_load(
    pool: &Pool,
    name: &str,
    from: OffsetDateTime,
    to: OffsetDateTime,
) -> Result<Vec<WarehouseLoad>> {
    let warehouse = identifier(name)?;
    match read_all(pool, statement(&warehouse, from, to), VIEW, WarehouseLoad::read).await {
        Err(error) => match error.into_query() {
            Ok(source) if source.code().is_some_and(is_refusal) => {
                let (name, role) = (spelled(warehouse.name()), role_of(pool, &VIEW.into()).await);
                let refused = WarehouseRefusedSnafu { name, verb: "looked at", privilege: "MONITOR", role };
                Err(refused.into_error(source).into())
            }
            Ok(source) => Err(source.into()),
            Err(error) => Err(error),
        },
        loads => loads,
    }
}

fn statement(name: &Identifier, from: OffsetDateTime, to: OffsetDateTime) -> String {
    let instant = |at: OffsetDateTime| Literal::text(at.format(&Rfc3339).unwrap_or_default());
    format!(
        "SELECT START_TIME, END_TIME, WAREHOUSE_NAME, AVG_RUNNING, AVG_QUEUED_LOAD, AVG_QUEUED_PROVISIONING, \
         AVG_BLOCKED FROM TABLE(INFORMATION_SCHEMA.{VIEW}(DATE_RANGE_START => {}::TIMESTAMP_LTZ, \
         DATE_RANGE_END => {}::TIMESTAMP_LTZ, WAREHOUSE_NAME => {})) ORDER BY START_TIME",
        instant(from),
        instant(to),
        Literal::text(spelled(name.name())),
    )
}

impl WarehouseLoad {
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        Ok(Self {
            start_time: row.required_instant("START_TIME")?,
            end_time: row.required_instant("END_TIME")?,
            warehouse: row.text("WAREHOUSE_NAME")?,
            running: row.number("AVG_RUNNING").unwrap_or(0.0),
            queued_load: row.number("AVG_QUEUED_LOAD").unwrap_or(0.0),
            queued_provisioning: row.number("AVG_QUEUED_PROVISIONING").unwrap_or(0.0),
            blocked: row.number("AVG_BLOCKED").unwrap_or(0.0),
        })
    }
}
