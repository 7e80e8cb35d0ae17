//! SQL that is put together from parts of known kinds.

use std::fmt::{self, Display, Write as _};

use snowflake_proto::{Bind, Identifier, Literal, ObjectName};
use snowflake_query::{Query, QueryBuilder};

/// SQL that is put together from parts of known kinds: what stands in the program, names, literals, and bind values.
///
/// Plain SQL is `&'static str`: a text that comes from outside does not fit there, and has to say what it is. A value is
/// a [`bind`](Self::bind) wherever the service takes one; a [`literal`](Self::literal) is for the places where it does
/// not, such as the options of commands. Placeholders are written by `bind`, never by hand.
///
/// ```
/// use snowflake_ops::SqlText;
/// use snowflake_proto::{Identifier, ObjectName};
///
/// # fn run(table: &str, column: &str, wanted: &str) -> Result<SqlText, snowflake_proto::Error> {
/// let query = SqlText::new("SELECT * FROM ")
///     .object(&ObjectName::parse(table)?)
///     .sql(" WHERE ")
///     .identifier(&Identifier::new(column)?)
///     .sql(" = ")
///     .bind(wanted);
/// # Ok(query) }
/// let query = run("sales.orders", "Order \"no\"", "'; DROP TABLE orders; --")?;
/// assert_eq!(query.as_str(), r#"SELECT * FROM "SALES"."ORDERS" WHERE "Order ""no""" = ?"#);
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
///
/// A client takes it as it is; [`QueryBuilder::from`] adds a warehouse, a tag and the like.
#[derive(Clone, Default)]
#[must_use]
pub struct SqlText {
    sql: String,
    binds: Vec<Bind>,
}

impl SqlText {
    /// Starts with SQL that stands in the program.
    pub fn new(sql: &'static str) -> Self {
        Self { sql: sql.to_owned(), binds: Vec::new() }
    }

    /// Adds SQL that stands in the program.
    pub fn sql(mut self, sql: &'static str) -> Self {
        self.sql.push_str(sql);
        self
    }

    /// Adds the name of a column or another thing that has one part, quoted.
    pub fn identifier(self, name: &Identifier) -> Self {
        self.written(name)
    }

    /// Adds several names with commas between them, quoted.
    pub fn identifiers<'a>(self, names: impl IntoIterator<Item = &'a Identifier>) -> Self {
        self.listed(names)
    }

    /// Adds the name of an object, quoted, with its schema and database where it has them.
    pub fn object(self, name: &ObjectName) -> Self {
        self.written(name)
    }

    /// Adds a text constant, for places that take no bind.
    pub fn literal(self, literal: &Literal) -> Self {
        self.written(literal)
    }

    /// Adds a whole number, such as that of a `LIMIT`.
    pub fn integer(self, number: i64) -> Self {
        self.written(&number)
    }

    /// Adds a placeholder and binds a value to it.
    pub fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.sql.push('?');
        self.binds.push(value.into());
        self
    }

    /// Adds a placeholder for each value, with commas between them, as an `IN (…)` takes them. Without values it adds
    /// `NULL`, which is in no list that anything equals.
    pub fn binds<T: Into<Bind>>(mut self, values: impl IntoIterator<Item = T>) -> Self {
        let before = self.binds.len();
        self.binds.extend(values.into_iter().map(Into::into));
        match self.binds.len() - before {
            0 => self.sql.push_str("NULL"),
            count => self.sql.push_str(&vec!["?"; count].join(", ")),
        }
        self
    }

    /// Adds another text with its binds, such as a condition that is not always wanted.
    pub fn append(mut self, other: Self) -> Self {
        self.sql.push_str(&other.sql);
        self.binds.extend(other.binds);
        self
    }

    /// The text so far, with placeholders for binds.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.sql
    }

    fn written(mut self, part: &impl Display) -> Self {
        let _ = write!(self.sql, "{part}");
        self
    }

    fn listed<T: Display>(mut self, parts: impl IntoIterator<Item = T>) -> Self {
        for (at, part) in parts.into_iter().enumerate() {
            let _ = write!(self.sql, "{}{part}", if at == 0 { "" } else { ", " });
        }
        self
    }
}

impl From<SqlText> for QueryBuilder {
    fn from(text: SqlText) -> Self {
        QueryBuilder::new(text.sql).binds(text.binds)
    }
}

impl From<SqlText> for Query {
    fn from(text: SqlText) -> Self {
        QueryBuilder::from(text).build()
    }
}

/// Shows neither text nor binds: literals and names may hold what no log should show.
impl fmt::Debug for SqlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlText")
            .field("sql_bytes", &self.sql.len())
            .field("binds", &self.binds.len())
            .finish_non_exhaustive()
    }
}
