//! What a client says it is.

/// The name and version that the server decides features by, and the client's own name for its logs.
///
/// The server offers Arrow results only to drivers that it knows by name, so the default is the name of one whose
/// protocol this client speaks.
/// The client's own name travels beside it, in `User-Agent` and in the environment of the login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) user_agent: String,
}

impl ClientId {
    /// The name of a driver and its version, which is digits and dots.
    pub fn new(id: impl Into<String>, version: impl Into<String>) -> Self {
        Self { id: id.into(), version: version.into(), user_agent: own_name() }
    }

    /// Replaces the client's own name, in the form `name/version`.
    #[must_use]
    pub fn with_user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = user_agent.into();
        self
    }

    /// The name of the driver.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version of the driver.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }
}

impl Default for ClientId {
    fn default() -> Self {
        Self::new("PythonConnector", "4.7.5")
    }
}

fn own_name() -> String {
    let (os, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("snowflake-client-rust/{} ({os}-{architecture})", env!("CARGO_PKG_VERSION"))
}
