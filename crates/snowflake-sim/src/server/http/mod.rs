//! HTTP: requests taken apart, answers put together, served on a socket or in process.

mod call;
mod in_process;
mod listener;
mod reply;

pub(super) use call::{Call, CallError};
pub(super) use in_process::InProcess;
pub(super) use listener::{Listener, bind};
pub(super) use reply::Reply;
