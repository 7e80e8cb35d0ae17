//! Telling the server to stop a statement that nobody waits for any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use snowflake_auth::ApiRequest;
use snowflake_proto::wire::{Envelope, abort};
use snowflake_proto::{Recovery, ServerCode};
use uuid::Uuid;

use super::TextClass;
use crate::error::{Error, ErrorKind};
use crate::session::Core;

/// More often than this nobody asks for a stop.
const TRIES: u32 = 3;
/// Longer than this nobody insists on it.
const LIMIT: Duration = Duration::from_secs(5);
/// The wait before the second try; it doubles.
const WAIT: Duration = Duration::from_millis(250);

/// Watches over a submitted statement: dropped before [`AbortGuard::disarm`], it sends one abort.
#[derive(Debug)]
pub(crate) struct AbortGuard {
    core: Arc<Core>,
    flight: Arc<Flight>,
}

/// A statement that may run on the server.
#[derive(Debug)]
pub(crate) struct Flight {
    request_id: Uuid,
    class: TextClass,
    /// Whether somebody will have to stop it; whoever takes this away is the one who does.
    armed: AtomicBool,
}

impl Flight {
    pub(crate) fn is_armed(&self) -> bool {
        self.armed.load(Ordering::Acquire)
    }

    /// Aborts the statement, unless that is done or not needed any more.
    pub(crate) async fn abort(&self, core: &Core) {
        if self.armed.swap(false, Ordering::AcqRel) {
            core.state().unfinished(self.class);
            abort_request(core, self.request_id).await;
        }
    }
}

impl AbortGuard {
    /// Unarmed: nothing has been sent yet, so there is nothing to abort.
    pub(crate) fn new(core: &Arc<Core>, request_id: Uuid, class: TextClass) -> Self {
        let flight = Arc::new(Flight { request_id, class, armed: AtomicBool::new(false) });
        core.took_off(&flight);
        Self { core: Arc::clone(core), flight }
    }

    /// From now on the server may have the statement.
    pub(crate) fn arm(&self) {
        self.flight.armed.store(true, Ordering::Release);
    }

    /// Whether the server may still have the statement.
    pub(crate) fn is_armed(&self) -> bool {
        self.flight.is_armed()
    }

    /// The statement has come to its end, or shall go on without us.
    pub(crate) fn disarm(&self) {
        self.flight.armed.store(false, Ordering::Release);
    }

    /// The call failed: only what still runs on the server, and cannot be asked for again, is to be aborted.
    pub(crate) fn settle(&self, error: &Error) {
        let mut state = self.core.state();
        if matches!(error.kind(), ErrorKind::OutcomeUnknown | ErrorKind::DuplicateSuspected) {
            state.unfinished(self.flight.class);
        } else if error.may_still_run() {
            return;
        } else {
            state.failed(self.flight.class);
        }
        self.disarm();
    }
}

impl Drop for AbortGuard {
    fn drop(&mut self) {
        if self.is_armed() {
            let (core, flight) = (Arc::clone(&self.core), Arc::clone(&self.flight));
            self.core.state().unfinished(self.flight.class);
            self.core.spawn(async move { flight.abort(&core).await });
        }
    }
}

/// Aborts the statement that was submitted with this request id; gives up quietly.
async fn abort_request(core: &Core, request_id: Uuid) {
    let body = abort::Request { request_id: request_id.to_string(), ..abort::Request::default() };
    let request = ApiRequest::post("abort", "/queries/v1/abort-request").with_max_attempts(1);
    let Ok(request) = request.with_json(&body) else { return };
    let attempts = async {
        for attempt in 0..TRIES {
            if attempt > 0 {
                tokio::time::sleep(WAIT * 2_u32.pow(attempt - 1)).await;
            }
            match core.call::<Value>(&request).await {
                Ok(envelope) if is_settled(&envelope) => return true,
                Ok(_) => {}
                Err(error) if error.recovery() == Recovery::Reauthenticate => return false,
                Err(error) => tracing::debug!(%error, "an abort was not answered"),
            }
        }
        false
    };
    let settled = tokio::time::timeout(LIMIT, attempts).await.unwrap_or(false);
    tracing::debug!(%request_id, settled, "aborted a statement that nobody waits for");
}

/// Whether the statement has been told to stop, or is not running (any more).
pub(crate) fn is_settled(envelope: &Envelope<Value>) -> bool {
    envelope.success || code_of(envelope) == Some(ServerCode::QUERY_NOT_EXECUTING)
}

/// The code; the real service leaves the envelope's empty here and writes it into the payload.
pub(crate) fn code_of(envelope: &Envelope<Value>) -> Option<ServerCode> {
    let outer = envelope.code.as_deref().filter(|code| !code.is_empty());
    let inner = || envelope.data.as_ref().and_then(|data| data.get("errorCode")).and_then(Value::as_str);
    outer.or_else(inner).map(ServerCode::new)
}
