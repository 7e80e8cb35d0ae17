//! Making the later snapshot of the earlier one and their difference.

use std::collections::BTreeMap;

use super::difference::{Change, SchemaDifference, TableDifference};
use super::model::{SchemaSnapshot, TableSnapshot};
use crate::error::{DifferenceSnafu, Result};

impl SchemaDifference {
    /// The later snapshot, of the earlier one.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the difference was made for another snapshot: the message
    /// names the schema or table that is not as it should be.
    pub fn apply(&self, earlier: &SchemaSnapshot) -> Result<SchemaSnapshot> {
        let mut schemas = earlier.schemas.clone();
        for removed in &self.removed {
            let found = schemas.get_mut(&removed.schema).and_then(|tables| tables.remove(&removed.name));
            expect(found.as_ref() == Some(&removed.table), &removed.schema, &removed.name)?;
        }
        for schema in &self.removed_schemas {
            expect(schemas.remove(schema).is_some_and(|tables| tables.is_empty()), schema, "")?;
        }
        for schema in &self.added_schemas {
            expect(schemas.insert(schema.clone(), BTreeMap::new()).is_none(), schema, "")?;
        }
        for added in &self.added {
            let tables = schemas.get_mut(&added.schema);
            let replaced = tables.map(|tables| tables.insert(added.name.clone(), added.table.clone()));
            expect(replaced == Some(None), &added.schema, &added.name)?;
        }
        for changed in &self.changed {
            let table = schemas.get_mut(&changed.schema).and_then(|tables| tables.get_mut(&changed.name));
            let done = table.is_some_and(|table| changed.apply(table).is_some());
            expect(done, &changed.schema, &changed.name)?;
        }
        Ok(SchemaSnapshot::new(schemas))
    }
}

impl TableDifference {
    /// Nothing when the table is not what the difference was made for.
    fn apply(&self, table: &mut TableSnapshot) -> Option<()> {
        replace(&mut table.kind, self.kind.as_ref())?;
        replace(&mut table.comment, self.comment.as_ref())?;
        replace(&mut table.cluster_by, self.cluster_by.as_ref())?;
        replace(&mut table.primary_key, self.primary_key.as_ref())?;
        replace(&mut table.unique_keys, self.unique_keys.as_ref())?;
        replace(&mut table.foreign_keys, self.foreign_keys.as_ref())?;
        self.apply_columns(table)
    }

    fn apply_columns(&self, table: &mut TableSnapshot) -> Option<()> {
        let names = table.columns.iter().map(|column| &column.name);
        if self.column_order.as_ref().is_some_and(|order| !names.eq(&order.old)) {
            return None;
        }
        for removed in &self.removed_columns {
            let at = table.columns.iter().position(|column| column == removed)?;
            table.columns.remove(at);
        }
        for change in &self.changed_columns {
            let column = table.columns.iter_mut().find(|column| **column == change.old)?;
            *column = change.new.clone();
        }
        for added in &self.added_columns {
            if table.column(&added.name).is_some() {
                return None;
            }
            table.columns.push(added.clone());
        }
        let Some(order) = &self.column_order else { return Some(()) };
        let mut columns: BTreeMap<_, _> =
            table.columns.drain(..).map(|column| (column.name.clone(), column)).collect();
        for name in &order.new {
            table.columns.push(columns.remove(name)?);
        }
        columns.is_empty().then_some(())
    }
}

fn replace<T: Clone + PartialEq>(value: &mut T, change: Option<&Change<T>>) -> Option<()> {
    let Some(change) = change else { return Some(()) };
    if *value != change.old {
        return None;
    }
    *value = change.new.clone();
    Some(())
}

fn expect(is_so: bool, schema: &str, table: &str) -> Result<()> {
    if is_so {
        return Ok(());
    }
    DifferenceSnafu { schema, table }.fail()?
}
