//! A range is read completely, however many pages that takes.

use futures::TryStreamExt;
use proptest::collection::vec;
use proptest::prelude::*;
use time::Duration;

use super::super::options::QueryHistoryOptions;
use super::super::read::Range;
use super::super::recent::records_by;
use super::book::{Line, id, service};
use crate::error::{ErrorKind, Result};
use crate::testing::{NOW, pool};

async fn read(book: &[Line], options: QueryHistoryOptions, most: u64) -> Result<Vec<String>> {
    let pool = pool(&service(book.to_vec()));
    let range = Range { start: NOW - Duration::days(6), end: None };
    let records: Vec<_> = records_by(&pool, range, options, most).try_collect().await?;
    Ok(records.iter().map(|record| record.query_id.to_string()).collect())
}

fn on(warehouse: &str) -> QueryHistoryOptions {
    QueryHistoryOptions { warehouse: Some(warehouse.to_owned()), ..Default::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// At most three statements end at the same time, so pages of four can always go on.
    #[test]
    fn n02_every_statement_is_read_once_newest_first(
        lines in vec((prop::sample::select(vec!["A_WH", "b wh"]), 1_u8..3), 0..40),
        running in 0_u32..3,
        most in 4_u64..8,
        wanted in prop::sample::select(vec!["", "a_wh", "\"b wh\"", "none"]),
        limit in prop::option::of(0_u64..50),
    ) {
        let mut ago = 0;
        let ended = lines.iter().zip(1000..).map(|((warehouse, step), number)| {
            ago += i64::from(number % 3 == 0) * i64::from(*step);
            (number, *warehouse, Some(ago))
        });
        let book: Vec<Line> = (0..running).map(|number| (number, "A_WH", None)).chain(ended).collect();
        let name = wanted.trim_matches('"');
        let expected = book.iter().filter(|line| name.is_empty() || line.1.eq_ignore_ascii_case(name));
        let expected: Vec<String> = expected.map(|line| id(line.0)).collect();
        let options = QueryHistoryOptions { limit, ..if name.is_empty() { Default::default() } else { on(wanted) } };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(read(&book, options, most)).unwrap();
        let most = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap());
        prop_assert_eq!(&found, &expected[..expected.len().min(most)]);
    }
}

#[tokio::test]
async fn n02_too_many_statements_of_one_moment_are_an_error_and_no_endless_loop() {
    let book: Vec<Line> = (0..9).map(|number| (number, "WH", Some(5))).collect();
    let error = read(&book, QueryHistoryOptions::default(), 4).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Incomplete);
    assert_eq!(read(&book, QueryHistoryOptions::default(), 10).await.unwrap().len(), 9);
}
