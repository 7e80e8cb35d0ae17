//! A service with a book of statements that answers the functions of `INFORMATION_SCHEMA` as documented: the statements that
//! ended last, at most as many as are asked for, and those that run where no end is given.

use snowflake_proto::DataType;
use snowflake_sim::{Answer, Asked, CellValue, StandIn, Table};
use time::{Duration, OffsetDateTime};

use crate::testing::NOW;

/// A statement: its number, on which warehouse it ran, and how many seconds before now it ended.
pub(super) type Line = (u32, &'static str, Option<i64>);

/// The id of the statement of that number.
pub(super) fn id(number: u32) -> String {
    format!("01b2c3d4-0000-1111-0000-{number:012}")
}

pub(super) fn service(book: Vec<Line>) -> StandIn {
    StandIn::new().on_any(move |asked| {
        asked.sql().contains("INFORMATION_SCHEMA.QUERY_HISTORY").then(|| answer(&book, asked))
    })
}

fn answer(book: &[Line], asked: &Asked) -> Answer {
    let sql = asked.sql();
    let after = |word: &str| sql.split_once(word).map(|(_, rest)| rest.trim_start_matches([' ', '\'']));
    let number =
        |word: &str| after(word).and_then(|rest| rest.split([')', ' ']).next()?.parse::<usize>().ok());
    let instant = |word: &str| {
        let text = after(word)?.split('\'').next()?;
        OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()
    };
    let (start, end) = (instant("RANGE_START =>").unwrap(), instant("RANGE_END =>"));
    let ended = |line: &Line| line.2.map(|ago| NOW - Duration::seconds(ago));
    let is_within = |line: &&Line| match (ended(line), end) {
        (Some(at), end) => at >= start && end.is_none_or(|end| at <= end),
        (None, end) => end.is_none(),
    };
    let mut page: Vec<&Line> = book.iter().filter(is_within).collect();
    let argument = after("WAREHOUSE_NAME =>").and_then(|rest| rest.split('\'').next());
    page.retain(|line| argument.is_none_or(|wanted| line.1 == wanted));
    page.sort_by_key(|line| (line.2, line.0));
    page.truncate(number("RESULT_LIMIT =>").unwrap());
    let oldest = page.iter().filter_map(|line| ended(line)).min();
    let rows = i64::try_from(page.len()).unwrap();
    let is_wanted = |line: &Line| asked.bind("1").is_none_or(|wanted| line.1 == wanted);
    let mut answered: Vec<_> =
        page.iter().enumerate().map(|(at, line)| (at, *line, is_wanted(line))).collect();
    answered.retain(|(at, _, is_wanted)| *is_wanted || *at == 0);
    answered.sort_by_key(|(_, _, is_wanted)| !is_wanted);
    let limit = sql.rsplit(' ').next().unwrap().parse().unwrap();
    let at = || DataType::TimestampLtz { scale: 9 };
    let table =
        ["QUERY_ID", "WAREHOUSE_NAME", "EXECUTION_STATUS"].into_iter().fold(Table::new(), Table::text);
    let table = table.column("START_TIME", at()).column("END_TIME", at()).column("PAGE_OLDEST", at());
    let table = table.number("PAGE_ROWS", 0).number("IS_WANTED", 0);
    let row = |(_, line, is_wanted): &(usize, &Line, bool)| -> Vec<CellValue> {
        let status = if line.2.is_some() { "SUCCESS" } else { "RUNNING" };
        let start = NOW - Duration::days(8);
        vec![
            id(line.0).into(),
            line.1.into(),
            status.into(),
            start.into(),
            ended(line).into(),
            oldest.into(),
            rows.into(),
            i64::from(*is_wanted).into(),
        ]
    };
    Answer::rows(table.rows(answered.iter().take(limit).map(row)))
}
