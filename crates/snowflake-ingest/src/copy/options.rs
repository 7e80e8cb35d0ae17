//! How a COPY goes about its work.

use super::setting::{OptionValue, Settings};

/// What happens when a record cannot be loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnError {
    /// The statement fails and nothing is loaded.
    #[default]
    AbortStatement,
    /// The record is left out; the rest of the file is loaded.
    Continue,
    /// The whole file is left out.
    SkipFile,
    /// The whole file is left out once it has this many errors.
    SkipFileAfter(u32),
    /// The whole file is left out once this percentage of its records has errors.
    SkipFilePercent(u8),
}

/// Whether fields find their columns by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchByColumnName {
    /// By the exact name.
    CaseSensitive,
    /// By the name in any case.
    CaseInsensitive,
    /// By position.
    None,
}

/// What COPY gives back in place of loading anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValidationMode {
    /// So many rows as they would be loaded, or the first error.
    ReturnRows(u32),
    /// The errors, also of files that were loaded in part by an earlier COPY that went on after errors.
    ReturnAllErrors,
}

/// The options of `COPY INTO` a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CopyOptions {
    /// What happens when a record cannot be loaded.
    pub on_error: OnError,
    /// Bytes after which no further file is begun; at least one file is loaded.
    pub size_limit: Option<u64>,
    /// Whether files are removed from the stage once they are loaded.
    pub purge: bool,
    /// Whether the answer holds failed files alone.
    pub return_failed_only: bool,
    /// Whether fields find their columns by name.
    pub match_by_column_name: Option<MatchByColumnName>,
    /// Columns that take what is known about a file, such as `("SOURCE", "METADATA$FILENAME")`; needs
    /// `match_by_column_name`.
    pub include_metadata: Vec<(String, String)>,
    /// Whether a text that is longer than its column is an error; the service's default is that it is.
    pub enforce_length: Option<bool>,
    /// Whether a text that is longer than its column is cut.
    pub truncate_columns: bool,
    /// Whether files are loaded that were loaded before.
    pub force: bool,
    /// Whether files are loaded of which nobody knows any more whether they were loaded: those older than 64
    /// days.
    pub load_uncertain_files: bool,
    /// Any other option, by its name.
    pub other: Vec<(String, OptionValue)>,
}

impl CopyOptions {
    pub(super) fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.add("ON_ERROR", self.on_error.value());
        settings.add("SIZE_LIMIT", self.size_limit);
        settings.flag("PURGE", self.purge);
        settings.flag("RETURN_FAILED_ONLY", self.return_failed_only);
        settings.add("MATCH_BY_COLUMN_NAME", self.match_by_column_name.map(MatchByColumnName::value));
        settings.add("ENFORCE_LENGTH", self.enforce_length);
        settings.flag("TRUNCATECOLUMNS", self.truncate_columns);
        settings.flag("FORCE", self.force);
        settings.flag("LOAD_UNCERTAIN_FILES", self.load_uncertain_files);
        for (name, value) in &self.other {
            settings.add(&name.to_ascii_uppercase(), Some(value.clone()));
        }
        settings
    }
}

impl OnError {
    /// The keyword, unless it is the default.
    fn value(self) -> Option<OptionValue> {
        let word = match self {
            Self::AbortStatement => return None,
            Self::Continue => "CONTINUE".to_owned(),
            Self::SkipFile => "SKIP_FILE".to_owned(),
            Self::SkipFileAfter(errors) => format!("SKIP_FILE_{errors}"),
            // The only value that is written with a sign, and therefore quoted.
            Self::SkipFilePercent(percent) => {
                return Some(OptionValue::Text(format!("SKIP_FILE_{}%", percent.min(100))));
            }
        };
        Some(OptionValue::Word(word))
    }
}

impl MatchByColumnName {
    fn value(self) -> OptionValue {
        let word = match self {
            Self::CaseSensitive => "CASE_SENSITIVE",
            Self::CaseInsensitive => "CASE_INSENSITIVE",
            Self::None => "NONE",
        };
        OptionValue::Word(word.to_owned())
    }
}

impl ValidationMode {
    pub(super) fn value(self) -> OptionValue {
        OptionValue::Word(match self {
            Self::ReturnRows(rows) => format!("RETURN_{rows}_ROWS"),
            Self::ReturnAllErrors => "RETURN_ALL_ERRORS".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_say_nothing() {
        assert_eq!(CopyOptions::default().settings().to_string(), "");
    }

    #[test]
    fn options_are_written_as_the_service_spells_them() {
        let on_error = |on_error| CopyOptions { on_error, ..CopyOptions::default() }.settings().to_string();
        assert_eq!(on_error(OnError::SkipFileAfter(10)), "ON_ERROR = SKIP_FILE_10");
        assert_eq!(on_error(OnError::SkipFilePercent(5)), "ON_ERROR = 'SKIP_FILE_5%'");
        let options = CopyOptions {
            on_error: OnError::Continue,
            size_limit: Some(1_000_000),
            purge: true,
            match_by_column_name: Some(MatchByColumnName::CaseInsensitive),
            force: true,
            ..CopyOptions::default()
        };
        assert_eq!(
            options.settings().to_string(),
            "ON_ERROR = CONTINUE SIZE_LIMIT = 1000000 PURGE = TRUE MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE FORCE = TRUE"
        );
    }
}
