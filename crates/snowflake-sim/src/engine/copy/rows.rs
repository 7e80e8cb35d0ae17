//! The rows of a file as the table takes them.

use arrow_array::{Array, ArrayRef, BooleanArray};

use super::super::SqlError;
use super::super::run::Run;
use super::super::types::SqlType;
use super::chunk::{Chunk, Item, Place, ROWS};
use super::columns::{Feed, Matching, Route};
use super::fit::{Fitting, Misfits};
use super::query::{Evaluated, Selected, evaluated};
use super::read::Content;
use super::reject::Rejected;
use super::source::{Source, text_of};
use super::staged;
use super::statement::{Copy, OnError};

/// The rows of a file, and the records that are none.
#[derive(Debug, Default)]
pub(super) struct FileRows {
    /// The columns of the table that the arrays are for.
    pub(super) places: Vec<usize>,
    /// The rows in parts: one array per column.
    pub(super) parts: Vec<Vec<ArrayRef>>,
    /// How many records were read.
    pub(super) parsed: usize,
    /// How many of them are rows.
    pub(super) loaded: usize,
    /// The others, in order.
    pub(super) rejected: Vec<Rejected>,
}

/// Reads up to `limit` records of a file. With `ON_ERROR = ABORT_STATEMENT` reading ends soon after the
/// first that is rejected.
///
/// # Errors
/// Whatever is wrong with the file as a whole, or with how it is to be read.
pub(super) async fn read(
    run: &Run,
    copy: &Copy,
    content: &Content,
    limit: usize,
) -> Result<FileRows, SqlError> {
    let text = text_of(content, &copy.format)?;
    let mut source = Source::open(content, &text, &copy.format, &copy.env)?;
    let route = route(copy, &mut source)?;
    let mut rows =
        FileRows { places: route.feeds.iter().map(|feed| feed.place).collect(), ..FileRows::default() };
    let batch = ROWS.min(limit);
    while rows.parsed < limit
        && let Some(chunk) = source.next(&route.items, batch)?
    {
        run.check()?;
        rows.parsed += chunk.places.len() + chunk.rejected.len();
        if let Some(Selected::Computed(computed)) = &copy.selected {
            let schema = staged::schema(computed.fields, &copy.format);
            let given = staged::batch(&chunk, &source, &route.items, &schema, &copy.env)?;
            let found = evaluated(run, computed, &given, copy.on_error == OnError::Abort).await?;
            let (chunk, types) = replaced(&source, chunk, found);
            fitted(copy, &source, &Route { items: Vec::new(), ..route.clone() }, &types, chunk, &mut rows)?;
        } else {
            let types: Vec<SqlType> = route.items.iter().map(|item| source.type_of(item)).collect();
            fitted(copy, &source, &route, &types, chunk, &mut rows)?;
        }
        if copy.on_error == OnError::Abort && !rows.rejected.is_empty() {
            break;
        }
    }
    Ok(rows)
}

fn route(copy: &Copy, source: &mut Source<'_>) -> Result<Route, SqlError> {
    let mut route = match (&copy.selected, copy.matching) {
        (Some(Selected::Parts(route)), _) => return Ok(route.clone()),
        (Some(Selected::Computed(computed)), _) => {
            let feed = |(at, place): (usize, &usize)| Feed { place: *place, item: Some(at), stated: None };
            let feeds = copy.places.iter().enumerate().map(feed).collect();
            return Ok(Route { items: staged::items(computed.fields), feeds });
        }
        (None, Matching::Position) => {
            let route = Route::by_position(&copy.table, &copy.places, &copy.format)?;
            source.expect_width(route.feeds.len());
            route
        }
        (None, Matching::Name { any_case }) => {
            source.expect_width(source.names().len());
            let taken: Vec<usize> = copy.included.iter().map(|(place, _)| *place).collect();
            Route::by_name(source, &copy.table, any_case, &taken)
        }
    };
    route.include(&copy.included);
    Ok(route)
}

