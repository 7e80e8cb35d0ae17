//! Tables.

use std::sync::Arc;

use arrow_array::RecordBatch;
use datafusion::sql::sqlparser::ast::{
    ColumnDef, ColumnOption, CommentDef, CreateTable, CreateTableLikeKind, CreateTableOptions, Expr,
    IdentityPropertyKind, ObjectName, SqlOption, Statement,
};
use datafusion::sql::sqlparser::tokenizer::Token;
use futures::TryStreamExt;
use snowflake_proto::{Column, StatementType};

use super::super::answer::status;
use super::super::catalog::{Kind, ObjectPath, Relation, Table, TableColumn, TableOptions, Version};
use super::super::rewrite::{Tables, name_items};
use super::super::run::Run;
use super::super::select::{Planned, plan_query};
use super::super::syntax::{Name, Tokens, parse_statement, select_titles};
use super::super::types::{SqlType, parse_type, type_of};
use super::super::value::cast_array;
use super::super::{Outcome, SqlError};
use super::constraints::{Keyed, declare};
use super::{Head, taken};

/// `CREATE TABLE`, in all its forms.
pub(super) async fn create(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let statement = parse_statement(tokens)?;
    let Statement::CreateTable(create) = statement else {
        return Err(SqlError::not_simulated("that CREATE TABLE"));
    };
    refuse(&create)?;
    let kind = match (create.temporary || create.volatile, create.transient) {
        (true, _) => Kind::Temporary,
        (false, true) => Kind::Transient,
        (false, false) => Kind::Permanent,
    };
    let head = Head { or_replace: create.or_replace, if_not_exists: create.if_not_exists, kind };
    let path = run.path(&name_of(&create.name)?)?;
    let done = || status(format!("Table {} successfully created.", path.name), StatementType::DDL);
    if run.describes() {
        return done();
    }
    if let Some(outcome) = taken(is_there(run, &path, kind)?, head, &path)? {
        return Ok(outcome);
    }
    let columns = create.columns.iter().map(|column| defined(run, column)).collect::<Result<Vec<_>, _>>()?;
    let mut options = TableOptions { kind, ..TableOptions::new(columns, run.env.now) };
    let mut content = Version::new(Vec::new());
    let mut planned = None;
    if let Some(source) = source_of(&create)? {
        let table = run.table(&run.path(&source.0)?, &source.0.join("."))?;
        options.columns = table.columns().to_vec();
        options.constraints = table.options.constraints.clone();
        if source.1 {
            content = Version::new(run.version(&table)?.batches.clone());
        }
    } else if let Some(query) = &create.query {
        let mut query = query.clone();
        name_items(&mut query, query_titles(tokens).as_deref());
        let plan = plan_query(run, query, Tables::new())?;
        options.columns = selected(&plan.columns, options.columns)?;
        planned = Some(plan);
    }
    if options.columns.is_empty() {
        return Err(SqlError::new("001003", "42000", "SQL compilation error:\nMissing column specification"));
    }
    refuse_duplicates(&options.columns)?;
    let TableOptions { id, columns, constraints, .. } = &mut options;
    declare(run, &mut Keyed { path: &path, id, columns, constraints }, &create)?;
    options.cluster_by = create.cluster_by.as_ref().map(|keys| format!("LINEAR{keys}")).unwrap_or_default();
    options.comment = comment_of(&create);
    let table = Table::new(options);
    table.set_evolves(create.enable_schema_evolution == Some(true));
    if let Some(planned) = planned {
        content = Version::new(filled(run, planned, &table).await?);
    }
    table.set_version(content);
    run.commit().await?;
    run.check()?;
    put(run, &path, kind, Arc::new(table))?;
    done()
}

/// Whether a table of that kind would take the name of another.
pub(super) fn is_there(run: &Run, path: &ObjectPath, kind: Kind) -> Result<bool, SqlError> {
    match kind {
        Kind::Temporary => Ok(run.session.state().relations.contains_key(path)),
        _ => Ok(run.relation(path)?.is_some()),
    }
}

