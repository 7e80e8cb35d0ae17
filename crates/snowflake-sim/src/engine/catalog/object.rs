//! Databases, schemas and views, and how they are found.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::super::SqlError;
use super::super::task::Task;
use super::super::time::Stamp;
use super::{FileFormat, Stage, Table, TableColumn};

/// How long an object lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    Permanent,
    Transient,
    Temporary,
}

impl Kind {
    /// The word that SHOW uses.
    pub(in super::super) fn word(self) -> &'static str {
        match self {
            Self::Permanent => "TABLE",
            Self::Transient => "TRANSIENT",
            Self::Temporary => "TEMPORARY",
        }
    }
}

/// The full name of an object in a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in super::super) struct ObjectPath {
    pub(in super::super) database: String,
    pub(in super::super) schema: String,
    pub(in super::super) name: String,
}

impl fmt::Display for ObjectPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.database, self.schema, self.name)
    }
}

/// Everything in the account.
#[derive(Debug, Default)]
pub(in super::super) struct Catalog {
    pub(in super::super) databases: BTreeMap<String, Database>,
}

#[derive(Debug)]
pub(in super::super) struct Database {
    pub(in super::super) created: Stamp,
    pub(in super::super) comment: String,
    pub(in super::super) kind: Kind,
    pub(in super::super) schemas: BTreeMap<String, Schema>,
}

#[derive(Debug)]
pub(in super::super) struct Schema {
    pub(in super::super) created: Stamp,
    pub(in super::super) comment: String,
    pub(in super::super) kind: Kind,
    pub(in super::super) relations: BTreeMap<String, Relation>,
    pub(in super::super) stages: BTreeMap<String, Arc<Stage>>,
    pub(in super::super) formats: BTreeMap<String, Arc<FileFormat>>,
    pub(in super::super) tasks: BTreeMap<String, Arc<Task>>,
}

/// What can stand in FROM.
#[derive(Clone, Debug)]
pub(in super::super) enum Relation {
    Table(Arc<Table>),
    View(Arc<View>),
}

#[derive(Clone, Debug)]
pub(in super::super) struct View {
    pub(in super::super) created: Stamp,
    pub(in super::super) comment: String,
    /// The whole CREATE statement.
    pub(in super::super) text: String,
    /// The query alone.
    pub(in super::super) query: String,
    pub(in super::super) columns: Vec<TableColumn>,
    pub(in super::super) secure: bool,
    /// Where its unqualified names are looked up.
    pub(in super::super) home: (String, String),
}

impl Schema {
    pub(in super::super) fn new(created: Stamp) -> Self {
        Self {
            created,
            comment: String::new(),
            kind: Kind::Permanent,
            relations: BTreeMap::new(),
            stages: BTreeMap::new(),
            formats: BTreeMap::new(),
            tasks: BTreeMap::new(),
        }
    }
}

impl Database {
    /// A database with its schema PUBLIC.
    pub(in super::super) fn new(created: Stamp) -> Self {
        let schemas = BTreeMap::from([("PUBLIC".to_owned(), Schema::new(created))]);
        Self { created, comment: String::new(), kind: Kind::Permanent, schemas }
    }
}

impl Catalog {
    /// # Errors
    /// `002003` when the database is not there.
    pub(in super::super) fn database(&self, name: &str) -> Result<&Database, SqlError> {
        self.databases.get(name).ok_or_else(|| SqlError::missing("Database", name))
    }

    /// # Errors
    /// `002003` when the database or schema is not there.
    pub(in super::super) fn schema(&self, database: &str, name: &str) -> Result<&Schema, SqlError> {
        let found = self.database(database)?.schemas.get(name);
        found.ok_or_else(|| SqlError::missing("Schema", &format!("{database}.{name}")))
    }

    /// # Errors
    /// `002003` when the database or schema is not there.
    pub(in super::super) fn schema_mut(
        &mut self,
        database: &str,
        name: &str,
    ) -> Result<&mut Schema, SqlError> {
        let found =
            self.databases.get_mut(database).ok_or_else(|| SqlError::missing("Database", database))?;
        found.schemas.get_mut(name).ok_or_else(|| SqlError::missing("Schema", &format!("{database}.{name}")))
    }
}