/// The computed values in place of the rows that they were computed from.
fn replaced(source: &Source<'_>, mut chunk: Chunk, found: Evaluated) -> (Chunk, Vec<SqlType>) {
    let mut fits = vec![true; chunk.places.len()];
    for (row, error) in found.failed {
        fits[row] = false;
        chunk.rejected.push(source.reject(error, chunk.places[row], None));
    }
    // Rows after an error that ends the statement have not been computed.
    let computed = found.columns.first().map_or(0, |column| column.len());
    let kept = chunk.places.iter().zip(&fits).filter(|(_, fits)| **fits).map(|(place, _)| *place);
    let places = kept.take(computed).collect();
    (Chunk { columns: found.columns, places, rejected: chunk.rejected }, found.types)
}

/// Adds what of a chunk fits the table.
fn fitted(
    copy: &Copy,
    source: &Source<'_>,
    route: &Route,
    types: &[SqlType],
    chunk: Chunk,
    rows: &mut FileRows,
) -> Result<(), SqlError> {
    let (null_if, trims) = copy.format.blanks();
    let fitting = Fitting { env: &copy.env, truncates: copy.truncates, null_if, trims };
    let count = chunk.places.len();
    let mut rejected = chunk.rejected;
    let mut misfits: Vec<(usize, usize, SqlError)> = Vec::new();
    let mut arrays = Vec::with_capacity(route.feeds.len());
    for (at, feed) in route.feeds.iter().enumerate() {
        let column = &copy.table.columns()[feed.place];
        let given = feed.item.and_then(|item| Some((chunk.columns.get(item)?, types.get(item)?)));
        let (array, found): (ArrayRef, Misfits) = match given {
            Some((array, from)) => fitting.fit(array, from, feed.stated.as_ref(), column)?,
            None => fitting.nothing(count, column)?,
        };
        arrays.push(array);
        misfits.extend(found.into_iter().map(|(row, error)| (row, at, error)));
    }
    // Of several errors in a row the first column's counts.
    misfits.sort_by_key(|(row, at, _)| (*row, *at));
    misfits.dedup_by_key(|(row, ..)| *row);
    let kept = keep(arrays, count, &misfits)?;
    rows.loaded += count - misfits.len();
    rows.parts.push(kept);
    for (row, at, error) in misfits {
        rejected.push(reject(copy, source, route, &route.feeds[at], at, chunk.places[row], error));
    }
    rejected.sort_by_key(|rejected| rejected.row);
    rows.rejected.extend(rejected);
    Ok(())
}

fn reject(
    copy: &Copy,
    source: &Source<'_>,
    route: &Route,
    feed: &Feed,
    at: usize,
    place: Place,
    error: SqlError,
) -> Rejected {
    let item: Option<&Item> = feed.item.and_then(|item| route.items.get(item));
    let name = &copy.table.columns()[feed.place].name;
    let column = Some(format!("\"{}\"[\"{name}\":{}]", copy.table_name, at + 1));
    Rejected { column, ..source.reject(error, place, item) }
}

/// The arrays without the rows that do not fit.
fn keep(
    arrays: Vec<ArrayRef>,
    count: usize,
    misfits: &[(usize, usize, SqlError)],
) -> Result<Vec<ArrayRef>, SqlError> {
    if misfits.is_empty() {
        return Ok(arrays);
    }
    let mut fits = vec![true; count];
    misfits.iter().for_each(|(row, ..)| fits[*row] = false);
    let fits = BooleanArray::from(fits);
    let filter = |array: &ArrayRef| arrow_select::filter::filter(array, &fits).map_err(SqlError::internal);
    arrays.iter().map(filter).collect()
}

impl FileRows {
    /// The first record that was rejected, as the error that ends a statement.
    pub(super) fn first_error(&self, file: &str) -> Option<SqlError> {
        self.rejected.first().map(|rejected| rejected.aborting(file))
    }

    /// The number of rows in a part.
    pub(super) fn rows_of(part: &[ArrayRef]) -> usize {
        part.first().map_or(0, |array| array.len())
    }
}
