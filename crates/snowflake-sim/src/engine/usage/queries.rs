//! QUERY_HISTORY, as functions of INFORMATION_SCHEMA and as a view.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::super::SqlError;
use super::super::answer::count_value;
use super::super::history::{Ended, Entry, Place, Scanned, parameterized_hash, query_hash};
use super::super::run::Run;
use super::super::types::{INTEGER, SqlType, TEXT};
use super::super::value::Value;
use super::arguments::Arguments;
use super::field::{Field, INSTANT, Rows, count, instant, known, maybe, millis, object_id, optional, table};

/// How far the functions look back.
const KEPT: Duration = Duration::days(7);
/// How far the view looks back.
const KEPT_BY_VIEW: Duration = Duration::days(365);
/// The release that the histories name.
const RELEASE: &str = "9.0.0";

/// One statement, with what is computed of it once for all columns.
pub(super) struct Query {
    entry: Arc<Entry>,
    place: Option<Place>,
    scanned: Scanned,
    elapsed: std::time::Duration,
}

impl Query {
    pub(super) fn new(entry: Arc<Entry>, now: OffsetDateTime) -> Self {
        let (place, scanned) = (entry.work.place(), entry.work.scanned());
        let elapsed = entry.elapsed(now);
        Self { entry, place, scanned, elapsed }
    }

    fn ended(&self, value: impl FnOnce(&Ended) -> Value<'static>) -> Value<'static> {
        self.entry.ended.as_ref().map_or(Value::Null, value)
    }

    fn queued(&self, value: impl FnOnce(&Place) -> std::time::Duration) -> Value<'static> {
        millis(self.place.as_ref().map(value).unwrap_or_default())
    }

    fn failure(&self) -> Option<&(String, String)> {
        self.entry.ended.as_ref()?.failure.as_ref()
    }
}

const NOTHING: fn(&Query) -> Value<'static> = |_| count(0);
const ABSENT: fn(&Query) -> Value<'static> = |_| Value::Null;

