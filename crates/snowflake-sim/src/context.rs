//! The current objects of a session.

use snowflake_proto::Identifier;
use snowflake_proto::wire::login::SessionInfo;

/// The current objects of a session, by their exact names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// The user.
    pub(crate) user: String,
    /// The role.
    pub(crate) role: Option<String>,
    /// The warehouse.
    pub(crate) warehouse: Option<String>,
    /// The database.
    pub(crate) database: Option<String>,
    /// The schema.
    pub(crate) schema: Option<String>,
}

impl Context {
    /// What the answer to a login says of them.
    pub(crate) fn info(&self) -> SessionInfo {
        SessionInfo {
            database_name: self.database.clone(),
            schema_name: self.schema.clone(),
            warehouse_name: self.warehouse.clone(),
            role_name: self.role.clone(),
        }
    }

    /// What a login of `user` asks for: its own words first, then these. `argument` reads a query parameter.
    pub(crate) fn wanted(&self, user: &str, argument: impl Fn(&str) -> Option<String>) -> Self {
        let named = |name: &str| argument(name).map(|name| exact(&name));
        let database = named("databaseName");
        // The initial schema belongs to the initial database.
        let initial_schema = if database.is_none() { self.schema.clone() } else { None };
        Self {
            user: user.to_owned(),
            role: named("roleName").or_else(|| self.role.clone()),
            warehouse: named("warehouse").or_else(|| self.warehouse.clone()),
            schema: named("schemaName").or(initial_schema),
            database: database.or_else(|| self.database.clone()),
        }
    }
}

/// The name of an object that is spelled as in SQL: upper case unless it is quoted.
pub(crate) fn exact(spelled: &str) -> String {
    Identifier::parse(spelled).map_or_else(|_| spelled.to_owned(), |identifier| identifier.name().to_owned())
}
