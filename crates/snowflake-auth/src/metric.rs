//! The figures that this crate reports through the `metrics` facade.

use std::time::Duration;

use metrics::{counter, histogram};

use crate::error::{Error, ErrorKind};

/// A login succeeded or was given up.
pub(crate) fn login(elapsed: Duration, error: Option<&Error>) {
    let status = match error.map(Error::kind) {
        None => "success",
        Some(ErrorKind::Rejected) => "rejected",
        Some(_) => "failed",
    };
    counter!("snowflake_session_logins_total", "status" => status).increment(1);
    histogram!("snowflake_session_login_duration_seconds").record(elapsed.as_secs_f64());
}

/// A session token was renewed, or could not be.
pub(crate) fn renewal(error: Option<&Error>) {
    counter!("snowflake_session_renewals_total", "status" => status(error)).increment(1);
}

/// A heartbeat was answered, or was not.
pub(crate) fn heartbeat(error: Option<&Error>) {
    counter!("snowflake_session_heartbeats_total", "status" => status(error)).increment(1);
}

/// A heartbeat was not answered in time.
pub(crate) fn heartbeat_unanswered() {
    counter!("snowflake_session_heartbeats_total", "status" => "failed").increment(1);
}

fn status(error: Option<&Error>) -> &'static str {
    match error.map(Error::kind) {
        None => "success",
        Some(ErrorKind::Expired) => "expired",
        Some(_) => "failed",
    }
}
