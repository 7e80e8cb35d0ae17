//! What functions need to know of the session: its zone, its formats and the time of the statement.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use chrono_tz::Tz;
use datafusion::common::config::{ConfigEntry, ConfigExtension, ConfigOptions, ExtensionOptions};
use datafusion::error::{DataFusionError, Result};

use super::time::{Format, Stamp};

/// The session's settings at the time when a statement starts.
#[derive(Clone, Debug)]
pub(super) struct Env {
    /// The zone in which instants are shown and text without an offset is read.
    pub(super) zone: Tz,
    /// When the statement started, in UTC.
    pub(super) now: Stamp,
    /// How values are written as text.
    pub(super) output: Formats,
    /// How text is read; absent means any form that is recognised.
    pub(super) input: InputFormats,
    /// The first day of the week, 1 for Monday; 0 is Snowflake's default.
    pub(super) week_start: u8,
    /// A seed for `RANDOM` and `UUID_STRING`.
    pub(super) seed: u64,
}

/// How values are written as text.
#[derive(Clone, Debug)]
pub(super) struct Formats {
    pub(super) date: Format,
    pub(super) time: Format,
    pub(super) ntz: Format,
    pub(super) ltz: Format,
    pub(super) tz: Format,
}

/// How text is read, where the session says so.
#[derive(Clone, Debug, Default)]
pub(super) struct InputFormats {
    pub(super) date: Option<Format>,
    pub(super) time: Option<Format>,
    pub(super) timestamp: Option<Format>,
}

impl Default for Formats {
    fn default() -> Self {
        let zoned = Format::new("YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM");
        Self {
            date: Format::new("YYYY-MM-DD"),
            time: Format::new("HH24:MI:SS"),
            ntz: Format::new("YYYY-MM-DD HH24:MI:SS.FF3"),
            ltz: zoned.clone(),
            tz: zoned,
        }
    }
}

impl Default for Env {
    fn default() -> Self {
        Self {
            zone: Tz::America__Los_Angeles,
            now: Stamp::new(0, 0),
            output: Formats::default(),
            input: InputFormats::default(),
            week_start: 0,
            seed: 0,
        }
    }
}

impl Env {
    /// Hands the environment to DataFusion, which hands it to functions.
    pub(super) fn install(self: &Arc<Self>, options: &mut ConfigOptions) {
        options.extensions.insert(Extension { env: Arc::clone(self) });
    }

    /// The environment that a function is called in.
    pub(super) fn of(options: &ConfigOptions) -> Arc<Env> {
        options.extensions.get::<Extension>().map(|found| Arc::clone(&found.env)).unwrap_or_default()
    }
}

/// Carries the environment through DataFusion's configuration.
#[derive(Clone)]
struct Extension {
    env: Arc<Env>,
}

impl fmt::Debug for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Extension")
    }
}

impl ConfigExtension for Extension {
    const PREFIX: &'static str = "snowflake";
}

impl ExtensionOptions for Extension {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, _value: &str) -> Result<()> {
        Err(DataFusionError::Configuration(format!("{key} cannot be set")))
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        Vec::new()
    }
}
