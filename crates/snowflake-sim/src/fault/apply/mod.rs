//! Makes exchanges go wrong: what befalls the request, the exchange, and the answer.

mod answer;
mod arrow;
mod body;
mod date;
mod exchange;
mod gzip;
mod ipc;
mod json;
pub(super) mod refusal;

pub(super) use exchange::exchange;
