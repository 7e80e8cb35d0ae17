//! A statement and everything that belongs to it, as plain data.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use snowflake_proto::{ArrowOptions, Bind, ParameterValue};
use uuid::Uuid;

use super::{Resubmit, TextClass};
use crate::result::PrefetchOptions;
use crate::session::Wanted;

/// A statement with its binds and options; build one with [`QueryBuilder`], or from plain text.
///
/// ```
/// use snowflake_query::{Query, QueryBuilder};
///
/// let plain: Query = "SELECT 1".into();
/// let query: Query = QueryBuilder::new("SELECT * FROM t WHERE id = ?").bind(7).tag("daily").build();
/// # let _ = (plain, query);
/// ```
#[derive(Clone)]
pub struct Query {
    pub(crate) sql: String,
    pub(crate) positional: Vec<Bind>,
    pub(crate) named: Vec<(String, Bind)>,
    /// The values of an array bind, column by column.
    pub(crate) columns: Option<Vec<Vec<Bind>>>,
    pub(crate) wanted: Wanted,
    pub(crate) timeout: Option<Duration>,
    pub(crate) parameters: BTreeMap<String, ParameterValue>,
    pub(crate) asynchronous: bool,
    pub(crate) request_id: Option<Uuid>,
    pub(crate) resubmit: Option<Resubmit>,
    pub(crate) arrow: Option<ArrowOptions>,
    pub(crate) prefetch: Option<PrefetchOptions>,
}

impl Query {
    /// The statement's text.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The role, warehouse, database and schema that it asks for.
    #[must_use]
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// Whether it is a PUT or GET, which moves files.
    #[must_use]
    pub fn is_transfer(&self) -> bool {
        TextClass::of(&self.sql) == TextClass::Transfer
    }

    /// The same query with another text.
    #[must_use]
    pub fn with_sql(mut self, sql: impl Into<String>) -> Self {
        self.sql = sql.into();
        self
    }

    /// A query with another text and the same binds and context that is a statement of its own: it has no request id
    /// yet, and is waited for.
    #[must_use]
    pub fn as_another(mut self, sql: impl Into<String>) -> Self {
        self.request_id = None;
        self.asynchronous = false;
        self.with_sql(sql)
    }

    /// Whether [`QueryBuilder::async_mode`] was set.
    #[must_use]
    pub fn is_async(&self) -> bool {
        self.asynchronous
    }

    /// The request id to submit it with, where one was given.
    #[must_use]
    pub fn request_id(&self) -> Option<Uuid> {
        self.request_id
    }
}

/// Shows neither the text nor the bind values: either may hold what no log should.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("sql_bytes", &self.sql.len())
            .field(
                "binds",
                &(self.positional.len() + self.named.len() + self.columns.as_ref().map_or(0, Vec::len)),
            )
            .field("wanted", &self.wanted)
            .field("timeout", &self.timeout)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl From<&str> for Query {
    fn from(sql: &str) -> Self {
        QueryBuilder::new(sql).build()
    }
}

impl From<String> for Query {
    fn from(sql: String) -> Self {
        QueryBuilder::new(sql).build()
    }
}

impl From<&String> for Query {
    fn from(sql: &String) -> Self {
        QueryBuilder::new(sql.as_str()).build()
    }
}

impl From<QueryBuilder> for Query {
    fn from(builder: QueryBuilder) -> Self {
        builder.build()
    }
}

impl From<&Query> for Query {
    fn from(query: &Query) -> Self {
        query.clone()
    }
}

/// Puts a [`Query`] together.
///
/// Nothing is checked here: a name that is no identifier, a bind named twice and the like are reported when the
/// query is submitted.
#[derive(Clone, Debug)]
pub struct QueryBuilder {
    query: Query,
}

