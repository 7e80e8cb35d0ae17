//! Answers to requests that do not get as far as a statement.

use http::StatusCode;

use super::call::CallError;
use super::reply::Reply;
use super::tokens::TokenError;

/// The session token does not do.
pub(crate) fn unauthorized(error: TokenError) -> Reply {
    match error {
        TokenError::Unknown => Reply::failure("390104", "Your session token is invalid. Please login again."),
        TokenError::Expired => Reply::failure("390112", "Your session has expired. Please login again."),
        TokenError::Gone => gone(),
    }
}

/// The master token does not do.
pub(crate) fn not_renewed(error: TokenError) -> Reply {
    match error {
        TokenError::Expired => {
            Reply::failure("390114", "Authentication token has expired.  The user must authenticate again.")
        }
        TokenError::Gone => gone(),
        TokenError::Unknown => {
            Reply::failure("390115", "Authentication token is invalid.  The user must authenticate again.")
        }
    }
}

fn gone() -> Reply {
    Reply::failure("390111", "Session no longer exists.  New login required to access the service.")
}

/// There is no token at all.
pub(crate) fn missing_token() -> Reply {
    Reply::failure("390101", "Authorization header not found in the request data.")
}

/// The body is not what the endpoint takes.
pub(crate) fn malformed(error: CallError) -> Reply {
    Reply::bad_request(match error {
        CallError::Body => "The body cannot be inflated.",
        CallError::Json => "The body is not the JSON that this endpoint takes.",
    })
}

/// Nothing is served at this path: 404, which no driver repeats.
pub(crate) fn no_such_path() -> Reply {
    Reply::text(StatusCode::NOT_FOUND, "not simulated: this path")
}

/// The id in the path is none.
pub(crate) fn not_an_id() -> Reply {
    Reply::text(StatusCode::BAD_REQUEST, "The query id is not a UUID.")
}
