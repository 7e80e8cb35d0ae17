//! The settings that come from `SNOWFLAKE_*` variables.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use snowflake_ops::parse_duration;
use snowflake_proto::{Protocol, Secret};

use super::generated::{Kind, VARIABLES};
use super::{Authentication, SimulationMode, SnowflakeConfig};
use crate::error::SnowflakeError;

/// The variables to read.
pub(super) struct Environment(HashMap<String, String>);

impl Environment {
    /// The one place that reads the environment.
    pub(super) fn of_process() -> Self {
        Self::of(
            VARIABLES.iter().filter_map(|variable| Some((variable.env, std::env::var(variable.env).ok()?))),
        )
    }

    pub(super) fn of<K: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        let pairs = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        Self(pairs.filter(|(_, value): &(String, String)| !value.trim().is_empty()).collect())
    }
}

/// The configuration that the variables describe.
pub(super) fn read(environment: &Environment) -> Result<SnowflakeConfig, SnowflakeError> {
    let mut reader = Reader { environment, problems: Vec::new() };
    let defaults = SnowflakeConfig::default();
    let simulation_mode = match reader.choice("simulation_mode") {
        Some("record") => SimulationMode::Record,
        Some("replay") => SimulationMode::Replay,
        _ => SimulationMode::Disabled,
    };
    let config = SnowflakeConfig {
        // A recording needs neither account nor credentials.
        account: match simulation_mode {
            SimulationMode::Replay => reader.text("account").unwrap_or_default(),
            _ => reader.required("account"),
        },
        user: reader.text("user"),
        authentication: match simulation_mode {
            SimulationMode::Replay => None,
            _ => reader.authentication(),
        },
        role: reader.text("role"),
        warehouse: reader.text("warehouse"),
        database: reader.text("database"),
        schema: reader.text("schema"),
        host: reader.text("host"),
        port: reader.integer("port"),
        protocol: match reader.choice("protocol") {
            Some("http") => Protocol::Http,
            _ => Protocol::Https,
        },
        insecure_http: reader.boolean("insecure_http").unwrap_or(false),
        pool_min: reader.integer("pool_min").unwrap_or(defaults.pool_min),
        pool_max: reader.integer("pool_max").unwrap_or(defaults.pool_max),
        pool_idle_timeout: reader.duration("pool_idle_timeout").unwrap_or(defaults.pool_idle_timeout),
        connect_timeout: reader.duration("connect_timeout").unwrap_or(defaults.connect_timeout),
        query_timeout: reader.duration("query_timeout").or(defaults.query_timeout),
        simulation_mode,
        simulation_file: reader.text("simulation_file").map(PathBuf::from),
        ..defaults
    };
    reader.finish(config)
}

struct Reader<'a> {
    environment: &'a Environment,
    problems: Vec<String>,
}

impl<'a> Reader<'a> {
    /// The name of the variable behind a key, how its text is read, and the text if it is set.
    fn variable(&self, key: &str) -> (&'static str, Kind, Option<&'a str>) {
        match VARIABLES.iter().find(|variable| variable.key == key) {
            Some(variable) => {
                let value = self.environment.0.get(variable.env).map(|value| value.trim());
                (variable.env, variable.kind, value)
            }
            None => ("", Kind::Text, None),
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        self.variable(key).2.map(str::to_owned)
    }

    fn required(&mut self, key: &str) -> String {
        let (name, _, value) = self.variable(key);
        if value.is_none() {
            self.problems.push(format!("{name} is not set"));
        }
        value.unwrap_or_default().to_owned()
    }

    fn secret(&self, key: &str) -> Option<Secret> {
        // Untrimmed: a password may begin or end with white space.
        let (name, ..) = self.variable(key);
        self.environment.0.get(name).map(|value| Secret::new(value.clone()))
    }

    fn parsed<T>(&mut self, key: &str, wanted: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let (name, _, value) = self.variable(key);
        let parsed = parse(value?);
        if parsed.is_none() {
            self.problems.push(format!("{name} is not {wanted}"));
        }
        parsed
    }

    fn integer<T: std::str::FromStr>(&mut self, key: &str) -> Option<T> {
        self.parsed(key, "a whole number in range", |text| text.parse().ok())
    }

    fn duration(&mut self, key: &str) -> Option<Duration> {
        self.parsed(key, "a number with a unit, such as 500ms, 30s, 5m or 2h", parse_duration)
    }

    fn boolean(&mut self, key: &str) -> Option<bool> {
        self.parsed(key, "true or false", |text| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        })
    }

