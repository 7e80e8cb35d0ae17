//! Which call of the driver protocol a request is.

use http::{Method, Uri};

/// A call, by its method and path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Login,
    Renew,
    Heartbeat,
    Logout,
    Telemetry,
    /// Submits a statement.
    Submit,
    /// Asks for the result of the statement with this query id.
    Result(String),
    /// Asks how far the statement with this query id has come.
    Monitor(String),
    /// Stops the statement that was submitted with the request id in the body.
    AbortSubmission,
    /// Stops the statement with this query id.
    AbortQuery(String),
    /// None of these: a part, a store, an identity provider.
    Other,
}

impl Call {
    pub(crate) fn of(method: &Method, uri: &Uri) -> Self {
        // Some drivers write an empty segment between two slashes.
        let segments: Vec<&str> = uri.path().split('/').filter(|segment| !segment.is_empty()).collect();
        match (method, segments.as_slice()) {
            (&Method::POST, ["session", "v1", "login-request"]) => Self::Login,
            (&Method::POST, ["session", "token-request"]) => Self::Renew,
            (&Method::POST, ["session", "heartbeat"]) => Self::Heartbeat,
            (&Method::POST, ["session"]) => Self::Logout,
            (&Method::POST, ["telemetry", "send"]) => Self::Telemetry,
            (&Method::POST, ["queries", "v1", "query-request"]) => Self::Submit,
            (&Method::POST, ["queries", "v1", "abort-request"]) => Self::AbortSubmission,
            (&Method::POST, ["queries", id, "abort-request"]) => Self::AbortQuery((*id).to_owned()),
            (&Method::GET, ["queries", id, "result"]) => Self::Result((*id).to_owned()),
            (&Method::GET, ["monitoring", "queries", id]) => Self::Monitor((*id).to_owned()),
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, Uri};

    use super::Call;

    #[test]
    fn calls_are_known_by_method_and_path() {
        let of = |method: Method, path: &str| {
            Call::of(&method, &format!("https://a.example{path}").parse::<Uri>().unwrap())
        };
        assert_eq!(of(Method::POST, "/session/v1/login-request?requestId=1"), Call::Login);
        assert_eq!(of(Method::POST, "/session?delete=true"), Call::Logout);
        assert_eq!(of(Method::POST, "/queries/v1/query-request"), Call::Submit);
        assert_eq!(of(Method::POST, "/queries/v1/abort-request"), Call::AbortSubmission);
        assert_eq!(of(Method::POST, "/queries/01b2/abort-request"), Call::AbortQuery("01b2".into()));
        assert_eq!(of(Method::GET, "/monitoring/queries//01b2"), Call::Monitor("01b2".into()));
        assert_eq!(of(Method::GET, "/queries/01b2/result"), Call::Result("01b2".into()));
        assert_eq!(of(Method::GET, "/queries/v1/query-request"), Call::Other);
        assert_eq!(of(Method::PUT, "/bucket/key"), Call::Other);
    }
}
