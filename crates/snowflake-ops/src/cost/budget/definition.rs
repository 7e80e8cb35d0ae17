//! What may be used, by whom, in which time.

use super::burn::BurnRate;
use super::period::BudgetPeriod;
use super::spend::{Spend, Spender};
use crate::error::{ConfigurationSnafu, Result};

/// Credits that may be used in every period, and when somebody is to be told.
///
/// ```
/// use snowflake_ops::{Budget, BudgetPeriod, BudgetScope};
///
/// let budget = Budget::new("etl", 200.0, BudgetPeriod::Month)
///     .with_scope(BudgetScope::Warehouse("ETL_WH".to_owned()))
///     .with_thresholds([0.8, 1.0]);
/// assert_eq!(budget.thresholds, [0.8, 1.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Budget {
    /// Its name, by which alerts are told apart.
    pub name: String,
    /// The credits of one period.
    pub credits: f64,
    /// The period.
    pub period: BudgetPeriod,
    /// Whose credits count.
    pub scope: BudgetScope,
    /// The parts of the credits at which to tell: half, four fifths and all of them, unless set.
    pub thresholds: Vec<f64>,
    /// The rules for credits that go too fast: four times for a day or twice for three days, unless set.
    pub burn_rates: Vec<BurnRate>,
    /// Whether to tell when the forecast exceeds the credits.
    pub forecast: bool,
}

/// Whose credits count against a budget.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BudgetScope {
    /// Those of all warehouses. Serverless features are not in it.
    #[default]
    Account,
    /// Those of one warehouse, by its exact name, idle time included.
    Warehouse(String),
    /// Those of the statements that carried a query tag, without idle time.
    Tag(String),
}

impl Budget {
    /// So many credits in each period, of the whole account.
    #[must_use]
    pub fn new(name: impl Into<String>, credits: f64, period: BudgetPeriod) -> Self {
        Self {
            name: name.into(),
            credits,
            period,
            scope: BudgetScope::Account,
            thresholds: vec![0.5, 0.8, 1.0],
            burn_rates: BurnRate::DEFAULT.to_vec(),
            forecast: true,
        }
    }

    /// Counts only what these use.
    #[must_use]
    pub fn with_scope(mut self, scope: BudgetScope) -> Self {
        self.scope = scope;
        self
    }

    /// Tells at these parts of the credits: 1 is all of them.
    #[must_use]
    pub fn with_thresholds(mut self, thresholds: impl IntoIterator<Item = f64>) -> Self {
        self.thresholds = thresholds.into_iter().collect();
        self
    }

    /// Tells when credits go too fast by these rules.
    #[must_use]
    pub fn with_burn_rates(mut self, rules: impl IntoIterator<Item = BurnRate>) -> Self {
        self.burn_rates = rules.into_iter().collect();
        self
    }

    /// Chooses whether to tell when the forecast exceeds the credits.
    #[must_use]
    pub fn with_forecast(mut self, forecast: bool) -> Self {
        self.forecast = forecast;
        self
    }

    /// Whether the budget can work.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) that names what cannot: credits, a threshold or a factor that
    /// is not above zero, or an empty name.
    pub fn check(&self) -> Result<()> {
        let positive = |number: f64| number.is_finite() && number > 0.0;
        let wrong = if self.name.is_empty() {
            Some("its name is empty")
        } else if !positive(self.credits) {
            Some("its credits are not above zero")
        } else if !self.thresholds.iter().all(|threshold| positive(*threshold)) {
            Some("a threshold is not above zero")
        } else if !self.burn_rates.iter().all(|rule| positive(rule.factor) && !rule.short.is_zero()) {
            Some("a burn rate has a factor that is not above zero, or an empty window")
        } else {
            None
        };
        match wrong {
            Some(wrong) => {
                ConfigurationSnafu { message: format!("the budget {:?} cannot work: {wrong}", self.name) }
                    .fail()?
            }
            None => Ok(()),
        }
    }

    pub(super) fn counts(&self, spend: &Spend) -> bool {
        match (&self.scope, &spend.spender) {
            (BudgetScope::Account, Spender::Warehouse(_)) => true,
            (BudgetScope::Warehouse(wanted), Spender::Warehouse(name)) => wanted == name,
            (BudgetScope::Tag(wanted), Spender::Tag(tag)) => wanted == tag,
            _ => false,
        }
    }
}
