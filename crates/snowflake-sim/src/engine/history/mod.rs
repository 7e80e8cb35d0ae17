//! The book of statements: what was run, by whom, how long it took and what it read.

mod book;
mod entry;
mod hash;
mod kind;
mod login;
mod operator;
mod options;
mod shares;
mod speed;
mod task;
mod took;
mod work;

pub(crate) use book::Book;
pub(crate) use entry::{Asked, Ended, Entry, Rows};
pub(super) use hash::{parameterized_hash, query_hash};
pub(super) use kind::kind_of;
pub(crate) use login::{Login, Opened};
pub(super) use operator::{Operator, Scanned};
pub(crate) use options::HistoryOptions;
pub use speed::ModelledSpeed;
pub(super) use task::TaskRun;
pub(crate) use took::Took;
pub(super) use work::Place;
pub(crate) use work::Work;
