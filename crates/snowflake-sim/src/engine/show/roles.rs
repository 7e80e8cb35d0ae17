//! Roles.

use super::super::SqlError;
use super::super::answer::{Answer, letter, text};
use super::super::run::{ROLES, Run};
use super::super::value::Value;
use super::filter::Filter;

const COLUMNS: &str = "created_on: time, name, is_default, is_current, is_inherited, assigned_to_users: count, \
                       granted_to_roles: count, granted_roles: count, owner, comment";

pub(super) fn roles(run: &Run, filter: &Filter) -> Result<Answer, SqlError> {
    let mut answer = Answer::listing(COLUMNS);
    for name in ROLES.into_iter().filter(|name| filter.takes(name)).take(filter.limit()) {
        answer.named(vec![
            ("created_on", Value::Null),
            ("name", text(name)),
            ("is_default", letter(false)),
            ("is_current", letter(run.context.role.as_deref() == Some(name))),
            ("is_inherited", letter(false)),
            ("assigned_to_users", Value::integer(0)),
            ("granted_to_roles", Value::integer(0)),
            ("granted_roles", Value::integer(0)),
            ("owner", text("")),
            ("comment", text("")),
        ]);
    }
    Ok(answer)
}