impl QueryBuilder {
    /// Starts with the statement's text.
    pub fn new(sql: impl Into<String>) -> Self {
        let query = Query {
            sql: sql.into(),
            positional: Vec::new(),
            named: Vec::new(),
            columns: None,
            wanted: Wanted::default(),
            timeout: None,
            parameters: BTreeMap::new(),
            asynchronous: false,
            request_id: None,
            resubmit: None,
            arrow: None,
            prefetch: None,
        };
        Self { query }
    }

    /// Binds the next `?`, or `:1`, `:2`, … in order.
    #[must_use]
    pub fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.query.positional.push(value.into());
        self
    }

    /// Binds several values, in order.
    #[must_use]
    pub fn binds<T: Into<Bind>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        self.query.positional.extend(values.into_iter().map(Into::into));
        self
    }

    /// Binds one value a row to each next `?`, so that one `INSERT ... VALUES (?, ?)` inserts all rows.
    ///
    /// The values of a column are of one type, NULLs aside; every row has as many values as the statement has
    /// placeholders. Rows that differ in length, columns of mixed types and no rows at all are reported when the
    /// statement is submitted.
    ///
    /// ```
    /// use snowflake_query::QueryBuilder;
    /// use snowflake_proto::Bind;
    ///
    /// let people = [(1, "Ada", Some(1815)), (2, "Bob", None)];
    /// let insert = QueryBuilder::new("INSERT INTO people VALUES (?, ?, ?)")
    ///     .bind_rows(people.map(|(id, name, born)| [Bind::from(id), Bind::from(name), Bind::from(born)]));
    /// # let _ = insert;
    /// ```
    #[must_use]
    pub fn bind_rows<R>(mut self, rows: impl IntoIterator<Item = R>) -> Self
    where
        R: IntoIterator<Item: Into<Bind>>,
    {
        let columns = self.query.columns.get_or_insert_default();
        let before = columns.len();
        for row in rows {
            for (at, value) in row.into_iter().enumerate() {
                match columns.get_mut(before + at) {
                    Some(column) => column.push(value.into()),
                    None => columns.push(vec![value.into()]),
                }
            }
        }
        self
    }

    /// Binds a whole column to the next `?`: one value a row, as [`bind_rows`](Self::bind_rows) does for all columns.
    #[must_use]
    pub fn bind_column<T: Into<Bind>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.query.columns.get_or_insert_default().push(values);
        self
    }

    /// Binds `:name`.
    #[must_use]
    pub fn bind_named(mut self, name: impl Into<String>, value: impl Into<Bind>) -> Self {
        self.query.named.push((name.into(), value.into()));
        self
    }

    /// Runs on this warehouse. Names are read as in SQL: `wh` and `WH` are the same, `"wh"` is another one.
    #[must_use]
    pub fn warehouse(mut self, name: impl Into<String>) -> Self {
        self.query.wanted.warehouse = Some(name.into());
        self
    }

    /// Runs with this as the current database.
    #[must_use]
    pub fn database(mut self, name: impl Into<String>) -> Self {
        self.query.wanted.database = Some(name.into());
        self
    }

    /// Runs with this as the current schema.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.query.wanted.schema = Some(name.into());
        self
    }

    /// Runs with this role.
    #[must_use]
    pub fn role(mut self, name: impl Into<String>) -> Self {
        self.query.wanted.role = Some(name.into());
        self
    }

    /// Gives the statement this much time, on the server and here; when it has passed, the statement is aborted and
    /// the call fails with [`ErrorKind::Timeout`](crate::ErrorKind::Timeout).
    #[must_use]
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.query.timeout = Some(limit);
        self
    }

    /// Tags the statement: `QUERY_TAG` in the query history.
    #[must_use]
    pub fn tag(self, tag: impl Into<String>) -> Self {
        self.parameter("QUERY_TAG", tag.into())
    }

    /// Sets a session parameter for this statement alone.
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<ParameterValue>) -> Self {
        self.query.parameters.insert(name.into().to_ascii_uppercase(), value.into());
        self
    }

    /// Marks the statement as one to be submitted and left running; `execute_async` does so for every statement.
    #[must_use]
    pub fn async_mode(mut self) -> Self {
        self.query.asynchronous = true;
        self
    }

    /// Submits with this request id, of which the statement is known to the server.
    ///
    /// # Asking again
    /// To resume a statement whose outcome is [unknown](crate::ErrorKind::OutcomeUnknown), build the same query once
    /// more, give it the [`request_id`](crate::Error::request_id) of the error, and execute it: it joins what runs, or
    /// returns what the first submission returned, and runs only if that one never arrived.
    ///
    /// - A session of the server runs a request id once. A [`Session`](crate::Session) asks in itself; a
    ///   [`Pool`](crate::Pool) asks in the session that the statement was submitted in, waiting for it if it is lent.
    /// - Once the server has told the [`QueryId`](crate::QueryId) of the statement, the outcome is fetched by that id in
    ///   any session (for a day), and nothing is submitted.
    /// - When the session has ended before the server told the query id, nobody can ask any more. The pool then fails
    ///   with `OutcomeUnknown` instead of submitting in another session, where the statement could run twice.
    /// - Another process, or another pool, knows nothing of this and submits. Whether the service recognises the id
    ///   there is up to the service.
    ///
    /// ```
    /// use snowflake_query::{ErrorKind, Pool, QueryBuilder, QueryResult, Result};
    ///
    /// async fn insert(pool: &Pool) -> Result<QueryResult> {
    ///     let statement = || QueryBuilder::new("INSERT INTO t VALUES (?)").bind(7);
    ///     match pool.execute(statement()).await {
    ///         Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
    ///             // Later, when the server can be reached again:
    ///             let Some(id) = error.request_id() else { return Err(error) };
    ///             pool.execute(statement().request_id(id)).await
    ///         }
    ///         outcome => outcome,
    ///     }
    /// }
    /// ```
    ///
    /// An id that stands for another text or other binds is refused with
    /// [`Configuration`](crate::ErrorKind::Configuration) before anything is sent. Sessions with the same (cloned)
    /// options, such as those of a pool, remember the last 1,024 ids that callers gave or whose outcome is unknown.
    #[must_use]
    pub fn request_id(mut self, id: Uuid) -> Self {
        self.query.request_id = Some(id);
        self
    }

    /// Chooses what happens when the answer is lost, instead of the session's choice.
    #[must_use]
    pub fn resubmit(mut self, resubmit: Resubmit) -> Self {
        self.query.resubmit = Some(resubmit);
        self
    }

    /// Maps the result's columns to Arrow in this way instead of the session's.
    #[must_use]
    pub fn arrow_options(mut self, options: ArrowOptions) -> Self {
        self.query.arrow = Some(options);
        self
    }

    /// Fetches the parts of a large result ahead of their reader in this way instead of the session's.
    #[must_use]
    pub fn prefetch_options(mut self, options: PrefetchOptions) -> Self {
        self.query.prefetch = Some(options);
        self
    }

    /// Done.
    #[must_use]
    pub fn build(self) -> Query {
        self.query
    }
}

#[cfg(test)]
mod tests {
    use super::{Query, QueryBuilder};

    #[test]
    fn g02_debug_shows_neither_text_nor_binds() {
        let query = QueryBuilder::new("select 'hunter2' where a = ?")
            .bind("hunter3")
            .bind_named("n", "hunter4")
            .bind_rows([["hunter5"]]);
        for text in [format!("{query:?}"), format!("{:#?}", query.build())] {
            assert!(!text.contains("hunter"), "{text}");
        }
    }

    #[test]
    fn text_is_a_query() {
        let queries: [Query; 3] = ["a".into(), String::from("a").into(), QueryBuilder::new("a").into()];
        assert!(queries.iter().all(|query| query.sql() == "a" && !query.is_async()));
    }
}
