//! Roles and users.

use super::super::SqlError;
use super::super::access::{Access, Grantee, ObjectKind};
use super::super::answer::{Answer, count_value, instant_value, letter, text};
use super::super::run::Run;
use super::super::time::Stamp;
use super::super::value::Value;
use super::filter::Filter;

const ROLES: &str = "created_on: time, name, is_default, is_current, is_inherited, assigned_to_users: count, \
                     granted_to_roles: count, granted_roles: count, owner, comment";
const USERS: &str = "name, created_on: time, login_name, display_name, first_name, last_name, email, \
                     mins_to_unlock, days_to_expiry, comment, disabled, must_change_password, snowflake_lock, \
                     default_warehouse, default_namespace, default_role, default_secondary_roles, \
                     ext_authn_duo, ext_authn_uid, mins_to_bypass_mfa, owner, last_success_login: time, \
                     expires_at_time: time, locked_until_time: time, has_password, has_rsa_public_key, type, \
                     has_mfa";
/// The columns of SHOW USERS that are properties.
const PROPERTIES: [(&str, &str); 11] = [
    ("login_name", "LOGIN_NAME"),
    ("display_name", "DISPLAY_NAME"),
    ("first_name", "FIRST_NAME"),
    ("last_name", "LAST_NAME"),
    ("email", "EMAIL"),
    ("comment", "COMMENT"),
    ("default_warehouse", "DEFAULT_WAREHOUSE"),
    ("default_namespace", "DEFAULT_NAMESPACE"),
    ("default_role", "DEFAULT_ROLE"),
    ("default_secondary_roles", "DEFAULT_SECONDARY_ROLES"),
    ("type", "TYPE"),
];

fn truth(value: bool) -> Value<'static> {
    text(if value { "true" } else { "false" })
}

fn instant(at: Option<Stamp>) -> Value<'static> {
    at.map_or(Value::Null, instant_value)
}

pub(super) fn roles(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing(ROLES);
    let access = run.engine().access();
    let default = access.default_role(&run.context.user);
    let inherited = access.inherited(run.role());
    for (name, role) in access.roles.iter().filter(|(name, _)| filter.takes(name)).take(filter.limit()) {
        let (users, roles, members) = counts(&access, name);
        let is_current = run.context.role.as_ref() == Some(name);
        answer.named(vec![
            ("created_on", instant_value(role.created)),
            ("name", text(name)),
            ("is_default", letter(default == *name)),
            ("is_current", letter(is_current)),
            ("is_inherited", letter(!is_current && inherited.contains(name))),
            ("assigned_to_users", count_value(users)),
            ("granted_to_roles", count_value(roles)),
            ("granted_roles", count_value(members)),
            ("owner", text(&role.owner)),
            ("comment", text(&role.comment)),
        ]);
    }
    Ok(answer)
}

/// The users and roles that are members of a role, and the roles that it is a member of.
fn counts(access: &Access, name: &str) -> (usize, usize, usize) {
    let memberships = access.grants.iter().filter(|grant| grant.object.kind == ObjectKind::Role);
    let memberships = memberships.filter(|grant| grant.privilege == "USAGE");
    let (mut users, mut roles, mut members) = (0, 0, 0);
    for grant in memberships {
        let is_it = grant.object.name.first().is_some_and(|role| role == name);
        match &grant.grantee {
            Grantee::User(_) => users += usize::from(is_it),
            Grantee::Role(holder) => {
                roles += usize::from(is_it);
                members += usize::from(holder == name);
            }
        }
    }
    (users, roles, members)
}

pub(super) fn users(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing(USERS);
    let access = run.engine().access();
    for (name, user) in access.users.iter().filter(|(name, _)| filter.takes(name)).take(filter.limit()) {
        let mut row = vec![
            ("name", text(name)),
            ("created_on", instant_value(user.created)),
            ("disabled", truth(user.disabled)),
            ("must_change_password", truth(user.must_change_password)),
            ("snowflake_lock", truth(false)),
            ("ext_authn_duo", truth(false)),
            ("owner", text(&user.owner)),
            ("last_success_login", instant(user.last_login)),
            ("has_password", truth(user.has_password())),
            ("has_rsa_public_key", truth(false)),
            ("has_mfa", truth(false)),
        ];
        let shown = |property| user.text(property).map_or_else(|| text(""), text);
        row.extend(PROPERTIES.map(|(column, property)| (column, shown(property))));
        answer.named(row);
    }
    Ok(answer)
}
