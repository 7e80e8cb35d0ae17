//! Draws what a verb needs to be told.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::endpoint::Endpoint;
use super::super::verb::{Action, ArrowDamage, Cut, Expiry, Gzip, Kept, Verb};
use super::dice::Dice;
use super::mix::Bounds;

const LATER: [u16; 6] = [408, 429, 500, 502, 503, 504];
const NEVER: [u16; 4] = [400, 401, 403, 404];
/// Bodies of somebody other than the service.
const STRANGE: [&str; 5] = ["<html><body>Sign in to this network</body></html>", "", "null", "[]", "{"];
const ELSEWHERE: [&str; 3] = ["/elsewhere", "https://elsewhere.example.com/", "file:///etc/hostname"];
const REMOVED_FROM_ANSWERS: [&str; 6] = [
    "/success",
    "/data/total",
    "/data/chunks",
    "/data/chunks/0",
    "/data/chunks/0/rowCount",
    "/data/queryResultFormat",
];

/// What befalls a request by a verb; `None` if the verb has nothing for requests of this sort.
pub(super) fn actions(
    dice: &mut Dice,
    bounds: Bounds,
    endpoint: Endpoint,
    verb: Verb,
) -> Option<Vec<Action>> {
    let survivable = bounds == Bounds::Survivable;
    let action = match verb {
        Verb::Delay => Action::Delay(delay(dice, survivable)),
        Verb::Stall => Action::Stall,
        Verb::Reset => Action::Reset,
        Verb::Status => status(dice, survivable)?,
        Verb::Redirect => {
            Action::Redirect { code: dice.one(&[302, 307, 308])?, location: dice.one(&ELSEWHERE)?.into() }
        }
        Verb::ExpireSession => Action::ExpireSession(dice.one(&[Expiry::InBody, Expiry::Unauthorized])?),
        Verb::ExpireMaster => Action::ExpireMaster,
        Verb::ExpireParts => Action::ExpireParts,
        Verb::ExpireStageCreds => Action::ExpireStageCreds,
        Verb::ForgetResult => Action::ForgetResult,
        Verb::LoseResponse => Action::LoseResponse,
        Verb::Silence => Action::Silence,
        Verb::Duplicate => Action::Duplicate(dice.one(&[Kept::First, Kept::Second])?),
        Verb::Reorder => Action::Reorder {
            others: dice.between(1, 3),
            at_most: Duration::from_millis(dice.between(1, 2000)),
        },
        Verb::ClockSkew => {
            let seconds = dice.one(&[900, 315_360_000])?;
            Action::ClockSkew { seconds: if dice.between(0, 1) == 0 { -seconds } else { seconds } }
        }
        Verb::Cut => cut(dice, survivable)?,
        Verb::Drip => drip(dice, survivable),
        Verb::Slice => Action::Slice { at_most: dice.count(1, 500) },
        Verb::FlipBit | Verb::FlipBits => {
            let flips = Action::FlipBits { count: dice.count(1, 3), seed: dice.seed() };
            return Some(vec![Action::Gzip(Gzip::Members(1)), flips]);
        }
        Verb::Replace => Action::Replace(Bytes::from_static(dice.one(&STRANGE)?.as_bytes())),
        Verb::JsonSet => json_set(dice, endpoint)?,
        Verb::JsonRemove => Action::JsonRemove { pointer: removed(dice, endpoint)?.into() },
        Verb::Gzip => Action::Gzip(gzip(dice, survivable)),
        Verb::Arrow => Action::Arrow(arrow(dice)?),
    };
    Some(vec![action])
}

fn delay(dice: &mut Dice, survivable: bool) -> Duration {
    match survivable {
        true => Duration::from_millis(dice.between(1, 2000)),
        // Now and then longer than anybody waits.
        false if dice.between(1, 10) == 1 => Duration::from_secs(600),
        false => Duration::from_millis(dice.between(1, 60_000)),
    }
}

fn status(dice: &mut Dice, survivable: bool) -> Option<Action> {
    let never = !survivable && dice.between(1, 4) == 1;
    let code = dice.one(if never { &NEVER[..] } else { &LATER[..] })?;
    let wait = (dice.between(1, 4) == 1).then(|| dice.between(0, 2).to_string());
    let headers = wait.map(|seconds| ("retry-after".to_owned(), seconds)).into_iter().collect();
    Some(Action::Answer { code, headers, body: Bytes::new() })
}

fn cut(dice: &mut Dice, survivable: bool) -> Option<Action> {
    let ends = [Cut::Clean, Cut::Short, Cut::Reset, Cut::Stall];
    let how = dice.one(if survivable { &ends[..3] } else { &ends[..] })?;
    Some(Action::Cut { after: dice.count(0, 300), how })
}

fn drip(dice: &mut Dice, survivable: bool) -> Action {
    let least = if survivable { 1 << 20 } else { 1 << 10 };
    let drawn = dice.between(least, 4 << 20);
    Action::Drip { per_second: u32::try_from(drawn).unwrap_or(u32::MAX) }
}

fn gzip(dice: &mut Dice, survivable: bool) -> Gzip {
    match dice.between(0, if survivable { 2 } else { 4 }) {
        0 | 1 => Gzip::Members(dice.count(1, 4)),
        2 => Gzip::Truncate(dice.count(0, 300)),
        3 => Gzip::Bomb(u32::try_from(dice.between(1, 8)).unwrap_or(1)),
        _ => Gzip::NotGzip,
    }
}

fn arrow(dice: &mut Dice) -> Option<ArrowDamage> {
    let messages = dice.count(0, 2);
    let scale = u8::try_from(dice.between(0, 37)).ok()?;
    dice.one(&[
        ArrowDamage::DropLastRow,
        ArrowDamage::RepeatLastRow,
        ArrowDamage::CutAtMessage(messages),
        ArrowDamage::NoEnd,
        ArrowDamage::OtherType,
        ArrowDamage::Scale(scale),
        ArrowDamage::NoScale,
        ArrowDamage::ExtraColumn,
    ])
}

/// Values that no service sends, and that a client can tell from those it does.
fn json_set(dice: &mut Dice, endpoint: Endpoint) -> Option<Action> {
    let (pointer, value): (&str, Value) = match endpoint {
        Endpoint::Login => match dice.between(0, 2) {
            0 => ("/data/token", json!(7)),
            1 => ("/data/validityInSeconds", json!(-1)),
            _ => ("/data/sessionId", json!("none")),
        },
        Endpoint::Renew => ("/data/sessionToken", json!("")),
        _ => match dice.between(0, 5) {
            0 => ("/success", json!("yes")),
            1 => ("/data/total", json!(1_u64 << 53)),
            2 => ("/data/chunks/0/rowCount", json!(0)),
            3 => ("/data/chunks/0/rowCount", json!(-3)),
            4 => ("/data/chunks/0/url", json!("file:///etc/hostname")),
            _ => ("/data/queryId", json!("../../session")),
        },
    };
    Some(Action::JsonSet { pointer: pointer.into(), value })
}

fn removed(dice: &mut Dice, endpoint: Endpoint) -> Option<&'static str> {
    match endpoint {
        Endpoint::Login => dice.one(&["/data", "/data/token", "/data/masterToken", "/success"]),
        Endpoint::Renew => dice.one(&["/data", "/data/sessionToken", "/success"]),
        _ => dice.one(&REMOVED_FROM_ANSWERS),
    }
}
