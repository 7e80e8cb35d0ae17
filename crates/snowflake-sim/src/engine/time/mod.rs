//! Dates, times and timestamps: arithmetic, reading and writing.

mod auto;
mod format;
mod part;
mod stamp;

pub(super) use auto::{read_stamp, read_time};
pub(super) use format::Format;
pub(super) use part::Part;
pub(super) use stamp::{NANOS_PER_DAY, NANOS_PER_SECOND, Stamp, days_of_date};
