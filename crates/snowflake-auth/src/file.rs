//! Reading a small secret file: bounded, never waiting on a pipe, judged by the permissions of the file that was opened.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use snafu::{ResultExt as _, Snafu, ensure};
use zeroize::Zeroizing;

/// Who besides the owner can reach the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exposure {
    /// Nobody.
    OwnerOnly,
    /// Others may read it, which deserves a warning.
    OthersMayRead,
}

/// Why a secret file was not read.
#[derive(Debug, Snafu)]
pub(crate) enum Problem {
    #[snafu(display("cannot be read; check that it exists and that this user may read it"))]
    Io { source: io::Error },
    #[snafu(display("is no regular file; give the path of a file, not of a folder, pipe or device"))]
    NotRegular,
    #[snafu(display("is larger than {limit} bytes; it cannot be what was meant"))]
    TooLarge { limit: u64 },
    #[snafu(display("may be written by others, who could replace it; restrict it with chmod 600"))]
    OthersMayWrite,
}

/// Reads `path` whole.
///
/// Permissions are those of the open file, so that swapping it between the check and the reading gains nothing.
pub(crate) fn read(path: &Path, limit: u64) -> Result<(Zeroizing<Vec<u8>>, Exposure), Problem> {
    let file = open(path).context(IoSnafu)?;
    let metadata = file.metadata().context(IoSnafu)?;
    ensure!(metadata.is_file(), NotRegularSnafu);
    let exposure = exposure(&metadata)?;
    ensure!(metadata.len() <= limit, TooLargeSnafu { limit });
    let mut bytes =
        Zeroizing::new(Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or_default() + 1));
    file.take(limit + 1).read_to_end(&mut bytes).context(IoSnafu)?;
    ensure!(bytes.len() as u64 <= limit, TooLargeSnafu { limit });
    Ok((bytes, exposure))
}

/// Opening a pipe for reading would wait for a writer; `O_NONBLOCK` does not, and changes nothing for files.
#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(unix)]
fn exposure(metadata: &std::fs::Metadata) -> Result<Exposure, Problem> {
    use std::os::unix::fs::PermissionsExt as _;
    judge(metadata.permissions().mode())
}

#[cfg(not(unix))]
fn exposure(_: &std::fs::Metadata) -> Result<Exposure, Problem> {
    Ok(Exposure::OwnerOnly)
}

#[cfg(unix)]
fn judge(mode: u32) -> Result<Exposure, Problem> {
    ensure!(mode & 0o022 == 0, OthersMayWriteSnafu);
    Ok(if mode & 0o044 == 0 { Exposure::OwnerOnly } else { Exposure::OthersMayRead })
}

#[cfg(all(test, unix))]
mod tests {
    use super::{Exposure, Problem, judge};

    #[test]
    fn k05_permissions_decide_between_refusal_warning_and_silence() {
        for mode in [0o600, 0o400, 0o100_700] {
            assert_eq!(judge(mode).unwrap(), Exposure::OwnerOnly);
        }
        for mode in [0o644, 0o640, 0o604, 0o100_444] {
            assert_eq!(judge(mode).unwrap(), Exposure::OthersMayRead);
        }
        for mode in [0o666, 0o620, 0o602, 0o777] {
            assert!(matches!(judge(mode), Err(Problem::OthersMayWrite)));
        }
    }
}
