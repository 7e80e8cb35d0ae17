//! `POST /session/v1/login-request`.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};
use snowflake_proto::Secret;
use snowflake_proto::wire::login::{Request, RequestData};

use crate::engine::{Client, Login, Opened};
use crate::server::login::Refusal;
use crate::server::session::Session;
use crate::server::state::Shared;
use crate::server::statement::answered;
use crate::service::refusal::malformed;
use crate::service::{Call, Reply, session_id, welcome};

/// More values than any statement binds.
const NEVER: i64 = 1_000_000_000;
/// Asked for by drivers that want a wrong database to fail the login.
const VALIDATE: &str = "CLIENT_VALIDATE_DEFAULT_PARAMETERS";

/// Lets a client in, or says why not.
pub(super) fn answer(shared: &Arc<Shared>, call: &Call) -> Reply {
    let login: Request = match call.json() {
        Ok(login) => login,
        Err(error) => return malformed(error),
    };
    let login = login.data;
    let user = match authenticate(shared, &login) {
        Ok(user) => user,
        Err(refusal) => {
            tracing::info!(?refusal, "login refused");
            shared.ledger().refused_logins += 1;
            let (code, message, _) = refusal.describe();
            note(shared, &login, None, Some((code, message)));
            return refuse(refusal);
        }
    };
    match open(shared, call, &user, &login) {
        Ok(reply) => {
            shared.ledger().logins += 1;
            reply
        }
        Err(missing) => {
            shared.ledger().refused_logins += 1;
            let message = format!("{} does not exist or not authorized.", missing.join(", "));
            note(shared, &login, Some(&user), Some(("390201", &message)));
            Reply::failure("390201", &message)
        }
    }
}

/// The user who logs in: one that the server was built with, or that a statement has made since.
fn authenticate(shared: &Shared, login: &RequestData) -> Result<String, Refusal> {
    let user = match shared.directory.authenticate(login, shared.clock.wall()) {
        Err(Refusal::Password) => {
            let password = login.password.as_deref().map(Secret::from);
            let name = login.login_name.as_deref().unwrap_or_default();
            let found = password.and_then(|password| shared.engine.authenticate(name, &password));
            found.ok_or(Refusal::Password)
        }
        outcome => outcome.map(str::to_owned),
    }?;
    if shared.engine.may_log_in(&user) { Ok(user) } else { Err(Refusal::Password) }
}

/// Tells the book of a login, and answers the event's id.
fn note(shared: &Shared, login: &RequestData, user: Option<&str>, failure: Option<(&str, &str)>) -> i64 {
    let named = || login.login_name.as_deref().unwrap_or_default().to_uppercase();
    shared.engine.book().login(Login {
        at: shared.clock.wall(),
        event_id: 0,
        user: user.map_or_else(named, str::to_owned),
        client: client(login),
        factor: factor(login),
        failure: failure.map(|(code, message)| (code.to_owned(), message.to_owned())),
    })
}

/// The driver and its version.
fn client(login: &RequestData) -> (String, String) {
    (login.client_app_id.clone(), login.client_app_version.clone())
}

/// How a login proves who it is, in the words of the histories.
fn factor(login: &RequestData) -> &'static str {
    match login.authenticator.as_deref().unwrap_or_default().to_ascii_uppercase().as_str() {
        "SNOWFLAKE_JWT" => "RSA_KEYPAIR",
        "OAUTH" => "OAUTH_ACCESS_TOKEN",
        "PROGRAMMATIC_ACCESS_TOKEN" => "PROGRAMMATIC_ACCESS_TOKEN",
        _ => "PASSWORD",
    }
}

fn refuse(refusal: Refusal) -> Reply {
    if refusal == Refusal::Account {
        // An account that does not live here is turned away before anything reads the body.
        return Reply::text(StatusCode::FORBIDDEN, "The account is not found here.");
    }
    let (code, message, method) = refusal.describe();
    welcome::refused(code, message, method)
}

/// Opens a session; `Err` are the names that do not exist, for a client that wants to know.
fn open(shared: &Shared, call: &Call, user: &str, login: &RequestData) -> Result<Reply, Vec<String>> {
    let id = session_id(shared.entropy.as_ref());
    let engine = shared.engine.open_session(user, id);
    engine.announce(Client::new(&login.client_app_id, &login.client_app_version, &login.client_capabilities));
    // Neither telemetry nor stage binds are asked for, unless the client insists. A threshold of 0 would
    // mean "never" to most drivers, and "always" to Node's.
    engine.set_parameter("CLIENT_TELEMETRY_ENABLED", json!(false));
    engine.set_parameter("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", json!(NEVER));
    for (name, value) in &login.session_parameters {
        engine.set_parameter(&name.to_uppercase(), value.clone());
    }
    let initial = shared.engine.initial(user, &shared.settings.initial);
    let missing = engine.use_at_login(&initial.wanted(user, |name| call.argument(name)));
    if !missing.is_empty() && is_true(login.session_parameters.get(VALIDATE)) {
        engine.close();
        return Err(missing);
    }
    let (context, parameters) = (engine.context(), answered(&engine));
    let session =
        Arc::new(Session::new(id, login.client_app_id.clone(), engine, login.session_parameters.clone()));
    tracing::info!(session_id = id, "session opened");
    let login_event_id = note(shared, login, Some(user), None);
    let (client, factor) = (client(login), factor(login));
    let (at, user) = (shared.clock.wall(), user.to_owned());
    shared.engine.book().opened(Opened { session_id: id, at, user, login_event_id, client, factor });
    let life = shared.settings.lifetimes;
    let tokens = shared.sessions.open(id, session, life, shared.clock.now(), shared.entropy.as_ref());
    Ok(welcome::opened(id, tokens, life, &context, parameters))
}

fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}
