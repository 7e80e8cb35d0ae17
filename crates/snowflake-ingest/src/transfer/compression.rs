//! Which compression a file has, by its name and first bytes.

use std::path::Path;

/// The compression that a file for upload has already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceCompression {
    /// Found out from its name and first bytes.
    #[default]
    AutoDetect,
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// Brotli.
    Brotli,
    /// Zstandard.
    Zstd,
    /// zlib: deflate with a header.
    Deflate,
    /// Deflate without a header.
    RawDeflate,
    /// Parquet files, which are compressed inside.
    Parquet,
    /// ORC files, which are compressed inside.
    Orc,
    /// None.
    None,
}

use SourceCompression::{AutoDetect, Brotli, Bzip2, Deflate, Gzip, None, Orc, Parquet, RawDeflate, Zstd};

/// Extensions of the compressions that the service reads.
const EXTENSIONS: [(&str, SourceCompression); 8] = [
    ("gz", Gzip),
    ("bz2", Bzip2),
    ("br", Brotli),
    ("zst", Zstd),
    ("deflate", Deflate),
    ("raw_deflate", RawDeflate),
    ("parquet", Parquet),
    ("orc", Orc),
];

/// First bytes of the compressions that the service reads.
const MAGIC: [(&[u8], SourceCompression); 6] = [
    (&[0x1f, 0x8b], Gzip),
    (b"BZh", Bzip2),
    (&[0x28, 0xb5, 0x2f, 0xfd], Zstd),
    (b"PAR1", Parquet),
    (b"ORC", Orc),
    (&[0xce, 0xb2, 0xcf, 0x81], Brotli),
];

/// Extensions of compressions that the service does not read.
const UNSUPPORTED: [&str; 5] = ["lz", "lzma", "lzo", "xz", "z"];

/// What is wrong with a file's compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The service does not read it.
    Unsupported,
    /// The file's first bytes are not those of what it is said to be.
    Other(SourceCompression),
}

impl SourceCompression {
    /// The name that the service has for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            AutoDetect => "AUTO_DETECT",
            Gzip => "GZIP",
            Bzip2 => "BZIP2",
            Brotli => "BROTLI",
            Zstd => "ZSTD",
            Deflate => "DEFLATE",
            RawDeflate => "RAW_DEFLATE",
            Parquet => "PARQUET",
            Orc => "ORC",
            None => "NONE",
        }
    }

    /// The compression of that name, in any case.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        const ALL: [SourceCompression; 10] =
            [AutoDetect, Gzip, Bzip2, Brotli, Zstd, Deflate, RawDeflate, Parquet, Orc, None];
        ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(name))
    }

    /// The compression that a file of this name with these first bytes has, if it is said to have this one.
    ///
    /// A name or a statement that the first bytes contradict is a fault: loading the file would fail later. An
    /// empty file contradicts nothing.
    pub(super) fn resolve(self, name: &str, head: &[u8]) -> Result<Self, Refusal> {
        let said = match self {
            AutoDetect => by_name(name)?,
            stated => Some(stated),
        };
        let Some(said) = said else { return Ok(by_magic(head).unwrap_or(None)) };
        let mut known = MAGIC.iter().filter(|(_, compression)| *compression == said);
        // Brotli has no first bytes of its own; some programs write some.
        let is_checked = !head.is_empty() && said != Brotli;
        match known.next() {
            Some((magic, _)) if is_checked && !head.starts_with(magic) => Err(Refusal::Other(said)),
            _ => Ok(said),
        }
    }
}

fn by_name(name: &str) -> Result<Option<SourceCompression>, Refusal> {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let is = |known: &str| known.eq_ignore_ascii_case(extension);
    if UNSUPPORTED.into_iter().any(is) {
        return Err(Refusal::Unsupported);
    }
    Ok(EXTENSIONS.iter().find(|(known, _)| is(known)).map(|(_, compression)| *compression))
}

fn by_magic(head: &[u8]) -> Option<SourceCompression> {
    MAGIC.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, compression)| *compression)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GZIP: &[u8] = &[0x1f, 0x8b, 8, 0];

    #[test]
    fn a_name_and_then_the_first_bytes_tell_the_compression() {
        for (name, head, found) in [
            ("a.csv", &b"a,b"[..], None),
            ("a", b"", None),
            ("a.csv", GZIP, Gzip),
            ("a.GZ", GZIP, Gzip),
            ("a.csv", b"BZh91AY", Bzip2),
            ("a.bin", &[0x28, 0xb5, 0x2f, 0xfd, 0], Zstd),
            ("a.bin", b"PAR1...", Parquet),
            ("a.bin", b"ORC...", Orc),
            ("a.bin", &[0xce, 0xb2, 0xcf, 0x81], Brotli),
            ("a.br", b"any", Brotli),
            ("a.deflate", &[0x78, 0x9c], Deflate),
            ("a.raw_deflate", b"any", RawDeflate),
            ("a.gz", b"", Gzip),
            ("gz", b"a", None),
            (".gz", b"a", None),
        ] {
            assert_eq!(AutoDetect.resolve(name, head), Ok(found), "{name}");
        }
        assert_eq!(None.resolve("a.gz", b"plain"), Ok(None));
        assert_eq!(Gzip.resolve("a.csv", GZIP), Ok(Gzip));
    }

    #[test]
    fn f12_what_the_service_does_not_read_and_what_is_not_what_it_is_said_to_be_is_refused() {
        for name in ["a.lz", "a.lzma", "a.LZO", "a.csv.xz", "a.Z"] {
            assert_eq!(AutoDetect.resolve(name, b"a"), Err(Refusal::Unsupported), "{name}");
            assert_eq!(None.resolve(name, b"a"), Ok(None), "as it is, when that is asked for");
        }
        assert_eq!(AutoDetect.resolve("a.gz", b"a,b"), Err(Refusal::Other(Gzip)));
        assert_eq!(AutoDetect.resolve("a.zst", GZIP), Err(Refusal::Other(Zstd)));
        assert_eq!(AutoDetect.resolve("a.parquet", b"a"), Err(Refusal::Other(Parquet)));
        assert_eq!(Gzip.resolve("a.csv", b"a,b"), Err(Refusal::Other(Gzip)));
    }

    #[test]
    fn names_are_those_of_the_service_in_any_case() {
        assert_eq!(SourceCompression::from_name("auto_detect"), Some(AutoDetect));
        assert_eq!(SourceCompression::from_name("RAW_DEFLATE"), Some(RawDeflate));
        assert_eq!(SourceCompression::from_name("lzma"), Option::None);
    }
}
