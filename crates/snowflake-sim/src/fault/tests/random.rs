//! Random schedules are the same for the same seed, and as bad as their mix allows.

use std::collections::{BTreeSet, HashMap};

use crate::fault::rule::Place;
use crate::fault::verb::Action;
use crate::fault::{Cut, Endpoint, Mix, Schedule, Verb};

fn schedules(mix: &Mix) -> impl Iterator<Item = Schedule> {
    (0..500).map(|seed| Schedule::random(seed, mix))
}

fn endpoint(rule: &crate::fault::Rule) -> Endpoint {
    match rule.place {
        Place::Endpoint(endpoint) => endpoint,
        Place::Prefix(_) => panic!("random rules are about endpoints"),
    }
}

/// The words of all verbs that occur.
fn words(mix: &Mix) -> BTreeSet<&'static str> {
    let drawn: Vec<String> = schedules(mix)
        .flat_map(|schedule| {
            schedule
                .rules()
                .iter()
                .flat_map(|rule| rule.actions.iter().map(ToString::to_string).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
        .collect();
    let first = |text: &String| text.split(' ').next().unwrap_or_default().to_owned();
    let drawn: BTreeSet<String> = drawn.iter().map(first).collect();
    Verb::WORDS.iter().map(|(_verb, word)| *word).filter(|word| drawn.contains(*word)).collect()
}

#[test]
fn a_seed_gives_the_same_schedule_everywhere() {
    let mix = Mix::everything().with_requests(30);
    let expected = "storage times 2: status 408\nrenew times 3: json-remove \"/success\"\nany nth 19 times 1: status 502\n";
    assert_eq!(Schedule::random(42, &mix).to_string(), expected);
    assert_ne!(Schedule::random(43, &mix).to_string(), expected);
}

#[test]
fn everything_holds_every_verb_that_can_be_noticed() {
    let all: BTreeSet<_> = Verb::WORDS.iter().map(|(_verb, word)| *word).collect();
    let missing: Vec<_> = all.difference(&words(&Mix::everything())).copied().collect();
    assert_eq!(missing, ["flip-bit"], "it is drawn as flip-bits, behind a checksum");
}

#[test]
fn mild_faults_only_cost_time() {
    let words = words(&Mix::mild());
    assert_eq!(words.into_iter().collect::<Vec<_>>(), ["delay", "drip", "reorder", "slice"]);
}

#[test]
fn a_mix_can_be_changed() {
    let only = Mix::mild().with_verb(Verb::Delay, 0).with_verb(Verb::Drip, 0).with_verb(Verb::Reorder, 0);
    assert_eq!(words(&only).into_iter().collect::<Vec<_>>(), ["slice"]);
    let fatal = Mix::mild().with_verb(Verb::ForgetResult, 1000);
    assert!(!words(&fatal).contains("forget-result"), "what cannot be survived stays out");
    let mix = Mix::everything().with_endpoint(Endpoint::Query, 0);
    for schedule in schedules(&mix) {
        assert!(schedule.rules().iter().all(|rule| endpoint(rule) != Endpoint::Query));
    }
    let mix = Mix::everything().with_requests(200).with_rate(5);
    assert_eq!(Schedule::random(1, &mix).rules().len(), 10);
    assert!(Schedule::random(1, &mix.with_rate(0)).rules().is_empty());
}

#[test]
fn what_must_be_survived_stays_within_what_a_client_can_repeat() {
    let mix = Mix::survivable().with_requests(200).with_rate(50);
    for schedule in schedules(&mix) {
        let mut attempts: HashMap<Endpoint, usize> = HashMap::new();
        let (mut renewals, mut descriptions) = (0, 0);
        for rule in schedule.rules() {
            let times = rule.times.expect("each is bounded");
            for action in &rule.actions {
                match action {
                    Action::Answer { code, .. } => {
                        assert!(matches!(code, 408 | 429 | 500..600), "{rule:?}");
                        *attempts.entry(endpoint(rule)).or_default() += times;
                    }
                    Action::Reset | Action::LoseResponse => {
                        *attempts.entry(endpoint(rule)).or_default() += times
                    }
                    Action::Cut { how, .. } => {
                        assert_ne!(*how, Cut::Stall, "{rule:?}");
                        *attempts.entry(endpoint(rule)).or_default() += times;
                    }
                    Action::ExpireSession(_) => renewals += times,
                    Action::ExpireParts => descriptions += times,
                    Action::Stall | Action::Silence | Action::ForgetResult | Action::ExpireMaster => {
                        panic!("{rule:?} cannot be survived");
                    }
                    _ => {}
                }
            }
            assert!(
                endpoint(rule) != Endpoint::Login
                    || !matches!(rule.actions[0], Action::LoseResponse | Action::Duplicate(_)),
                "a second login opens a second session"
            );
        }
        assert!(attempts.values().all(|attempts| *attempts <= 6), "{schedule}");
        assert!(renewals <= 1 && descriptions <= 1, "{schedule}");
    }
}

#[test]
fn damage_is_drawn_only_where_it_can_be_noticed() {
    for schedule in schedules(&Mix::everything().with_rate(50)) {
        for rule in schedule.rules() {
            if rule
                .actions
                .iter()
                .any(|action| matches!(action, Action::FlipBits { .. } | Action::FlipBit(_)))
            {
                assert!(matches!(rule.actions[0], Action::Gzip(_)), "{rule:?} has no checksum");
                assert_eq!(endpoint(rule), Endpoint::Part);
            }
        }
    }
}
