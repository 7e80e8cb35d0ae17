//! Private keys with bytes missing or changed: never a panic, never a key that signs wrongly.

use proptest::prelude::*;
use snowflake_auth::PrivateKey;
use snowflake_proto::Secret;

use crate::keys::{bytes, fingerprint};

/// A damaged key is refused, or the damage was where it does not matter.
fn refused_or_the_same(bytes: &[u8], passphrase: Option<&Secret>) -> Result<(), TestCaseError> {
    if let Ok(key) = PrivateKey::from_bytes(bytes, passphrase) {
        prop_assert_eq!(key.fingerprint(), fingerprint());
    }
    Ok(())
}

#[test]
fn k04_a_key_cut_at_any_byte_is_refused() {
    for name in ["rsa2048.p8.der", "rsa2048.pkcs1.der", "rsa2048.aes256.p8.der"] {
        let whole = bytes(name);
        let passphrase = Secret::new("correct-horse");
        for end in 0..whole.len() {
            assert!(PrivateKey::from_bytes(&whole[..end], Some(&passphrase)).is_err(), "{name} at {end}");
        }
    }
    let whole = bytes("rsa2048.p8");
    let last = whole.len() - "\n".len();
    for end in 0..last {
        assert!(PrivateKey::from_bytes(&whole[..end], None).is_err(), "PEM at {end}");
    }
    let error = PrivateKey::from_bytes(&whole[..last - 1], None).unwrap_err();
    assert!(crate::support::all_texts(&error).contains("cut off before its end"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn k04_a_key_with_a_changed_byte_is_refused_or_unharmed(
        name in prop::sample::select(vec!["rsa2048.p8", "rsa2048.p8.der", "rsa2048.pkcs1.pem", "rsa2048.pkcs1.der"]),
        at in any::<prop::sample::Index>(),
        mask in 1..=255_u8,
    ) {
        let mut damaged = bytes(name);
        let at = at.index(damaged.len());
        damaged[at] ^= mask;
        refused_or_the_same(&damaged, None)?;
    }

    #[test]
    fn k04_any_bytes_at_all_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        prop_assert!(PrivateKey::from_bytes(&bytes, None).is_err());
        let der = [&[0x30, 0x82, 1, 0], bytes.as_slice()].concat();
        prop_assert!(PrivateKey::from_bytes(&der, Some(&Secret::new("x"))).is_err());
    }
}

proptest! {
    // Each case derives a key, which takes a while.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn k04_an_encrypted_key_with_a_changed_byte_is_refused_or_unharmed(
        name in prop::sample::select(vec!["rsa2048.aes256.p8.der", "rsa2048.des3.p8"]),
        at in any::<prop::sample::Index>(),
        mask in 1..=255_u8,
    ) {
        let mut damaged = bytes(name);
        let at = at.index(damaged.len());
        damaged[at] ^= mask;
        refused_or_the_same(&damaged, Some(&Secret::new("correct-horse")))?;
    }
}

/// A file that asks for fifty million rounds must not get them.
#[test]
fn k04_excessive_key_derivation_is_refused_at_once() {
    let whole = bytes("rsa2048.aes256.p8.der");
    // The iteration count 2048 is `02 02 08 00`; it becomes `02 04 02 FA F0 80`, and the lengths around it grow by two.
    let at = whole.windows(4).position(|four| four == [2, 2, 8, 0]).unwrap();
    let mut greedy = whole.clone();
    greedy.splice(at..at + 4, [2, 4, 0x02, 0xFA, 0xF0, 0x80]);
    let error =
        PrivateKey::from_bytes(&longer(&greedy, at), Some(&Secret::new("correct-horse"))).unwrap_err();
    assert!(crate::support::all_texts(&error).contains("too much work"), "{error:?}");
}

/// Adds two to the length of every SEQUENCE that holds the byte at `at`.
fn longer(der: &[u8], at: usize) -> Vec<u8> {
    let mut out = der.to_vec();
    let mut here = 0;
    while here < at {
        let (length_at, header) = match der[here + 1] {
            0x82 => (here + 3, 4),
            0x81 => (here + 2, 3),
            _ => (here + 1, 2),
        };
        let length = match header {
            4 => usize::from(der[here + 2]) << 8 | usize::from(der[here + 3]),
            _ => usize::from(der[length_at]),
        };
        let holds = der[here] == 0x30 && here + header <= at && at < here + header + length;
        if holds {
            out[length_at] = out[length_at].wrapping_add(2);
            here += header;
        } else {
            here += header + length;
        }
    }
    out
}
