//! Whether a statement gets through.

use snowflake_query::{Pool, Result};
use tokio::time::Instant;

/// The outcome of a health check.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Health {
    /// Whether a session could be had and a statement ran.
    pub healthy: bool,
    /// Time for both together, in milliseconds.
    pub latency_ms: u64,
    /// Why it is not healthy: the error's text, without secrets.
    pub reason: Option<String>,
}

/// Takes a session from the pool and runs a statement that needs no warehouse.
///
/// A server that refuses or cannot be reached gives an unhealthy answer, not an error: that is what
/// the caller asked. How long it may take is the pool's wait timeout and the session's query timeout.
pub async fn check_health(pool: &Pool) -> Health {
    let start = Instant::now();
    let outcome = probe(pool).await;
    Health {
        healthy: outcome.is_ok(),
        latency_ms: u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        reason: outcome.err().map(|error| describe(&error)),
    }
}

async fn probe(pool: &Pool) -> Result<()> {
    pool.execute("SELECT 1").await.map(drop)
}

/// The error with its causes, in one line.
pub(crate) fn describe(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
