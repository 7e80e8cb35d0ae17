//! Warehouses.

use snowflake_proto::StatementType;
use time::OffsetDateTime;

use super::super::access::Object;
use super::super::answer::{Answer, COUNT, INSTANT, count_value, instant_value, letter};
use super::super::run::Run;
use super::super::time::Stamp;
use super::super::value::Value;
use super::super::warehouse::Snapshot;
use super::super::{Outcome, SqlError};
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

fn text(value: &str) -> Value<'static> {
    Value::text(value.to_owned())
}

/// Whether the role has anything to do with a warehouse.
fn sees(run: &Run, name: &str) -> bool {
    run.sees(&Object::warehouse(name))
}

fn truth(value: bool) -> Value<'static> {
    text(if value { "true" } else { "false" })
}

fn instant(at: OffsetDateTime) -> Value<'static> {
    Stamp::of_nanos(at.unix_timestamp_nanos()).map_or(Value::Null, instant_value)
}

pub(super) fn warehouses(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::of_text(&COLUMNS).with(&COUNTS, &COUNT).with(&TIMES, &INSTANT);
    let all = run.engine().fleet().snapshots().into_iter();
    for warehouse in all
        .filter(|warehouse| filter.takes(&warehouse.name) && sees(run, &warehouse.name))
        .take(filter.limit())
    {
        let is_current = run.context.warehouse.as_ref() == Some(&warehouse.name);
        let access = run.engine().access();
        let owner = access.owner(&Object::warehouse(&warehouse.name));
        answer.named(row(&warehouse, owner, is_current));
    }
    Ok(answer)
}

/// The row of `DESCRIBE WAREHOUSE name`.
///
/// # Errors
/// `002003` when there is no such warehouse.
pub(in super::super) fn describe(run: &Run, name: &str) -> Result<Outcome, SqlError> {
    let mut answer = Answer::of_text(&["created_on", "name", "kind"]).with(&TIMES, &INSTANT);
    let mut all = run.engine().fleet().snapshots().into_iter();
    let found = all.find(|warehouse| warehouse.name == name && sees(run, name));
    let warehouse = found.ok_or_else(|| SqlError::missing("Warehouse", name))?;
    answer.row(vec![instant(warehouse.created), text(&warehouse.name), text("WAREHOUSE")]);
    answer.finish(StatementType::DESCRIBE)
}

fn row(warehouse: &Snapshot, owner: &str, is_current: bool) -> Vec<(&'static str, Value<'static>)> {
    let settings = &warehouse.settings;
    let optional = |value: &Option<String>| value.as_deref().map_or(Value::Null, text);
    let seconds = settings.auto_suspend.and_then(|seconds| i64::try_from(seconds.get()).ok());
    let scale = i64::try_from(settings.query_acceleration_scale).unwrap_or(i64::MAX);
    let is_on = warehouse.clusters > 0;
    let one_if = |is_so: bool| text(if is_so { "1" } else { "0" });
    vec![
        ("name", text(&warehouse.name)),
        ("state", text(warehouse.state)),
        ("type", text(&settings.kind)),
        ("size", text(settings.size.as_str())),
        ("min_cluster_count", count_value(settings.min_clusters)),
        ("max_cluster_count", count_value(settings.max_clusters)),
        ("started_clusters", count_value(warehouse.clusters)),
        ("running", count_value(warehouse.running)),
        ("queued", count_value(warehouse.queued)),
        ("is_default", letter(false)),
        ("is_current", letter(is_current)),
        ("auto_suspend", seconds.map_or(Value::Null, Value::integer)),
        ("auto_resume", truth(settings.auto_resume)),
        ("available", text(if is_on { "100" } else { "" })),
        ("provisioning", text(if warehouse.state == "RESUMING" { "100" } else { "" })),
        ("quiescing", text(if warehouse.state == "SUSPENDING" { "100" } else { "" })),
        ("other", text("")),
        ("created_on", instant(warehouse.created)),
        ("resumed_on", instant(warehouse.resumed)),
        ("updated_on", instant(warehouse.updated)),
        ("owner", text(owner)),
        ("comment", text(&settings.comment)),
        ("enable_query_acceleration", truth(settings.query_acceleration)),
        ("query_acceleration_max_scale_factor", Value::integer(scale)),
        ("resource_monitor", text(settings.resource_monitor.as_deref().unwrap_or("null"))),
        ("actives", text(&warehouse.clusters.to_string())),
        ("pendings", one_if(warehouse.state == "RESUMING")),
        ("failed", text("0")),
        ("suspended", one_if(!is_on)),
        ("uuid", text(&warehouse.uuid)),
        ("scaling_policy", text(&settings.scaling_policy)),
        ("owner_role_type", text("ROLE")),
        ("resource_constraint", optional(&settings.resource_constraint)),
    ]
}
