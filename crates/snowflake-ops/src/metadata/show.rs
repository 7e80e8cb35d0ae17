//! The text of a SHOW command.

use std::fmt::Write;

use snowflake_proto::Literal;

use super::options::ListOptions;
use super::scope::Scope;

/// The most rows that the service gives in answer to one SHOW.
pub(super) const MOST_ROWS: usize = 10_000;

/// What is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Databases,
    Schemas,
    Tables,
    Views,
    Stages,
    FileFormats,
}

impl Kind {
    /// The command, as errors name it.
    pub(super) fn statement(self) -> &'static str {
        match self {
            Self::Databases => "SHOW DATABASES",
            Self::Schemas => "SHOW SCHEMAS",
            Self::Tables => "SHOW TABLES",
            Self::Views => "SHOW VIEWS",
            Self::Stages => "SHOW STAGES",
            Self::FileFormats => "SHOW FILE FORMATS",
        }
    }

    /// Whether the command knows `STARTS WITH` and `LIMIT … FROM`.
    pub(super) fn has_pages(self) -> bool {
        !matches!(self, Self::Stages | Self::FileFormats)
    }

    /// Whether no two objects of a scope share their name, but for temporary ones.
    pub(super) fn is_unique_in(self, scope: &Scope) -> bool {
        match self {
            Self::Databases => true,
            Self::Schemas => *scope != Scope::Account,
            _ => matches!(scope, Scope::Schema(..)),
        }
    }

    /// The command for at most `limit` objects of a scope whose names come after `after`.
    pub(super) fn sql(
        self,
        scope: &Scope,
        options: &ListOptions,
        limit: usize,
        after: Option<&str>,
    ) -> String {
        let mut sql = self.statement().to_owned();
        let mut add = |clause: std::fmt::Arguments<'_>| {
            let _ = write!(sql, " {clause}");
        };
        if let Some(pattern) = &options.like {
            add(format_args!("LIKE {pattern}"));
        }
        if self != Self::Databases {
            add(format_args!("IN {scope}"));
        }
        if !self.has_pages() {
            return sql;
        }
        if let Some(start) = &options.starts_with {
            add(format_args!("STARTS WITH {}", Literal::text(start)));
        }
        add(format_args!("LIMIT {limit}"));
        if let Some(name) = after {
            add(format_args!("FROM {}", Literal::text(name)));
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q01_filters_and_names_are_quoted() {
        let scope = Scope::schema("\"a\"\"b\"", "\"c.d\"").unwrap();
        let options = ListOptions { starts_with: Some("it's".to_owned()), ..ListOptions::named("50%_\\") };
        assert_eq!(
            Kind::Tables.sql(&scope, &options, 7, Some("'; drop table canary; --")),
            r#"SHOW TABLES LIKE '50\\%\\_\\\\' IN SCHEMA "a""b"."c.d" STARTS WITH 'it''s' LIMIT 7 FROM '''; drop table canary; --'"#
        );
        let all = ListOptions::default();
        assert_eq!(Kind::Databases.sql(&Scope::Account, &all, 5, None), "SHOW DATABASES LIMIT 5");
        assert_eq!(Kind::Stages.sql(&Scope::Account, &all, 5, None), "SHOW STAGES IN ACCOUNT");
    }
}
