//! Whether a role may run a statement, as far as its beginning tells. What a query reads is checked where it
//! is found.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::SqlError;
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Tokens};
use super::head::{Head, Verb, object};
use super::state::OWNERSHIP;
use super::{Object, ObjectKind};

/// Whether the role may run a statement.
///
/// # Errors
/// `003001` when it lacks a privilege, `002003` when it must not know of the object.
pub(in super::super) fn check(run: &Run, tokens: &Tokens) -> Result<(), SqlError> {
    if run.engine().access().is_admin(run.role()) {
        return Ok(());
    }
    match changed(tokens) {
        Some((name, privileges)) => change(run, &name, &privileges),
        None => Head::read(tokens).map_or(Ok(()), |head| define(run, &head)),
    }
}

/// The table whose rows a statement changes, and the privileges that it takes.
fn changed(tokens: &Tokens) -> Option<(Name, Vec<&'static str>)> {
    let mut cursor = Cursor::new(tokens);
    let privileges = if cursor.word("INSERT") {
        let overwrites = cursor.word("OVERWRITE");
        cursor.expect_word("INTO").ok()?;
        if overwrites { vec!["INSERT", "DELETE"] } else { vec!["INSERT"] }
    } else if cursor.word("UPDATE") {
        vec!["UPDATE"]
    } else if cursor.words(&["DELETE", "FROM"]) {
        vec!["DELETE"]
    } else if cursor.words(&["MERGE", "INTO"]) {
        let acts = |verb: &&str| {
            tokens.tokens.windows(2).any(|pair| is(&pair[0].token, "THEN") && is(&pair[1].token, verb))
        };
        ["INSERT", "UPDATE", "DELETE"].into_iter().filter(acts).collect()
    } else if cursor.word("TRUNCATE") {
        cursor.word("TABLE");
        cursor.words(&["IF", "EXISTS"]);
        vec!["TRUNCATE"]
    } else if cursor.words(&["COPY", "INTO"]) {
        vec!["INSERT"]
    } else {
        return None;
    };
    // COPY INTO a stage changes no table.
    cursor.name().ok().map(|name| (name, privileges))
}

fn is(token: &Token, word: &str) -> bool {
    matches!(token, Token::Word(found) if found.quote_style.is_none() && found.value == word)
}

fn change(run: &Run, name: &Name, privileges: &[&str]) -> Result<(), SqlError> {
    let Some(table) = object(run, ObjectKind::Table, name) else { return Ok(()) };
    if run.is_own(&table) {
        return Ok(());
    }
    enter(run, &table)?;
    privileges.iter().try_for_each(|privilege| run.demand(privilege, &table))
}

fn define(run: &Run, head: &Head) -> Result<(), SqlError> {
    // What ALTER WAREHOUSE takes depends on what it does; roles and users are checked with their statements.
    let is_elsewhere = head.verb == Verb::Alter && head.kind == ObjectKind::Warehouse
        || matches!(head.kind, ObjectKind::Role | ObjectKind::User | ObjectKind::DatabaseRole);
    let Some(object) = head.object(run).filter(|object| !is_elsewhere && !run.is_own(object)) else {
        return Ok(());
    };
    let exists = run.exists(&object);
    if head.verb != Verb::Create {
        enter(run, &object)?;
        return if exists { run.demand(OWNERSHIP, &known(run, object)) } else { Ok(()) };
    }
    if exists && head.replaces {
        run.demand(OWNERSHIP, &known(run, object.clone()))?;
    }
    enter(run, &object)?;
    if head.temporary {
        return Ok(());
    }
    let privilege = format!("CREATE {}", object.kind.words());
    run.demand(&privilege, &container(&object))
}

/// What ON TABLE names may be a view.
pub(super) fn known(run: &Run, object: Object) -> Object {
    let [database, schema, name] = object.name.as_slice() else { return object };
    let path = super::super::catalog::ObjectPath {
        database: database.clone(),
        schema: schema.clone(),
        name: name.clone(),
    };
    match run.relation(&path) {
        Ok(Some(relation)) if matches!(object.kind, ObjectKind::Table | ObjectKind::View) => {
            Object { kind: super::right::kind(&relation), ..object }
        }
        _ => object,
    }
}

/// Goes to where an object lies.
fn enter(run: &Run, object: &Object) -> Result<(), SqlError> {
    match object.name.as_slice() {
        [database, schema, _] => run.enter_schema(database, schema),
        [database, _] => run.enter_database(database),
        _ => Ok(()),
    }
}

/// What an object lies in.
fn container(object: &Object) -> Object {
    match object.name.as_slice() {
        [database, schema, _] => Object::schema(database, schema),
        [database, _] => Object::database(database),
        _ => Object::account(),
    }
}
