//! Encrypting and decrypting one file from its beginning to its end, in pieces of any size.

use std::fmt;

use aes::cipher::generic_array::GenericArray;
use aes::cipher::inout::InOutBuf;
use aes::cipher::{BlockDecryptMut, BlockEncryptMut, KeyIvInit};
use aes::{Aes128, Aes256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::key::FileKey;
use crate::error::{Error, Result};

/// Bytes of a block of AES: an encrypted file is longer by at most as many, and a decryptor holds back no more.
pub const BLOCK: usize = 16;

/// The same words for every way in which a file can be damaged: which it was is nobody's business.
const NOT_WHOLE: &str = "the encrypted file is not whole";

/// How many bytes `plain` bytes become.
#[must_use]
pub fn encrypted_size(plain: u64) -> u64 {
    let block = BLOCK as u64;
    plain + block - plain % block
}

enum Mode<A, B> {
    Small(A),
    Large(B),
}

/// Encrypts a file piece by piece.
pub struct Encryptor {
    mode: Mode<cbc::Encryptor<Aes128>, cbc::Encryptor<Aes256>>,
    /// What did not fill a block so far.
    rest: Vec<u8>,
}

/// Decrypts a file piece by piece, holding back its last block until the end is known.
pub struct Decryptor {
    mode: Mode<cbc::Decryptor<Aes128>, cbc::Decryptor<Aes256>>,
    rest: Vec<u8>,
}

impl FileKey {
    /// The initialization vector in Base64.
    pub fn iv(&self) -> String {
        STANDARD.encode(self.iv)
    }

    /// An encryptor of this file from its beginning; two of them give the same bytes.
    pub fn encryptor(&self) -> Encryptor {
        let (key, iv) = (self.key.as_slice(), GenericArray::from_slice(&self.iv));
        let mode = match key.len() {
            16 => Mode::Small(cbc::Encryptor::new(GenericArray::from_slice(key), iv)),
            _ => Mode::Large(cbc::Encryptor::new(GenericArray::from_slice(key), iv)),
        };
        Encryptor { mode, rest: Vec::with_capacity(BLOCK) }
    }

    /// A decryptor of this file from its beginning.
    pub fn decryptor(&self) -> Decryptor {
        let (key, iv) = (self.key.as_slice(), GenericArray::from_slice(&self.iv));
        let mode = match key.len() {
            16 => Mode::Small(cbc::Decryptor::new(GenericArray::from_slice(key), iv)),
            _ => Mode::Large(cbc::Decryptor::new(GenericArray::from_slice(key), iv)),
        };
        Decryptor { mode, rest: Vec::with_capacity(BLOCK) }
    }
}

impl Encryptor {
    /// The encrypted form of what is complete so far.
    pub fn update(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut blocks = Vec::with_capacity(self.rest.len() + piece.len());
        blocks.append(&mut self.rest);
        blocks.extend_from_slice(piece);
        self.rest = blocks.split_off(blocks.len() - blocks.len() % BLOCK);
        self.encrypt(&mut blocks);
        blocks
    }

    /// The last block, with its padding.
    pub fn finish(mut self) -> Vec<u8> {
        let padding = BLOCK - self.rest.len();
        let mut block = std::mem::take(&mut self.rest);
        // At most 16, so it fits a byte.
        block.resize(BLOCK, u8::try_from(padding).unwrap_or(0));
        self.encrypt(&mut block);
        block
    }

    fn encrypt(&mut self, blocks: &mut [u8]) {
        let (blocks, _none) = InOutBuf::from(blocks).into_chunks();
        match &mut self.mode {
            Mode::Small(cipher) => cipher.encrypt_blocks_inout_mut(blocks),
            Mode::Large(cipher) => cipher.encrypt_blocks_inout_mut(blocks),
        }
    }
}

impl Decryptor {
    /// The plain form of all but the last block so far.
    pub fn update(&mut self, piece: &[u8]) -> Vec<u8> {
        let mut plain = Vec::with_capacity(self.rest.len() + piece.len());
        self.update_into(piece, &mut plain);
        plain
    }

    /// Appends the plain form of all but the last block so far.
    pub fn update_into(&mut self, piece: &[u8], plain: &mut Vec<u8>) {
        let start = plain.len();
        plain.append(&mut self.rest);
        plain.extend_from_slice(piece);
        let blocks = plain.len() - start;
        // One whole block stays back: it may be the last one, with the padding.
        let kept = match blocks % BLOCK {
            0 => BLOCK.min(blocks),
            rest => rest,
        };
        self.rest.extend(plain.drain(plain.len() - kept..));
        if let Some(blocks) = plain.get_mut(start..) {
            self.decrypt(blocks);
        }
    }

    /// The plain form of the last block, without its padding.
    ///
    /// # Errors
    /// [`Decode`](crate::ErrorKind::Decode) when the file was cut or changed, or the key is another.
    pub fn finish(mut self) -> Result<Vec<u8>> {
        let mut block = std::mem::take(&mut self.rest);
        if block.len() != BLOCK {
            return Err(Error::decode(NOT_WHOLE));
        }
        self.decrypt(&mut block);
        let padding = usize::from(block.last().copied().unwrap_or(0));
        let is_padded = (1..=BLOCK).contains(&padding)
            && block.iter().rev().take(padding).all(|&byte| usize::from(byte) == padding);
        if !is_padded {
            return Err(Error::decode(NOT_WHOLE));
        }
        block.truncate(BLOCK - padding);
        Ok(block)
    }

    fn decrypt(&mut self, blocks: &mut [u8]) {
        let (blocks, _none) = InOutBuf::from(blocks).into_chunks();
        match &mut self.mode {
            Mode::Small(cipher) => cipher.decrypt_blocks_inout_mut(blocks),
            Mode::Large(cipher) => cipher.decrypt_blocks_inout_mut(blocks),
        }
    }
}

impl fmt::Debug for Encryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encryptor").finish_non_exhaustive()
    }
}

