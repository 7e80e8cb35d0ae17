//! What is in an account, as a service tells it whose answers are prepared.

mod account;
mod complete;
mod details;
