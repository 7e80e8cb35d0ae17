//! Where to look for objects.

use std::fmt;

use snowflake_proto::Identifier;

use crate::error::Result;
use crate::names;

/// Where to look for objects.
///
/// ```
/// use snowflake_ops::Scope;
///
/// assert_eq!(Scope::schema("analytics", "\"My schema\"")?.to_string(), "SCHEMA \"ANALYTICS\".\"My schema\"");
/// assert_eq!(Scope::Account.to_string(), "ACCOUNT");
/// assert!(Scope::database("a; drop database b").is_err());
/// # Ok::<(), snowflake_ops::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everywhere that the role may look.
    #[default]
    Account,
    /// In one database.
    Database(Identifier),
    /// In one schema of a database.
    Schema(Identifier, Identifier),
}

impl Scope {
    /// A database by its name, spelled as in SQL: `analytics` means `ANALYTICS`, quotes keep what they hold.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that is not one name.
    pub fn database(name: &str) -> Result<Self> {
        Ok(Self::Database(names::identifier(name)?))
    }

    /// A schema by its names, spelled as in SQL.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that is not one name.
    pub fn schema(database: &str, schema: &str) -> Result<Self> {
        Ok(Self::Schema(names::identifier(database)?, names::identifier(schema)?))
    }
}

/// As it stands behind `IN`.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("ACCOUNT"),
            Self::Database(database) => write!(f, "DATABASE {database}"),
            Self::Schema(database, schema) => write!(f, "SCHEMA {database}.{schema}"),
        }
    }
}
