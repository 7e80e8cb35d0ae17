//! The one retry loop of the workspace.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use time::OffsetDateTime;
use tokio::time::{Instant, timeout};

use super::after::retry_after;
use super::backoff::Backoff;
use super::budget::RetryBudget;
use super::classify::{RetryClass, Verdict, asks_for_later, judge_failure, judge_status};
use super::policy::RetryPolicy;
use crate::clock::{Clock, SystemClock};
use crate::entropy::{Entropy, SystemEntropy};
use crate::error::{Answer, Delivery, Error, Limit, Repr, Stopped};
use crate::metric;
use crate::request::RequestOptions;
use crate::service::{BoxFuture, Request, Transport};

/// Sends requests until one is answered well, or until policy, deadline or budget forbid.
///
/// Clones share the budget, the clock and the entropy.
#[derive(Clone, Debug)]
pub struct Retrier {
    policy: RetryPolicy,
    budget: Arc<RetryBudget>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// What a request is told about its place in the loop, so that it can say so to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// 1 for the first attempt.
    pub number: u32,
    /// The status of the previous answer, 0 if there was none, `None` at the first attempt.
    pub previous_status: Option<u16>,
    /// When the first attempt began.
    pub first_started: OffsetDateTime,
    /// Whether the service may have received an earlier attempt, and so have acted on it.
    pub maybe_sent: bool,
}

/// What the reader of an answer thinks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// It is what was asked for, or an error that repeating would not cure.
    Yes,
    /// It is unusable in a way that may be an accident of delivery, such as JSON cut in the middle:
    /// ask once more, and fail with [`ErrorKind::Content`](crate::ErrorKind) if that happens again.
    RetryOnce(&'static str),
    /// It asks for a later try.
    Retry(&'static str),
}

impl Retrier {
    /// A loop with a budget of its own, the machine's clock and the machine's randomness.
    pub fn new(policy: RetryPolicy) -> Self {
        Self {
            policy,
            budget: Arc::new(RetryBudget::new()),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }

    /// Replaces the policy and keeps sharing everything else.
    #[must_use]
    pub fn with_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Shares a budget with other loops.
    #[must_use]
    pub fn with_budget(mut self, budget: Arc<RetryBudget>) -> Self {
        self.budget = budget;
        self
    }

    /// Replaces the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Replaces the source of randomness.
    #[must_use]
    pub fn with_entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.entropy = entropy;
        self
    }

    /// The policy in force.
    pub fn policy(&self) -> &RetryPolicy {
        &self.policy
    }

    /// The budget, to be shared.
    pub fn budget(&self) -> &Arc<RetryBudget> {
        &self.budget
    }

    /// The clock in use.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The source of randomness in use.
    pub fn entropy(&self) -> &Arc<dyn Entropy> {
        &self.entropy
    }

    /// Sends what `make` makes until an answer is good, and reads that answer whole.
    ///
    /// `make` is called afresh for every attempt. An answer that HTTP finds fault with (408, 429, 5xx)
    /// or that cannot be read whole counts as a failed attempt; every other answer, refusals such as
    /// 401 and 403 included, is shown to `accept` and returned when `accept` takes it.
    /// Between attempts it waits as long as `Retry-After` says or, without a usable one, between the
    /// policy's base and cap, growing, with jitter.
    ///
    /// # Errors
    ///
    /// An error of `make` at once. Otherwise an [`Error`] that tells of the last failure:
    /// `Timeout` when the deadline passed, or would pass before the next attempt; `BudgetExhausted`
    /// when too many requests are failing at once; `Status` when a bad status is all there was, with the
    /// last answer in [`Error::response`]; any other kind of failed delivery; `Content` for an answer
    /// that `accept` did not take.
    ///
    /// # Cancellation
    ///
    /// Dropping the future sends nothing more. A request that is under way may still be executed.
    pub async fn fetch<'a, E, M, A>(
        &self,
        transport: &dyn Transport,
        class: RetryClass,
        mut make: M,
        mut accept: A,
    ) -> Result<http::Response<Bytes>, E>
    where
        E: From<Error>,
        M: FnMut(Attempt) -> BoxFuture<'a, Result<Request, E>> + Send,
        A: FnMut(&http::Response<Bytes>) -> Accept + Send,
    {
        let mut course = Course::new(self);
        loop {
            let making = make(course.next_attempt());
            let made = course.before_deadline(making).await;
            let Ok(request) = made else { return Err(course.out_of_time().into()) };
            let request = request?;
            let options = RequestOptions::of(&request);
            let endpoint = options.endpoint;
            let cap = options.body_cap.unwrap_or(usize::MAX);
            let sent = self.clock.now();
            let outcome = course.before_deadline(exchange(transport, request, cap)).await;
            let took = self.clock.now().saturating_duration_since(sent);
            metric::attempted(endpoint, outcome_label(&outcome), took);
            let Ok(outcome) = outcome else {
                metric::ended(endpoint, course.attempts);
                course.delivery = Delivery::MaybeSent;
                return Err(course.out_of_time().into());
            };
            let failure = match self.judge(class, outcome, &mut accept) {
                Ok(answer) => {
                    metric::ended(endpoint, course.attempts);
                    self.budget.deposit(self.clock.now(), course.attempts);
                    return Ok(answer);
                }
                Err(failure) => failure,
            };
            let wait = course.after(failure).inspect_err(|_| metric::ended(endpoint, course.attempts))?;
            if let Some(last) = &course.last {
                let reason = metric::failure_label(last);
                metric::count_retry(endpoint, reason);
                tracing::debug!(endpoint, attempt = course.attempts, reason, ?wait, "attempt failed");
            }
            tokio::time::sleep(wait).await;
        }
    }

    fn judge<A>(
        &self,
        class: RetryClass,
        outcome: Result<http::Response<Bytes>, Error>,
        accept: &mut A,
    ) -> Result<http::Response<Bytes>, Failure>
    where
        A: FnMut(&http::Response<Bytes>) -> Accept,
    {
        let answer = match outcome {
            Ok(answer) => answer,
            Err(error) => return Err(Failure { verdict: judge_failure(class, &error), error }),
        };
        if asks_for_later(answer.status()) {
            let verdict = judge_status(class, answer.status());
            let retry_after = retry_after(answer.headers(), self.clock.wall());
            let error = Repr::Status { answer: Answer::new(answer), retry_after }.into();
            return Err(Failure { verdict, error });
        }
        let (verdict, reason) = match accept(&answer) {
            Accept::Yes => return Ok(answer),
            // The service has acted on what it answered.
            Accept::RetryOnce(reason) if class == RetryClass::Once => (Verdict::Final, reason),
            Accept::RetryOnce(reason) => (Verdict::OnceMore, reason),
            Accept::Retry(reason) => (Verdict::Again, reason),
        };
        Err(Failure { verdict, error: Repr::Refused { reason, answer: Answer::new(answer) }.into() })
    }
}

