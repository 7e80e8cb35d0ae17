//! Which part of a file's rows goes into which column of the table.

use super::super::SqlError;
use super::super::catalog::{Table, TableColumn};
use super::super::types::SqlType;
use super::chunk::{Item, Metadata};
use super::format::FileFormat;
use super::source::Source;

/// How columns are found in files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matching {
    Position,
    Name { any_case: bool },
}

impl Matching {
    /// What `MATCH_BY_COLUMN_NAME` says.
    ///
    /// # Errors
    /// `001008` when there is no such mode.
    pub(super) fn new(written: Option<&str>) -> Result<Self, SqlError> {
        match written.unwrap_or("NONE").to_ascii_uppercase().as_str() {
            "NONE" => Ok(Self::Position),
            "CASE_SENSITIVE" => Ok(Self::Name { any_case: false }),
            "CASE_INSENSITIVE" => Ok(Self::Name { any_case: true }),
            other => Err(SqlError::new(
                "001008",
                "22023",
                format!(
                    "SQL compilation error:\ninvalid value [{other}] for parameter 'MATCH_BY_COLUMN_NAME'"
                ),
            )),
        }
    }
}

/// What goes into one column.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    /// The column's place in the table.
    pub(super) place: usize,
    /// The place among the items that are read; none for NULL.
    pub(super) item: Option<usize>,
    /// The type that a query casts to on the way.
    pub(super) stated: Option<SqlType>,
}

/// What is read of a file, and where it goes.
#[derive(Clone, Debug, Default)]
pub(super) struct Route {
    pub(super) items: Vec<Item>,
    pub(super) feeds: Vec<Feed>,
}

impl Route {
    /// Says where the next value goes.
    pub(super) fn feed(&mut self, place: usize, item: Item, stated: Option<SqlType>) {
        let at = self.items.iter().position(|each| *each == item).unwrap_or_else(|| {
            self.items.push(item);
            self.items.len() - 1
        });
        self.feeds.push(Feed { place, item: Some(at), stated });
    }

    /// One field after the other, into the given columns.
    ///
    /// # Errors
    /// `002019` for more than one column, or one that is not semi-structured, from a format whose rows
    /// are one value.
    pub(super) fn by_position(
        table: &Table,
        places: &[usize],
        format: &FileFormat,
    ) -> Result<Self, SqlError> {
        let takes_all = |place: &usize| table.columns()[*place].data_type.is_semi_structured();
        let is_csv = matches!(format, FileFormat::Csv(_));
        if !is_csv && !matches!(places, [only] if takes_all(only)) {
            return Err(SqlError::new(
                "002019",
                "0A000",
                format!(
                    "SQL compilation error:\n{} file format can produce one and only one column of type variant, object, or array. Load data into separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation.",
                    format.name()
                ),
            ));
        }
        let mut route = Self::default();
        places.iter().enumerate().for_each(|(at, place)| route.feed(*place, Item::Field(at), None));
        Ok(route)
    }

    /// Each column from what has its name. Columns of other names get their default, or NULL.
    pub(super) fn by_name(source: &Source<'_>, table: &Table, any_case: bool, taken: &[usize]) -> Self {
        let names = source.names();
        let mut route = Self::default();
        for (place, column) in table.columns().iter().enumerate().filter(|(place, _)| !taken.contains(place))
        {
            let is_it = |name: &&String| is_named(column, name, any_case);
            match names.iter().find(is_it) {
                Some(name) => route.feed(place, Item::Member(name.clone()), None),
                None if column.default.is_some() || column.identity.is_some() => {}
                None => route.feeds.push(Feed { place, item: None, stated: None }),
            }
        }
        route
    }

    /// Columns from what is known of the rows.
    pub(super) fn include(&mut self, metadata: &[(usize, Metadata)]) {
        for (place, metadata) in metadata {
            self.feed(*place, Item::Metadata(*metadata), None);
        }
    }
}

/// Whether a name in a file is that of a column.
pub(super) fn is_named(column: &TableColumn, name: &str, any_case: bool) -> bool {
    column.name == name || any_case && column.name.to_lowercase() == name.to_lowercase()
}
