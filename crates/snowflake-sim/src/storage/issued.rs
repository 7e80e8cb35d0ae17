//! What was issued, and what has become of it.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use snowflake_proto::Secret;
use snowflake_transport::{Clock, Entropy};
use tokio::time::Instant;

use super::credentials::{Cloud, Credentials};
use super::date;

/// Credentials and signed addresses. Holds secrets: never shown.
#[derive(Default)]
pub(super) struct Issued {
    keys: HashMap<String, Key>,
    /// By the signature.
    sas: HashMap<String, Life>,
    tokens: HashMap<String, Life>,
    /// By the signature.
    addresses: HashMap<String, Address>,
    /// How many requests are let in before everything expires.
    left: Option<usize>,
}

/// An access key of S3.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) secret: String,
    pub(super) token: String,
    life: Life,
}

/// What a signed address lets its holder do.
struct Address {
    method: Method,
    key: String,
    life: Life,
}

#[derive(Clone, Copy)]
struct Life {
    /// Forever unless set.
    until: Option<Instant>,
    is_over: bool,
}

/// What a secret is good for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Valid,
    Expired,
    /// It was never issued, or not for this.
    Unknown,
}

impl Issued {
    /// Issues credentials.
    pub(super) fn credentials(
        &mut self,
        cloud: Cloud,
        lifetime: Duration,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> Credentials {
        let life = Life::of(lifetime, clock);
        match cloud {
            Cloud::S3 => {
                let key_id = format!("ASIA{}", &hex(entropy, 1).to_ascii_uppercase()[..16]);
                let key = Key { secret: hex(entropy, 1), token: hex(entropy, 4), life };
                let (secret_key, token) = (Secret::new(&*key.secret), Secret::new(&*key.token));
                self.keys.insert(key_id.clone(), key);
                Credentials::S3 { key_id, secret_key, token }
            }
            Cloud::Azure => {
                let signature = BASE64_STANDARD.encode(hex(entropy, 1));
                let written: String = url::form_urlencoded::byte_serialize(signature.as_bytes()).collect();
                let end = date::seconds(end_of(lifetime, clock)).replace(':', "%3A");
                self.sas.insert(signature, life);
                Credentials::Azure { sas: format!("sv=2019-02-02&sr=c&se={end}&sp=rwl&sig={written}").into() }
            }
            Cloud::Gcs => {
                let token = format!("ya29.{}", hex(entropy, 2));
                self.tokens.insert(token.clone(), life);
                Credentials::Gcs { token: token.into() }
            }
        }
    }

    /// Issues a signature that lets its holder do one thing with one object.
    pub(super) fn signature(
        &mut self,
        method: Method,
        key: &str,
        lifetime: Duration,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> String {
        let signature = hex(entropy, 4);
        let address = Address { method, key: key.to_owned(), life: Life::of(lifetime, clock) };
        self.addresses.insert(signature.clone(), address);
        signature
    }

    /// Ends the time of everything that was issued until now.
    pub(super) fn expire(&mut self) {
        self.left = None;
        let lives = self.keys.values_mut().map(|key| &mut key.life);
        let lives = lives.chain(self.sas.values_mut()).chain(self.tokens.values_mut());
        let lives = lives.chain(self.addresses.values_mut().map(|address| &mut address.life));
        lives.for_each(|life| life.is_over = true);
    }

    /// Ends the time of everything that was issued, once so many more requests were let in.
    pub(super) fn expire_after(&mut self, requests: usize) {
        self.left = Some(requests);
    }

    /// An access key by its id.
    pub(super) fn key(&mut self, id: &str, token: Option<&str>, now: Instant) -> (Standing, Option<Key>) {
        self.spend(|issued| {
            let key = issued.keys.get(id).cloned();
            let known = key.as_ref().filter(|key| token == Some(&key.token));
            (Life::standing(known.map(|key| key.life), now), key)
        })
    }

    pub(super) fn sas(&mut self, signature: &str, now: Instant) -> Standing {
        self.spend(|issued| (Life::standing(issued.sas.get(signature).copied(), now), ())).0
    }

    pub(super) fn token(&mut self, token: &str, now: Instant) -> Standing {
        self.spend(|issued| (Life::standing(issued.tokens.get(token).copied(), now), ())).0
    }

    pub(super) fn address(&mut self, signature: &str, method: &Method, key: &str, now: Instant) -> Standing {
        self.spend(|issued| {
            let found = issued.addresses.get(signature);
            let found = found.filter(|address| address.method == method && address.key == key);
            (Life::standing(found.map(|address| address.life), now), ())
        })
        .0
    }

    /// Looks something up; if it is valid and no more requests are let in, everything expires first.
    fn spend<T>(&mut self, find: impl Fn(&Self) -> (Standing, T)) -> (Standing, T) {
        let found = find(self);
        match self.left {
            Some(left) if found.0 == Standing::Valid => match left.checked_sub(1) {
                Some(left) => self.left = Some(left),
                None => {
                    self.expire();
                    return find(self);
                }
            },
            _ => {}
        }
        found
    }
}

impl Life {
    fn of(lifetime: Duration, clock: &dyn Clock) -> Self {
        Self { until: clock.now().checked_add(lifetime), is_over: false }
    }

    fn standing(life: Option<Self>, now: Instant) -> Standing {
        match life {
            None => Standing::Unknown,
            Some(life) if life.is_over || life.until.is_some_and(|until| until <= now) => Standing::Expired,
            Some(_) => Standing::Valid,
        }
    }
}

/// When a lifetime ends, by the calendar.
fn end_of(lifetime: Duration, clock: &dyn Clock) -> time::OffsetDateTime {
    let lifetime = time::Duration::try_from(lifetime).unwrap_or(time::Duration::MAX);
    let end = clock.wall().checked_add(lifetime);
    end.unwrap_or(time::macros::datetime!(9999-12-31 23:59:59 UTC))
}

/// So many times 32 hexadecimal digits.
fn hex(entropy: &dyn Entropy, times: usize) -> String {
    (0..times).map(|_| entropy.uuid().simple().to_string()).collect()
}
