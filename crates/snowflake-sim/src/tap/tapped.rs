//! The tap itself.

use std::fmt;
use std::sync::Arc;

use http::Uri;
use http::header::CONTENT_LENGTH;
use snowflake_transport::{BoxFuture, Error, Request, Response, Transport};

use super::canary::Canary;
use super::origin::Origin;
use super::passing::{Shared, incoming, open, outgoing};
use super::traffic::Traffic;

/// Passes requests to another transport, counts what passes, and watches where secrets go.
///
/// It belongs next to the client, around faults and all: it sees what the client sends, whatever becomes of
/// it. The tokens that a service hands out in answers to logins and renewals are watched without being
/// named: they may go to the service that the first login went to, a session token in the `Authorization`
/// header and in the body of a renewal, a master token in the header of a renewal alone. Other secrets are
/// named with [`Tap::canary`].
///
/// ```
/// use snowflake_sim::{Canary, Endpoint, Expect, Place, Script, Tap};
/// use snowflake_transport::{Body, Transport};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let script = Script::new().expect(Expect::get("/part"));
/// let tap = Tap::new(script)
///     .canary(Canary::new("password", "canary-of-ann").allowed(Place::body().on(Endpoint::Login)));
/// let careless = http::Request::get("https://storage.example/part?user=ann&pw=canary-of-ann");
/// tap.send(careless.body(Body::empty())?).await?;
/// let traffic = tap.traffic();
/// assert_eq!((traffic.total(), traffic.count(Endpoint::Part)), (1, 1));
/// assert_eq!(traffic.leaks[0].to_string(), "the password in the query of a request to storage.example (part)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Tap<T> {
    inner: T,
    watch: Shared,
}

impl<T: Transport> Tap<T> {
    /// A tap around a transport.
    pub fn new(inner: T) -> Self {
        Self { inner, watch: Shared::default() }
    }

    /// Names the service, such as `https://acct.snowflakecomputing.com`; unless this is said, it is where
    /// the first login goes.
    #[must_use]
    pub fn origin(self, origin: &Uri) -> Self {
        open(&self.watch).origin = Origin::of(origin);
        self
    }

    /// Watches one more secret.
    #[must_use]
    pub fn canary(self, canary: Canary) -> Self {
        open(&self.watch).canaries.push(canary);
        self
    }

    /// What has passed so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        open(&self.watch).traffic.clone()
    }

    /// Every secret that is watched, the tokens of the service included.
    #[must_use]
    pub fn canaries(&self) -> Vec<Canary> {
        open(&self.watch).canaries.clone()
    }

    /// The transport behind the tap.
    pub fn inner(&self) -> &T {
        &self.inner
    }
}

impl<T: Transport> Transport for Tap<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let target = open(&self.watch).begin(&head);
            let mut flight = Flight { watch: Arc::clone(&self.watch), is_answered: false };
            let announced =
                head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
            let body = outgoing(&self.watch, target.clone(), body, announced);
            let answer = self.inner.send(Request::from_parts(head, body)).await;
            flight.is_answered = true;
            match answer {
                Ok(answer) => {
                    drop(flight);
                    Ok(answer.map(|body| incoming(&self.watch, &target, body)))
                }
                Err(error) => {
                    open(&self.watch).traffic.failures += 1;
                    Err(error)
                }
            }
        })
    }
}

/// A request that waits for its answer.
struct Flight {
    watch: Shared,
    is_answered: bool,
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut books = open(&self.watch);
        books.traffic.in_flight = books.traffic.in_flight.saturating_sub(1);
        if !self.is_answered {
            books.traffic.given_up += 1;
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Tap<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap").field("inner", &self.inner).finish_non_exhaustive()
    }
}
