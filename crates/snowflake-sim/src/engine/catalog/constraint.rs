//! Keys that tables declare: kept and shown, never enforced.

use std::sync::Arc;

use super::super::time::Stamp;

/// A primary, unique or foreign key of a table.
#[derive(Clone, Debug)]
pub(in super::super) struct Constraint {
    pub(in super::super) name: String,
    pub(in super::super) created: Stamp,
    /// The columns of the key in its order.
    pub(in super::super) columns: Vec<String>,
    pub(in super::super) kind: Key,
}

/// What kind of key it is.
#[derive(Clone, Debug)]
pub(in super::super) enum Key {
    Primary,
    Unique,
    Foreign(Reference),
}

/// The key of another table, or of the same, that a foreign key refers to.
#[derive(Clone, Debug)]
pub(in super::super) struct Reference {
    pub(in super::super) table: TableId,
    /// The name of the key there. Its columns answer those of the foreign key one by one.
    pub(in super::super) key: String,
    pub(in super::super) on_update: String,
    pub(in super::super) on_delete: String,
    pub(in super::super) matches: &'static str,
}

/// What stays of a table when it is altered or renamed; another table of the same name has another.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct TableId(Arc<()>);

impl TableId {
    /// A number that no other table has while this one is known.
    pub(in super::super) fn address(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl Constraint {
    pub(in super::super) fn is_primary(&self) -> bool {
        matches!(self.kind, Key::Primary)
    }

    pub(in super::super) fn is_unique(&self) -> bool {
        matches!(self.kind, Key::Unique)
    }

    pub(in super::super) fn reference(&self) -> Option<&Reference> {
        match &self.kind {
            Key::Foreign(reference) => Some(reference),
            _ => None,
        }
    }

    /// The kind as the information schema writes it.
    pub(in super::super) fn kind_words(&self) -> &'static str {
        match self.kind {
            Key::Primary => "PRIMARY KEY",
            Key::Unique => "UNIQUE",
            Key::Foreign(_) => "FOREIGN KEY",
        }
    }

    pub(in super::super) fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|name| name == column)
    }
}
