//! The store itself, and what tests and the simulator do with it directly.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use snowflake_transport::{BoxFuture, Clock, Entropy, Error, Request, Transport};

use super::content::Content;
use super::credentials::{Cloud, Credentials};
use super::description::Description;
use super::object::Object;
use super::refusal::Refusal;
use super::served::{Operation, Served};
use super::state::Shared;
use super::uploads::Unfinished;
use super::visit::Visit;
use super::{azure, gcs, s3};
use crate::service::{Call, Reply, exchange};

/// An object store in memory, and a transport to it, whatever host a request names.
///
/// Clones are handles of the same store. `Debug` shows neither secrets nor data.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use http::Method;
/// use snowflake_sim::SeededEntropy;
/// use snowflake_sim::storage::{Operation, Storage};
/// use snowflake_transport::{Body, SystemClock, Transport};
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
/// let storage = Storage::new(Arc::new(SystemClock), Arc::new(SeededEntropy::new(1)));
/// storage.put("stage/a.csv", "1,2\n", [("sfc-digest", "abc=")]);
///
/// let minute = Duration::from_secs(60);
/// let address = storage.presign("https://storage.example", &Method::GET, "stage/a.csv", minute);
/// let answer = storage.send(http::Request::get(&address).body(Body::empty())?).await?;
/// assert_eq!(answer.headers()["x-goog-meta-sfc-digest"], "abc=");
/// assert_eq!(answer.into_body().collect(1024).await?, "1,2\n");
///
/// storage.expire_all();
/// let refused = storage.send(http::Request::get(&address).body(Body::empty())?).await?;
/// assert_eq!((refused.status().as_u16(), storage.count(Operation::Get)), (400, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Storage {
    shared: Arc<Shared>,
}

/// What a dialect makes of a request.
pub(super) struct Answer {
    pub(super) operation: Operation,
    pub(super) part: Option<String>,
    pub(super) result: Result<Response<Bytes>, Refusal>,
}

impl Storage {
    /// An empty store. The clock dates objects and ends the time of credentials; chance makes the secrets.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { shared: Arc::new(Shared::new(clock, entropy)) }
    }

    /// Answers a request, if it is one for the store.
    pub(crate) fn answer(&self, call: &Call) -> Option<Reply> {
        let visit = Visit::of(call)?;
        let answer = if visit.is_readable() {
            match visit.cloud {
                Cloud::S3 => s3::answer(&self.shared, &visit),
                Cloud::Azure => azure::answer(&self.shared, &visit),
                Cloud::Gcs => gcs::answer(&self.shared, &visit),
            }
        } else {
            let refusal = Refusal::bad(
                "InvalidURI",
                "The requested URI does not represent any resource on the server.",
            );
            Answer { operation: Operation::Other, part: None, result: Err(refusal) }
        };
        let is_head = call.method == Method::HEAD;
        let Answer { operation, part, result } = answer;
        let response =
            result.unwrap_or_else(|refusal| refusal.into_response(visit.cloud, &call.path, is_head));
        let (key, sent) = (visit.key().to_owned(), call.body.len());
        let served = Served { cloud: visit.cloud, operation, key, part, sent, status: response.status() };
        self.shared.state().log.push(served);
        Some(Reply::foreign(response))
    }
}

/// The objects, without a request.
impl Storage {
    /// Writes an object, and gives the tag that it has now. Metadata has names in lower case, without the
    /// prefix of a cloud.
    pub fn put<N, V>(
        &self,
        key: &str,
        body: impl Into<Bytes>,
        metadata: impl IntoIterator<Item = (N, V)>,
    ) -> String
    where
        N: Into<String>,
        V: Into<String>,
    {
        let metadata = metadata.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let description = Description { metadata, ..Description::default() };
        let content = Content::from(body.into());
        self.shared.write(&mut self.shared.state(), key, content, description, Vec::new())
    }

