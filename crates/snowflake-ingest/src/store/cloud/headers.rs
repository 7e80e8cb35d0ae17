//! The forms in which each cloud carries what is said about an object.

use serde_json::{Value, json};

use super::site::Cloud;
use crate::store::metadata::{Envelope, Metadata};

/// What we call ourselves where the writer of an envelope is named.
const LIBRARY: &str = concat!("snowflake-ingest ", env!("CARGO_PKG_VERSION"));

/// What S3 and the others call the description of a stage's key.
const S3_MATERIAL: &str = "x-amz-matdesc";
const MATERIAL: &str = "matdesc";

const S3_KEY: &str = "x-amz-key";
const S3_IV: &str = "x-amz-iv";
const ENVELOPE: &str = "encryptiondata";

/// All names that the digest has had.
const DIGESTS: [&str; 3] = ["sfc-digest", "sfcdigest", "sfc_digest"];

impl Cloud {
    /// What the names of all metadata begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::S3 => "x-amz-meta-",
            Self::Azure => "x-ms-meta-",
            Self::Google => "x-goog-meta-",
        }
    }
}

/// The metadata of an object, without the cloud's prefix. All of it is printable ASCII.
pub(super) fn write(cloud: Cloud, metadata: &Metadata) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    if let Some(digest) = &metadata.digest {
        pairs.push((if cloud == Cloud::Azure { "sfcdigest" } else { "sfc-digest" }, ascii(digest)));
    }
    if let Some(envelope) = &metadata.envelope {
        match cloud {
            Cloud::S3 => pairs.extend([
                (S3_KEY, ascii(&envelope.wrapped_key)),
                (S3_IV, ascii(&envelope.iv)),
                (S3_MATERIAL, material(envelope)),
            ]),
            Cloud::Azure | Cloud::Google => {
                pairs.extend([(ENVELOPE, sealed(envelope)), (MATERIAL, material(envelope))]);
            }
        }
    }
    pairs
}

/// What the metadata of an object say, whoever wrote it: every cloud's form is understood for every cloud.
pub(super) fn read<'a>(named: impl Fn(&str) -> Option<&'a str>) -> Metadata {
    let digest = DIGESTS.iter().find_map(|name| named(name)).filter(|digest| !digest.is_empty());
    let (key, iv) = match named(ENVELOPE) {
        Some(sealed) => {
            let sealed = parse(Some(sealed));
            (text(&sealed["WrappedContentKey"], "EncryptedKey"), text(&sealed, "ContentEncryptionIV"))
        }
        None => (named(S3_KEY).unwrap_or_default().to_owned(), named(S3_IV).unwrap_or_default().to_owned()),
    };
    let material = parse([MATERIAL, S3_MATERIAL].iter().find_map(|name| named(name)));
    let envelope = (!key.is_empty() && !iv.is_empty()).then(|| Envelope {
        wrapped_key: key,
        iv,
        smk_id: text(&material, "smkId"),
        query_id: text(&material, "queryId"),
        bits: text(&material, "keySize").parse().ok(),
    });
    Metadata { digest: digest.map(str::to_owned), envelope }
}

fn parse(json: Option<&str>) -> Value {
    json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default()
}

