//! Tables written by `cargo xtask codegen` from fixtures/catalog.

pub(crate) mod server_codes;
pub(crate) mod session_parameters;
pub(crate) mod statement_types;
