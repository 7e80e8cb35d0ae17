//! Functions of the session and the system, which are known before the statement runs.

use std::time::Duration;

use datafusion::sql::sqlparser::ast::{Expr, UnaryOperator, Value as Literal};

use super::super::time::Stamp;
use super::super::{CancelResult, SqlError, explain};
use super::Rewriter;
use super::expr::exact;
use super::make::{cast, null, string};

/// The release that `CURRENT_VERSION` answers.
const VERSION: &str = "9.0.0";

/// The value of a function of the session; none when it is another kind of function.
pub(super) fn value(
    rewriter: &mut Rewriter<'_>,
    name: &str,
    arguments: &[Expr],
) -> Result<Option<Expr>, SqlError> {
    let run = rewriter.run;
    let context = &run.context;
    let optional =
        |value: Option<&String>| value.map_or_else(|| cast(null(), "VARCHAR"), |text| string(text.clone()));
    let now = run.env.now;
    let local = now.shown_in(run.env.zone);
    Ok(Some(match name {
        "CURRENT_TIMESTAMP" | "LOCALTIMESTAMP" | "GETDATE" | "SYSTIMESTAMP" => {
            cast(string(exact(&now, "Z")), "TIMESTAMP_LTZ(9)")
        }
        "SYSDATE" => cast(string(exact(&now, "")), "TIMESTAMP_NTZ(9)"),
        "CURRENT_DATE" => cast(string(exact(&Stamp { offset: None, ..local }, "")), "DATE"),
        "CURRENT_TIME" | "LOCALTIME" => {
            cast(string(super::super::time::Format::new("HH24:MI:SS.FF9").write(&local)), "TIME(9)")
        }
        "CURRENT_USER" => string(context.user.clone()),
        "CURRENT_ROLE" | "INVOKER_ROLE" => optional(context.role.as_ref()),
        "CURRENT_WAREHOUSE" => optional(context.warehouse.as_ref()),
        "CURRENT_DATABASE" => optional(context.database.as_ref()),
        "CURRENT_SCHEMA" => optional(context.schema.as_ref()),
        "CURRENT_SCHEMAS" => string(match (&context.database, &context.schema) {
            (Some(database), Some(schema)) => format!("[\"{database}.{schema}\"]"),
            _ => "[]".to_owned(),
        }),
        "CURRENT_ACCOUNT" | "CURRENT_ACCOUNT_NAME" => string(run.engine().options().account.to_uppercase()),
        "CURRENT_ORGANIZATION_NAME" => string("SIMULATED"),
        "CURRENT_REGION" => string("LOCAL"),
        "CURRENT_VERSION" => string(VERSION),
        "CURRENT_CLIENT" => string(run.parameter("CLIENT_APP_ID").unwrap_or_default()),
        "CURRENT_IP_ADDRESS" => string("127.0.0.1"),
        "CURRENT_SESSION" => string(run.session.session_id().to_string()),
        "CURRENT_STATEMENT" => string(run.statement.sql.clone()),
        "CURRENT_TRANSACTION" => {
            let id = run.session.state().transaction.as_ref().map(|transaction| transaction.id.to_string());
            optional(id.as_ref())
        }
        "CURRENT_AVAILABLE_ROLES" => {
            string(serde_json::json!(run.engine().access().available(&context.user)).to_string())
        }
        "CURRENT_SECONDARY_ROLES" => string("{\"roles\":\"\",\"value\":\"\"}"),
        "LAST_QUERY_ID" => optional(last_query_id(&run.history, arguments)?.as_ref()),
        "SYSTEM$WAIT" => wait(rewriter, arguments)?,
        "SYSTEM$CANCEL_QUERY" => cancel_query(rewriter, arguments)?,
        "SYSTEM$CANCEL_ALL_QUERIES" => {
            let session = number(arguments.first()).and_then(|id| i64::try_from(id).ok()).unwrap_or_default();
            let count = if run.describes() { 0 } else { run.engine().options().queries.cancel_all(session) };
            string(format!("{count} cancelled."))
        }
        "SYSTEM$EXPLAIN_PLAN_JSON" => {
            let statement = text(arguments.first());
            let statement = statement
                .ok_or_else(|| SqlError::not_simulated("SYSTEM$EXPLAIN_PLAN_JSON of an expression"))?;
            string(explain::plan_json(run, &statement)?)
        }
        "SYSTEM$ALLOWLIST" | "SYSTEM$WHITELIST" => string("[]"),
        _ => return Ok(None),
    }))
}

