//! What can befall an exchange: the words, and each with what it needs to be told.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

/// The words of the [`Schedule`](crate::Schedule) language for what can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Verb {
    /// [`Rule::delay`](crate::Rule::delay).
    Delay,
    /// [`Rule::stall`](crate::Rule::stall).
    Stall,
    /// [`Rule::reset`](crate::Rule::reset).
    Reset,
    /// [`Rule::status`](crate::Rule::status) and [`Rule::answer`](crate::Rule::answer).
    Status,
    /// [`Rule::redirect`](crate::Rule::redirect).
    Redirect,
    /// [`Rule::expire_session`](crate::Rule::expire_session).
    ExpireSession,
    /// [`Rule::expire_master`](crate::Rule::expire_master).
    ExpireMaster,
    /// [`Rule::expire_parts`](crate::Rule::expire_parts).
    ExpireParts,
    /// [`Rule::expire_stage_creds`](crate::Rule::expire_stage_creds).
    ExpireStageCreds,
    /// [`Rule::forget_result`](crate::Rule::forget_result).
    ForgetResult,
    /// [`Rule::lose_response`](crate::Rule::lose_response).
    LoseResponse,
    /// [`Rule::silence`](crate::Rule::silence).
    Silence,
    /// [`Rule::duplicate`](crate::Rule::duplicate).
    Duplicate,
    /// [`Rule::reorder`](crate::Rule::reorder).
    Reorder,
    /// [`Rule::clock_skew`](crate::Rule::clock_skew).
    ClockSkew,
    /// [`Rule::cut`](crate::Rule::cut).
    Cut,
    /// [`Rule::drip`](crate::Rule::drip).
    Drip,
    /// [`Rule::slice`](crate::Rule::slice).
    Slice,
    /// [`Rule::flip_bit`](crate::Rule::flip_bit).
    FlipBit,
    /// [`Rule::flip_bits`](crate::Rule::flip_bits).
    FlipBits,
    /// [`Rule::replace_body`](crate::Rule::replace_body).
    Replace,
    /// [`Rule::set_json`](crate::Rule::set_json).
    JsonSet,
    /// [`Rule::remove_json`](crate::Rule::remove_json).
    JsonRemove,
    /// [`Rule::gzip`](crate::Rule::gzip).
    Gzip,
    /// [`Rule::arrow`](crate::Rule::arrow).
    Arrow,
}

impl Verb {
    /// Every verb with its word.
    pub(super) const WORDS: [(Self, &'static str); 25] = [
        (Self::Delay, "delay"),
        (Self::Stall, "stall"),
        (Self::Reset, "reset"),
        (Self::Status, "status"),
        (Self::Redirect, "redirect"),
        (Self::ExpireSession, "expire-session"),
        (Self::ExpireMaster, "expire-master"),
        (Self::ExpireParts, "expire-parts"),
        (Self::ExpireStageCreds, "expire-stage-creds"),
        (Self::ForgetResult, "forget-result"),
        (Self::LoseResponse, "lose-response"),
        (Self::Silence, "silence"),
        (Self::Duplicate, "duplicate"),
        (Self::Reorder, "reorder"),
        (Self::ClockSkew, "clock-skew"),
        (Self::Cut, "cut"),
        (Self::Drip, "drip"),
        (Self::Slice, "slice"),
        (Self::FlipBit, "flip-bit"),
        (Self::FlipBits, "flip-bits"),
        (Self::Replace, "replace"),
        (Self::JsonSet, "json-set"),
        (Self::JsonRemove, "json-remove"),
        (Self::Gzip, "gzip"),
        (Self::Arrow, "arrow"),
    ];

    /// The word for this verb.
    pub fn as_str(self) -> &'static str {
        Self::WORDS.iter().find(|(verb, _word)| *verb == self).map_or("", |(_verb, word)| word)
    }
}

/// How a cut body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// As if it were complete: the other side closed an answer of unknown length.
    Clean,
    /// With an error of kind `Truncated`: less arrived than was announced.
    Short,
    /// With an error of kind `Reset`: the connection broke.
    Reset,
    /// Not at all: nothing more arrives.
    Stall,
}

/// How the service says that a session token has expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// With code 390112 in an answer of status 200.
    InBody,
    /// With status 401.
    Unauthorized,
}

/// Which answer of a request that was delivered twice comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The answer to the first delivery.
    First,
    /// The answer to the second delivery.
    Second,
}

/// What happens to the compression of a body.
///
/// A request that wants its answer inflated (`ContentEncoding::Undo`, the default) sees what a
/// transport makes of the damage: the plain body, or an error of kind `Truncated`, `Content` or
/// `TooLarge`. One that wants the bytes of the wire, as those for parts of results do, gets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gzip {
    /// The body is packed anew, in so many members: legal, and all of them have to be read.
    Members(usize),
    /// The body is packed, and ends after so many bytes.
    Truncate(usize),
    /// The body inflates to so many MiB of zeros.
    Bomb(u32),
    /// The body says that it is gzip and is not.
    NotGzip,
}

/// What happens to rows in Arrow's stream format, in a part or in `rowsetBase64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrowDamage {
    /// The last row is missing.
    DropLastRow,
    /// The last row is there twice.
    RepeatLastRow,
    /// The stream ends after so many messages; the first is the schema.
    CutAtMessage(usize),
    /// The stream lacks the mark of its end.
    NoEnd,
    /// The first column is of another type.
    OtherType,
    /// The metadata of every column with a scale states this one.
    Scale(u8),
    /// No metadata states a scale.
    NoScale,
    /// There is one column more than announced.
    ExtraColumn,
}

/// One thing that befalls an exchange.
#[derive(Clone)]
pub(super) enum Action {
    Delay(Duration),
    Stall,
    Reset,
    Answer { code: u16, headers: Vec<(String, String)>, body: Bytes },
    Redirect { code: u16, location: String },
    ExpireSession(Expiry),
    ExpireMaster,
    ExpireParts,
    ExpireStageCreds,
    ForgetResult,
    LoseResponse,
    Silence,
    Duplicate(Kept),
    Reorder { others: u64, at_most: Duration },
    ClockSkew { seconds: i64 },
    Cut { after: usize, how: Cut },
    Drip { per_second: u32 },
    Slice { at_most: usize },
    FlipBit(usize),
    FlipBits { count: usize, seed: u64 },
    Replace(Bytes),
    JsonSet { pointer: String, value: Value },
    JsonRemove { pointer: String },
    PatchJson(Arc<dyn Fn(&mut Value) + Send + Sync>),
    Gzip(Gzip),
    Arrow(ArrowDamage),
}
