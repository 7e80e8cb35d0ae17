//! interop.

use std::path::Path;

use crate::Outcome;

pub(crate) fn run(_root: &Path, _s: &[&str]) -> Outcome {
    Err("not written yet".into())
}
