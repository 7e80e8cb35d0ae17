//! How often a session needs a heartbeat.

use std::time::Duration;

/// However long the master token lives, nobody waits longer to see whether the session is still there.
const LONGEST: Duration = Duration::from_secs(3600);
/// A master token that is said to live for seconds must not turn heartbeats into a storm.
const SHORTEST: Duration = Duration::from_secs(1);

/// The time between two heartbeats of a session whose master token lives for `master_validity`.
///
/// It is a sixteenth of that life, or what is `wanted`, within a sixteenth and a quarter; in any case between a second
/// and an hour.
///
/// ```
/// use std::time::Duration;
///
/// use snowflake_auth::heartbeat_interval;
///
/// let four_hours = Duration::from_secs(4 * 3600);
/// assert_eq!(heartbeat_interval(four_hours, None), Duration::from_secs(900));
/// assert_eq!(heartbeat_interval(four_hours, Some(Duration::from_secs(1800))), Duration::from_secs(1800));
/// assert_eq!(heartbeat_interval(four_hours, Some(Duration::from_secs(60))), Duration::from_secs(900));
/// ```
#[must_use]
pub fn heartbeat_interval(master_validity: Duration, wanted: Option<Duration>) -> Duration {
    let (least, most) = (master_validity / 16, master_validity / 4);
    wanted.unwrap_or(least).clamp(least, most).clamp(SHORTEST, LONGEST)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::heartbeat_interval;

    const HOUR: u64 = 3600;

    fn seconds(master_validity: u64, wanted: impl Into<Option<u64>>) -> u64 {
        let wanted = wanted.into().map(Duration::from_secs);
        heartbeat_interval(Duration::from_secs(master_validity), wanted).as_secs()
    }

    #[test]
    fn s10_wishes_are_held_between_a_sixteenth_and_a_quarter_of_the_validity() {
        for (wanted, granted) in [
            (0, 900),
            (1, 900),
            (899, 900),
            (900, 900),
            (2000, 2000),
            (3600, 3600),
            (3601, 3600),
            (u64::MAX, 3600),
        ] {
            assert_eq!(seconds(4 * HOUR, wanted), granted, "{wanted}");
        }
        for (wanted, granted) in [(1, 225), (225, 225), (600, 600), (901, 900), (3600, 900), (u64::MAX, 900)]
        {
            assert_eq!(seconds(HOUR, wanted), granted, "{wanted}");
        }
        assert_eq!((seconds(4 * HOUR, None), seconds(HOUR, None)), (900, 225));
    }

    #[test]
    fn s10_no_validity_leads_beyond_an_hour_or_below_a_second() {
        let year = 365 * 24 * HOUR;
        for wanted in [None, Some(0), Some(1), Some(u64::MAX)] {
            assert_eq!(seconds(year, wanted), 3600, "{wanted:?}");
            assert_eq!(seconds(0, wanted), 1, "{wanted:?}");
            assert_eq!(heartbeat_interval(Duration::MAX, wanted.map(Duration::from_secs)).as_secs(), 3600);
        }
    }
}
