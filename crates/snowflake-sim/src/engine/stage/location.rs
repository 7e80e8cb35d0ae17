//! Addresses such as `db.schema.stage/path`, `%table/path` and `~/path`.

use std::sync::Arc;

use bytes::Bytes;
use time::OffsetDateTime;

use super::super::SqlError;
use super::super::catalog::{ObjectPath, Stage};
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Options, lex};
use super::{Area, Stages};

/// A place in a stage.
#[derive(Clone, Debug)]
pub(in super::super) struct Location {
    pub(super) stages: Arc<Stages>,
    /// All files of the stage.
    pub(super) area: Area,
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
    /// Changes with every write.
    pub(super) etag: String,
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
        let leads_out = |part: &str| matches!(part, "." | "..") || part.contains('\0');
        if prefix.split('/').any(leads_out) {
            return Err(SqlError::invalid_argument("Invalid path in a stage"));
        }
        let stages = run.engine().stages();
        let made = |area, name, format| Self {
            stages: Arc::clone(stages),
            area,
            prefix: prefix.to_owned(),
            name,
            format,
        };
        if head == "~" {
            let area = stages.of_user(&run.context.user);
            return Ok(made(area, String::new(), Options::default()));
        }
        let is_table = head.contains('%');
        let name = parsed(&head.replacen('%', "", 1))?;
        let path = run.path(&name)?;
        if is_table {
            run.table(&path, &name.join("."))?;
            return Ok(made(stages.of_table(&path), String::new(), Options::default()));
        }
        let stage = find(run, &path)?.ok_or_else(|| SqlError::missing("Stage", &name.join(".")))?;
        Ok(made(stage.area.clone(), path.name.to_lowercase(), stage.format.clone()))
    }

    /// The files whose path begins with this place's, in order.
    ///
    /// # Errors
    /// `300010` when the store fails.
    pub(in super::super) async fn files(&self) -> Result<Vec<StagedFile>, SqlError> {
        if let Some(window) = self.stages.opened(&self.area) {
            window.take_in(&self.stages, &self.area).await?;
        }
        let mut files = self.stages.list(&self.area).await?;
        files.retain(|file| file.name.starts_with(&self.prefix));
        Ok(files)
    }

    /// What is in a file.
    ///
    /// # Errors
    /// `300010` when it cannot be read, or not be decrypted.
    pub(in super::super) async fn read(&self, file: &StagedFile) -> Result<Bytes, SqlError> {
        self.stages.read(&self.area, &file.key).await
    }

    /// A file's bytes as they are stored, encrypted or not.
    ///
    /// # Errors
    /// `300010` when it cannot be read.
    pub(super) async fn stored(&self, file: &StagedFile) -> Result<Bytes, SqlError> {
        self.stages.objects.get(&file.key).await.map(|(body, _)| body)
    }

    /// Writes a file, whether or not it is there. Its name is the path within the stage.
    ///
    /// # Errors
    /// `300010` when it cannot be written.
    pub(in super::super) async fn write(&self, name: &str, content: Bytes) -> Result<(), SqlError> {
        self.stages.write(&self.area, name, content).await.map(drop)
    }

    /// Removes a file.
    ///
    /// # Errors
    /// `300010` when it cannot be removed.
    pub(in super::super) async fn remove(&self, file: &StagedFile) -> Result<(), SqlError> {
        self.stages.remove(&self.area, file).await
    }

    /// A file's name as LIST and COPY show it.
    pub(in super::super) fn shown(&self, file: &StagedFile) -> String {
        if self.name.is_empty() { file.name.clone() } else { format!("{}/{}", self.name, file.name) }
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
