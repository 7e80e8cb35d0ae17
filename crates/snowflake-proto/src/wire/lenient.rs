//! Readers for fields that the service writes in more than one JSON form.

use serde::{Deserialize, Deserializer, de};

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Integer(i64),
    Text(String),
}

/// An integer, or its digits in a string: recorded logins carry `sessionId` both ways.
pub(super) fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Option::<Scalar>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Scalar::Integer(value)) => Ok(Some(value)),
        Some(Scalar::Text(text)) => {
            text.parse().map(Some).map_err(|_| de::Error::custom("expected an integer or a string of digits"))
        }
    }
}

/// A code: a string, a number (as some answers have it), or null.
pub(super) fn code<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Scalar>::deserialize(deserializer)?.map(|scalar| match scalar {
        Scalar::Integer(value) => format!("{value:06}"),
        Scalar::Text(text) => text,
    }))
}
