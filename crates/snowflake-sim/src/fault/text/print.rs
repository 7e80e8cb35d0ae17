//! Writes rules in the words in which they are read.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::super::rule::{Place, Rule};
use super::super::verb::{Action, ArrowDamage, Cut, Expiry, Gzip, Kept};
use super::duration;

/// What stands for a condition or a change that only code can say: it cannot be read again.
const CODE: &str = "(code)";

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        condition(self, f)?;
        faults(self, f, |action, f| write!(f, "{action}"))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Rule(")?;
        condition(self, f)?;
        faults(self, f, |action, f| write!(f, "{action:?}"))?;
        f.write_str(")")
    }
}

fn condition(rule: &Rule, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}", rule.place)?;
    if let Some(method) = &rule.method {
        write!(f, " method {method}")?;
    }
    if let Some(session) = rule.session {
        write!(f, " session {session}")?;
    }
    if rule.condition.is_some() {
        write!(f, " when {CODE}")?;
    }
    if rule.nth != 1 {
        write!(f, " nth {}", rule.nth)?;
    }
    rule.times.map_or(Ok(()), |times| write!(f, " times {times}"))
}

fn faults(
    rule: &Rule,
    f: &mut fmt::Formatter<'_>,
    show: impl Fn(&Action, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    for (index, action) in rule.actions.iter().enumerate() {
        f.write_str(if index == 0 { ": " } else { ", " })?;
        show(action, f)?;
    }
    Ok(())
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | ':' | ',' | '#');
        match self {
            Self::Endpoint(endpoint) => f.write_str(endpoint.as_str()),
            Self::Prefix(prefix) if prefix.starts_with('/') && prefix.chars().all(plain) => {
                f.write_str(prefix)
            }
            Self::Prefix(prefix) => f.write_str(&quoted(prefix)),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(by) => write!(f, "delay {}", duration::format(*by)),
            Self::Stall => f.write_str("stall"),
            Self::Reset => f.write_str("reset"),
            Self::Answer { code, headers, body } => answer(f, *code, headers, body),
            Self::Redirect { code, location } => write!(f, "redirect {code} {}", quoted(location)),
            Self::ExpireSession(Expiry::InBody) => f.write_str("expire-session"),
            Self::ExpireSession(Expiry::Unauthorized) => f.write_str("expire-session 401"),
            Self::ExpireMaster => f.write_str("expire-master"),
            Self::ExpireParts => f.write_str("expire-parts"),
            Self::ExpireStageCreds => f.write_str("expire-stage-creds"),
            Self::ForgetResult => f.write_str("forget-result"),
            Self::LoseResponse => f.write_str("lose-response"),
            Self::Silence => f.write_str("silence"),
            Self::Duplicate(Kept::First) => f.write_str("duplicate first"),
            Self::Duplicate(Kept::Second) => f.write_str("duplicate second"),
            Self::Reorder { others, at_most } => {
                write!(f, "reorder {others} within {}", duration::format(*at_most))
            }
            Self::ClockSkew { seconds } => write!(f, "clock-skew {}", skew(*seconds)),
            Self::Cut { after, how } => write!(f, "cut {after} {}", cut(*how)),
            Self::Drip { per_second } => write!(f, "drip {per_second}"),
            Self::Slice { at_most } => write!(f, "slice {at_most}"),
            Self::FlipBit(bit) => write!(f, "flip-bit {bit}"),
            Self::FlipBits { count, seed } => write!(f, "flip-bits {count} seed {seed}"),
            Self::Replace(body) => write!(f, "replace {}", bytes(body)),
            Self::JsonSet { pointer, value } => write!(f, "json-set {} {value}", quoted(pointer)),
            Self::JsonRemove { pointer } => write!(f, "json-remove {}", quoted(pointer)),
            Self::PatchJson(_) => write!(f, "json {CODE}"),
            Self::Gzip(gzip) => write!(f, "gzip {gzip}"),
            Self::Arrow(damage) => write!(f, "arrow {damage}"),
        }
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers, bodies and addresses may hold tokens.
        match self {
            Self::Answer { code, .. } => write!(f, "status {code}"),
            Self::Redirect { code, .. } => write!(f, "redirect {code}"),
            Self::Replace(body) => write!(f, "replace ({} bytes)", body.len()),
            Self::JsonSet { pointer, .. } => write!(f, "json-set {}", quoted(pointer)),
            _ => write!(f, "{self}"),
        }
    }
}

impl fmt::Display for Gzip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Members(count) => write!(f, "members {count}"),
            Self::Truncate(after) => write!(f, "truncate {after}"),
            Self::Bomb(mebibytes) => write!(f, "bomb {mebibytes}"),
            Self::NotGzip => f.write_str("not-gzip"),
        }
    }
}

impl fmt::Display for ArrowDamage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropLastRow => f.write_str("drop-last-row"),
            Self::RepeatLastRow => f.write_str("repeat-last-row"),
            Self::CutAtMessage(count) => write!(f, "cut-at-message {count}"),
            Self::NoEnd => f.write_str("no-end"),
            Self::OtherType => f.write_str("other-type"),
            Self::Scale(scale) => write!(f, "scale {scale}"),
            Self::NoScale => f.write_str("no-scale"),
            Self::ExtraColumn => f.write_str("extra-column"),
        }
    }
}

fn answer(f: &mut fmt::Formatter<'_>, code: u16, headers: &[(String, String)], body: &Bytes) -> fmt::Result {
    write!(f, "status {code}")?;
    for (name, value) in headers {
        write!(f, " header {name} {}", quoted(value))?;
    }
    if body.is_empty() { Ok(()) } else { write!(f, " body {}", bytes(body)) }
}

fn cut(how: Cut) -> &'static str {
    match how {
        Cut::Clean => "clean",
        Cut::Short => "short",
        Cut::Reset => "reset",
        Cut::Stall => "stall",
    }
}

fn skew(seconds: i64) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    format!("{sign}{}", duration::format(Duration::from_secs(seconds.unsigned_abs())))
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn bytes(body: &Bytes) -> String {
    match std::str::from_utf8(body) {
        Ok(text) => quoted(text),
        Err(_binary) => format!("base64 {}", quoted(&STANDARD.encode(body))),
    }
}
