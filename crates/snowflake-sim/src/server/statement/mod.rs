//! Statements: submitted once per request id, run apart from the request, their results kept by query id.

mod collect;
mod execution;
mod format;
mod queries;
mod result;
mod run;
mod several;

pub(super) use collect::Limits;
pub(super) use execution::{Execution, Finished, Success};
pub(super) use queries::Queries;
pub(super) use result::ResultSet;
pub(super) use run::{Submitted, submit};
