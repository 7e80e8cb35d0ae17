//! Statements: submitted once per request id, run apart from the request, their results kept by query id.

mod booking;
mod collect;
mod effects;
mod execution;
mod queries;
mod run;
mod several;

pub(super) use collect::Limits;
pub(super) use execution::{Execution, Finished, Success};
pub(super) use queries::Queries;
pub(super) use run::{Submitted, answered, submit};
