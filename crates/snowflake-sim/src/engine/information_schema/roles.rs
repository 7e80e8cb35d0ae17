//! Roles.

use super::super::SqlError;
use super::super::answer::{Answer, text};
use super::super::run::{ROLES, Run};
use super::super::value::Value;

pub(super) const APPLICABLE_ROLES: &str = "GRANTEE, ROLE_NAME, ROLE_OWNER, IS_GRANTABLE";
pub(super) const ENABLED_ROLES: &str = "ROLE_NAME, ROLE_OWNER";

/// The roles that the user may take.
///
/// # Errors
/// None.
pub(super) fn applicable(run: &Run, _database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    for role in ROLES {
        answer.row(vec![text(&run.context.user), text(role), Value::Null, text("NO")]);
    }
    Ok(())
}

/// The role that the session has taken.
///
/// # Errors
/// None.
pub(super) fn enabled(run: &Run, _database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    for role in ROLES.into_iter().filter(|role| run.context.role.as_deref() == Some(role)) {
        answer.row(vec![text(role), Value::Null]);
    }
    Ok(())
}
