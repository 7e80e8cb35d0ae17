//! The body of a submitted statement, from a [`Query`].

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use snafu::ResultExt;
use snowflake_proto::wire::query::{Binding, Request};
use snowflake_proto::{Bind, Identifier, ParameterValue};

use super::Query;
use crate::error::{ArgumentSnafu, Error};

/// The longest statement timeout that the server takes, in seconds.
const MAX_TIMEOUT: u64 = 604_800;

/// Everything of the body that the query decides; `limit` is the time that the statement has.
pub(crate) fn body(query: &Query, limit: Option<Duration>) -> Result<Request, Error> {
    Ok(Request {
        sql_text: query.sql.clone(),
        parameters: Some(parameters(query, limit)?),
        bindings: bindings(query)?,
        ..Request::default()
    })
}

fn parameters(query: &Query, limit: Option<Duration>) -> Result<BTreeMap<String, Value>, Error> {
    let mut parameters = BTreeMap::new();
    for (name, value) in &query.parameters {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(Error::configuration("a statement parameter has a name that is none"));
        }
        parameters.insert(name.clone(), json(value));
    }
    if let Some(limit) = limit {
        parameters.entry("STATEMENT_TIMEOUT_IN_SECONDS".to_owned()).or_insert_with(|| seconds(limit).into());
    }
    Ok(parameters)
}

/// Whole seconds, rounded up; 0 would mean the server's longest.
fn seconds(limit: Duration) -> u64 {
    let rounded = limit.as_secs().saturating_add(u64::from(limit.subsec_nanos() > 0));
    rounded.clamp(1, MAX_TIMEOUT)
}

fn json(value: &ParameterValue) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

fn bindings(query: &Query) -> Result<Option<BTreeMap<String, Binding>>, Error> {
    let arrays = arrays(query)?;
    if query.positional.is_empty() && query.named.is_empty() && arrays.is_empty() {
        return Ok(None);
    }
    let positional = || query.positional.iter().chain(&arrays);
    let all = positional().chain(query.named.iter().map(|(_, bind)| bind));
    Bind::common_rows(all).context(ArgumentSnafu { message: "the bind values do not fit together" })?;
    let mut bindings = BTreeMap::new();
    for (index, bind) in positional().enumerate() {
        bindings.insert((index + 1).to_string(), bind.to_wire());
    }
    for (name, bind) in &query.named {
        let name = name.strip_prefix(':').unwrap_or(name);
        Identifier::parse(name).context(ArgumentSnafu { message: "a bind has a name that is none" })?;
        if bindings.insert(name.to_owned(), bind.to_wire()).is_some() {
            return Err(Error::configuration("a bind name is used twice"));
        }
    }
    Ok(Some(bindings))
}

