//! How many faults of a sort a correct client is sure to survive.

use std::collections::HashMap;

use super::super::endpoint::Endpoint;

/// What a client spends to get over a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cost {
    /// Time alone.
    Nothing,
    /// One attempt more.
    Attempt,
    /// One attempt more, of the only one that follows an answer that was cut or is not what it claims.
    SecondChance,
    /// A renewal of the session, after which a token is refused no more.
    Renewal,
    /// A fresh description of a result.
    Description,
    /// A second download of a part that arrived whole and wrong.
    Download,
}

/// Of seven attempts one is the first, and one may be a second chance.
const ATTEMPTS: usize = 4;
/// All retries together stay well below what a retry budget pays for.
const ALL_ATTEMPTS: usize = 20;

/// What has been spent.
///
/// All faults at an endpoint are counted as if they befell one request, because they may.
#[derive(Default)]
pub(super) struct Allowance {
    attempts: HashMap<Endpoint, usize>,
    spent_once: Vec<(Cost, Option<Endpoint>)>,
}

impl Allowance {
    /// How often, of the times wanted, a fault may befall requests of a sort.
    pub(super) fn grant(&mut self, cost: Cost, endpoint: Endpoint, wanted: usize) -> usize {
        let once = match cost {
            Cost::Nothing => return wanted,
            Cost::Attempt => return self.attempts(endpoint, wanted),
            Cost::SecondChance => (cost, Some(endpoint)),
            Cost::Renewal | Cost::Description | Cost::Download => (cost, None),
        };
        if self.spent_once.contains(&once) {
            return 0;
        }
        self.spent_once.push(once);
        1
    }

    fn attempts(&mut self, endpoint: Endpoint, wanted: usize) -> usize {
        let all: usize = self.attempts.values().sum();
        let here = self.attempts.entry(endpoint).or_default();
        let granted = wanted.min(ATTEMPTS.saturating_sub(*here)).min(ALL_ATTEMPTS.saturating_sub(all));
        *here += granted;
        granted
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowance, Cost};
    use crate::fault::Endpoint;

    #[test]
    fn what_is_granted_fits_into_seven_attempts_and_one_renewal() {
        let mut allowance = Allowance::default();
        assert_eq!(allowance.grant(Cost::Attempt, Endpoint::Query, 3), 3);
        assert_eq!(allowance.grant(Cost::Attempt, Endpoint::Query, 3), 1);
        assert_eq!(allowance.grant(Cost::Attempt, Endpoint::Query, 3), 0);
        assert_eq!(allowance.grant(Cost::Attempt, Endpoint::Part, 3), 3);
        for (cost, here, elsewhere) in [
            (Cost::SecondChance, 0, 1),
            (Cost::Renewal, 0, 0),
            (Cost::Description, 0, 0),
            (Cost::Download, 0, 0),
        ] {
            assert_eq!(allowance.grant(cost, Endpoint::Query, 2), 1, "{cost:?}");
            assert_eq!(allowance.grant(cost, Endpoint::Query, 2), here, "{cost:?}");
            assert_eq!(allowance.grant(cost, Endpoint::Result, 2), elsewhere, "{cost:?}");
        }
        assert_eq!(allowance.grant(Cost::Nothing, Endpoint::Any, 9), 9);
    }
}
