//! Parameters and session variables.

use serde_json::Value as Json;
use snowflake_proto::{Parameter, ParameterKind};

use super::super::SqlError;
use super::super::answer::Answer;
use super::super::run::Run;
use super::super::value::{Value, to_text};
use super::filter::Filter;

const VARIABLES: &str = "session_id: number, created_on: time, updated_on: time, name, value, type, comment";

pub(super) fn parameters(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing("key, value, default, level, description, type");
    let changed = run.session.state().parameters.clone();
    let shown = run.session.parameters().into_iter().filter(|(name, _)| filter.takes(name));
    for (name, value) in shown.take(filter.limit()) {
        let known = Parameter::find(&name);
        let kind = match known.map(Parameter::kind) {
            Some(ParameterKind::Boolean) => "BOOLEAN",
            Some(ParameterKind::Integer) => "NUMBER",
            _ => "STRING",
        };
        let default = known.map(|parameter| parameter.default_value().to_string()).unwrap_or_default();
        answer.named(vec![
            ("key", Value::text(name.clone())),
            ("value", Value::text(written(&value))),
            ("default", Value::text(default)),
            ("level", Value::text(if changed.contains_key(&name) { "SESSION" } else { "" })),
            ("description", Value::text(known.map(Parameter::doc).unwrap_or_default())),
            ("type", Value::text(kind)),
        ]);
    }
    Ok(answer)
}

fn written(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn variables(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing(VARIABLES);
    let variables = run.session.state().variables.clone();
    for (name, value) in variables.into_iter().filter(|(name, _)| filter.takes(name)).take(filter.limit()) {
        let kind = match value {
            Value::Number(_) => "fixed",
            Value::Float(_) => "real",
            Value::Boolean(_) => "boolean",
            _ => "text",
        };
        answer.named(vec![
            ("session_id", Value::integer(run.session.session_id())),
            ("name", Value::text(name)),
            ("value", to_text(value, &run.env).map_or(Value::Null, |text| Value::text(text.into_owned()))),
            ("type", Value::text(kind)),
        ]);
    }
    Ok(answer)
}
