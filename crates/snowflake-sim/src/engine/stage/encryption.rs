//! What clients' encryption leaves in the metadata of a file, written and read in every cloud's words.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use ring::{digest, hmac};
use serde_json::{Value, json};
use snowflake_proto::encryption::MasterKey;
use snowflake_proto::wire::stage::{EncryptionMaterial, SmkId};
use snowflake_transport::Entropy;

use super::super::SqlError;
use super::StageEncryption;
use super::area::Area;
use super::objects::Metadata;
use crate::storage::Cloud;

/// The keys of all stages, made from one secret.
pub(super) struct Keys {
    secret: hmac::Key,
}

/// What the metadata of an encrypted file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Envelope {
    wrapped_key: String,
    iv: String,
    /// Which key it was, as the client wrote it.
    description: Option<String>,
}

impl Keys {
    pub(super) fn new(entropy: &dyn Entropy) -> Self {
        let secret: Vec<u8> = (0..4).flat_map(|_| entropy.u64().to_le_bytes()).collect();
        Self { secret: hmac::Key::new(hmac::HMAC_SHA256, &secret) }
    }

    /// The key of a stage as clients are sent it; none when they shall not encrypt.
    pub(super) fn material(&self, area: &Area, query_id: &str) -> Option<EncryptionMaterial> {
        let bytes = match area.encryption {
            StageEncryption::None => return None,
            StageEncryption::Aes128 => 16,
            StageEncryption::Aes256 => 32,
        };
        let key = hmac::sign(&self.secret, area.prefix.as_bytes());
        let id = hmac::sign(&self.secret, format!("id of {}", area.prefix).as_bytes());
        let id = id.as_ref().iter().take(6).fold(0, |id, byte| id << 8 | i64::from(*byte));
        Some(EncryptionMaterial {
            query_stage_master_key: BASE64_STANDARD.encode(&key.as_ref()[..bytes]),
            query_id: query_id.to_owned(),
            smk_id: Some(SmkId::Number(id)),
        })
    }

    /// A file and its metadata as a client of a cloud would have written them.
    ///
    /// # Errors
    /// `300010`: never in practice.
    pub(super) fn seal(
        &self,
        area: &Area,
        cloud: Cloud,
        plain: Bytes,
        entropy: &dyn Entropy,
    ) -> Result<(Bytes, Metadata), SqlError> {
        let digest = BASE64_STANDARD.encode(digest::digest(&digest::SHA256, &plain));
        let mut metadata = Metadata::from([(digest_name(cloud).to_owned(), digest)]);
        let Some(material) = self.material(area, &entropy.uuid().to_string()) else {
            return Ok((plain, metadata));
        };
        let master = MasterKey::new(&material).map_err(SqlError::internal)?;
        let mut random = [0; 48];
        for chunk in random.chunks_exact_mut(8) {
            chunk.copy_from_slice(&entropy.u64().to_le_bytes());
        }
        let key = master.file_key(&random);
        let mut encryptor = key.encryptor();
        let mut body = encryptor.update(&plain);
        body.extend(encryptor.finish());
        let description = json!({
            "smkId": master.smk_id(), "queryId": master.query_id(), "keySize": master.bits().to_string(),
        });
        let envelope = Envelope {
            wrapped_key: master.wrap(&key),
            iv: key.iv(),
            description: Some(description.to_string()),
        };
        metadata.extend(envelope.words(cloud));
        Ok((body.into(), metadata))
    }

    /// The plain bytes of a file, whoever encrypted it.
    ///
    /// # Errors
    /// `300010` when it cannot be decrypted.
    pub(super) fn open(&self, area: &Area, body: Bytes, metadata: &Metadata) -> Result<Bytes, SqlError> {
        let Some(envelope) = Envelope::of(metadata) else { return Ok(body) };
        let material =
            self.material(area, "").ok_or_else(|| SqlError::internal("no key for an encrypted file"))?;
        let opened = MasterKey::new(&material).and_then(|master| {
            let key = master.unwrap(&envelope.wrapped_key, &envelope.iv)?;
            let mut decryptor = key.decryptor();
            let mut plain = decryptor.update(&body);
            plain.extend(decryptor.finish()?);
            Ok(plain)
        });
        opened.map(Bytes::from).map_err(SqlError::internal)
    }
}

impl Envelope {
    /// What metadata says of encryption, in the words of S3 or of the other clouds.
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        if let (Some(key), Some(iv)) = (metadata.get("x-amz-key"), metadata.get("x-amz-iv")) {
            let description = metadata.get("x-amz-matdesc").cloned();
            return Some(Self { wrapped_key: key.clone(), iv: iv.clone(), description });
        }
        let data: Value = serde_json::from_str(metadata.get("encryptiondata")?).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Some(Self {
            wrapped_key: text(&data["WrappedContentKey"]["EncryptedKey"])?,
            iv: text(&data["ContentEncryptionIV"])?,
            description: metadata.get("matdesc").cloned(),
        })
    }

    /// The statement whose key it was.
    pub(super) fn query_id(&self) -> Option<String> {
        let description: Value = serde_json::from_str(self.description.as_deref()?).ok()?;
        description["queryId"].as_str().map(str::to_owned)
    }

    /// The same in the words of a cloud.
    fn words(self, cloud: Cloud) -> Metadata {
        let Self { wrapped_key, iv, description } = self;
        let (description_name, data) = if cloud == Cloud::S3 {
            ("x-amz-matdesc", vec![("x-amz-key", wrapped_key), ("x-amz-iv", iv)])
        } else {
            ("matdesc", vec![("encryptiondata", encryption_data(&wrapped_key, &iv).to_string())])
        };
        let description = description.map(|description| (description_name, description));
        data.into_iter().chain(description).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// Metadata of a file in the words of a cloud too; none when they are there.
pub(super) fn translated(metadata: &Metadata, cloud: Cloud) -> Option<Metadata> {
    let mut both = metadata.clone();
    if let Some(envelope) = Envelope::of(metadata) {
        both.extend(envelope.words(cloud).into_iter().filter(|(name, _)| !metadata.contains_key(name)));
    }
    let digest = Cloud::ALL.into_iter().find_map(|cloud| metadata.get(digest_name(cloud)));
    if let Some(digest) = digest {
        both.entry(digest_name(cloud).to_owned()).or_insert_with(|| digest.clone());
    }
    (both != *metadata).then_some(both)
}

fn digest_name(cloud: Cloud) -> &'static str {
    if cloud == Cloud::Azure { "sfcdigest" } else { "sfc-digest" }
}

fn encryption_data(wrapped_key: &str, iv: &str) -> Value {
    json!({
        "EncryptionMode": "FullBlob",
        "WrappedContentKey": {
            "KeyId": "symmKey1", "EncryptedKey": wrapped_key, "Algorithm": "AES_CBC_256",
        },
        "EncryptionAgent": {"Protocol": "1.0", "EncryptionAlgorithm": "AES_CBC_256"},
        "ContentEncryptionIV": iv,
        "KeyWrappingMetadata": {"EncryptionLibrary": "snowflake-sim"},
    })
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}
