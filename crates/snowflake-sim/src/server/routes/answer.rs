//! The answer to a statement: its result, its failure, or that it still runs.

use std::sync::Arc;

use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::query::Response;

use crate::engine::SqlError;
use crate::server::state::Shared;
use crate::server::statement::{Execution, Finished, Success};
use crate::service::{Call, Failure, Reply, answer};

/// Waits for the end of a statement, or until the client shall ask again.
pub(super) async fn when_finished(shared: &Arc<Shared>, call: &Call, execution: &Execution) -> Reply {
    let Some(finished) = execution.wait(shared.settings.hold).await else { return in_progress(execution) };
    match &finished.outcome {
        Ok(Success::Forgotten) => answer::forgotten(&execution.query_id),
        Ok(success) => Reply::envelope(&Envelope::ok(data(shared, call, execution, &finished, success))),
        Err(error) => failure(error).reply(&execution.query_id),
    }
}

/// The statement runs on, and this is where to ask for it.
pub(super) fn in_progress(execution: &Execution) -> Reply {
    answer::in_progress(&execution.query_id, execution.is_async)
}

fn failure(error: &SqlError) -> Failure<'_> {
    let SqlError { code, sql_state, message, line, pos } = error;
    Failure { code, sql_state, message, place: (*line, *pos) }
}

fn data(
    shared: &Shared,
    call: &Call,
    execution: &Execution,
    finished: &Finished,
    success: &Success,
) -> Response {
    let (context, parameters) = (finished.context.clone(), finished.parameters.clone());
    let mut data = answer::succeeded(&execution.query_id, context, parameters, shared.milliseconds());
    match success {
        Success::Rows(result) => answer::add_rows(&mut data, result, || {
            shared.grants.hand_out(result, &call.origin, None, shared.entropy.as_ref())
        }),
        Success::Transfer(transfer, statement_type) => {
            data.transfer = transfer.as_ref().clone();
            data.statement_type_id = Some(statement_type.id());
        }
        Success::Several(children) => answer::add_several(&mut data, children),
        Success::Forgotten => {}
    }
    data
}
