//! How a stand-in behaves.

use std::sync::Arc;
use std::time::Duration;

use snowflake_proto::Secret;
use snowflake_transport::{Clock, Entropy};
use time::macros::datetime;

use crate::context::Context;
use crate::service::Lifetimes;
use crate::{ManualClock, SeededEntropy};

/// How a stand-in behaves.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// Who may log in; anybody while there is none.
    pub(super) users: Vec<(String, Secret)>,
    /// The current objects of a login that names none.
    pub(super) initial: Context,
    pub(super) lifetimes: Lifetimes,
    /// How long a request waits for its statement before it is told to ask again.
    pub(super) hold: Duration,
    /// Whether a request id that comes again joins what it started.
    pub(super) is_dedup: bool,
    /// Whether statements may end.
    pub(super) is_held: bool,
    /// How long the address of a part is good.
    pub(super) part_lifetime: Duration,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

impl Default for Settings {
    fn default() -> Self {
        let initial = Context { role: Some("PUBLIC".to_owned()), ..Context::default() };
        Self {
            users: Vec::new(),
            initial,
            lifetimes: Lifetimes { session: Duration::from_secs(3_600), master: Duration::from_secs(14_400) },
            hold: Duration::from_secs(45),
            is_dedup: true,
            is_held: false,
            part_lifetime: Duration::from_secs(6 * 3_600),
            clock: Arc::new(ManualClock::ticking(datetime!(2026-01-01 0:00 UTC))),
            entropy: Arc::new(SeededEntropy::new(0)),
        }
    }
}
