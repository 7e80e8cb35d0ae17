//! The stand-in, and the switches that tests throw.

use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::Secret;
use snowflake_transport::{BoxFuture, Clock, Entropy, Error, Request, Response, Transport};

use super::inner::Inner;
use super::{Answer, Asked};
use crate::context::exact;
use crate::ledger::Ledger;
use crate::service::{TokenKind, exchange};

/// A Snowflake service that knows the answers which a test prepared, and a transport to it.
///
/// Everything around the statements is as with the service: logins and the lives of tokens, statements that
/// run once per `requestId`, polls, results that are kept with their parts, aborts, transactions.
/// `USE`, `ALTER SESSION`, `BEGIN`, `COMMIT`, `ROLLBACK` and `SELECT 1` are understood; any other statement
/// that was not prepared fails with code 002040 and is named in the message.
/// It takes any account and any object of a `USE`.
///
/// Clones are handles of the same stand-in. Answers are tried in the order in which they were given.
/// Its own clock starts at 2026-01-01 and moves with tokio's time, and its chance is seeded: two runs are
/// the same.
///
/// ```
/// use snowflake_sim::{Answer, StandIn, Table};
///
/// let service = StandIn::new()
///     .on("SELECT id, name FROM users", Answer::rows(Table::new().number("ID", 0).text("NAME").row((1, "Ada"))))
///     .on_prefix("INSERT INTO audit", Answer::dml(1))
///     .on_any(|asked| asked.sql().starts_with("CREATE").then(Answer::done));
/// // Hand `service.clone()` to the client as its transport, run the program, then look at the books.
/// assert_eq!(service.ledger().executions(), 0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct StandIn {
    inner: Arc<Inner>,
}

impl StandIn {
    /// A stand-in that lets everybody in and knows no answer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a statement, however its white space, comments and keywords are spelled.
    #[must_use]
    pub fn on(self, sql: &str, answer: Answer) -> Self {
        self.inner.repertoire().text(sql, answer);
        self
    }

    /// Answers every statement that begins so.
    #[must_use]
    pub fn on_prefix(self, sql: &str, answer: Answer) -> Self {
        self.inner.repertoire().beginning(sql, answer);
        self
    }

    /// Answers the statements for which `compute` has an answer. It must not use the stand-in itself.
    #[must_use]
    pub fn on_any<F>(self, compute: F) -> Self
    where
        F: FnMut(&Asked) -> Option<Answer> + Send + 'static,
    {
        self.inner.repertoire().any(Box::new(compute));
        self
    }

    /// Lets this user in with a password, or with any key or token, and from now on nobody who is not named.
    #[must_use]
    pub fn user(self, user: &str, password: impl Into<Secret>) -> Self {
        self.inner.settings().users.push((user.to_uppercase(), password.into()));
        self
    }

    /// Starts the sessions in this database that name none. Like the other names below, it is spelled as in
    /// SQL: upper case unless it is quoted.
    #[must_use]
    pub fn database(self, name: &str) -> Self {
        self.inner.settings().initial.database = Some(exact(name));
        self
    }

    /// Starts the sessions in this schema that name no database.
    #[must_use]
    pub fn schema(self, name: &str) -> Self {
        self.inner.settings().initial.schema = Some(exact(name));
        self
    }

    /// Starts the sessions with this warehouse that name none.
    #[must_use]
    pub fn warehouse(self, name: &str) -> Self {
        self.inner.settings().initial.warehouse = Some(exact(name));
        self
    }

    /// Starts the sessions with this role that name none; `PUBLIC` unless set.
    #[must_use]
    pub fn role(self, name: &str) -> Self {
        self.inner.settings().initial.role = Some(exact(name));
        self
    }

    /// Sets the life of session tokens that are handed out from now on: an hour unless set.
    #[must_use]
    pub fn session_lifetime(self, life: Duration) -> Self {
        self.inner.settings().lifetimes.session = life;
        self
    }

    /// Sets the life of master tokens that are handed out from now on: four hours unless set.
    #[must_use]
    pub fn master_lifetime(self, life: Duration) -> Self {
        self.inner.settings().lifetimes.master = life;
        self
    }

    /// Sets how long the addresses of parts are good: six hours unless set.
    #[must_use]
    pub fn part_lifetime(self, life: Duration) -> Self {
        self.inner.settings().part_lifetime = life;
        self
    }

    /// Lets a request wait that long for its statement, before the client is told to ask again: 45 seconds
    /// unless set.
    #[must_use]
    pub fn hold(self, hold: Duration) -> Self {
        self.inner.settings().hold = hold;
        self
    }

    /// Says whether a `requestId` that comes again joins the statement that it started, as it does unless
    /// set; otherwise every request runs its statement.
    #[must_use]
    pub fn dedup(self, dedup: bool) -> Self {
        self.inner.settings().is_dedup = dedup;
        self
    }

    /// Tells the stand-in the time.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        self.inner.settings().clock = clock;
        self
    }

    /// Gives the stand-in its randomness.
    #[must_use]
    pub fn entropy(self, entropy: Arc<dyn Entropy>) -> Self {
        self.inner.settings().entropy = entropy;
        self
    }

    /// What the stand-in has seen and done so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        // A statement whose time has come has ended, whether or not anybody asked.
        self.inner.executions().iter().for_each(|execution| self.inner.settle(execution));
        let open_sessions = u64::try_from(self.inner.sessions.count()).unwrap_or(u64::MAX);
        Ledger { open_sessions, ..self.inner.ledger().clone() }
    }

    /// Expires every session token that was handed out: requests with one are answered with 390112.
    pub fn expire_sessions(&self) {
        self.inner.sessions.expire(TokenKind::Session);
    }

    /// Expires every master token that was handed out: renewals with one are answered with 390114.
    pub fn expire_masters(&self) {
        self.inner.sessions.expire(TokenKind::Master);
    }

    /// Ends every session: requests with one of its tokens are answered with 390111, and what its
    /// transaction changed is gone.
    pub fn end_sessions(&self) {
        let ended = self.inner.sessions.close_all();
        self.inner.ledger().lost_sessions += u64::try_from(ended).unwrap_or(u64::MAX);
    }

    /// Forgets every finished result: asking for one is answered with 000707, its parts with 403.
    pub fn forget_results(&self) {
        self.inner.executions().iter().for_each(|execution| execution.forget());
    }

    /// Expires every address of a part that was handed out: requests with one are answered with 403, and
    /// asking for the result again brings new ones.
    pub fn expire_chunk_urls(&self) {
        self.inner.grants.expire();
    }

    /// Keeps statements that are submitted from now on from ending, until they are released. They count as
    /// running, and can be aborted.
    pub fn hold_statements(&self) {
        self.inner.settings().is_held = true;
    }

    /// Lets the statements end that were held.
    pub fn release_statements(&self) {
        self.inner.settings().is_held = false;
        for execution in self.inner.executions() {
            execution.release();
        }
    }
}

impl Transport for StandIn {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let answer = move |call| self.inner.answer(call);
        Box::pin(exchange(request, "stand-in.example", answer))
    }
}
