//! GRANT and REVOKE.

use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::Relation;
use super::super::run::Run;
use super::super::syntax::{Cursor, Tokens};
use super::super::{Outcome, SqlError};
use super::check::known;
use super::head::object;
use super::parse::{Subject, Target, subject};
use super::state::{OWNERSHIP, USAGE};
use super::{Future, Grant, Grantee, Object, ObjectKind};

const DONE: &str = "Statement executed successfully.";

/// Runs GRANT.
///
/// # Errors
/// `002003` for an object or role that is missing, `003001` when the role may not grant it.
pub(in super::super) async fn grant(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("GRANT")?;
    let subject = subject(&mut cursor)?;
    cursor.expect_word("TO")?;
    let grantee = grantee(run, &mut cursor)?;
    let option = cursor.words(&["WITH", "GRANT", "OPTION"]);
    let _ = cursor.words(&["COPY", "CURRENT", "GRANTS"]) || cursor.words(&["REVOKE", "CURRENT", "GRANTS"]);
    cursor.end()?;
    let grants = grants(run, subject, &grantee, option)?;
    if run.describes() {
        return status(DONE, StatementType::DDL);
    }
    run.commit().await?;
    let mut access = run.engine().access_mut();
    for each in grants {
        match each {
            Made::Grant(grant) if grant.privilege == OWNERSHIP => {
                access.own(&grant.object, grantee.name(), run.env.now);
            }
            Made::Grant(grant) => access.grant(grant),
            Made::Future(future) if access.futures.contains(&future) => {}
            Made::Future(future) => access.futures.push(future),
        }
    }
    drop(access);
    status(DONE, StatementType::DDL)
}

/// Runs REVOKE. What was never granted is no error.
///
/// # Errors
/// `002003` for an object or role that is missing, `003001` when the role may not revoke it.
pub(in super::super) async fn revoke(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    cursor.expect_word("REVOKE")?;
    let only_option = cursor.words(&["GRANT", "OPTION", "FOR"]);
    let subject = subject(&mut cursor)?;
    cursor.expect_word("FROM")?;
    let grantee = grantee(run, &mut cursor)?;
    let _ = cursor.word("CASCADE") || cursor.word("RESTRICT");
    cursor.end()?;
    let grants = grants(run, subject, &grantee, false)?;
    if run.describes() {
        return status(DONE, StatementType::DDL);
    }
    run.commit().await?;
    let mut access = run.engine().access_mut();
    for each in &grants {
        match each {
            Made::Grant(gone) if only_option => {
                let same = access.grants.iter_mut().filter(|grant| is_same(grant, gone));
                same.for_each(|grant| grant.option = false);
            }
            Made::Grant(gone) => access.grants.retain(|grant| !is_same(grant, gone)),
            Made::Future(gone) => access.futures.retain(|future| {
                (future.kind, &future.scope) != (gone.kind, &gone.scope)
                    || !is_same(&future.grant, &gone.grant)
            }),
        }
    }
    drop(access);
    status(DONE, StatementType::DDL)
}

fn is_same(one: &Grant, other: &Grant) -> bool {
    (&one.privilege, &one.object, &one.grantee) == (&other.privilege, &other.object, &other.grantee)
}

/// One thing that a statement grants or revokes.
enum Made {
    Grant(Grant),
    Future(Future),
}

/// `[ROLE | USER | DATABASE ROLE] name`.
fn grantee(run: &Run, cursor: &mut Cursor<'_>) -> Result<Grantee, SqlError> {
    let kind = match ObjectKind::read(&mut cursor.clone(), "") {
        Some(kind @ (ObjectKind::Role | ObjectKind::User)) => {
            let _ = ObjectKind::read(cursor, "");
            kind
        }
        Some(ObjectKind::DatabaseRole) => return Err(SqlError::not_simulated("grants to database roles")),
        _ => ObjectKind::Role,
    };
    let object = Object { kind, name: vec![cursor.identifier()?] };
    if !run.exists(&object) {
        return Err(object.missing());
    }
    let name = object.last().to_owned();
    Ok(if kind == ObjectKind::User { Grantee::User(name) } else { Grantee::Role(name) })
}

