//! The views of objects: those of INFORMATION_SCHEMA, of all databases together.

use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, RecordBatch, new_null_array};
use arrow_schema::Schema;

use super::super::SqlError;
use super::super::catalog::ObjectPath;
use super::super::information_schema;
use super::super::run::Run;
use super::super::types::{SqlType, field};
use super::field::{INSTANT, Rows};

/// The views that are read so.
pub(super) const VIEWS: [&str; 5] = ["COLUMNS", "SCHEMATA", "TABLES", "TABLE_STORAGE_METRICS", "VIEWS"];

/// One of [`VIEWS`], with the time when each object was dropped: never, for what is there.
pub(super) fn view(run: &Run, name: &str) -> Result<Rows, SqlError> {
    let databases: Vec<String> = run.engine().catalog().databases.keys().cloned().collect();
    let mut found: Option<Rows> = None;
    for database in databases {
        let schema = information_schema::NAME.to_owned();
        let path = ObjectPath { database, schema, name: name.to_owned() };
        let (schema, batches) = information_schema::read(run, &path)?;
        match &mut found {
            Some((_, all)) => all.extend(batches),
            None => found = Some((schema, batches)),
        }
    }
    let Some((schema, batches)) = found else {
        let columns = information_schema::columns_of(name).unwrap_or_default();
        let fields: Vec<_> = columns.iter().map(|each| field(&each.name, &each.data_type, true)).collect();
        return with_deleted(name, (Arc::new(Schema::new(fields)), Vec::new()));
    };
    with_deleted(name, (schema, batches))
}

/// `DATABASES`, which every database answers alike.
pub(super) fn databases(run: &Run) -> Result<Rows, SqlError> {
    let first = run.engine().catalog().databases.keys().next().cloned();
    let schema = information_schema::NAME.to_owned();
    let path = ObjectPath { database: first.unwrap_or_default(), schema, name: "DATABASES".to_owned() };
    with_deleted(&path.name, information_schema::read(run, &path)?)
}

/// Adds the column that tells of dropped objects, of which nothing is kept: a time, and of storage whether.
fn with_deleted(view: &str, (schema, batches): Rows) -> Result<Rows, SqlError> {
    let is_storage = view == "TABLE_STORAGE_METRICS";
    let deleted = field("DELETED", if is_storage { &SqlType::Boolean } else { &INSTANT }, true);
    let fields = schema.fields().iter().map(Arc::clone).chain([Arc::new(deleted)]);
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let with = |batch: RecordBatch| {
        let (data_type, rows) = (schema.field(schema.fields().len() - 1).data_type(), batch.num_rows());
        let deleted: ArrayRef = match is_storage {
            true => Arc::new(BooleanArray::from(vec![false; rows])),
            false => new_null_array(data_type, rows),
        };
        let columns = batch.columns().iter().map(Arc::clone).chain([deleted]).collect();
        RecordBatch::try_new(Arc::clone(&schema), columns).map_err(SqlError::internal)
    };
    let batches = batches.into_iter().map(with).collect::<Result<Vec<_>, _>>()?;
    Ok((schema, batches))
}
