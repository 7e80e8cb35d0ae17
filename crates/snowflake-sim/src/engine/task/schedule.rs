//! When a task is due: `10 MINUTES` or `USING CRON 0 9 * * MON UTC`.

use time::{Duration, OffsetDateTime};

use super::super::SqlError;
use super::cron::Cron;

/// The longest interval: eight days.
const LONGEST: i64 = 8 * 24 * 60 * 60;
/// The shortest interval: ten seconds.
const SHORTEST: i64 = 10;

/// When a task is due.
#[derive(Clone, Debug)]
pub(in super::super) struct Schedule {
    /// As it was written.
    pub(super) text: String,
    rule: Rule,
}

#[derive(Clone, Debug)]
enum Rule {
    Every(Duration),
    Cron(Box<Cron>),
}

impl Schedule {
    /// # Errors
    /// `001008` when the text is no schedule.
    pub(super) fn parse(text: &str) -> Result<Self, SqlError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let rule = match words.as_slice() {
            [using, cron, fields @ ..]
                if using.eq_ignore_ascii_case("USING") && cron.eq_ignore_ascii_case("CRON") =>
            {
                Cron::parse(fields).map(|cron| Rule::Cron(Box::new(cron)))
            }
            [number, unit] => interval(number, unit).map(Rule::Every),
            _ => None,
        };
        let rule = rule.ok_or_else(|| {
            let message = format!("SQL compilation error:\ninvalid value [{text}] for parameter 'SCHEDULE'");
            SqlError::new("001008", "22023", message)
        })?;
        Ok(Self { text: text.to_owned(), rule })
    }

    /// The first time after another at which the task is due.
    pub(super) fn after(&self, time: OffsetDateTime) -> Option<OffsetDateTime> {
        match &self.rule {
            Rule::Every(interval) => time.checked_add(*interval),
            Rule::Cron(cron) => cron.after(time),
        }
    }
}

fn interval(number: &str, unit: &str) -> Option<Duration> {
    let seconds = match unit.to_ascii_uppercase().as_str() {
        "SECONDS" | "SECOND" | "S" => 1,
        "MINUTES" | "MINUTE" | "M" => 60,
        "HOURS" | "HOUR" | "H" => 3600,
        _ => return None,
    };
    let seconds = number.parse::<i64>().ok()?.checked_mul(seconds)?;
    (SHORTEST..=LONGEST).contains(&seconds).then(|| Duration::seconds(seconds))
}
