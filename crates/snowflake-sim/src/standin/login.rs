//! Logging in, renewing and logging out.

use std::sync::Arc;

use snowflake_proto::wire::login::{Request, RequestData};
use snowflake_proto::wire::token;

use super::execution::Problem;
use super::inner::Inner;
use super::session::Session;
use crate::service::refusal::{malformed, missing_token, not_renewed, unauthorized};
use crate::service::{Call, Reply, TokenKind, session_id, welcome};

/// The session that a request speaks for, or the refusal.
pub(super) fn authorize(inner: &Inner, call: &Call) -> Result<Arc<Session>, Reply> {
    let token = call.token().ok_or_else(missing_token)?;
    inner.sessions.find(token, TokenKind::Session, inner.now()).map_err(unauthorized)
}

/// `POST /session/v1/login-request`.
pub(super) fn login(inner: &Inner, call: &Call) -> Reply {
    let login: Request = match call.json() {
        Ok(login) => login,
        Err(error) => return malformed(error),
    };
    let Some(user) = authenticate(inner, &login.data) else {
        inner.ledger().refused_logins += 1;
        let words = "Incorrect username or password was specified.";
        return welcome::refused("390100", words, "USERNAME_PASSWORD");
    };
    inner.ledger().logins += 1;
    let settings = inner.settings().clone();
    let id = session_id(settings.entropy.as_ref());
    let context = settings.initial.wanted(&user, |name| call.argument(name));
    let data = login.data;
    let session = Session::new(id, data.client_app_id, context.clone(), data.session_parameters);
    let parameters = session.state().answered();
    let (life, now) = (settings.lifetimes, settings.clock.now());
    let tokens = inner.sessions.open(id, Arc::new(session), life, now, settings.entropy.as_ref());
    welcome::opened(id, tokens, life, &context, parameters)
}

/// The user in upper case. While nobody is named, everybody is let in.
fn authenticate(inner: &Inner, login: &RequestData) -> Option<String> {
    let settings = inner.settings();
    let name = login.login_name.as_deref().unwrap_or_default().to_uppercase();
    let known = settings.users.iter().find(|(user, _)| *user == name);
    match (known, &login.password) {
        (None, _) if settings.users.is_empty() => Some(name),
        (Some((_, password)), Some(sent)) if password.expose() == sent => Some(name),
        // Keys and tokens are not looked into.
        (Some(_), None) if login.token.is_some() => Some(name),
        _ => None,
    }
}

/// `POST /session/token-request`.
pub(super) fn renew(inner: &Inner, call: &Call) -> Reply {
    inner.ledger().token_requests += 1;
    let Some(master) = call.token() else { return missing_token() };
    let request: token::Request = match call.json() {
        Ok(request) => request,
        Err(error) => return malformed(error),
    };
    let settings = inner.settings().clone();
    let (life, now) = (settings.lifetimes, settings.clock.now());
    let entropy = settings.entropy.as_ref();
    match inner.sessions.renew(master, &request.old_session_token, life, now, entropy) {
        Ok((tokens, session_id)) => welcome::renewed(session_id, tokens, life),
        Err(error) => not_renewed(error),
    }
}

/// `POST /session/heartbeat`.
pub(super) fn heartbeat(inner: &Inner, call: &Call) -> Reply {
    match authorize(inner, call) {
        Ok(_) => {
            inner.ledger().heartbeats += 1;
            Reply::empty()
        }
        Err(refusal) => refusal,
    }
}

/// `POST /session?delete=true`: ends the session, and with it the statements that it waits for.
/// What was submitted to run on its own runs on.
pub(super) fn logout(inner: &Inner, call: &Call) -> Reply {
    let session = match authorize(inner, call) {
        Ok(session) => session,
        Err(refusal) => return refusal,
    };
    for execution in inner.executions() {
        if execution.facts.session.id == session.id && !execution.facts.is_async {
            inner.stop(&execution, Problem::cancelled());
        }
    }
    inner.sessions.close(session.id);
    inner.ledger().logouts += 1;
    Reply::empty()
}
