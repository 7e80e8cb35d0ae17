//! The driver protocol as somebody sees it who stands between a client and a service.

mod call;
mod message;
mod sessions;
mod statement;

pub(crate) use call::Call;
pub(crate) use message::{body_json, is_session_trouble, query, read, token};
pub(crate) use sessions::Sessions;
pub(crate) use statement::{changes_session, statement};
