//! The beginning of a session.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use snafu::ResultExt as _;
use snowflake_proto::wire::{Envelope, login as wire};
use snowflake_transport::{Attempt, BoxFuture, RetryClass};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::error::{EncodeSnafu, Result};
use crate::metric;
use crate::provider::{CredentialProvider, LoginContext};
use crate::server::{ApiRequest, Caller, MediaType, Server};
use crate::session::login_answer;
use crate::session::options::LoginOptions;
use crate::session::tokens::SessionTokens;

/// Names the call in errors and logs.
pub(super) const WHAT: &str = "login";
/// Without it the server ignores a database, schema, warehouse or role that does not exist.
const VALIDATE: &str = "CLIENT_VALIDATE_DEFAULT_PARAMETERS";

/// A session that has just begun.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Login {
    /// What keeps it alive.
    pub tokens: SessionTokens,
    /// The server's number of the session.
    pub session_id: i64,
    /// The session parameters that the server told, by upper-case name.
    pub parameters: BTreeMap<String, Value>,
    /// What the session starts with.
    pub context: Context,
    /// The name of who is logged in.
    pub user: Option<String>,
    /// The server's version.
    pub server_version: Option<String>,
}

/// The names in force in a session; absent ones are not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// The current database.
    pub database: Option<String>,
    /// The current schema.
    pub schema: Option<String>,
    /// The current warehouse.
    pub warehouse: Option<String>,
    /// The current role.
    pub role: Option<String>,
}

/// Logs in.
///
/// Every attempt asks `provider` for a credential, so that what expires is fresh.
/// Only failed deliveries and overloaded servers are tried again: a refusal is final after one request, because
/// repeating a wrong password locks the user out.
///
/// # Errors
/// `Rejected` when the server refuses the credential, or answers with HTTP status 401 or 403; `Server` when it refuses
/// for another reason, such as a database that does not exist; `Network` when it gives no usable answer; `Protocol` when
/// the answer lacks what a session needs ([`Error::field`](crate::Error::field) names it); and whatever `provider` fails
/// with.
///
/// # Cancellation
/// Dropping the future sends nothing more. A session that the server has begun meanwhile ends by itself.
pub async fn login(
    server: &Server,
    provider: &dyn CredentialProvider,
    options: &LoginOptions,
) -> Result<Login> {
    let address = server.address();
    let span = tracing::debug_span!(
        "session.login",
        otel.kind = "client",
        otel.status_code = Empty,
        db.system.name = "snowflake",
        db.response.status_code = Empty,
        server.address = address.host,
        server.port = address.port.unwrap_or(address.protocol.default_port()),
        "error.type" = Empty,
        account = %options.account,
    );
    let logging_in = async {
        let started = server.clock().now();
        let (login, outcome) = login_answer::judge(send(server, provider, options).await);
        provider.outcome(&outcome).await;
        report(server.clock().now().saturating_duration_since(started), &login, &span);
        login
    };
    logging_in.instrument(span.clone()).await
}

fn report(elapsed: Duration, login: &Result<Login>, span: &Span) {
    metric::login(elapsed, login.as_ref().err());
    match login {
        Ok(login) => tracing::debug!(session_id = login.session_id, "logged in"),
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error.kind().as_str());
            if let Some(code) = error.code() {
                span.record("db.response.status_code", code.as_str());
            }
        }
    }
}

async fn send(
    server: &Server,
    provider: &dyn CredentialProvider,
    options: &LoginOptions,
) -> Result<Envelope<Value>> {
    let request = request(options);
    let body = |attempt: &Attempt| -> BoxFuture<'_, Result<Option<Bytes>>> {
        let number = attempt.number;
        Box::pin(async move {
            let now = server.clock().wall();
            let context = LoginContext::new(options.account.clone(), server.address().clone(), now);
            let context = context.with_attempt(number, now);
            let credential = provider.credential(&context, server.transport().as_ref()).await?;
            let mut data = data(server, options);
            credential.apply(&mut data);
            let body = serde_json::to_vec(&wire::Request { data }).context(EncodeSnafu)?;
            Ok(Some(Bytes::from(body)))
        })
    };
    server.exchange_with(&request, Caller::default(), body).await
}

fn request(options: &LoginOptions) -> ApiRequest {
    let names = [
        ("databaseName", &options.database),
        ("schemaName", &options.schema),
        ("warehouse", &options.warehouse),
        ("roleName", &options.role),
    ];
    let mut request = ApiRequest::post(WHAT, "/session/v1/login-request")
        .with_media_type(MediaType::Snowflake)
        .with_retry_class(RetryClass::Login)
        .with_ids_per_attempt();
    for (name, value) in names {
        if let Some(value) = value {
            request = request.with_query(name, value.as_str());
        }
    }
    request
}

fn data(server: &Server, options: &LoginOptions) -> wire::RequestData {
    let client = server.client();
    let own = client.user_agent.split(' ').next().unwrap_or_default();
    let application = options.application.as_deref().unwrap_or(own);
    let environment = [
        ("APPLICATION", application),
        ("OS", std::env::consts::OS),
        ("ISA", std::env::consts::ARCH),
        ("RUNTIME_NAME", "Rust"),
        ("CORE_VERSION", env!("CARGO_PKG_VERSION")),
        ("CERT_REVOCATION_CHECK_MODE", "DISABLED"),
    ];
    let mut session_parameters = options.parameters.clone();
    session_parameters.entry(VALIDATE.to_owned()).or_insert(Value::Bool(true));
    wire::RequestData {
        client_app_id: client.id.clone(),
        client_app_version: client.version.clone(),
        account_name: options.account.login_name().to_owned(),
        session_parameters,
        client_environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect(),
        ..wire::RequestData::default()
    }
}
