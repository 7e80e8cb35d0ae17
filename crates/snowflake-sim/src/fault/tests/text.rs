//! What is written is what was read, and what cannot be read says where and why.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use snowflake_transport::Transport as _;

use super::{get, service};
use crate::fault::rule::Place;
use crate::fault::verb::Action;
use crate::fault::{
    ArrowDamage, Cut, Endpoint, Expiry, Fault, Gzip, Kept, Mix, Rule, Schedule, ScheduleError, Verb,
};

fn parse(text: &str) -> Result<Schedule, ScheduleError> {
    text.parse()
}

fn actions() -> impl Strategy<Value = Action> {
    let durations = (any::<u64>(), 0_u32..1_000_000_000).prop_map(|(s, n)| Duration::new(s, n));
    let headers = vec(("[a-z][a-z0-9-]{0,8}", any::<String>()), 0..3);
    let bodies = prop_oneof![vec(any::<u8>(), 0..9), any::<String>().prop_map(String::into_bytes)];
    let bodies = bodies.prop_map(Bytes::from).boxed();
    let cuts = select(vec![Cut::Clean, Cut::Short, Cut::Reset, Cut::Stall]);
    let values = prop_oneof![any::<i64>().prop_map(Value::from), any::<String>().prop_map(Value::from)];
    let values = prop_oneof![values, Just(json!({"a": [null, true, {"b, c": "#:"}]}))];
    let gzip = prop_oneof![
        any::<usize>().prop_map(Gzip::Members),
        any::<usize>().prop_map(Gzip::Truncate),
        any::<u32>().prop_map(Gzip::Bomb),
        Just(Gzip::NotGzip),
    ];
    let simple = select(vec![
        Action::Stall,
        Action::Reset,
        Action::ExpireSession(Expiry::InBody),
        Action::ExpireSession(Expiry::Unauthorized),
        Action::ExpireMaster,
        Action::ExpireParts,
        Action::ExpireStageCreds,
        Action::ForgetResult,
        Action::LoseResponse,
        Action::Silence,
        Action::Duplicate(Kept::First),
        Action::Duplicate(Kept::Second),
        Action::Arrow(ArrowDamage::DropLastRow),
        Action::Arrow(ArrowDamage::RepeatLastRow),
        Action::Arrow(ArrowDamage::NoEnd),
        Action::Arrow(ArrowDamage::OtherType),
        Action::Arrow(ArrowDamage::NoScale),
        Action::Arrow(ArrowDamage::ExtraColumn),
    ]);
    let numbers = prop_oneof![
        any::<u32>().prop_map(|per_second| Action::Drip { per_second }),
        any::<usize>().prop_map(|at_most| Action::Slice { at_most }),
        any::<usize>().prop_map(Action::FlipBit),
        (any::<usize>(), any::<u64>()).prop_map(|(count, seed)| Action::FlipBits { count, seed }),
        (any::<usize>(), cuts).prop_map(|(after, how)| Action::Cut { after, how }),
        (-i64::MAX..=i64::MAX).prop_map(|seconds| Action::ClockSkew { seconds }),
        any::<usize>().prop_map(|count| Action::Arrow(ArrowDamage::CutAtMessage(count))),
        any::<u8>().prop_map(|scale| Action::Arrow(ArrowDamage::Scale(scale))),
        gzip.prop_map(Action::Gzip),
        durations.clone().prop_map(Action::Delay),
        (any::<u64>(), durations).prop_map(|(others, at_most)| Action::Reorder { others, at_most }),
    ];
    let texts = prop_oneof![
        (100_u16..1000, headers, bodies.clone()).prop_map(|(code, headers, body)| Action::Answer {
            code,
            headers,
            body
        }),
        (100_u16..1000, any::<String>()).prop_map(|(code, location)| Action::Redirect { code, location }),
        bodies.prop_map(Action::Replace),
        (any::<String>(), values).prop_map(|(pointer, value)| Action::JsonSet { pointer, value }),
        any::<String>().prop_map(|pointer| Action::JsonRemove { pointer }),
    ];
    prop_oneof![simple, numbers, texts]
}

