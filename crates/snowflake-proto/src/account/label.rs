//! What may stand in a host name.

/// A DNS label is never longer.
const MAX_LABEL: usize = 63;
/// A DNS name is never longer.
pub(super) const MAX_HOST: usize = 253;

/// Why the text cannot be dot-separated labels of a host name, underscores allowed.
pub(super) fn label_fault(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.bytes().any(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))) {
        return Some("only ASCII letters, digits, `.`, `-` and `_` are allowed");
    }
    text.split('.').find_map(|label| {
        if label.is_empty() {
            Some("a part between dots is empty")
        } else if label.len() > MAX_LABEL {
            Some("a part between dots is longer than 63 characters")
        } else if label.starts_with(['-', '_']) || label.ends_with(['-', '_']) {
            Some("a part between dots starts or ends with `-` or `_`")
        } else {
            None
        }
    })
}

/// As [`label_fault`], for a host that the user spelled: underscores may stand anywhere, as private DNS
/// allows.
pub(super) fn host_fault(host: &str) -> Option<&'static str> {
    if host.len() > MAX_HOST {
        return Some("it is too long");
    }
    label_fault(&host.replace('_', "x"))
}
