//! What a caller should do after a failure, without reading the message.

/// The one answer every error of this workspace gives to "what now?".
///
/// ```
/// use snowflake_proto::Recovery;
///
/// assert!(Recovery::Retry.is_retryable());
/// assert!(!Recovery::Never.is_retryable());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Recovery {
    /// Doing the same again fails the same way.
    #[default]
    Never,
    /// The same request may be sent again: the server did not act on it, or acts on it once only.
    Retry,
    /// The request may be sent again only when doing it twice is harmless; its outcome is unknown.
    RetryIfIdempotent,
    /// The session token expired: renew it with the master token, then send the request again.
    RenewSession,
    /// Neither token is of use any more: log in again.
    Reauthenticate,
}

impl Recovery {
    /// Whether sending the very same request again, with nothing else done, can help.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Retry | Self::RetryIfIdempotent)
    }
}
