//! HTTP: the routes served on a socket or in process.

mod in_process;
mod listener;

pub(super) use in_process::InProcess;
pub(super) use listener::{Listener, bind};
