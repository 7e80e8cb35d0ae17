//! A new session token for one that expired: once, whoever asks.

use snowflake_proto::wire::{Envelope, token};
use snowflake_proto::{Recovery, Secret, ServerCode};
use snowflake_transport::BoxFuture;

use crate::error::{Error, ErrorKind, Repr, Result};
use crate::metric;
use crate::server::{ApiRequest, Caller, Failure, Server};
use crate::session::tokens::SessionTokens;
use crate::session::under_way::{Answer, UnderWay};
use crate::session::validity::{Negative, Validity};

const WHAT: &str = "session renewal";

/// How the token came to be a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renewal {
    /// By a renewal that this caller made or waited for.
    Made,
    /// By an earlier one: the caller's token was old before it was sent.
    Earlier,
}

impl SessionTokens {
    /// Makes sure that the session token is no longer `expired`, the token that the server refused.
    ///
    /// Of all who ask at the same time one sends the request, and the others share its outcome, a failure included.
    /// Who asks with a token that was replaced meanwhile gets no request at all.
    ///
    /// # Errors
    /// `Expired` when the master token is of no use any more: the session is then dead. `Network` or `Protocol` when the
    /// renewal was not answered properly; the session stays as it is, and asking again may help.
    ///
    /// # Cancellation
    /// When the future that sent the request is dropped, one of those who wait takes over where it stopped, or else
    /// whoever asks next: the new tokens in an answer that is on its way are not lost.
    pub async fn renew(&self, expired: &Secret, server: &Server) -> Result<()> {
        self.renewed(expired, server).await.map(|_| ())
    }

    pub(super) async fn renewed(&self, expired: &Secret, server: &Server) -> Result<Renewal> {
        self.checked()?;
        let failed_before = {
            let state = self.state();
            if state.session != *expired {
                return Ok(Renewal::Earlier);
            }
            state.failed_renewals
        };
        let mut under_way = self.inner.renewing.lock().await;
        self.checked()?;
        let master = {
            let state = self.state();
            if state.session != *expired {
                return Ok(Renewal::Made);
            }
            if state.failed_renewals != failed_before
                && let Some(failure) = &state.last_failure
            {
                return Err(failure.clone());
            }
            state.master.clone()
        };
        let Some(master) = master else {
            self.die("its token expired and the server gave none to renew it with", None);
            return self.checked().map(|()| Renewal::Earlier);
        };
        let renewed = self.request(&mut under_way, server, expired, &master).await;
        metric::renewal(renewed.as_ref().err());
        match renewed {
            Ok(()) => Ok(Renewal::Made),
            Err(error) => {
                let mut state = self.state();
                state.failed_renewals += 1;
                state.last_failure = Some(error.clone());
                Err(error)
            }
        }
    }

    async fn request(
        &self,
        under_way: &mut UnderWay,
        server: &Server,
        expired: &Secret,
        master: &Secret,
    ) -> Result<()> {
        let was_left = under_way.was_left();
        let ask = || ask(server.clone(), expired.clone(), master.clone());
        match self.judge(under_way.finish(ask).await) {
            // It may have been left for so long that nothing could come of it any more.
            Err(error) if was_left && error.kind() == ErrorKind::Network => {
                self.judge(under_way.finish(ask).await)
            }
            outcome => outcome,
        }
    }

    fn judge(&self, answer: Answer) -> Result<()> {
        match answer {
            Ok(Envelope { success: true, data, .. }) => self.accept(data.unwrap_or_default()),
            Ok(refusal) => Err(self.refused(Failure::of(&refusal))),
            Err(error) => Err(self.unanswered(error)),
        }
    }

    fn accept(&self, answer: token::Response) -> Result<()> {
        let malformed = |field, reason| Repr::Malformed { what: WHAT, field, reason };
        let session = answer.session_token.filter(|token| !token.is_empty());
        let session = session.ok_or_else(|| malformed("sessionToken", "it is missing"))?;
        let validity = Validity::new(answer.validity_in_seconds_st, answer.validity_in_seconds_mt);
        let validity = validity.map_err(|negative| match negative {
            Negative::Session => malformed("validityInSecondsST", "it is negative"),
            Negative::Master => malformed("validityInSecondsMT", "it is negative"),
        })?;
        let mut state = self.state();
        state.session = Secret::new(session);
        // The master token usually changes too; without a new one the old one goes on.
        if let Some(master) = answer.master_token.filter(|token| !token.is_empty()) {
            state.master = Some(Secret::new(master));
        }
        state.validity = validity;
        drop(state);
        tracing::debug!(session_id = self.session_id(), "session renewed");
        Ok(())
    }

    fn refused(&self, failure: Failure) -> Error {
        if failure.code().is_some_and(ends_session) {
            let reason = "its master token is refused";
            self.die(reason, Some(failure.clone()));
            return Repr::Expired { reason, failure: Some(failure) }.into();
        }
        Repr::Server { what: WHAT, failure }.into()
    }

    /// A status of 401 or 403 is a refusal too, with or without words.
    fn unanswered(&self, error: Error) -> Error {
        let refused = error.status().is_some_and(|status| matches!(status.as_u16(), 401 | 403));
        if error.kind() == ErrorKind::Network && (refused || error.code().is_some_and(ends_session)) {
            let (reason, failure) = ("its master token is refused", error.failure().cloned());
            self.die(reason, failure.clone());
            return Repr::Expired { reason, failure }.into();
        }
        error
    }
}

/// The request for new tokens. It owns what it needs, because it can outlive the caller who began it.
fn ask(server: Server, expired: Secret, master: Secret) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let body = token::Request::renew(expired.expose());
        let request = ApiRequest::post(WHAT, "/session/token-request").with_json(&body)?;
        server.exchange(&request, Caller { authorization: Some(&master), service: None }).await
    })
}

/// Whether no renewal can succeed after this code.
fn ends_session(code: &ServerCode) -> bool {
    /// Known to end it although the catalogue advises otherwise for other requests, or not at all.
    const OTHERS: [&str; 2] = ["390112", "390400"];
    code.recovery() == Recovery::Reauthenticate || OTHERS.contains(&code.as_str())
}
