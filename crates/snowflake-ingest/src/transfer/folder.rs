//! A local folder that files are downloaded to.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use snafu::ResultExt as _;
use tempfile::NamedTempFile;

use super::fault::{OccupiedSnafu, WriteSnafu};
use super::workers::on_thread;
use crate::error::Result;

/// A folder that exists.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

/// A file that does not have its name yet, and that is gone with all that it holds if it never gets it.
#[derive(Debug)]
pub(super) struct Target {
    path: PathBuf,
    /// `None` while a thread writes to it.
    file: Option<Unnamed>,
}

/// The temporary file of a [`Target`].
#[derive(Debug)]
struct Unnamed(Option<NamedTempFile>);

impl Folder {
    /// Opens a folder at exactly this path, and makes it and those above it if need be, for their owner alone.
    pub(super) async fn open(path: &Path) -> Result<Self> {
        let folder = path.to_owned();
        let opened = on_thread(move || {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(&folder)?;
            // Absolute, so that it stays this folder whatever the process does.
            fs::canonicalize(folder)
        });
        Ok(Self(opened.await.context(WriteSnafu { path })?))
    }

    /// Begins a file that will have this name.
    pub(super) async fn begin(&self, name: &str) -> Result<Target> {
        let (folder, path) = (self.0.clone(), self.0.join(name));
        let checked = path.clone();
        let made = on_thread(move || match checked.symlink_metadata() {
            Ok(there) if !there.is_file() => Ok(None),
            // A random name that nobody else made, which is never followed to another place, and which only
            // its owner may read.
            _ => tempfile::Builder::new().prefix(".get-").suffix(".part").tempfile_in(folder).map(Some),
        });
        match made.await.context(WriteSnafu { path: &path })? {
            Some(file) => Ok(Target { path, file: Some(Unnamed(Some(file))) }),
            None => Ok(OccupiedSnafu { path }.fail()?),
        }
    }
}

impl Target {
    /// Writes what comes next, and gives the buffer back.
    pub(super) async fn write(&mut self, piece: Vec<u8>) -> Result<Vec<u8>> {
        self.on_file(move |mut file| {
            file.file()?.write_all(&piece)?;
            Ok((Some(file), piece))
        })
        .await
    }

    /// Gives the file its name, in one step, in the place of what had it before.
    pub(super) async fn finish(mut self) -> Result<()> {
        let path = self.path.clone();
        self.on_file(move |mut file| {
            file.file()?.flush()?;
            match file.0.take().map(|named| named.persist(&path)) {
                Some(Err(failed)) => {
                    drop(Unnamed(Some(failed.file)));
                    Err(failed.error)
                }
                _ => Ok((None, ())),
            }
        })
        .await
    }

    async fn on_file<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(Unnamed) -> io::Result<(Option<Unnamed>, T)> + Send + 'static,
    ) -> Result<T> {
        let taken = self.file.take().ok_or_else(|| io::Error::other("writing it was given up before"));
        let back = match taken {
            Ok(file) => on_thread(move || work(file)).await,
            Err(error) => Err(error),
        };
        let (file, outcome) = back.context(WriteSnafu { path: &self.path })?;
        self.file = file;
        Ok(outcome)
    }
}