/// The columns of an array bind.
fn arrays(query: &Query) -> Result<Vec<Bind>, Error> {
    let Some(columns) = &query.columns else { return Ok(Vec::new()) };
    if columns.is_empty() {
        return Err(Error::configuration("rows were to be bound, but there are none"));
    }
    let array = |(index, values): (usize, &Vec<Bind>)| {
        let message = format!("column {} of the rows cannot be bound", query.positional.len() + index + 1);
        Bind::array(values.clone()).context(ArgumentSnafu { message })
    };
    Ok(columns.iter().enumerate().map(array).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use snowflake_proto::Bind;

    use super::{Request, body};
    use crate::{Error, ErrorKind, QueryBuilder};

    fn of(builder: QueryBuilder) -> Result<Request, Error> {
        let query = builder.build();
        body(&query, query.timeout)
    }

    #[test]
    fn binds_are_keyed_by_position_and_by_name() {
        let query = QueryBuilder::new("x")
            .bind(1)
            .bind("a")
            .bind_named("name", true)
            .bind_named(":other", None::<i64>);
        let body = serde_json::to_value(of(query).unwrap()).unwrap();
        assert_eq!(body["bindings"]["1"], json!({ "type": "FIXED", "value": "1" }));
        assert_eq!(body["bindings"]["2"], json!({ "type": "TEXT", "value": "a" }));
        assert_eq!(body["bindings"]["name"], json!({ "type": "BOOLEAN", "value": "true" }));
        assert_eq!(body["bindings"]["other"]["value"], json!(null));
    }

    #[test]
    fn binds_that_cannot_be_meant_are_refused() {
        let array = Bind::array(vec![Bind::from(1), Bind::from(2)]).unwrap();
        for builder in [
            QueryBuilder::new("x").bind_named("a", 1).bind_named("a", 2),
            QueryBuilder::new("x").bind_named("1", 1),
            QueryBuilder::new("x").bind_named("a b", 1),
            QueryBuilder::new("x").bind(array).bind(1),
            QueryBuilder::new("x").parameter("A B", 1),
        ] {
            let error = of(builder).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
        }
    }

    #[test]
    fn v12_rows_are_bound_as_one_array_a_column_as_other_drivers_send_them() {
        let row = |id, name: Option<&str>, share: Option<f64>, on: Option<bool>| {
            [Bind::from(id), Bind::from(name), Bind::from(share), Bind::from(on)]
        };
        let rows = [
            row(1, Some("a"), Some(1.5), Some(true)),
            row(2, None, Some(2.5), Some(false)),
            row(3, Some(""), None, None),
        ];
        let captured = json!({
            "1": { "type": "FIXED", "value": ["1", "2", "3"] },
            "2": { "type": "TEXT", "value": ["a", null, ""] },
            "3": { "type": "REAL", "value": ["1.5", "2.5", null] },
            "4": { "type": "BOOLEAN", "value": ["true", "false", null] },
        });
        let sql = "insert into t values (?,?,?,?)";
        let by_row = of(QueryBuilder::new(sql).bind_rows(rows.clone())).unwrap();
        assert_eq!(serde_json::to_value(by_row.bindings).unwrap(), captured);
        let by_column = (0..4).fold(QueryBuilder::new(sql), |query, at| {
            query.bind_column(rows.iter().map(|row| row[at].clone()))
        });
        assert_eq!(serde_json::to_value(of(by_column).unwrap().bindings).unwrap(), captured);
    }

    #[test]
    fn v12_rows_that_are_ragged_mixed_or_missing_are_refused() {
        let none: [[Bind; 1]; 0] = [];
        for builder in [
            QueryBuilder::new("x").bind_rows(none),
            QueryBuilder::new("x").bind_rows([vec![1, 2], vec![3]]),
            QueryBuilder::new("x").bind_rows([vec![1], vec![2, 3]]),
            QueryBuilder::new("x").bind_rows([[Bind::from(1)], [Bind::from("a")]]),
            QueryBuilder::new("x").bind(1).bind_rows([[1], [2]]),
            QueryBuilder::new("x").bind_column([1, 2]).bind_column([1]),
        ] {
            assert_eq!(of(builder).unwrap_err().kind(), ErrorKind::Configuration);
        }
    }

    #[test]
    fn tag_timeout_and_parameters_travel_with_the_statement() {
        let query = QueryBuilder::new("x")
            .tag("daily")
            .timeout(Duration::from_millis(1500))
            .parameter("use_cached_result", false);
        let body = of(query).unwrap();
        let parameters = serde_json::to_value(body.parameters).unwrap();
        let expected =
            json!({ "QUERY_TAG": "daily", "STATEMENT_TIMEOUT_IN_SECONDS": 2, "USE_CACHED_RESULT": false });
        assert_eq!(parameters, expected);
    }

    #[test]
    fn a_timeout_is_never_sent_as_none() {
        for (limit, sent) in [(Duration::ZERO, 1), (Duration::from_nanos(1), 1), (Duration::MAX, 604_800)] {
            let body = of(QueryBuilder::new("x").timeout(limit)).unwrap();
            assert_eq!(body.parameters.unwrap()["STATEMENT_TIMEOUT_IN_SECONDS"], sent);
        }
    }
}
