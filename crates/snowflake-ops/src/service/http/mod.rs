//! Two small HTTP servers: what they answer, and how little they let a client cost.

mod connection;
mod listener;
mod reply;
mod routes;

pub(super) use listener::{Limits, Listener, Stop};
pub(super) use routes::{HealthRoutes, MetricsRoutes};
