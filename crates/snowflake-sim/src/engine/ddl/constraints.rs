//! The keys of a table, as CREATE TABLE and ALTER TABLE declare them.

use datafusion::sql::sqlparser::ast::{
    ColumnOption, ConstraintReferenceMatchKind, CreateTable, Expr, ForeignKeyConstraint, Ident, IndexColumn,
    TableConstraint,
};

use super::super::SqlError;
use super::super::catalog::{Constraint, Key, ObjectPath, Reference, TableColumn, TableId};
use super::super::run::Run;
use super::super::syntax::{Cursor, Name};
use super::table::name_of;

/// A table whose keys are read.
pub(super) struct Keyed<'a> {
    pub(super) path: &'a ObjectPath,
    pub(super) id: &'a TableId,
    pub(super) columns: &'a mut [TableColumn],
    pub(super) constraints: &'a mut Vec<Constraint>,
}

/// A key as it is written.
struct Written<'a> {
    name: Option<&'a Ident>,
    columns: Vec<String>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Primary,
    Unique,
    Foreign(&'a ForeignKeyConstraint),
}

/// Adds the keys that a definition declares, and forbids NULL where the primary key does.
///
/// # Errors
/// `000904` for a column that is not there, `002003` for a table that is not, `001044` for a second primary
/// key and for a foreign key to columns that are no key, `0A000` for other constraints.
pub(super) fn declare(run: &Run, table: &mut Keyed<'_>, create: &CreateTable) -> Result<(), SqlError> {
    let written = of_columns(create).map(Ok).chain(create.constraints.iter().map(of_table));
    let (foreign, own): (Vec<_>, Vec<_>) = written
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .partition(|key| matches!(key.kind, Kind::Foreign(_)));
    // A foreign key may refer to a key of the same table.
    for key in own.into_iter().chain(foreign) {
        add(run, table, key)?;
    }
    Ok(())
}

fn of_columns(create: &CreateTable) -> impl Iterator<Item = Written<'_>> {
    create.columns.iter().flat_map(|column| {
        column.options.iter().filter_map(|option| {
            let kind = match &option.option {
                ColumnOption::PrimaryKey(_) => Kind::Primary,
                ColumnOption::Unique(_) => Kind::Unique,
                ColumnOption::ForeignKey(key) => Kind::Foreign(key),
                _ => return None,
            };
            Some(Written { name: option.name.as_ref(), columns: vec![column.name.value.clone()], kind })
        })
    })
}

fn of_table(constraint: &TableConstraint) -> Result<Written<'_>, SqlError> {
    let names = |columns: &[IndexColumn]| columns.iter().filter_map(column_name).collect();
    Ok(match constraint {
        TableConstraint::PrimaryKey(key) => {
            Written { name: key.name.as_ref(), columns: names(&key.columns), kind: Kind::Primary }
        }
        TableConstraint::Unique(key) => {
            Written { name: key.name.as_ref(), columns: names(&key.columns), kind: Kind::Unique }
        }
        TableConstraint::ForeignKey(key) => {
            let columns = key.columns.iter().map(|column| column.value.clone()).collect();
            Written { name: key.name.as_ref(), columns, kind: Kind::Foreign(key) }
        }
        other => return Err(SqlError::not_simulated(format!("the constraint {other}"))),
    })
}

fn column_name(column: &IndexColumn) -> Option<String> {
    match &column.column.expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        _ => None,
    }
}

fn add(run: &Run, table: &mut Keyed<'_>, written: Written<'_>) -> Result<(), SqlError> {
    for name in &written.columns {
        let column = table.columns.iter_mut().find(|column| column.name == *name);
        let column = column.ok_or_else(|| SqlError::invalid_identifier(name))?;
        column.nullable &= !matches!(written.kind, Kind::Primary);
    }
    let (kind, columns) = match written.kind {
        Kind::Primary if table.constraints.iter().any(Constraint::is_primary) => {
            return Err(SqlError::invalid_argument(format!(
                "primary key already exists for table '{}'",
                table.path.name
            )));
        }
        Kind::Primary => (Key::Primary, written.columns),
        Kind::Unique => (Key::Unique, written.columns),
        Kind::Foreign(key) => refer(run, table, key, &written.columns)?,
    };
    let name = written.name.map(|name| name.value.clone());
    let name = name.unwrap_or_else(|| generated(run));
    table.constraints.push(Constraint { name, created: run.env.now, columns, kind });
    Ok(())
}

/// The name of a constraint that is not given one.
fn generated(run: &Run) -> String {
    format!("SYS_CONSTRAINT_{}", run.engine().options().entropy.uuid())
}

