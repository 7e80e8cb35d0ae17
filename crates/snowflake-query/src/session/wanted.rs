//! The role, warehouse, database and schema that a caller asks for.

use snowflake_proto::Identifier;

use crate::error::{ArgumentSnafu, Error};
use snafu::ResultExt;

/// The context that a statement shall run in; what is `None` stays as the login set it.
///
/// Names are read as in SQL: `wh` and `WH` are the same, `"wh"` is another one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// The role.
    pub role: Option<String>,
    /// The warehouse.
    pub warehouse: Option<String>,
    /// The database.
    pub database: Option<String>,
    /// The schema.
    pub schema: Option<String>,
}

impl Wanted {
    /// Whether nothing in particular is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.role.is_none() && self.warehouse.is_none() && self.database.is_none() && self.schema.is_none()
    }

    pub(crate) fn names(&self) -> Result<Names, Error> {
        Ok(Names {
            role: identifier("role", self.role.as_deref())?,
            warehouse: identifier("warehouse", self.warehouse.as_deref())?,
            database: identifier("database", self.database.as_deref())?,
            schema: identifier("schema", self.schema.as_deref())?,
        })
    }
}

fn identifier(what: &str, text: Option<&str>) -> Result<Option<String>, Error> {
    let Some(text) = text else { return Ok(None) };
    let parsed =
        Identifier::parse(text).context(ArgumentSnafu { message: format!("the {what} is not a name") })?;
    Ok(Some(parsed.name().to_owned()))
}

/// Exact names: of a session, or wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) role: Option<String>,
    pub(crate) warehouse: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) schema: Option<String>,
}

impl Names {
    /// What is wanted, with the gaps filled from `defaults`.
    /// A schema belongs to its database: another database does not take the default schema with it.
    pub(crate) fn or(self, defaults: &Names) -> Names {
        let same_database = self.database.is_none() || self.database == defaults.database;
        Names {
            role: self.role.or_else(|| defaults.role.clone()),
            warehouse: self.warehouse.or_else(|| defaults.warehouse.clone()),
            schema: self.schema.or_else(|| defaults.schema.clone().filter(|_| same_database)),
            database: self.database.or_else(|| defaults.database.clone()),
        }
    }

    /// How many names a session with these would have to switch to satisfy `wanted`; `None` in `wanted` is satisfied
    /// by anything.
    pub(crate) fn distance(&self, wanted: &Names) -> usize {
        let differs =
            |have: &Option<String>, want: &Option<String>| usize::from(want.is_some() && have != want);
        differs(&self.role, &wanted.role)
            + differs(&self.warehouse, &wanted.warehouse)
            + differs(&self.database, &wanted.database)
            + differs(&self.schema, &wanted.schema)
    }

    /// Whether a name that the login left unset is set now: no statement takes that back.
    pub(crate) fn cannot_return_to(&self, defaults: &Names) -> bool {
        let stuck = |have: &Option<String>, want: &Option<String>| have.is_some() && want.is_none();
        stuck(&self.role, &defaults.role)
            || stuck(&self.warehouse, &defaults.warehouse)
            || stuck(&self.database, &defaults.database)
            || stuck(&self.schema, &defaults.schema)
    }
}

/// A name as the server reports it: one that needs quotes comes with them.
pub(crate) fn reported(name: Option<String>) -> Option<String> {
    let name = name.filter(|name| !name.is_empty())?;
    match name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inner) => Some(inner.replace("\"\"", "\"")),
        None => Some(name),
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, Wanted, reported};
    use crate::ErrorKind;

    fn names(database: Option<&str>, schema: Option<&str>) -> Names {
        Names { database: database.map(Into::into), schema: schema.map(Into::into), ..Names::default() }
    }

    #[test]
    fn names_are_read_as_in_sql() {
        let wanted =
            Wanted { warehouse: Some("wh".into()), schema: Some("\"s x\"".into()), ..Wanted::default() };
        let read = wanted.names().unwrap();
        assert_eq!(read.warehouse.as_deref(), Some("WH"));
        assert_eq!(read.schema.as_deref(), Some("s x"));
        let bad = Wanted { role: Some("a b; drop".into()), ..Wanted::default() };
        assert_eq!(bad.names().unwrap_err().kind(), ErrorKind::Configuration);
    }

    #[test]
    fn another_database_does_not_inherit_the_default_schema() {
        let defaults = names(Some("D"), Some("S"));
        assert_eq!(names(Some("E"), None).or(&defaults), names(Some("E"), None));
        assert_eq!(names(Some("D"), None).or(&defaults), names(Some("D"), Some("S")));
        assert_eq!(names(None, None).or(&defaults), defaults);
        assert_eq!(names(None, Some("T")).or(&defaults), names(Some("D"), Some("T")));
    }

    #[test]
    fn b11_quoted_names_are_kept_exactly() {
        assert_eq!(reported(Some("\"a\"\"b\"".into())).as_deref(), Some("a\"b"));
        assert_eq!(reported(Some("WH".into())).as_deref(), Some("WH"));
        assert_eq!(reported(Some(String::new())), None);
        assert_eq!(reported(Some("a\0\r\n".into())).as_deref(), Some("a\0\r\n"));
    }

    #[test]
    fn a_name_that_was_unset_cannot_be_unset_again() {
        assert!(names(Some("D"), None).cannot_return_to(&names(None, None)));
        assert!(!names(Some("D"), None).cannot_return_to(&names(Some("E"), None)));
    }
}
