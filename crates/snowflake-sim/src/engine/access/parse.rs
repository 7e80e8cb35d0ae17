//! GRANT and REVOKE as they are written.

use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::SqlError;
use super::super::syntax::{Cursor, Name};
use super::ObjectKind;

/// What is granted, without whom to.
#[derive(Clone, Debug)]
pub(super) enum Subject {
    /// Membership in roles, by the name of each.
    Role(ObjectKind, Name),
    /// Privileges; all of them when none is named.
    Privileges(Vec<String>, Target),
}

/// What privileges are granted on.
#[derive(Clone, Debug)]
pub(super) enum Target {
    One(ObjectKind, Name),
    /// Every object of a kind that lies in a database or schema.
    All(ObjectKind, ObjectKind, Name),
    /// Every object of a kind that will be made there.
    Future(ObjectKind, ObjectKind, Name),
}

/// Reads what stands between GRANT or REVOKE, and TO or FROM.
///
/// # Errors
/// `001003` for what is neither.
pub(super) fn subject(cursor: &mut Cursor<'_>) -> Result<Subject, SqlError> {
    for kind in [ObjectKind::DatabaseRole, ObjectKind::Role] {
        if ObjectKind::read(&mut cursor.clone(), "") == Some(kind) {
            let _ = ObjectKind::read(cursor, "");
            return Ok(Subject::Role(kind, cursor.name()?));
        }
    }
    let names = privileges(cursor)?;
    let before = cursor.clone();
    let target = target(cursor)?;
    let known = match &target {
        Target::One(kind, _) | Target::All(kind, ..) | Target::Future(kind, ..) => kind.privileges(),
    };
    let always = ["OWNERSHIP", "APPLYBUDGET", "IMPORTED PRIVILEGES", "MANAGE GRANTS"];
    let is_known =
        |name: &String| known.is_empty() || known.contains(&name.as_str()) || always.contains(&name.as_str());
    if names.iter().all(is_known) { Ok(Subject::Privileges(names, target)) } else { Err(before.unexpected()) }
}

/// Reads privileges up to ON, and that word: none for `ALL [PRIVILEGES]`.
fn privileges(cursor: &mut Cursor<'_>) -> Result<Vec<String>, SqlError> {
    let mut all = Vec::new();
    loop {
        let mut words = vec![cursor.identifier()?];
        while !cursor.sees("ON") && cursor.peek() != Some(&Token::Comma) {
            words.push(cursor.identifier()?);
        }
        all.push(words.join(" "));
        if !cursor.token(&Token::Comma) {
            cursor.expect_word("ON")?;
            break;
        }
    }
    if matches!(all.as_slice(), [only] if only == "ALL" || only == "ALL PRIVILEGES") {
        all.clear();
    }
    Ok(all)
}

fn target(cursor: &mut Cursor<'_>) -> Result<Target, SqlError> {
    let every = cursor.word("ALL");
    if every || cursor.word("FUTURE") {
        let kind = ObjectKind::read(cursor, "S").ok_or_else(|| cursor.unexpected())?;
        cursor.expect_word("IN")?;
        let scope = ObjectKind::read(cursor, "").ok_or_else(|| cursor.unexpected())?;
        if !matches!(scope, ObjectKind::Database | ObjectKind::Schema) {
            return Err(cursor.unexpected());
        }
        let name = cursor.name()?;
        return Ok(if every { Target::All(kind, scope, name) } else { Target::Future(kind, scope, name) });
    }
    let kind = ObjectKind::read(cursor, "").ok_or_else(|| cursor.unexpected())?;
    if kind == ObjectKind::Account {
        return Ok(Target::One(kind, Name::new()));
    }
    Ok(Target::One(kind, cursor.name()?))
}
