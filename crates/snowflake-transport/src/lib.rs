//! One HTTP request in, one HTTP response out: delivery, limits and retries, and nothing about Snowflake.
//!
//! [`Transport`] is the seam at which a client and a service meet. [`HttpTransport`] crosses it with
//! hyper and rustls; the simulator implements it in process; record, replay and fault injection wrap it.
//! An answer with any status is `Ok`: only failed delivery is an [`Error`].
//! [`Retrier`] is the one retry loop: it repeats what HTTP alone can judge (failed deliveries, 408, 429
//! and 5xx, honouring `Retry-After`) inside a wall-clock deadline and a retry budget that all callers share.
//!
//! ```
//! use snowflake_transport::{Accept, BoxFuture, Error, Retrier, Request, Response, RetryClass, RetryPolicy};
//! use snowflake_transport::{Body, Transport};
//!
//! /// A service that answers everything with "pong".
//! #[derive(Debug)]
//! struct Pong;
//!
//! impl Transport for Pong {
//!     fn send(&self, _request: Request) -> BoxFuture<'_, Result<Response, Error>> {
//!         Box::pin(async { Ok(Response::new(Body::from("pong"))) })
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let retrier = Retrier::new(RetryPolicy::default());
//! let make = |_attempt| -> BoxFuture<'static, Result<Request, Error>> {
//!     Box::pin(async { Ok(Request::new(Body::empty())) })
//! };
//! let answer = retrier.fetch(&Pong, RetryClass::Api, make, |_| Accept::Yes).await?;
//! assert_eq!(answer.body(), "pong");
//! # Ok::<(), Error>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What this crate deliberately does not do: it knows no Snowflake code, reads no JSON, holds no token,
//! follows no redirect to another origin, and reads neither the environment nor a clock except through
//! [`Clock`] and [`Entropy`]. (The root certificates come from the operating system unless given.)

mod body;
mod clock;
mod entropy;
mod error;
mod http;
mod metric;
#[cfg(feature = "object-store")]
mod object_store;
mod options;
mod request;
mod retry;
mod service;

pub use crate::http::HttpTransport;
pub use body::Body;
pub use clock::{Clock, SystemClock};
pub use entropy::{Entropy, SystemEntropy};
pub use error::{BoxError, Delivery, Error, ErrorKind};
#[cfg(feature = "object-store")]
pub use object_store::ObjectStoreConnector;
pub use options::{HttpVersions, Proxy, TransportOptions};
pub use request::{ContentEncoding, Redirects, RequestOptions, Sensitivity, StallLimit};
pub use retry::{Accept, Attempt, Retrier, RetryBudget, RetryClass, RetryPolicy};
pub use service::{BoxFuture, Request, Response, Transport};
