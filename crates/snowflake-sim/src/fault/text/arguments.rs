//! Reads one fault: its verb and what the verb needs to be told.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::super::verb::{Action, ArrowDamage, Cut, Expiry, Gzip, Kept, Verb};
use super::cursor::Cursor;
use super::duration;
use super::error::ScheduleError;
use super::rule::verb;

type Result<T> = std::result::Result<T, ScheduleError>;

const BYTES: &str = "a number of bytes";
const DURATION: &str = "a duration such as 200ms or 2s";

pub(super) fn action(cursor: &mut Cursor<'_>) -> Result<Action> {
    for (word, how) in [("truncate", Cut::Short), ("fin", Cut::Clean)] {
        if cursor.take_word(word) {
            return Ok(Action::Cut { after: cursor.number(BYTES)?, how });
        }
    }
    Ok(match verb(cursor)? {
        Verb::Delay => Action::Delay(cursor.read(DURATION, duration::parse)?),
        Verb::Stall => after_bytes(cursor, Cut::Stall)?.unwrap_or(Action::Stall),
        Verb::Reset => after_bytes(cursor, Cut::Reset)?.unwrap_or(Action::Reset),
        Verb::Status => answer(cursor)?,
        Verb::Redirect => Action::Redirect { code: code(cursor)?, location: cursor.text()? },
        Verb::ExpireSession => Action::ExpireSession(expiry(cursor)),
        Verb::ExpireMaster => Action::ExpireMaster,
        Verb::ExpireParts => Action::ExpireParts,
        Verb::ExpireStageCreds => Action::ExpireStageCreds,
        Verb::ForgetResult => Action::ForgetResult,
        Verb::LoseResponse => Action::LoseResponse,
        Verb::Silence => Action::Silence,
        Verb::Duplicate => Action::Duplicate(kept(cursor)?),
        Verb::Reorder => reorder(cursor)?,
        Verb::ClockSkew => Action::ClockSkew { seconds: cursor.read("+ or - and a duration", seconds)? },
        Verb::Cut => Action::Cut { after: cursor.number(BYTES)?, how: cut(cursor)? },
        Verb::Drip => Action::Drip { per_second: cursor.number("a number of bytes per second")? },
        Verb::Slice => Action::Slice { at_most: cursor.number(BYTES)? },
        Verb::FlipBit => Action::FlipBit(cursor.number("the number of a bit, from 0")?),
        Verb::FlipBits => flip_bits(cursor)?,
        Verb::Replace => Action::Replace(bytes(cursor)?),
        Verb::JsonSet => Action::JsonSet { pointer: pointer(cursor)?, value: cursor.json()? },
        Verb::JsonRemove => Action::JsonRemove { pointer: pointer(cursor)? },
        Verb::Gzip => Action::Gzip(gzip(cursor)?),
        Verb::Arrow => Action::Arrow(arrow(cursor)?),
    })
}

/// `stall` and `reset` with a number befall the body, without one the request.
fn after_bytes(cursor: &mut Cursor<'_>, how: Cut) -> Result<Option<Action>> {
    if !cursor.peek().starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(None);
    }
    Ok(Some(Action::Cut { after: cursor.number(BYTES)?, how }))
}

fn answer(cursor: &mut Cursor<'_>) -> Result<Action> {
    let code = code(cursor)?;
    let mut headers = Vec::new();
    while cursor.take_word("header") {
        let name = cursor.read("the name of a header", |word| (!word.is_empty()).then(|| word.to_owned()))?;
        headers.push((name, cursor.text()?));
    }
    let body = if cursor.take_word("body") { bytes(cursor)? } else { Bytes::new() };
    Ok(Action::Answer { code, headers, body })
}

fn code(cursor: &mut Cursor<'_>) -> Result<u16> {
    let status = |word: &str| word.parse().ok().filter(|code| (100..1000).contains(code));
    cursor.read("a status from 100 to 999", status)
}

fn bytes(cursor: &mut Cursor<'_>) -> Result<Bytes> {
    if !cursor.take_word("base64") {
        return Ok(cursor.text()?.into());
    }
    let text = cursor.text()?;
    match STANDARD.decode(text) {
        Ok(bytes) => Ok(bytes.into()),
        Err(_) => Err(cursor.unexpected("bytes in base64")),
    }
}

fn expiry(cursor: &mut Cursor<'_>) -> Expiry {
    if cursor.take_word("401") { Expiry::Unauthorized } else { Expiry::InBody }
}

fn kept(cursor: &mut Cursor<'_>) -> Result<Kept> {
    cursor.read("first or second: which answer comes back", |word| match word {
        "first" => Some(Kept::First),
        "second" => Some(Kept::Second),
        _ => None,
    })
}

fn reorder(cursor: &mut Cursor<'_>) -> Result<Action> {
    let others = cursor.number("a number of other exchanges")?;
    cursor.read("within", |word| (word == "within").then_some(()))?;
    Ok(Action::Reorder { others, at_most: cursor.read(DURATION, duration::parse)? })
}

fn seconds(text: &str) -> Option<i64> {
    let (behind, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+')?),
    };
    let seconds = i64::try_from(duration::parse(text)?.as_secs()).ok()?;
    Some(if behind { -seconds } else { seconds })
}

fn cut(cursor: &mut Cursor<'_>) -> Result<Cut> {
    cursor.read("clean, short, reset or stall: how the body ends", |word| match word {
        "clean" => Some(Cut::Clean),
        "short" => Some(Cut::Short),
        "reset" => Some(Cut::Reset),
        "stall" => Some(Cut::Stall),
        _ => None,
    })
}

fn flip_bits(cursor: &mut Cursor<'_>) -> Result<Action> {
    let count = cursor.number("a number of bits")?;
    cursor.read("seed", |word| (word == "seed").then_some(()))?;
    Ok(Action::FlipBits { count, seed: cursor.number("a seed")? })
}

fn pointer(cursor: &mut Cursor<'_>) -> Result<String> {
    if cursor.at_quote() { cursor.text() } else { Ok(cursor.word().to_owned()) }
}

fn gzip(cursor: &mut Cursor<'_>) -> Result<Gzip> {
    Ok(match cursor.word() {
        "members" => Gzip::Members(cursor.number("a number of members")?),
        "truncate" => Gzip::Truncate(cursor.number(BYTES)?),
        "bomb" => Gzip::Bomb(cursor.number("a number of MiB")?),
        "not-gzip" => Gzip::NotGzip,
        _ => return Err(cursor.unexpected("members, truncate, bomb or not-gzip")),
    })
}

fn arrow(cursor: &mut Cursor<'_>) -> Result<ArrowDamage> {
    Ok(match cursor.word() {
        "drop-last-row" => ArrowDamage::DropLastRow,
        "repeat-last-row" => ArrowDamage::RepeatLastRow,
        "cut-at-message" => ArrowDamage::CutAtMessage(cursor.number("a number of messages")?),
        "no-end" => ArrowDamage::NoEnd,
        "other-type" => ArrowDamage::OtherType,
        "scale" => ArrowDamage::Scale(cursor.number("a scale")?),
        "no-scale" => ArrowDamage::NoScale,
        "extra-column" => ArrowDamage::ExtraColumn,
        _ => {
            return Err(cursor.unexpected(
                "drop-last-row, repeat-last-row, cut-at-message, no-end, other-type, scale, no-scale or \
                 extra-column",
            ));
        }
    })
}
