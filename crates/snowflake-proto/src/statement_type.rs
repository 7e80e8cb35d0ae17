//! The kind of a statement, as the answer to a query states it.

use std::fmt;

use crate::generated::statement_types::FACTS;

/// What the rows of an answer mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A result that was asked for.
    Rows,
    /// One row with numbers of changed rows.
    Count,
    /// One row with a status text.
    None,
    /// Anything.
    Unknown,
}

/// What the catalogue knows of one type.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) id: u16,
    pub(crate) name: &'static str,
    pub(crate) outcome: Outcome,
}

/// The kind of a statement: the `statementTypeId` of an answer.
///
/// The highest of the four hexadecimal digits is the family, the two highest are the subfamily. An id that is not in
/// the catalogue counts as its subfamily, else as its family.
///
/// ```
/// use snowflake_proto::StatementType;
///
/// let kind = StatementType::from_id(0x3100);
/// assert_eq!(kind, StatementType::INSERT);
/// assert!(kind.is_dml() && !kind.returns_rows());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementType(i64);

impl StatementType {
    /// Takes an id as it stands in an answer; any number is kept.
    pub const fn from_id(id: i64) -> Self {
        Self(id)
    }

    /// The number that travels.
    pub const fn id(self) -> i64 {
        self.0
    }

    /// The name of the type's constant, or of that of its subfamily or family.
    pub fn name(self) -> &'static str {
        self.fact().map_or("UNKNOWN", |fact| fact.name)
    }

    /// Whether the statement changes rows of tables and answers with their numbers.
    pub const fn is_dml(self) -> bool {
        self.0 >= Self::DML.0 && self.0 <= Self::MULTI_TABLE_INSERT.0
    }

    /// Whether the statement is a query.
    pub const fn is_select(self) -> bool {
        self.0 & 0xF000 == Self::SELECT.0 && self.is_listed_range()
    }

    /// Whether the statement is the parent of several.
    pub const fn is_multi_statement(self) -> bool {
        self.0 == Self::MULTI_STATEMENT.0
    }

    /// Whether the rows of the answer are a result, rather than numbers of changed rows or a status text.
    ///
    /// A statement of unknown type counts as one that returns rows, so that nothing is thrown away.
    pub fn returns_rows(self) -> bool {
        self.fact().is_none_or(|fact| matches!(fact.outcome, Outcome::Rows | Outcome::Unknown))
    }

    const fn is_listed_range(self) -> bool {
        self.0 >= 0 && self.0 <= 0xFFFF
    }

    fn fact(self) -> Option<&'static Fact> {
        let id = u16::try_from(self.0).ok()?;
        [id, id & 0xFF00, id & 0xF000]
            .into_iter()
            .filter(|candidate| *candidate != 0 || id == 0)
            .find_map(|candidate| FACTS.iter().find(|fact| fact.id == candidate))
    }
}

impl From<i64> for StatementType {
    fn from(id: i64) -> Self {
        Self::from_id(id)
    }
}

impl fmt::Debug for StatementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatementType({:#06X} {})", self.0, self.name())
    }
}

impl fmt::Display for StatementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dml_is_a_range() {
        let dml = [0x3000, 0x3100, 0x3200, 0x3300, 0x3400, 0x3500];
        for id in dml {
            assert!(StatementType::from_id(id).is_dml(), "{id:#x}");
        }
        for id in [0x1000, 0x2FFF, 0x3600, 0x4000, 0x13100, -1] {
            assert!(!StatementType::from_id(id).is_dml(), "{id:#x}");
        }
    }

    #[test]
    fn an_unlisted_id_counts_as_its_family() {
        assert_eq!(StatementType::from_id(0x6123).name(), "DDL");
        assert_eq!(StatementType::from_id(0x4305).name(), "USE");
        assert_eq!(StatementType::from_id(0x4301).name(), "USE_DATABASE");
        assert_eq!(StatementType::from_id(0x6244).name(), "ALTER_USER_ACCESS_TOKEN");
        for id in [0xF123, 0x0042, -5, i64::MAX, i64::MIN] {
            let kind = StatementType::from_id(id);
            assert_eq!(kind.name(), "UNKNOWN", "{id:#x}");
            assert!(kind.returns_rows());
            assert!(!kind.is_select());
            assert_eq!(kind.id(), id);
        }
    }

    #[test]
    fn results_are_told_from_counts_and_texts() {
        let rows = [
            StatementType::SELECT,
            StatementType::SHOW,
            StatementType::COPY,
            StatementType::PUT,
            StatementType::CALL,
        ];
        assert!(rows.into_iter().all(StatementType::returns_rows));
        let other = [StatementType::INSERT, StatementType::DDL, StatementType::USE, StatementType::COMMIT];
        assert!(!other.into_iter().any(StatementType::returns_rows));
        assert!(StatementType::UNKNOWN.returns_rows());
    }

    #[test]
    fn debug_shows_the_id_and_the_name() {
        assert_eq!(format!("{:?}", StatementType::MERGE), "StatementType(0x3400 MERGE)");
        assert_eq!(StatementType::MERGE.to_string(), "MERGE");
        assert!(StatementType::SELECT.is_select());
        assert!(StatementType::MULTI_STATEMENT.is_multi_statement());
    }
}
