//! The views that there are, and how they are read.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Schema, SchemaRef};

use super::super::SqlError;
use super::super::answer::Answer;
use super::super::catalog::{ObjectPath, TableColumn};
use super::super::run::Run;
use super::super::types::{SqlType, field};
use super::super::value::{Builder, Value};
use super::{absent, columns, constraints, containers, roles, staging, tables};

/// The name of the schema that every database has.
pub(in super::super) const NAME: &str = "INFORMATION_SCHEMA";
/// What is said of the schema.
pub(in super::super) const COMMENT: &str = "Views describing the contents of schemas in this database";

/// One view: its name, its columns as [`Answer::listing`] has them, and what fills it for a database.
pub(super) struct View {
    name: &'static str,
    columns: &'static str,
    fill: fn(&Run, &str, &mut Answer) -> Result<(), SqlError>,
}

impl View {
    const fn new(
        name: &'static str,
        columns: &'static str,
        fill: fn(&Run, &str, &mut Answer) -> Result<(), SqlError>,
    ) -> Self {
        Self { name, columns, fill }
    }
}

const VIEWS: [View; 19] = [
    View::new("APPLICABLE_ROLES", roles::APPLICABLE_ROLES, roles::applicable),
    View::new("COLUMNS", columns::COLUMNS, columns::columns),
    View::new("DATABASES", containers::DATABASES, containers::databases),
    View::new("ENABLED_ROLES", roles::ENABLED_ROLES, roles::enabled),
    View::new("EXTERNAL_TABLES", absent::EXTERNAL_TABLES, absent::nothing),
    View::new("FILE_FORMATS", staging::FILE_FORMATS, staging::file_formats),
    View::new("FUNCTIONS", absent::FUNCTIONS, absent::nothing),
    View::new("INFORMATION_SCHEMA_CATALOG_NAME", containers::CATALOG_NAME, containers::catalog_name),
    View::new("LOAD_HISTORY", staging::LOAD_HISTORY, staging::load_history),
    View::new("PIPES", absent::PIPES, absent::nothing),
    View::new("PROCEDURES", absent::PROCEDURES, absent::nothing),
    View::new("REFERENTIAL_CONSTRAINTS", constraints::REFERENTIAL_CONSTRAINTS, constraints::referential),
    View::new("SCHEMATA", containers::SCHEMATA, containers::schemata),
    View::new("SEQUENCES", absent::SEQUENCES, absent::nothing),
    View::new("STAGES", staging::STAGES, staging::stages),
    View::new("TABLES", tables::TABLES, tables::tables),
    View::new("TABLE_CONSTRAINTS", constraints::TABLE_CONSTRAINTS, constraints::all),
    View::new("TABLE_STORAGE_METRICS", tables::TABLE_STORAGE_METRICS, tables::storage),
    View::new("VIEWS", tables::VIEWS, tables::views),
];

/// The names of the views.
pub(in super::super) fn views() -> impl Iterator<Item = &'static str> {
    VIEWS.iter().map(|view| view.name)
}

/// The columns of a view; none when there is no such view.
pub(in super::super) fn columns_of(view: &str) -> Option<Vec<TableColumn>> {
    let found = VIEWS.iter().find(|each| each.name == view)?;
    let columns = Answer::listing(found.columns).into_columns();
    Some(columns.into_iter().map(|column| TableColumn::new(column.name, column.data_type)).collect())
}

/// The rows of one of its views.
///
/// # Errors
/// `002003` when the database is missing, `0A000` for a view that is not simulated.
pub(in super::super) fn read(
    run: &Run,
    path: &ObjectPath,
) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
    let view = VIEWS.iter().find(|view| view.name == path.name);
    let view = view.ok_or_else(|| SqlError::not_simulated(format!("INFORMATION_SCHEMA.{}", path.name)))?;
    run.engine().catalog().database(&path.database)?;
    let mut answer = Answer::listing(view.columns);
    (view.fill)(run, &path.database, &mut answer)?;
    answer.table()
}

/// Rows as a table to query.
///
/// # Errors
/// `300010` when a value is not of its column's type.
pub(in super::super) fn table_of(
    columns: &[(&str, SqlType)],
    rows: Vec<Vec<Value<'static>>>,
) -> Result<(SchemaRef, Vec<RecordBatch>), SqlError> {
    let fields: Vec<_> = columns.iter().map(|(name, data_type)| field(name, data_type, true)).collect();
    let schema = Arc::new(Schema::new(fields));
    let mut builders: Vec<Builder> =
        columns.iter().map(|(_, data_type)| Builder::new(data_type, rows.len())).collect();
    for row in rows {
        for (builder, value) in builders.iter_mut().zip(row) {
            builder.push(value)?;
        }
    }
    let arrays = builders.into_iter().map(Builder::finish).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(SqlError::internal)?;
    Ok((schema, vec![batch]))
}
