//! The trait that carries one request to a service and brings one response back.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::body::Body;
use crate::error::Error;

/// A boxed future that can move between threads: what the object-safe traits of this workspace return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request with our body; its options travel as the extension [`RequestOptions`](crate::RequestOptions).
pub type Request = http::Request<Body>;

/// A response with our body, which may still be arriving.
pub type Response = http::Response<Body>;

/// Carries one request to a service and brings one response back.
///
/// An answer with any status is `Ok`; `Err` means that no complete head of an answer was received, and
/// [`Error::was_sent`] says whether the request may nevertheless have reached the service. Errors after
/// the head appear while the response's body is read.
///
/// # Cancellation
///
/// Dropping the future gives up on the answer. The service may still act on the request.
pub trait Transport: Debug + Send + Sync {
    /// Sends one request.
    ///
    /// # Errors
    ///
    /// The future fails with any kind of [`ErrorKind`](crate::ErrorKind) but `Status` and
    /// `BudgetExhausted`, which only a [`Retrier`](crate::Retrier) reports.
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>>;
}

impl<T: Transport + ?Sized> Transport for Arc<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        (**self).send(request)
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        (**self).send(request)
    }
}
