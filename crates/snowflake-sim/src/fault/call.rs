//! What a request says about itself: its sort, its token, and what it asks for.

use http::Uri;
use snowflake_transport::{Request, RequestOptions};

use super::endpoint::Endpoint;
use crate::protocol;

/// The facts about a request that rules and expired things go by.
#[derive(Clone)]
pub(super) struct Call {
    pub(super) endpoint: Endpoint,
    /// The number of the session, once it has one.
    pub(super) session: Option<usize>,
    /// The token that it presents.
    pub(super) token: Option<String>,
    /// The session token that a renewal is to replace.
    pub(super) replaces: Option<String>,
    /// The statement whose result is asked for.
    pub(super) result: Option<String>,
    pub(super) address: Uri,
    pub(super) options: RequestOptions,
}

impl Call {
    pub(super) fn of(request: &Request) -> Self {
        let endpoint = Endpoint::of(request.method(), request.uri());
        let result = match protocol::Call::of(request.method(), request.uri()) {
            protocol::Call::Result(id) => Some(id),
            _ => None,
        };
        Self {
            endpoint,
            session: None,
            token: protocol::token(request.headers()).map(str::to_owned),
            replaces: (endpoint == Endpoint::Renew).then(|| old_token(request)).flatten(),
            result,
            address: request.uri().clone(),
            options: RequestOptions::of(request),
        }
    }

    /// The token, if it is one of a session.
    pub(super) fn session_token(&self) -> Option<&str> {
        match self.endpoint {
            // A login presents none worth the name, and a renewal the master token.
            Endpoint::Login | Endpoint::Renew => None,
            _ => self.token.as_deref(),
        }
    }

    pub(super) fn is_to_storage(&self) -> bool {
        matches!(self.endpoint, Endpoint::Part | Endpoint::Storage)
    }
}

fn old_token(request: &Request) -> Option<String> {
    let body = protocol::body_json(request.body().as_bytes()?)?;
    Some(body.get("oldSessionToken")?.as_str()?.to_owned())
}
