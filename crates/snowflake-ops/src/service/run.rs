//! The service as a whole: first its sockets, then Snowflake.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join;
use metrics::gauge;
use snowflake_query::Pool;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::collect::{Account, Board, collectors};
use super::exposition::{Exposition, Scrape};
use super::http::{HealthRoutes, Limits, Listener, MetricsRoutes, Stop};
use super::options::ServiceOptions;
use super::probe::Probe;
use crate::error::Result;

/// How often the recorder is tidied when nobody scrapes.
const TIDY: Duration = Duration::from_secs(10);

/// Answers `/health`, `/health/snowflake` and `/health/collectors` on one port and `/metrics` on another.
///
/// It needs no Snowflake to start: until a session can be had, `/health/snowflake` answers with 503 and says why.
#[derive(Debug)]
pub struct Service {
    http: Listener,
    metrics: Listener,
    options: ServiceOptions,
}

impl Service {
    /// Takes both ports. Nothing is answered before [`run`](Self::run), and Snowflake is not asked for anything.
    ///
    /// # Errors
    /// [`Io`](crate::ErrorKind::Io), naming the address that cannot be listened on.
    pub async fn bind(options: ServiceOptions) -> Result<Self> {
        let http = Listener::bind(options.http_address()).await?;
        let metrics = Listener::bind(options.metrics_address()).await?;
        Ok(Self { http, metrics, options })
    }

    /// Where `/health` and `/health/snowflake` are.
    #[must_use]
    pub fn http_address(&self) -> SocketAddr {
        self.http.address()
    }

    /// Where `/metrics` is.
    #[must_use]
    pub fn metrics_address(&self) -> SocketAddr {
        self.metrics.address()
    }

    /// Serves until `stop` completes.
    ///
    /// Then no further connection is taken, collectors stop at once and their statements with them, and requests that
    /// run may end within the time of grace. The pool stays open.
    ///
    /// # Cancellation
    /// Dropping the future closes both ports and every connection.
    pub async fn run(self, pool: &Pool, exposition: Exposition, stop: impl Future<Output = ()> + Send) {
        let (raise, signal) = Stop::new();
        let board = Arc::new(Board::new(Arc::clone(pool.clock())));
        let probe = Probe::new(pool.clone(), self.options.probe);
        gauge!("snowflake_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);

        let mut background = JoinSet::new();
        for collector in collectors(&self.options, &Account::new(pool, &self.options), &board) {
            background.spawn(collector);
        }
        background.spawn(tidy(exposition.clone()));
        let watched = probe.clone();
        background.spawn(async move { watched.watch().await });

        let limits = Limits { connections: self.options.connections, grace: self.options.grace };
        let health = HealthRoutes { started: Instant::now(), probe, board, stop: signal.clone() };
        let figures = MetricsRoutes { scrape: Scrape::new(exposition) };
        let servers = join(
            self.http.serve(Arc::new(health), limits, signal.clone()),
            self.metrics.serve(Arc::new(figures), limits, signal),
        );
        tokio::pin!(servers, stop);
        tokio::select! {
            () = &mut stop => {}
            _ = &mut servers => return,
        }
        tracing::info!("the service stops");
        raise.send_replace(true);
        background.shutdown().await;
        servers.await;
    }
}

async fn tidy(exposition: Exposition) {
    loop {
        tokio::time::sleep(TIDY).await;
        exposition.tidy();
    }
}
