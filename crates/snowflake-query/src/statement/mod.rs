//! From a statement's text to the server's complete answer.

mod abort;
mod handle;
mod progress;
mod query;
mod query_id;
mod request;
mod resubmit;
mod result;
mod result_url;
mod run;
mod several;
mod status;
mod submission;
mod summary;
mod text;
mod trace;
mod transfer;

use std::sync::Arc;

use crate::error::Error;
use crate::session::{Core, RequestIds, Whereabouts};

pub use handle::QueryHandle;
pub use query::{Query, QueryBuilder};
pub use query_id::QueryId;
pub use resubmit::Resubmit;
pub use result::{QueryResult, QueryStats};
pub use status::QueryStatus;
pub use transfer::FileTransfer;

pub(crate) use abort::{AbortGuard, Flight};
pub(crate) use handle::{cancel, status};
pub(crate) use progress::Progress;
pub(crate) use result::{Opened, is_counter};
pub(crate) use result_url::ResultUrl;
pub(crate) use run::run_internal;
pub(crate) use several::child_results;
pub(crate) use submission::Submission;
pub(crate) use text::TextClass;
pub(crate) use transfer::begin_transfer;

/// Runs a statement to its end and opens its result.
pub(crate) async fn open(core: &Arc<Core>, query: &Query) -> Result<Opened, Error> {
    if query.is_async() {
        return submit(core, query).await?.open_in_time().await;
    }
    let answer = run::run(core, query).await?;
    Opened::new(answer, result::options(core, query)).await
}

/// Where the outcome of an earlier submission of this query can be had.
pub(crate) fn whereabouts(ids: &RequestIds, query: &Query) -> Result<Whereabouts, Error> {
    match query.request_id() {
        Some(id) => ids.find(id, &request::body(query, None)?),
        None => Ok(Whereabouts::Nowhere),
    }
}

/// Submits a statement that the server shall run by itself.
pub(crate) async fn submit(core: &Arc<Core>, query: &Query) -> Result<QueryHandle, Error> {
    let detached = run::detach(core, query).await?;
    Ok(QueryHandle::new(detached, query))
}

/// Opens the result of a statement that was submitted earlier.
pub(crate) async fn open_result(core: &Arc<Core>, query_id: QueryId) -> Result<Opened, Error> {
    let mut answer = run::result(core, query_id).await?;
    answer.query_id = query_id;
    Opened::new(answer, core.defaults.results.clone()).await
}
