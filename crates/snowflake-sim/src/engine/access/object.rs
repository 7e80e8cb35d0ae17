//! What privileges are granted on.

use std::fmt;

use snowflake_proto::Identifier;

use super::super::SqlError;
use super::super::catalog::ObjectPath;
use super::super::syntax::{Cursor, Name};

/// The kind of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum ObjectKind {
    Account,
    Database,
    Schema,
    Table,
    View,
    Stage,
    FileFormat,
    Warehouse,
    Role,
    DatabaseRole,
    User,
}

const KINDS: [ObjectKind; 11] = [
    ObjectKind::Account,
    ObjectKind::DatabaseRole,
    ObjectKind::Database,
    ObjectKind::Schema,
    ObjectKind::Table,
    ObjectKind::View,
    ObjectKind::Stage,
    ObjectKind::FileFormat,
    ObjectKind::Warehouse,
    ObjectKind::Role,
    ObjectKind::User,
];

impl ObjectKind {
    /// Its name in SHOW GRANTS.
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Account => "ACCOUNT",
            Self::Database => "DATABASE",
            Self::Schema => "SCHEMA",
            Self::Table => "TABLE",
            Self::View => "VIEW",
            Self::Stage => "STAGE",
            Self::FileFormat => "FILE_FORMAT",
            Self::Warehouse => "WAREHOUSE",
            Self::Role => "ROLE",
            Self::DatabaseRole => "DATABASE_ROLE",
            Self::User => "USER",
        }
    }

    /// Its name in a statement.
    pub(super) fn words(self) -> String {
        self.name().replace('_', " ")
    }

    /// Its name at the start of a message.
    pub(super) fn title(self) -> String {
        let words = self.words().to_lowercase();
        words[..1].to_uppercase() + &words[1..]
    }

    /// The privileges that ALL stands for; none where any word is taken.
    pub(super) fn privileges(self) -> &'static [&'static str] {
        match self {
            Self::Account | Self::Role | Self::DatabaseRole | Self::User => &[],
            Self::Database => &["CREATE SCHEMA", "CREATE DATABASE ROLE", "MODIFY", "MONITOR", "USAGE"],
            Self::Schema => &[
                "CREATE FILE FORMAT",
                "CREATE STAGE",
                "CREATE TABLE",
                "CREATE VIEW",
                "MODIFY",
                "MONITOR",
                "USAGE",
            ],
            Self::Table => &["DELETE", "INSERT", "REFERENCES", "SELECT", "TRUNCATE", "UPDATE"],
            Self::View => &["REFERENCES", "SELECT"],
            Self::Stage => &["READ", "USAGE", "WRITE"],
            Self::FileFormat => &["USAGE"],
            Self::Warehouse => &["MODIFY", "MONITOR", "OPERATE", "USAGE"],
        }
    }

    pub(super) fn is_in_schema(self) -> bool {
        matches!(self, Self::Table | Self::View | Self::Stage | Self::FileFormat)
    }

    /// Reads the name of a kind if it is next, in the plural where `ending` is `S`.
    pub(in super::super) fn read(cursor: &mut Cursor<'_>, ending: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| {
            let words = kind.words() + ending;
            cursor.words(&words.split(' ').collect::<Vec<_>>())
        })
    }
}

/// One object. The account has no name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Object {
    pub(in super::super) kind: ObjectKind,
    pub(in super::super) name: Name,
}

impl Object {
    pub(in super::super) fn new(kind: ObjectKind, name: &[&str]) -> Self {
        Self { kind, name: name.iter().map(|part| (*part).to_owned()).collect() }
    }

    pub(super) fn account() -> Self {
        Self::new(ObjectKind::Account, &[])
    }

    pub(in super::super) fn database(name: &str) -> Self {
        Self::new(ObjectKind::Database, &[name])
    }

    pub(in super::super) fn schema(database: &str, name: &str) -> Self {
        Self::new(ObjectKind::Schema, &[database, name])
    }

    pub(in super::super) fn warehouse(name: &str) -> Self {
        Self::new(ObjectKind::Warehouse, &[name])
    }

    pub(super) fn role(name: &str) -> Self {
        Self::new(ObjectKind::Role, &[name])
    }

    pub(in super::super) fn at(kind: ObjectKind, path: &ObjectPath) -> Self {
        Self::new(kind, &[&path.database, &path.schema, &path.name])
    }

    /// The name alone, without where it lies.
    pub(super) fn last(&self) -> &str {
        self.name.last().map_or("", String::as_str)
    }

    /// Whether it is another object or lies within it.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        let holds = matches!(other.kind, ObjectKind::Database | ObjectKind::Schema);
        let lies = self.kind.is_in_schema() || self.kind == ObjectKind::Schema;
        self == other
            || holds && lies && self.name.len() > other.name.len() && self.name.starts_with(&other.name)
    }

    /// The object is missing, or hidden from the role.
    pub(super) fn missing(&self) -> SqlError {
        SqlError::missing(&self.kind.title(), &self.name.join("."))
    }

    /// The role sees the object and lacks a privilege on it.
    pub(super) fn insufficient(&self) -> SqlError {
        let (kind, name) = (self.kind.words().to_lowercase(), self.last());
        let object = if name.is_empty() { kind } else { format!("{kind} '{name}'") };
        let message = format!("SQL access control error:\nInsufficient privileges to operate on {object}");
        SqlError::new("003001", "42501", message)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.name.iter().map(|part| spelled(part)).collect();
        f.write_str(&parts.join("."))
    }
}

/// A name as SHOW GRANTS writes it: quoted where it must be.
pub(in super::super) fn spelled(name: &str) -> String {
    let plain =
        |letter: char| letter.is_ascii_uppercase() || letter.is_ascii_digit() || "_$".contains(letter);
    let starts = name.starts_with(|letter: char| letter.is_ascii_uppercase() || letter == '_');
    if starts && name.chars().all(plain) {
        return name.to_owned();
    }
    Identifier::new(name).map_or_else(|_| name.to_owned(), |identifier| identifier.to_string())
}
