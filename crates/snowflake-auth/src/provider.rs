//! The trait that every way of proving who one is implements.

use std::fmt::Debug;
use std::future::ready;

use snowflake_proto::{AccountId, Secret, ServerAddress, ServerCode};
use snowflake_transport::{BoxFuture, Transport};
use time::OffsetDateTime;

use crate::credential::Credential;
use crate::error::Result;

/// Proves who the user is.
///
/// A login asks for a credential before every attempt, so that what expires is made afresh, and tells afterwards what
/// the server thought of it, so that a provider that caches can forget.
pub trait CredentialProvider: Debug + Send + Sync {
    /// The credential for one attempt of a login. `transport` reaches identity providers.
    ///
    /// # Errors
    /// Whatever keeps the provider from having a credential; the login fails with that error and is not repeated.
    fn credential<'a>(
        &'a self,
        context: &'a LoginContext,
        transport: &'a dyn Transport,
    ) -> BoxFuture<'a, Result<Credential>>;

    /// What became of the login that the credential was for.
    fn outcome<'a>(&'a self, outcome: &'a LoginOutcome) -> BoxFuture<'a, ()> {
        let _ = outcome;
        Box::pin(ready(()))
    }
}

/// What a provider may need to know of the login at hand.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoginContext {
    /// The account that is logged in to.
    pub account: AccountId,
    /// The server that will see the credential.
    pub server: ServerAddress,
    /// The time at which the attempt starts.
    pub now: OffsetDateTime,
    /// The number of the attempt, from 1.
    pub attempt: u32,
}

impl LoginContext {
    /// The context of a first attempt.
    #[must_use]
    pub fn new(account: AccountId, server: ServerAddress, now: OffsetDateTime) -> Self {
        Self { account, server, now, attempt: 1 }
    }

    /// The same for another attempt.
    #[must_use]
    pub fn with_attempt(mut self, attempt: u32, now: OffsetDateTime) -> Self {
        self.attempt = attempt;
        self.now = now;
        self
    }
}

/// What the server thought of a credential.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum LoginOutcome {
    /// The login succeeded.
    #[non_exhaustive]
    Accepted {
        /// Replaces the browser at the next login, when the account allows it.
        id_token: Option<Secret>,
        /// Replaces the second factor at the next login, when the account allows it.
        mfa_token: Option<Secret>,
    },
    /// The server refused the credential.
    #[non_exhaustive]
    Rejected {
        /// The server's reason.
        code: Option<ServerCode>,
    },
    /// The server gave no answer that says anything about the credential.
    Unanswered,
}
