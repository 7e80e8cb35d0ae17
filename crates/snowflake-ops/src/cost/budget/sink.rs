//! Who is told.

use std::fmt;

use snowflake_transport::BoxFuture;

use super::alert::Alert;
use crate::error::Result;

/// Somebody who is told of alerts.
///
/// An alert that could not be delivered is delivered with the next check, under the same
/// [`id`](Alert::id); so a receiver can tell an alert that arrives twice because its first receipt was lost.
pub trait AlertSink: fmt::Debug + Send + Sync {
    /// Tells of one alert.
    ///
    /// # Errors
    /// The future fails when nobody was told.
    fn deliver<'a>(&'a self, alert: &'a Alert) -> BoxFuture<'a, Result<()>>;
}

/// Tells the log: a warning of `tracing` with the figures as fields.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogSink;

impl AlertSink for LogSink {
    fn deliver<'a>(&'a self, alert: &'a Alert) -> BoxFuture<'a, Result<()>> {
        tracing::warn!(
            budget = alert.budget,
            kind = alert.kind.as_str(),
            spent = alert.spent,
            allowed = alert.allowed,
            "{alert}"
        );
        Box::pin(async { Ok(()) })
    }
}

/// Tells a function.
pub struct CallbackSink<F>(F);

impl<F: Fn(&Alert) + Send + Sync> CallbackSink<F> {
    /// Calls it with every alert.
    pub fn new(callback: F) -> Self {
        Self(callback)
    }
}

impl<F: Fn(&Alert) + Send + Sync> AlertSink for CallbackSink<F> {
    fn deliver<'a>(&'a self, alert: &'a Alert) -> BoxFuture<'a, Result<()>> {
        (self.0)(alert);
        Box::pin(async { Ok(()) })
    }
}

impl<F> fmt::Debug for CallbackSink<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackSink(..)")
    }
}
