//! The answer to a statement: its result, its failure, or that it still runs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use snowflake_proto::StatementType;
use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::chunk::Descriptor;
use snowflake_proto::wire::query::{NameValue, Response};

use super::grants::count;
use super::reply::Reply;
use super::result_set::ResultSet;
use crate::context::Context;
use crate::encode::{self, Inline};

/// Seconds after which the service stops a statement that nobody asks for.
const ABORTS_AFTER: i64 = 300;

/// The statement runs on, and this is where to ask for it.
pub(crate) fn in_progress(query_id: &str, is_async: bool) -> Reply {
    let (code, message) = if is_async {
        ("333334", "Query execution in progress. Query will execute asynchronously.")
    } else {
        ("333333", "Query execution in progress")
    };
    let data = Response {
        query_id: Some(query_id.to_owned()),
        get_result_url: Some(format!("/queries/{query_id}/result")),
        query_aborts_after_secs: Some(ABORTS_AFTER),
        ..Response::default()
    };
    Reply::envelope(&Envelope { success: true, ..Envelope::failure(code, message, Some(data)) })
}

/// Why a statement failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Failure<'a> {
    /// The server's code, such as `002003`.
    pub(crate) code: &'a str,
    /// The SQL state, such as `02000`.
    pub(crate) sql_state: &'a str,
    pub(crate) message: &'a str,
    /// The line from 1 and the position in it from 0, where known.
    pub(crate) place: (Option<i64>, Option<i64>),
}

impl Failure<'_> {
    /// The code of a statement that was stopped on request.
    pub(crate) const CANCELLED: &'static str = "000604";

    /// The answer of a statement that failed so.
    pub(crate) fn reply(self, query_id: &str) -> Reply {
        // Codes of the compiler begin with 00; the cancellation is the one that does not come from it.
        let is_compilation = self.sql_state != "57014" && self.code.starts_with("00");
        let data = Response {
            line: Some(self.place.0.unwrap_or(-1)),
            pos: Some(self.place.1.unwrap_or(-1)),
            kind: Some(if is_compilation { "COMPILATION" } else { "EXECUTION" }.to_owned()),
            ..data_of_failure(Some(query_id), self.code, self.sql_state)
        };
        Reply::envelope(&Envelope::failure(self.code, self.message, Some(data)))
    }
}

fn data_of_failure(query_id: Option<&str>, code: &str, sql_state: &str) -> Response {
    Response {
        internal_error: Some(false),
        error_code: Some(code.to_owned()),
        age: Some(0),
        sql_state: Some(sql_state.to_owned()),
        query_id: query_id.map(str::to_owned),
        ..Response::default()
    }
}

fn failure(query_id: Option<&str>, code: &str, sql_state: &str, message: &str) -> Reply {
    Reply::envelope(&Envelope::failure(code, message, Some(data_of_failure(query_id, code, sql_state))))
}

/// The result was there once.
pub(crate) fn forgotten(query_id: &str) -> Reply {
    failure(Some(query_id), "000707", "02000", "The result of the statement has expired.")
}

/// Nobody submitted a statement of that id.
pub(crate) fn no_such_result(query_id: &str) -> Reply {
    failure(Some(query_id), "000612", "02000", "Result not found.")
}

/// There is nothing to abort.
pub(crate) fn nothing_runs() -> Reply {
    failure(None, "000605", "01000", "Identified SQL statement is not currently executing.")
}

/// A request id stands for one text. The service sends no code with these words.
pub(crate) fn other_text() -> Reply {
    let words = "The specified sqlText should not be overwritten when resubmitting the request";
    let conflict = Envelope::<Response> { code: None, ..Envelope::failure("", words, None) };
    Reply::envelope(&conflict)
}

/// What every answer of a statement that succeeded says, whatever its result.
pub(crate) fn succeeded(
    query_id: &str,
    context: Context,
    parameters: Vec<NameValue>,
    now_milliseconds: i64,
) -> Response {
    Response {
        parameters: Some(parameters),
        query_id: Some(query_id.to_owned()),
        sql_state: Some("00000".to_owned()),
        final_database_name: Some(context.database),
        final_schema_name: Some(context.schema),
        final_warehouse_name: Some(context.warehouse),
        final_role_name: Some(context.role),
        number_of_binds: Some(0),
        array_bind_supported: Some(false),
        version: Some(1),
        send_result_time: Some(now_milliseconds),
        ..Response::default()
    }
}

/// Adds a result. `hand_out` gives addresses to its parts, if it has any.
pub(crate) fn add_rows(data: &mut Response, result: &ResultSet, hand_out: impl FnOnce() -> Vec<Descriptor>) {
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
        data.chunks = Some(hand_out());
        data.chunk_headers = Some(result.key.headers());
        data.qrmk = Some(result.key.text().to_owned());
    }
}

/// Adds the parts of a text of several statements. The whole answers one line; its parts are fetched by
/// their ids.
pub(crate) fn add_several(data: &mut Response, children: &[(String, StatementType)]) {
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
