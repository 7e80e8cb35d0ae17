//! Tables, views and results.

use datafusion::sql::sqlparser::tokenizer::Token;
use snowflake_proto::StatementType;

use super::super::answer::{Answer, letter, optional, text};
use super::super::catalog::{Constraint, Relation, TableColumn};
use super::super::information_schema;
use super::super::run::Run;
use super::super::syntax::{Cursor, Options};
use super::super::{Outcome, SqlError};
use super::staging;

const COLUMNS: &str = "name, type, kind, null?, default, primary key, unique key, check, expression, comment, \
                       policy name, privacy domain";

/// Describes `name [TYPE = COLUMNS | STAGE]`.
///
/// # Errors
/// `002003` when the table or view is missing.
pub(super) fn describe(run: &Run, cursor: &mut Cursor<'_>, kind: &str) -> Result<Outcome, SqlError> {
    let name = cursor.name()?;
    let mut of_stage = false;
    if cursor.word("TYPE") {
        cursor.expect(&Token::Eq)?;
        of_stage = cursor.word("STAGE");
        if !of_stage {
            cursor.expect_word("COLUMNS")?;
        }
    }
    cursor.end()?;
    let path = run.path(&name)?;
    let missing = || SqlError::missing(kind, &name.join("."));
    if path.schema == information_schema::NAME {
        run.engine().catalog().database(&path.database)?;
        return columns(&information_schema::columns_of(&path.name).ok_or_else(missing)?, &[]);
    }
    match run.visible(&path)?.ok_or_else(missing)? {
        // The stage of a table has no format of its own.
        Relation::Table(_) if of_stage => staging::properties_of(&Options::default(), false),
        Relation::Table(table) => columns(table.columns(), &table.options.constraints),
        Relation::View(view) => columns(&view.columns, &[]),
    }
}

/// Describes the result of an earlier statement.
///
/// # Errors
/// `000709` when nobody knows the statement.
pub(super) fn result(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let id = cursor.expect_string()?;
    cursor.end()?;
    let found = run.engine().options().queries.result(&id);
    let found = found.ok_or_else(|| SqlError::new("000709", "02000", format!("Statement {id} not found")))?;
    let described: Vec<TableColumn> = found
        .columns
        .into_iter()
        .map(|column| TableColumn {
            nullable: column.nullable,
            ..TableColumn::new(column.name, column.data_type)
        })
        .collect();
    columns(&described, &[])
}

fn columns(columns: &[TableColumn], constraints: &[Constraint]) -> Result<Outcome, SqlError> {
    let mut answer = Answer::listing(COLUMNS);
    for column in columns {
        let is_key = |is_meant: fn(&Constraint) -> bool| {
            letter(constraints.iter().any(|key| is_meant(key) && key.has(&column.name)))
        };
        let default = column.counting().or_else(|| column.default.clone());
        answer.named(vec![
            ("name", text(&column.name)),
            ("type", text(&column.data_type.to_string())),
            ("kind", text("COLUMN")),
            ("null?", letter(column.nullable)),
            ("default", optional(default.as_deref())),
            ("primary key", is_key(Constraint::is_primary)),
            ("unique key", is_key(Constraint::is_unique)),
            ("comment", optional(column.comment.as_deref())),
        ]);
    }
    answer.finish(StatementType::DESCRIBE)
}
