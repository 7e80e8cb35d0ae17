//! A Snowflake to test against: scripted, faulty or whole, and always in this process.
//!
//! Everything here stands behind [`Transport`](snowflake_transport::Transport), so that a client under
//! test needs no socket and no account:
//!
//! - [`Script`] answers from a list of expectations and reports what came that should not have, and what
//!   should have come and did not;
//! - [`Fault`] wraps any transport and breaks its exchanges by rule: statuses, lost, doubled and late
//!   answers, cut, changed or endless bodies, expired tokens and addresses; a [`Schedule`] holds the rules
//!   as text, draws them at random, and is shrunk to the few that matter;
//! - [`StandIn`] is a small service in memory whose statements answer what a test prepared, and whose
//!   [`Ledger`] says what really happened;
//! - [`Storage`](storage::Storage) is an object store in memory in the dialects of S3, Azure and Google
//!   Cloud Storage, with credentials that expire;
//! - [`Record`] wraps any transport and keeps what passes through it as a [`Recording`], a document without
//!   secrets that people can read; [`Replay`] answers from one, without any service;
//! - [`Tap`] counts what passes and watches where secrets go, and [`Audit`] compares the ledger, the traffic
//!   and what a program believes, by nine assertions;
//! - [`ManualClock`] and [`SeededEntropy`] make time and chance repeatable.
//!
//! ```
//! use snowflake_sim::{Expect, Reply, Script};
//! use snowflake_transport::{Body, Transport};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let script = Script::new()
//!     .expect(Expect::get("/session/heartbeat").reply(Reply::json(&serde_json::json!({"success": true}))));
//! let request = http::Request::get("https://acct.snowflakecomputing.com/session/heartbeat?requestId=1")
//!     .body(Body::empty())?;
//! let answer = script.send(request).await?;
//! assert_eq!(answer.status(), 200);
//! script.verify()?;
//! assert_eq!(script.requests()[0].query("requestId").as_deref(), Some("1"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `socket` | servers on loopback that misbehave: raw TCP, TLS, HTTP/2 and a proxy |
//! | `server` | the embedded Snowflake-compatible server over DataFusion, and the `snowflake-sim` binary |

#[cfg(feature = "server")]
mod engine;
#[cfg(feature = "server")]
mod server;

mod audit;
mod clock;
mod context;
mod encode;
mod entropy;
mod fault;
mod fingerprint;
mod ledger;
mod parameters;
mod protocol;
mod record;
mod recording;
mod replay;
mod script;
mod scrub;
mod service;
#[cfg(feature = "socket")]
pub mod socket;
mod standin;
pub mod storage;
mod tap;

pub use audit::{Assertion, Audit, Claims, Deadline, Reading, Violation, Violations};
pub use clock::ManualClock;
#[cfg(feature = "server")]
pub use engine::{ModelledSpeed, StageEncryption, StageEndpoint, StageOptions, StageShape};
pub use entropy::SeededEntropy;
pub use fault::{
    ArrowDamage, Cut, Endpoint, Expiry, Fault, Gzip, Kept, Mix, Rule, Schedule, ScheduleError, Verb,
};
pub use fingerprint::{
    Difference, Fingerprint, InvalidFingerprint, Nearest, Statement, StatementContext, nearest,
};
pub use ledger::{Abort, AbortTarget, Effect, Ledger, PartUse, Produced, Submissions};
pub use record::{Record, RecordOptions, Rows};
pub use recording::{
    Change, ChangeKind, Problem, ProblemKind, Problems, Recording, RecordingError, RecordingErrorKind,
    Summary,
};
pub use replay::{NotRecorded, Repeat, Replay, ReplayOptions, Speed, Unused};
pub use script::{Expect, Reply, Script, Seen, Unmet, Verified};
pub use scrub::{Finding, Scrub, find_secrets};
#[cfg(feature = "server")]
pub use server::{SimServer, SimServerBuilder, StartError, StartErrorKind};
pub use snowflake_proto::sql::Literals;
pub use standin::{Answer, Asked, CellValue, IntoRow, StandIn, Table};
pub use tap::{Canary, Leak, Place, Tap, Traffic};