/// What a statement is about, if the role may grant and revoke it.
fn grants(run: &Run, subject: Subject, grantee: &Grantee, option: bool) -> Result<Vec<Made>, SqlError> {
    let new = |privilege: &str, object: Object| Grant {
        created: run.env.now,
        privilege: privilege.to_owned(),
        object,
        grantee: grantee.clone(),
        option,
        by: run.role().to_owned(),
    };
    let (names, target) = match subject {
        Subject::Role(kind, name) => {
            let object = existing(run, kind, &name)?;
            may_grant(run, USAGE, &object)?;
            return Ok(vec![Made::Grant(new(USAGE, object))]);
        }
        Subject::Privileges(names, target) => (names, target),
    };
    if let Target::Future(kind, scope, name) = target {
        let scope = existing(run, scope, &name)?;
        may_grant(run, OWNERSHIP, &scope)?;
        let future = |privilege: &str| {
            let grant = new(privilege, Object { kind, name: Vec::new() });
            Made::Future(Future { kind, scope: scope.clone(), grant })
        };
        return Ok(privileges(&names, kind).iter().map(|privilege| future(privilege)).collect());
    }
    let mut made = Vec::new();
    for object in objects(run, target)? {
        for privilege in privileges(&names, object.kind) {
            may_grant(run, &privilege, &object)?;
            made.push(Made::Grant(new(&privilege, object.clone())));
        }
    }
    Ok(made)
}

/// The privileges on an object of a kind that a statement names; all when it names none.
fn privileges(names: &[String], kind: ObjectKind) -> Vec<String> {
    if names.is_empty() {
        return kind.privileges().iter().map(|privilege| (*privilege).to_owned()).collect();
    }
    // The service shows them so, too.
    let real = |name: &String| if name == "IMPORTED PRIVILEGES" { USAGE.to_owned() } else { name.clone() };
    names.iter().map(real).collect()
}

fn may_grant(run: &Run, privilege: &str, object: &Object) -> Result<(), SqlError> {
    let access = run.engine().access();
    if access.may_grant(run.role(), privilege, object) {
        Ok(())
    } else if access.sees(run.role(), object) || matches!(object.kind, ObjectKind::Account | ObjectKind::Role)
    {
        Err(object.insufficient())
    } else {
        Err(object.missing())
    }
}

/// An object that there is, by a name that is looked up from where the session is.
///
/// # Errors
/// `002003` when there is none.
pub(in super::super) fn existing(run: &Run, kind: ObjectKind, name: &[String]) -> Result<Object, SqlError> {
    let name = name.to_vec();
    let found = object(run, kind, &name).filter(|object| run.exists(object));
    found.map(|object| known(run, object)).ok_or_else(|| Object { kind, name }.missing())
}

/// The objects that are there to grant on.
fn objects(run: &Run, target: Target) -> Result<Vec<Object>, SqlError> {
    let (kind, scope) = match target {
        Target::One(kind, name) => return existing(run, kind, &name).map(|object| vec![object]),
        Target::All(kind, scope, name) | Target::Future(kind, scope, name) => {
            (kind, existing(run, scope, &name)?)
        }
    };
    let catalog = run.engine().catalog();
    let Some(database) = scope.name.first() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (schema, content) in &catalog.database(database)?.schemas {
        if scope.name.get(1).is_some_and(|only| only != schema) {
            continue;
        }
        let mut add = |name: &str| found.push(Object::new(kind, &[database, schema, name]));
        match kind {
            ObjectKind::Schema => found.push(Object::schema(database, schema)),
            ObjectKind::Table | ObjectKind::View => {
                let suits = |relation: &Relation| super::right::kind(relation) == kind;
                content
                    .relations
                    .iter()
                    .filter(|(_, relation)| suits(relation))
                    .for_each(|(name, _)| add(name));
            }
            ObjectKind::Stage => content.stages.keys().for_each(|name| add(name)),
            ObjectKind::FileFormat => content.formats.keys().for_each(|name| add(name)),
            _ => {}
        }
    }
    Ok(found)
}
