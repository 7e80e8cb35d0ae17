//! Texts that look like secrets, whatever field they are in.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::placeholder::is_placeholder;
use super::statement;

/// A part of a text that looks like a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    pub(super) what: &'static str,
}

/// A value shorter than this is no token, key or signature.
const SHORTEST: usize = 16;

/// Parameters of addresses and forms that hold secrets, in lower case.
const PARAMETERS: [&str; 13] = [
    "x-amz-signature",
    "x-amz-credential",
    "x-amz-security-token",
    "x-goog-signature",
    "x-goog-credential",
    "sig",
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "client_assertion",
    "onetimetoken",
    "samlresponse",
];

/// All parts of a text that look like secrets, in order and apart from each other.
///
/// Hashes, UUIDs and base64 alone do not: each sort has a mark of its own, such as its first letters or the
/// name in front of it.
pub(super) fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    pem_keys(text, &mut marks);
    snowflake_tokens(text, &mut marks);
    parameters(text, &mut marks);
    tokens(text, &mut marks);
    authorizations(text, &mut marks);
    statement::secrets(text, &mut marks);
    marks.sort_unstable_by_key(|mark| mark.range.start);
    let mut end = 0;
    marks.retain(|mark| {
        let is_apart = mark.range.start >= end;
        if is_apart {
            end = mark.range.end;
        }
        is_apart
    });
    marks
}

/// The places of a text in another, one behind the other, with what follows them.
fn anchors<'t>(text: &'t str, anchor: &'t str) -> impl Iterator<Item = (usize, &'t str)> {
    text.match_indices(anchor).filter_map(move |(at, _)| {
        let end = at + anchor.len();
        text.get(end..).map(|rest| (end, rest))
    })
}

fn run(text: &str, pass: impl Fn(char) -> bool) -> usize {
    text.find(|c| !pass(c)).unwrap_or(text.len())
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~+/=:%".contains(c)
}

/// `-----BEGIN … PRIVATE KEY-----` with what follows, up to its end.
fn pem_keys(text: &str, marks: &mut Vec<Mark>) {
    let mut end = 0;
    for (from, rest) in anchors(text, "-----BEGIN ") {
        let label = rest.get(..run(rest, |c| c.is_ascii_uppercase() || c == ' ')).unwrap_or_default();
        if from < end || !label.ends_with("PRIVATE KEY") {
            continue;
        }
        let closes = rest.find("-----END ").map_or(rest.len(), |at| {
            let close = rest.get(at + 9..).unwrap_or_default();
            at + 9 + run(close, |c| c.is_ascii_uppercase() || c == ' ' || c == '-')
        });
        end = from + closes;
        marks.push(Mark { range: from - 11..end, what: "a private key" });
    }
}

/// `ver:1-hint:2-…`.
fn snowflake_tokens(text: &str, marks: &mut Vec<Mark>) {
    let mut end = 0;
    for (from, rest) in anchors(text, "ver:") {
        if from < end {
            continue;
        }
        let digits = run(rest, |c| c.is_ascii_digit());
        let Some(rest) = rest.get(digits..).and_then(|rest| rest.strip_prefix("-hint:")) else { continue };
        let length = run(rest, is_token);
        if digits > 0 && length > 0 {
            end = from + digits + "-hint:".len() + length;
            marks.push(Mark { range: from - "ver:".len()..end, what: "a Snowflake token" });
        }
    }
}

