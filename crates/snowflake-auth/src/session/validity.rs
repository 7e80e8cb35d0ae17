//! How long tokens live.

use std::time::Duration;

/// Nothing lives longer: a larger figure is an accident, and must not overflow a calculation.
const LONGEST: u64 = 365 * 24 * 3600;
/// The life of a master token when the server does not say.
const MASTER_DEFAULT: Duration = Duration::from_secs(4 * 3600);
/// The life of a session token when the server does not say.
const SESSION_DEFAULT: Duration = Duration::from_secs(3600);

/// The lives of a session's tokens, counted from when they were issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) session: Duration,
    pub(crate) master: Duration,
}

impl Validity {
    /// From the seconds in an answer; absent ones take the service's usual values.
    pub(crate) fn new(session: Option<i64>, master: Option<i64>) -> Result<Self, Negative> {
        Ok(Self {
            session: seconds(session, Negative::Session)?.unwrap_or(SESSION_DEFAULT),
            master: seconds(master, Negative::Master)?.unwrap_or(MASTER_DEFAULT),
        })
    }
}

/// Which life is negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Negative {
    Session,
    Master,
}

/// Zero is taken as it is: the token has expired already, and the first call renews it.
fn seconds(value: Option<i64>, negative: Negative) -> Result<Option<Duration>, Negative> {
    let Some(value) = value else { return Ok(None) };
    let value = u64::try_from(value).map_err(|_| negative)?;
    Ok(Some(Duration::from_secs(value.min(LONGEST))))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Negative, Validity};

    #[test]
    fn s28_lives_are_clamped_and_negative_ones_refused() {
        let validity = Validity::new(Some(1_000_000_000_000), Some(i64::MAX)).unwrap();
        assert_eq!(validity.session, Duration::from_secs(365 * 24 * 3600));
        assert_eq!(validity.master, Duration::from_secs(365 * 24 * 3600));
        assert_eq!(Validity::new(Some(-1), None), Err(Negative::Session));
        assert_eq!(Validity::new(Some(0), Some(i64::MIN)), Err(Negative::Master));
        let defaults = Validity::new(Some(0), None).unwrap();
        assert_eq!((defaults.session, defaults.master), (Duration::ZERO, Duration::from_secs(14_400)));
    }
}
