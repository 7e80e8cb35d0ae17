//! What differs between two snapshots.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::model::{
    ColumnSnapshot, ForeignKeySnapshot, KeySnapshot, SchemaSnapshot, TableSnapshot, VERSION, known_version,
};

/// What differs between two snapshots: enough to make the later of the earlier, and the other way round.
///
/// Tables are told by schema and name, columns by name: a renamed one is removed and added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SchemaDifference {
    /// The version of this form, 1.
    #[serde(deserialize_with = "known_version")]
    pub version: u32,
    /// The schemas that only the later has; their tables are in `added`.
    pub added_schemas: BTreeSet<String>,
    /// The schemas that only the earlier has; their tables are in `removed`.
    pub removed_schemas: BTreeSet<String>,
    /// The tables and views that only the later has, by schema and name.
    pub added: Vec<NamedTable>,
    /// The tables and views that only the earlier has, by schema and name.
    pub removed: Vec<NamedTable>,
    /// What differs in those that both have, by schema and name.
    pub changed: Vec<TableDifference>,
}

/// A table or view with its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedTable {
    /// The schema that it is in.
    pub schema: String,
    /// Its exact name.
    pub name: String,
    /// Its structure.
    pub table: TableSnapshot,
}

/// What was and what is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    /// What was.
    pub old: T,
    /// What is.
    pub new: T,
}

/// What differs in a table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TableDifference {
    /// The schema that it is in.
    pub schema: String,
    /// Its exact name.
    pub name: String,
    /// Another kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Change<String>>,
    /// Another comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<Change<Option<String>>>,
    /// Another clustering.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster_by: Option<Change<Option<String>>>,
    /// Columns that only the later has, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added_columns: Vec<ColumnSnapshot>,
    /// Columns that only the earlier has, in its order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed_columns: Vec<ColumnSnapshot>,
    /// Columns that both have but otherwise, in the order of the later.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed_columns: Vec<Change<ColumnSnapshot>>,
    /// The names of all columns in order, where the new ones do not simply follow those that stayed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column_order: Option<Change<Vec<String>>>,
    /// Another primary key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<Change<Option<KeySnapshot>>>,
    /// Other unique keys: all that were and all that are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique_keys: Option<Change<Vec<KeySnapshot>>>,
    /// Other foreign keys: all that were and all that are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foreign_keys: Option<Change<Vec<ForeignKeySnapshot>>>,
}

impl SchemaSnapshot {
    /// What has to be done to this snapshot to get the later one.
    ///
    /// ```
    /// # use snowflake_ops::SchemaSnapshot;
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let table = |column: &str| format!(
    /// #     r#"{{ "version": 1, "schemas": {{ "PUBLIC": {{ "T": {{ "kind": "TABLE", "columns": [{column}] }} }} }} }}"#);
    /// let before: SchemaSnapshot = serde_json::from_str(&table(r#"{ "name": "ID", "data_type": "NUMBER(38,0)" }"#))?;
    /// let after: SchemaSnapshot = serde_json::from_str(&table(r#"{ "name": "ID", "data_type": "VARCHAR(10)" }"#))?;
    /// let difference = before.difference(&after);
    /// assert_eq!(difference.changed[0].changed_columns[0].new.data_type, "VARCHAR(10)");
    /// assert_eq!(difference.apply(&before)?, after);
    /// assert!(before.difference(&before).is_empty());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn difference(&self, later: &Self) -> SchemaDifference {
        let names = |snapshot: &Self| snapshot.schemas.keys().cloned().collect::<BTreeSet<_>>();
        let (ours, theirs) = (names(self), names(later));
        let changed = self.tables().filter_map(|(schema, name, old)| {
            let new = later.table(schema, name).filter(|new| *new != old)?;
            Some(TableDifference::between(schema, name, old, new))
        });
        SchemaDifference {
            version: VERSION,
            added_schemas: theirs.difference(&ours).cloned().collect(),
            removed_schemas: ours.difference(&theirs).cloned().collect(),
            added: later.without(self),
            removed: self.without(later),
            changed: changed.collect(),
        }
    }

