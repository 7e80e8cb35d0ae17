//! DESCRIBE.

use snowflake_proto::StatementType;

use super::answer::{Answer, letter};
use super::catalog::{Relation, TableColumn};
use super::run::Run;
use super::syntax::{Cursor, Name, Tokens};
use super::value::Value;
use super::{Outcome, SqlError};

/// Runs `DESCRIBE [TABLE|VIEW] name` and `DESCRIBE RESULT 'id'`.
///
/// # Errors
/// `002003` when the object is missing, `0A000` for kinds that are not simulated.
pub(super) async fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    let _ = cursor.word("DESC") || cursor.word("DESCRIBE");
    if cursor.word("RESULT") {
        return result(run, &mut cursor);
    }
    if cursor.word("WAREHOUSE") {
        let name = cursor.identifier()?;
        cursor.end()?;
        return super::show::describe_warehouse(run, &name);
    }
    let other =
        ["STAGE", "FILE", "SCHEMA", "DATABASE", "USER", "FUNCTION", "PROCEDURE", "PIPE", "STREAM", "TASK"];
    if let Some(kind) = other.into_iter().find(|kind| {
        let mut ahead = cursor.clone();
        ahead.word(kind) && !ahead.is_done()
    }) {
        return Err(SqlError::not_simulated(format!("DESCRIBE {kind}")));
    }
    let mut ahead = cursor.clone();
    if (ahead.word("TABLE") || ahead.word("VIEW")) && !ahead.is_done() {
        cursor = ahead;
    }
    let name = cursor.name()?;
    if cursor.word("TYPE") {
        cursor.expect(&datafusion::sql::sqlparser::tokenizer::Token::Eq)?;
        if !cursor.word("COLUMNS") {
            return Err(SqlError::not_simulated("DESCRIBE TABLE … TYPE = STAGE"));
        }
    }
    cursor.end()?;
    relation(run, &name)
}

fn relation(run: &Run, name: &Name) -> Result<Outcome, SqlError> {
    let found = run.relation(&run.path(name)?)?;
    match found.ok_or_else(|| SqlError::missing("Table", &name.join(".")))? {
        Relation::Table(table) => columns(table.columns()),
        Relation::View(view) => columns(&view.columns),
    }
}

fn result(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
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
    columns(&described)
}

fn columns(columns: &[TableColumn]) -> Result<Outcome, SqlError> {
    let mut answer = Answer::of_text(&[
        "name",
        "type",
        "kind",
        "null?",
        "default",
        "primary key",
        "unique key",
        "check",
        "expression",
        "comment",
        "policy name",
        "privacy domain",
    ]);
    for column in columns {
        let optional = |text: &Option<String>| text.clone().map_or(Value::Null, Value::text);
        let default = match column.identity {
            Some((start, step)) => Value::text(format!("IDENTITY START {start} INCREMENT {step} NOORDER")),
            None => optional(&column.default),
        };
        answer.named(vec![
            ("name", Value::text(column.name.clone())),
            ("type", Value::text(column.data_type.to_string())),
            ("kind", Value::text("COLUMN")),
            ("null?", letter(column.nullable)),
            ("default", default),
            ("primary key", letter(column.primary_key)),
            ("unique key", letter(column.unique)),
            ("comment", optional(&column.comment)),
        ]);
    }
    answer.finish(StatementType::DESCRIBE)
}