impl Unnamed {
    fn file(&mut self) -> io::Result<&mut File> {
        self.0.as_mut().map(NamedTempFile::as_file_mut).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        // Emptied before its name goes: the folder may have been moved meanwhile, and the name with it.
        if let Some(file) = &self.0
            && file.as_file().set_len(0).is_err()
        {
            tracing::debug!("a file that was given up could not be emptied");
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;
    use crate::ErrorKind;

    fn mode(path: &Path) -> Option<u32> {
        path.metadata().ok().map(|metadata| metadata.permissions().mode() & 0o777)
    }

    #[tokio::test]
    async fn f04_files_and_new_folders_are_for_their_owner_alone() {
        let outer = tempfile::tempdir().unwrap();
        let path = outer.path().join("new/deep");
        let folder = Folder::open(&path).await.unwrap();
        let mut target = folder.begin("a").await.unwrap();
        target.write(b"x".to_vec()).await.unwrap();
        let temporary = fs::read_dir(&path).unwrap().next().unwrap().unwrap();
        assert_eq!(mode(&temporary.path()), Some(0o600), "from the beginning on");
        target.finish().await.unwrap();
        assert_eq!(mode(&path.join("a")), Some(0o600));
        assert_eq!((mode(&path), mode(&outer.path().join("new"))), (Some(0o700), Some(0o700)));
        assert_eq!(fs::read(path.join("a")).unwrap(), b"x");
    }

    #[tokio::test]
    async fn f05_a_file_that_is_given_up_leaves_nothing_and_the_old_one_whole() {
        let outer = tempfile::tempdir().unwrap();
        fs::write(outer.path().join("a"), "old").unwrap();
        let folder = Folder::open(outer.path()).await.unwrap();
        let mut target = folder.begin("a").await.unwrap();
        target.write(b"half".to_vec()).await.unwrap();
        drop(target);
        assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1);
        assert_eq!(fs::read(outer.path().join("a")).unwrap(), b"old");
    }

    #[tokio::test]
    async fn f02_nothing_is_written_through_links_or_into_what_is_no_file() {
        let (outer, inside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let canary = outer.path().join("canary");
        fs::write(&canary, "alive").unwrap();
        symlink(&canary, inside.path().join("link")).unwrap();
        symlink("nowhere", inside.path().join("dangling")).unwrap();
        fs::create_dir(inside.path().join("folder")).unwrap();
        fs::hard_link(&canary, inside.path().join("hard")).unwrap();
        let folder = Folder::open(inside.path()).await.unwrap();
        for name in ["link", "dangling", "folder"] {
            assert_eq!(folder.begin(name).await.unwrap_err().kind(), ErrorKind::Io, "{name}");
        }
        let mut target = folder.begin("hard").await.unwrap();
        target.write(b"new".to_vec()).await.unwrap();
        target.finish().await.unwrap();
        assert_eq!(fs::read(inside.path().join("hard")).unwrap(), b"new");
        assert_eq!(fs::read(&canary).unwrap(), b"alive");
    }

    #[tokio::test]
    async fn f02_a_folder_that_is_exchanged_meanwhile_gets_nothing() {
        let outer = tempfile::tempdir().unwrap();
        let (path, moved, other) =
            (outer.path().join("in"), outer.path().join("moved"), outer.path().join("other"));
        fs::create_dir(&other).unwrap();
        let folder = Folder::open(&path).await.unwrap();
        let mut target = folder.begin("a").await.unwrap();
        target.write(b"secret".to_vec()).await.unwrap();
        fs::rename(&path, &moved).unwrap();
        symlink(&other, &path).unwrap();
        assert_eq!(target.finish().await.unwrap_err().kind(), ErrorKind::Io);
        assert_eq!(fs::read_dir(&other).unwrap().count(), 0);
        let left = fs::read_dir(&moved).unwrap().next().unwrap().unwrap();
        assert_eq!(left.metadata().unwrap().len(), 0, "what cannot be removed is emptied");
    }

    #[tokio::test]
    async fn f20_a_folder_is_what_it_is_called_and_a_circle_of_links_is_an_error() {
        let outer = tempfile::tempdir().unwrap();
        for name in ["~", "~root", "$HOME"] {
            Folder::open(&outer.path().join(name)).await.unwrap();
            assert!(outer.path().join(name).is_dir());
        }
        symlink("circle", outer.path().join("circle")).unwrap();
        assert_eq!(Folder::open(&outer.path().join("circle")).await.unwrap_err().kind(), ErrorKind::Io);
    }
}
