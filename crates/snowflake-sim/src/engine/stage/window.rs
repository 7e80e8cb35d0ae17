//! A folder of this machine through which clients see a stage, and put files into it.
//!
//! The store has the files. A client that knows folders writes where nobody tells the server; so whoever
//! looks at the stage first takes in what is new in the folder, and whoever sends a client there first
//! brings the folder up to date.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use tokio::sync::Mutex;

use super::super::SqlError;
use super::area::Area;
use super::stages::Stages;

/// A folder through which clients see a stage.
#[derive(Debug)]
pub(super) struct Window {
    folder: PathBuf,
    /// The files that folder and store agree on.
    seen: Mutex<BTreeMap<String, Seen>>,
}

/// A file as it was when folder and store agreed on it.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    file: Stamp,
    etag: String,
}

/// What changes when a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
}

impl Window {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder, seen: Mutex::default() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes into the store what clients have written into the folder.
    ///
    /// # Errors
    /// `300010` when folder or store fails.
    pub(super) async fn take_in(&self, stages: &Stages, area: &Area) -> Result<(), SqlError> {
        let mut found = Vec::new();
        collect(&self.folder, "", &mut found).map_err(SqlError::internal)?;
        let mut seen = self.seen.lock().await;
        for (name, file) in found {
            if seen.get(&name).is_some_and(|seen| seen.file == file) {
                continue;
            }
            let content = fs::read(self.folder.join(&name)).map_err(SqlError::internal)?;
            let etag = stages.write(area, &name, content.into()).await?;
            seen.insert(name, Seen { file, etag });
        }
        Ok(())
    }

    /// Writes into the folder what the store has and the folder has not. A file whose name no folder can
    /// hold stays out of sight.
    ///
    /// # Errors
    /// `300010` when folder or store fails.
    pub(super) async fn show(&self, stages: &Stages, area: &Area) -> Result<(), SqlError> {
        self.take_in(stages, area).await?;
        let listed = stages.list(area).await?;
        let mut seen = self.seen.lock().await;
        for file in &listed {
            let is_shown = seen.get(&file.name).is_some_and(|seen| seen.etag == file.etag);
            let Some(path) = self.path(&file.name).filter(|_| !is_shown) else { continue };
            let content = stages.read(area, &file.key).await?;
            if let Ok(stamp) = write(&path, &content) {
                seen.insert(file.name.clone(), Seen { file: stamp, etag: file.etag.clone() });
            }
        }
        let is_gone = |name: &String| listed.iter().all(|file| file.name != *name);
        let gone: Vec<String> = seen.keys().filter(|name| is_gone(name)).cloned().collect();
        for name in gone {
            seen.remove(&name);
            self.forget(&name);
        }
        Ok(())
    }

    /// Removes a file.
    pub(super) async fn remove(&self, name: &str) {
        self.seen.lock().await.remove(name);
        self.forget(name);
    }

    fn forget(&self, name: &str) {
        if let Some(path) = self.path(name) {
            // A file that is gone already is as good as one that is removed now.
            let _ = fs::remove_file(path);
        }
    }

    /// Where a file is, unless its name leads out of the folder.
    fn path(&self, name: &str) -> Option<PathBuf> {
        let relative = Path::new(name);
        let is_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        (is_inside && !name.is_empty() && !name.contains('\0')).then(|| self.folder.join(relative))
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self { size: metadata.len(), modified: metadata.modified().ok() }
    }
}

fn write(path: &Path, content: &[u8]) -> io::Result<Stamp> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content)?;
    Ok(Stamp::of(&fs::metadata(path)?))
}

/// The plain files below a folder; links lead elsewhere and are left out.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Stamp)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else if kind.is_file() {
            files.push((name, Stamp::of(&entry.metadata()?)));
        }
    }
    Ok(())
}