/// The id of an earlier statement: -1 is the last, 1 the first.
fn last_query_id(history: &[String], arguments: &[Expr]) -> Result<Option<String>, SqlError> {
    let at = match arguments {
        [] => -1,
        [only] => {
            number(Some(only)).ok_or_else(|| SqlError::not_simulated("LAST_QUERY_ID of an expression"))?
        }
        _ => return Err(SqlError::arguments("too many", "LAST_QUERY_ID", 1, arguments.len())),
    };
    let found = match usize::try_from(at.unsigned_abs()) {
        Ok(0) | Err(_) => None,
        Ok(back) if at < 0 => history.len().checked_sub(back).and_then(|at| history.get(at)),
        Ok(number) => history.get(number - 1),
    };
    Ok(found.cloned())
}

/// A whole number that is written out.
fn number(argument: Option<&Expr>) -> Option<i128> {
    match argument? {
        Expr::Value(value) => match &value.value {
            Literal::Number(text, _) => text.trim_end_matches('.').parse().ok(),
            Literal::SingleQuotedString(text) => text.parse().ok(),
            _ => None,
        },
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => number(Some(expr)).map(|number| -number),
        Expr::Nested(inner) => number(Some(inner)),
        _ => None,
    }
}

fn text(argument: Option<&Expr>) -> Option<String> {
    match argument? {
        Expr::Value(value) => match &value.value {
            Literal::SingleQuotedString(text) => Some(text.clone()),
            _ => None,
        },
        Expr::Identifier(name) => Some(name.value.clone()),
        _ => None,
    }
}

fn wait(rewriter: &mut Rewriter<'_>, arguments: &[Expr]) -> Result<Expr, SqlError> {
    let amount = number(arguments.first()).and_then(|amount| u64::try_from(amount).ok());
    let amount = amount.ok_or_else(|| SqlError::invalid_argument("SYSTEM$WAIT needs a whole number"))?;
    let unit = text(arguments.get(1)).unwrap_or_else(|| "SECONDS".to_owned()).to_ascii_uppercase();
    let duration = match unit.as_str() {
        "DAYS" => Duration::from_secs(amount.saturating_mul(86_400)),
        "HOURS" => Duration::from_secs(amount.saturating_mul(3_600)),
        "MINUTES" => Duration::from_secs(amount.saturating_mul(60)),
        "SECONDS" => Duration::from_secs(amount),
        "MILLISECONDS" => Duration::from_millis(amount),
        other => return Err(SqlError::invalid_argument(format!("Invalid time unit {other} of SYSTEM$WAIT"))),
    };
    rewriter.effects.wait += duration;
    Ok(string(format!("waited {amount} {}", unit.to_ascii_lowercase())))
}

fn cancel_query(rewriter: &Rewriter<'_>, arguments: &[Expr]) -> Result<Expr, SqlError> {
    let id = text(arguments.first())
        .ok_or_else(|| SqlError::not_simulated("SYSTEM$CANCEL_QUERY of an expression"))?;
    if rewriter.run.describes() {
        return Ok(string(""));
    }
    Ok(match rewriter.run.engine().options().queries.cancel(&id) {
        CancelResult::Cancelled => string(format!("query [{id}] terminated.")),
        CancelResult::NotRunning => string("Identified SQL statement is not currently executing."),
        CancelResult::Unknown => {
            return Err(SqlError::new(
                "000605",
                "02000",
                "Identified SQL statement is not currently executing.",
            ));
        }
    })
}
