//! The results of several statements that were submitted as one text.

use std::sync::Arc;

use super::{QueryResult, open_result};
use crate::error::Error;
use crate::session::Core;

/// The results of all statements, in order. The failure of one tells which one it was.
pub(crate) async fn child_results(core: &Arc<Core>, parent: &QueryResult) -> Result<Vec<QueryResult>, Error> {
    let mut results = Vec::with_capacity(parent.children().len());
    for (index, query_id) in parent.children().iter().enumerate() {
        let opened = open_result(core, *query_id).await.map_err(|error| error.in_statement(index))?;
        results.push(opened.collect().await?);
    }
    Ok(results)
}
