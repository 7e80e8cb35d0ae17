//! A transport that keeps what a replay needs of everything that passes through it.

mod arrival;
mod logins;
mod options;
mod readable;
mod rowsets;
mod statements;
mod stores;
mod tape;
mod tee;
mod transfers;
mod transport;

pub use options::{RecordOptions, Rows};
pub use transport::Record;

pub(crate) use logins::{asked, told};
pub(crate) use stores::{FOLDER, stays_inside};
pub(crate) use transfers::store_address;
