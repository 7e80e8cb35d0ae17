//! Reading `SNOWFLAKE.ACCOUNT_USAGE`, which a role sees only after a grant.

use snafu::IntoError;
use snowflake_proto::{Identifier, ServerCode};
use snowflake_query::{Pool, Query, RowStream, Wanted};

use crate::answer::{AnswerRow, collect};
use crate::error::{AccountUsageSnafu, Result};

/// Runs a statement over `SNOWFLAKE.ACCOUNT_USAGE` and reads each row of its answer as it arrives.
///
/// # Errors
/// Where the role may not see the database `SNOWFLAKE`, one that names the missing grant.
pub(crate) async fn read_account_usage<T: Send>(
    pool: &Pool,
    query: impl Into<Query> + Send,
    statement: &'static str,
    read: impl Fn(&AnswerRow<'_>) -> Result<T> + Send,
) -> Result<Vec<T>> {
    collect(stream_account_usage(pool, query).await?, statement, read).await
}

/// The same, row by row.
pub(crate) async fn stream_account_usage(pool: &Pool, query: impl Into<Query> + Send) -> Result<RowStream> {
    let query = query.into();
    match pool.execute_stream(query.clone()).await {
        Err(source) if source.code().is_some_and(is_refusal) => {
            let role = role_of(pool, &query).await;
            Err(AccountUsageSnafu { role }.into_error(source))?
        }
        answer => Ok(answer?),
    }
}

fn is_refusal(code: &ServerCode) -> bool {
    [ServerCode::OBJECT_DOES_NOT_EXIST, ServerCode::INSUFFICIENT_PRIVILEGES].contains(code)
}

/// The role that the statement ran with, as SQL spells it.
pub(crate) async fn role_of(pool: &Pool, query: &Query) -> String {
    if let Some(role) = &query.wanted().role {
        return role.clone();
    }
    let session = pool.get(&Wanted::default()).await;
    let role = session.ok().and_then(|session| session.role()).unwrap_or_else(|| "PUBLIC".to_owned());
    spelled(&role)
}

/// A name with quotes only where it needs them.
pub(crate) fn spelled(name: &str) -> String {
    match Identifier::parse(name) {
        Ok(parsed) if parsed.name() == name => name.to_owned(),
        _ => Identifier::new(name).map_or_else(|_| name.to_owned(), |quoted| quoted.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use snowflake_sim::{Answer, StandIn, Table};

    use super::{read_account_usage, spelled};
    use crate::error::ErrorKind;
    use crate::testing::pool;

    #[tokio::test]
    async fn a_role_that_may_not_look_is_told_which_grant_it_needs() {
        let refusal = "Database 'SNOWFLAKE' does not exist or not authorized.";
        let service = StandIn::new().role("\"night shift\"").on_prefix(
            "SELECT",
            Answer::error("002003", "02000", refusal).then(Answer::rows(Table::new().text("A"))),
        );
        let pool = pool(&service);
        let read =
            || read_account_usage(&pool, "SELECT a FROM SNOWFLAKE.ACCOUNT_USAGE.X", "X", |row| row.text("A"));
        let error = read().await.unwrap_err();
        assert!(error.lacks_account_usage());
        assert_eq!(error.kind(), ErrorKind::Sql);
        let grant = "GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE \"night shift\"";
        assert!(error.to_string().ends_with(grant), "{error}");
        assert!(read().await.unwrap().is_empty(), "other answers are answers");
    }

    #[test]
    fn q01_names_have_quotes_where_they_need_them() {
        for (name, sql) in [("A_1", "A_1"), ("a", "\"a\""), ("A\"B", "\"A\"\"B\""), ("", "")] {
            assert_eq!(spelled(name), sql);
        }
    }
}
