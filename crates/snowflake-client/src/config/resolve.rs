//! From settings to the parts that a client is made of.

use std::sync::Arc;

use snowflake_auth::{
    AccessToken, CredentialProvider, KeyPair, LoginOptions, Password, PrivateKey, ProgrammaticAccessToken,
    Server, ServerOptions,
};
use snowflake_ingest::LocalStages;
use snowflake_proto::{AccountId, Protocol, ServerAddress};
use snowflake_query::PartHosts;
use snowflake_transport::{HttpTransport, Transport};

#[cfg(feature = "sim")]
use super::SimulationMode;
use super::{Authentication, SnowflakeConfig};
use crate::error::SnowflakeError;
use crate::simulation::Simulated;

/// The parts that a client is made of.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) server: Server,
    pub(crate) provider: Arc<dyn CredentialProvider>,
    pub(crate) login: LoginOptions,
    pub(crate) local_stages: LocalStages,
    pub(crate) part_hosts: PartHosts,
    pub(crate) simulation: Simulated,
}

impl Resolved {
    /// Checks the settings, all of them, before anything is read or sent.
    pub(crate) fn from_config(config: &SnowflakeConfig) -> Result<Self, SnowflakeError> {
        #[cfg(feature = "sim")]
        if config.simulation_mode == SimulationMode::Replay {
            return Self::replaying(config, Simulated::load(config)?);
        }
        let mut problems = Vec::new();
        let account = account(config, &mut problems);
        let address = account.as_ref().and_then(|account| address(config, account, &mut problems));
        let authentication = authentication(config, &mut problems);
        check_pool(config, &mut problems);
        let (Some(account), Some(address), Some(authentication), true) =
            (account, address, authentication, problems.is_empty())
        else {
            return Err(SnowflakeError::Configuration { message: problems.join("; ") });
        };

        let local_stages = if address.is_loopback() { LocalStages::Allowed } else { LocalStages::Refused };
        let (transport, simulation) = Simulated::wrap(transport(config)?, config)?;
        Ok(Self {
            server: server(transport, address, config),
            provider: provider(authentication, config.user.clone())?,
            login: login(config, account),
            local_stages,
            part_hosts: part_hosts(config),
            simulation,
        })
    }

    /// As the settings say, but with this recording: to be completed when they say to record, and in place
    /// of any network otherwise.
    #[cfg(feature = "sim")]
    pub(crate) fn with_replayer(
        config: &SnowflakeConfig,
        replay: snowflake_sim::Replay,
    ) -> Result<Self, SnowflakeError> {
        if config.simulation_mode != SimulationMode::Record {
            return Self::replaying(config, replay);
        }
        let mut config = config.clone();
        config.record = config.record.with_known(replay.recording());
        Self::from_config(&config)
    }

    /// A client without any network. Of the account nothing is asked but that it could be one, and of the
    /// credentials nothing at all.
    #[cfg(feature = "sim")]
    fn replaying(config: &SnowflakeConfig, replay: snowflake_sim::Replay) -> Result<Self, SnowflakeError> {
        const NOBODY: &str = "replay";
        let (transport, simulation) = Simulated::replaying(replay);
        let mut config = config.clone();
        if config.account.is_empty() {
            config.account = NOBODY.to_owned();
        }
        // Nothing leaves this process, whatever the address says.
        config.insecure_http = true;
        let mut problems = Vec::new();
        let account = account(&config, &mut problems);
        let address = account.as_ref().and_then(|account| address(&config, account, &mut problems));
        check_pool(&config, &mut problems);
        let (Some(account), Some(address), true) = (account, address, problems.is_empty()) else {
            return Err(SnowflakeError::Configuration { message: problems.join("; ") });
        };
        Ok(Self {
            server: server(transport, address, &config),
            provider: Arc::new(Password::new(NOBODY, NOBODY)),
            login: login(&config, account),
            local_stages: LocalStages::Allowed,
            part_hosts: PartHosts::Any,
            simulation,
        })
    }
}

fn transport(config: &SnowflakeConfig) -> Result<Arc<dyn Transport>, SnowflakeError> {
    Ok(match &config.transport {
        Some(transport) => Arc::clone(transport),
        None => {
            Arc::new(HttpTransport::new(config.http.clone().with_connect_timeout(config.connect_timeout))?)
        }
    })
}

fn server(transport: Arc<dyn Transport>, address: ServerAddress, config: &SnowflakeConfig) -> Server {
    let options = ServerOptions::default()
        .with_retry_policy(config.retry)
        .with_clock(Arc::clone(&config.clock))
        .with_entropy(Arc::clone(&config.entropy));
    Server::new(transport, address, options)
}

/// A server without TLS keeps the parts of its results to itself; all others keep them in public stores.
fn part_hosts(config: &SnowflakeConfig) -> PartHosts {
    if config.protocol == Protocol::Http || config.transport.is_some() {
        PartHosts::Any
    } else {
        PartHosts::Public
    }
}

fn account(config: &SnowflakeConfig, problems: &mut Vec<String>) -> Option<AccountId> {
    if config.account.is_empty() {
        problems.push(
            "no account is set: give the part of the account's URL before .snowflakecomputing.com".to_owned(),
        );
        return None;
    }
    AccountId::parse(&config.account).map_err(|error| problems.push(error.to_string())).ok()
}

