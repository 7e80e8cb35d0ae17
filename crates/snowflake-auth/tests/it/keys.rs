//! Private keys in every form that users have them in.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use snowflake_auth::{ErrorKind, PrivateKey};
use snowflake_proto::Secret;

use crate::support::all_texts;

const PASSPHRASE: &str = "correct-horse";

pub(crate) fn path(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/keys")).join(name)
}

pub(crate) fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap()
}

pub(crate) fn text(name: &str) -> String {
    String::from_utf8(bytes(name)).unwrap()
}

pub(crate) fn fingerprint() -> String {
    format!("SHA256:{}", text("rsa2048.fingerprint").trim())
}

/// The kind of the error and all that it says.
fn refusal(bytes: &[u8], passphrase: Option<&str>) -> (ErrorKind, String) {
    let passphrase = passphrase.map(Secret::from);
    let error = PrivateKey::from_bytes(bytes, passphrase.as_ref()).unwrap_err();
    let said = error.to_string();
    assert!(!all_texts(&error).contains("MII"), "key bytes in {error:?}");
    (error.kind(), said)
}

#[test]
fn all_forms_of_one_key_have_the_fingerprint_that_openssl_computes() {
    for name in ["rsa2048.p8", "rsa2048.p8.der", "rsa2048.pkcs1.pem", "rsa2048.pkcs1.der"] {
        let key = PrivateKey::from_file(path(name), None).unwrap();
        assert_eq!(key.fingerprint(), fingerprint(), "{name}");
        let key = PrivateKey::from_bytes(&bytes(name), None).unwrap();
        assert_eq!(key.fingerprint(), fingerprint(), "{name}");
    }
    assert_ne!(PrivateKey::from_file(path("rsa3072.p8"), None).unwrap().fingerprint(), fingerprint());
}

#[test]
fn k01_encrypted_keys_open_with_their_passphrase() {
    let names = [
        "rsa2048.aes256.p8",
        "rsa2048.aes256.p8.der",
        "rsa2048.des3.p8",
        "rsa2048.des3-sha1.p8",
        "rsa2048.scrypt.p8",
    ];
    let passphrase = Secret::new(PASSPHRASE);
    for name in names {
        let key = PrivateKey::from_file(path(name), Some(&passphrase)).unwrap();
        assert_eq!(key.fingerprint(), fingerprint(), "{name}");
    }
    // A passphrase that is not needed does no harm, as with openssl.
    assert!(PrivateKey::from_file(path("rsa2048.p8"), Some(&passphrase)).is_ok());
}

#[test]
fn k01_a_missing_or_wrong_passphrase_is_said_and_nothing_of_the_key() {
    for name in ["rsa2048.aes256.p8", "rsa2048.aes256.p8.der", "rsa2048.des3.p8"] {
        for (passphrase, words) in [
            (None, "give its passphrase"),
            (Some(""), "give its passphrase"),
            (Some("wrong-horse"), "does not open the private key"),
        ] {
            let (kind, said) = refusal(&bytes(name), passphrase);
            assert_eq!(kind, ErrorKind::Passphrase, "{name} {passphrase:?}");
            assert!(said.contains(words), "{said}");
            assert!(!said.contains("wrong-horse"), "{said}");
        }
    }
}

#[test]
fn k02_text_that_was_mangled_on_its_way_is_still_a_key() {
    let pem = text("rsa2048.p8");
    let one_line = pem.replace('\n', "");
    let spaced = pem.replace('\n', " ");
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let forms = [
        ("leading blanks", format!("  \n\t{pem}")),
        ("CRLF", pem.replace('\n', "\r\n")),
        ("indented lines", pem.replace('\n', "\n    ")),
        ("byte order mark", format!("\u{feff}{pem}")),
        ("literal \\n", pem.replace('\n', "\\n")),
        ("literal \\r\\n", pem.replace('\n', "\\r\\n")),
        ("one line", one_line),
        ("blanks for line breaks", spaced),
        ("in quotes", format!("\"{}\"", pem.trim())),
        ("no final line break", pem.trim_end().to_owned()),
        ("base64 of PEM", STANDARD.encode(&pem)),
        ("base64 of PEM with literal \\n", STANDARD.encode(pem.replace('\n', "\\n"))),
        ("base64 of DER", STANDARD.encode(bytes("rsa2048.p8.der"))),
        ("base64 of PKCS#1 DER", STANDARD.encode(bytes("rsa2048.pkcs1.der"))),
        ("PEM without its frame", body),
        ("a certificate before the key", format!("{}{pem}", text("rsa2048.cert.pem"))),
        ("a remark before the key", format!("Bag Attributes: none\n{pem}")),
    ];
    for (form, text) in forms {
        let key = PrivateKey::from_text(&Secret::new(text), None);
        assert_eq!(
            key.as_ref().map(PrivateKey::fingerprint).map_err(all),
            Ok(fingerprint().as_str()),
            "{form}"
        );
    }
    let encrypted = text("rsa2048.aes256.p8").replace('\n', "\\n");
    assert!(PrivateKey::from_text(&Secret::new(encrypted), Some(&Secret::new(PASSPHRASE))).is_ok());
}

