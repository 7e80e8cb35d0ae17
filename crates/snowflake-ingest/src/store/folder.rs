//! Stages that are folders of this machine, as a simulator on it has them.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use snafu::{ResultExt as _, ensure};
use snowflake_transport::BoxFuture;
use tempfile::NamedTempFile;

use super::content::Content;
use super::contract::{Download, Mode, Object, Parts, Store, Written};
use super::key;
use super::limits::PartLimits;
use super::metadata::Metadata;
use crate::error::{KeySnafu, MissingSnafu, Result, StageFileSnafu, WriteSnafu};

/// How much is read from a file at once, in bytes.
const PIECE: usize = 1 << 20;

/// A folder. What is written there appears whole or not at all, and nothing is said about it beside its bytes.
#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    pub(super) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, key: &str) -> Result<PathBuf> {
        key::check(key, true)?;
        let mut path = self.root.clone();
        for segment in key.split('/') {
            // A segment of a key may be more than a name on this machine, such as `C:x` or `a\b`.
            let mut components = Path::new(segment).components();
            let is_name = matches!(components.next(), Some(Component::Normal(name)) if name == segment);
            ensure!(is_name && components.next().is_none(), KeySnafu { key });
            path.push(segment);
        }
        Ok(path)
    }
}

impl Store for Folder {
    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>> {
        Box::pin(async move {
            let path = self.path(key)?;
            match tokio::fs::metadata(&path).await {
                Ok(found) if found.is_file() => Ok(Some(object(&found))),
                Ok(_) => Ok(None),
                Err(error) if is_absent(&error) => Ok(None),
                Err(error) => Err(error).context(StageFileSnafu { key })?,
            }
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Content,
        _metadata: &'a Metadata,
        mode: Mode,
    ) -> BoxFuture<'a, Result<Written>> {
        Box::pin(async move {
            let target = self.path(key)?;
            let mut draft = draft(&target).await?;
            let mut pieces = match content {
                Content::Bytes(bytes) => stream::once(async { Ok(bytes) }).boxed(),
                Content::Replay(replay) => replay.read(),
            };
            while let Some(piece) = pieces.try_next().await.context(WriteSnafu)? {
                let write = move || draft.write_all(&piece).map(|()| draft);
                draft = blocking(write).await.context(WriteSnafu)?;
            }
            Ok(blocking(move || publish(draft, &target, mode)).await.context(WriteSnafu)?)
        })
    }

    fn begin<'a>(
        &'a self,
        key: &'a str,
        size: u64,
        _metadata: &'a Metadata,
        mode: Mode,
    ) -> BoxFuture<'a, Result<Box<dyn Parts>>> {
        Box::pin(async move {
            let target = self.path(key)?;
            let draft = Arc::new(Mutex::new(Some(draft(&target).await?)));
            let parts = FolderParts { draft, target, part: PartLimits::FOLDER.part_size(size), mode };
            Ok(Box::new(parts) as Box<dyn Parts>)
        })
    }

    fn get<'a>(&'a self, key: &'a str, range: Option<Range<u64>>) -> BoxFuture<'a, Result<Download>> {
        Box::pin(async move {
            let path = self.path(key)?;
            let (file, object, left) = match blocking(move || open(&path, range)).await {
                Ok(opened) => opened,
                Err(error) if is_absent(&error) => return MissingSnafu { key }.fail()?,
                Err(error) => return Err(error).context(StageFileSnafu { key })?,
            };
            let key = key.to_owned();
            let body = stream::try_unfold((file, left), move |state| {
                let key = key.clone();
                async move { Ok(blocking(move || piece(state)).await.context(StageFileSnafu { key })?) }
            });
            Ok(Download { object, body: body.boxed() })
        })
    }

    fn parts(&self) -> Option<PartLimits> {
        Some(PartLimits::FOLDER)
    }
}

/// A file on its way into a folder in parts.
#[derive(Debug)]
struct FolderParts {
    /// `None` once it is complete, or was given up.
    draft: Arc<Mutex<Option<NamedTempFile>>>,
    target: PathBuf,
    /// The size of all parts but the last, in bytes.
    part: u64,
    mode: Mode,
}

impl FolderParts {
    fn take(&self) -> Option<NamedTempFile> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Parts for FolderParts {
    fn part(&self, number: u32, bytes: Bytes) -> BoxFuture<'_, Result<()>> {
        let (draft, offset) = (Arc::clone(&self.draft), u64::from(number).saturating_mul(self.part));
        let write = move || {
            let mut draft = draft.lock().unwrap_or_else(PoisonError::into_inner);
            let draft = draft.as_mut().ok_or_else(closed)?;
            draft.seek(SeekFrom::Start(offset))?;
            draft.write_all(&bytes)
        };
        Box::pin(async { Ok(blocking(write).await.context(WriteSnafu)?) })
    }

    fn complete(&self) -> BoxFuture<'_, Result<Written>> {
        let (draft, target, mode) = (self.take(), self.target.clone(), self.mode);
        let publish = move || publish(draft.ok_or_else(closed)?, &target, mode);
        Box::pin(async { Ok(blocking(publish).await.context(WriteSnafu)?) })
    }

    fn abort(&self) -> BoxFuture<'_, Result<()>> {
        // The temporary file goes with its handle.
        drop(self.take());
        Box::pin(async { Ok(()) })
    }
}

