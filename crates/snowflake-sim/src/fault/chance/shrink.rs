//! Makes a schedule that has found something as small as it can be.

use super::super::rule::Rule;
use super::super::schedule::Schedule;
use super::smaller;

/// How many runs are spent on making a schedule smaller.
const MAX_TRIES: usize = 1000;

impl Schedule {
    /// The smallest schedule found for which `fails` still holds: rules are left out, then faults and
    /// conditions of rules, then numbers are lowered.
    ///
    /// `fails` is asked up to 1,000 times and must give the same answer to the same schedule; what is left
    /// cannot be made smaller by any one of these steps, unless the tries were too few. A schedule for
    /// which it does not hold to begin with comes back unchanged.
    ///
    /// ```
    /// use snowflake_sim::Schedule;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// let schedule: Schedule = "login: delay 2s\nquery nth 7: slice 3, lose-response\npart: reset".parse()?;
    /// let smallest = schedule.shrink(async |schedule| schedule.to_string().contains("lose-response")).await;
    /// assert_eq!(smallest.to_string(), "query times 1: lose-response\n");
    /// # Ok::<(), snowflake_sim::ScheduleError>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Cancellation
    ///
    /// Nothing is left of it when it is dropped.
    pub async fn shrink<F, Fut>(self, fails: F) -> Self
    where
        F: FnMut(Self) -> Fut,
        Fut: Future<Output = bool>,
    {
        let mut shrinking = Shrinking { rules: self.rules().to_vec(), fails, tries: 0 };
        if shrinking.holds_for(shrinking.rules.clone()).await {
            while shrinking.without_rules().await | shrinking.with_smaller_rules().await {}
        }
        Self::new(shrinking.rules)
    }
}

struct Shrinking<F> {
    /// The smallest that fails so far.
    rules: Vec<Rule>,
    fails: F,
    tries: usize,
}

impl<F, Fut> Shrinking<F>
where
    F: FnMut(Schedule) -> Fut,
    Fut: Future<Output = bool>,
{
    async fn holds_for(&mut self, rules: Vec<Rule>) -> bool {
        self.tries += 1;
        self.tries <= MAX_TRIES && (self.fails)(Schedule::new(rules)).await
    }

    /// Takes fewer rules for the smallest if they still fail.
    async fn keeps(&mut self, rules: Vec<Rule>) -> bool {
        let kept = self.holds_for(rules.clone()).await;
        if kept {
            self.rules = rules;
        }
        kept
    }

    /// Leaves out runs of rules, long ones first; whether that made the schedule smaller.
    async fn without_rules(&mut self) -> bool {
        let before = self.rules.len();
        let mut length = self.rules.len().div_ceil(2);
        while length > 0 {
            let mut at = 0;
            while at < self.rules.len() {
                let end = (at + length).min(self.rules.len());
                let mut rules = self.rules.clone();
                rules.drain(at..end);
                if !self.keeps(rules).await {
                    at = end;
                }
            }
            length /= 2;
        }
        self.rules.len() < before
    }

    /// Makes the rules smaller one by one; whether that succeeded with any.
    async fn with_smaller_rules(&mut self) -> bool {
        let mut progress = false;
        for index in 0..self.rules.len() {
            while self.with_smaller_rule(index).await {
                progress = true;
            }
        }
        progress
    }

    async fn with_smaller_rule(&mut self, index: usize) -> bool {
        for smaller in smaller::rules(&self.rules[index]) {
            let mut rules = self.rules.clone();
            rules[index] = smaller;
            if self.keeps(rules).await {
                return true;
            }
        }
        false
    }
}