fn address(
    config: &SnowflakeConfig,
    account: &AccountId,
    problems: &mut Vec<String>,
) -> Option<ServerAddress> {
    let host = config.host.clone().unwrap_or_else(|| account.host());
    let address = ServerAddress::new(config.protocol, &host, config.port)
        .map_err(|error| problems.push(error.to_string()))
        .ok()?;
    if config.protocol == Protocol::Http && !address.is_loopback() && !config.insecure_http {
        problems.push(format!(
            "plain http to {host} is refused: it would show the credentials to everyone on the way; use https, or allow it with insecure_http"
        ));
        return None;
    }
    Some(address)
}

fn authentication<'a>(config: &'a SnowflakeConfig, problems: &mut Vec<String>) -> Option<&'a Authentication> {
    use Authentication::{KeyPair, KeyPairFile, Password};
    match &config.authentication {
        None => {
            problems.push("no way to log in is set: give a password, a private key or a token".to_owned())
        }
        Some(Password(_) | KeyPairFile { .. } | KeyPair { .. }) if config.user.is_none() => {
            problems.push("no user is set".to_owned());
        }
        Some(_) => {}
    }
    config.authentication.as_ref()
}

fn check_pool(config: &SnowflakeConfig, problems: &mut Vec<String>) {
    if config.pool_max == 0 || config.pool_min > config.pool_max {
        problems.push(format!(
            "the pool cannot keep {} sessions and have at most {}: the second number must be at least 1 and not below the first",
            config.pool_min, config.pool_max
        ));
    }
}

fn provider(
    authentication: &Authentication,
    user: Option<String>,
) -> Result<Arc<dyn CredentialProvider>, SnowflakeError> {
    let key_pair = |key: PrivateKey| Arc::new(KeyPair::new(user.clone().unwrap_or_default(), key));
    Ok(match authentication.clone() {
        Authentication::Password(password) => Arc::new(Password::new(user.unwrap_or_default(), password)),
        Authentication::KeyPairFile { path, passphrase } => {
            key_pair(PrivateKey::from_file(path, passphrase.as_ref())?)
        }
        Authentication::KeyPair { key, passphrase } => {
            key_pair(PrivateKey::from_text(&key, passphrase.as_ref())?)
        }
        Authentication::OAuthToken(token) => oauth(AccessToken::new(token), user),
        Authentication::OAuthTokenFile(path) => oauth(AccessToken::from_file(path), user),
        Authentication::ProgrammaticAccessToken(token) => {
            programmatic(ProgrammaticAccessToken::new(token), user)
        }
        Authentication::ProgrammaticAccessTokenFile(path) => {
            programmatic(ProgrammaticAccessToken::from_file(path), user)
        }
        Authentication::Provider(provider) => provider,
    })
}

fn oauth(token: AccessToken, user: Option<String>) -> Arc<dyn CredentialProvider> {
    Arc::new(match user {
        Some(user) => token.with_user(user),
        None => token,
    })
}

fn programmatic(token: ProgrammaticAccessToken, user: Option<String>) -> Arc<dyn CredentialProvider> {
    Arc::new(match user {
        Some(user) => token.with_user(user),
        None => token,
    })
}

fn login(config: &SnowflakeConfig, account: AccountId) -> LoginOptions {
    let mut login = LoginOptions::new(account);
    if let Some(name) = &config.database {
        login = login.with_database(name);
    }
    if let Some(name) = &config.schema {
        login = login.with_schema(name);
    }
    if let Some(name) = &config.warehouse {
        login = login.with_warehouse(name);
    }
    if let Some(name) = &config.role {
        login = login.with_role(name);
    }
    if let Some(name) = &config.application {
        login = login.with_application(name);
    }
    for (name, value) in &config.session_parameters {
        login = login.with_parameter(name, value.clone());
    }
    login
}

#[cfg(test)]
mod tests {
    use snowflake_proto::Secret;

    use super::*;
    use crate::ErrorKind;

    fn config() -> SnowflakeConfig {
        SnowflakeConfig {
            account: "myorg-myaccount".to_owned(),
            user: Some("u".to_owned()),
            authentication: Some(Authentication::Password(Secret::from("p"))),
            ..SnowflakeConfig::default()
        }
    }

    fn refusal(config: &SnowflakeConfig) -> String {
        let error = Resolved::from_config(config).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        error.to_string()
    }

    #[test]
    fn s13_a_malformed_account_is_refused_before_anything_is_sent() {
        for account in ["../x", "a/b", "a@evil.com", "x#", "a\r\nHost: e", "evil.com?", "."] {
            let text = refusal(&SnowflakeConfig { account: account.to_owned(), ..config() });
            assert!(text.contains("account"), "{text}");
        }
    }

    #[test]
    fn t15_plain_http_to_another_machine_must_be_asked_for() {
        let plain =
            SnowflakeConfig { protocol: Protocol::Http, host: Some("db.example.com".to_owned()), ..config() };
        assert!(refusal(&plain).contains("insecure_http"));
        let allowed = SnowflakeConfig { insecure_http: true, ..plain.clone() };
        assert_eq!(Resolved::from_config(&allowed).unwrap().local_stages, LocalStages::Refused);
        let local = SnowflakeConfig { host: Some("127.0.0.1".to_owned()), ..plain };
        assert_eq!(Resolved::from_config(&local).unwrap().local_stages, LocalStages::Allowed);
    }

    #[test]
    fn all_problems_are_reported_together() {
        let text = refusal(&SnowflakeConfig { pool_min: 9, pool_max: 2, ..SnowflakeConfig::default() });
        for part in ["account", "log in", "pool"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
