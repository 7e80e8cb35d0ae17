//! QUERY_ATTRIBUTION_HISTORY: what each statement cost.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;

use super::super::SqlError;
use super::super::history::{Entry, Place, parameterized_hash, query_hash};
use super::super::run::Run;
use super::super::types::{INTEGER, TEXT};
use super::super::value::Value;
use super::field::{CREDITS, Field, INSTANT, Rows, count, credits, instant, optional, table};

/// Statements that are as short are left out.
const SHORTEST: Duration = Duration::from_millis(100);
const NANOS_PER_HOUR: u128 = 3_600 * 1_000_000_000;

/// A statement and what it cost.
pub(super) struct Attributed {
    entry: Arc<Entry>,
    place: Place,
    pub(super) started: OffsetDateTime,
    ended: OffsetDateTime,
    /// Billionths of a credit.
    pub(super) nanos: i128,
}

impl Attributed {
    /// None for a statement that has not ended, had no warehouse, or was too short.
    fn new(entry: Arc<Entry>) -> Option<Self> {
        let place = entry.work.place()?;
        let ended = entry.ended.as_ref()?;
        if ended.execution <= SHORTEST {
            return None;
        }
        // Billionths of a credit for the warehouse alone: nodes for each hour.
        let alone = ended.execution.as_nanos() * u128::from(place.warehouse.size.nodes()) * 1_000_000_000
            / NANOS_PER_HOUR;
        let alone = Duration::from_nanos(u64::try_from(alone).unwrap_or(u64::MAX));
        let nanos =
            Duration::try_from_secs_f64(alone.as_secs_f64() * ended.share).unwrap_or(alone).as_nanos();
        let nanos = i128::try_from(nanos).unwrap_or(i128::MAX);
        let before = time::Duration::try_from(ended.execution).unwrap_or_default();
        let (started, ended) = (ended.at.checked_sub(before).unwrap_or(ended.at), ended.at);
        Some(Self { entry, place, started, ended, nanos })
    }

    pub(super) fn warehouse_id(&self) -> u64 {
        self.place.warehouse.id
    }
}

/// Everything that was attributed to statements, in the order of their ends.
pub(super) fn attributed(run: &Run) -> Vec<Attributed> {
    run.engine().book().statements().into_iter().filter_map(Attributed::new).collect()
}

const FIELDS: &[Field<Attributed>] = &[
    Field::new("QUERY_ID", TEXT, |each| Value::text(each.entry.asked.query_id.clone())),
    Field::new("PARENT_QUERY_ID", TEXT, |each| optional(each.entry.asked.parent.as_deref())),
    Field::new("ROOT_QUERY_ID", TEXT, |each| optional(each.entry.asked.parent.as_deref())),
    Field::new("WAREHOUSE_ID", INTEGER, |each| count(each.place.warehouse.id)),
    Field::new("WAREHOUSE_NAME", TEXT, |each| Value::text(each.place.warehouse.name.clone())),
    Field::new("QUERY_HASH", TEXT, |each| Value::text(query_hash(&each.entry.asked.sql))),
    Field::new("QUERY_PARAMETERIZED_HASH", TEXT, |each| {
        Value::text(parameterized_hash(&each.entry.asked.sql))
    }),
    Field::new("QUERY_TAG", TEXT, |each| Value::text(each.entry.asked.tag.clone())),
    Field::new("USER_NAME", TEXT, |each| Value::text(each.entry.asked.context.user.clone())),
    Field::new("START_TIME", INSTANT, |each| instant(each.started)),
    Field::new("END_TIME", INSTANT, |each| instant(each.ended)),
    Field::new("CREDITS_ATTRIBUTED_COMPUTE", CREDITS, |each| credits(each.nanos)),
    Field::new("CREDITS_USED_QUERY_ACCELERATION", CREDITS, |_| credits(0)),
];

/// The view.
pub(super) fn view(run: &Run) -> Result<Rows, SqlError> {
    let known = super::field::known(run);
    let all = attributed(run).into_iter().filter(|each| each.entry.asked.started <= known);
    table(&[FIELDS], all)
}
