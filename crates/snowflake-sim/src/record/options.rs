//! What is recorded, and how.

use std::fmt;
use std::sync::Arc;

use snowflake_proto::sql::Literals;

use crate::recording::Recording;

/// Bytes of one body that are kept unless chosen otherwise.
const BODY_LIMIT: usize = 16 * 1024 * 1024;
/// Bytes of all bodies together that are kept unless chosen otherwise.
const TOTAL_LIMIT: usize = 128 * 1024 * 1024;

/// Changes the cells of results before they are kept: the name of the column, and the value in the text form of
/// the wire, which is `None` for NULL.
pub(crate) type Filter = Arc<dyn Fn(&str, &mut Option<String>) + Send + Sync>;

/// How a [`Record`](super::Record) records.
#[derive(Clone)]
pub struct RecordOptions {
    pub(crate) literals: Literals,
    pub(crate) rows: Rows,
    pub(crate) body_limit: usize,
    pub(crate) total_limit: usize,
    pub(crate) filter: Option<Filter>,
    pub(crate) known: Option<Recording>,
}

/// The form in which the rows of results are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rows {
    /// As text, a row on a line, wherever that loses nothing; Arrow results are then replayed as JSON results,
    /// which a client reads the same.
    #[default]
    Readable,
    /// As the service sent them.
    AsSent,
}

impl RecordOptions {
    /// Chooses whether literals tell one statement from another. With [`Literals::Mask`] they are not kept, and
    /// a replay answers a statement whatever literals it has.
    #[must_use]
    pub fn with_literals(mut self, literals: Literals) -> Self {
        self.literals = literals;
        self
    }

    /// Chooses the form in which rows are kept.
    #[must_use]
    pub fn with_rows(mut self, rows: Rows) -> Self {
        self.rows = rows;
        self
    }

    /// Limits the bytes that are kept of one body, 16 MiB by default. What is larger is noted as left out; the
    /// client gets it all the same.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Limits the bytes that are kept of all bodies together, 128 MiB by default.
    #[must_use]
    pub fn with_total_limit(mut self, bytes: usize) -> Self {
        self.total_limit = bytes;
        self
    }

    /// Changes every cell of every result before it is kept, for values that shall not leave the account. The
    /// client gets them unchanged.
    ///
    /// The filter is given the name of the column and the value in the text form of the wire; see
    /// [`Rows::Readable`]. What cannot be shown to it is left out of the recording.
    ///
    /// ```
    /// use snowflake_sim::RecordOptions;
    ///
    /// let options = RecordOptions::default().with_filter(|column, value| {
    ///     if column == "EMAIL" && value.is_some() {
    ///         *value = Some("someone@example.com".to_owned());
    ///     }
    /// });
    /// # let _ = options;
    /// ```
    #[must_use]
    pub fn with_filter<F>(mut self, filter: F) -> Self
    where
        F: Fn(&str, &mut Option<String>) + Send + Sync + 'static,
    {
        self.filter = Some(Arc::new(filter));
        self
    }

    /// Records only what is missing in a recording: what it has is answered from it, the rest is passed on, and
    /// the new recording holds both. How literals count is taken over from it.
    ///
    /// Logins are always passed on, and so are statements that change the session, such as USE, SET and BEGIN:
    /// what is passed on behind them needs them.
    #[must_use]
    pub fn with_known(mut self, recording: Recording) -> Self {
        self.literals = recording.literals();
        self.known = Some(recording);
        self
    }
}

impl Default for RecordOptions {
    fn default() -> Self {
        Self {
            literals: Literals::Keep,
            rows: Rows::default(),
            body_limit: BODY_LIMIT,
            total_limit: TOTAL_LIMIT,
            filter: None,
            known: None,
        }
    }
}

impl fmt::Debug for RecordOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordOptions")
            .field("literals", &self.literals)
            .field("rows", &self.rows)
            .field("body_limit", &self.body_limit)
            .field("total_limit", &self.total_limit)
            .field("filter", &self.filter.is_some())
            .field("known", &self.known)
            .finish()
    }
}
