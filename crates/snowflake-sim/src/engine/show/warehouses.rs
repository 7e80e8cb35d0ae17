//! Warehouses.

use super::super::SqlError;
use super::super::answer::{Answer, COUNT, INSTANT, instant_value, letter};
use super::super::run::Run;
use super::super::value::Value;
use super::filter::Filter;

const COLUMNS: [&str; 34] = [
    "name",
    "state",
    "type",
    "size",
    "min_cluster_count",
    "max_cluster_count",
    "started_clusters",
    "running",
    "queued",
    "is_default",
    "is_current",
    "auto_suspend",
    "auto_resume",
    "available",
    "provisioning",
    "quiescing",
    "other",
    "created_on",
    "resumed_on",
    "updated_on",
    "owner",
    "comment",
    "enable_query_acceleration",
    "query_acceleration_max_scale_factor",
    "resource_monitor",
    "actives",
    "pendings",
    "failed",
    "suspended",
    "uuid",
    "scaling_policy",
    "budget",
    "owner_role_type",
    "resource_constraint",
];
const COUNTS: [&str; 7] = [
    "min_cluster_count",
    "max_cluster_count",
    "started_clusters",
    "running",
    "queued",
    "auto_suspend",
    "query_acceleration_max_scale_factor",
];
const TIMES: [&str; 3] = ["created_on", "resumed_on", "updated_on"];
const OWNER: &str = "ACCOUNTADMIN";

fn text(value: &str) -> Value<'static> {
    Value::text(value.to_owned())
}

pub(super) fn warehouses(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&COLUMNS).with(&COUNTS, &COUNT).with(&TIMES, &INSTANT);
    let count = |value: u64| i64::try_from(value).map_or(Value::Null, Value::integer);
    let catalog = run.engine().catalog();
    for (name, warehouse) in
        catalog.warehouses.iter().filter(|(name, _)| filter.takes(name)).take(filter.limit())
    {
        let running = u64::from(!warehouse.suspended);
        answer.named(vec![
            ("name", text(name)),
            ("state", text(if warehouse.suspended { "SUSPENDED" } else { "STARTED" })),
            ("type", text("STANDARD")),
            ("size", text(&warehouse.size)),
            ("min_cluster_count", count(1)),
            ("max_cluster_count", count(1)),
            ("started_clusters", count(running)),
            ("running", count(0)),
            ("queued", count(0)),
            ("is_default", letter(false)),
            ("is_current", letter(run.context.warehouse.as_ref() == Some(name))),
            ("auto_suspend", count(warehouse.auto_suspend)),
            ("auto_resume", text(if warehouse.auto_resume { "true" } else { "false" })),
            ("available", text(if warehouse.suspended { "" } else { "100" })),
            ("provisioning", text("")),
            ("quiescing", text("")),
            ("other", text("")),
            ("created_on", instant_value(warehouse.created)),
            ("resumed_on", instant_value(warehouse.created)),
            ("updated_on", instant_value(warehouse.created)),
            ("owner", text(OWNER)),
            ("comment", text(&warehouse.comment)),
            ("enable_query_acceleration", text("false")),
            ("query_acceleration_max_scale_factor", count(8)),
            ("resource_monitor", text("null")),
            ("actives", text(if warehouse.suspended { "0" } else { "1" })),
            ("pendings", text("0")),
            ("failed", text("0")),
            ("suspended", text(if warehouse.suspended { "1" } else { "0" })),
            ("uuid", text("")),
            ("scaling_policy", text("STANDARD")),
            ("owner_role_type", text("ROLE")),
        ]);
    }
    Ok(answer)
}
