//! The options of JSON files.

use super::super::super::SqlError;
use super::super::super::env::Env;
use super::super::super::syntax::Options;
use super::Compression;
use super::times::Times;

/// How JSON files are read and written.
#[derive(Clone, Debug)]
pub(in super::super) struct JsonFormat {
    pub(in super::super) compression: Compression,
    /// Whether the elements of an outermost array are rows of their own.
    pub(in super::super) strip_outer_array: bool,
    /// Whether members and elements that are null are left out.
    pub(in super::super) strip_null_values: bool,
    /// Whether an object may have a name twice; the last value counts.
    pub(in super::super) allow_duplicate: bool,
    pub(in super::super) replace_invalid: bool,
    pub(in super::super) trim_space: bool,
    /// Texts that stand for NULL where members are loaded into columns.
    pub(in super::super) null_if: Vec<String>,
    times: Times,
}

impl JsonFormat {
    pub(super) fn new(options: &Options) -> Result<Self, SqlError> {
        let is_on = |name: &str| options.boolean(name).map(|value| value == Some(true));
        if is_on("ENABLE_OCTAL")? {
            return Err(SqlError::not_simulated("ENABLE_OCTAL"));
        }
        Ok(Self {
            compression: Compression::new(options)?,
            strip_outer_array: is_on("STRIP_OUTER_ARRAY")?,
            strip_null_values: is_on("STRIP_NULL_VALUES")?,
            allow_duplicate: is_on("ALLOW_DUPLICATE")?,
            replace_invalid: is_on("REPLACE_INVALID_CHARACTERS")? || is_on("IGNORE_UTF8_ERRORS")?,
            trim_space: is_on("TRIM_SPACE")?,
            null_if: options.list("NULL_IF").unwrap_or_default(),
            times: Times::new(options),
        })
    }

    /// The environment in which texts are read.
    pub(in super::super) fn env(&self, env: &Env) -> Env {
        self.times.input(env)
    }
}
