//! A pool whose service answers what a test prepared.

use std::sync::Arc;

use snowflake_auth::{LoginOptions, Password, Server, ServerOptions};
use snowflake_proto::{AccountId, Protocol, ServerAddress};
use snowflake_query::{Observer, Pool, PoolOptions, SessionOptions};
use snowflake_sim::{ManualClock, SeededEntropy, StandIn};
use snowflake_transport::{Retrier, RetryPolicy};
use time::OffsetDateTime;
use time::macros::datetime;

/// The time at which every test begins; it moves with tokio's.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-03-01 12:00 UTC);

/// A pool of sessions with the service, whose clock starts at [`NOW`].
pub(crate) fn pool(service: &StandIn) -> Pool {
    open(sessions(service))
}

/// The same, with an observer of its statements.
pub(crate) fn observed_pool(service: &StandIn, observer: Arc<dyn Observer>) -> Pool {
    open(sessions(service).with_observer(observer))
}

fn open(sessions: SessionOptions) -> Pool {
    Pool::lazy(sessions, PoolOptions::default().with_size(0, 4)).unwrap()
}

fn sessions(service: &StandIn) -> SessionOptions {
    let address = ServerAddress::new(Protocol::Https, "acct.snowflakecomputing.com", None).unwrap();
    let retrier = Retrier::new(RetryPolicy::default())
        .with_clock(Arc::new(ManualClock::ticking(NOW)))
        .with_entropy(Arc::new(SeededEntropy::new(7)));
    let server = ServerOptions::default().with_retrier(retrier);
    let server = Server::new(Arc::new(service.clone()), address, server);
    let login = LoginOptions::new(AccountId::parse("acct").unwrap());
    SessionOptions::new(server, Arc::new(Password::new("alice", "hunter2")), login)
}