/// The key that a foreign key refers to, and the columns of the foreign key in the order of that key.
fn refer(
    run: &Run,
    table: &Keyed<'_>,
    key: &ForeignKeyConstraint,
    columns: &[String],
) -> Result<(Key, Vec<String>), SqlError> {
    let name = name_of(&key.foreign_table)?;
    let path = run.path(&name)?;
    let (id, constraints) = if path == *table.path {
        (table.id.clone(), table.constraints.clone())
    } else {
        let found = run.table(&path, &name.join("."))?;
        (found.options.id.clone(), found.options.constraints.clone())
    };
    let referred: Vec<&str> = key.referred_columns.iter().map(|column| column.value.as_str()).collect();
    let found = constraints.iter().find(|each| {
        let is_meant = if referred.is_empty() {
            each.is_primary()
        } else {
            each.reference().is_none() && referred.iter().all(|column| each.has(column))
        };
        is_meant && each.columns.len() == columns.len()
    });
    let found = found.ok_or_else(|| no_such_key(&name))?;
    let order = |column: &String| match referred.iter().position(|name| name == column) {
        Some(at) => columns.get(at).cloned().ok_or_else(|| no_such_key(&name)),
        None => Err(no_such_key(&name)),
    };
    let ordered =
        if referred.is_empty() { Ok(columns.to_vec()) } else { found.columns.iter().map(order).collect() };
    let rule = |action: Option<String>| action.unwrap_or_else(|| "NO ACTION".to_owned());
    let matches = match key.match_kind {
        Some(ConstraintReferenceMatchKind::Partial) => "PARTIAL",
        Some(ConstraintReferenceMatchKind::Simple) => "SIMPLE",
        _ => "FULL",
    };
    let reference = Reference {
        table: id,
        key: found.name.clone(),
        on_update: rule(key.on_update.as_ref().map(ToString::to_string)),
        on_delete: rule(key.on_delete.as_ref().map(ToString::to_string)),
        matches,
    };
    Ok((Key::Foreign(reference), ordered?))
}

fn no_such_key(name: &Name) -> SqlError {
    SqlError::invalid_argument(format!(
        "The columns that a foreign key refers to are no primary or unique key of '{}'",
        name.join(".")
    ))
}

/// Reads what follows `DROP`: `PRIMARY KEY`, `CONSTRAINT name`, `UNIQUE (…)` or `FOREIGN KEY (…)`, and
/// removes it. Answers whether anything of the kind was there to read.
///
/// # Errors
/// `002003` when there is no such constraint.
pub(super) fn remove(constraints: &mut Vec<Constraint>, cursor: &mut Cursor<'_>) -> Result<bool, SqlError> {
    let mut ahead = cursor.clone();
    let before = constraints.len();
    let what = if ahead.words(&["PRIMARY", "KEY"]) {
        constraints.retain(|each| !each.is_primary());
        "PRIMARY KEY".to_owned()
    } else if ahead.word("CONSTRAINT") {
        let name = ahead.identifier()?;
        constraints.retain(|each| each.name != name);
        name
    } else if ahead.word("UNIQUE") {
        let columns = listed(&mut ahead)?;
        constraints.retain(|each| !(each.is_unique() && each.columns == columns));
        format!("UNIQUE ({})", columns.join(", "))
    } else if ahead.words(&["FOREIGN", "KEY"]) {
        let columns = listed(&mut ahead)?;
        constraints.retain(|each| !(each.reference().is_some() && each.columns == columns));
        format!("FOREIGN KEY ({})", columns.join(", "))
    } else {
        return Ok(false);
    };
    let _ = ahead.word("CASCADE") || ahead.word("RESTRICT");
    ahead.end()?;
    cursor.rest();
    if constraints.len() == before { Err(SqlError::missing("Constraint", &what)) } else { Ok(true) }
}

/// The names in parentheses.
fn listed(cursor: &mut Cursor<'_>) -> Result<Vec<String>, SqlError> {
    let inner = cursor.parenthesised()?;
    Cursor::new(&inner)
        .list()
        .iter()
        .map(|item| {
            let mut item = Cursor::new(item);
            let name = item.identifier()?;
            item.end().map(|()| name)
        })
        .collect()
}

/// Runs `RENAME CONSTRAINT name TO name`, after those first two words.
///
/// # Errors
/// `002003` when there is no such constraint.
pub(super) fn rename(constraints: &mut [Constraint], cursor: &mut Cursor<'_>) -> Result<(), SqlError> {
    let name = cursor.identifier()?;
    cursor.expect_word("TO")?;
    let new = cursor.identifier()?;
    cursor.end()?;
    let found = constraints.iter_mut().find(|each| each.name == name);
    found.ok_or_else(|| SqlError::missing("Constraint", &name))?.name = new;
    Ok(())
}
