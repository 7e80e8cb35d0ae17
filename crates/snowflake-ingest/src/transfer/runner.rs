//! Where the statements of a transfer run, and asking for their instructions once more.

use std::sync::Arc;

use snowflake_proto::wire::stage::Transfer;
use snowflake_query::{Pool, Query, Session};
use snowflake_transport::BoxFuture;

use crate::error::Result;
use crate::machine::Machine;
use crate::store::{Renew, Surroundings};

/// Where the statements of a transfer run.
#[derive(Clone, Debug)]
pub(crate) enum Runner {
    /// In any session.
    Pool(Pool),
    /// In this session, which alone sees its temporary stages.
    Session(Arc<Session>),
}

impl From<&Pool> for Runner {
    fn from(pool: &Pool) -> Self {
        Self::Pool(pool.clone())
    }
}

impl From<Arc<Session>> for Runner {
    fn from(session: Arc<Session>) -> Self {
        Self::Session(session)
    }
}

impl Runner {
    /// The server's instructions for a PUT or GET.
    pub(super) async fn instructions(&self, query: Query) -> Result<Transfer> {
        Ok(match self {
            Self::Pool(pool) => {
                pool.get(query.wanted()).await?.prepare_transfer(query).await?.into_instructions()
            }
            Self::Session(session) => session.prepare_transfer(query).await?.into_instructions(),
        })
    }

    /// What a store lives in.
    pub(super) fn surroundings(&self, machine: &Machine) -> Surroundings {
        let (transport, clock) = match self {
            Self::Pool(pool) => (pool.transport(), pool.clock()),
            Self::Session(session) => (session.transport(), session.clock()),
        };
        Surroundings {
            transport: Arc::clone(transport),
            clock: Arc::clone(clock),
            local: machine.local_stages,
        }
    }
}

/// The statement of one file, by its key.
pub(super) type ForFile = dyn Fn(&str) -> Query + Send + Sync;

/// Runs the statement of a transfer again.
pub(super) struct Again {
    runner: Runner,
    query: Query,
    for_file: Option<Box<ForFile>>,
}

impl Again {
    /// The same statement whatever the file.
    pub(super) fn new(runner: Runner, query: Query) -> Self {
        Self { runner, query, for_file: None }
    }

    /// Another statement for each file.
    pub(super) fn with_files(mut self, query: impl Fn(&str) -> Query + Send + Sync + 'static) -> Self {
        self.for_file = Some(Box::new(query));
        self
    }
}

impl Renew for Again {
    fn renew<'a>(&'a self, key: Option<&'a str>) -> BoxFuture<'a, Result<Transfer>> {
        let query = match (key, &self.for_file) {
            (Some(key), Some(for_file)) => for_file(key),
            _ => self.query.clone(),
        };
        Box::pin(self.runner.instructions(query))
    }
}

impl std::fmt::Debug for Again {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Again").field("runner", &self.runner).finish_non_exhaustive()
    }
}