/// What is parsed but not built.
fn refuse(create: &CreateTable) -> Result<(), SqlError> {
    let refused = [
        (create.external, "external tables"),
        (create.dynamic, "dynamic tables"),
        (create.iceberg, "Iceberg tables"),
        (create.with_row_access_policy.is_some(), "row access policies"),
        (create.with_aggregation_policy.is_some(), "aggregation policies"),
        (create.change_tracking == Some(true), "change tracking"),
        (create.default_ddl_collation.is_some(), "collations"),
    ];
    match refused.into_iter().find(|(is_there, _)| *is_there) {
        Some((_, what)) => Err(SqlError::not_simulated(what)),
        None => Ok(()),
    }
}

/// The comment, which the parser keeps here or there.
fn comment_of(create: &CreateTable) -> String {
    let plain = match &create.table_options {
        CreateTableOptions::Plain(options) => options.as_slice(),
        _ => &[],
    };
    let plain = plain.iter().find_map(|option| match option {
        SqlOption::Comment(comment) => Some(comment),
        _ => None,
    });
    match create.comment.as_ref().or(plain) {
        Some(CommentDef::WithEq(text) | CommentDef::WithoutEq(text)) => text.clone(),
        None => String::new(),
    }
}

pub(super) fn name_of(name: &ObjectName) -> Result<Name, SqlError> {
    let parts: Option<Name> = name
        .0
        .iter()
        .map(|part| {
            part.as_ident()
                .map(|ident| if ident.value.is_empty() { "PUBLIC".to_owned() } else { ident.value.clone() })
        })
        .collect();
    parts.ok_or_else(|| SqlError::not_simulated(format!("the name {name}")))
}

/// The table that LIKE or CLONE names, and whether its rows come along.
fn source_of(create: &CreateTable) -> Result<Option<(Name, bool)>, SqlError> {
    if let Some(name) = &create.clone {
        return Ok(Some((name_of(name)?, true)));
    }
    match &create.like {
        Some(CreateTableLikeKind::Plain(like) | CreateTableLikeKind::Parenthesized(like)) => {
            Ok(Some((name_of(&like.name)?, false)))
        }
        None => Ok(None),
    }
}

fn query_titles(tokens: &Tokens) -> Option<Vec<String>> {
    let start = tokens
        .tokens
        .iter()
        .position(|each| matches!(&each.token, Token::Word(word) if word.value == "AS"))?;
    select_titles(&Tokens { text: tokens.text.clone(), tokens: tokens.tokens[start + 1..].to_vec() })
}

/// The column that a definition describes.
pub(super) fn defined(run: &Run, column: &ColumnDef) -> Result<TableColumn, SqlError> {
    let data_type = column_type(run, &column.data_type.to_string())?;
    let mut defined = TableColumn::new(column.name.value.clone(), data_type);
    for option in &column.options {
        match &option.option {
            ColumnOption::Null => defined.nullable = true,
            ColumnOption::NotNull => defined.nullable = false,
            ColumnOption::Default(expr) => defined.default = Some(expr.to_string()),
            // Keys are read with those of the whole table.
            ColumnOption::PrimaryKey(_) | ColumnOption::Unique(_) | ColumnOption::ForeignKey(_) => {}
            ColumnOption::Comment(text) => defined.comment = Some(text.clone()),
            ColumnOption::Identity(identity) => {
                let (IdentityPropertyKind::Autoincrement(property)
                | IdentityPropertyKind::Identity(property)) = identity;
                defined.identity = Some(counting(property.parameters.as_ref())?);
            }
            other => return Err(SqlError::not_simulated(format!("the column option {other}"))),
        }
    }
    Ok(defined)
}

/// A written type, TIMESTAMP by the session's mapping.
pub(super) fn column_type(run: &Run, written: &str) -> Result<SqlType, SqlError> {
    let mapping = run.parameter("TIMESTAMP_TYPE_MAPPING");
    match mapping {
        Some(mapping) if written.trim().eq_ignore_ascii_case("TIMESTAMP") => parse_type(&mapping),
        _ => parse_type(written),
    }
}

