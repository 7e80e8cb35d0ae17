//! Which compression a file has, by its name and first bytes.

use std::path::Path;

/// Extensions and the names that Snowflake gives to their compression.
const EXTENSIONS: [(&str, &str); 8] = [
    ("gz", "GZIP"),
    ("bz2", "BZIP2"),
    ("br", "BROTLI"),
    ("zst", "ZSTD"),
    ("deflate", "DEFLATE"),
    ("raw_deflate", "RAW_DEFLATE"),
    ("parquet", "PARQUET"),
    ("orc", "ORC"),
];

/// First bytes and the names that Snowflake gives to their compression.
const MAGIC: [(&[u8], &str); 5] = [
    (&[0x1f, 0x8b], "GZIP"),
    (b"BZh", "BZIP2"),
    (&[0x28, 0xb5, 0x2f, 0xfd], "ZSTD"),
    (b"PAR1", "PARQUET"),
    (b"ORC", "ORC"),
];

/// What a file that is not compressed is called.
pub(crate) const NONE: &str = "NONE";
/// What this crate compresses with.
pub(crate) const GZIP: &str = "GZIP";

/// The compression of a file with this name that begins with these bytes, or [`NONE`].
pub(crate) fn detect(path: &Path, head: &[u8]) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let by_name = EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension));
    let by_magic = || MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, name)| *name);
    by_name.map(|(_, name)| *name).or_else(by_magic).unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_before_first_bytes() {
        assert_eq!(detect(Path::new("a.csv"), b"a,b"), NONE);
        assert_eq!(detect(Path::new("a.csv"), &[0x1f, 0x8b, 8]), GZIP);
        assert_eq!(detect(Path::new("a.GZ"), b"a,b"), GZIP);
        assert_eq!(detect(Path::new("a.zst"), &[0x1f, 0x8b]), "ZSTD");
    }
}
