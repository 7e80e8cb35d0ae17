//! The embedded server: the driver protocol over HTTP in front of the SQL engine.
//!
//! A request is taken apart in `http`, finds its way in `routes`, and ends in a session's statement, which
//! runs in a task of its own: a client that goes away leaves it running, and comes back for the result by
//! query id. Results are cut and encoded once, when they are complete.
//! The server listens on the loopback interface alone, and lets nobody in that the builder did not name.

mod builder;
mod error;
mod http;
mod login;
mod routes;
mod session;
mod sim_server;
mod state;
mod statement;

pub use builder::SimServerBuilder;
pub use error::{StartError, StartErrorKind};
pub use sim_server::SimServer;