fn rules() -> impl Strategy<Value = Rule> {
    let endpoints = select(Endpoint::WORDS.map(|(endpoint, _)| endpoint).to_vec());
    let places = prop_oneof![
        endpoints.prop_map(Place::Endpoint),
        "/[ -~]{0,12}".prop_map(Place::Prefix),
        any::<String>().prop_map(Place::Prefix),
    ];
    let method = proptest::option::of(select(vec![Method::GET, Method::from_bytes(b"X-Y").unwrap()]));
    let session = proptest::option::of(1_usize..);
    let times = proptest::option::of(any::<usize>());
    (places, method, session, 1_usize.., times, vec(actions(), 1..4)).prop_map(
        |(place, method, session, nth, times, actions)| {
            let mut rule = actions.into_iter().fold(Rule::to(place), Rule::action);
            (rule.method, rule.session, rule.nth, rule.times) = (method, session, nth, times);
            rule
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_what_it_was(rules in vec(rules(), 0..4)) {
        let schedule = Schedule::new(rules);
        let written = schedule.to_string();
        let read = parse(&written).unwrap();
        prop_assert_eq!(read.to_string(), &*written);
        prop_assert_eq!(read.rules().len(), schedule.rules().len());
        for (read, rule) in read.rules().iter().zip(schedule.rules()) {
            prop_assert_eq!(&read.place, &rule.place);
            prop_assert_eq!((&read.method, read.session, read.nth, read.times), (&rule.method, rule.session, rule.nth, rule.times));
            prop_assert_eq!(read.actions.len(), rule.actions.len());
        }
    }

    #[test]
    fn random_schedules_are_read_as_they_are_written(seed: u64) {
        let written = Schedule::random(seed, &Mix::everything().with_rate(40)).to_string();
        prop_assert_eq!(parse(&written).unwrap().to_string(), written);
    }

    #[test]
    fn no_text_makes_the_parser_fail_otherwise_than_with_an_error(text: String, seed: u64, cut in 0_usize..400) {
        let _whatever = parse(&text);
        let written = Schedule::random(seed, &Mix::everything()).to_string();
        let end = written.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(written.len());
        let _whatever = parse(&written[..end]);
    }
}

#[test]
fn every_verb_can_be_written_and_read() {
    let examples = "status 503, redirect 307 \"/x\", delay 2s, reset, stall, lose-response, silence, duplicate first, \
        reorder 2 within 5s, cut 1 clean, drip 1, slice 1, flip-bit 1, flip-bits 3 seed 7, replace \"x\", \
        json-set \"/a\" 5, json-remove \"/a\", gzip bomb 1, arrow scale 4, clock-skew -900s, expire-session, \
        expire-master, expire-parts, expire-stage-creds, forget-result";
    for (_verb, word) in Verb::WORDS {
        assert!(examples.contains(word), "{word} has no example");
    }
    let schedule = parse(&format!("any: {examples}")).unwrap();
    assert_eq!(schedule.rules()[0].actions.len(), Verb::WORDS.len());
    assert_eq!(schedule.to_string(), format!("any: {examples}\n"));
}

#[test]
fn short_words_and_comments_are_understood() {
    let text = "# nothing but words\n\n  part :truncate 5,fin 6 , reset 7, stall 8 # at last\nany: json-set /a {\"b\": [1, 2]}, replace \"# no comment\"\n/a:b nth 2: reset\r\n";
    let expected = "part: cut 5 short, cut 6 clean, cut 7 reset, cut 8 stall\n\
        any: json-set \"/a\" {\"b\":[1,2]}, replace \"# no comment\"\n\
        \"/a:b\" nth 2: reset\n";
    assert_eq!(parse(text).unwrap().to_string(), expected);
}

#[test]
fn errors_say_where_and_what_would_be_right() {
    let error = parse("query: reset\n  result nth 2 time 1: reset").unwrap_err();
    assert_eq!((error.line(), error.column()), (2, 16));
    let expected = "line 2, column 16: expected method, session, nth, times, or a colon and what goes wrong, found `time`";
    assert_eq!(error.to_string(), expected);
    for (text, column, expected, found) in [
        ("quary: reset", 1, "one of login, renew", "`quary:`"),
        ("query: explode", 8, "one of delay, stall", "`explode`"),
        ("query:", 7, "one of delay, stall", "the end"),
        ("query", 6, "a colon", "the end"),
        ("query: delay 2", 14, "a duration such as 200ms or 2s", "`2`"),
        ("query: status 99", 15, "a status from 100 to 999", "`99`"),
        ("query nth 0: reset", 11, "the number of a request, from 1", "`0:`"),
        ("query: cut -1 clean", 12, "a number of bytes", "`-1`"),
        ("query: cut 1", 13, "clean, short, reset or stall", "the end"),
        ("query: drip 4294967296", 13, "a number of bytes per second", "`4294967296`"),
        ("query: reset stall", 14, "a comma and another fault", "`stall`"),
        ("query: reorder 2 by 5s", 18, "within", "`by`"),
        ("query: replace x", 16, "a text in quotes", "`x`"),
        ("query: json-set /a b", 20, "a value in JSON", "`b`"),
        ("query: status 200 body base64 \"?\"", 31, "bytes in base64", "`\"?\"`"),
        ("ä é: reset", 1, "the beginning of a path", "`ä`"),
        ("query: reset, é", 15, "one of delay", "`é`"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!((error.line(), error.column()), (1, column), "{text}: {error}");
        assert!(error.to_string().contains(expected), "{text}: {error}");
        assert!(error.to_string().ends_with(&format!("found {found}")), "{text}: {error}");
    }
}

#[tokio::test]
async fn a_schedule_does_what_it_says() {
    let schedule = parse("/data nth 2 times 1: status 503 body \"later\"\nany: json-set /rows 5").unwrap();
    let fault = Fault::new(service()).schedule(&schedule);
    let mut answers = Vec::new();
    for _ in 0..3 {
        answers.push(super::text(fault.send(get("/data")).await.unwrap()).await.unwrap());
    }
    assert_eq!(answers, [r#"{"rows":5}"#, "later", r#"{"rows":5}"#]);
    assert_eq!(fault.hits(), [1, 2]);
    assert!(schedule.rules().iter().all(|rule| rule.hits() == 0), "the schedule itself is not used up");
}
