//! The statements of a load, with what its options say about each.

use std::time::Duration;

use snowflake_query::{Query, QueryBuilder, Wanted};

use super::options::BulkInsertOptions;

/// What goes with every statement.
#[derive(Clone, Debug, Default)]
pub(super) struct Statements {
    pub(super) warehouse: Option<String>,
    pub(super) timeout: Option<Duration>,
    pub(super) tag: Option<String>,
}

impl Statements {
    pub(super) fn new(options: &BulkInsertOptions) -> Self {
        Self { warehouse: options.warehouse.clone(), timeout: options.timeout, tag: options.tag.clone() }
    }

    pub(super) fn query(&self, sql: impl Into<String>) -> Query {
        self.finish(QueryBuilder::new(sql))
    }

    pub(super) fn finish(&self, query: QueryBuilder) -> Query {
        crate::copy::with_options(query, self.warehouse.as_deref(), self.timeout, self.tag.as_deref())
    }

    /// The session that these statements run in.
    pub(super) fn wanted(&self) -> Wanted {
        Wanted { warehouse: self.warehouse.clone(), ..Wanted::default() }
    }
}