    /// An object whose bytes will not be looked at.
    #[must_use]
    pub fn head(&self, key: &str) -> Option<Object> {
        self.shared.state().objects.get(key).cloned()
    }

    /// An object. Its bytes lie in one piece from now on.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Object> {
        let mut state = self.shared.state();
        let object = state.objects.get_mut(key)?;
        object.content.join();
        Some(object.clone())
    }

    /// The objects whose keys begin like this, in the order of their keys.
    #[must_use]
    pub fn list(&self, prefix: &str) -> Vec<Object> {
        let state = self.shared.state();
        let found = state.objects.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        found.map(|(_, object)| object.clone()).collect()
    }

    /// Removes an object, and says whether there was one.
    pub fn remove(&self, key: &str) -> bool {
        self.shared.state().objects.remove(key).is_some()
    }
}

/// Who is let in.
impl Storage {
    /// Issues credentials for a time. `Duration::MAX` means forever.
    #[must_use]
    pub fn credentials(&self, cloud: Cloud, lifetime: Duration) -> Credentials {
        let (clock, entropy) = (self.shared.clock.as_ref(), self.shared.entropy.as_ref());
        self.shared.state().issued.credentials(cloud, lifetime, clock, entropy)
    }

    /// A signed address of Google Cloud Storage, for one method and one object, at an origin such as
    /// `http://127.0.0.1:8000`. It is a secret.
    #[must_use]
    pub fn presign(&self, origin: &str, method: &Method, key: &str, lifetime: Duration) -> String {
        let (clock, entropy) = (self.shared.clock.as_ref(), self.shared.entropy.as_ref());
        let signature = self.shared.state().issued.signature(method.clone(), key, lifetime, clock, entropy);
        gcs::address(origin, method, key, &signature, lifetime, clock.wall())
    }

    /// Ends the time of all credentials and signed addresses that were issued until now.
    pub fn expire_all(&self) {
        self.shared.state().issued.expire();
    }

    /// Lets so many more requests in, and then does as [`Storage::expire_all`] does, once.
    pub fn expire_after(&self, requests: usize) {
        self.shared.state().issued.expire_after(requests);
    }

    /// Demands that requests to S3 are signed for this region; others are answered with 301 and the
    /// region's name in `x-amz-bucket-region`. `None` takes any.
    pub fn set_region(&self, region: Option<&str>) {
        self.shared.state().region = region.map(str::to_owned);
    }
}

/// What happened.
impl Storage {
    /// The uploads in parts that were neither completed nor aborted, by key.
    #[must_use]
    pub fn unfinished(&self) -> Vec<Unfinished> {
        self.shared.state().uploads.unfinished()
    }

    /// The last 65,536 requests, oldest first.
    #[must_use]
    pub fn served(&self) -> Vec<Served> {
        self.shared.state().log.iter().cloned().collect()
    }

    /// How many of them wanted this and got it.
    #[must_use]
    pub fn count(&self, operation: Operation) -> usize {
        let state = self.shared.state();
        state.log.iter().filter(|served| served.operation == operation && served.is_ok()).count()
    }

    /// How many times each part of an object was sent and taken.
    #[must_use]
    pub fn parts_sent(&self, key: &str) -> BTreeMap<String, usize> {
        let mut parts = BTreeMap::new();
        let state = self.shared.state();
        let taken = state.log.iter().filter(|served| served.key == key && served.is_ok());
        for part in taken.filter_map(|served| served.part.clone()) {
            *parts.entry(part).or_default() += 1;
        }
        parts
    }
}

impl Transport for Storage {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<snowflake_transport::Response, Error>> {
        let nowhere = || Reply::text(StatusCode::NOT_FOUND, "no such bucket");
        let answer = move |call: Call| async move { self.answer(&call).unwrap_or_else(nowhere) };
        Box::pin(exchange(request, "storage.sim", answer))
    }
}

impl fmt::Debug for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shared.fmt(f)
    }
}
