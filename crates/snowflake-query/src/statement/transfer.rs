//! PUT and GET: the server only tells where files are to be moved, and whoever moves them says what became of them.

use std::fmt;
use std::sync::Arc;

use snowflake_proto::Column;
use snowflake_proto::wire::stage::Transfer;

use super::run::{self, Answer};
use super::{Opened, Query, QueryId, QueryResult, result};
use crate::error::Error;
use crate::result::ResultOptions;
use crate::session::Core;

/// A PUT or GET statement whose files are still to be moved.
pub struct FileTransfer {
    answer: Answer,
    options: ResultOptions,
}

/// Asks the server for the instructions of a PUT or GET.
pub(crate) async fn begin_transfer(core: &Arc<Core>, query: &Query) -> Result<FileTransfer, Error> {
    let answer = run::run_transfer(core, query).await?;
    if answer.response.transfer.command.is_none() {
        return Err(Error::configuration("the statement transfers no files: only PUT and GET do"));
    }
    Ok(FileTransfer { answer, options: result::options(core, query) })
}

impl FileTransfer {
    /// The server's instructions: where the files are and how to reach them.
    #[must_use]
    pub fn instructions(&self) -> &Transfer {
        &self.answer.response.transfer
    }

    /// The server's instructions alone.
    #[must_use]
    pub fn into_instructions(self) -> Transfer {
        self.answer.response.transfer
    }

    /// The server's id of the statement.
    #[must_use]
    pub fn query_id(&self) -> QueryId {
        self.answer.query_id
    }

    /// The result of the statement: these rows, one for each file, in the texts of the JSON format.
    ///
    /// # Errors
    /// [`Protocol`](crate::ErrorKind::Protocol) and [`Conversion`](crate::ErrorKind::Conversion) for rows that do
    /// not fit their columns.
    pub async fn finish(
        mut self,
        columns: &[Column],
        rows: Vec<Vec<Option<String>>>,
    ) -> Result<QueryResult, Error> {
        let response = &mut self.answer.response;
        response.row_type = Some(columns.iter().map(Column::to_row_type).collect());
        let count = i64::try_from(rows.len()).ok();
        (response.total, response.returned) = (count, count);
        response.query_result_format = Some("json".to_owned());
        (response.rowset, response.rowset_base64, response.chunks) = (Some(rows), None, None);
        Box::pin(Opened::new(self.answer, self.options)).await?.collect().await
    }
}

impl fmt::Debug for FileTransfer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileTransfer")
            .field("query_id", &self.answer.query_id)
            .field("instructions", self.instructions())
            .finish_non_exhaustive()
    }
}
