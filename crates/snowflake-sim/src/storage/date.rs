//! How stores write a moment.

use time::format_description::FormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

const HTTP: &[FormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");
const ISO: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].000Z");
const SECONDS: &[FormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const BASIC: &[FormatItem<'_>] = format_description!("[year][month][day]T[hour][minute][second]Z");

/// As in headers, such as `Tue, 05 Aug 2025 10:00:00 GMT`.
pub(super) fn http(moment: OffsetDateTime) -> String {
    format(moment, HTTP)
}

/// As in the listings of S3, such as `2025-08-05T10:00:00.000Z`.
pub(super) fn iso(moment: OffsetDateTime) -> String {
    format(moment, ISO)
}

/// As in a shared access signature, such as `2025-08-05T10:00:00Z`.
pub(super) fn seconds(moment: OffsetDateTime) -> String {
    format(moment, SECONDS)
}

/// As in signed addresses, such as `20250805T100000Z`.
pub(super) fn basic(moment: OffsetDateTime) -> String {
    format(moment, BASIC)
}

fn format(moment: OffsetDateTime, form: &[FormatItem<'_>]) -> String {
    // Every component is there for every date.
    moment.to_offset(UtcOffset::UTC).format(form).unwrap_or_default()
}
