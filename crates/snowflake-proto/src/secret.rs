//! A text that no log, error or serializer shows.

use std::{fmt, sync::Arc};

use secrecy::{ExposeSecret, SecretBox};
use serde::{Deserialize, Deserializer};

/// A password, token, passcode or key.
///
/// `Debug` prints `Secret(***)`, there is no `Display` and no `Serialize`, clones share one copy, and the
/// memory is wiped when the last one is dropped.
/// The only way to the text is [`Secret::expose`], which is therefore easy to search for.
/// Comparison takes the same time wherever the first difference is.
///
/// ```
/// use snowflake_proto::Secret;
///
/// let token = Secret::new("v1:abc");
/// assert_eq!(token.expose(), "v1:abc");
/// assert_eq!(format!("{token:?}"), "Secret(***)");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<SecretBox<String>>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(SecretBox::new(Box::new(text.into()))))
    }

    /// The text itself, for the moment it is written to a header or a body.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether the text is empty: an empty token is as good as none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (left, right) = (self.expose().as_bytes(), other.expose().as_bytes());
        let difference = left.iter().zip(right).fold(0_u8, |sum, (a, b)| sum | (a ^ b));
        left.len() == right.len() && std::hint::black_box(difference) == 0
    }
}

impl Eq for Secret {}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn g02_no_debug_form_shows_the_text() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "only its Debug form is looked at")]
        struct Holder {
            token: Secret,
            tokens: Vec<Option<Secret>>,
        }
        let secret = Secret::from("hunter2");
        let holder = Holder { token: secret.clone(), tokens: vec![Some(secret)] };
        for text in [format!("{holder:?}"), format!("{holder:#?}")] {
            assert!(!text.contains("hunter2"), "{text}");
            assert!(text.contains("Secret(***)"), "{text}");
        }
    }

    #[test]
    fn equal_texts_are_equal_secrets() {
        assert_eq!(Secret::new("abc"), Secret::from("abc".to_owned()));
        for other in ["", "ab", "abd", "abcd", "xbc"] {
            assert_ne!(Secret::new("abc"), Secret::new(other));
        }
    }

    #[test]
    fn a_secret_can_be_read_from_json_but_not_from_a_number() {
        let secret: Secret = serde_json::from_str("\"a\\nb\"").unwrap();
        assert_eq!(secret.expose(), "a\nb");
        assert!(serde_json::from_str::<Secret>("1").is_err());
        assert!(Secret::new("").is_empty());
    }
}