/// A temporary file beside the target, which nobody takes for a file of the stage.
async fn draft(target: &Path) -> Result<NamedTempFile> {
    let folder = target.parent().map(Path::to_owned).unwrap_or_default();
    let create = move || {
        fs::create_dir_all(&folder)?;
        tempfile::Builder::new().prefix(".upload-").tempfile_in(&folder)
    };
    Ok(blocking(create).await.context(WriteSnafu)?)
}

/// Gives the file its name, so that nobody ever sees half of it.
fn publish(mut draft: NamedTempFile, target: &Path, mode: Mode) -> io::Result<Written> {
    draft.flush()?;
    match mode {
        Mode::Overwrite => draft.persist(target).map_err(|failed| failed.error)?,
        Mode::Create => match draft.persist_noclobber(target) {
            Ok(file) => file,
            Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => return Ok(Written::Exists),
            Err(failed) => return Err(failed.error),
        },
    };
    Ok(Written::Yes)
}

/// The file at the beginning of the range, what it is, and how many bytes of it are wanted.
fn open(path: &Path, range: Option<Range<u64>>) -> io::Result<(File, Object, u64)> {
    let mut file = File::open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let object = object(&found);
    let range = range.unwrap_or(0..object.size);
    file.seek(SeekFrom::Start(range.start))?;
    Ok((file, object, range.end.saturating_sub(range.start)))
}

/// The next bytes of a file of which so many are left.
fn piece((mut file, left): (File, u64)) -> io::Result<Option<(Bytes, (File, u64))>> {
    let mut bytes = vec![0; usize::try_from(left).unwrap_or(PIECE).min(PIECE)];
    let read = file.read(&mut bytes)?;
    bytes.truncate(read);
    Ok((read > 0).then(|| (Bytes::from(bytes), (file, left.saturating_sub(read as u64)))))
}

fn object(found: &fs::Metadata) -> Object {
    let written = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let etag = written.map(|time| format!("{}-{}", found.len(), time.as_nanos()));
    Object { size: found.len(), metadata: Metadata::default(), etag }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn closed() -> io::Error {
    io::Error::other("the file was completed or given up before")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|failed| Err(io::Error::other(failed)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    async fn text(store: &Folder, key: &str, range: Option<Range<u64>>) -> Result<String> {
        let pieces: Vec<Bytes> = store.get(key, range).await?.body.try_collect().await?;
        Ok(String::from_utf8(pieces.concat()).unwrap())
    }

    async fn put(store: &Folder, key: &str, bytes: &'static str, mode: Mode) -> Written {
        let content = Content::from(Bytes::from_static(bytes.as_bytes()));
        store.put(key, content, &Metadata::default(), mode).await.unwrap()
    }

    #[tokio::test]
    async fn a_file_appears_whole_and_is_replaced_only_when_asked_for() {
        let root = tempfile::tempdir().unwrap();
        let store = Folder::new(root.path());
        assert_eq!(store.head("dir/a").await.unwrap(), None);
        assert_eq!(text(&store, "dir/a", None).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(put(&store, "dir/a", "first", Mode::Create).await, Written::Yes);
        assert_eq!(put(&store, "dir/a", "second", Mode::Create).await, Written::Exists);
        assert_eq!(text(&store, "dir/a", None).await.unwrap(), "first");
        assert_eq!(put(&store, "dir/a", "second", Mode::Overwrite).await, Written::Yes);
        assert_eq!(text(&store, "dir/a", Some(1..3)).await.unwrap(), "ec");
        assert_eq!(text(&store, "dir/a", Some(4..99)).await.unwrap(), "nd");
        assert_eq!(store.head("dir/a").await.unwrap().unwrap().size, 6);
        assert_eq!(store.head("dir").await.unwrap(), None);
        assert_eq!(
            fs::read_dir(root.path().join("dir")).unwrap().count(),
            1,
            "no temporary file stays behind"
        );
    }

    #[tokio::test]
    async fn parts_in_any_order_make_one_file_and_none_before_the_end() {
        let root = tempfile::tempdir().unwrap();
        let store = Folder::new(root.path());
        let part = PartLimits::FOLDER.part_size(1 << 24);
        let size = part + 3;
        let parts = store.begin("big", size, &Metadata::default(), Mode::Create).await.unwrap();
        parts.part(1, Bytes::from_static(b"end")).await.unwrap();
        parts.part(0, vec![b'x'; usize::try_from(part).unwrap()].into()).await.unwrap();
        assert_eq!(store.head("big").await.unwrap(), None);
        assert_eq!(parts.complete().await.unwrap(), Written::Yes);
        assert_eq!(store.head("big").await.unwrap().unwrap().size, size);
        assert_eq!(text(&store, "big", Some(part - 1..size)).await.unwrap(), "xend");
        assert_eq!(parts.complete().await.unwrap_err().kind(), ErrorKind::Io);

        let given_up = store.begin("other", 1, &Metadata::default(), Mode::Create).await.unwrap();
        given_up.abort().await.unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn f01_no_key_leads_out_of_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let store = Folder::new(root.path().join("stage"));
        for key in ["../x", "a/../../x", "/etc/passwd", "..", ""] {
            assert_eq!(store.head(key).await.unwrap_err().kind(), ErrorKind::Configuration, "{key}");
            let error = store.put(key, Bytes::new().into(), &Metadata::default(), Mode::Overwrite).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Configuration, "{key}");
        }
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 0);
    }
}
