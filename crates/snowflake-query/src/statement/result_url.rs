//! The address at which a running statement is asked for, checked before the session's token is sent to it.

use snafu::OptionExt;
use snowflake_proto::ServerAddress;
use url::Url;

use super::QueryId;
use crate::error::{Error, ForeignUrlSnafu};

/// A path on our own server with its query pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResultUrl {
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
}

impl ResultUrl {
    /// The address of the result of a statement.
    pub(crate) fn of(query_id: QueryId) -> Self {
        Self { path: format!("/queries/{query_id}/result"), query: Vec::new() }
    }

    /// What the server wrote into `getResultUrl`: relative, or absolute on the very same origin. Anything else could
    /// carry the session's token to another host.
    pub(crate) fn parse(
        text: &str,
        server: &ServerAddress,
        query_id: Option<QueryId>,
    ) -> Result<Self, Error> {
        let refused = ForeignUrlSnafu { query_id };
        let origin = Url::parse(&server.origin()).ok().context(refused)?;
        let url = origin.join(text).ok().context(refused)?;
        let ours = url.origin() == origin.origin() && url.username().is_empty() && url.password().is_none();
        if !ours || text.len() > 8 * 1024 {
            refused.fail()?;
        }
        let query = url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
        Ok(Self { path: url.path().to_owned(), query })
    }
}

#[cfg(test)]
mod tests {
    use snowflake_proto::{Protocol, ServerAddress};

    use super::{QueryId, ResultUrl};
    use crate::ErrorKind;

    fn parse(text: &str) -> Result<ResultUrl, crate::Error> {
        let server = ServerAddress::new(Protocol::Https, "acct.snowflakecomputing.com", None).unwrap();
        ResultUrl::parse(text, &server, None)
    }

    #[test]
    fn c30_relative_and_same_origin_addresses_are_accepted() {
        for text in [
            "/queries/01b2c3d4-0000-1111-0000-000000000001/result?a=1&b=x%2Fy",
            "https://acct.snowflakecomputing.com/queries/01b2c3d4-0000-1111-0000-000000000001/result?a=1&b=x%2Fy",
            "https://ACCT.snowflakecomputing.com:443/queries/01b2c3d4-0000-1111-0000-000000000001/result?a=1&b=x%2Fy",
        ] {
            let url = parse(text).unwrap();
            assert_eq!(url.path, "/queries/01b2c3d4-0000-1111-0000-000000000001/result");
            assert_eq!(url.query, [("a".into(), "1".into()), ("b".into(), "x/y".into())]);
        }
    }

    #[test]
    fn c30_any_other_address_is_refused() {
        for text in [
            "https://evil.example/queries/x/result",
            "//evil.example/queries/x/result",
            "\\\\evil.example\\x",
            "http://acct.snowflakecomputing.com/queries/x/result",
            "https://acct.snowflakecomputing.com:8443/queries/x/result",
            "https://acct.snowflakecomputing.com.evil.example/x",
            "https://user:word@acct.snowflakecomputing.com/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ] {
            assert_eq!(parse(text).err().map(|error| error.kind()), Some(ErrorKind::Protocol), "{text}");
        }
    }

    #[test]
    fn a_result_is_found_by_its_id() {
        let id = QueryId::parse("01b2c3d4-0000-1111-0000-000000000001").unwrap();
        assert_eq!(ResultUrl::of(id).path, "/queries/01b2c3d4-0000-1111-0000-000000000001/result");
    }
}
