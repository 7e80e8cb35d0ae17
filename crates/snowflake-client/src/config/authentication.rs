//! How to log in.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use snowflake_auth::CredentialProvider;
use snowflake_proto::Secret;

/// How to log in. `Debug` shows no secret.
#[derive(Clone)]
#[non_exhaustive]
pub enum Authentication {
    /// With a password.
    Password(Secret),
    /// With a key pair; the file is read once, when the client is built.
    KeyPairFile {
        /// File with the private key, PKCS#8 or PKCS#1, as PEM or DER.
        path: PathBuf,
        /// Passphrase of an encrypted key.
        passphrase: Option<Secret>,
    },
    /// With a key pair whose private key is given as text or bytes.
    KeyPair {
        /// The private key, PKCS#8 or PKCS#1, as PEM.
        key: Secret,
        /// Passphrase of an encrypted key.
        passphrase: Option<Secret>,
    },
    /// With an OAuth access token.
    OAuthToken(Secret),
    /// With an OAuth access token from a file that is read afresh at each login.
    OAuthTokenFile(PathBuf),
    /// With a programmatic access token.
    ProgrammaticAccessToken(Secret),
    /// With a programmatic access token from a file that is read afresh at each login.
    ProgrammaticAccessTokenFile(PathBuf),
    /// With credentials that the program itself provides.
    Provider(Arc<dyn CredentialProvider>),
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password",
            Self::KeyPairFile { .. } => "KeyPairFile",
            Self::KeyPair { .. } => "KeyPair",
            Self::OAuthToken(_) => "OAuthToken",
            Self::OAuthTokenFile(_) => "OAuthTokenFile",
            Self::ProgrammaticAccessToken(_) => "ProgrammaticAccessToken",
            Self::ProgrammaticAccessTokenFile(_) => "ProgrammaticAccessTokenFile",
            Self::Provider(_) => "Provider",
        })
    }
}
