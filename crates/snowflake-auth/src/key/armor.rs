//! From whatever a user hands over (PEM, DER, base64 of either) to DER bytes and what they claim to be.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::problem::Problem;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// DER bytes and what their PEM label said, if there was one.
#[derive(Debug)]
pub(super) struct Unwrapped {
    pub(super) form: Form,
    pub(super) der: Zeroizing<Vec<u8>>,
}

/// What the bytes claim to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `PRIVATE KEY`.
    Pkcs8,
    /// `ENCRYPTED PRIVATE KEY`.
    Encrypted,
    /// `RSA PRIVATE KEY`.
    Pkcs1,
    /// No label: the bytes decide.
    Unlabelled,
}

/// Finds the DER bytes in `input`.
pub(super) fn unwrap(input: &[u8]) -> Result<Unwrapped, Problem> {
    if looks_like_der(input) {
        return Ok(Unwrapped { form: Form::Unlabelled, der: Zeroizing::new(input.to_vec()) });
    }
    let text = as_text(input)?;
    if text.contains(BEGIN) {
        return pem(&text);
    }
    let bytes = base64_of(&text).ok_or(Problem::NotAKey)?;
    if looks_like_der(&bytes) {
        return Ok(Unwrapped { form: Form::Unlabelled, der: bytes });
    }
    match std::str::from_utf8(&bytes) {
        Ok(inner) if inner.contains(BEGIN) => pem(&plain_line_breaks(inner)),
        _ => Err(Problem::NotAKey),
    }
}

/// A SEQUENCE with a long length, which no text starts with.
fn looks_like_der(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, length, ..] if length & 0x80 != 0)
}

fn as_text(input: &[u8]) -> Result<Zeroizing<String>, Problem> {
    if input.starts_with(&[0xFF, 0xFE]) || input.starts_with(&[0xFE, 0xFF]) {
        return Err(Problem::Utf16);
    }
    let without_bom = input.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(input);
    let text = std::str::from_utf8(without_bom).map_err(|_| Problem::NotAKey)?; // the cause would quote key bytes
    let text = text.trim().trim_matches(['"', '\'']).trim();
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    Ok(plain_line_breaks(text))
}

/// Environment variables and JSON files often hold a backslash and an `n` where a line break was meant.
fn plain_line_breaks(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, tail) = rest.split_at(at);
        plain.push_str(before);
        let replaced = tail.starts_with("\\n") || tail.starts_with("\\r");
        plain.push(if replaced { '\n' } else { '\\' });
        rest = &tail[if replaced { 2 } else { 1 }..];
    }
    plain.push_str(rest);
    plain
}

/// The first private key among the text's blocks; without one, the reason why the first block is none.
fn pem(text: &str) -> Result<Unwrapped, Problem> {
    let mut first_problem = None;
    for block in text.split(BEGIN).skip(1) {
        match pem_block(block) {
            Ok(found) => return Ok(found),
            Err(problem) => first_problem = first_problem.or(Some(problem)),
        }
    }
    Err(first_problem.unwrap_or(Problem::NotAKey))
}

/// `block` starts right after `-----BEGIN `.
fn pem_block(block: &str) -> Result<Unwrapped, Problem> {
    let (label, rest) = block.split_once(DASHES).ok_or(Problem::Truncated)?;
    let form = form_of(label)?;
    let end = format!("-----END {label}{DASHES}");
    let (body, _) = rest.split_once(end.as_str()).ok_or(Problem::Truncated)?;
    if body.contains("DEK-Info:") || body.contains("Proc-Type:") {
        return Err(Problem::LegacyEncryption);
    }
    let der = base64_of(body).ok_or(Problem::Damaged)?;
    if der.is_empty() {
        return Err(Problem::Truncated);
    }
    Ok(Unwrapped { form, der })
}

fn form_of(label: &str) -> Result<Form, Problem> {
    match label.trim() {
        "PRIVATE KEY" => Ok(Form::Pkcs8),
        "ENCRYPTED PRIVATE KEY" => Ok(Form::Encrypted),
        "RSA PRIVATE KEY" => Ok(Form::Pkcs1),
        "EC PRIVATE KEY" | "EC PARAMETERS" => Err(Problem::Unsupported("elliptic curve")),
        "DSA PRIVATE KEY" | "DSA PARAMETERS" => Err(Problem::Unsupported("DSA")),
        "OPENSSH PRIVATE KEY" => Err(Problem::OpenSsh),
        label if label.ends_with("PUBLIC KEY") => Err(Problem::PublicKey),
        label if label.contains("CERTIFICATE") => Err(Problem::Certificate),
        _ => Err(Problem::NotAKey),
    }
}

fn base64_of(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let compact: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
    BASE64.decode(&*compact).ok().map(Zeroizing::new)
}
