//! The columns of a result and the rules by which their names are found.

use snowflake_proto::Column;

use super::fault::{AmbiguousColumnSnafu, Fault, NoSuchColumnSnafu};

/// At most this many names are listed when one is not found.
const NAMES_LISTED: usize = 20;

/// The columns in order, with an index over their names.
#[derive(Debug)]
pub(crate) struct Columns {
    columns: Vec<Column>,
    /// Hash of the folded name and the position, sorted.
    index: Vec<(u64, usize)>,
}

/// Why a name does not lead to one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lookup {
    Missing,
    Ambiguous,
}

impl Columns {
    pub(crate) fn new(columns: Vec<Column>) -> Self {
        let mut index: Vec<_> =
            columns.iter().enumerate().map(|(position, column)| (hash(&column.name), position)).collect();
        index.sort_unstable();
        Self { columns, index }
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[Column] {
        &self.columns
    }

    /// The position of the column of that name: as it is spelled, else ignoring case.
    pub(crate) fn find(&self, name: &str) -> Result<usize, Lookup> {
        let hash = hash(name);
        let start = self.index.partition_point(|(other, _)| *other < hash);
        let candidates = || self.index[start..].iter().take_while(move |(other, _)| *other == hash);
        let only = |same: fn(&str, &str) -> bool| {
            let mut found = candidates().filter(|(_, position)| same(&self.columns[*position].name, name));
            match (found.next(), found.next()) {
                (Some((_, position)), None) => Ok(*position),
                (None, _) => Err(Lookup::Missing),
                (Some(_), Some(_)) => Err(Lookup::Ambiguous),
            }
        };
        match only(|left, right| left == right) {
            Err(Lookup::Missing) => only(same_but_for_case),
            found => found,
        }
    }

    /// The failure to report for a name that several columns have.
    pub(crate) fn ambiguous(&self, name: &str) -> Fault {
        self.fault(name, Lookup::Ambiguous)
    }

    /// The failure to report for a name.
    pub(crate) fn fault(&self, name: &str, lookup: Lookup) -> Fault {
        match lookup {
            Lookup::Missing => {
                let mut available: Vec<_> =
                    self.columns.iter().take(NAMES_LISTED).map(|column| column.name.as_str()).collect();
                if self.columns.len() > NAMES_LISTED {
                    available.push("…");
                }
                let available =
                    if available.is_empty() { "no columns".to_owned() } else { available.join(", ") };
                NoSuchColumnSnafu { name, available }.build()
            }
            Lookup::Ambiguous => AmbiguousColumnSnafu { name }.build(),
        }
    }
}

fn same_but_for_case(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left.chars().flat_map(char::to_uppercase).eq(right.chars().flat_map(char::to_uppercase))
}

/// FNV-1a over the upper-cased name: equal for names that differ in case only.
fn hash(name: &str) -> u64 {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    if name.is_ascii() {
        return name.bytes().fold(START, |hash, byte| step(hash, byte.to_ascii_uppercase()));
    }
    let mut buffer = [0; 4];
    name.chars()
        .flat_map(char::to_uppercase)
        .fold(START, |hash, character| character.encode_utf8(&mut buffer).bytes().fold(hash, step))
}

#[cfg(test)]
mod tests {
    use snowflake_proto::{Column, DataType};

    use super::{Columns, Lookup};

    fn columns(names: &[&str]) -> Columns {
        Columns::new(names.iter().map(|name| Column::new(*name, DataType::Boolean, true)).collect())
    }

    #[test]
    fn v13_a_name_is_found_as_spelled_before_case_is_ignored() {
        let columns = columns(&["ID", "id", "Größe", "NAME"]);
        assert_eq!(columns.find("ID"), Ok(0));
        assert_eq!(columns.find("id"), Ok(1));
        assert_eq!(columns.find("name"), Ok(3));
        assert_eq!(columns.find("GRÖSSE"), Ok(2));
        assert_eq!(columns.find("Id"), Err(Lookup::Ambiguous));
        assert_eq!(columns.find("nam"), Err(Lookup::Missing));
        assert_eq!(columns.find(""), Err(Lookup::Missing));
    }

    #[test]
    fn v13_duplicate_names_are_ambiguous() {
        let columns = columns(&["ID", "ID"]);
        assert_eq!(columns.find("ID"), Err(Lookup::Ambiguous));
        assert!(columns.fault("ID", Lookup::Ambiguous).to_string().contains("`ID`"));
    }

    #[test]
    fn v13_a_missing_name_tells_what_there_is() {
        let many: Vec<_> = (0..30).map(|number| format!("C{number}")).collect();
        let columns = columns(&many.iter().map(String::as_str).collect::<Vec<_>>());
        let text = columns.fault("X", Lookup::Missing).to_string();
        assert!(text.contains("`X`") && text.contains("C0, C1") && text.ends_with('…'), "{text}");
    }
}
