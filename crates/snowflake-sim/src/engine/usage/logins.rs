//! Who came in, and the sessions that were opened.

use time::Duration;

use super::super::SqlError;
use super::super::history::{Login, Opened};
use super::super::run::Run;
use super::super::types::{INTEGER, TEXT};
use super::super::value::Value;
use super::arguments::Arguments;
use super::field::{Field, INSTANT, Rows, instant, known, optional, table};

/// How far the functions look back.
const KEPT: Duration = Duration::days(7);
const ADDRESS: &str = "127.0.0.1";

const FIELDS: [Field<Login>; 14] = [
    Field::new("EVENT_ID", INTEGER, |login| Value::integer(login.event_id)),
    Field::new("EVENT_TIMESTAMP", INSTANT, |login| instant(login.at)),
    Field::new("EVENT_TYPE", TEXT, |_| Value::text("LOGIN")),
    Field::new("USER_NAME", TEXT, |login| Value::text(login.user.clone())),
    Field::new("CLIENT_IP", TEXT, |_| Value::text(ADDRESS)),
    Field::new("REPORTED_CLIENT_TYPE", TEXT, |login| Value::text(login.client.0.clone())),
    Field::new("REPORTED_CLIENT_VERSION", TEXT, |login| Value::text(login.client.1.clone())),
    Field::new("FIRST_AUTHENTICATION_FACTOR", TEXT, |login| Value::text(login.factor)),
    Field::new("SECOND_AUTHENTICATION_FACTOR", TEXT, |_| Value::Null),
    Field::new("IS_SUCCESS", TEXT, |login| Value::text(if login.failure.is_none() { "YES" } else { "NO" })),
    Field::new("ERROR_CODE", INTEGER, |login| {
        let code = login.failure.as_ref().and_then(|(code, _)| code.parse().ok());
        code.map_or(Value::Null, Value::integer)
    }),
    Field::new("ERROR_MESSAGE", TEXT, |login| {
        optional(login.failure.as_ref().map(|(_, message)| message.as_str()))
    }),
    Field::new("RELATED_EVENT_ID", INTEGER, |_| Value::integer(0)),
    Field::new("CONNECTION", TEXT, |_| Value::Null),
];

const SESSION: [Field<Opened>; 10] = [
    Field::new("SESSION_ID", INTEGER, |session| Value::integer(session.session_id)),
    Field::new("CREATED_ON", INSTANT, |session| instant(session.at)),
    Field::new("USER_NAME", TEXT, |session| Value::text(session.user.clone())),
    Field::new("AUTHENTICATION_METHOD", TEXT, |session| Value::text(session.factor)),
    Field::new("LOGIN_EVENT_ID", INTEGER, |session| Value::integer(session.login_event_id)),
    Field::new("CLIENT_APPLICATION_VERSION", TEXT, |session| Value::text(session.client.1.clone())),
    Field::new("CLIENT_APPLICATION_ID", TEXT, |session| {
        Value::text(format!("{} {}", session.client.0, session.client.1))
    }),
    Field::new("CLIENT_ENVIRONMENT", TEXT, |_| Value::text("{}")),
    Field::new("CLIENT_BUILD_ID", TEXT, |_| Value::Null),
    Field::new("CLIENT_VERSION", TEXT, |session| Value::text(session.client.1.clone())),
];

/// The table functions `LOGIN_HISTORY` and, with a user, `LOGIN_HISTORY_BY_USER`: the latest first.
pub(super) fn function(run: &Run, arguments: &Arguments<'_>, user: Option<&str>) -> Result<Rows, SqlError> {
    let now = run.engine().options().clock.wall();
    let from = arguments.time("TIME_RANGE_START")?.unwrap_or(now - KEPT).max(now - KEPT);
    let to = arguments.time("TIME_RANGE_END")?.unwrap_or(now);
    let limit = arguments.limit()?;
    let sees_all = run.context.role.as_deref() == Some("ACCOUNTADMIN");
    let is_wanted = |login: &Login| {
        let is_of_user = user.is_none_or(|user| login.user.eq_ignore_ascii_case(user));
        let is_visible = sees_all || login.user.eq_ignore_ascii_case(&run.context.user);
        is_of_user && is_visible && login.at >= from && login.at <= to
    };
    let logins = run.engine().book().logins().into_iter().rev();
    table(&[&FIELDS], logins.filter(is_wanted).take(limit))
}

/// The view `LOGIN_HISTORY`.
pub(super) fn view(run: &Run) -> Result<Rows, SqlError> {
    let known = known(run);
    table(&[&FIELDS], run.engine().book().logins().into_iter().filter(|login| login.at <= known))
}

/// The view `SESSIONS`.
pub(super) fn sessions(run: &Run) -> Result<Rows, SqlError> {
    let known = known(run);
    table(&[&SESSION], run.engine().book().sessions().into_iter().filter(|session| session.at <= known))
}
