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
    if query.positional.is_empty() && query.named.is_empty() {
        return Ok(None);
    }
    let all = query.positional.iter().chain(query.named.iter().map(|(_, bind)| bind));
    Bind::common_rows(all).context(ArgumentSnafu { message: "the bind values do not fit together" })?;
    let mut bindings = BTreeMap::new();
    for (index, bind) in query.positional.iter().enumerate() {
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
