//! CREATE, ALTER and DROP of roles and users.

use datafusion::sql::sqlparser::tokenizer::Token;
use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::run::Run;
use super::super::syntax::{Cursor, Options, Tokens};
use super::super::{Outcome, SqlError};
use super::head::{Head, Verb};
use super::role::{Role, SYSTEM};
use super::state::OWNERSHIP;
use super::user::User;
use super::{Access, Grantee, Object, ObjectKind};

const DONE: &str = "Statement executed successfully.";

/// Whether a statement makes, changes or drops a role or user.
pub(in super::super) fn defines(tokens: &Tokens) -> bool {
    Head::read(tokens).is_some_and(|head| matches!(head.kind, ObjectKind::Role | ObjectKind::User))
}

/// Runs CREATE, ALTER and DROP of a role or user.
///
/// # Errors
/// `002002` when it is there already, `002003` when it is not, `003001` when the role lacks the privilege.
pub(in super::super) async fn define(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    let verb = cursor.identifier()?;
    let replaces = cursor.words(&["OR", "REPLACE"]);
    let kind = ObjectKind::read(&mut cursor, "").ok_or_else(|| cursor.unexpected())?;
    let lenient = cursor.words(&["IF", "NOT", "EXISTS"]) || cursor.words(&["IF", "EXISTS"]);
    let object = Object { kind, name: vec![cursor.identifier()?] };
    if run.describes() {
        return status(DONE, StatementType::DDL);
    }
    run.commit().await?;
    let exists = run.exists(&object);
    let verb = match verb.as_str() {
        "CREATE" => Verb::Create,
        "ALTER" => Verb::Alter,
        _ => Verb::Drop,
    };
    match verb {
        Verb::Create if exists && !replaces => {
            if lenient {
                let sentence = format!("{} already exists, statement succeeded.", object.last());
                return status(sentence, StatementType::DDL);
            }
            Err(SqlError::exists(object.last()))
        }
        Verb::Create => create(run, &mut cursor, &object),
        Verb::Alter | Verb::Drop if !exists => match (lenient, verb) {
            (false, _) => Err(object.missing()),
            (true, Verb::Drop) => {
                let name = object.last();
                let sentence = format!("Drop statement executed successfully ({name} already dropped).");
                status(sentence, StatementType::DDL)
            }
            (true, _) => status(DONE, StatementType::DDL),
        },
        Verb::Alter => alter(run, &mut cursor, &object),
        Verb::Drop => drop_one(run, &cursor, &object),
    }
}

fn create(run: &Run, cursor: &mut Cursor<'_>, object: &Object) -> Result<Outcome, SqlError> {
    cursor.word("WITH");
    let options = Options::read(cursor)?;
    cursor.end()?;
    run.demand(&format!("CREATE {}", object.kind.words()), &Object::account())?;
    let (name, now) = (object.last().to_owned(), run.env.now);
    let mut access = run.engine().access_mut();
    if object.kind == ObjectKind::User {
        let mut user = User::new(&name, now, run.role());
        user.set(&options)?;
        forget(&mut access, object);
        access.users.insert(name.clone(), user);
    } else {
        let comment = options.text("COMMENT").unwrap_or_default().to_owned();
        forget(&mut access, object);
        access.roles.insert(name.clone(), Role { created: now, owner: run.role().to_owned(), comment });
    }
    access.own(object, run.role(), now);
    drop(access);
    status(format!("{} {name} successfully created.", object.kind.title()), StatementType::DDL)
}

fn drop_one(run: &Run, cursor: &Cursor<'_>, object: &Object) -> Result<Outcome, SqlError> {
    cursor.end()?;
    own(run, object)?;
    if object.kind == ObjectKind::Role && SYSTEM.iter().any(|(name, ..)| *name == object.last()) {
        return Err(object.insufficient());
    }
    let mut access = run.engine().access_mut();
    forget(&mut access, object);
    drop(access);
    status(format!("{} successfully dropped.", object.last()), StatementType::DDL)
}

/// Takes a role or user away, with all grants on it and to it.
fn forget(access: &mut Access, object: &Object) {
    let name = object.last();
    let grantee = if object.kind == ObjectKind::User {
        access.users.remove(name);
        Grantee::User(name.to_owned())
    } else {
        access.roles.remove(name);
        Grantee::Role(name.to_owned())
    };
    access.forget(object);
    access.grants.retain(|grant| grant.grantee != grantee);
    access.futures.retain(|future| future.grant.grantee != grantee);
}

fn alter(run: &Run, cursor: &mut Cursor<'_>, object: &Object) -> Result<Outcome, SqlError> {
    own(run, object)?;
    if cursor.words(&["RENAME", "TO"]) {
        let new = Object { kind: object.kind, name: vec![cursor.identifier()?] };
        cursor.end()?;
        if run.exists(&new) {
            return Err(SqlError::exists(new.last()));
        }
        rename(&mut run.engine().access_mut(), object, &new);
    } else if cursor.word("SET") {
        let options = Options::read(cursor)?;
        cursor.end()?;
        set(run, object, &options)?;
    } else if cursor.word("UNSET") {
        let mut properties = vec![cursor.identifier()?];
        while cursor.token(&Token::Comma) {
            properties.push(cursor.identifier()?);
        }
        cursor.end()?;
        unset(run, object, &properties)?;
    } else {
        return Err(cursor.unexpected());
    }
    status(DONE, StatementType::DDL)
}

fn set(run: &Run, object: &Object, options: &Options) -> Result<(), SqlError> {
    let mut access = run.engine().access_mut();
    if let Some(user) = access.users.get_mut(object.last()).filter(|_| object.kind == ObjectKind::User) {
        let mut changed = user.clone();
        changed.set(options)?;
        *user = changed;
    } else if let Some(role) = access.roles.get_mut(object.last()) {
        options.text("COMMENT").unwrap_or_default().clone_into(&mut role.comment);
    }
    Ok(())
}

fn unset(run: &Run, object: &Object, properties: &[String]) -> Result<(), SqlError> {
    let mut access = run.engine().access_mut();
    if let Some(user) = access.users.get_mut(object.last()).filter(|_| object.kind == ObjectKind::User) {
        properties.iter().try_for_each(|property| user.unset(property))?;
    } else if let Some(role) = access.roles.get_mut(object.last()) {
        role.comment.clear();
    }
    Ok(())
}

fn rename(access: &mut Access, object: &Object, new: &Object) {
    let (old_name, new_name) = (object.last().to_owned(), new.last().to_owned());
    let (old, renamed) = if object.kind == ObjectKind::User {
        let user = access.users.remove(&old_name);
        access.users.extend(user.map(|user| (new_name.clone(), user)));
        (Grantee::User(old_name), Grantee::User(new_name))
    } else {
        let role = access.roles.remove(&old_name);
        access.roles.extend(role.map(|role| (new_name.clone(), role)));
        (Grantee::Role(old_name), Grantee::Role(new_name))
    };
    access.rename(object, new);
    for grant in access.grants.iter_mut().filter(|grant| grant.grantee == old) {
        grant.grantee = renamed.clone();
    }
    for future in access.futures.iter_mut().filter(|future| future.grant.grantee == old) {
        future.grant.grantee = renamed.clone();
    }
}

/// # Errors
/// `003001` when the role does not own a role or user.
fn own(run: &Run, object: &Object) -> Result<(), SqlError> {
    if run.holds(OWNERSHIP, object) { Ok(()) } else { Err(object.insufficient()) }
}
