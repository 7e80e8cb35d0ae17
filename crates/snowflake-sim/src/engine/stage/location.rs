//! Addresses such as `db.schema.stage/path`, `%table/path` and `~/path`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use time::OffsetDateTime;

use super::super::SqlError;
use super::super::catalog::{ObjectPath, Stage};
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Options, lex};

/// A place in a stage.
#[derive(Clone, Debug)]
pub(in super::super) struct Location {
    /// The folder of the stage.
    pub(in super::super) folder: PathBuf,
    /// The path within it.
    pub(in super::super) prefix: String,
    /// What LIST and COPY write before the path; empty for the stages of users and tables.
    name: String,
    /// The stage's own file format.
    pub(in super::super) format: Options,
}

/// A file in a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct StagedFile {
    /// Its path within the stage.
    pub(in super::super) name: String,
    /// What no file of another stage has, for the history of loads.
    pub(in super::super) key: String,
    /// How many bytes are stored.
    pub(in super::super) size: u64,
    /// When it was written.
    pub(in super::super) modified: OffsetDateTime,
}

/// The stage of that name; temporary ones of the session come first.
///
/// # Errors
/// `002003` when the database or schema is missing.
pub(in super::super) fn find(run: &Run, path: &ObjectPath) -> Result<Option<Arc<Stage>>, SqlError> {
    if let Some(stage) = run.session.state().stages.get(path) {
        return Ok(Some(Arc::clone(stage)));
    }
    let catalog = run.engine().catalog();
    Ok(catalog.schema(&path.database, &path.schema)?.stages.get(&path.name).map(Arc::clone))
}

impl Location {
    /// The place that an address without its `@` names.
    ///
    /// # Errors
    /// `002003` when the stage is missing.
    pub(in super::super) fn resolve(run: &Run, address: &str) -> Result<Self, SqlError> {
        let (head, prefix) = split(address);
        if prefix.split('/').any(|part| part == "..") {
            return Err(SqlError::invalid_argument("Invalid path in a stage"));
        }
        if head == "~" {
            let folder = run.engine().options().stage_root.join(format!("user-{}", safe(&run.context.user)));
            return Self::made(folder, prefix, String::new(), Options::default());
        }
        let is_table = head.contains('%');
        let name = parsed(&head.replacen('%', "", 1))?;
        let path = run.path(&name)?;
        if is_table {
            run.table(&path, &name.join("."))?;
            let folder = run.engine().options().stage_root.join(format!("table-{}", safe(&path.to_string())));
            return Self::made(folder, prefix, String::new(), Options::default());
        }
        let stage = find(run, &path)?.ok_or_else(|| SqlError::missing("Stage", &name.join(".")))?;
        Self::made(stage.folder.clone(), prefix, path.name.to_lowercase(), stage.format.clone())
    }

    fn made(folder: PathBuf, prefix: &str, name: String, format: Options) -> Result<Self, SqlError> {
        std::fs::create_dir_all(&folder).map_err(SqlError::internal)?;
        Ok(Self { folder, prefix: prefix.to_owned(), name, format })
    }

    /// The files whose path begins with this place's, in order.
    ///
    /// # Errors
    /// `300010` when the folder cannot be read.
    pub(in super::super) async fn files(&self) -> Result<Vec<StagedFile>, SqlError> {
        let mut files = Vec::new();
        collect(&self.folder, "", &mut files)?;
        files.retain(|file| file.name.starts_with(&self.prefix));
        files.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(files)
    }

    /// What is in a file.
    ///
    /// # Errors
    /// `300010` when it cannot be read.
    pub(in super::super) async fn read(&self, file: &StagedFile) -> Result<Bytes, SqlError> {
        std::fs::read(self.folder.join(&file.name)).map(Bytes::from).map_err(SqlError::internal)
    }

    /// Writes a file, whether or not it is there. Its name is the path within the stage.
    ///
    /// # Errors
    /// `300010` when it cannot be written.
    pub(in super::super) async fn write(&self, name: &str, content: Bytes) -> Result<(), SqlError> {
        let path = self.folder.join(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(SqlError::internal)?;
        }
        std::fs::write(path, content).map_err(SqlError::internal)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// `300010` when it cannot be removed.
    pub(in super::super) async fn remove(&self, file: &StagedFile) -> Result<(), SqlError> {
        std::fs::remove_file(self.folder.join(&file.name)).map_err(SqlError::internal)
    }

    /// A file's name as LIST and COPY show it.
    pub(in super::super) fn shown(&self, file: &StagedFile) -> String {
        if self.name.is_empty() { file.name.clone() } else { format!("{}/{}", self.name, file.name) }
    }

    /// The folder of this place, with the path as a folder.
    pub(in super::super) fn target(&self) -> PathBuf {
        self.folder.join(self.prefix.trim_matches('/'))
    }
}

/// The name of the stage and the path within it.
fn split(address: &str) -> (&str, &str) {
    let mut quoted = false;
    let end = address.find(|each| {
        quoted ^= each == '"';
        !quoted && each == '/'
    });
    match end {
        Some(at) => (&address[..at], address[at + 1..].trim_start_matches('/')),
        None => (address, ""),
    }
}

fn parsed(text: &str) -> Result<Name, SqlError> {
    let tokens = lex(text)?;
    let mut cursor = Cursor::new(&tokens);
    let name = cursor.name()?;
    cursor.end()?;
    Ok(name)
}

/// A name as part of a folder's name.
fn safe(name: &str) -> String {
    name.chars().map(|each| if each.is_ascii_alphanumeric() { each } else { '_' }).collect()
}

fn collect(folder: &Path, prefix: &str, files: &mut Vec<StagedFile>) -> Result<(), SqlError> {
    for entry in std::fs::read_dir(folder).map_err(SqlError::internal)? {
        let entry = entry.map_err(SqlError::internal)?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().map_err(SqlError::internal)?.is_dir() {
            collect(&entry.path(), &format!("{name}/"), files)?;
        } else {
            let metadata = entry.metadata().map_err(SqlError::internal)?;
            let modified = metadata.modified().map_or(OffsetDateTime::UNIX_EPOCH, OffsetDateTime::from);
            let key = entry.path().display().to_string();
            files.push(StagedFile { name, key, size: metadata.len(), modified });
        }
    }
    Ok(())
}