/// A member that may be written as a number or as a text.
fn text(object: &Value, name: &str) -> String {
    match object.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

fn material(envelope: &Envelope) -> String {
    let bits = envelope.bits.map(|bits| bits.to_string()).unwrap_or_default();
    let material = json!({
        "queryId": envelope.query_id,
        "smkId": envelope.smk_id,
        "keySize": bits,
    });
    ascii(&material.to_string())
}

/// The names of the algorithms are the same for keys of all sizes.
fn sealed(envelope: &Envelope) -> String {
    let sealed = json!({
        "EncryptionMode": "FullBlob",
        "WrappedContentKey": {
            "KeyId": "symmKey1",
            "EncryptedKey": envelope.wrapped_key,
            "Algorithm": "AES_CBC_256",
        },
        "EncryptionAgent": { "Protocol": "1.0", "EncryptionAlgorithm": "AES_CBC_256" },
        "ContentEncryptionIV": envelope.iv,
        "KeyWrappingMetadata": { "EncryptionLibrary": LIBRARY },
    });
    ascii(&sealed.to_string())
}

/// JSON and Base64 that any header can hold. Other characters are escaped as JSON escapes them.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if character == ' ' || character.is_ascii_graphic() {
            out.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn metadata(query_id: &str) -> Metadata {
        let envelope = Envelope {
            wrapped_key: "S0VZ".to_owned(),
            iv: "SVY=".to_owned(),
            smk_id: "92".to_owned(),
            query_id: query_id.to_owned(),
            bits: Some(128),
        };
        Metadata { digest: Some("RElHRVNU".to_owned()), envelope: Some(envelope) }
    }

    fn again(pairs: &[(&str, &str)]) -> Metadata {
        let pairs: BTreeMap<_, _> = pairs.iter().copied().collect();
        read(|name| pairs.get(name).copied())
    }

    #[test]
    fn f13_each_cloud_has_its_own_names() {
        let names = |cloud| -> Vec<_> {
            write(cloud, &metadata("01"))
                .into_iter()
                .map(|(name, _)| format!("{}{name}", cloud.prefix()))
                .collect()
        };
        assert_eq!(
            names(Cloud::S3),
            [
                "x-amz-meta-sfc-digest",
                "x-amz-meta-x-amz-key",
                "x-amz-meta-x-amz-iv",
                "x-amz-meta-x-amz-matdesc"
            ]
        );
        assert_eq!(
            names(Cloud::Azure),
            ["x-ms-meta-sfcdigest", "x-ms-meta-encryptiondata", "x-ms-meta-matdesc"]
        );
        assert_eq!(
            names(Cloud::Google),
            ["x-goog-meta-sfc-digest", "x-goog-meta-encryptiondata", "x-goog-meta-matdesc"]
        );
    }

    #[test]
    fn f13_the_forms_of_all_drivers_are_understood() {
        let material = r#"{"smkId":92,"queryId":"01","keySize":128}"#;
        let expected = metadata("01");
        for digest in DIGESTS {
            let s3 = [
                (digest, "RElHRVNU"),
                ("x-amz-key", "S0VZ"),
                ("x-amz-iv", "SVY="),
                ("x-amz-matdesc", material),
            ];
            assert_eq!(again(&s3), expected);
            let sealed = r#"{"ContentEncryptionIV":"SVY=","EncryptionAgent":{"EncryptionAlgorithm":"AES_CBC_128"},
                "WrappedContentKey":{"EncryptedKey":"S0VZ","Unknown":1},"KeyWrappingMetadata":{"EncryptionLibrary":"x"}}"#;
            assert_eq!(
                again(&[(digest, "RElHRVNU"), ("encryptiondata", sealed), ("matdesc", material)]),
                expected
            );
        }
        assert_eq!(again(&[("x-amz-key", "S0VZ")]), Metadata::default());
        assert_eq!(again(&[("encryptiondata", "{"), ("matdesc", "[]")]), Metadata::default());
    }

    #[test]
    fn f13_an_envelope_says_what_the_other_drivers_say() {
        let pairs: BTreeMap<_, _> = write(Cloud::Azure, &metadata("01")).into_iter().collect();
        let sealed: Value = serde_json::from_str(&pairs["encryptiondata"]).unwrap();
        assert_eq!(
            sealed,
            json!({
                "EncryptionMode": "FullBlob",
                "WrappedContentKey": { "KeyId": "symmKey1", "EncryptedKey": "S0VZ", "Algorithm": "AES_CBC_256" },
                "EncryptionAgent": { "Protocol": "1.0", "EncryptionAlgorithm": "AES_CBC_256" },
                "ContentEncryptionIV": "SVY=",
                "KeyWrappingMetadata": { "EncryptionLibrary": LIBRARY }
            })
        );
        let material: Value = serde_json::from_str(&pairs["matdesc"]).unwrap();
        assert_eq!(material, json!({ "smkId": "92", "queryId": "01", "keySize": "128" }));
    }

    proptest! {
        #[test]
        fn f13_what_was_written_is_read_again_and_fits_a_header(query_id in "\\PC{0,20}|[\\x00-\\x7f]{0,9}") {
            for cloud in [Cloud::S3, Cloud::Azure, Cloud::Google] {
                let pairs = write(cloud, &metadata(&query_id));
                for (_, value) in &pairs {
                    prop_assert!(http::HeaderValue::from_str(value).unwrap().to_str().is_ok());
                }
                let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
                prop_assert_eq!(again(&pairs), metadata(&query_id));
            }
        }

        #[test]
        fn f13_nothing_that_a_store_says_makes_the_reader_panic(text in "[\\[\\]{}\":,a-zA-Z0-9 ]{0,60}") {
            for name in ["encryptiondata", "matdesc"] {
                again(&[(name, &text), ("x-amz-key", "k"), ("x-amz-iv", "i")]);
            }
        }
    }
}
