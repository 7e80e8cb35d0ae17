//! What an answer to a submission or a poll means: still running, done, or failed.

use snowflake_proto::ServerCode;
use snowflake_proto::wire::{Envelope, query::Response};
use uuid::Uuid;

use super::{QueryId, ResultUrl};
use crate::error::{AnswerSnafu, Error, Failure, Repr, escape_message};
use crate::session::Core;

/// How far a statement has come.
#[derive(Debug)]
pub(crate) enum Progress {
    /// It runs; ask again here.
    Running { url: ResultUrl, query_id: Option<QueryId> },
    /// This is the complete answer.
    Done(Box<Response>),
    /// The server refused or failed it.
    Failed(Box<Failure>),
}

impl Progress {
    /// Reads an answer, and lets the session learn from it what it says whatever the outcome.
    pub(crate) fn of(
        core: &Core,
        request_id: Option<Uuid>,
        envelope: Envelope<Response>,
    ) -> Result<Self, Error> {
        let Envelope { data, code, message, success, .. } = envelope;
        let data = data.unwrap_or_default();
        core.state().query_context.merge(data.query_context.as_ref());
        let code =
            code.or_else(|| data.error_code.clone()).filter(|code| !code.is_empty()).map(ServerCode::new);
        if is_running(code.as_ref(), success, &data) {
            let query_id = query_id(&data)?;
            let url = match (&data.get_result_url, query_id) {
                (Some(url), _) => ResultUrl::parse(url, core.server.address(), query_id)?,
                (None, Some(id)) => ResultUrl::of(id),
                (None, None) => AnswerSnafu {
                    reason: "the statement runs, but the answer does not say where to ask",
                    query_id,
                }
                .fail()?,
            };
            return Ok(Self::Running { url, query_id });
        }
        if success {
            query_id(&data)?;
            return Ok(Self::Done(Box::new(data)));
        }
        Ok(Self::Failed(Box::new(failure(code, message, &data, request_id))))
    }
}

fn is_running(code: Option<&ServerCode>, success: bool, data: &Response) -> bool {
    let empty = data.rowset.is_none() && data.rowset_base64.is_none() && data.chunks.is_none();
    match code {
        Some(code) if code.is_in_progress() => true,
        // Some versions answer without the code, some report no success while the statement runs.
        None => empty && data.get_result_url.is_some(),
        Some(_) => success && empty && data.get_result_url.is_some(),
    }
}

/// The id in an answer. One that is not an id is refused before it can reach a URL or a caller.
pub(crate) fn query_id(data: &Response) -> Result<Option<QueryId>, Error> {
    match data.query_id.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => match QueryId::parse(text) {
            Ok(id) => Ok(Some(id)),
            Err(_) => {
                AnswerSnafu { reason: "its query id has not the shape of one", query_id: None }.fail()?
            }
        },
    }
}

fn failure(
    code: Option<ServerCode>,
    message: Option<String>,
    data: &Response,
    request_id: Option<Uuid>,
) -> Failure {
    let place = |value: Option<i64>| value.and_then(|value| u64::try_from(value).ok());
    let message = message.filter(|message| !message.is_empty());
    let message = message.unwrap_or_else(|| "the server reports a failure without saying which".to_owned());
    let sql_state = data.sql_state.clone().filter(|state| !state.is_empty());
    Failure {
        sql_state: sql_state.map(|state| escape_message(&state).chars().take(16).collect()),
        code,
        message: escape_message(&message),
        line: place(data.line),
        position: place(data.pos),
        index: None,
        // A failure that names no proper statement is still the failure that counts.
        query_id: query_id(data).ok().flatten(),
        request_id,
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Repr::Server { failure: Box::new(failure) }.into()
    }
}
