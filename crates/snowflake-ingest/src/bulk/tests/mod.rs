//! The parts of a load, without a server.

mod bound;
mod files;
