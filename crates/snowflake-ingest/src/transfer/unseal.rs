//! From the bytes that are stored to those that were uploaded: decrypted, and compared with their digest.

use std::fmt;

use bytes::Bytes;
use snowflake_proto::encryption::{BLOCK, Decryptor, FileKey, MasterKey};

use super::fault::{DamagedSnafu, Fault};
use super::seal::Hasher;
use super::workers::on_thread;
use crate::error::Result;
use crate::store::Metadata;

/// Opens the pieces of an object in their order.
pub(super) struct Opener {
    hasher: Hasher,
    digest: Option<String>,
    decryptor: Option<Decryptor>,
}

impl Opener {
    /// An opener of the object that has this metadata; `master` is the key of its stage, where there is one.
    ///
    /// Whatever is wrong with an object or its key is one and the same error: which of them it was helps nobody
    /// but an attacker.
    pub(super) fn new(file: &str, metadata: &Metadata, master: Option<&MasterKey>) -> Result<Self> {
        let key = match (&metadata.envelope, master) {
            (Some(envelope), Some(master)) => Some(master.unwrap(&envelope.wrapped_key, &envelope.iv)),
            (None, None) => None,
            _ => return Ok(DamagedSnafu { file }.fail()?),
        };
        let key: Option<FileKey> = key.transpose().map_err(|_| damaged(file))?;
        let decryptor = key.as_ref().map(FileKey::decryptor);
        let digest = metadata.digest.clone().filter(|digest| !digest.is_empty());
        Ok(Self { hasher: Hasher::new(), digest, decryptor })
    }

    /// What was uploaded of the next pieces, as far as it is known by now, in a buffer whose content is not needed
    /// any more: that of a fresh one would have to be zeroed first, page by page.
    pub(super) async fn open(
        mut self,
        pieces: Vec<Bytes>,
        mut plain: Vec<u8>,
    ) -> std::io::Result<(Vec<u8>, Self)> {
        on_thread(move || {
            plain.clear();
            plain.reserve(pieces.iter().map(Bytes::len).sum::<usize>() + BLOCK);
            for piece in pieces {
                let start = plain.len();
                match &mut self.decryptor {
                    Some(decryptor) => decryptor.update_into(&piece, &mut plain),
                    None => plain.extend_from_slice(&piece),
                }
                // At once, while it is in the cache of this core.
                self.hasher.update(plain.get(start..).unwrap_or_default());
            }
            Ok((plain, self))
        })
        .await
    }

    /// The rest, when all of it is as it was uploaded.
    pub(super) fn finish(mut self, file: &str) -> Result<Vec<u8>> {
        let rest = self.decryptor.take().map(Decryptor::finish).transpose().map_err(|_| damaged(file))?;
        let rest = rest.unwrap_or_default();
        self.hasher.update(&rest);
        match self.digest {
            Some(digest) if digest != self.hasher.finish() => Ok(DamagedSnafu { file }.fail()?),
            _ => Ok(rest),
        }
    }
}

fn damaged(file: &str) -> Fault {
    DamagedSnafu { file }.build()
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opener").field("is_encrypted", &self.decryptor.is_some()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use snowflake_proto::wire::stage::EncryptionMaterial;

    use super::*;
    use crate::store::Envelope;
    use crate::transfer::pack::file_key;

    fn master(key: &str) -> MasterKey {
        let material = EncryptionMaterial { query_stage_master_key: key.to_owned(), ..Default::default() };
        MasterKey::new(&material).unwrap()
    }

    /// An object and what travels beside it.
    fn sealed(master: &MasterKey, plain: &[u8]) -> (Vec<u8>, Metadata) {
        let key = file_key(master).unwrap();
        let mut encryptor = key.encryptor();
        let mut bytes = encryptor.update(plain);
        bytes.extend(encryptor.finish());
        let mut hasher = Hasher::new();
        hasher.update(plain);
        let envelope = Envelope { wrapped_key: master.wrap(&key), iv: key.iv(), ..Envelope::default() };
        (bytes, Metadata { digest: Some(hasher.finish()), envelope: Some(envelope) })
    }

    async fn open(bytes: &[u8], metadata: &Metadata, master: Option<&MasterKey>) -> Result<Vec<u8>> {
        let opener = Opener::new("f", metadata, master)?;
        let (mut plain, opener) = opener.open(vec![Bytes::copy_from_slice(bytes)], Vec::new()).await.unwrap();
        plain.extend(opener.finish("f")?);
        Ok(plain)
    }

    #[tokio::test]
    async fn f06_every_damage_is_found_and_called_by_one_name() {
        let (key, other) = (master("AAECAwQFBgcICQoLDA0ODw=="), master("BBECAwQFBgcICQoLDA0ODw=="));
        let (bytes, metadata) = sealed(&key, b"some rows of some table");
        assert_eq!(open(&bytes, &metadata, Some(&key)).await.unwrap(), b"some rows of some table");

        let mut errors = Vec::new();
        for at in [0, 17, 31] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            errors.push(open(&flipped, &metadata, Some(&key)).await.unwrap_err());
        }
        errors.push(open(&bytes[..16], &metadata, Some(&key)).await.unwrap_err());
        errors.push(open(&bytes[..20], &metadata, Some(&key)).await.unwrap_err());
        errors.push(open(&[], &metadata, Some(&key)).await.unwrap_err());
        errors.push(open(&bytes, &metadata, Some(&other)).await.unwrap_err());
        errors.push(open(&bytes, &metadata, None).await.unwrap_err());
        let (plainly, envelope) =
            (Metadata { envelope: None, ..metadata.clone() }, metadata.envelope.clone());
        errors.push(open(&bytes, &plainly, Some(&key)).await.unwrap_err());
        for iv in ["AAAAAAAAAAAAAAAAAAAAAA==", "AAAA", ""] {
            let envelope = envelope.clone().map(|envelope| Envelope { iv: iv.to_owned(), ..envelope });
            errors.push(
                open(&bytes, &Metadata { envelope, ..metadata.clone() }, Some(&key)).await.unwrap_err(),
            );
        }
        let digest = Some("AAAA".to_owned());
        errors.push(open(&bytes, &Metadata { digest, ..metadata.clone() }, Some(&key)).await.unwrap_err());
        let said: std::collections::BTreeSet<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), 1, "{said:?}");
    }

    #[test]
    fn f14_no_key_and_no_vector_is_used_twice() {
        let master = master("AAECAwQFBgcICQoLDA0ODw==");
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..10_000 {
            let key = file_key(&master).unwrap();
            assert!(seen.insert(master.wrap(&key)), "a key twice");
            assert!(seen.insert(key.iv()), "a vector twice");
        }
    }
}
