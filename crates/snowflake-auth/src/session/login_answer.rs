//! What an answer to a login means.

use serde_json::Value;
use snafu::ResultExt as _;
use snowflake_proto::wire::{Envelope, login as wire};
use snowflake_proto::{Recovery, Secret, ServerCode};

use crate::error::{Error, Repr, Result, UndecodableSnafu};
use crate::provider::LoginOutcome;
use crate::server::Failure;
use crate::session::login::{Context, Login, WHAT};
use crate::session::tokens::SessionTokens;
use crate::session::validity::{Negative, Validity};

/// The session or the error, and what the provider is told.
pub(super) fn judge(answer: Result<Envelope<Value>>) -> (Result<Login>, LoginOutcome) {
    match answer {
        Ok(envelope) if envelope.success => {
            let (id_token, mfa_token) = (issued(&envelope, "idToken"), issued(&envelope, "mfaToken"));
            match begun(envelope.data) {
                Ok(login) => (Ok(login), LoginOutcome::Accepted { id_token, mfa_token }),
                Err(error) => (Err(error), LoginOutcome::Unanswered),
            }
        }
        Ok(envelope) => {
            let failure = Failure::of(&envelope);
            let code = failure.code().cloned();
            (Err(refused(failure)), LoginOutcome::Rejected { code })
        }
        Err(error) => undelivered(error),
    }
}

fn issued(envelope: &Envelope<Value>, field: &str) -> Option<Secret> {
    let token = envelope.data.as_ref()?.get(field)?.as_str()?;
    (!token.is_empty()).then(|| Secret::new(token))
}

fn undelivered(error: Error) -> (Result<Login>, LoginOutcome) {
    match error.status() {
        Some(status) if matches!(status.as_u16(), 401 | 403) => {
            let code = error.code().cloned();
            let refused = Repr::Refused { status, failure: error.failure().cloned() };
            (Err(refused.into()), LoginOutcome::Rejected { code })
        }
        _ => (Err(error), LoginOutcome::Unanswered),
    }
}

fn refused(failure: Failure) -> Error {
    if failure.code().is_some_and(is_about_the_user) {
        return Repr::Rejected { failure }.into();
    }
    Repr::Server { what: WHAT, failure }.into()
}

/// The 390 and 394 families judge the user and the credential, but for the names that the session would start with.
fn is_about_the_user(code: &ServerCode) -> bool {
    let of_family = ["390", "394"].iter().any(|family| code.as_str().starts_with(family));
    let about_names = [ServerCode::ROLE_DOES_NOT_EXIST, ServerCode::DEFAULT_OBJECT_DOES_NOT_EXIST];
    of_family
        && !about_names.contains(code)
        && !matches!(code.recovery(), Recovery::Retry | Recovery::RetryIfIdempotent)
}

fn begun(data: Option<Value>) -> Result<Login> {
    let data = data.unwrap_or_default();
    if !data.is_object() {
        return malformed("data", "it is no object");
    }
    let session = token(&data, "token")?;
    // A server that never mentions these two has sessions that nothing renews.
    let master = data.get("masterToken").map(|_| token(&data, "masterToken")).transpose()?;
    let session_id = match (data.get("sessionId"), integer(&data, "sessionId")?) {
        (_, Some(id)) => id,
        (None, None) => 0,
        (Some(_), None) => return malformed("sessionId", "it is null"),
    };
    let seconds = integer(&data, "validityInSeconds")?;
    let master_seconds = integer(&data, "masterValidityInSeconds")?;
    let validity = match Validity::new(seconds, master_seconds) {
        Ok(validity) => validity,
        Err(Negative::Session) => return malformed("validityInSeconds", "it is negative"),
        Err(Negative::Master) => return malformed("masterValidityInSeconds", "it is negative"),
    };
    let answer: wire::Response = serde_json::from_value(data).context(UndecodableSnafu { what: WHAT })?;
    let parameters = answer.parameters.unwrap_or_default();
    let parameters: std::collections::BTreeMap<_, _> = parameters
        .into_iter()
        .map(|parameter| (parameter.name.to_ascii_uppercase(), parameter.value))
        .collect();
    let info = answer.session_info.unwrap_or_default();
    let tokens = SessionTokens::new(session_id, session, master, validity);
    tokens.set_service(parameters.get("SERVICE_NAME").and_then(Value::as_str));
    Ok(Login {
        tokens,
        session_id,
        parameters,
        context: Context {
            database: info.database_name,
            schema: info.schema_name,
            warehouse: info.warehouse_name,
            role: info.role_name,
        },
        user: answer.display_user_name.filter(|name| !name.is_empty()),
        server_version: answer.server_version,
    })
}

fn token(data: &Value, field: &'static str) -> Result<Secret> {
    match data.get(field) {
        Some(Value::String(token)) if !token.is_empty() => Ok(Secret::new(token.as_str())),
        None | Some(Value::Null) => malformed(field, "it is missing"),
        Some(_) => malformed(field, "it is no text, or empty"),
    }
}

/// A number, or its digits in a text: recorded answers have both.
fn integer(data: &Value, field: &'static str) -> Result<Option<i64>> {
    const REASON: &str = "it is no integer of 64 bits";
    match data.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => {
            number.as_i64().map_or_else(|| malformed(field, REASON), |value| Ok(Some(value)))
        }
        Some(Value::String(text)) => {
            text.parse().map_or_else(|_| malformed(field, REASON), |value| Ok(Some(value)))
        }
        Some(_) => malformed(field, REASON),
    }
}

fn malformed<T>(field: &'static str, reason: &'static str) -> Result<T> {
    Err(Repr::Malformed { what: WHAT, field, reason }.into())
}