    fn choice(&mut self, key: &str) -> Option<&'static str> {
        let (_, Kind::Choice(choices), _) = self.variable(key) else { return None };
        let wanted = format!("one of {}", choices.join(", "));
        self.parsed(key, &wanted, |text| {
            choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)).copied()
        })
    }

    fn authentication(&mut self) -> Option<Authentication> {
        let password = self.secret("password").map(Authentication::Password);
        let key = self.text("private_key_path").map(|path| Authentication::KeyPairFile {
            path: PathBuf::from(path),
            passphrase: self.secret("private_key_passphrase"),
        });
        let token = self.secret("token");
        let token_file = self.text("token_file_path").map(PathBuf::from);
        let oauth = || {
            let given = token.clone().map(Authentication::OAuthToken);
            given.or_else(|| token_file.clone().map(Authentication::OAuthTokenFile))
        };
        let programmatic = || {
            let given = token.clone().map(Authentication::ProgrammaticAccessToken);
            given.or_else(|| token_file.clone().map(Authentication::ProgrammaticAccessTokenFile))
        };
        let (chosen, needed) = match self.choice("authenticator") {
            Some("snowflake") => (password, "SNOWFLAKE_PASSWORD"),
            Some("snowflake_jwt") => (key, "SNOWFLAKE_PRIVATE_KEY_PATH"),
            Some("oauth") => (oauth(), "SNOWFLAKE_TOKEN or SNOWFLAKE_TOKEN_FILE_PATH"),
            Some(_) => (programmatic(), "SNOWFLAKE_TOKEN or SNOWFLAKE_TOKEN_FILE_PATH"),
            // Nothing chosen: the strongest that is set.
            None => (key.or_else(oauth).or(password), "SNOWFLAKE_PASSWORD or SNOWFLAKE_PRIVATE_KEY_PATH"),
        };
        if chosen.is_none() {
            self.problems.push(format!("no way to log in: set {needed}"));
        }
        chosen
    }

    fn finish(self, config: SnowflakeConfig) -> Result<SnowflakeConfig, SnowflakeError> {
        if self.problems.is_empty() {
            Ok(config)
        } else {
            Err(SnowflakeError::Configuration { message: self.problems.join("; ") })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_pairs(pairs: &[(&str, &str)]) -> Result<SnowflakeConfig, SnowflakeError> {
        read(&Environment::of(pairs.iter().copied()))
    }

    #[test]
    fn every_variable_is_read() {
        let config = read_pairs(&[
            ("SNOWFLAKE_ACCOUNT", "myorg-myaccount"),
            ("SNOWFLAKE_USER", "service_user"),
            ("SNOWFLAKE_PRIVATE_KEY_PATH", "/etc/snowflake/key.p8"),
            ("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "secret"),
            ("SNOWFLAKE_WAREHOUSE", "COMPUTE_WH"),
            ("SNOWFLAKE_DATABASE", "ANALYTICS"),
            ("SNOWFLAKE_SCHEMA", "PUBLIC"),
            ("SNOWFLAKE_ROLE", "ANALYST"),
            ("SNOWFLAKE_POOL_MIN", "3"),
            ("SNOWFLAKE_POOL_MAX", "7"),
            ("SNOWFLAKE_POOL_IDLE_TIMEOUT", "10m"),
            ("SNOWFLAKE_CONNECT_TIMEOUT", "5s"),
            ("SNOWFLAKE_QUERY_TIMEOUT", "90s"),
            ("SNOWFLAKE_HOST", "localhost"),
            ("SNOWFLAKE_PORT", "8080"),
            ("SNOWFLAKE_PROTOCOL", "HTTP"),
            ("SNOWFLAKE_INSECURE_HTTP", "true"),
            ("SNOWFLAKE_SIMULATION_MODE", "disabled"),
        ])
        .unwrap();
        assert!(matches!(
            config.authentication,
            Some(Authentication::KeyPairFile { passphrase: Some(_), .. })
        ));
        assert_eq!(config.user.as_deref(), Some("service_user"));
        assert_eq!((config.pool_min, config.pool_max), (3, 7));
        assert_eq!(config.pool_idle_timeout, Duration::from_secs(600));
        assert_eq!(config.query_timeout, Some(Duration::from_secs(90)));
        assert_eq!((config.port, config.protocol, config.insecure_http), (Some(8080), Protocol::Http, true));
        assert_eq!(config.role.as_deref(), Some("ANALYST"));
    }

    #[test]
    fn a_replay_needs_nothing_but_its_file() {
        let config = read_pairs(&[
            ("SNOWFLAKE_SIMULATION_MODE", "Replay"),
            ("SNOWFLAKE_SIMULATION_FILE", "recordings.json"),
        ])
        .unwrap();
        assert_eq!(config.simulation_mode, SimulationMode::Replay);
        assert_eq!(config.simulation_file, Some(PathBuf::from("recordings.json")));
    }

    #[test]
    fn defaults_are_those_of_the_reference_page() {
        let config = SnowflakeConfig::default();
        let default = |key: &str| {
            VARIABLES
                .iter()
                .find(|variable| variable.key == key)
                .and_then(|variable| variable.default)
                .unwrap()
        };
        assert_eq!(default("pool_min").parse(), Ok(config.pool_min));
        assert_eq!(default("pool_max").parse(), Ok(config.pool_max));
        assert_eq!(parse_duration(default("pool_idle_timeout")), Some(config.pool_idle_timeout));
        assert_eq!(parse_duration(default("connect_timeout")), Some(config.connect_timeout));
        assert_eq!(parse_duration(default("query_timeout")), config.query_timeout);
    }

    #[test]
    fn all_problems_are_named_together_and_no_value_is_shown() {
        let error =
            read_pairs(&[("SNOWFLAKE_POOL_MAX", "many"), ("SNOWFLAKE_QUERY_TIMEOUT", "5")]).unwrap_err();
        let text = error.to_string();
        for name in
            ["SNOWFLAKE_ACCOUNT", "SNOWFLAKE_POOL_MAX", "SNOWFLAKE_QUERY_TIMEOUT", "SNOWFLAKE_PASSWORD"]
        {
            assert!(text.contains(name), "{text}");
        }
        assert!(!text.contains("many"), "{text}");
    }

    #[test]
    fn g02_debug_shows_no_secret() {
        let config = read_pairs(&[
            ("SNOWFLAKE_ACCOUNT", "a"),
            ("SNOWFLAKE_USER", "u"),
            ("SNOWFLAKE_PASSWORD", "hunter2-canary"),
        ])
        .unwrap();
        assert!(!format!("{config:?}").contains("canary"));
    }
}
