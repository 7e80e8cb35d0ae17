//! Logging in with a token that somebody else issued: OAuth access tokens and programmatic access tokens.

use std::path::{Path, PathBuf};

use snafu::ResultExt as _;
use snowflake_proto::Secret;
use snowflake_transport::{BoxFuture, Transport};

use crate::credential::Credential;
use crate::error::{Error, Repr, Result, TokenFileSnafu, TokenTaskSnafu};
use crate::file::{self, Exposure};
use crate::provider::{CredentialProvider, LoginContext};

/// No token is that long; a file that is holds something else.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// An OAuth access token.
///
/// It is used as it is: it cannot be refreshed here, so one that expires needs a file that somebody keeps fresh, or a
/// new login.
#[derive(Clone, Debug)]
pub struct AccessToken {
    user: Option<String>,
    source: Source,
}

/// A programmatic access token, which a user or a service user was given in place of a password.
#[derive(Clone, Debug)]
pub struct ProgrammaticAccessToken {
    user: Option<String>,
    source: Source,
}

#[derive(Clone, Debug)]
enum Source {
    Given(Secret),
    File(PathBuf),
}

impl AccessToken {
    /// A token that is at hand. Blanks and line breaks around it are removed.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { user: None, source: Source::Given(token.into()) }
    }

    /// A token in a file, read afresh at each login.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self { user: None, source: Source::File(path.into()) }
    }

    /// Names the user, who must be the one that the token is for.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }
}

impl ProgrammaticAccessToken {
    /// A token that is at hand. Blanks and line breaks around it are removed.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self { user: None, source: Source::Given(token.into()) }
    }

    /// A token in a file, read afresh at each login.
    pub fn from_file(path: impl Into<PathBuf>) -> Self {
        Self { user: None, source: Source::File(path.into()) }
    }

    /// Names the user, who must be the one that the token is for.
    #[must_use]
    pub fn with_user(mut self, user: impl Into<String>) -> Self {
        self.user = Some(user.into());
        self
    }
}

impl CredentialProvider for AccessToken {
    fn credential<'a>(
        &'a self,
        _: &'a LoginContext,
        _: &'a dyn Transport,
    ) -> BoxFuture<'a, Result<Credential>> {
        Box::pin(credential("OAUTH", self.user.as_deref(), &self.source))
    }
}

impl CredentialProvider for ProgrammaticAccessToken {
    fn credential<'a>(
        &'a self,
        _: &'a LoginContext,
        _: &'a dyn Transport,
    ) -> BoxFuture<'a, Result<Credential>> {
        Box::pin(credential("PROGRAMMATIC_ACCESS_TOKEN", self.user.as_deref(), &self.source))
    }
}

async fn credential(authenticator: &'static str, user: Option<&str>, source: &Source) -> Result<Credential> {
    let token = source.token().await?;
    let credential = Credential::token(authenticator, token);
    Ok(match user {
        Some(user) => credential.with_login_name(user),
        None => credential,
    })
}

impl Source {
    async fn token(&self) -> Result<Secret> {
        match self {
            Self::Given(token) => match token.expose().trim() {
                "" => Err(Error::configuration("the access token is empty")),
                trimmed => Ok(Secret::new(trimmed)),
            },
            Self::File(path) => {
                let path = path.clone();
                // A folder on the network can keep the reader waiting.
                tokio::task::spawn_blocking(move || token_in(&path)).await.context(TokenTaskSnafu)?
            }
        }
    }
}

fn token_in(path: &Path) -> Result<Secret> {
    let (bytes, exposure) = file::read(path, MAX_FILE_BYTES).context(TokenFileSnafu { path })?;
    if exposure == Exposure::OthersMayRead {
        tracing::warn!(path = %path.display(), "others may read the token file; restrict it with chmod 600");
    }
    let unusable = |reason| Error::from(Repr::TokenText { path: path.to_path_buf(), reason });
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Err(unusable("does not hold text"));
    };
    match text.trim_start_matches('\u{feff}').trim() {
        "" => Err(unusable("is empty; was the token not written yet?")),
        token if token.contains(char::is_whitespace) => {
            Err(unusable("holds more than one word; it must hold the token alone"))
        }
        token => Ok(Secret::new(token)),
    }
}
