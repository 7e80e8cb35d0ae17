//! The files of one stage, wherever they lie.

use super::StageEncryption;

/// The files of one stage, wherever they lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Area {
    /// The name of its folder, which no other stage of the engine has.
    pub(super) name: String,
    /// What the keys of its objects begin with; ends with a slash.
    pub(super) prefix: String,
    /// How its files are encrypted.
    pub(super) encryption: StageEncryption,
}

impl Area {
    /// The key of a file in the store.
    pub(super) fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The name of the file behind a key.
    pub(super) fn name_of<'a>(&self, key: &'a str) -> Option<&'a str> {
        key.strip_prefix(&self.prefix)
    }
}

/// A name as a part of a folder's name and of a key; different names stay different.
pub(super) fn safe(name: &str) -> String {
    name.bytes().fold(String::new(), |mut safe, byte| {
        if byte.is_ascii_alphanumeric() {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("_{byte:02x}"));
        }
        safe
    })
}