/// `X-Amz-Signature=…` and the like, in addresses, forms and headers.
fn parameters(text: &str, marks: &mut Vec<Mark>) {
    let ends = |c: char| c.is_whitespace() || "?&;,\"'<>\\{}()".contains(c);
    let is_signed = is_signed(text);
    let mut at = 0;
    for part in text.split(ends) {
        let start = at;
        at = start + part.len() + text.get(start + part.len()..).map_or(1, width_of_first);
        let Some((name, value)) = part.split_once('=') else { continue };
        // JSON may write `&` as `\u0026`.
        let name = name.strip_prefix("u0026").unwrap_or(name).to_ascii_lowercase();
        let is_secret = PARAMETERS.contains(&name.as_str()) || (name == "signature" && is_signed);
        if is_secret && value.len() >= SHORTEST && !is_placeholder(value) {
            let end = start + part.len();
            marks.push(Mark { range: end - value.len()..end, what: "a signature or token in an address" });
        }
    }
}

/// The width of the character that ended a part.
fn width_of_first(text: &str) -> usize {
    text.chars().next().map_or(1, char::len_utf8)
}

/// Whether a `Signature=` is one of a cloud and not a word of somebody's data.
fn is_signed(text: &str) -> bool {
    ["AWS4-HMAC", "AWSAccessKeyId=", "GoogleAccessId=", "Key-Pair-Id="].iter().any(|mark| text.contains(mark))
}

/// JSON web tokens, keys of AWS and tokens of Google, which their first letters give away.
fn tokens(text: &str, marks: &mut Vec<Mark>) {
    let mut at = 0;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))) {
        let start = at;
        at = start + word.len() + text.get(start + word.len()..).map_or(1, width_of_first);
        let mut place = start;
        let parts: Vec<(usize, &str)> = word
            .split('.')
            .map(|part| {
                let from = place;
                place += part.len() + 1;
                (from, part)
            })
            .collect();
        for three in parts.windows(3) {
            if let [(from, head), (_, claims), (last, signature)] = three
                && head.starts_with("eyJ")
                && claims.starts_with("eyJ")
                && signature.len() >= SHORTEST
            {
                marks.push(Mark { range: *from..last + signature.len(), what: "a JSON web token" });
            }
        }
        for two in parts.windows(2) {
            if let [(from, "ya29"), (last, token)] = two
                && token.len() >= SHORTEST
            {
                marks.push(Mark { range: *from..last + token.len(), what: "an access token of Google" });
            }
        }
        aws_keys(word, start, marks);
    }
}

/// `AKIA…` and `ASIA…`, twenty characters that stand alone.
fn aws_keys(word: &str, start: usize, marks: &mut Vec<Mark>) {
    let mut at = start;
    for part in word.split(['-', '_', '.']) {
        let is_key = part.len() == 20
            && (part.starts_with("AKIA") || (part.starts_with("ASIA") && part.contains(char::is_numeric)))
            && part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if is_key {
            marks.push(Mark { range: at..at + part.len(), what: "an access key of AWS" });
        }
        at += part.len() + 1;
    }
}

/// The values of `Authorization` headers.
fn authorizations(text: &str, marks: &mut Vec<Mark>) {
    for scheme in ["Bearer ", "bearer "] {
        for (from, rest) in anchors(text, scheme) {
            let length = run(rest, is_token);
            let token = rest.get(..length).unwrap_or_default();
            if length >= SHORTEST && token.contains(|c: char| c.is_ascii_digit()) {
                marks.push(Mark { range: from..from + length, what: "a bearer token" });
            }
        }
    }
    for scheme in ["Basic ", "basic "] {
        for (from, rest) in anchors(text, scheme) {
            let length = run(rest, is_token);
            let decoded = rest.get(..length).and_then(|token| STANDARD.decode(token).ok());
            if decoded.is_some_and(|pair| pair.is_ascii() && pair.contains(&b':')) {
                marks.push(Mark { range: from..from + length, what: "a user with a password" });
            }
        }
    }
    for opening in ["Token=\"", "Token=\\\""] {
        for (from, rest) in anchors(text, opening) {
            let length = run(rest, is_token);
            let token = rest.get(..length).unwrap_or_default();
            if length > 0 && token != "None" && !is_placeholder(token) {
                marks.push(Mark { range: from..from + length, what: "a Snowflake token" });
            }
        }
    }
}