/// The columns that the functions and the view have in common.
const COMMON: &[Field<Query>] = &[
    Field::new("QUERY_ID", TEXT, |query| Value::text(query.entry.asked.query_id.clone())),
    Field::new("QUERY_TEXT", TEXT, |query| Value::text(query.entry.asked.sql.clone())),
    Field::new("DATABASE_NAME", TEXT, |query| optional(query.entry.asked.context.database.as_deref())),
    Field::new("SCHEMA_NAME", TEXT, |query| optional(query.entry.asked.context.schema.as_deref())),
    Field::new("QUERY_TYPE", TEXT, |query| Value::text(query.entry.work.kind())),
    Field::new("SESSION_ID", INTEGER, |query| Value::integer(query.entry.asked.session_id)),
    Field::new("USER_NAME", TEXT, |query| Value::text(query.entry.asked.context.user.clone())),
    Field::new("ROLE_NAME", TEXT, |query| optional(query.entry.asked.context.role.as_deref())),
    Field::new("WAREHOUSE_NAME", TEXT, |query| optional(warehouse(query))),
    Field::new("WAREHOUSE_SIZE", TEXT, |query| {
        optional(query.place.as_ref().map(|place| place.warehouse.size.as_str()))
    }),
    Field::new("WAREHOUSE_TYPE", TEXT, |query| {
        optional(query.place.as_ref().map(|place| place.warehouse.kind.as_str()))
    }),
    Field::new("CLUSTER_NUMBER", INTEGER, |query| {
        query.place.as_ref().map_or(Value::Null, |place| count_value(place.warehouse.cluster))
    }),
    Field::new("QUERY_TAG", TEXT, |query| Value::text(query.entry.asked.tag.clone())),
    Field::new("EXECUTION_STATUS", TEXT, |query| Value::text(query.entry.status())),
    Field::new("ERROR_CODE", TEXT, |query| optional(query.failure().map(|(code, _)| code.as_str()))),
    Field::new("ERROR_MESSAGE", TEXT, |query| optional(query.failure().map(|(_, message)| message.as_str()))),
    Field::new("START_TIME", INSTANT, |query| instant(query.entry.asked.started)),
    Field::new("END_TIME", INSTANT, |query| maybe(query.entry.ended.as_ref().map(|ended| ended.at))),
    Field::new("TOTAL_ELAPSED_TIME", INTEGER, |query| millis(query.elapsed)),
    Field::new("BYTES_SCANNED", INTEGER, |query| count(query.scanned.bytes)),
    Field::new("ROWS_PRODUCED", INTEGER, |query| query.ended(|ended| count(ended.rows.produced))),
    Field::new("COMPILATION_TIME", INTEGER, |query| query.ended(|ended| millis(ended.compilation))),
    Field::new("EXECUTION_TIME", INTEGER, |query| query.ended(|ended| millis(ended.execution))),
    Field::new("QUEUED_PROVISIONING_TIME", INTEGER, |query| query.queued(|each| each.queued_provisioning)),
    Field::new("QUEUED_REPAIR_TIME", INTEGER, NOTHING),
    Field::new("QUEUED_OVERLOAD_TIME", INTEGER, |query| query.queued(|each| each.queued_overload)),
    Field::new("TRANSACTION_BLOCKED_TIME", INTEGER, NOTHING),
    Field::new("OUTBOUND_DATA_TRANSFER_CLOUD", TEXT, ABSENT),
    Field::new("OUTBOUND_DATA_TRANSFER_REGION", TEXT, ABSENT),
    Field::new("OUTBOUND_DATA_TRANSFER_BYTES", INTEGER, NOTHING),
    Field::new("INBOUND_DATA_TRANSFER_CLOUD", TEXT, ABSENT),
    Field::new("INBOUND_DATA_TRANSFER_REGION", TEXT, ABSENT),
    Field::new("INBOUND_DATA_TRANSFER_BYTES", INTEGER, NOTHING),
    Field::new("CREDITS_USED_CLOUD_SERVICES", SqlType::Float, |_| Value::Float(0.0)),
    Field::new("LIST_EXTERNAL_FILES_TIME", INTEGER, NOTHING),
    Field::new("RELEASE_VERSION", TEXT, |_| Value::text(RELEASE)),
    Field::new("EXTERNAL_FUNCTION_TOTAL_INVOCATIONS", INTEGER, NOTHING),
    Field::new("EXTERNAL_FUNCTION_TOTAL_SENT_ROWS", INTEGER, NOTHING),
    Field::new("EXTERNAL_FUNCTION_TOTAL_RECEIVED_ROWS", INTEGER, NOTHING),
    Field::new("EXTERNAL_FUNCTION_TOTAL_SENT_BYTES", INTEGER, NOTHING),
    Field::new("EXTERNAL_FUNCTION_TOTAL_RECEIVED_BYTES", INTEGER, NOTHING),
    Field::new("IS_CLIENT_GENERATED_STATEMENT", SqlType::Boolean, |query| {
        Value::Boolean(query.entry.asked.is_client_generated)
    }),
    Field::new("QUERY_HASH", TEXT, |query| Value::text(query_hash(&query.entry.asked.sql))),
    Field::new("QUERY_HASH_VERSION", INTEGER, |_| count(2)),
    Field::new("QUERY_PARAMETERIZED_HASH", TEXT, |query| {
        Value::text(parameterized_hash(&query.entry.asked.sql))
    }),
    Field::new("QUERY_PARAMETERIZED_HASH_VERSION", INTEGER, |_| count(1)),
    Field::new("TRANSACTION_ID", INTEGER, NOTHING),
    Field::new("QUERY_ACCELERATION_BYTES_SCANNED", INTEGER, NOTHING),
    Field::new("QUERY_ACCELERATION_PARTITIONS_SCANNED", INTEGER, NOTHING),
    Field::new("QUERY_ACCELERATION_UPPER_LIMIT_SCALE_FACTOR", INTEGER, NOTHING),
    Field::new("BYTES_WRITTEN_TO_RESULT", INTEGER, |query| query.ended(|ended| count(ended.bytes_to_result))),
    Field::new("ROWS_WRITTEN_TO_RESULT", INTEGER, |query| query.ended(|ended| count(ended.rows.produced))),
    Field::new("ROWS_INSERTED", INTEGER, |query| query.ended(|ended| count(ended.rows.inserted))),
    Field::new("QUERY_RETRY_TIME", INTEGER, NOTHING),
    Field::new("QUERY_RETRY_CAUSE", TEXT, ABSENT),
    Field::new("FAULT_HANDLING_TIME", INTEGER, NOTHING),
];

/// The columns that only the view has.
const OF_VIEW: &[Field<Query>] = &[
    Field::new("DATABASE_ID", INTEGER, |query| id("DATABASE", query.entry.asked.context.database.as_deref())),
    Field::new("SCHEMA_ID", INTEGER, |query| {
        let context = &query.entry.asked.context;
        let name = context.database.iter().zip(&context.schema).next();
        name.map_or(Value::Null, |(database, schema)| object_id("SCHEMA", &format!("{database}.{schema}")))
    }),
    Field::new("WAREHOUSE_ID", INTEGER, |query| {
        query.place.as_ref().map_or(Value::Null, |place| count(place.warehouse.id))
    }),
    Field::new("PERCENTAGE_SCANNED_FROM_CACHE", SqlType::Float, |_| Value::Float(0.0)),
    Field::new("BYTES_WRITTEN", INTEGER, |query| count(query.entry.work.bytes_written())),
    Field::new("BYTES_READ_FROM_RESULT", INTEGER, NOTHING),
    Field::new("ROWS_UPDATED", INTEGER, |query| query.ended(|ended| count(ended.rows.updated))),
    Field::new("ROWS_DELETED", INTEGER, |query| query.ended(|ended| count(ended.rows.deleted))),
    Field::new("ROWS_UNLOADED", INTEGER, |query| query.ended(|ended| count(ended.rows.unloaded))),
    Field::new("BYTES_DELETED", INTEGER, NOTHING),
    Field::new("PARTITIONS_SCANNED", INTEGER, |query| count(query.scanned.partitions)),
    Field::new("PARTITIONS_TOTAL", INTEGER, |query| count(query.scanned.partitions_total)),
    Field::new("BYTES_SPILLED_TO_LOCAL_STORAGE", INTEGER, NOTHING),
    Field::new("BYTES_SPILLED_TO_REMOTE_STORAGE", INTEGER, NOTHING),
    Field::new("BYTES_SENT_OVER_THE_NETWORK", INTEGER, NOTHING),
    Field::new("QUERY_LOAD_PERCENT", INTEGER, |query| {
        query.place.as_ref().map_or(Value::Null, |_| count(100))
    }),
    Field::new("CHILD_QUERIES_WAIT_TIME", INTEGER, NOTHING),
    Field::new("ROLE_TYPE", TEXT, |_| Value::text("ROLE")),
    Field::new("USER_TYPE", TEXT, |_| Value::text("PERSON")),
    Field::new("USER_DATABASE_NAME", TEXT, ABSENT),
    Field::new("USER_SCHEMA_NAME", TEXT, ABSENT),
];

