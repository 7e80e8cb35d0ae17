//! How busy warehouses were, and what happened to them.

use time::Duration;

use super::super::SqlError;
use super::super::answer::count_value;
use super::super::run::Run;
use super::super::types::{INTEGER, SqlType, TEXT};
use super::super::value::Value;
use super::super::warehouse::{WarehouseEvent, WarehouseLoad};
use super::arguments::Arguments;
use super::field::{Field, INSTANT, Rows, count, instant, known, optional, table};

/// How far the views look back.
const KEPT_BY_VIEW: Duration = Duration::days(365);
/// How far the function looks back.
const KEPT: Duration = Duration::days(14);
/// How much the function answers without a start.
const RECENT: Duration = Duration::hours(8);

const OF_INTERVAL: [Field<WarehouseLoad>; 2] = [
    Field::new("START_TIME", INSTANT, |load| instant(load.start)),
    Field::new("END_TIME", INSTANT, |load| instant(load.end)),
];
const ID: [Field<WarehouseLoad>; 1] = [Field::new("WAREHOUSE_ID", INTEGER, |load| count(load.warehouse_id))];
const LOAD: [Field<WarehouseLoad>; 5] = [
    Field::new("WAREHOUSE_NAME", TEXT, |load| Value::text(load.warehouse.clone())),
    Field::new("AVG_RUNNING", SqlType::Float, |load| Value::Float(load.running)),
    Field::new("AVG_QUEUED_LOAD", SqlType::Float, |load| Value::Float(load.queued_load)),
    Field::new("AVG_QUEUED_PROVISIONING", SqlType::Float, |load| Value::Float(load.queued_provisioning)),
    Field::new("AVG_BLOCKED", SqlType::Float, |_| Value::Float(0.0)),
];
const EVENT: [Field<WarehouseEvent>; 12] = [
    Field::new("TIMESTAMP", INSTANT, |event| instant(event.at)),
    Field::new("WAREHOUSE_ID", INTEGER, |event| count(event.warehouse_id)),
    Field::new("WAREHOUSE_NAME", TEXT, |event| Value::text(event.warehouse.clone())),
    Field::new("CLUSTER_NUMBER", INTEGER, |event| event.cluster.map_or(Value::Null, count_value)),
    Field::new("EVENT_NAME", TEXT, |event| Value::text(event.name)),
    Field::new("EVENT_REASON", TEXT, |event| optional(event.reason)),
    Field::new("EVENT_STATE", TEXT, |_| Value::text("COMPLETED")),
    Field::new("USER_NAME", TEXT, |event| optional(event.actor.as_ref().map(|actor| actor.user.as_str()))),
    Field::new("ROLE_NAME", TEXT, |event| optional(event.actor.as_ref().map(|actor| actor.role.as_str()))),
    Field::new("QUERY_ID", TEXT, |event| optional(event.actor.as_ref().map(|actor| actor.query_id.as_str()))),
    Field::new("SIZE", TEXT, |event| Value::text(event.size.as_str())),
    Field::new("CLUSTER_COUNT", INTEGER, |event| count_value(event.clusters)),
];

/// The table function `WAREHOUSE_LOAD_HISTORY`.
pub(super) fn function(run: &Run, arguments: &Arguments<'_>) -> Result<Rows, SqlError> {
    let now = run.engine().options().clock.wall();
    let to = arguments.time("DATE_RANGE_END")?.unwrap_or(now);
    let from = arguments.time("DATE_RANGE_START")?.unwrap_or(to - RECENT).max(now - KEPT);
    let mut load = run.engine().warehouse_load(from, to);
    if let Some(name) = arguments.text("WAREHOUSE_NAME") {
        load.retain(|each| each.warehouse.eq_ignore_ascii_case(&name));
    }
    table(&[&OF_INTERVAL, &LOAD], load)
}

/// The view `WAREHOUSE_LOAD_HISTORY`.
pub(super) fn load(run: &Run) -> Result<Rows, SqlError> {
    let known = known(run);
    table(&[&OF_INTERVAL, &ID, &LOAD], run.engine().warehouse_load(known - KEPT_BY_VIEW, known))
}

/// The view `WAREHOUSE_EVENTS_HISTORY`.
pub(super) fn events(run: &Run) -> Result<Rows, SqlError> {
    let known = known(run);
    let until = known + Duration::NANOSECOND;
    table(&[&EVENT], run.engine().warehouse_events(known - KEPT_BY_VIEW, until))
}
