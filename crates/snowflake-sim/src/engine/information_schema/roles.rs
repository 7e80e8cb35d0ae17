//! Roles.

use super::super::SqlError;
use super::super::answer::{Answer, optional, text};
use super::super::run::Run;

pub(super) const APPLICABLE_ROLES: &str = "GRANTEE, ROLE_NAME, ROLE_OWNER, IS_GRANTABLE";
pub(super) const ENABLED_ROLES: &str = "ROLE_NAME, ROLE_OWNER";

/// The roles that the user may take.
///
/// # Errors
/// None.
pub(super) fn applicable(run: &Run, _database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    let access = run.engine().access();
    for role in access.available(&run.context.user) {
        let owner = access.roles.get(&role).map(|role| role.owner.as_str());
        answer.row(vec![text(&run.context.user), text(&role), optional(owner), text("NO")]);
    }
    Ok(())
}

/// The role that the session has taken, and those that it is a member of.
///
/// # Errors
/// None.
pub(super) fn enabled(run: &Run, _database: &str, answer: &mut Answer) -> Result<(), SqlError> {
    let access = run.engine().access();
    for role in access.inherited(run.role()) {
        let owner = access.roles.get(&role).map(|role| role.owner.as_str());
        answer.row(vec![text(&role), optional(owner)]);
    }
    Ok(())
}
