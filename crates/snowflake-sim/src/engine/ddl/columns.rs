//! The columns of a table that is there: added, dropped, renamed, of another type.

use std::sync::Arc;

use datafusion::sql::sqlparser::ast::Statement;

use super::super::SqlError;
use super::super::catalog::{Constraint, TableColumn, TableOptions, Version};
use super::super::dml::complete;
use super::super::run::Run;
use super::super::syntax::{Cursor, Tokens, lex, parse_statement};
use super::super::types::SqlType;
use super::super::value::cast_array;
use super::alter::Subject;
use super::constraints::{self, Keyed, declare};
use super::table::{column_type, defined, put, refuse_duplicates};

/// A column of the changed table, and the place that it had before; none if it is new.
type Changed = (TableColumn, Option<usize>);

/// Runs `ADD`, `DROP`, `RENAME COLUMN` and `ALTER COLUMN`, with which the cursor begins.
///
/// # Errors
/// `000904` for a column that is not there, `002025` for one that is there already, `002108` for a type
/// that its values may not fit, `100072` for NULL where none may be.
pub(super) async fn change(run: &Run, subject: &Subject, cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    let mut columns: Vec<Changed> = subject.table.columns().iter().cloned().zip((0..).map(Some)).collect();
    let mut keys = subject.table.options.constraints.clone();
    if cursor.word("ADD") {
        add(run, subject, &mut columns, &mut keys, cursor)?;
    } else if cursor.words(&["RENAME", "COLUMN"]) {
        rename(&mut columns, &mut keys, cursor)?;
    } else if cursor.words(&["RENAME", "CONSTRAINT"]) {
        constraints::rename(&mut keys, cursor)?;
    } else if cursor.word("DROP") {
        if !constraints::remove(&mut keys, cursor)? {
            remove(&mut columns, cursor)?;
            keys.retain(|key| key.columns.iter().all(|name| find(&columns, name).is_ok()));
        }
    } else if cursor.word("ALTER") || cursor.word("MODIFY") {
        modify(run, &mut columns, cursor)?;
    } else {
        return Err(SqlError::not_simulated("that ALTER TABLE"));
    }
    rebuild(run, subject, columns, keys).await
}

/// `RENAME COLUMN name TO name`, after those first two words.
fn rename(columns: &mut [Changed], keys: &mut [Constraint], cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    let old = cursor.identifier()?;
    let at = find(columns, &old)?;
    cursor.expect_word("TO")?;
    let new = cursor.identifier()?;
    cursor.end()?;
    for name in keys.iter_mut().flat_map(|key| &mut key.columns).filter(|name| **name == old) {
        name.clone_from(&new);
    }
    columns[at].0.name = new;
    Ok(())
}

fn find(columns: &[Changed], name: &str) -> Result<usize, SqlError> {
    let found = columns.iter().position(|(column, _)| column.name == name);
    found.ok_or_else(|| SqlError::invalid_identifier(name))
}

/// `ADD [COLUMN] [IF NOT EXISTS] name type …, …`, and keys of the whole table.
fn add(
    run: &Run,
    subject: &Subject,
    columns: &mut Vec<Changed>,
    keys: &mut Vec<Constraint>,
    cursor: &mut Cursor<'_>,
) -> Result<(), SqlError> {
    let mut definitions = Vec::new();
    for item in cursor.list() {
        let mut item = Cursor::new(&item);
        item.word("COLUMN");
        let if_not_exists = item.words(&["IF", "NOT", "EXISTS"]);
        let name = item.clone().identifier()?;
        if !if_not_exists || find(columns, &name).is_err() {
            definitions.push(item.rest());
        }
    }
    for definition in definitions {
        let mut tokens = lex("CREATE TABLE T (")?.tokens;
        tokens.extend(definition.tokens);
        tokens.extend(lex(")")?.tokens);
        let Statement::CreateTable(read) = parse_statement(&Tokens { text: definition.text, tokens })? else {
            return Err(SqlError::internal("a column that is another statement"));
        };
        for column in &read.columns {
            columns.push((defined(run, column)?, None));
        }
        let mut all: Vec<TableColumn> = columns.iter().map(|(column, _)| column.clone()).collect();
        let (path, id) = (&subject.path, &subject.table.options.id);
        declare(run, &mut Keyed { path, id, columns: &mut all, constraints: keys }, &read)?;
        columns.iter_mut().zip(all).for_each(|((column, _), constrained)| *column = constrained);
    }
    Ok(())
}

