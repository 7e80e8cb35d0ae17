//! The driver protocol from the service's side: what the embedded server and the stand-in have in common.

pub(crate) mod answer;
mod call;
mod exchange;
mod format;
mod grants;
mod ids;
pub(crate) mod monitor;
pub(crate) mod part;
pub(crate) mod refusal;
mod reply;
mod result_set;
mod tokens;
pub(crate) mod welcome;

pub(crate) use answer::Failure;
pub(crate) use call::Call;
#[cfg(feature = "server")]
pub(crate) use call::MAX_BODY;
pub(crate) use exchange::exchange;
pub(crate) use format::choose as choose_format;
pub(crate) use grants::Grants;
pub(crate) use ids::{is_query_id, query_id, session_id};
pub(crate) use monitor::milliseconds;
pub(crate) use reply::Reply;
pub(crate) use result_set::{Part, PartKey, ResultSet};
pub(crate) use tokens::{Lifetimes, Sessions, TokenError, TokenKind};
