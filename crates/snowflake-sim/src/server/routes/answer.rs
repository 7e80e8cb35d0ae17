//! The answer to a statement: its result, its failure, or that it still runs.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use snowflake_proto::StatementType;
use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::query::Response;

use crate::engine::SqlError;
use crate::server::chunk::count;
use crate::server::encode::{self, Inline};
use crate::server::http::{Call, Reply};
use crate::server::state::Shared;
use crate::server::statement::{Execution, Finished, ResultSet, Success};

/// Seconds after which the service stops a statement that nobody asks for.
const ABORTS_AFTER: i64 = 300;

/// Waits for the end of a statement, or until the client shall ask again.
pub(super) async fn when_finished(shared: &Arc<Shared>, call: &Call, execution: &Execution) -> Reply {
    let Some(finished) = execution.wait(shared.settings.hold).await else { return in_progress(execution) };
    match &finished.outcome {
        Ok(Success::Forgotten) => {
            failure(Some(&execution.query_id), "000707", "02000", "The result of the statement has expired.")
        }
        Ok(success) => Reply::envelope(&Envelope::ok(data(shared, call, execution, &finished, success))),
        Err(error) => sql_failure(&execution.query_id, error),
    }
}

/// The statement runs on, and this is where to ask for it.
pub(super) fn in_progress(execution: &Execution) -> Reply {
    let (code, message) = if execution.is_async {
        ("333334", "Query execution in progress. Query will execute asynchronously.")
    } else {
        ("333333", "Query execution in progress")
    };
    let data = Response {
        query_id: Some(execution.query_id.clone()),
        get_result_url: Some(format!("/queries/{}/result", execution.query_id)),
        query_aborts_after_secs: Some(ABORTS_AFTER),
        ..Response::default()
    };
    Reply::envelope(&Envelope { success: true, ..Envelope::failure(code, message, Some(data)) })
}

fn sql_failure(query_id: &str, error: &SqlError) -> Reply {
    // Codes of the compiler begin with 00; the cancellation is the one that does not come from it.
    let is_compilation = error.sql_state != "57014" && error.code.starts_with("00");
    let data = Response {
        internal_error: Some(false),
        error_code: Some(error.code.to_owned()),
        age: Some(0),
        sql_state: Some(error.sql_state.to_owned()),
        query_id: Some(query_id.to_owned()),
        line: Some(error.line.unwrap_or(-1)),
        pos: Some(error.pos.unwrap_or(-1)),
        kind: Some(if is_compilation { "COMPILATION" } else { "EXECUTION" }.to_owned()),
        ..Response::default()
    };
    Reply::envelope(&Envelope::failure(error.code, &error.message, Some(data)))
}

/// A failure that is not the statement's own.
pub(super) fn failure(query_id: Option<&str>, code: &str, sql_state: &str, message: &str) -> Reply {
    let data = Response {
        internal_error: Some(false),
        error_code: Some(code.to_owned()),
        age: Some(0),
        sql_state: Some(sql_state.to_owned()),
        query_id: query_id.map(str::to_owned),
        ..Response::default()
    };
    Reply::envelope(&Envelope::failure(code, message, Some(data)))
}

fn data(
    shared: &Shared,
    call: &Call,
    execution: &Execution,
    finished: &Finished,
    success: &Success,
) -> Response {
    let context = finished.context.clone();
    let mut data = Response {
        parameters: Some(finished.parameters.clone()),
        query_id: Some(execution.query_id.clone()),
        sql_state: Some("00000".to_owned()),
        final_database_name: Some(context.database),
        final_schema_name: Some(context.schema),
        final_warehouse_name: Some(context.warehouse),
        final_role_name: Some(context.role),
        number_of_binds: Some(0),
        array_bind_supported: Some(false),
        version: Some(1),
        send_result_time: Some(shared.milliseconds()),
        ..Response::default()
    };
    match success {
        Success::Rows(result) => rows(&mut data, shared, call, result),
        Success::Transfer(transfer, statement_type) => {
            data.transfer = transfer.as_ref().clone();
            data.statement_type_id = Some(statement_type.id());
        }
        Success::Several(children) => several(&mut data, children),
        Success::Forgotten => {}
    }
    data
}

fn rows(data: &mut Response, shared: &Shared, call: &Call, result: &Arc<ResultSet>) {
    data.row_type = Some(encode::row_type(&result.columns));
    data.total = Some(count(result.total));
    data.returned = Some(count(result.total));
    data.number_of_binds = Some(count(result.number_of_binds));
    data.array_bind_supported = Some(result.array_bind_supported);
    data.statement_type_id = Some(result.statement_type.id());
    data.stats.clone_from(&result.stats);
    data.query_result_format = Some(result.format.name().to_owned());
    match &result.inline {
        Inline::Arrow(bytes) => data.rowset_base64 = Some(STANDARD.encode(bytes)),
        Inline::Json(rows) => data.rowset = Some(rows.clone()),
    }
    if !result.parts.is_empty() {
        data.chunks = Some(shared.grants.hand_out(result, &call.origin, shared.entropy.as_ref()));
        data.chunk_headers = Some(result.key.headers());
        data.qrmk = Some(result.key.text().to_owned());
    }
}

/// The whole answers one line; its parts are fetched by their ids.
fn several(data: &mut Response, children: &[(String, StatementType)]) {
    let list = |texts: Vec<String>| Some(texts.join(","));
    data.result_ids = list(children.iter().map(|(id, _)| id.clone()).collect());
    data.result_types = list(children.iter().map(|(_, kind)| kind.id().to_string()).collect());
    data.statement_type_id = Some(StatementType::MULTI_STATEMENT.id());
    data.row_type = Some(Vec::new());
    data.rowset = Some(Vec::new());
    data.total = Some(1);
    data.returned = Some(1);
    data.query_result_format = Some("json".to_owned());
}