/// `DROP [COLUMN] [IF EXISTS] name, …`.
fn remove(columns: &mut Vec<Changed>, cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    for item in cursor.list() {
        let mut item = Cursor::new(&item);
        item.word("COLUMN");
        let if_exists = item.words(&["IF", "EXISTS"]);
        let name = item.identifier()?;
        item.end()?;
        match find(columns, &name) {
            Ok(at) => {
                columns.remove(at);
            }
            Err(_) if if_exists => {}
            Err(missing) => return Err(missing),
        }
    }
    if columns.is_empty() {
        let message = "SQL compilation error:\nA table keeps at least one column";
        return Err(SqlError::new("001003", "42000", message));
    }
    Ok(())
}

/// `ALTER [COLUMN] name …, …`, in parentheses or not.
fn modify(run: &Run, columns: &mut [Changed], cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    let inner = match cursor.clone().parenthesised() {
        Ok(inner) => inner,
        Err(_) => cursor.rest(),
    };
    for item in Cursor::new(&inner).list() {
        let mut item = Cursor::new(&item);
        item.word("COLUMN");
        let at = find(columns, &item.identifier()?)?;
        alter_column(run, &mut columns[at].0, &mut item)?;
        item.end()?;
    }
    Ok(())
}

fn alter_column(run: &Run, column: &mut TableColumn, cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    if cursor.words(&["DROP", "NOT", "NULL"]) {
        column.nullable = true;
    } else if cursor.words(&["SET", "NOT", "NULL"]) || cursor.words(&["NOT", "NULL"]) {
        column.nullable = false;
    } else if cursor.words(&["DROP", "DEFAULT"]) {
        column.default = None;
    } else if cursor.words(&["UNSET", "COMMENT"]) {
        column.comment = None;
    } else if cursor.word("COMMENT") {
        column.comment = Some(cursor.expect_string()?);
    } else if cursor.words(&["SET", "DATA", "TYPE"]) || cursor.word("TYPE") {
        let wanted = column_type(run, cursor.rest().all())?;
        if !holds(&wanted, &column.data_type) {
            return Err(SqlError::new(
                "002108",
                "22000",
                format!(
                    "SQL compilation error: cannot change column {} from type {} to {wanted}",
                    column.name, column.data_type
                ),
            ));
        }
        column.data_type = wanted;
    } else {
        return Err(SqlError::not_simulated("that change of a column"));
    }
    Ok(())
}

/// Whether a column may become of a type: lengths and digits change, kinds and scales do not.
fn holds(wanted: &SqlType, had: &SqlType) -> bool {
    match (wanted, had) {
        (SqlType::Text { length: wanted }, SqlType::Text { length: had })
        | (SqlType::Binary { length: wanted }, SqlType::Binary { length: had }) => wanted >= had,
        (SqlType::Number { scale: wanted, .. }, SqlType::Number { scale: had, .. }) => wanted == had,
        _ => wanted == had,
    }
}

/// Puts the table in place with other columns, its rows along with it.
async fn rebuild(
    run: &Run,
    subject: &Subject,
    columns: Vec<Changed>,
    constraints: Vec<Constraint>,
) -> Result<(), SqlError> {
    let (columns, origins): (Vec<TableColumn>, Vec<Option<usize>>) = columns.into_iter().unzip();
    refuse_duplicates(&columns)?;
    let old = &subject.table;
    let _gate = run.gate(old).await?;
    let defined = run.env.now;
    let new = old.remade(TableOptions { columns, constraints, defined, ..old.options.clone() });
    let kept: Vec<(usize, usize)> =
        origins.iter().enumerate().filter_map(|(at, origin)| Some((at, (*origin)?))).collect();
    let places: Vec<usize> = kept.iter().map(|(at, _)| *at).collect();
    let mut batches = Vec::new();
    for batch in &old.version().batches {
        let arrays = kept.iter().map(|(at, origin)| {
            let (from, to) = (&old.columns()[*origin].data_type, &new.columns()[*at].data_type);
            cast_array(batch.column(*origin), from, to, &run.env)
        });
        let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
        batches.push(complete(run, &new, &places, arrays).await?);
    }
    new.set_version(Version::new(batches));
    run.check()?;
    put(run, &subject.path, new.options.kind, Arc::new(new))?;
    old.retire();
    Ok(())
}
