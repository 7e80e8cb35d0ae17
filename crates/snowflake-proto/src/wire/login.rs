//! `POST /session/v1/login-request`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of a login: `{"data":{…}}`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// What the client says of itself and of its user.
    pub data: RequestData,
}

/// The fields of a login.
///
/// Secrets are plain text here, because this is what is written to the wire; `Debug` hides them.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", default)]
pub struct RequestData {
    /// The driver's name; decides which features the server offers.
    pub client_app_id: String,
    /// The driver's version: digits and dots.
    pub client_app_version: String,
    /// The account without region and domain.
    pub account_name: String,
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_name: Option<String>,
    /// The password of a password login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// A one-time passcode.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passcode: Option<String>,
    /// `push` or `passcode`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext_authn_duo_method: Option<String>,
    /// Which kind of login this is; absent for a plain password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticator: Option<String>,
    /// A JWT, OAuth token or programmatic access token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Session parameters to set.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub session_parameters: BTreeMap<String, Value>,
    /// What else the client can read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub client_capabilities: BTreeMap<String, Value>,
    /// Operating system, runtime and application.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub client_environment: BTreeMap<String, Value>,
}

impl fmt::Debug for RequestData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestData")
            .field("client_app_id", &self.client_app_id)
            .field("account_name", &self.account_name)
            .field("login_name", &self.login_name)
            .field("authenticator", &self.authenticator)
            .finish_non_exhaustive()
    }
}

/// The payload of a login's answer, success or failure.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Response {
    /// The session token.
    pub token: Option<String>,
    /// The token that renews the session token.
    pub master_token: Option<String>,
    /// Life of the session token in seconds.
    #[serde(deserialize_with = "super::lenient::integer")]
    pub validity_in_seconds: Option<i64>,
    /// Life of the master token in seconds.
    #[serde(deserialize_with = "super::lenient::integer")]
    pub master_validity_in_seconds: Option<i64>,
    /// The session.
    #[serde(deserialize_with = "super::lenient::integer")]
    pub session_id: Option<i64>,
    /// The user's name for display.
    pub display_user_name: Option<String>,
    /// The server's version.
    pub server_version: Option<String>,
    /// Whether this user logged in for the first time.
    pub first_login: Option<bool>,
    /// Seconds between health checks, informational.
    pub health_check_interval: Option<i64>,
    /// Session parameters in force.
    pub parameters: Option<Vec<super::query::NameValue>>,
    /// The session's database, schema, warehouse and role.
    pub session_info: Option<SessionInfo>,
    /// In a failure: how the server tried to authenticate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authn_method: Option<String>,
    /// In a failure: what the client may do next, such as `RETRY_LOGIN`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_action: Option<String>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("session_id", &self.session_id)
            .field("validity_in_seconds", &self.validity_in_seconds)
            .field("session_info", &self.session_info)
            .finish_non_exhaustive()
    }
}

/// The names a session starts with; null when unset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionInfo {
    /// Current database.
    pub database_name: Option<String>,
    /// Current schema.
    pub schema_name: Option<String>,
    /// Current warehouse.
    pub warehouse_name: Option<String>,
    /// Current role.
    pub role_name: Option<String>,
}