fn counting(
    format: Option<&datafusion::sql::sqlparser::ast::IdentityPropertyFormatKind>,
) -> Result<(i64, i64), SqlError> {
    use datafusion::sql::sqlparser::ast::IdentityPropertyFormatKind as Format;
    let Some(Format::FunctionCall(parameters) | Format::StartAndIncrement(parameters)) = format else {
        return Ok((1, 1));
    };
    let number = |expr: &Expr| expr.to_string().parse::<i64>();
    match (number(&parameters.seed), number(&parameters.increment)) {
        (Ok(start), Ok(step)) => Ok((start, step)),
        _ => Err(SqlError::invalid_argument("AUTOINCREMENT needs whole numbers")),
    }
}

/// The columns of CTAS: the query's, under the names and types that are stated.
fn selected(found: &[Column], stated: Vec<TableColumn>) -> Result<Vec<TableColumn>, SqlError> {
    if stated.is_empty() {
        return Ok(found
            .iter()
            .map(|column| TableColumn {
                nullable: column.nullable,
                ..TableColumn::new(column.name.clone(), column.data_type.clone())
            })
            .collect());
    }
    if stated.len() != found.len() {
        return Err(SqlError::new(
            "002018",
            "21S02",
            format!(
                "SQL compilation error:\nInvalid column definition list: {} names for {} columns",
                stated.len(),
                found.len()
            ),
        ));
    }
    Ok(stated)
}

pub(super) fn refuse_duplicates(columns: &[TableColumn]) -> Result<(), SqlError> {
    let mut seen = std::collections::BTreeSet::new();
    match columns.iter().find(|column| !seen.insert(&column.name)) {
        Some(twice) => Err(SqlError::duplicate_column(&twice.name)),
        None => Ok(()),
    }
}

/// The rows of CTAS, of the table's types.
async fn filled(run: &Run, planned: Planned, table: &Table) -> Result<Vec<RecordBatch>, SqlError> {
    let found: Vec<RecordBatch> = planned.run().await?.try_collect().await?;
    found
        .iter()
        .map(|batch| {
            let schema = batch.schema();
            let arrays = table.columns().iter().enumerate().map(|(at, column)| {
                let array =
                    cast_array(batch.column(at), &type_of(schema.field(at)), &column.data_type, &run.env)?;
                if !column.nullable && array.null_count() > 0 {
                    return Err(SqlError::null_not_allowed());
                }
                Ok(array)
            });
            let arrays = arrays.collect::<Result<Vec<_>, SqlError>>()?;
            RecordBatch::try_new(Arc::clone(table.schema()), arrays).map_err(SqlError::internal)
        })
        .collect()
}

/// Makes a table known under a name.
///
/// # Errors
/// `002003` when the database or schema is missing.
pub(in super::super) fn put(
    run: &Run,
    path: &ObjectPath,
    kind: Kind,
    table: Arc<Table>,
) -> Result<(), SqlError> {
    let relation = Relation::Table(table);
    if kind == Kind::Temporary {
        run.engine().catalog().schema(&path.database, &path.schema)?;
        run.session.state().relations.insert(path.clone(), relation);
    } else {
        run.engine()
            .catalog_mut()
            .schema_mut(&path.database, &path.schema)?
            .relations
            .insert(path.name.clone(), relation);
    }
    Ok(())
}

pub(super) fn drop(run: &Run, name: &Name) -> Result<bool, SqlError> {
    let path = run.path(name)?;
    if run.session.state().relations.remove(&path).is_some() {
        return Ok(true);
    }
    let mut catalog = run.engine().catalog_mut();
    let schema = catalog.schema_mut(&path.database, &path.schema)?;
    if matches!(schema.relations.get(&path.name), Some(Relation::Table(_))) {
        schema.relations.remove(&path.name);
        return Ok(true);
    }
    Ok(false)
}
