//! The sorts of requests that a client of Snowflake makes, told apart by method and path.

use http::{Method, Uri};

use crate::protocol;

/// A sort of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Endpoint {
    /// `POST /session/v1/login-request`.
    Login,
    /// `POST /session/token-request`: a session token is renewed.
    Renew,
    /// `POST /session/heartbeat`.
    Heartbeat,
    /// `POST /session?delete=true`.
    Logout,
    /// `POST /queries/v1/query-request`: a statement is submitted.
    Query,
    /// `GET /queries/{id}/result`: a statement is polled, or its result fetched again.
    Result,
    /// `GET /monitoring/queries/{id}`.
    Monitor,
    /// `POST /queries/v1/abort-request` and `POST /queries/{id}/abort-request`.
    Abort,
    /// A GET of any path that is not the service's own: a part of a result, or a file of a stage.
    Part,
    /// Any other request to a path that is not the service's own: an upload to a stage.
    Storage,
    /// Every request, also those of the service's paths that have no name here.
    Any,
}

/// Where the service's own paths begin; everything else is an address that it handed out.
const OWN: [&str; 9] = [
    "/session",
    "/queries/",
    "/monitoring/",
    "/telemetry/",
    "/console/",
    "/oauth/",
    "/api/",
    "/v1/data/",
    "/v2/streaming/",
];

impl Endpoint {
    /// Every sort, each with the word that stands for it in a [`Schedule`](crate::Schedule).
    pub(super) const WORDS: [(Self, &'static str); 11] = [
        (Self::Login, "login"),
        (Self::Renew, "renew"),
        (Self::Heartbeat, "heartbeat"),
        (Self::Logout, "logout"),
        (Self::Query, "query"),
        (Self::Result, "result"),
        (Self::Monitor, "monitor"),
        (Self::Abort, "abort"),
        (Self::Part, "part"),
        (Self::Storage, "storage"),
        (Self::Any, "any"),
    ];

    /// The sort of a request; `Any` for those of the service's own paths that are no other sort.
    ///
    /// ```
    /// use http::{Method, Uri};
    /// use snowflake_sim::Endpoint;
    ///
    /// let submit = Uri::from_static("https://acct.example.com/queries/v1/query-request");
    /// assert_eq!(Endpoint::of(&Method::POST, &submit), Endpoint::Query);
    /// let part = Uri::from_static("https://storage.example.com/results/3");
    /// assert_eq!(Endpoint::of(&Method::GET, &part), Endpoint::Part);
    /// ```
    pub fn of(method: &Method, uri: &Uri) -> Self {
        match protocol::Call::of(method, uri) {
            protocol::Call::Login => Self::Login,
            protocol::Call::Renew => Self::Renew,
            protocol::Call::Heartbeat => Self::Heartbeat,
            protocol::Call::Logout => Self::Logout,
            protocol::Call::Submit => Self::Query,
            protocol::Call::Result(_) => Self::Result,
            protocol::Call::Monitor(_) => Self::Monitor,
            protocol::Call::AbortSubmission | protocol::Call::AbortQuery(_) => Self::Abort,
            protocol::Call::Telemetry => Self::Any,
            protocol::Call::Other if OWN.iter().any(|own| uri.path().starts_with(own)) => Self::Any,
            protocol::Call::Other if method == Method::GET => Self::Part,
            protocol::Call::Other => Self::Storage,
        }
    }

    /// Whether a request of one sort is meant by another; `Any` means all of them.
    pub(super) fn covers(self, other: Self) -> bool {
        self == Self::Any || self == other
    }

    /// The word for this sort.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(endpoint, _word)| *endpoint == self).map_or("any", |(_endpoint, word)| word)
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, Uri};

    use super::Endpoint;

    fn of(method: Method, path: &str) -> Endpoint {
        Endpoint::of(&method, &format!("https://acct.example.com{path}").parse::<Uri>().unwrap())
    }

    #[test]
    fn paths_of_the_service_are_told_from_those_that_it_hands_out() {
        let get = |path| of(Method::GET, path);
        let post = |path| of(Method::POST, path);
        assert_eq!(post("/session/v1/login-request"), Endpoint::Login);
        assert_eq!(post("/session/token-request"), Endpoint::Renew);
        assert_eq!(post("/session/heartbeat"), Endpoint::Heartbeat);
        assert_eq!(post("/session"), Endpoint::Logout);
        assert_eq!(get("/queries/01b2/result"), Endpoint::Result);
        assert_eq!(get("/monitoring/queries//01b2"), Endpoint::Monitor);
        assert_eq!(post("/queries/v1/abort-request"), Endpoint::Abort);
        assert_eq!(post("/queries/01b2/abort-request"), Endpoint::Abort);
        for own in ["/session/authenticator-request", "/oauth/token-request", "/v2/streaming/x", "/api/v2/s"]
        {
            assert_eq!(post(own), Endpoint::Any, "{own}");
        }
        assert_eq!((get("/results/0"), get("/")), (Endpoint::Part, Endpoint::Part));
        assert_eq!(of(Method::PUT, "/bucket/file.gz"), Endpoint::Storage);
        assert_eq!(of(Method::HEAD, "/bucket/file.gz"), Endpoint::Storage);
    }

    #[test]
    fn each_sort_has_one_word() {
        for (endpoint, word) in Endpoint::WORDS {
            assert_eq!(endpoint.as_str(), word);
            assert!(Endpoint::Any.covers(endpoint));
        }
    }
}
