//! Logging in with a private key whose public half the user was given.

use std::future::ready;
use std::time::Duration;

use snowflake_transport::{BoxFuture, Transport};

use crate::credential::Credential;
use crate::error::{Error, Result};
use crate::jwt;
use crate::key::PrivateKey;
use crate::provider::{CredentialProvider, LoginContext};

/// How long a signed token is good for; the server accepts at most an hour.
const LIFETIME: Duration = Duration::from_secs(120);
const LONGEST_LIFETIME: Duration = Duration::from_secs(3600);

/// A user and a private key.
///
/// A short-lived token is signed for each attempt of a login, so that one that was held up on the way is not sent
/// again. Its times come from the login's clock: a clock that is minutes off makes the server refuse it.
#[derive(Clone, Debug)]
pub struct KeyPair {
    user: String,
    key: PrivateKey,
    lifetime: Duration,
}

impl KeyPair {
    /// The user's name as the account knows it, and the key.
    pub fn new(user: impl Into<String>, key: PrivateKey) -> Self {
        Self { user: user.into(), key, lifetime: LIFETIME }
    }

    /// Sets how long a signed token is good for: two minutes unless set, one hour at the most.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    fn signed(&self, context: &LoginContext) -> Result<Credential> {
        if self.user.is_empty() {
            return Err(Error::configuration("a key-pair login needs a user name; none was given"));
        }
        if self.lifetime.as_secs() == 0 || self.lifetime > LONGEST_LIFETIME {
            return Err(Error::configuration(
                "the lifetime of a login token must be between 1 second and 1 hour",
            ));
        }
        let token = jwt::sign(&self.key, &context.account, &self.user, context.now, self.lifetime)?;
        Ok(Credential::token("SNOWFLAKE_JWT", token).with_login_name(self.user.as_str()))
    }
}

impl CredentialProvider for KeyPair {
    fn credential<'a>(
        &'a self,
        context: &'a LoginContext,
        _: &'a dyn Transport,
    ) -> BoxFuture<'a, Result<Credential>> {
        Box::pin(ready(self.signed(context)))
    }
}
