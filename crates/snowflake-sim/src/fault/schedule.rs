//! Rules as text: one a line.

use std::fmt;
use std::str::FromStr;

use super::rule::Rule;
use super::text::{self, ScheduleError};

/// A list of [`Rule`]s that can be written down, read, drawn at random and made smaller.
///
/// Each line is a rule: where requests go, perhaps which of them, a colon, and what befalls them, with
/// commas in between; `#` begins a comment.
///
/// ```
/// use snowflake_sim::Schedule;
///
/// let schedule: Schedule = r#"
///     ## the answer is lost, and the statement is submitted again
///     query nth 2 times 1: lose-response
///     part times 3: status 503 header retry-after "2"
///     /session/heartbeat method POST: delay 2s, cut 100 short
///     any session 2 nth 3: expire-session
/// "#
/// .parse()?;
/// assert_eq!(schedule.rules().len(), 4);
/// assert_eq!(schedule.to_string().lines().next(), Some("query nth 2 times 1: lose-response"));
///
/// let error = "query nth two: reset".parse::<Schedule>().unwrap_err();
/// let expected = "line 1, column 11: expected the number of a request, from 1, found `two:`";
/// assert_eq!(error.to_string(), expected);
/// # Ok::<(), snowflake_sim::ScheduleError>(())
/// ```
///
/// # Conditions
///
/// | words | the requests |
/// |---|---|
/// | `login`, `renew`, `heartbeat`, `logout`, `query`, `result`, `monitor`, `abort`, `part`, `storage`, `any` | of one [`Endpoint`](crate::Endpoint) |
/// | `/a/path`, `"/a path"` | whose path begins like this |
/// | `method M` | with one method |
/// | `session N` | of the Nth session seen |
/// | `nth N` | from the Nth matching one on |
/// | `times N` | N of them and no more |
///
/// # Verbs
///
/// Numbers of bytes are plain numbers, durations have a unit (`200ms`, `2s`, `5m`), texts stand in the
/// quotes of JSON.
///
/// | words | meaning |
/// |---|---|
/// | `status 503`, `status 503 header retry-after "2" body "later"` | answer with this; nothing reaches the service |
/// | `redirect 307 "https://…"` | answer with a `Location` |
/// | `delay 2s` | wait first |
/// | `reset` | the connection breaks before the request is sent |
/// | `stall` | take the request, do not deliver it, never answer |
/// | `lose-response` | deliver the request, break the connection instead of answering |
/// | `silence` | deliver the request, never answer |
/// | `duplicate first`, `duplicate second` | deliver the request twice, return one of the answers |
/// | `reorder 2 within 5s` | hold the answer until 2 other exchanges have ended, at most 5 s |
/// | `cut 100 clean` or `fin 100` | the body ends after 100 bytes as if it were whole |
/// | `cut 100 short` or `truncate 100` | it ends with an error: less than announced |
/// | `cut 100 reset` or `reset 100` | the connection breaks |
/// | `cut 100 stall` or `stall 100` | nothing more arrives |
/// | `drip 1024` | the body arrives at 1024 bytes per second |
/// | `slice 7` | the body arrives in pieces of at most 7 bytes |
/// | `flip-bit 12`, `flip-bits 3 seed 7` | one bit, or three that the seed chooses, are wrong |
/// | `replace "…"`, `replace base64 "…"` | another body |
/// | `json-set /data/total 5`, `json-remove /data/chunks` | a JSON body is changed at a pointer |
/// | `gzip members 2`, `gzip truncate 100`, `gzip bomb 64`, `gzip not-gzip` | the body is packed in 2 members, packed and cut, inflates to 64 MiB, or only claims to be gzip |
/// | `arrow drop-last-row`, `repeat-last-row`, `cut-at-message 2`, `no-end`, `other-type`, `scale 4`, `no-scale`, `extra-column` | Arrow rows are damaged |
/// | `clock-skew +15m` | the `Date` of the answer is shifted |
/// | `expire-session`, `expire-session 401` | the token of this request is refused from now on |
/// | `expire-master` | renewals are refused until the next login |
/// | `expire-parts` | addresses of parts are refused until they are handed out again |
/// | `expire-stage-creds` | storage refuses everything until the next statement is answered |
/// | `forget-result` | results are gone, except those of later statements |
#[derive(Clone, Default)]
pub struct Schedule {
    rules: Vec<Rule>,
}

impl Schedule {
    pub(super) fn new(rules: Vec<Rule>) -> Self {
        Self { rules }
    }

    /// The rules in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let lines = text.lines().enumerate();
        let rules = lines.filter_map(|(index, line)| text::line(index + 1, line).transpose());
        Ok(Self { rules: rules.collect::<Result<_, _>>()? })
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rules.iter().try_for_each(|rule| writeln!(f, "{rule}"))
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.rules).finish()
    }
}
