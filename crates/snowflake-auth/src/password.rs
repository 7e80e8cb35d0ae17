//! Logging in with a password.

use std::future::ready;

use snowflake_proto::Secret;
use snowflake_transport::{BoxFuture, Transport};

use crate::credential::Credential;
use crate::error::{Error, Result};
use crate::provider::{CredentialProvider, LoginContext};

/// A user and a password.
///
/// ```
/// use snowflake_auth::Password;
///
/// let password = Password::new("alice", "correct horse");
/// assert!(!format!("{password:?}").contains("correct horse"));
/// ```
#[derive(Clone, Debug)]
pub struct Password {
    user: String,
    password: Secret,
}

impl Password {
    /// The user's name as the account knows it, and the password exactly as it is: nothing is trimmed.
    pub fn new(user: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self { user: user.into(), password: password.into() }
    }

    fn checked(&self) -> Result<Credential> {
        if self.user.is_empty() {
            return Err(Error::configuration("a password login needs a user name; none was given"));
        }
        if self.password.is_empty() {
            return Err(Error::configuration("a password login needs a password; the one given is empty"));
        }
        Ok(Credential::password(self.user.as_str(), self.password.clone()))
    }
}

impl CredentialProvider for Password {
    fn credential<'a>(
        &'a self,
        _: &'a LoginContext,
        _: &'a dyn Transport,
    ) -> BoxFuture<'a, Result<Credential>> {
        Box::pin(ready(self.checked()))
    }
}
