//! What a login sends as proof.

use snowflake_proto::Secret;
use snowflake_proto::wire::login::RequestData;

/// The proof of one login: a user name, perhaps, and a password or token.
///
/// `Debug` shows neither password nor token.
#[derive(Clone, Debug, Default)]
pub struct Credential {
    login_name: Option<String>,
    authenticator: Option<String>,
    password: Option<Secret>,
    token: Option<Secret>,
}

impl Credential {
    /// A user and a password.
    #[must_use]
    pub fn password(user: impl Into<String>, password: Secret) -> Self {
        Self { login_name: Some(user.into()), password: Some(password), ..Self::default() }
    }

    /// A token, and the name of the authenticator that understands it, such as `OAUTH`.
    #[must_use]
    pub fn token(authenticator: impl Into<String>, token: Secret) -> Self {
        Self { authenticator: Some(authenticator.into()), token: Some(token), ..Self::default() }
    }

    /// Names the user, which a token may not say by itself.
    #[must_use]
    pub fn with_login_name(mut self, user: impl Into<String>) -> Self {
        self.login_name = Some(user.into());
        self
    }

    /// Writes the proof into the body of a login.
    pub(crate) fn apply(&self, data: &mut RequestData) {
        data.login_name.clone_from(&self.login_name);
        data.authenticator.clone_from(&self.authenticator);
        data.password = self.password.as_ref().map(|password| password.expose().to_owned());
        data.token = self.token.as_ref().map(|token| token.expose().to_owned());
    }
}