/// The warehouse that ran a statement, or that was current.
fn warehouse(query: &Query) -> Option<&str> {
    let place = query.place.as_ref().map(|place| place.warehouse.name.as_str());
    place.or(query.entry.asked.context.warehouse.as_deref())
}

fn id(kind: &str, name: Option<&str>) -> Value<'static> {
    name.map_or(Value::Null, |name| object_id(kind, name))
}

/// `QUERY_HISTORY`.
pub(super) fn all(run: &Run, arguments: &Arguments<'_>) -> Result<Rows, SqlError> {
    answer(run, arguments, |_| true)
}

/// `QUERY_HISTORY_BY_SESSION`: of the current session unless another is named.
pub(super) fn by_session(run: &Run, arguments: &Arguments<'_>) -> Result<Rows, SqlError> {
    let session = arguments.number("SESSION_ID")?.unwrap_or_else(|| run.session.session_id());
    answer(run, arguments, |entry| entry.asked.session_id == session)
}

/// `QUERY_HISTORY_BY_USER`: of the current user unless another is named.
pub(super) fn by_user(run: &Run, arguments: &Arguments<'_>) -> Result<Rows, SqlError> {
    let user =
        arguments.text("USER_NAME").map_or_else(|| run.context.user.clone(), |user| user.to_uppercase());
    answer(run, arguments, |entry| entry.asked.context.user.to_uppercase() == user)
}

/// `QUERY_HISTORY_BY_WAREHOUSE`: of the current warehouse unless another is named.
pub(super) fn by_warehouse(run: &Run, arguments: &Arguments<'_>) -> Result<Rows, SqlError> {
    let named = arguments.text("WAREHOUSE_NAME");
    let Some(warehouse) = named.or_else(|| run.context.warehouse.clone()) else {
        return answer(run, arguments, |_| false);
    };
    answer(run, arguments, |entry| {
        entry.work.place().is_some_and(|place| place.warehouse.name.eq_ignore_ascii_case(&warehouse))
    })
}

/// The last statements, the latest end first.
fn answer(
    run: &Run,
    arguments: &Arguments<'_>,
    is_wanted: impl Fn(&Entry) -> bool,
) -> Result<Rows, SqlError> {
    let (from, to) = (arguments.time("END_TIME_RANGE_START")?, arguments.time("END_TIME_RANGE_END")?);
    let limit = arguments.limit()?;
    let now = run.engine().options().clock.wall();
    if from.is_some_and(|from| from < now - KEPT) {
        return Err(SqlError::invalid_argument("Cannot retrieve data from more than 7 days ago"));
    }
    let from = from.unwrap_or(now - KEPT);
    let is_within = |entry: &Entry| match &entry.ended {
        Some(ended) => ended.at >= from && to.is_none_or(|to| ended.at <= to),
        None => to.is_none_or(|to| to >= now),
    };
    let mut entries = run.engine().book().statements();
    entries.retain(|entry| is_wanted(entry) && is_within(entry) && is_visible(run, entry));
    let queries = entries.into_iter().rev().take(limit).map(|entry| Query::new(entry, now));
    table(&[COMMON], queries)
}

/// Whoever does not administer the account sees what the own user runs.
fn is_visible(run: &Run, entry: &Entry) -> bool {
    run.context.role.as_deref() == Some("ACCOUNTADMIN") || entry.asked.context.user == run.context.user
}

/// The view: statements that have ended, as soon as it is told of them.
pub(super) fn view(run: &Run) -> Result<Rows, SqlError> {
    let (now, known) = (run.engine().options().clock.wall(), known(run));
    let mut entries = run.engine().book().statements();
    entries.retain(|entry| match &entry.ended {
        Some(_) => entry.asked.started <= known && entry.asked.started >= now - KEPT_BY_VIEW,
        None => false,
    });
    table(&[COMMON, OF_VIEW], entries.into_iter().map(|entry| Query::new(entry, now)))
}
