//! Why a server does not start.

use std::io;

use snafu::Snafu;

/// Why a server does not start.
#[derive(Debug, Snafu)]
#[snafu(source(from(Repr, Box::new)))]
pub struct StartError(Box<Repr>);

/// What has to change before the server starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StartErrorKind {
    /// A user's public key is not an RSA key in PEM (`SubjectPublicKeyInfo`).
    PublicKey,
    /// The port is taken, or the loopback interface is not there.
    Socket,
    /// No folder could be made for the files of stages.
    StageFolder,
    /// The store at the endpoint for the files of stages cannot be used.
    StageStore,
    /// The initial schema could not be made.
    InitialSchema,
}

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(super)))]
pub(super) enum Repr {
    #[snafu(display(
        "the public key of user {user} is not an RSA key in PEM (BEGIN PUBLIC KEY); derive it with openssl rsa -pubout"
    ))]
    PublicKey { user: String },

    #[snafu(display("port {port} of the loopback interface cannot be used"))]
    Socket { port: u16, source: io::Error },

    #[snafu(display("no folder could be made for the files of stages"))]
    StageFolder { source: io::Error },

    #[snafu(display("the store at the endpoint for the files of stages cannot be used"))]
    StageStore { source: Box<dyn std::error::Error + Send + Sync> },

    #[snafu(display("the initial schema could not be made: {message}"))]
    InitialSchema { message: String },
}

impl StartError {
    /// What has to change before the server starts.
    #[must_use]
    pub fn kind(&self) -> StartErrorKind {
        match &*self.0 {
            Repr::PublicKey { .. } => StartErrorKind::PublicKey,
            Repr::Socket { .. } => StartErrorKind::Socket,
            Repr::StageFolder { .. } => StartErrorKind::StageFolder,
            Repr::StageStore { .. } => StartErrorKind::StageStore,
            Repr::InitialSchema { .. } => StartErrorKind::InitialSchema,
        }
    }
}