/// One failed attempt and what it allows.
struct Failure {
    verdict: Verdict,
    error: Error,
}

/// The state of one run of the loop.
struct Course<'r> {
    retrier: &'r Retrier,
    started: Instant,
    first_started: OffsetDateTime,
    deadline: Option<Instant>,
    attempts: u32,
    backoff: Backoff,
    once_more_used: bool,
    delivery: Delivery,
    last: Option<Error>,
}

impl<'r> Course<'r> {
    fn new(retrier: &'r Retrier) -> Self {
        let started = retrier.clock.now();
        Self {
            retrier,
            started,
            first_started: retrier.clock.wall(),
            // A deadline beyond what the clock can express is none.
            deadline: retrier.policy.deadline.and_then(|limit| started.checked_add(limit)),
            attempts: 0,
            backoff: Backoff::new(&retrier.policy),
            once_more_used: false,
            delivery: Delivery::NotSent,
            last: None,
        }
    }

    fn next_attempt(&mut self) -> Attempt {
        self.attempts += 1;
        let status = |error: &Error| error.status().map_or(0, |status| status.as_u16());
        Attempt {
            number: self.attempts,
            previous_status: self.last.as_ref().map(status),
            first_started: self.first_started,
            maybe_sent: self.delivery == Delivery::MaybeSent,
        }
    }

    async fn before_deadline<T>(&self, future: impl Future<Output = T> + Send) -> Result<T, Passed> {
        match self.deadline {
            None => Ok(future.await),
            Some(deadline) => {
                let left = deadline.saturating_duration_since(self.retrier.clock.now());
                timeout(left, future).await.map_err(|_elapsed| Passed)
            }
        }
    }

    /// Decides whether a failed attempt is followed by another, and how long to wait for that.
    fn after(&mut self, failure: Failure) -> Result<Duration, Error> {
        let Failure { verdict, error } = failure;
        if error.was_sent() {
            self.delivery = Delivery::MaybeSent;
        }
        let exhausted = self.attempts >= self.retrier.policy.max_attempts;
        let spent = verdict == Verdict::OnceMore && std::mem::replace(&mut self.once_more_used, true);
        if verdict == Verdict::Final || exhausted || spent {
            return Err(self.give_up(Stopped::Attempts, error));
        }
        let now = self.retrier.clock.now();
        let wait = match error.retry_after() {
            Some(asked) => asked.min(self.retrier.policy.cap),
            None => self.backoff.next(self.retrier.entropy.u64()),
        };
        if self.deadline.is_some_and(|deadline| wait >= deadline.saturating_duration_since(now)) {
            return Err(self.give_up(Stopped::Deadline, error));
        }
        if self.retrier.budget.withdraw(now).is_err() {
            return Err(self.give_up(Stopped::Budget, error));
        }
        self.last = Some(error);
        Ok(wait)
    }

    /// The deadline passed in the middle of an attempt; an earlier failure explains more than that.
    fn out_of_time(&mut self) -> Error {
        let after = self.retrier.policy.deadline.unwrap_or_default();
        let timeout = Repr::Timeout { limit: Limit::Deadline, after, delivery: self.delivery };
        let source = self.last.take().unwrap_or_else(|| timeout.into());
        self.give_up(Stopped::Deadline, source)
    }

    fn give_up(&self, stopped: Stopped, source: Error) -> Error {
        if self.attempts == 1 && stopped == Stopped::Attempts {
            return source;
        }
        let elapsed = self.retrier.clock.now().saturating_duration_since(self.started);
        let (attempts, delivery) = (self.attempts, self.delivery);
        Repr::GaveUp { stopped, attempts, elapsed, delivery, source }.into()
    }
}

/// The deadline passed first.
struct Passed;

fn outcome_label(outcome: &Result<Result<http::Response<Bytes>, Error>, Passed>) -> &'static str {
    match outcome {
        Ok(Ok(answer)) => metric::status_label(answer.status()),
        Ok(Err(error)) => metric::failure_label(error),
        Err(Passed) => "timeout",
    }
}

async fn exchange(
    transport: &dyn Transport,
    request: Request,
    cap: usize,
) -> Result<http::Response<Bytes>, Error> {
    let (head, body) = transport.send(request).await?.into_parts();
    Ok(http::Response::from_parts(head, body.collect(cap).await?))
}
