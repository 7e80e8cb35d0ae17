//! Asking the account, in the role and on the warehouse that the service was given.

use std::time::Duration;

use snowflake_query::{Pool, QueryBuilder};

use crate::account_usage::read_account_usage;
use crate::answer::{AnswerRow, read_all};
use crate::error::Result;
use crate::service::ServiceOptions;

/// The tag of every statement of a collector, by which its cost is found again.
const TAG: &str = "snowflake-ops";

/// The account that collectors ask.
#[derive(Clone, Debug)]
pub(in crate::service) struct Account {
    pool: Pool,
    pub(super) role: Option<String>,
    pub(super) warehouse: Option<String>,
}

impl Account {
    pub(in crate::service) fn new(pool: &Pool, options: &ServiceOptions) -> Self {
        Self { pool: pool.clone(), role: options.role.clone(), warehouse: options.warehouse.clone() }
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Reads views of `ACCOUNT_USAGE`, which takes a warehouse.
    pub(super) async fn read_usage<T: Send>(
        &self,
        sql: impl Into<String>,
        limit: Duration,
        view: &'static str,
        read: impl Fn(&AnswerRow<'_>) -> Result<T> + Send,
    ) -> Result<Vec<T>> {
        let mut query = self.query(sql, limit);
        if let Some(warehouse) = &self.warehouse {
            query = query.warehouse(warehouse);
        }
        read_account_usage(&self.pool, query.build(), view, read).await
    }

    /// Reads the answer of a statement that takes no warehouse.
    pub(super) async fn read_show<T: Send>(
        &self,
        sql: &'static str,
        limit: Duration,
        read: impl Fn(&AnswerRow<'_>) -> Result<T> + Send,
    ) -> Result<Vec<T>> {
        read_all(&self.pool, self.query(sql, limit).build(), sql, read).await
    }

    fn query(&self, sql: impl Into<String>, limit: Duration) -> QueryBuilder {
        let query = QueryBuilder::new(sql).timeout(limit).tag(TAG);
        match &self.role {
            Some(role) => query.role(role),
            None => query,
        }
    }
}
