//! A call in the name of a session, which survives that its token expires on the way.

use http::StatusCode;
use serde::de::DeserializeOwned;
use snowflake_proto::wire::Envelope;
use snowflake_proto::{Recovery, Secret, ServerCode};

use crate::error::{Error, Repr, Result};
use crate::server::{ApiRequest, Caller, Failure, Server};
use crate::session::renew::Renewal;
use crate::session::tokens::SessionTokens;

impl SessionTokens {
    /// Makes a call with the session token and returns its envelope, whether it reports success or not.
    ///
    /// When the server says that the token has expired, it is renewed once for all who use the session, and the call is
    /// repeated once with the same body and the same `requestId`.
    ///
    /// # Errors
    /// `Expired` when the session is over; it is then dead. Otherwise as [`Server::call`].
    ///
    /// # Cancellation
    /// Dropping the future sends nothing more. The server may still act on what was sent.
    pub async fn call<T>(&self, server: &Server, request: &ApiRequest) -> Result<Envelope<T>>
    where
        T: DeserializeOwned + Send,
    {
        let mut renewed = false;
        loop {
            self.checked()?;
            let token = self.authorization();
            let answer = self.attempt(server, request, &token).await;
            let Some(failure) = expiry(&answer) else { return self.settled(server, answer) };
            if renewed {
                let reason = "the server refuses a token that it has just issued";
                self.die(reason, failure.clone());
                return Err(Repr::Expired { reason, failure }.into());
            }
            renewed = self.renewed(&token, server).await? == Renewal::Made;
        }
    }

    async fn attempt<T>(&self, server: &Server, request: &ApiRequest, token: &Secret) -> Result<Envelope<T>>
    where
        T: DeserializeOwned + Send,
    {
        let service = self.state().service.clone();
        let caller = Caller { authorization: Some(token), service: service.as_deref() };
        server.exchange(request, caller).await
    }

    /// An answer that ends the session is an error for everyone; all others are the caller's to judge.
    fn settled<T>(&self, server: &Server, answer: Result<Envelope<T>>) -> Result<Envelope<T>> {
        let failure = match &answer {
            Ok(envelope) => (!envelope.success).then(|| Failure::of(envelope)),
            Err(error) => error.failure().cloned(),
        };
        let failure = failure
            .filter(|failure| failure.code().map(ServerCode::recovery) == Some(Recovery::Reauthenticate));
        let Some(failure) = failure else {
            if answer.is_ok() {
                self.state().answered = Some(server.clock().now());
            }
            return answer;
        };
        let (reason, failure) = ("the server no longer knows it", Some(failure));
        self.die(reason, failure.clone());
        Err(Repr::Expired { reason, failure }.into())
    }
}

/// Whether the answer says that the session token has expired, and in which words.
fn expiry<T>(answer: &Result<Envelope<T>, Error>) -> Option<Option<Failure>> {
    match answer {
        Ok(envelope) => {
            let failure = Failure::of(envelope);
            (!envelope.success && failure.code() == Some(&ServerCode::SESSION_EXPIRED))
                .then_some(Some(failure))
        }
        Err(error) => {
            let expired = error.status() == Some(StatusCode::UNAUTHORIZED)
                || error.code() == Some(&ServerCode::SESSION_EXPIRED);
            expired.then(|| error.failure().cloned())
        }
    }
}
