//! What session parameters mean to the engine.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::Value as Json;

use super::super::SqlError;
use super::super::env::{Env, Formats, InputFormats};
use super::super::time::{Format, Stamp};

/// The environment of a statement.
pub(super) fn env(parameters: &BTreeMap<String, Json>, now: Stamp, seed: u64) -> Result<Env, SqlError> {
    let text = |name: &str| parameters.get(name).and_then(Json::as_str).filter(|text| !text.is_empty());
    let written = |name: &str| text(name).filter(|text| !text.eq_ignore_ascii_case("AUTO")).map(Format::new);
    let defaults = Formats::default();
    let any = written("TIMESTAMP_OUTPUT_FORMAT");
    let zoned = |name: &str| written(name).or_else(|| any.clone()).unwrap_or_else(|| defaults.tz.clone());
    let zone = match text("TIMEZONE") {
        None => Tz::America__Los_Angeles,
        // The cause says no more than that the name is unknown.
        Some(name) => name.parse().map_err(|_| invalid_zone(name))?,
    };
    Ok(Env {
        zone,
        now,
        output: Formats {
            date: written("DATE_OUTPUT_FORMAT").unwrap_or_else(|| defaults.date.clone()),
            time: written("TIME_OUTPUT_FORMAT").unwrap_or_else(|| defaults.time.clone()),
            ntz: written("TIMESTAMP_NTZ_OUTPUT_FORMAT")
                .or_else(|| any.clone())
                .unwrap_or_else(|| defaults.ntz.clone()),
            ltz: zoned("TIMESTAMP_LTZ_OUTPUT_FORMAT"),
            tz: zoned("TIMESTAMP_TZ_OUTPUT_FORMAT"),
        },
        input: InputFormats {
            date: written("DATE_INPUT_FORMAT"),
            time: written("TIME_INPUT_FORMAT"),
            timestamp: written("TIMESTAMP_INPUT_FORMAT"),
        },
        week_start: parameters
            .get("WEEK_START")
            .and_then(Json::as_u64)
            .and_then(|day| u8::try_from(day).ok())
            .unwrap_or(0),
        seed,
    })
}

/// A time zone that nobody knows.
pub(in super::super) fn invalid_zone(name: &str) -> SqlError {
    SqlError::new(
        "001008",
        "22023",
        format!("SQL compilation error:\ninvalid value [{name}] for parameter 'TIMEZONE'"),
    )
}
