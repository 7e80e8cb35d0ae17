//! Rules and faults that are a little less than a given one.

use std::time::Duration;

use super::super::rule::Rule;
use super::super::verb::{Action, ArrowDamage, Gzip};

/// The same rule with one thing less or one number lower, the greatest steps first.
pub(super) fn rules(rule: &Rule) -> Vec<Rule> {
    let mut smaller = Vec::new();
    let mut change = |change: &dyn Fn(&mut Rule)| {
        let mut changed = rule.clone();
        change(&mut changed);
        smaller.push(changed);
    };
    if rule.actions.len() > 1 {
        for index in 0..rule.actions.len() {
            change(&|rule| drop(rule.actions.remove(index)));
        }
    }
    if rule.session.is_some() {
        change(&|rule| rule.session = None);
    }
    if rule.method.is_some() {
        change(&|rule| rule.method = None);
    }
    if rule.times.is_none() {
        change(&|rule| rule.times = Some(1));
    }
    for times in rule.times.into_iter().flat_map(|times| lower(times, 1)) {
        change(&|rule| rule.times = Some(times));
    }
    for nth in lower(rule.nth, 1) {
        change(&|rule| rule.nth = nth);
    }
    for (index, action) in rule.actions.iter().enumerate() {
        for action in actions(action) {
            change(&|rule| {
                if let Some(place) = rule.actions.get_mut(index) {
                    place.clone_from(&action);
                }
            });
        }
    }
    smaller
}

fn actions(action: &Action) -> Vec<Action> {
    let durations = |by: &Duration| {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        lower(millis, 1).into_iter().map(Duration::from_millis)
    };
    match action {
        Action::Delay(by) => durations(by).map(Action::Delay).collect(),
        Action::Answer { code, headers, body } if !headers.is_empty() || !body.is_empty() => {
            vec![Action::Answer { code: *code, headers: Vec::new(), body: bytes::Bytes::new() }]
        }
        Action::Reorder { others, at_most } => {
            let fewer = lower(*others, 1).into_iter();
            let fewer = fewer.map(|others| Action::Reorder { others, at_most: *at_most });
            let sooner = durations(at_most).map(|at_most| Action::Reorder { others: *others, at_most });
            fewer.chain(sooner).collect()
        }
        Action::ClockSkew { seconds } => {
            let lower = lower(seconds.unsigned_abs(), 1).into_iter().filter_map(|by| i64::try_from(by).ok());
            lower.map(|by| Action::ClockSkew { seconds: seconds.signum() * by }).collect()
        }
        Action::Cut { after, how } => {
            lower(*after, 0).into_iter().map(|after| Action::Cut { after, how: *how }).collect()
        }
        Action::FlipBit(bit) => lower(*bit, 0).into_iter().map(Action::FlipBit).collect(),
        Action::FlipBits { count, seed } => {
            let fewer = lower(*count, 1).into_iter();
            fewer.map(|count| Action::FlipBits { count, seed: *seed }).collect()
        }
        Action::Gzip(gzip) => gzips(*gzip).into_iter().map(Action::Gzip).collect(),
        Action::Arrow(ArrowDamage::CutAtMessage(count)) => lower(*count, 0)
            .into_iter()
            .map(|count| Action::Arrow(ArrowDamage::CutAtMessage(count)))
            .collect(),
        _ => Vec::new(),
    }
}

fn gzips(gzip: Gzip) -> Vec<Gzip> {
    match gzip {
        Gzip::Members(count) => lower(count, 1).into_iter().map(Gzip::Members).collect(),
        Gzip::Truncate(after) => lower(after, 0).into_iter().map(Gzip::Truncate).collect(),
        Gzip::Bomb(mebibytes) => lower(mebibytes, 1).into_iter().map(Gzip::Bomb).collect(),
        Gzip::NotGzip => Vec::new(),
    }
}

/// Lower numbers: the least, one half of the way there, and one less.
fn lower<N>(number: N, least: N) -> Vec<N>
where
    N: Copy
        + PartialOrd
        + From<u8>
        + std::ops::Add<Output = N>
        + std::ops::Sub<Output = N>
        + std::ops::Div<Output = N>,
{
    if number <= least {
        return Vec::new();
    }
    let mut lower = vec![least, least + (number - least) / N::from(2), number - N::from(1)];
    lower.dedup_by(|a, b| a == b);
    lower
}

#[cfg(test)]
mod tests {
    use super::lower;

    #[test]
    fn numbers_go_down_in_great_steps_first() {
        assert_eq!(lower(100_u32, 1), [1, 50, 99]);
        assert_eq!(lower(2_u64, 1), [1]);
        assert_eq!(lower(1_usize, 0), [0]);
        assert!(lower(0_usize, 0).is_empty() && lower(1_usize, 3).is_empty());
    }
}
