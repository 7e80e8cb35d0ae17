//! What the foreign keys of tables refer to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalog::{Constraint, ObjectPath, Reference, Relation, Table};
use super::run::Run;

/// All tables that a session sees, by what stays of them when they are altered or renamed.
pub(super) struct References {
    tables: BTreeMap<usize, (ObjectPath, Arc<Table>)>,
}

/// The key that a foreign key refers to, and where it is.
pub(super) struct Referred<'a> {
    pub(super) path: &'a ObjectPath,
    pub(super) key: &'a Constraint,
}

impl References {
    pub(super) fn new(run: &Run) -> Self {
        let mut found = Self { tables: BTreeMap::new() };
        let catalog = run.engine().catalog();
        for (database, content) in &catalog.databases {
            for (schema, content) in &content.schemas {
                for (name, relation) in &content.relations {
                    let (database, schema, name) = (database.clone(), schema.clone(), name.clone());
                    found.remember(ObjectPath { database, schema, name }, relation);
                }
            }
        }
        for (path, relation) in &run.session.state().relations {
            found.remember(path.clone(), relation);
        }
        found
    }

    fn remember(&mut self, path: ObjectPath, relation: &Relation) {
        if let Relation::Table(table) = relation {
            self.tables.insert(table.options.id.address(), (path, Arc::clone(table)));
        }
    }

    /// The key that is referred to; none once it or its table has been dropped.
    pub(super) fn find(&self, reference: &Reference) -> Option<Referred<'_>> {
        let (path, table) = self.tables.get(&reference.table.address())?;
        let key = table.options.constraints.iter().find(|key| key.name == reference.key)?;
        Some(Referred { path, key })
    }

    /// All tables.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&ObjectPath, &Arc<Table>)> {
        self.tables.values().map(|(path, table)| (path, table))
    }
}
