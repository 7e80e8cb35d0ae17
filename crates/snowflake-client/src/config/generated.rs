//! Environment variables, from fixtures/catalog/config.toml.
//!
//! Written by `cargo xtask codegen`: edit the catalogue instead.

/// An environment variable that sets a key of the configuration.
#[derive(Debug)]
pub(crate) struct Variable {
    /// Name of the environment variable.
    pub(crate) env: &'static str,
    /// Name of the key.
    pub(crate) key: &'static str,
    /// How the text is read.
    pub(crate) kind: Kind,
    /// The value without the variable, written as in the environment; tests compare the code's defaults with it.
    #[cfg(test)]
    pub(crate) default: Option<&'static str>,
}

/// How the text of a variable is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As it is.
    Text,
    /// As it is, and shown to nobody.
    Secret,
    /// As the path of a file.
    Path,
    /// As a whole number without a sign.
    Integer,
    /// As true or false.
    Boolean,
    /// As a number with a unit: `500ms`, `30s`, `5m`, `2h`.
    Duration,
    /// As one of these words.
    Choice(&'static [&'static str]),
}

/// Every variable, as the reference page lists them.
pub(crate) static VARIABLES: &[Variable] = &[
    Variable {
        env: "SNOWFLAKE_ACCOUNT",
        key: "account",
        kind: Kind::Text,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_USER",
        key: "user",
        kind: Kind::Text,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_AUTHENTICATOR",
        key: "authenticator",
        kind: Kind::Choice(&["snowflake", "snowflake_jwt", "oauth", "programmatic_access_token"]),
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_PASSWORD",
        key: "password",
        kind: Kind::Secret,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_PRIVATE_KEY_PATH",
        key: "private_key_path",
        kind: Kind::Path,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
        key: "private_key_passphrase",
        kind: Kind::Secret,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_TOKEN",
        key: "token",
        kind: Kind::Secret,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_TOKEN_FILE_PATH",
        key: "token_file_path",
        kind: Kind::Path,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_WAREHOUSE",
        key: "warehouse",
        kind: Kind::Text,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_DATABASE",
        key: "database",
        kind: Kind::Text,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_SCHEMA",
        key: "schema",
        kind: Kind::Text,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_ROLE",
        key: "role",
        kind: Kind::Text,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_POOL_MIN",
        key: "pool_min",
        kind: Kind::Integer,
        #[cfg(test)]
        default: Some("2"),
    },
    Variable {
        env: "SNOWFLAKE_POOL_MAX",
        key: "pool_max",
        kind: Kind::Integer,
        #[cfg(test)]
        default: Some("10"),
    },
    Variable {
        env: "SNOWFLAKE_POOL_IDLE_TIMEOUT",
        key: "pool_idle_timeout",
        kind: Kind::Duration,
        #[cfg(test)]
        default: Some("30m"),
    },
    Variable {
        env: "SNOWFLAKE_CONNECT_TIMEOUT",
        key: "connect_timeout",
        kind: Kind::Duration,
        #[cfg(test)]
        default: Some("30s"),
    },
    Variable {
        env: "SNOWFLAKE_QUERY_TIMEOUT",
        key: "query_timeout",
        kind: Kind::Duration,
        #[cfg(test)]
        default: Some("5m"),
    },
    Variable {
        env: "SNOWFLAKE_HOST",
        key: "host",
        kind: Kind::Text,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_PORT",
        key: "port",
        kind: Kind::Integer,
        #[cfg(test)]
        default: None,
    },
    Variable {
        env: "SNOWFLAKE_PROTOCOL",
        key: "protocol",
        kind: Kind::Choice(&["https", "http"]),
        #[cfg(test)]
        default: Some("https"),
    },
    Variable {
        env: "SNOWFLAKE_INSECURE_HTTP",
        key: "insecure_http",
        kind: Kind::Boolean,
        #[cfg(test)]
        default: Some("false"),
    },
    Variable {
        env: "SNOWFLAKE_SIMULATION_MODE",
        key: "simulation_mode",
        kind: Kind::Choice(&["disabled", "record", "replay"]),
        #[cfg(test)]
        default: Some("disabled"),
    },
    Variable {
        env: "SNOWFLAKE_SIMULATION_FILE",
        key: "simulation_file",
        kind: Kind::Text,
        #[cfg(test)]
        default: None,
    },
];
