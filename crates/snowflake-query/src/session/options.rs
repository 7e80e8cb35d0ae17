//! What it takes to open sessions.

use std::sync::Arc;
use std::time::Duration;

use snowflake_auth::{CredentialProvider, LoginOptions, Server};

use super::RequestIds;
use crate::observer::Observer;
use crate::result::ResultOptions;
use crate::statement::Resubmit;

/// Where to log in, as whom, and how the session's results are read.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    pub(crate) server: Server,
    pub(crate) provider: Arc<dyn CredentialProvider>,
    pub(crate) login: LoginOptions,
    pub(crate) defaults: Defaults,
}

/// What statements of a session use where they do not say otherwise.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    pub(crate) results: ResultOptions,
    pub(crate) timeout: Option<Duration>,
    pub(crate) resubmit: Resubmit,
    /// Who is told of statements.
    pub(crate) observers: Vec<Arc<dyn Observer>>,
    /// What sessions of the same options remember together.
    pub(crate) request_ids: Arc<RequestIds>,
}

impl SessionOptions {
    /// A server, the proof of who logs in, and what the session starts with.
    pub fn new(server: Server, provider: Arc<dyn CredentialProvider>, login: LoginOptions) -> Self {
        Self { server, provider, login, defaults: Defaults::default() }
    }

    /// Chooses how results are fetched and held; a query can choose otherwise.
    #[must_use]
    pub fn with_results(mut self, results: ResultOptions) -> Self {
        self.defaults.results = results;
        self
    }

    /// Limits the time of every statement that names no limit of its own.
    #[must_use]
    pub fn with_timeout(mut self, limit: Duration) -> Self {
        self.defaults.timeout = Some(limit);
        self
    }

    /// Chooses what happens to statements whose answer is lost; a query can choose otherwise.
    #[must_use]
    pub fn with_resubmit(mut self, resubmit: Resubmit) -> Self {
        self.defaults.resubmit = resubmit;
        self
    }

    /// Tells this observer, beside those given before, of every statement.
    #[must_use]
    pub fn with_observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.defaults.observers.push(observer);
        self
    }

    /// The server that sessions are opened on.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }
}