impl fmt::Debug for Decryptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decryptor").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use zeroize::Zeroizing;

    use super::*;
    use crate::encryption::MasterKey;
    use crate::wire::stage::EncryptionMaterial;

    /// Different bytes with every call.
    fn random() -> [u8; 48] {
        use std::hash::{BuildHasher, RandomState};
        std::array::from_fn(|at| RandomState::new().hash_one(at).to_le_bytes()[0])
    }

    fn master(length: usize) -> MasterKey {
        MasterKey::new(&EncryptionMaterial {
            query_stage_master_key: STANDARD.encode(vec![7; length]),
            query_id: "01".to_owned(),
            smk_id: Some("92".into()),
        })
        .unwrap()
    }

    fn encrypt(key: &FileKey, plain: &[u8], piece: usize) -> Vec<u8> {
        let mut encryptor = key.encryptor();
        let mut out: Vec<u8> = plain.chunks(piece).flat_map(|piece| encryptor.update(piece)).collect();
        out.extend(encryptor.finish());
        out
    }

    fn decrypt(key: &FileKey, encrypted: &[u8], piece: usize) -> Result<Vec<u8>> {
        let mut decryptor = key.decryptor();
        let mut out: Vec<u8> = encrypted.chunks(piece).flat_map(|piece| decryptor.update(piece)).collect();
        out.extend(decryptor.finish()?);
        Ok(out)
    }

    #[test]
    fn f13_known_answers_of_both_sizes() {
        // NIST SP 800-38A, F.2.1 and F.2.5: the first block of CBC-AES128 and CBC-AES256.
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
        };
        let iv = <[u8; 16]>::try_from(hex("000102030405060708090a0b0c0d0e0f")).unwrap();
        let plain = hex("6bc1bee22e409f96e93d7e117393172a");
        for (key, first) in [
            ("2b7e151628aed2a6abf7158809cf4f3c", "7649abac8119b246cee98e9b12e9197d"),
            (
                "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
                "f58c4c04d6e5f1ba779eabfb5f7bfbd6",
            ),
        ] {
            let key = FileKey { key: Zeroizing::new(hex(key)), iv };
            assert_eq!(encrypt(&key, &plain, 16)[..16], hex(first));
        }
    }

    #[test]
    fn f06_a_cut_or_changed_file_and_another_key_are_one_error() {
        let master = master(32);
        let key = master.file_key(&random());
        let encrypted = encrypt(&key, b"some rows", 16);
        let text = |outcome: Result<Vec<u8>>| outcome.unwrap_err().to_string();
        let cut = text(decrypt(&key, &encrypted[..15], 16));
        assert_eq!(cut, text(decrypt(&key, &[], 16)));
        let other = master.file_key(&random());
        // One wrong key in 256 leaves a padding that looks right; the digest finds those.
        if let Err(error) = decrypt(&other, &encrypted, 16) {
            assert_eq!(error.to_string(), cut);
        }
        assert!(master.unwrap("AAAA", &key.iv()).is_err());
        assert!(master.unwrap(&master.wrap(&key), "AAAA").is_err());
        assert!(MasterKey::new(&EncryptionMaterial::default()).is_err());
    }

    #[test]
    fn f14_all_of_the_randomness_goes_into_key_and_vector() {
        let key = master(32).file_key(&std::array::from_fn(|at| u8::try_from(at).unwrap()));
        let both: Vec<u8> = key.iv.iter().chain(key.key.iter()).copied().collect();
        assert_eq!(both, (0..48).collect::<Vec<u8>>());
    }

    proptest! {
        #[test]
        fn f13_every_file_of_any_size_in_any_pieces_comes_back(
            plain in proptest::collection::vec(any::<u8>(), 0..300),
            (into, from) in (1_usize..70, 1_usize..70),
            large in any::<bool>(),
        ) {
            let master = master(if large { 32 } else { 16 });
            let key = master.file_key(&random());
            let encrypted = encrypt(&key, &plain, into);
            prop_assert_eq!(encrypted.len() as u64, encrypted_size(plain.len() as u64));
            prop_assert!(plain.len() < 16 || !encrypted.windows(plain.len()).any(|part| part == plain));
            let opened = master.unwrap(&master.wrap(&key), &key.iv()).unwrap();
            prop_assert_eq!(decrypt(&opened, &encrypted, from).unwrap(), plain);
        }
    }
}