fn all(error: &snowflake_auth::Error) -> String {
    all_texts(error)
}

#[test]
fn k02_what_is_no_key_says_what_it_is_and_how_to_get_one() {
    let utf16: Vec<u8> = text("rsa2048.p8").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&str, Vec<u8>, &str); 17] = [
        ("public key", bytes("rsa2048.pub.pem"), "this is a public key"),
        ("public PKCS#1", bytes("rsa2048.pub.pkcs1.pem"), "this is a public key"),
        ("public DER", bytes("rsa2048.pub.pkcs1.der"), "this is a public key"),
        ("certificate", bytes("rsa2048.cert.pem"), "this is a certificate"),
        ("EC", bytes("ec-p256.p8"), "elliptic curve keys are not supported"),
        ("SEC1", bytes("ec-p256.sec1.pem"), "elliptic curve keys are not supported"),
        ("Ed25519", bytes("ed25519.p8"), "Ed25519 keys are not supported"),
        ("DSA", bytes("dsa2048.p8"), "DSA keys are not supported"),
        ("RSA-PSS", bytes("rsa-pss2048.p8"), "RSA-PSS keys are not supported"),
        ("1024 bits", bytes("rsa1024.p8"), "has 1024 bits and at least 2048"),
        ("OpenSSH", bytes("openssh-rsa2048"), "ssh-keygen -p -m PKCS8"),
        ("old encryption", bytes("rsa2048.traditional-encrypted.pem"), "openssl pkcs8 -topk8"),
        ("PBES1", bytes("rsa2048.pbes1.p8"), "openssl pkcs8 -topk8"),
        ("UTF-16", [vec![0xFF, 0xFE], utf16].concat(), "save the file as UTF-8"),
        ("nothing", b" \r\n ".to_vec(), "is empty"),
        ("prose", b"my key is under the mat".to_vec(), "this is not a private key"),
        ("a path", b"/etc/keys/rsa_key.p8".to_vec(), "this is not a private key"),
    ];
    for (what, bytes, words) in cases {
        let (kind, said) = refusal(&bytes, Some(PASSPHRASE));
        assert_eq!(kind, ErrorKind::Key, "{what}: {said}");
        assert!(said.contains(words), "{what}: {said}");
    }
}

#[test]
fn a_key_shows_its_fingerprint_and_nothing_else() {
    let key = PrivateKey::from_file(path("rsa2048.p8"), None).unwrap();
    assert_eq!(format!("{key:?}"), format!("PrivateKey {{ fingerprint: {:?}, .. }}", fingerprint()));
}

#[test]
fn a_key_file_that_is_not_there_is_named() {
    let error = PrivateKey::from_file("/nowhere/rsa_key.p8", None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Key);
    assert!(error.to_string().contains("/nowhere/rsa_key.p8"), "{error}");
    assert!(error.to_string().contains("check that it exists"));
    let folder = tempfile::tempdir().unwrap();
    let error = PrivateKey::from_file(folder.path(), None).unwrap_err();
    assert!(error.to_string().contains("no regular file"));
}

#[test]
fn a_key_file_of_megabytes_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let big = folder.path().join("big.p8");
    std::fs::File::create(&big).unwrap().set_len(10 * 1024 * 1024).unwrap();
    assert!(PrivateKey::from_file(&big, None).unwrap_err().to_string().contains("larger than 65536 bytes"));
}

/// K05: the permissions of the file that was opened decide, through links too.
#[cfg(unix)]
#[test]
fn k05_key_files_that_others_may_write_are_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("key.p8"), folder.path().join("link.p8"));
    std::fs::write(&file, bytes("rsa2048.p8")).unwrap();
    symlink(&file, &link).unwrap();
    for (mode, accepted) in [(0o600, true), (0o644, true), (0o660, false), (0o602, false), (0o666, false)] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        for path in [&file, &link] {
            let read = PrivateKey::from_file(path, None);
            assert_eq!(read.is_ok(), accepted, "{mode:o}");
            if let Err(error) = read {
                assert_eq!(error.kind(), ErrorKind::Key);
                assert!(all_texts(&error).contains("chmod 600"), "{error}");
            }
        }
    }
}

/// K05: a file that others may read is used, and the log says what to do.
#[cfg(unix)]
#[test]
fn k05_key_files_that_others_may_read_are_reported() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.p8");
    std::fs::write(&file, bytes("rsa2048.p8")).unwrap();
    for (mode, warnings) in [(0o600, 0), (0o640, 1)] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        let log = crate::support::Warnings::default();
        tracing::subscriber::with_default(log.clone(), || PrivateKey::from_file(&file, None).unwrap());
        assert_eq!(log.count(), warnings, "{mode:o}");
    }
}
