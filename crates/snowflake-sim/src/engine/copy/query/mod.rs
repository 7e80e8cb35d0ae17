//! COPY with a query over staged files.

mod direct;
mod evaluate;
mod transform;

pub(super) use evaluate::{Evaluated, evaluated};
pub(super) use transform::{Computed, Selected, Transform};
