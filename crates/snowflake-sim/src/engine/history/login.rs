//! Who came in, and who was turned away.

use time::OffsetDateTime;

/// One attempt to log in.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) at: OffsetDateTime,
    /// Given by the book.
    pub(crate) event_id: i64,
    /// The user as the client named itself.
    pub(crate) user: String,
    /// The driver and its version, such as `Go` and `1.6.1`.
    pub(crate) client: (String, String),
    /// Such as `PASSWORD` or `RSA_KEYPAIR`.
    pub(crate) factor: &'static str,
    /// The code and message of a refusal.
    pub(crate) failure: Option<(String, String)>,
}

/// One session that was opened.
#[derive(Clone, Debug)]
pub(crate) struct Opened {
    pub(crate) session_id: i64,
    pub(crate) at: OffsetDateTime,
    pub(crate) user: String,
    pub(crate) login_event_id: i64,
    pub(crate) client: (String, String),
    pub(crate) factor: &'static str,
}
