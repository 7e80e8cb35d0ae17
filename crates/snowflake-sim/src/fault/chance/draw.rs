//! Draws the rules of a random schedule.

use super::super::endpoint::Endpoint;
use super::super::rule::Rule;
use super::super::schedule::Schedule;
use super::super::verb::{Action, Cut, Gzip, Verb};
use super::allowance::{Allowance, Cost};
use super::arguments::actions;
use super::dice::Dice;
use super::mix::{Bounds, Mix};

impl Schedule {
    /// The schedule of a seed: the same everywhere for the same mix.
    pub fn random(seed: u64, mix: &Mix) -> Self {
        let mut dice = Dice::new(seed);
        let mut allowance = Allowance::default();
        let rules = (0..mix.rules()).filter_map(|_| rule(&mut dice, mix, &mut allowance));
        Self::new(rules.collect())
    }
}

/// One rule; `None` if a client could not be sure to survive one more.
fn rule(dice: &mut Dice, mix: &Mix, allowance: &mut Allowance) -> Option<Rule> {
    let endpoint = dice.weighted(&mix.endpoints)?;
    let mut verbs = mix.verbs.clone();
    verbs.retain(|(verb, _weight)| fits(mix.bounds, endpoint, *verb));
    let verb = dice.weighted(&verbs)?;
    let actions = actions(dice, mix.bounds, endpoint, verb)?;
    let nth = usize::try_from(dice.between(1, mix.expected(endpoint))).ok()?;
    let times = match mix.bounds {
        Bounds::Survivable => {
            let cost =
                actions.iter().map(|action| cost(endpoint, action)).find(|cost| *cost != Cost::Nothing);
            let wanted = dice.count(1, 2);
            Some(allowance.grant(cost.unwrap_or(Cost::Nothing), endpoint, wanted))
                .filter(|times| *times > 0)?
        }
        Bounds::Noticeable => dice.count(1, 4),
    };
    // One fault in ten never ends, where that may be.
    let endless = mix.bounds == Bounds::Noticeable && dice.between(1, 10) == 1;
    let rule = Rule::at(endpoint).nth(nth);
    let rule = if endless { rule } else { rule.times(times) };
    Some(actions.into_iter().fold(rule, Rule::action))
}

/// Whether a fault makes sense for a sort of requests, and is as bad as it may be at most.
fn fits(bounds: Bounds, endpoint: Endpoint, verb: Verb) -> bool {
    match bounds {
        Bounds::Survivable => is_survivable(endpoint, verb),
        Bounds::Noticeable => is_noticeable(endpoint, verb),
    }
}

fn is_survivable(endpoint: Endpoint, verb: Verb) -> bool {
    use Endpoint::{Abort, Any, Heartbeat, Login, Logout, Monitor, Part, Query, Result};
    // Calls that may be repeated although they were executed.
    let repeatable = matches!(endpoint, Query | Result | Monitor | Heartbeat | Part);
    match verb {
        Verb::Delay | Verb::Drip | Verb::Slice | Verb::Reorder => true,
        Verb::Status => !matches!(endpoint, Abort | Logout | Any),
        // An abort and a logout are courtesies with little time: nobody repeats them for long.
        Verb::Reset => !matches!(endpoint, Abort | Logout | Any),
        Verb::LoseResponse | Verb::Duplicate => repeatable,
        Verb::Cut | Verb::Gzip => repeatable && endpoint != Heartbeat,
        Verb::ExpireSession => repeatable && endpoint != Part,
        Verb::ExpireParts | Verb::FlipBit | Verb::FlipBits | Verb::Arrow => endpoint == Part,
        Verb::ClockSkew => !matches!(endpoint, Login | Any),
        _ => false,
    }
}

fn is_noticeable(endpoint: Endpoint, verb: Verb) -> bool {
    use Endpoint::{Any, Login, Monitor, Part, Query, Renew, Result, Storage};
    match verb {
        Verb::ExpireSession => !matches!(endpoint, Login | Renew | Part | Storage | Any),
        Verb::ExpireMaster => matches!(endpoint, Query | Renew),
        Verb::ExpireParts => endpoint == Part,
        Verb::ForgetResult => matches!(endpoint, Result | Part),
        Verb::ExpireStageCreds => endpoint == Storage,
        // A gzip'd part has a checksum; a wrong bit elsewhere nobody could notice.
        Verb::FlipBit | Verb::FlipBits => endpoint == Part,
        Verb::Arrow => matches!(endpoint, Part | Query | Result),
        Verb::Gzip | Verb::Replace => matches!(endpoint, Login | Query | Result | Monitor | Part),
        Verb::JsonSet | Verb::JsonRemove => matches!(endpoint, Login | Renew | Query | Result),
        Verb::Redirect | Verb::Duplicate | Verb::LoseResponse | Verb::Silence => endpoint != Any,
        _ => true,
    }
}

/// What it costs a client to get over a fault.
fn cost(endpoint: Endpoint, action: &Action) -> Cost {
    let part = endpoint == Endpoint::Part;
    match action {
        Action::Cut { how: Cut::Reset, .. } => Cost::Attempt,
        Action::Cut { how: Cut::Short, .. } if part => Cost::Attempt,
        Action::Gzip(Gzip::Members(_)) => Cost::Nothing,
        Action::Cut { .. } | Action::Gzip(_) if !part => Cost::SecondChance,
        Action::Cut { .. } | Action::Gzip(_) | Action::FlipBits { .. } | Action::Arrow(_) => Cost::Download,
        Action::Answer { .. } | Action::Reset | Action::LoseResponse => Cost::Attempt,
        Action::ExpireSession(_) => Cost::Renewal,
        Action::ExpireParts => Cost::Description,
        _ => Cost::Nothing,
    }
}
