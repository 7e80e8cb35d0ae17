//! From the bytes of a result to Arrow batches of one schema.
//!
//! The server narrows integers chunk by chunk and packs timestamps in several ways; what leaves this
//! module is always the schema that [`ResultSchema`] derives from the `rowtype` of the answer alone:
//!
//! | Snowflake | Arrow |
//! |---|---|
//! | `NUMBER(p,0)`, p ≤ 18 | `Int64` |
//! | `NUMBER(p,s)` otherwise | `Decimal128(p, s)` |
//! | `FLOAT` | `Float64` |
//! | `VARCHAR`; `VARIANT`, `OBJECT`, `ARRAY` as JSON text; unknown types as text | `Utf8` |
//! | `BOOLEAN` | `Boolean` |
//! | `DATE` | `Date32` |
//! | `TIME(s)` | `Time64(Nanosecond)` |
//! | `TIMESTAMP_NTZ(s)`, `TIMESTAMP_LTZ(s)` | `Struct{epoch: Int64, fraction: Int32}` |
//! | `TIMESTAMP_TZ(s)` | `Struct{epoch: Int64, fraction: Int32, timezone: Int32}` |
//! | `BINARY` | `Binary` |
//!
//! `epoch` counts whole seconds since 1970 rounded down, `fraction` nanoseconds from 0 to 999,999,999,
//! `timezone` minutes east of UTC plus 1440, as on the wire. The struct holds every year and every
//! scale exactly and is how the server sends the default scale of 9, so nothing is converted.
//! [`ArrowOptions`] chooses Arrow's own timestamps or narrower numbers instead.

mod arrow;
mod builder;
mod convert;
mod inflate;
mod ipc;
mod json;
mod mapping;
mod options;
mod schema;
mod text;
mod timestamp;

pub use inflate::inflate;
pub use options::{ArrowOptions, Numbers, Timestamps};
pub use schema::{ResultSchema, TYPE_METADATA_KEY};
pub use timestamp::{EPOCH_FIELD, FRACTION_FIELD, TIMEZONE_BIAS_MINUTES, TIMEZONE_FIELD};
