//! `POST /session/v1/login-request`.

use std::sync::Arc;

use http::StatusCode;
use serde_json::{Value, json};
use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::login::{Request, RequestData, Response, SessionInfo};

use super::malformed;
use crate::engine::{Context, EngineSession};
use crate::server::http::{Call, Reply};
use crate::server::login::Refusal;
use crate::server::parameters;
use crate::server::session::Session;
use crate::server::state::{Shared, exact};

/// Session ids stay below 2^53: JavaScript reads them as floating-point numbers.
const SESSION_ID_BITS: u32 = 52;
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
    let user = match shared.directory.authenticate(&login, shared.clock.wall()) {
        Ok(user) => user.to_owned(),
        Err(refusal) => {
            tracing::info!(?refusal, "login refused");
            shared.ledger().refused_logins += 1;
            return refuse(refusal);
        }
    };
    match open(shared, call, &user, login) {
        Ok(reply) => {
            shared.ledger().logins += 1;
            reply
        }
        Err(missing) => {
            shared.ledger().refused_logins += 1;
            let message = format!("{} does not exist or not authorized.", missing.join(", "));
            Reply::failure("390201", &message)
        }
    }
}

fn refuse(refusal: Refusal) -> Reply {
    if refusal == Refusal::Account {
        // An account that does not live here is turned away before anything reads the body.
        return Reply::text(StatusCode::FORBIDDEN, "The account is not found here.");
    }
    let (code, message, method) = refusal.describe();
    let data = Response {
        authn_method: Some(method.to_owned()),
        next_action: Some("RETRY_LOGIN".to_owned()),
        ..Response::default()
    };
    Reply::envelope(&Envelope::failure(code, message, Some(data)))
}

/// Opens a session; `Err` are the names that do not exist, for a client that wants to know.
fn open(shared: &Shared, call: &Call, user: &str, login: RequestData) -> Result<Reply, Vec<String>> {
    let id = i64::try_from(shared.entropy.u64() >> (u64::BITS - SESSION_ID_BITS)).unwrap_or_default();
    let engine = shared.engine.open_session(user, id);
    // Neither telemetry nor stage binds are asked for, unless the client insists. A threshold of 0 would
    // mean "never" to most drivers, and "always" to Node's.
    engine.set_parameter("CLIENT_TELEMETRY_ENABLED", json!(false));
    engine.set_parameter("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", json!(NEVER));
    for (name, value) in &login.session_parameters {
        engine.set_parameter(&name.to_uppercase(), value.clone());
    }
    let missing = engine.use_at_login(&wanted(shared, call, user));
    if !missing.is_empty() && is_true(login.session_parameters.get(VALIDATE)) {
        engine.close();
        return Err(missing);
    }
    let (info, parameters) = (info(&engine), parameters::of(&engine));
    let session = Arc::new(Session::new(id, login.client_app_id, engine, login.session_parameters));
    tracing::info!(session_id = id, "session opened");
    let life = shared.settings.lifetimes;
    let tokens = shared.sessions.open(session, life, shared.clock.now(), shared.entropy.as_ref());
    Ok(Reply::envelope(&Envelope::ok(Response {
        token: Some(tokens.session),
        master_token: Some(tokens.master),
        validity_in_seconds: i64::try_from(life.session.as_secs()).ok(),
        master_validity_in_seconds: i64::try_from(life.master.as_secs()).ok(),
        session_id: Some(id),
        display_user_name: Some(user.to_owned()),
        server_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        first_login: Some(false),
        health_check_interval: Some(45),
        parameters: Some(parameters),
        session_info: Some(info),
        ..Response::default()
    })))
}

/// The current objects that a login asks for: its own words first, then the server's initial ones.
fn wanted(shared: &Shared, call: &Call, user: &str) -> Context {
    let initial = shared.settings.initial.clone();
    let named = |argument: &str| call.argument(argument).map(|name| exact(&name));
    let database = named("databaseName");
    let schema = named("schemaName");
    // The initial schema belongs to the initial database.
    let initial_schema = if database.is_none() { initial.schema } else { None };
    Context {
        user: user.to_owned(),
        role: named("roleName").or(initial.role),
        warehouse: named("warehouse").or(initial.warehouse),
        database: database.or(initial.database),
        schema: schema.or(initial_schema),
    }
}

fn info(engine: &EngineSession) -> SessionInfo {
    let context = engine.context();
    SessionInfo {
        database_name: context.database,
        schema_name: context.schema,
        warehouse_name: context.warehouse,
        role_name: context.role,
    }
}

fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(value)) => *value,
        Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
        _ => false,
    }
}
