//! Grants.

use super::super::SqlError;
use super::super::access::{Access, Grant, Grantee, Object, ObjectKind, existing, spelled};
use super::super::answer::{Answer, instant_value, text};
use super::super::run::Run;
use super::super::syntax::Cursor;
use super::super::value::Value;

const GRANTS: &str = "created_on: time, privilege, granted_on, name, granted_to, grantee_name, grant_option, \
                      granted_by";
const MEMBERSHIPS: &str = "created_on: time, role, granted_to, grantee_name, granted_by";
const FUTURES: &str = "created_on: time, privilege, grant_on, name, grant_to, grantee_name, grant_option";

fn truth(value: bool) -> Value<'static> {
    text(if value { "true" } else { "false" })
}

/// `SHOW GRANTS [ON object | TO grantee | OF ROLE name]`, after those two words.
///
/// # Errors
/// `002003` for an object, role or user that is missing.
pub(super) fn grants(run: &Run, cursor: &mut Cursor<'_>) -> Result<Answer, SqlError> {
    if cursor.is_done() {
        return Ok(to_user(&run.engine().access(), &run.context.user));
    }
    let direction = cursor.identifier()?;
    let kind = ObjectKind::read(cursor, "");
    let name = match kind {
        Some(ObjectKind::Account) => Vec::new(),
        _ => cursor.name()?,
    };
    cursor.end()?;
    let object = existing(run, kind.unwrap_or(ObjectKind::Role), &name)?;
    let access = run.engine().access();
    match (direction.as_str(), object.kind) {
        ("ON", _) => Ok(on(&access, &object)),
        ("OF", ObjectKind::Role | ObjectKind::DatabaseRole) => Ok(of_role(&access, &object)),
        ("TO", ObjectKind::Role) => Ok(to_role(&access, &object)),
        ("TO", ObjectKind::User) => Ok(to_user(&access, &name.join("."))),
        _ => Err(SqlError::not_simulated(format!("SHOW GRANTS {direction} {}", object.kind.name()))),
    }
}

fn on(access: &Access, object: &Object) -> Answer {
    let mut answer = full();
    if access.ownership(object).is_none() && object.kind != ObjectKind::Account {
        let owner = access.owner(object);
        answer.row(vec![
            Value::Null,
            text("OWNERSHIP"),
            text(object.kind.name()),
            text(&object.to_string()),
            text("ROLE"),
            text(owner),
            truth(true),
            text(owner),
        ]);
    }
    access.grants.iter().filter(|grant| grant.object == *object).for_each(|grant| answer.row(row(grant)));
    answer
}

fn to_role(access: &Access, role: &Object) -> Answer {
    let mut answer = full();
    let holder = Grantee::Role(role.name.join("."));
    access.grants.iter().filter(|grant| grant.grantee == holder).for_each(|grant| answer.row(row(grant)));
    answer
}

fn full() -> Answer {
    Answer::listing(GRANTS)
}

fn row(grant: &Grant) -> Vec<Value<'static>> {
    vec![
        instant_value(grant.created),
        text(&grant.privilege),
        text(grant.object.kind.name()),
        text(&grant.object.to_string()),
        text(grant.grantee.kind()),
        text(&spelled(grant.grantee.name())),
        truth(grant.option),
        text(&grant.by),
    ]
}

fn of_role(access: &Access, role: &Object) -> Answer {
    memberships(access.grants.iter().filter(|grant| grant.object == *role && grant.privilege == "USAGE"))
}

fn to_user(access: &Access, user: &str) -> Answer {
    let holder = Grantee::User(user.to_owned());
    memberships(access.grants.iter().filter(|grant| grant.grantee == holder))
}

fn memberships<'a>(grants: impl Iterator<Item = &'a Grant>) -> Answer {
    let mut answer = Answer::listing(MEMBERSHIPS);
    for grant in grants {
        answer.row(vec![
            instant_value(grant.created),
            text(&grant.object.to_string()),
            text(grant.grantee.kind()),
            text(&spelled(grant.grantee.name())),
            text(&grant.by),
        ]);
    }
    answer
}

/// `SHOW FUTURE GRANTS IN {DATABASE | SCHEMA} name` and `SHOW FUTURE GRANTS TO ROLE name`, after those three
/// words.
///
/// # Errors
/// `002003` for what is missing.
pub(super) fn future(run: &Run, cursor: &mut Cursor<'_>) -> Result<Answer, SqlError> {
    let in_scope = cursor.word("IN");
    if !in_scope {
        cursor.expect_word("TO")?;
    }
    let kind = ObjectKind::read(cursor, "").ok_or_else(|| cursor.unexpected())?;
    let object = existing(run, kind, &cursor.name()?)?;
    cursor.end()?;
    let access = run.engine().access();
    let mut answer = Answer::listing(FUTURES);
    let holder = Grantee::Role(object.name.join("."));
    for future in &access.futures {
        let suits = if in_scope { future.scope == object } else { future.grant.grantee == holder };
        if suits {
            let name = format!("{}.<{}>", future.scope, future.kind.name());
            answer.row(vec![
                instant_value(future.grant.created),
                text(&future.grant.privilege),
                text(future.kind.name()),
                text(&name),
                text(future.grant.grantee.kind()),
                text(&spelled(future.grant.grantee.name())),
                truth(future.grant.option),
            ]);
        }
    }
    Ok(answer)
}
