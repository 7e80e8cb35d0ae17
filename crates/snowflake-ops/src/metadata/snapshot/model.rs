//! The structure of a database or schema as plain data, which can be stored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The form of a stored snapshot or difference.
pub(super) const VERSION: u32 = 1;

/// The structure of a database or of one of its schemas at one moment: tables, views, columns and keys.
///
/// It can be stored by way of serde, and is stored the same for the same structure. Neither figures (rows, bytes, dates)
/// nor names that the service invents for constraints are in it, so that two databases of one design are equal.
///
/// ```
/// use snowflake_ops::SchemaSnapshot;
///
/// let stored = r#"{ "version": 1, "schemas": { "PUBLIC": {} } }"#;
/// let snapshot: SchemaSnapshot = serde_json::from_str(stored)?;
/// assert_eq!(snapshot.schemas["PUBLIC"].len(), 0);
/// let newer: Result<SchemaSnapshot, _> = serde_json::from_str(r#"{ "version": 2, "schemas": {} }"#);
/// assert!(newer.is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SchemaSnapshot {
    /// The version of this form, 1.
    #[serde(deserialize_with = "known_version")]
    pub version: u32,
    /// The tables and views by schema and name.
    pub schemas: BTreeMap<String, BTreeMap<String, TableSnapshot>>,
}

/// The structure of a table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TableSnapshot {
    /// What it is: `TABLE`, `TRANSIENT`, `VIEW`, `MATERIALIZED VIEW` and so on.
    pub kind: String,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The expressions that it is clustered by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_by: Option<String>,
    /// Its columns in order.
    pub columns: Vec<ColumnSnapshot>,
    /// Its primary key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<KeySnapshot>,
    /// Its unique keys, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unique_keys: Vec<KeySnapshot>,
    /// Its foreign keys, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKeySnapshot>,
}

/// A column of a table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnSnapshot {
    /// Its exact name.
    pub name: String,
    /// Its type, as `DESCRIBE` spells it.
    pub data_type: String,
    /// Whether it may hold NULL.
    pub nullable: bool,
    /// The expression of its default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// How it counts by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autoincrement: Option<String>,
    /// The expression that it is computed by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// Its comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// A primary or unique key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct KeySnapshot {
    /// The name of the constraint, unless the service invented it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its columns in order.
    pub columns: Vec<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct ForeignKeySnapshot {
    /// The name of the constraint, unless the service invented it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its columns in order.
    pub columns: Vec<String>,
    /// The database of the table that it refers to, where it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referenced_database: Option<String>,
    /// The schema of the table that it refers to.
    pub referenced_schema: String,
    /// The table that it refers to.
    pub referenced_table: String,
    /// The columns that it refers to, in the order of `columns`.
    pub referenced_columns: Vec<String>,
}

impl SchemaSnapshot {
    pub(super) fn new(schemas: BTreeMap<String, BTreeMap<String, TableSnapshot>>) -> Self {
        Self { version: VERSION, schemas }
    }

    /// A table or view.
    #[must_use]
    pub fn table(&self, schema: &str, name: &str) -> Option<&TableSnapshot> {
        self.schemas.get(schema)?.get(name)
    }

    /// All tables and views with their schemas and names, in that order.
    pub fn tables(&self) -> impl Iterator<Item = (&str, &str, &TableSnapshot)> {
        self.schemas.iter().flat_map(|(schema, tables)| {
            tables.iter().map(move |(name, table)| (schema.as_str(), name.as_str(), table))
        })
    }
}

impl TableSnapshot {
    /// A column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnSnapshot> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// Refuses what a later version of this crate stored.
pub(super) fn known_version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    match u32::deserialize(deserializer)? {
        VERSION => Ok(VERSION),
        other => {
            Err(serde::de::Error::custom(format_args!("version {other} is not known; this is {VERSION}")))
        }
    }
}
