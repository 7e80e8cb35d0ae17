//! The public face of the crate against what the service and its official drivers really send.

mod captured;
mod folder;
mod recorded;
