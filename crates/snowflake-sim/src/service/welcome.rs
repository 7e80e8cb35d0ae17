//! The answers that hand out tokens: to a login and to a renewal.

use std::time::Duration;

use snowflake_proto::wire::Envelope;
use snowflake_proto::wire::query::NameValue;
use snowflake_proto::wire::{login, token};

use super::reply::Reply;
use super::tokens::{Lifetimes, Pair};
use crate::context::Context;

/// A session is open.
pub(crate) fn opened(
    session_id: i64,
    tokens: Pair,
    life: Lifetimes,
    context: &Context,
    parameters: Vec<NameValue>,
) -> Reply {
    Reply::envelope(&Envelope::ok(login::Response {
        token: Some(tokens.session),
        master_token: Some(tokens.master),
        validity_in_seconds: seconds(life.session),
        master_validity_in_seconds: seconds(life.master),
        session_id: Some(session_id),
        display_user_name: Some(context.user.clone()),
        server_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        first_login: Some(false),
        health_check_interval: Some(45),
        parameters: Some(parameters),
        session_info: Some(context.info()),
        ..login::Response::default()
    }))
}

/// A login failed: the code, the words, and the method that was tried.
pub(crate) fn refused(code: &str, message: &str, method: &str) -> Reply {
    let data = login::Response {
        authn_method: Some(method.to_owned()),
        next_action: Some("RETRY_LOGIN".to_owned()),
        ..login::Response::default()
    };
    Reply::envelope(&Envelope::failure(code, message, Some(data)))
}

/// A session has new tokens.
pub(crate) fn renewed(session_id: i64, tokens: Pair, life: Lifetimes) -> Reply {
    Reply::envelope(&Envelope::ok(token::Response {
        session_token: Some(tokens.session),
        validity_in_seconds_st: seconds(life.session),
        master_token: Some(tokens.master),
        validity_in_seconds_mt: seconds(life.master),
        session_id: Some(session_id),
    }))
}

fn seconds(life: Duration) -> Option<i64> {
    i64::try_from(life.as_secs()).ok()
}
