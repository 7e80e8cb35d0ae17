//! The forms in which a text can appear inside another.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A base64 form shorter than this could occur by chance.
const SHORTEST_BASE64: usize = 10;

/// The text itself, and as it looks in URLs, forms, JSON and base64.
pub(crate) fn forms(text: &str) -> Vec<String> {
    let percent_encoded = percent(text);
    let mut forms = vec![
        text.to_owned(),
        percent_encoded.replace("%20", "+"),
        lower_escapes(&percent_encoded),
        percent_encoded,
        json(text),
    ];
    for skipped in 0..3 {
        let standard = base64(&STANDARD_NO_PAD, text, skipped);
        let url_safe = base64(&URL_SAFE_NO_PAD, text, skipped);
        if standard.len() >= SHORTEST_BASE64 {
            forms.extend([percent(&standard), standard, url_safe]);
        }
    }
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// Everything but the unreserved characters of RFC 3986 as `%` and two digits in upper case.
fn percent(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The same with the digits behind each `%` in lower case.
fn lower_escapes(encoded: &str) -> String {
    let mut parts = encoded.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        lower.push('%');
        lower.push_str(&digits.to_ascii_lowercase());
        lower.push_str(rest);
    }
    lower
}

/// The text between the quotes of a JSON string.
fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or_default().to_owned()
}

/// The characters that the text alone decides in the base64 of a longer text, when so many bytes more than a
/// multiple of three stand before it.
fn base64(engine: &GeneralPurpose, text: &str, before: usize) -> String {
    let padded = [vec![0; before], text.as_bytes().to_vec()].concat();
    let encoded = engine.encode(&padded);
    let (start, end) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
    encoded.get(start..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use proptest::prelude::*;

    use super::{forms, json, lower_escapes, percent};

    proptest! {
        #[test]
        fn a_form_of_a_text_is_in_every_base64_around_it(text in "\\PC{12,40}", before in "[a-z:]{0,4}", after in "[a-z]{0,4}") {
            let forms = forms(&text);
            for engine in [STANDARD, URL_SAFE] {
                let encoded = engine.encode(format!("{before}{text}{after}"));
                prop_assert!(forms.iter().any(|form| encoded.contains(form)), "{}", encoded);
            }
        }
    }

    #[test]
    fn urls_and_json_write_a_text_differently() {
        assert_eq!(percent("a b/ü"), "a%20b%2F%C3%BC");
        assert_eq!(lower_escapes("a%20b%2F%C3%BC"), "a%20b%2f%c3%bc");
        assert_eq!(json("\"a\"\n"), "\\\"a\\\"\\n");
    }
}