    /// The tables that the other has not.
    fn without(&self, other: &Self) -> Vec<NamedTable> {
        let only = self.tables().filter(|(schema, name, _)| other.table(schema, name).is_none());
        only.map(|(schema, name, table)| NamedTable {
            schema: schema.to_owned(),
            name: name.to_owned(),
            table: table.clone(),
        })
        .collect()
    }
}

impl SchemaDifference {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let schemas = self.added_schemas.is_empty() && self.removed_schemas.is_empty();
        schemas && self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// The difference the other way round.
    #[must_use]
    pub fn inverted(self) -> Self {
        Self {
            version: self.version,
            added_schemas: self.removed_schemas,
            removed_schemas: self.added_schemas,
            added: self.removed,
            removed: self.added,
            changed: self.changed.into_iter().map(TableDifference::inverted).collect(),
        }
    }
}

impl TableDifference {
    fn between(schema: &str, name: &str, old: &TableSnapshot, new: &TableSnapshot) -> Self {
        let (before, after) = (by_name(old), by_name(new));
        let only = |of: &TableSnapshot, other: &BTreeMap<&str, &ColumnSnapshot>| {
            let only = of.columns.iter().filter(|column| !other.contains_key(column.name.as_str()));
            only.cloned().collect::<Vec<_>>()
        };
        let changed_columns = new.columns.iter().filter_map(|column| {
            let old = before.get(column.name.as_str())?;
            Change::between(*old, column)
        });
        let order =
            |of: &TableSnapshot| of.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        let stayed = old.columns.iter().filter(|column| after.contains_key(column.name.as_str()));
        let added_columns = only(new, &before);
        let usual: Vec<_> = stayed.chain(&added_columns).map(|column| column.name.clone()).collect();
        let back: Vec<_> = {
            let removed = only(old, &after);
            let stayed = new.columns.iter().filter(|column| before.contains_key(column.name.as_str()));
            stayed.chain(&removed).map(|column| column.name.clone()).collect()
        };
        let is_usual = usual == order(new) && back == order(old);
        Self {
            schema: schema.to_owned(),
            name: name.to_owned(),
            kind: Change::between(&old.kind, &new.kind),
            comment: Change::between(&old.comment, &new.comment),
            cluster_by: Change::between(&old.cluster_by, &new.cluster_by),
            changed_columns: changed_columns.collect(),
            removed_columns: only(old, &after),
            added_columns,
            column_order: (!is_usual).then(|| Change { old: order(old), new: order(new) }),
            primary_key: Change::between(&old.primary_key, &new.primary_key),
            unique_keys: Change::between(&old.unique_keys, &new.unique_keys),
            foreign_keys: Change::between(&old.foreign_keys, &new.foreign_keys),
        }
    }

    fn inverted(self) -> Self {
        Self {
            kind: self.kind.map(Change::inverted),
            comment: self.comment.map(Change::inverted),
            cluster_by: self.cluster_by.map(Change::inverted),
            added_columns: self.removed_columns,
            removed_columns: self.added_columns,
            changed_columns: self.changed_columns.into_iter().map(Change::inverted).collect(),
            column_order: self.column_order.map(Change::inverted),
            primary_key: self.primary_key.map(Change::inverted),
            unique_keys: self.unique_keys.map(Change::inverted),
            foreign_keys: self.foreign_keys.map(Change::inverted),
            ..self
        }
    }
}

impl<T: Clone + PartialEq> Change<T> {
    fn between(old: &T, new: &T) -> Option<Self> {
        (old != new).then(|| Self { old: old.clone(), new: new.clone() })
    }
}

impl<T> Change<T> {
    fn inverted(self) -> Self {
        Self { old: self.new, new: self.old }
    }
}

fn by_name(table: &TableSnapshot) -> BTreeMap<&str, &ColumnSnapshot> {
    table.columns.iter().map(|column| (column.name.as_str(), column)).collect()
}
