//! How a store says no.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::conditions::Unmet;
use super::credentials::Cloud;
use super::xml::escape;

/// A refusal, in words that all dialects share the form of.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    code: &'static str,
    message: &'static str,
    header: Option<(&'static str, String)>,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, header: None }
    }

    pub(super) fn bad(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(super) fn forbidden(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, message)
    }

    /// What the store does not do.
    pub(super) fn unknown() -> Self {
        let message = "A header or query you provided implies functionality that is not implemented.";
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    /// No object has this key.
    pub(super) fn missing(cloud: Cloud) -> Self {
        let (code, message) = match cloud {
            Cloud::S3 | Cloud::Gcs => ("NoSuchKey", "The specified key does not exist."),
            Cloud::Azure => ("BlobNotFound", "The specified blob does not exist."),
        };
        Self::new(StatusCode::NOT_FOUND, code, message)
    }

    pub(super) fn with_header(self, name: &'static str, value: impl Into<String>) -> Self {
        Self { header: Some((name, value.into())), ..self }
    }

    /// The answer. The one to a HEAD has no body, nor has the one that nothing has changed.
    pub(super) fn into_response(self, cloud: Cloud, path: &str, is_head: bool) -> Response<Bytes> {
        let resource = match cloud {
            Cloud::S3 => format!("<Resource>{}</Resource>", escape(path)),
            Cloud::Azure | Cloud::Gcs => String::new(),
        };
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{resource}</Error>",
            self.code, self.message
        );
        let is_bare = is_head || self.status == StatusCode::NOT_MODIFIED;
        let mut response = Response::new(if is_bare { Bytes::new() } else { body.into() });
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/xml"));
        if cloud == Cloud::Azure {
            headers.insert("x-ms-error-code", HeaderValue::from_static(self.code));
        }
        if let Some((name, value)) = self.header
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            headers.insert(HeaderName::from_static(name), value);
        }
        response
    }
}

/// How a dialect says that a condition does not hold.
pub(super) fn unmet(cloud: Cloud, unmet: Unmet) -> Refusal {
    let failed = StatusCode::PRECONDITION_FAILED;
    match (cloud, unmet) {
        (_, Unmet::Same) => Refusal::new(StatusCode::NOT_MODIFIED, "NotModified", "Not modified."),
        (Cloud::Azure, Unmet::Exists) => {
            Refusal::new(StatusCode::CONFLICT, "BlobAlreadyExists", "The specified blob already exists.")
        }
        (Cloud::Azure, Unmet::Changed) => {
            let message = "The condition specified using HTTP conditional header(s) is not met.";
            Refusal::new(failed, "ConditionNotMet", message)
        }
        (Cloud::S3 | Cloud::Gcs, Unmet::Exists | Unmet::Changed) => {
            let message = "At least one of the pre-conditions you specified did not hold.";
            Refusal::new(failed, "PreconditionFailed", message)
        }
    }
}
