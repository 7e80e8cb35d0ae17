//! Kinds of work that warehouses are kept for.

use std::fmt;

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WorkloadType {
    /// Short questions that somebody waits for.
    Interactive,
    /// Dashboards and reports, many of them at the same time.
    Reporting,
    /// Large questions over much data.
    Analytics,
    /// Transformations on a schedule.
    Batch,
    /// Loading and unloading files.
    Loading,
    /// Features, training and whatever needs memory.
    DataScience,
}

impl WorkloadType {
    /// All kinds.
    pub const ALL: [Self; 6] =
        [Self::Interactive, Self::Reporting, Self::Analytics, Self::Batch, Self::Loading, Self::DataScience];

    /// The word for it, such as `data_science`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::Reporting => "reporting",
            Self::Analytics => "analytics",
            Self::Batch => "batch",
            Self::Loading => "loading",
            Self::DataScience => "data_science",
        }
    }

    /// Reads the word for a kind, whatever its case and with `-`, `_` or a blank between words; `None` for others.
    ///
    /// ```
    /// use snowflake_ops::WorkloadType;
    ///
    /// assert_eq!(WorkloadType::parse("Data Science"), Some(WorkloadType::DataScience));
    /// assert_eq!(WorkloadType::parse("magic"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bare = |text: &str| {
            let letters = text.chars().filter(char::is_ascii_alphabetic);
            letters.map(|letter| letter.to_ascii_lowercase()).collect::<String>()
        };
        let wanted = bare(text);
        Self::ALL.into_iter().find(|kind| bare(kind.as_str()) == wanted)
    }
}

impl fmt::Display for WorkloadType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
