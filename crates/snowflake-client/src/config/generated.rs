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
    /// The value without the variable, written as in the environment.
    pub(crate) default: Option<&'static str>,
    /// What it does.
    pub(crate) doc: &'static str,
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
        default: None,
        doc: "The account, as `organization-account` or as a locator such as `xy12345.eu-central-1`",
    },
    Variable {
        env: "SNOWFLAKE_USER",
        key: "user",
        kind: Kind::Text,
        default: None,
        doc: "The name to log in with; an OAuth token can do without",
    },
    Variable {
        env: "SNOWFLAKE_AUTHENTICATOR",
        key: "authenticator",
        kind: Kind::Choice(&["snowflake", "snowflake_jwt", "oauth", "programmatic_access_token"]),
        default: None,
        doc: "How to log in; without it, what else is set decides: a private key, a token, a password",
    },
    Variable {
        env: "SNOWFLAKE_PASSWORD",
        key: "password",
        kind: Kind::Secret,
        default: None,
        doc: "The password",
    },
    Variable {
        env: "SNOWFLAKE_PRIVATE_KEY_PATH",
        key: "private_key_path",
        kind: Kind::Path,
        default: None,
        doc: "File with the private key of a key pair login, PKCS#8 or PKCS#1, as PEM or DER",
    },
    Variable {
        env: "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
        key: "private_key_passphrase",
        kind: Kind::Secret,
        default: None,
        doc: "Passphrase of an encrypted private key",
    },
    Variable {
        env: "SNOWFLAKE_TOKEN",
        key: "token",
        kind: Kind::Secret,
        default: None,
        doc: "An OAuth access token or a programmatic access token",
    },
    Variable {
        env: "SNOWFLAKE_TOKEN_FILE_PATH",
        key: "token_file_path",
        kind: Kind::Path,
        default: None,
        doc: "File with the token, read afresh at each login",
    },
    Variable {
        env: "SNOWFLAKE_WAREHOUSE",
        key: "warehouse",
        kind: Kind::Text,
        default: None,
        doc: "Warehouse of new sessions",
    },
    Variable {
        env: "SNOWFLAKE_DATABASE",
        key: "database",
        kind: Kind::Text,
        default: None,
        doc: "Database of new sessions",
    },
    Variable {
        env: "SNOWFLAKE_SCHEMA",
        key: "schema",
        kind: Kind::Text,
        default: None,
        doc: "Schema of new sessions",
    },
    Variable {
        env: "SNOWFLAKE_ROLE",
        key: "role",
        kind: Kind::Text,
        default: None,
        doc: "Role of new sessions",
    },
    Variable {
        env: "SNOWFLAKE_POOL_MIN",
        key: "pool_min",
        kind: Kind::Integer,
        default: Some("2"),
        doc: "Sessions that are kept ready",
    },
    Variable {
        env: "SNOWFLAKE_POOL_MAX",
        key: "pool_max",
        kind: Kind::Integer,
        default: Some("10"),
        doc: "Sessions that may be open at once",
    },
    Variable {
        env: "SNOWFLAKE_POOL_IDLE_TIMEOUT",
        key: "pool_idle_timeout",
        kind: Kind::Duration,
        default: Some("30m"),
        doc: "How long an unused session stays open",
    },
    Variable {
        env: "SNOWFLAKE_CONNECT_TIMEOUT",
        key: "connect_timeout",
        kind: Kind::Duration,
        default: Some("30s"),
        doc: "How long opening a connection may take",
    },
    Variable {
        env: "SNOWFLAKE_QUERY_TIMEOUT",
        key: "query_timeout",
        kind: Kind::Duration,
        default: Some("5m"),
        doc: "How long a statement may run before it is cancelled",
    },
    Variable {
        env: "SNOWFLAKE_HOST",
        key: "host",
        kind: Kind::Text,
        default: None,
        doc: "Host to talk to instead of the one that follows from the account",
    },
    Variable {
        env: "SNOWFLAKE_PORT",
        key: "port",
        kind: Kind::Integer,
        default: None,
        doc: "Port to talk to instead of that of the protocol",
    },
    Variable {
        env: "SNOWFLAKE_PROTOCOL",
        key: "protocol",
        kind: Kind::Choice(&["https", "http"]),
        default: Some("https"),
        doc: "Plain `http` is accepted for hosts of this machine alone, unless SNOWFLAKE_INSECURE_HTTP allows more",
    },
    Variable {
        env: "SNOWFLAKE_INSECURE_HTTP",
        key: "insecure_http",
        kind: Kind::Boolean,
        default: Some("false"),
        doc: "Allow plain `http` to other machines; everything, passwords included, then travels readable",
    },
    Variable {
        env: "SNOWFLAKE_SIMULATION_MODE",
        key: "simulation_mode",
        kind: Kind::Choice(&["disabled", "record", "replay"]),
        default: Some("disabled"),
        doc: "Answers from the service, or from the simulator",
    },
];
