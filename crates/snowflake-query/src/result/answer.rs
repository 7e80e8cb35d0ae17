//! What the storage's answer to the request for a part is good for.

use bytes::Bytes;
use http::{Response, StatusCode};
use snowflake_transport::Accept;

/// What follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the part.
    Part,
    /// The address is not accepted (any more): ask for a fresh one.
    Renew,
    /// The part is said to be elsewhere: its key is not sent there.
    Elsewhere,
    /// Asking again would be answered the same way.
    Refused,
}

/// Judges an answer that arrived whole.
///
/// 408, 429 and 5xx do not come here: they are asked again like any other failed delivery.
pub(super) fn judge(answer: &Response<Bytes>) -> Verdict {
    match answer.status() {
        StatusCode::OK => Verdict::Part,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Verdict::Renew,
        // Some storages answer a signature that has expired with 400, and tell it from other mistakes by a word.
        StatusCode::BAD_REQUEST if code(answer) == "ExpiredToken" => Verdict::Renew,
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => Verdict::Elsewhere,
        _ => Verdict::Refused,
    }
}

/// Whether to ask once more before an answer is judged.
pub(super) fn accept(answer: &Response<Bytes>) -> Accept {
    match answer.status() {
        // The rest of a part was made whole before; this is a piece that nobody asked for.
        StatusCode::PARTIAL_CONTENT => {
            Accept::RetryOnce("a piece arrived where the whole part was asked for")
        }
        _ => Accept::Yes,
    }
}

/// The code in the XML with which storage services explain a refusal, such as `AccessDenied`.
pub(super) fn code(answer: &Response<Bytes>) -> String {
    let body = answer.body();
    let text = String::from_utf8_lossy(body.get(..body.len().min(4096)).unwrap_or_default());
    let code = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map_or("", |(code, _)| code);
    code.chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Response, StatusCode};
    use snowflake_transport::Accept;

    use super::{Verdict, accept, code, judge};

    fn answer(status: u16, body: &str) -> Response<Bytes> {
        let mut answer = Response::new(Bytes::copy_from_slice(body.as_bytes()));
        *answer.status_mut() = StatusCode::from_u16(status).unwrap();
        answer
    }

    #[test]
    fn c13_the_table_of_answers() {
        let expired = "<Error><Code>ExpiredToken</Code></Error>";
        for (status, body, verdict) in [
            (200, "", Verdict::Part),
            (401, "", Verdict::Renew),
            (403, "", Verdict::Renew),
            (400, expired, Verdict::Renew),
            (400, "<Error><Code>InvalidArgument</Code></Error>", Verdict::Refused),
            (400, "", Verdict::Refused),
            (404, expired, Verdict::Refused),
            (410, "", Verdict::Refused),
            (412, "", Verdict::Refused),
            (416, "", Verdict::Refused),
            (201, "", Verdict::Refused),
            (204, "", Verdict::Refused),
            (304, "", Verdict::Refused),
            (301, "", Verdict::Elsewhere),
            (302, "", Verdict::Elsewhere),
            (303, "", Verdict::Elsewhere),
            (307, "", Verdict::Elsewhere),
            (308, "", Verdict::Elsewhere),
        ] {
            assert_eq!(judge(&answer(status, body)), verdict, "{status} {body}");
            assert_eq!(accept(&answer(status, body)), Accept::Yes, "{status}");
        }
        assert!(matches!(accept(&answer(206, "")), Accept::RetryOnce(_)));
    }

    #[test]
    fn a_code_is_a_word_and_nothing_more() {
        assert_eq!(code(&answer(403, "<Code>Access\r\nDenied\u{202e}</Code>")), "AccessDenied");
        assert_eq!(code(&answer(403, &format!("<Code>{}</Code>", "x".repeat(1000)))).len(), 64);
        for nothing in ["", "<Code>", "Denied", "</Code><Code>"] {
            assert_eq!(code(&answer(403, nothing)), "");
        }
    }
}
