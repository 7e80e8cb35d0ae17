//! The fields of requests and answers that hold secrets.

use serde_json::{Map, Value};

use super::header::Header;
use super::placeholder;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// A token, which may be a JSON web token.
    Token,
    /// A key in base64.
    Key,
    /// A shared access signature.
    Signature,
    /// A password or another text that nobody takes apart.
    Secret,
    /// A code that is worth nothing a minute later, and short enough to occur elsewhere by chance.
    Passcode,
    /// One or several addresses, which may be signed.
    Address,
    /// Credentials by name.
    Credentials,
    /// Headers by name.
    Headers,
}

/// Fields by their names, whose case does not count.
const FIELDS: [(&str, Field); 43] = [
    ("token", Field::Token),
    ("masterToken", Field::Token),
    ("sessionToken", Field::Token),
    ("oldSessionToken", Field::Token),
    ("idToken", Field::Token),
    ("mfaToken", Field::Token),
    ("remMeToken", Field::Token),
    ("cookieToken", Field::Token),
    ("onetimetoken", Field::Token),
    ("SPCS_TOKEN", Field::Token),
    ("accessToken", Field::Token),
    ("access_token", Field::Token),
    ("refresh_token", Field::Token),
    ("id_token", Field::Token),
    ("subject_token", Field::Token),
    ("assertion", Field::Token),
    ("client_assertion", Field::Token),
    ("AWS_TOKEN", Field::Token),
    ("GCS_ACCESS_TOKEN", Field::Token),
    ("qrmk", Field::Key),
    ("queryStageMasterKey", Field::Key),
    ("AZURE_SAS_TOKEN", Field::Signature),
    ("PROOF_KEY", Field::Secret),
    ("proofKey", Field::Secret),
    ("RAW_SAML_RESPONSE", Field::Secret),
    ("SAMLResponse", Field::Secret),
    ("client_secret", Field::Secret),
    ("code_verifier", Field::Secret),
    ("AWS_ID", Field::Secret),
    ("AWS_KEY", Field::Secret),
    ("AWS_KEY_ID", Field::Secret),
    ("AWS_SECRET_KEY", Field::Secret),
    ("AccessKeyId", Field::Secret),
    ("SecretAccessKey", Field::Secret),
    ("PASSCODE", Field::Passcode),
    ("url", Field::Address),
    ("presignedUrl", Field::Address),
    ("presignedUrls", Field::Address),
    ("ssoUrl", Field::Address),
    ("tokenUrl", Field::Address),
    ("getResultUrl", Field::Address),
    ("creds", Field::Credentials),
    ("chunkHeaders", Field::Headers),
];

/// Parts of the names of further fields that hold secrets, such as a passphrase among session parameters.
const TELLING: [&str; 4] = ["PASSWORD", "PASSPHRASE", "PRIVATE_KEY", "SECRET_KEY"];

impl Field {
    /// What the field of a name holds, if that is anything to hide.
    pub(super) fn named(name: &str) -> Option<Self> {
        let known = FIELDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        if let Some((_, field)) = known {
            return Some(*field);
        }
        match Header::named(name) {
            Header::Key => return Some(Self::Key),
            Header::Secret if name.eq_ignore_ascii_case("authorization") => return Some(Self::Secret),
            _ => {}
        }
        let name = name.to_ascii_uppercase();
        TELLING.iter().any(|part| name.contains(part)).then_some(Self::Secret)
    }

    /// What the `value` beside a `name` holds, as lists of session parameters write them.
    pub(super) fn of_parameter(fields: &Map<String, Value>) -> Option<Self> {
        let name = fields.get("name")?.as_str()?;
        Self::named(name).filter(|field| *field == Self::Secret)
    }

    /// What stands for a value of the field.
    pub(super) fn placeholder(self, value: &str) -> &'static str {
        match self {
            Self::Token if is_jwt(value) => placeholder::JWT,
            Self::Token => placeholder::TOKEN,
            // 16 bytes are 24 characters.
            Self::Key if value.len() <= 24 => placeholder::SHORT_KEY,
            Self::Key => placeholder::KEY,
            Self::Signature => placeholder::SIGNATURE,
            _ => placeholder::TEXT,
        }
    }
}

fn is_jwt(value: &str) -> bool {
    value.starts_with("eyJ") && value.split('.').count() == 3
}
