//! Turns the errors of hyper, rustls and the sockets into ours.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use hyper_util::client::legacy;
use snafu::Snafu;

use crate::error::{BoxError, Delivery, Limit, Repr};

/// Connecting took longer than allowed; travels inside hyper's error.
#[derive(Debug, Snafu)]
#[snafu(display("connecting took longer than {after:?}"))]
pub(super) struct ConnectTimeout {
    pub(super) after: Duration,
}

/// An error before the head of an answer.
pub(super) fn before_head(error: legacy::Error, address: String, delivery: Delivery) -> Repr {
    if error.is_connect() {
        return connecting(error.into(), address);
    }
    let http = find::<hyper::Error>(&error);
    let delivery = match http {
        // The connection closed before hyper wrote anything.
        Some(http) if http.is_canceled() => Delivery::NotSent,
        _ => delivery,
    };
    match http {
        Some(http) if http.is_user() => {
            Repr::Unsendable { reason: "its body or head cannot be written", source: error.into() }
        }
        Some(http) if http.is_parse() => Repr::Content { reason: "it is not HTTP", source: error.into() },
        _ => Repr::Reset { delivery, source: error.into() },
    }
}

fn connecting(error: BoxError, address: String) -> Repr {
    if let Some(timeout) = find::<ConnectTimeout>(&*error) {
        let after = timeout.after;
        return Repr::Timeout { limit: Limit::Connect { address }, after, delivery: Delivery::NotSent };
    }
    // A handshake that the other side merely cuts off is no verdict on its certificate.
    if find::<rustls::Error>(&*error).is_some() {
        return Repr::Tls { address, source: error };
    }
    Repr::Connect { address, source: error }
}

/// An error in the body of an answer, of which so much had been received.
pub(super) fn in_body(error: BoxError, received: u64) -> Repr {
    let cut = find::<hyper::Error>(&*error).is_some_and(hyper::Error::is_incomplete_message)
        || find::<io::Error>(&*error).is_some_and(|error| error.kind() == io::ErrorKind::UnexpectedEof);
    if cut {
        return Repr::Truncated { received, source: error };
    }
    if is_badly_framed(&*error) {
        return Repr::Content { reason: "its body is not framed as HTTP", source: error };
    }
    Repr::Reset { delivery: Delivery::MaybeSent, source: error }
}

/// Whether chunks or lengths break the rules of HTTP. Damage beneath HTTP, which TLS notices, is of
/// the connection and not of the answer.
fn is_badly_framed(error: &(dyn StdError + 'static)) -> bool {
    let invalid =
        |error: &io::Error| matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData);
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse)
        || find::<io::Error>(error).is_some_and(invalid) && find::<rustls::Error>(error).is_none()
}

/// The first error of a type among an error and its causes, also where `io::Error` hides it.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    let mut current = Some(error);
    while let Some(error) = current {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let hidden = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        current = match hidden {
            Some(hidden) => Some(hidden),
            None => error.source(),
        };
    }
    None
}
