//! The credentials of a store.

use snafu::OptionExt as _;
use snowflake_proto::Secret;
use snowflake_proto::wire::stage::StageInfo;

use super::site::Cloud;
use crate::error::{PlaceSnafu, Result};

/// What lets us in. Every text can stand in a header.
#[derive(Clone, Debug)]
pub(super) enum Keys {
    /// Temporary keys of S3.
    S3 { id: Secret, key: Secret, token: Option<Secret> },
    /// The signature of Azure that goes into each address.
    Azure { signature: Secret },
    /// A token of Google Cloud.
    Google { token: Secret },
}

impl Keys {
    /// The credentials in the server's instructions.
    pub(super) fn of(cloud: Cloud, info: &StageInfo) -> Result<Self> {
        let missing = PlaceSnafu { reason: "there are no usable credentials for it" };
        let one_of = |names: &[&str]| names.iter().find_map(|name| named(info, name));
        let keys = match cloud {
            Cloud::S3 => one_of(&["AWS_KEY_ID", "AWS_ID"])
                .zip(one_of(&["AWS_SECRET_KEY", "AWS_KEY"]))
                .map(|(id, key)| Self::S3 { id, key, token: named(info, "AWS_TOKEN") }),
            Cloud::Azure => named(info, "AZURE_SAS_TOKEN").map(|signature| Self::Azure { signature }),
            Cloud::Google => named(info, "GCS_ACCESS_TOKEN").map(|token| Self::Google { token }),
        };
        Ok(keys.context(missing)?)
    }

    /// Azure: the signature as the names and values of a query string.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        let Self::Azure { signature } = self else { return Vec::new() };
        // A plus sign in a signature is one, and no blank.
        let query = signature.expose().trim_start_matches('?').replace('+', "%2B");
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }
}

fn named(info: &StageInfo, name: &str) -> Option<Secret> {
    let text = info.creds.as_ref()?.get(name)?.as_deref()?;
    let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    fits.then(|| Secret::new(text))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::ErrorKind;

    fn info(pairs: &[(&str, &str)]) -> StageInfo {
        let creds: BTreeMap<_, _> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned()))).collect();
        StageInfo { creds: Some(creds), ..StageInfo::default() }
    }

    #[test]
    fn credentials_are_read_by_both_of_their_names_and_shown_to_nobody() {
        for pairs in [
            [("AWS_KEY_ID", "canary"), ("AWS_SECRET_KEY", "canary")],
            [("AWS_ID", "canary"), ("AWS_KEY", "canary")],
        ] {
            let keys = Keys::of(Cloud::S3, &info(&pairs)).unwrap();
            assert!(matches!(&keys, Keys::S3 { token: None, .. }));
            assert!(!format!("{keys:?}").contains("canary"));
        }
    }

    #[test]
    fn a_signature_keeps_every_character() {
        for text in ["?sv=2024&sig=a%2Bb%3D", "sv=2024&sig=a+b%3D"] {
            let keys = Keys::of(Cloud::Azure, &info(&[("AZURE_SAS_TOKEN", text)])).unwrap();
            let pairs =
                [("sv", "2024"), ("sig", "a+b=")].map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(keys.query(), pairs);
        }
    }

    #[test]
    fn credentials_that_no_header_can_hold_are_refused() {
        for token in ["", "a\r\nX: y", "ü"] {
            let error = Keys::of(Cloud::Google, &info(&[("GCS_ACCESS_TOKEN", token)])).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol);
        }
    }
}
