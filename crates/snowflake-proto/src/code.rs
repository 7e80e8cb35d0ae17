//! Codes of the server, and what to do about each.

use std::borrow::Cow;
use std::fmt;

use crate::generated::server_codes::FACTS;
use crate::recovery::Recovery;

/// What the catalogue knows of one code.
#[derive(Debug)]
pub(crate) struct Fact {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) meaning: &'static str,
    pub(crate) recovery: Recovery,
    pub(crate) sql_state: Option<&'static str>,
    pub(crate) advice: Option<&'static str>,
    pub(crate) verified: bool,
}

/// A code of the server, such as `001003`, with its leading zeros.
///
/// Codes that the catalogue knows are constants of this type, and say what they mean and what to do about them.
/// Any other code is kept as it came.
///
/// ```
/// use snowflake_proto::{Recovery, ServerCode};
///
/// let code = ServerCode::new("1003");
/// assert_eq!(code, ServerCode::SYNTAX_ERROR);
/// assert_eq!(code.as_str(), "001003");
/// assert_eq!(ServerCode::SESSION_EXPIRED.recovery(), Recovery::RenewSession);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerCode(Cow<'static, str>);

impl ServerCode {
    /// The longest code that is kept. The server's have six digits; anything much longer is no code.
    const LONGEST: usize = 32;

    /// Takes a code as the server wrote it.
    ///
    /// Digits are filled up with zeros to six, since some answers carry the code as a number. A text of more than
    /// 32 bytes is cut, so that an answer that is no answer cannot fill a log line.
    pub fn new(code: impl AsRef<str>) -> Self {
        let code = code.as_ref().trim();
        let digits = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
        let code =
            if digits && code.len() < 6 { Cow::Owned(format!("{code:0>6}")) } else { Cow::Borrowed(code) };
        if let Some(fact) = find(&code) {
            return Self(Cow::Borrowed(fact.code));
        }
        let end = code
            .char_indices()
            .map(|(at, c)| at + c.len_utf8())
            .take_while(|end| *end <= Self::LONGEST)
            .last();
        Self(Cow::Owned(code.get(..end.unwrap_or(0)).unwrap_or("").to_owned()))
    }

    /// A code of the catalogue.
    pub(crate) const fn known(code: &'static str) -> Self {
        Self(Cow::Borrowed(code))
    }

    /// The code, six digits for every code of the server.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a client can do about it. A code that is not in the catalogue is never tried again.
    pub fn recovery(&self) -> Recovery {
        find(&self.0).map_or(Recovery::Never, |fact| fact.recovery)
    }

    /// The name of the code's constant, when the catalogue knows it.
    pub fn name(&self) -> Option<&'static str> {
        find(&self.0).map(|fact| fact.name)
    }

    /// What the server says with it, in a few words.
    pub fn meaning(&self) -> Option<&'static str> {
        find(&self.0).map(|fact| fact.meaning)
    }

    /// What a person can do about it.
    pub fn advice(&self) -> Option<&'static str> {
        find(&self.0).and_then(|fact| fact.advice)
    }

    /// The SQLSTATE that goes with it. An answer's own SQLSTATE comes first.
    pub fn sql_state(&self) -> Option<&'static str> {
        find(&self.0).and_then(|fact| fact.sql_state)
    }

    /// Whether the code's use is known from more than hearsay.
    pub fn is_verified(&self) -> bool {
        find(&self.0).is_some_and(|fact| fact.verified)
    }

    /// Whether the server says that the statement is still running.
    pub fn is_in_progress(&self) -> bool {
        *self == Self::QUERY_IN_PROGRESS || *self == Self::QUERY_IN_PROGRESS_ASYNC
    }
}

fn find(code: &str) -> Option<&'static Fact> {
    FACTS.binary_search_by(|fact| fact.code.cmp(code)).ok().and_then(|at| FACTS.get(at))
}

impl fmt::Display for ServerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A foreign code could hold control characters.
        write!(f, "{}", self.0.escape_debug())
    }
}

impl fmt::Debug for ServerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "ServerCode({} {name})", self.0),
            None => write!(f, "ServerCode({:?})", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(FACTS.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn codes_keep_their_leading_zeros() {
        for written in ["604", "000604", " 000604 "] {
            let code = ServerCode::new(written);
            assert_eq!(code, ServerCode::QUERY_CANCELLED);
            assert_eq!(code.as_str(), "000604");
        }
    }

    #[test]
    fn recoveries_follow_the_catalogue() {
        assert_eq!(ServerCode::SESSION_EXPIRED.recovery(), Recovery::RenewSession);
        assert_eq!(ServerCode::MASTER_TOKEN_EXPIRED.recovery(), Recovery::Reauthenticate);
        assert_eq!(ServerCode::INCORRECT_CREDENTIALS.recovery(), Recovery::Never);
        assert_eq!(ServerCode::SYNTAX_ERROR.sql_state(), Some("42000"));
        assert_eq!(ServerCode::NULL_NOT_ALLOWED.name(), Some("NULL_NOT_ALLOWED"));
        assert!(ServerCode::INSUFFICIENT_PRIVILEGES.advice().is_some());
        assert!(ServerCode::INSUFFICIENT_PRIVILEGES.meaning().is_some());
        assert!(ServerCode::SESSION_EXPIRED.is_verified());
    }

    #[test]
    fn in_progress_has_two_codes() {
        assert!(ServerCode::new("333333").is_in_progress());
        assert!(ServerCode::new("333334").is_in_progress());
        assert!(!ServerCode::new("000604").is_in_progress());
    }

    #[test]
    fn an_unknown_code_is_kept_and_never_retried() {
        let code = ServerCode::new("999999");
        assert_eq!(code.as_str(), "999999");
        assert_eq!(code.recovery(), Recovery::Never);
        assert_eq!((code.name(), code.advice(), code.sql_state()), (None, None, None));
        assert!(!code.is_verified());
        assert_eq!(ServerCode::new("").as_str(), "");
    }

    #[test]
    fn a_hostile_code_is_cut_and_escaped() {
        let code = ServerCode::new(format!("\u{1b}[31m{}", "ü".repeat(100)));
        assert!(code.as_str().len() <= 32);
        assert!(!code.to_string().contains('\u{1b}'));
    }

    #[test]
    fn debug_names_the_code() {
        assert_eq!(format!("{:?}", ServerCode::SESSION_EXPIRED), "ServerCode(390112 SESSION_EXPIRED)");
        assert_eq!(format!("{:?}", ServerCode::new("7x")), "ServerCode(\"7x\")");
    }
}
