//! What a login asks for beside proof of identity.

use std::collections::BTreeMap;

use serde_json::Value;
use snowflake_proto::AccountId;

/// The account to log in to, and what the session starts with.
///
/// ```
/// use snowflake_auth::LoginOptions;
/// use snowflake_proto::AccountId;
///
/// let options = LoginOptions::new(AccountId::parse("myorg-myaccount")?)
///     .with_warehouse("LOADING")
///     .with_parameter("QUERY_TAG", "nightly");
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LoginOptions {
    pub(super) account: AccountId,
    pub(super) database: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) warehouse: Option<String>,
    pub(super) role: Option<String>,
    pub(super) parameters: BTreeMap<String, Value>,
    pub(super) application: Option<String>,
}

impl LoginOptions {
    /// A login with the user's own defaults.
    #[must_use]
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            database: None,
            schema: None,
            warehouse: None,
            role: None,
            parameters: BTreeMap::new(),
            application: None,
        }
    }

    /// Starts in this database.
    #[must_use]
    pub fn with_database(mut self, name: impl Into<String>) -> Self {
        self.database = Some(name.into());
        self
    }

    /// Starts in this schema.
    #[must_use]
    pub fn with_schema(mut self, name: impl Into<String>) -> Self {
        self.schema = Some(name.into());
        self
    }

    /// Starts with this warehouse.
    #[must_use]
    pub fn with_warehouse(mut self, name: impl Into<String>) -> Self {
        self.warehouse = Some(name.into());
        self
    }

    /// Starts with this role.
    #[must_use]
    pub fn with_role(mut self, name: impl Into<String>) -> Self {
        self.role = Some(name.into());
        self
    }

    /// Sets a session parameter. The server ignores names that it does not know.
    #[must_use]
    pub fn with_parameter(mut self, name: impl AsRef<str>, value: impl Into<Value>) -> Self {
        self.parameters.insert(name.as_ref().to_ascii_uppercase(), value.into());
        self
    }

    /// Names the program that logs in, for the account's login history.
    #[must_use]
    pub fn with_application(mut self, name: impl Into<String>) -> Self {
        self.application = Some(name.into());
        self
    }

    /// A session parameter that was set here, by its name in upper case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.get(name)
    }

    /// The account to log in to.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.account
    }
}
