//! Taking a snapshot.

use std::collections::BTreeMap;

use snowflake_proto::Identifier;
use snowflake_query::Pool;

use super::super::key::{ForeignKey, ForeignKeyRow, Key, KeyRow, grouped, grouped_foreign};
use super::super::options::ListOptions;
use super::super::schema::list_schemas;
use super::super::scope::Scope;
use super::super::table::{TableKind, list_tables};
use super::super::view::list_views;
use super::data_type;
use super::gather::{Tables, gather};
use super::model::{ColumnSnapshot, ForeignKeySnapshot, KeySnapshot, SchemaSnapshot, TableSnapshot};
use crate::answer::AnswerRow;
use crate::error::{Result, ScopeSnafu};

/// The schema of every database that describes the others.
const DESCRIBING: &str = "INFORMATION_SCHEMA";
/// How the names begin that the service invents for constraints.
const INVENTED: &str = "SYS_CONSTRAINT_";

type Content = BTreeMap<String, BTreeMap<String, TableSnapshot>>;

/// The structure of a database or schema: tables, views, columns, keys. `INFORMATION_SCHEMA` and temporary tables are left
/// out.
///
/// That takes seven SHOW commands, which need no warehouse; more where there are more than 10,000 columns. The service
/// does not answer them all for one moment: what is created or dropped meanwhile may be there in part.
///
/// # Errors
/// [`Configuration`](crate::ErrorKind::Configuration) for [`Scope::Account`]; [`Sql`](crate::ErrorKind::Sql) when there is
/// no such database or schema, or the role may not see it; the other kinds of a statement.
///
/// # Cancellation
/// Dropping the future tells the service to stop the statement that is under way.
pub async fn snapshot(pool: &Pool, scope: Scope) -> Result<SchemaSnapshot> {
    let (Scope::Database(database) | Scope::Schema(database, _)) = &scope else {
        return ScopeSnafu.fail()?;
    };
    let mut content = schemas(pool, &scope).await?;
    relations(pool, &scope, &mut content).await?;
    let paths =
        content.iter().flat_map(|(schema, tables)| tables.keys().map(|name| (schema.clone(), name.clone())));
    let tables = Tables { database, paths: paths.collect() };
    for (path, column) in gather(pool, "SHOW COLUMNS", &scope, &tables, read_column).await? {
        with(&mut content, &path, |table| table.columns.push(column));
    }
    keys(pool, &scope, &tables, &mut content).await?;
    Ok(SchemaSnapshot::new(content))
}

async fn schemas(pool: &Pool, scope: &Scope) -> Result<Content> {
    let names = match scope {
        Scope::Schema(_, schema) => vec![schema.name().to_owned()],
        _ => {
            let schemas = list_schemas(pool, scope.clone(), ListOptions::default()).collect().await?;
            schemas.into_iter().map(|schema| schema.name).collect()
        }
    };
    Ok(names.into_iter().filter(|name| name != DESCRIBING).map(|name| (name, BTreeMap::new())).collect())
}

/// The tables and views, without their columns and keys.
async fn relations(pool: &Pool, scope: &Scope, content: &mut Content) -> Result<()> {
    let mut add = |schema: &str, name: String, table: TableSnapshot| {
        if let Some(tables) = content.get_mut(schema) {
            tables.insert(name, table);
        }
    };
    let mut tables = list_tables(pool, scope.clone(), ListOptions::default());
    while let Some(table) = tables.next().await {
        let table = table?;
        if table.kind == TableKind::Temporary {
            continue;
        }
        let kind = table.kind.to_string();
        let shape = TableSnapshot {
            kind,
            comment: table.comment,
            cluster_by: table.cluster_by,
            ..Default::default()
        };
        add(&table.schema, table.name, shape);
    }
    let mut views = list_views(pool, scope.clone(), ListOptions::default());
    while let Some(view) = views.next().await {
        let view = view?;
        let kind = if view.is_materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let shape = TableSnapshot { kind: kind.to_owned(), comment: view.comment, ..Default::default() };
        add(&view.schema, view.name, shape);
    }
    Ok(())
}

async fn keys(pool: &Pool, scope: &Scope, tables: &Tables<'_>, content: &mut Content) -> Result<()> {
    let primary = gather(pool, "SHOW PRIMARY KEYS", scope, tables, KeyRow::read).await?;
    for (path, key) in grouped(primary) {
        with(content, &path, |table| table.primary_key = Some(key.into()));
    }
    let unique = gather(pool, "SHOW UNIQUE KEYS", scope, tables, KeyRow::read).await?;
    for (path, key) in grouped(unique) {
        with(content, &path, |table| table.unique_keys.push(key.into()));
    }
    let foreign = gather(pool, "SHOW IMPORTED KEYS", scope, tables, ForeignKeyRow::read).await?;
    for (path, key) in grouped_foreign(foreign) {
        with(content, &path, |table| table.foreign_keys.push(foreign_key(key, tables.database)));
    }
    for table in content.values_mut().flat_map(BTreeMap::values_mut) {
        table.unique_keys.sort();
        table.foreign_keys.sort();
    }
    Ok(())
}

fn with(content: &mut Content, (schema, name): &(String, String), change: impl FnOnce(&mut TableSnapshot)) {
    if let Some(table) = content.get_mut(schema).and_then(|tables| tables.get_mut(name)) {
        change(table);
    }
}

fn read_column(row: &AnswerRow<'_>) -> Result<((String, String), ColumnSnapshot)> {
    let path = (row.text("schema_name")?, row.text("table_name")?);
    let json = row.text("data_type")?;
    let said = row.optional_text("null?").map(|word| !word.eq_ignore_ascii_case("NOT_NULL"));
    let column = ColumnSnapshot {
        name: row.text("column_name")?,
        data_type: data_type::spelled(&json),
        nullable: data_type::nullable(&json).or(said).unwrap_or(true),
        default: row.optional_text("default"),
        autoincrement: row.optional_text("autoincrement"),
        expression: row.optional_text("expression"),
        comment: row.optional_text("comment"),
    };
    Ok((path, column))
}

impl From<Key> for KeySnapshot {
    fn from(key: Key) -> Self {
        Self { name: given(key.name), columns: key.columns }
    }
}

fn foreign_key(key: ForeignKey, database: &Identifier) -> ForeignKeySnapshot {
    ForeignKeySnapshot {
        name: given(key.name),
        columns: key.columns,
        referenced_database: Some(key.referenced_database).filter(|other| other != database.name()),
        referenced_schema: key.referenced_schema,
        referenced_table: key.referenced_table,
        referenced_columns: key.referenced_columns,
    }
}

/// The name, if somebody gave it.
fn given(name: String) -> Option<String> {
    Some(name).filter(|name| !name.starts_with(INVENTED))
}
