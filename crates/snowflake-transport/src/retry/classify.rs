//! Which failures are worth another attempt: one table for statuses and one for failed deliveries.

use http::StatusCode;

use crate::error::{Delivery, Error, ErrorKind};

/// What may be assumed about a request when deciding whether to repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RetryClass {
    /// A login. Repeated like [`RetryClass::Api`]; never after 400, 401 or 403, which could lock the
    /// account.
    Login,
    /// A call that the service recognises when it sees it twice (it carries its request id), or that
    /// only reads.
    Api,
    /// A read from storage, or a write that replaces the whole object.
    Storage,
    /// A call that must not run twice: repeated only when it was certainly not executed.
    Once,
}

/// Whether to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Another attempt may succeed.
    Again,
    /// One more attempt may succeed; a second failure of this sort is final.
    OnceMore,
    /// Another attempt would fail the same way, or do harm.
    Final,
}

pub(super) fn judge_status(class: RetryClass, status: StatusCode) -> Verdict {
    let later = status == StatusCode::REQUEST_TIMEOUT
        || status == StatusCode::TOO_MANY_REQUESTS
        || status.is_server_error();
    match class {
        // A gateway may answer 408 or 5xx after the service has begun to work.
        RetryClass::Once if status != StatusCode::TOO_MANY_REQUESTS => Verdict::Final,
        _ if later => Verdict::Again,
        _ => Verdict::Final,
    }
}

/// Whether an answer with this status was one of those that ask for a later try, whatever the class.
pub(super) fn asks_for_later(status: StatusCode) -> bool {
    judge_status(RetryClass::Api, status) != Verdict::Final
}

pub(super) fn judge_failure(class: RetryClass, error: &Error) -> Verdict {
    let worth = match error.kind() {
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Stalled | ErrorKind::Reset => Verdict::Again,
        // An answer that is cut the same way twice will be cut a third time, unless it is a file from
        // a storage service, where the next attempt meets another machine.
        ErrorKind::Truncated | ErrorKind::Content if class == RetryClass::Storage => Verdict::Again,
        ErrorKind::Truncated | ErrorKind::Content => Verdict::OnceMore,
        ErrorKind::Tls
        | ErrorKind::TooLarge
        | ErrorKind::Redirect
        | ErrorKind::Status
        | ErrorKind::BudgetExhausted
        | ErrorKind::InvalidRequest => Verdict::Final,
    };
    if class == RetryClass::Once && error.delivery() == Delivery::MaybeSent {
        return Verdict::Final;
    }
    worth
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use proptest::prelude::*;

    use super::{RetryClass, Verdict, judge_failure, judge_status};
    use crate::error::{Delivery, Error, ErrorKind};

    const CLASSES: [RetryClass; 4] =
        [RetryClass::Login, RetryClass::Api, RetryClass::Storage, RetryClass::Once];

    proptest! {
        #[test]
        fn only_408_429_and_5xx_are_ever_repeated(code in 100u16..600, class in 0usize..4) {
            let status = StatusCode::from_u16(code).unwrap();
            let verdict = judge_status(CLASSES[class], status);
            if !matches!(code, 408 | 429 | 500..=599) {
                prop_assert_eq!(verdict, Verdict::Final);
            } else if CLASSES[class] != RetryClass::Once {
                prop_assert_eq!(verdict, Verdict::Again);
            }
        }
    }

    #[test]
    fn what_must_not_run_twice_is_repeated_only_if_it_did_not_run() {
        let lost = Error::reported(ErrorKind::Reset, Delivery::MaybeSent, "lost");
        let unsent = Error::reported(ErrorKind::Reset, Delivery::NotSent, "unsent");
        assert_eq!(judge_failure(RetryClass::Once, &lost), Verdict::Final);
        assert_eq!(judge_failure(RetryClass::Once, &unsent), Verdict::Again);
        assert_eq!(judge_failure(RetryClass::Api, &lost), Verdict::Again);
        let status = |code| judge_status(RetryClass::Once, StatusCode::from_u16(code).unwrap());
        assert_eq!((status(429), status(503), status(408)), (Verdict::Again, Verdict::Final, Verdict::Final));
    }

    #[test]
    fn cut_answers_are_repeated_once_and_cut_files_as_often_as_allowed() {
        let cut = Error::reported(ErrorKind::Truncated, Delivery::MaybeSent, "cut");
        assert_eq!(judge_failure(RetryClass::Api, &cut), Verdict::OnceMore);
        assert_eq!(judge_failure(RetryClass::Storage, &cut), Verdict::Again);
    }

    #[test]
    fn certificates_sizes_and_redirects_do_not_improve_by_repeating() {
        for kind in [ErrorKind::Tls, ErrorKind::TooLarge, ErrorKind::Redirect, ErrorKind::InvalidRequest] {
            let error = Error::reported(kind, Delivery::NotSent, "no");
            for class in CLASSES {
                assert_eq!(judge_failure(class, &error), Verdict::Final);
            }
        }
    }
}
