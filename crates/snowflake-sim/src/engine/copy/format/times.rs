//! How dates and times are written in files of text.

use super::super::super::env::{Env, Formats, InputFormats};
use super::super::super::syntax::Options;
use super::super::super::time::Format;

/// `DATE_FORMAT`, `TIME_FORMAT` and `TIMESTAMP_FORMAT`; absent ones are the session's.
#[derive(Clone, Debug)]
pub(super) struct Times(InputFormats);

impl Times {
    pub(super) fn new(options: &Options) -> Self {
        let input = |name: &str| {
            options.text(name).filter(|text| !text.eq_ignore_ascii_case("AUTO")).map(Format::new)
        };
        Self(InputFormats {
            date: input("DATE_FORMAT"),
            time: input("TIME_FORMAT"),
            timestamp: input("TIMESTAMP_FORMAT"),
        })
    }

    /// The environment in which values are read.
    pub(super) fn input(&self, env: &Env) -> Env {
        let mut env = env.clone();
        env.input.date = self.0.date.clone().or(env.input.date);
        env.input.time = self.0.time.clone().or(env.input.time);
        env.input.timestamp = self.0.timestamp.clone().or(env.input.timestamp);
        env
    }

    /// The environment in which values are written.
    pub(super) fn output(&self, env: &Env) -> Env {
        let timestamp = |session: &Format| self.0.timestamp.clone().unwrap_or_else(|| session.clone());
        let output = Formats {
            date: self.0.date.clone().unwrap_or_else(|| env.output.date.clone()),
            time: self.0.time.clone().unwrap_or_else(|| env.output.time.clone()),
            ntz: timestamp(&env.output.ntz),
            ltz: timestamp(&env.output.ltz),
            tz: timestamp(&env.output.tz),
        };
        Env { output, ..env.clone() }
    }
}
