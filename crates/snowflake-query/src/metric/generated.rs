//! How many values labels may have, from fixtures/catalog/metrics.toml.
//!
//! Written by `cargo xtask codegen`: edit the catalogue instead.

/// Of the label `warehouse`.
pub(super) const WAREHOUSE: usize = 100;
