//! Why a server on a socket cannot be had.

use std::io;

use snafu::Snafu;

/// Why a server on a socket cannot be had.
#[derive(Debug, Snafu)]
#[snafu(source(from(Repr, Box::new)))]
pub struct Error(Box<Repr>);

/// What has to change first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The loopback interface is not there or has no port left.
    Socket,
    /// A certificate cannot be made or served.
    Certificate,
}

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(super)))]
pub(super) enum Repr {
    #[snafu(display("no port of the loopback interface can be used"))]
    Socket { source: io::Error },

    #[snafu(display("a certificate cannot be made"))]
    Mint { source: rcgen::Error },

    #[snafu(display("a certificate cannot be served"))]
    Serve { source: rustls::Error },
}

impl Error {
    /// What has to change first.
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::Socket { .. } => ErrorKind::Socket,
            Repr::Mint { .. } | Repr::Serve { .. } => ErrorKind::Certificate,
        }
    }
}
