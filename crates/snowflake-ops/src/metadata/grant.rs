//! What a user or a role may do.

use std::fmt;

use snowflake_proto::Identifier;
use snowflake_query::Pool;
use time::OffsetDateTime;

use super::show::MOST_ROWS;
use crate::answer::{AnswerRow, read_all};
use crate::error::{IncompleteSnafu, Result};
use crate::names;

/// Who has been granted something.
///
/// ```
/// use snowflake_ops::Grantee;
///
/// assert_eq!(Grantee::role("analyst")?.to_string(), "ROLE \"ANALYST\"");
/// assert_eq!(Grantee::user("\"ada@example.com\"")?.to_string(), "USER \"ada@example.com\"");
/// # Ok::<(), snowflake_ops::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Grantee {
    /// A user, to whom roles are granted.
    User(Identifier),
    /// A role, to which privileges and other roles are granted.
    Role(Identifier),
}

impl Grantee {
    /// A user by its name, spelled as in SQL.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that is not one name.
    pub fn user(name: &str) -> Result<Self> {
        Ok(Self::User(names::identifier(name)?))
    }

    /// A role by its name, spelled as in SQL.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that is not one name.
    pub fn role(name: &str) -> Result<Self> {
        Ok(Self::Role(names::identifier(name)?))
    }
}

/// As it stands behind `TO`.
impl fmt::Display for Grantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "USER {name}"),
            Self::Role(name) => write!(f, "ROLE {name}"),
        }
    }
}

/// Something that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Grant {
    /// The privilege: `SELECT`, `OWNERSHIP`; `USAGE` for a role.
    pub privilege: String,
    /// The kind of object that it is for: `TABLE`, `WAREHOUSE`, `ROLE`.
    pub granted_on: String,
    /// The object as the service names it, with database and schema where it is in them.
    pub name: String,
    /// The user or role that has it.
    pub grantee: String,
    /// Whether the grantee may grant it to others.
    pub grant_option: bool,
    /// The role that granted it.
    pub granted_by: Option<String>,
    /// When it was granted.
    pub created: Option<OffsetDateTime>,
}

/// What was granted to a user or role itself; what comes with the roles that it was granted is not followed.
///
/// # Errors
/// [`Sql`](crate::ErrorKind::Sql) when there is no such user or role, or the session's role may not see it;
/// [`Incomplete`](crate::ErrorKind::Incomplete) for 10,000 grants or more, for which the service has no pages; the other
/// kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement.
pub async fn grants(pool: &Pool, grantee: &Grantee) -> Result<Vec<Grant>> {
    let sql = format!("SHOW GRANTS TO {grantee}");
    let found = read_all(pool, sql, "SHOW GRANTS", Grant::read).await?;
    if found.len() >= MOST_ROWS {
        let scope = grantee.to_string();
        return IncompleteSnafu { statement: "SHOW GRANTS", scope, most: MOST_ROWS }.fail()?;
    }
    Ok(found)
}

impl Grant {
    /// The grant of a role to a user has a column of its own for the role.
    fn read(row: &AnswerRow<'_>) -> Result<Self> {
        let role = row.optional_text("role");
        Ok(Self {
            privilege: row.optional_text("privilege").unwrap_or_else(|| "USAGE".to_owned()),
            granted_on: row.optional_text("granted_on").unwrap_or_else(|| "ROLE".to_owned()),
            name: role.map_or_else(|| row.text("name"), Ok)?,
            grantee: row.text("grantee_name")?,
            grant_option: row.flag("grant_option").unwrap_or_default(),
            granted_by: row.optional_text("granted_by"),
            created: row.instant("created_on"),
        })
    }
}
