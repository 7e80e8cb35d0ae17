//! The request ids of late: one stands for one statement, and leads back to the session that knows its outcome.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use snowflake_proto::wire::query::Request;
use uuid::Uuid;

use super::Core;
use crate::error::{Error, RequestIdReusedSnafu};
use crate::statement::QueryId;

/// So many ids are remembered; then the one that was used longest ago is forgotten.
const CAPACITY: usize = 1024;

/// What is remembered of request ids, shared by all sessions that were opened with clones of one set of options.
///
/// These are the ids that callers gave, and those of statements whose outcome is unknown.
#[derive(Debug, Default)]
pub(crate) struct RequestIds {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    ids: HashMap<Uuid, Entry>,
    uses: u64,
}

#[derive(Debug)]
struct Entry {
    /// A hash of the statement, which is not kept itself.
    statement: u64,
    outcome: Whereabouts,
    last_use: u64,
}

/// Where the outcome of a request id can be had.
#[derive(Clone, Debug)]
pub(crate) enum Whereabouts {
    /// There is none: the statement was not run, or failed.
    Nowhere,
    /// In this session alone.
    Session(Weak<Core>),
    /// Under the id that the server gave the statement, in any session.
    Query(QueryId),
}

impl RequestIds {
    /// Where the outcome of an earlier use of this id can be had.
    ///
    /// Fails when that use was for another statement.
    pub(crate) fn find(&self, id: Uuid, body: &Request) -> Result<Whereabouts, Error> {
        let mut known = self.known();
        known.uses += 1;
        let now = known.uses;
        let Some(entry) = known.ids.get_mut(&id) else { return Ok(Whereabouts::Nowhere) };
        entry.last_use = now;
        if entry.statement != hash(body) {
            return RequestIdReusedSnafu { request_id: id }.fail()?;
        }
        Ok(entry.outcome.clone())
    }

    /// The statement is about to be sent in this session.
    pub(crate) fn sending(&self, id: Uuid, body: &Request, core: &Arc<Core>) {
        let mut known = self.known();
        known.uses += 1;
        let last_use = known.uses;
        if known.ids.len() >= CAPACITY && !known.ids.contains_key(&id) {
            let oldest = known.ids.iter().min_by_key(|(_, entry)| entry.last_use).map(|(id, _)| *id);
            oldest.and_then(|oldest| known.ids.remove(&oldest));
        }
        let outcome = Whereabouts::Session(Arc::downgrade(core));
        known.ids.insert(id, Entry { statement: hash(body), outcome, last_use });
    }

    /// Notes where the outcome is, if the id is one of those that are remembered.
    pub(crate) fn note(&self, id: Uuid, outcome: Whereabouts) {
        if let Some(entry) = self.known().ids.get_mut(&id) {
            entry.outcome = outcome;
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Every change leaves the map usable, so a panic elsewhere cannot have spoilt it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells statements apart, by their text and bind values.
fn hash(body: &Request) -> u64 {
    let mut hasher = DefaultHasher::new();
    body.sql_text.hash(&mut hasher);
    serde_json::to_vec(&body.bindings).unwrap_or_default().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use serde_json::json;
    use snowflake_auth::{LoginOptions, Password, Server, ServerOptions};
    use snowflake_proto::wire::query::{Binding, Request};
    use snowflake_proto::{AccountId, ServerAddress};
    use snowflake_sim::{Expect, Reply, Script};
    use uuid::Uuid;

    use super::{CAPACITY, Core, RequestIds, Whereabouts};
    use crate::session::{SessionOptions, open};
    use crate::{Error, ErrorKind, QueryId};

    async fn core() -> Arc<Core> {
        let login = json!({ "success": true, "data": { "token": "t", "sessionId": 1 } });
        let done = Reply::json(&json!({ "success": true }));
        let script = Script::new()
            .expect(Expect::post("/session/v1/login-request").reply(Reply::json(&login)))
            .expect(Expect::post("/session").any_times().reply(done));
        let account = AccountId::parse("acct").unwrap();
        let address = ServerAddress::for_account(&account, None).unwrap();
        let server = Server::new(Arc::new(script), address, ServerOptions::default());
        let password = Arc::new(Password::new("alice", "hunter2"));
        open(&SessionOptions::new(server, password, LoginOptions::new(account))).await.unwrap()
    }

    fn body(sql: &str) -> Request {
        Request { sql_text: sql.to_owned(), ..Request::default() }
    }

    fn is_reuse(found: Result<Whereabouts, Error>) -> bool {
        found.is_err_and(|error| error.kind() == ErrorKind::Configuration)
    }

    #[tokio::test(start_paused = true)]
    async fn an_id_stands_for_one_text_with_one_set_of_binds() {
        let (ids, core, id) = (RequestIds::default(), core().await, Uuid::from_u128(1));
        ids.sending(id, &body("a"), &core);
        assert!(matches!(ids.find(id, &body("a")), Ok(Whereabouts::Session(_))));
        assert!(is_reuse(ids.find(id, &body("b"))));
        let bindings = Some(BTreeMap::from([("1".to_owned(), Binding::default())]));
        assert!(is_reuse(ids.find(id, &Request { bindings, ..body("a") })));
        ids.note(id, Whereabouts::Query(QueryId::NONE));
        assert!(matches!(ids.find(id, &body("a")), Ok(Whereabouts::Query(QueryId::NONE))));
    }

    #[tokio::test(start_paused = true)]
    async fn the_id_that_was_not_used_for_longest_is_forgotten() {
        let (ids, core) = (RequestIds::default(), core().await);
        let capacity = u128::try_from(CAPACITY).unwrap();
        (0..capacity).for_each(|n| ids.sending(Uuid::from_u128(n), &body("a"), &core));
        assert!(ids.find(Uuid::from_u128(0), &body("a")).is_ok());
        ids.sending(Uuid::from_u128(capacity), &body("a"), &core);
        assert!(is_reuse(ids.find(Uuid::from_u128(0), &body("b"))));
        assert!(matches!(ids.find(Uuid::from_u128(1), &body("b")), Ok(Whereabouts::Nowhere)));
        assert_eq!(ids.known().ids.len(), CAPACITY);
    }
}
