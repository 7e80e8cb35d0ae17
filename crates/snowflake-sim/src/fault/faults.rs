//! What a rule can do to the exchanges that it applies to.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use super::rule::Rule;
use super::verb::{Action, ArrowDamage, Cut, Expiry, Gzip, Kept};

/// What befalls the request.
impl Rule {
    /// Answers with a status and nothing else; the request goes no further.
    #[must_use]
    pub fn status(self, code: u16) -> Self {
        self.answer(code, &[], Bytes::new())
    }

    /// Answers with this; the request goes no further.
    #[must_use]
    pub fn answer(self, code: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.action(Action::Answer { code, headers, body: body.into() })
    }

    /// Answers with a status and a `Location`; the request goes no further.
    ///
    /// A transport over HTTP follows redirects or refuses them by itself, so that this shows what a
    /// client makes of one that comes through nevertheless.
    #[must_use]
    pub fn redirect(self, code: u16, location: impl Into<String>) -> Self {
        self.action(Action::Redirect { code, location: location.into() })
    }

    /// Breaks the connection before the request is sent.
    #[must_use]
    pub fn reset(self) -> Self {
        self.action(Action::Reset)
    }

    /// Takes the request and never answers; it goes no further.
    #[must_use]
    pub fn stall(self) -> Self {
        self.action(Action::Stall)
    }

    /// Waits before anything else happens, as tokio counts time.
    #[must_use]
    pub fn delay(self, by: Duration) -> Self {
        self.action(Action::Delay(by))
    }
}

/// What the service no longer accepts, from this request on.
impl Rule {
    /// Lets the session token of the request expire: this and every later request with it is refused and
    /// goes no further. Requests with another token, such as the one that a renewal brings, are not.
    #[must_use]
    pub fn expire_session(self, how: Expiry) -> Self {
        self.action(Action::ExpireSession(how))
    }

    /// Lets all master tokens expire: renewals are refused with code 390114 and go no further, unless a
    /// later login or renewal handed out their token.
    #[must_use]
    pub fn expire_master(self) -> Self {
        self.action(Action::ExpireMaster)
    }

    /// Lets the addresses of all parts expire: they are answered with 403, as S3 does, unless a later
    /// answer to a statement or a fetch of a result names them again.
    #[must_use]
    pub fn expire_parts(self) -> Self {
        self.action(Action::ExpireParts)
    }

    /// Lets the credentials of all stages expire: requests to storage are answered with 403 until a
    /// statement is answered.
    #[must_use]
    pub fn expire_stage_creds(self) -> Self {
        self.action(Action::ExpireStageCreds)
    }

    /// Lets the service forget all results: fetching one is refused with code 000612 and goes no
    /// further, unless a later answer to a statement names it.
    #[must_use]
    pub fn forget_result(self) -> Self {
        self.action(Action::ForgetResult)
    }
}

/// What befalls the exchange.
impl Rule {
    /// Lets the request be executed and loses the answer: the connection breaks.
    #[must_use]
    pub fn lose_response(self) -> Self {
        self.action(Action::LoseResponse)
    }

    /// Lets the request be executed and never answers.
    #[must_use]
    pub fn silence(self) -> Self {
        self.action(Action::Silence)
    }

    /// Delivers the request twice, one after the other, as a proxy that repeats it does.
    #[must_use]
    pub fn duplicate(self, kept: Kept) -> Self {
        self.action(Action::Duplicate(kept))
    }

    /// Holds the answer back until so many other exchanges have ended, or until some time has passed as
    /// tokio counts it: answers overtake one another.
    #[must_use]
    pub fn reorder(self, others: u64, at_most: Duration) -> Self {
        self.action(Action::Reorder { others, at_most })
    }

    /// Shifts the `Date` of the answer by whole seconds; an answer without one gets one.
    #[must_use]
    pub fn clock_skew(self, by: time::Duration) -> Self {
        self.action(Action::ClockSkew { seconds: by.whole_seconds() })
    }
}

/// What befalls the body of the answer.
impl Rule {
    /// Cuts the body of the answer after so many bytes.
    #[must_use]
    pub fn cut(self, after: usize, how: Cut) -> Self {
        self.action(Action::Cut { after, how })
    }

    /// Lets the body arrive at so many bytes per second, as tokio counts time; 0 counts as 1.
    #[must_use]
    pub fn drip(self, bytes_per_second: u32) -> Self {
        self.action(Action::Drip { per_second: bytes_per_second })
    }

    /// Lets the body arrive in pieces of at most so many bytes; 0 counts as 1.
    #[must_use]
    pub fn slice(self, bytes: usize) -> Self {
        self.action(Action::Slice { at_most: bytes })
    }

    /// Flips one bit of the body of the answer, counted from the first; beyond the end nothing happens.
    #[must_use]
    pub fn flip_bit(self, bit: usize) -> Self {
        self.action(Action::FlipBit(bit))
    }

    /// Flips so many different bits of the body, where the seed says.
    #[must_use]
    pub fn flip_bits(self, count: usize, seed: u64) -> Self {
        self.action(Action::FlipBits { count, seed })
    }

    /// Replaces the body of the answer.
    #[must_use]
    pub fn replace_body(self, body: impl Into<Bytes>) -> Self {
        self.action(Action::Replace(body.into()))
    }

    /// Changes the body of the answer if it is JSON.
    #[must_use]
    pub fn patch_json<P>(self, patch: P) -> Self
    where
        P: Fn(&mut Value) + Send + Sync + 'static,
    {
        self.action(Action::PatchJson(Arc::new(patch)))
    }

    /// Sets a value in the body of the answer if it is JSON; the pointer is that of RFC 6901, and all of
    /// it but its last step must be there.
    #[must_use]
    pub fn set_json(self, pointer: impl Into<String>, value: impl Into<Value>) -> Self {
        self.action(Action::JsonSet { pointer: pointer.into(), value: value.into() })
    }

    /// Removes a member or element from the body of the answer if it is JSON and has it.
    #[must_use]
    pub fn remove_json(self, pointer: impl Into<String>) -> Self {
        self.action(Action::JsonRemove { pointer: pointer.into() })
    }

    /// Changes how the body of the answer is compressed.
    #[must_use]
    pub fn gzip(self, gzip: Gzip) -> Self {
        self.action(Action::Gzip(gzip))
    }

    /// Damages the Arrow rows of the answer: of a part, gzip'd or not, or inside an answer's
    /// `rowsetBase64`. An answer without such rows stays as it is.
    #[must_use]
    pub fn arrow(self, damage: ArrowDamage) -> Self {
        self.action(Action::Arrow(damage))
    }
}
