//! The retry budget: what keeps many callers from turning an outage into a storm.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Tokens that retries are paid with, shared by all callers of one service.
///
/// A first attempt is free, a retry costs 14 of at most 500 tokens. Tokens come back with every
/// success and, slowly, with time. While a service is down, all callers together can therefore repeat
/// themselves some 35 times at once and then a few times in ten seconds; everyone else learns of the
/// outage at once.
#[derive(Debug)]
pub struct RetryBudget {
    tokens: Mutex<Tokens>,
}

#[derive(Debug)]
struct Tokens {
    left: f64,
    counted: Option<Instant>,
}

impl RetryBudget {
    /// How many tokens there are at first and at most.
    pub const CAPACITY: u32 = 500;
    /// What one retry costs.
    pub const COST: u32 = 14;
    /// How many tokens come back in a second.
    pub const PER_SECOND: u32 = 2;
    /// How many tokens a success at the first attempt brings back.
    const PER_SUCCESS: u32 = 1;

    /// A full budget.
    pub fn new() -> Self {
        Self { tokens: Mutex::new(Tokens { left: f64::from(Self::CAPACITY), counted: None }) }
    }

    /// How many retries could be paid for now.
    pub fn retries_left(&self, now: Instant) -> u32 {
        let left = self.refilled(now, |tokens| tokens.left);
        // The quotient lies between 0 and 35.
        (0..Self::CAPACITY / Self::COST)
            .take_while(|retries| f64::from((retries + 1) * Self::COST) <= left)
            .count()
            .try_into()
            .unwrap_or(u32::MAX)
    }

    /// Pays for one retry, if the budget allows.
    pub(super) fn withdraw(&self, now: Instant) -> Result<(), Empty> {
        let cost = f64::from(Self::COST);
        self.refilled(now, |tokens| {
            if tokens.left < cost {
                return Err(Empty);
            }
            tokens.left -= cost;
            Ok(())
        })
    }

    /// Notes a success after so many attempts: the last retry has proven worth its price.
    pub(super) fn deposit(&self, now: Instant, attempts: u32) {
        let back = if attempts > 1 { Self::COST } else { Self::PER_SUCCESS };
        self.refilled(now, |tokens| {
            tokens.left = (tokens.left + f64::from(back)).min(f64::from(Self::CAPACITY));
        });
    }

    fn refilled<T>(&self, now: Instant, act: impl FnOnce(&mut Tokens) -> T) -> T {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = tokens.counted.map_or(Duration::ZERO, |then| now.saturating_duration_since(then));
        tokens.counted = Some(tokens.counted.map_or(now, |then| then.max(now)));
        let gained = passed.as_secs_f64() * f64::from(Self::PER_SECOND);
        tokens.left = (tokens.left + gained).min(f64::from(Self::CAPACITY));
        act(&mut tokens)
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self::new()
    }
}

/// The budget cannot pay for a retry now.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Empty;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Empty, RetryBudget};

    #[test]
    fn a_full_budget_pays_for_thirty_five_retries() {
        let (budget, now) = (RetryBudget::new(), Instant::now());
        assert_eq!(budget.retries_left(now), 35);
        let paid = (0..100).filter(|_| budget.withdraw(now).is_ok()).count();
        assert_eq!(paid, 35);
        assert_eq!(budget.withdraw(now), Err(Empty));
        assert_eq!(budget.retries_left(now), 0);
    }

    #[test]
    fn time_and_successes_refill_it_up_to_its_capacity() {
        let (budget, start) = (RetryBudget::new(), Instant::now());
        while budget.withdraw(start).is_ok() {}
        let later = start + Duration::from_secs(7);
        assert!(budget.withdraw(later).is_ok());
        assert_eq!(budget.withdraw(later), Err(Empty));
        budget.deposit(later, 2);
        assert!(budget.withdraw(later).is_ok());
        for _ in 0..RetryBudget::COST {
            budget.deposit(later, 1);
        }
        assert!(budget.withdraw(later).is_ok());
        let much_later = later + Duration::from_secs(100_000);
        assert_eq!(budget.retries_left(much_later), 35);
    }

    #[test]
    fn a_clock_that_goes_back_gains_nothing() {
        let (budget, start) = (RetryBudget::new(), Instant::now() + Duration::from_secs(100));
        while budget.withdraw(start).is_ok() {}
        assert_eq!(budget.withdraw(start - Duration::from_secs(50)), Err(Empty));
        assert_eq!(budget.withdraw(start), Err(Empty));
    }
}
