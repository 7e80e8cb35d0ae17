//! Which collectors there are.

use snafu::OptionExt;

use crate::error::{Error, NoCollectorSnafu};
use crate::metric::{MetricSource, metric_sources};

/// One of the collectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::service) enum Kind {
    Warehouses,
    Credits,
    Load,
    Storage,
    Tables,
    Logins,
    Tasks,
    Queries,
    Loads,
    Clustering,
    Replication,
}

impl Kind {
    pub(in crate::service) const ALL: [Self; 11] = [
        Self::Warehouses,
        Self::Credits,
        Self::Load,
        Self::Storage,
        Self::Tables,
        Self::Logins,
        Self::Tasks,
        Self::Queries,
        Self::Loads,
        Self::Clustering,
        Self::Replication,
    ];

    /// The collector of that name.
    ///
    /// # Errors
    /// `Configuration`, naming those that there are.
    pub(in crate::service) fn of(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        Ok(found.with_context(|| NoCollectorSnafu { name, names: collector_names().join(", ") })?)
    }

    pub(in crate::service) fn name(self) -> &'static str {
        match self {
            Self::Warehouses => "warehouses",
            Self::Credits => "credits",
            Self::Load => "load",
            Self::Storage => "storage",
            Self::Tables => "tables",
            Self::Logins => "logins",
            Self::Tasks => "tasks",
            Self::Queries => "queries",
            Self::Loads => "loads",
            Self::Clustering => "clustering",
            Self::Replication => "replication",
        }
    }

    /// The database role of SNOWFLAKE that may read what it reads, where it reads `ACCOUNT_USAGE`.
    pub(super) fn database_role(self) -> Option<&'static str> {
        match self {
            Self::Warehouses => None,
            Self::Logins => Some("SECURITY_VIEWER"),
            Self::Queries => Some("GOVERNANCE_VIEWER"),
            _ => Some("USAGE_VIEWER"),
        }
    }

    /// What the catalogue says of it.
    pub(in crate::service) fn source(self) -> Option<&'static MetricSource> {
        metric_sources().iter().find(|source| source.name == self.name())
    }

    pub(in crate::service) fn needs_warehouse(self) -> bool {
        self.source().is_none_or(|source| source.needs_warehouse)
    }
}

/// The names of all collectors.
#[must_use]
pub fn collector_names() -> Vec<&'static str> {
    Kind::ALL.into_iter().map(Kind::name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_of_the_catalogue_has_its_collector() {
        let mut sources: Vec<&str> = metric_sources().iter().map(|source| source.name).collect();
        let mut names = collector_names();
        sources.sort_unstable();
        names.sort_unstable();
        assert_eq!(sources, names);
    }

    #[test]
    fn the_grant_of_the_catalogue_is_the_one_that_is_asked_for() {
        for kind in Kind::ALL {
            let grant = kind.source().unwrap().grant;
            assert!(
                kind.database_role().is_none_or(|role| grant.ends_with(role)),
                "{}: {grant}",
                kind.name()
            );
        }
    }
}
