//! The tables and views of a database.

use std::collections::BTreeMap;

use super::super::SqlError;
use super::super::catalog::{ObjectPath, Relation};
use super::super::run::Run;

/// The tables and views that the session sees, by name; temporary ones hide others.
pub(super) fn relations(run: &Run, database: &str) -> Result<BTreeMap<ObjectPath, Relation>, SqlError> {
    let mut found = BTreeMap::new();
    for (schema, content) in &run.engine().catalog().database(database)?.schemas {
        for (name, relation) in &content.relations {
            let (database, schema, name) = (database.to_owned(), schema.clone(), name.clone());
            found.insert(ObjectPath { database, schema, name }, relation.clone());
        }
    }
    let state = run.session.state();
    let own = state.relations.iter().filter(|(path, _)| path.database == database);
    found.extend(own.map(|(path, relation)| (path.clone(), relation.clone())));
    Ok(found)
}
