//! All stages of an engine: where their files are, who may read them, and how clients are sent there.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use snowflake_proto::wire::stage::EncryptionMaterial;
use snowflake_transport::{Clock, Entropy, HttpTransport, TransportOptions};

use super::super::SqlError;
use super::super::catalog::ObjectPath;
use super::super::endpoint::{Problem, Remote};
use super::area::{Area, safe};
use super::encryption::{Envelope, Keys, translated};
use super::location::StagedFile;
use super::objects::Objects;
use super::window::Window;
use super::{StageEncryption, StageOptions, StageShape};
use crate::storage::{Cloud, Storage};

/// All stages of an engine.
pub(crate) struct Stages {
    pub(super) options: StageOptions,
    /// Where the server's own store is reached, such as `http://127.0.0.1:8000`.
    pub(super) origin: String,
    pub(super) objects: Objects,
    entropy: Arc<dyn Entropy>,
    keys: Keys,
    /// The folder below which clients see stages as folders.
    root: PathBuf,
    /// What the keys of all objects begin with: a store may know earlier engines.
    prefix: String,
    next: AtomicU64,
    windows: Mutex<BTreeMap<String, Arc<Window>>>,
}

impl Stages {
    /// No stage yet. An endpoint takes the place of the storage, and is connected to.
    ///
    /// # Errors
    /// Whatever is wrong with the endpoint.
    pub(crate) async fn new(
        options: StageOptions,
        storage: Storage,
        clock: Arc<dyn Clock>,
        origin: String,
        root: PathBuf,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, Problem> {
        let objects = match &options.shape {
            StageShape::Endpoint(endpoint) => {
                let transport = Arc::new(HttpTransport::new(TransportOptions::default())?);
                Objects::Remote(Remote::connect(endpoint.clone(), transport, clock).await?)
            }
            _ => Objects::Memory(storage),
        };
        let prefix = format!("stages/{}", entropy.uuid().simple());
        let keys = Keys::new(entropy.as_ref());
        let (next, windows) = (AtomicU64::new(1), Mutex::default());
        Ok(Self { options, origin, objects, entropy, keys, root, prefix, next, windows })
    }

    /// A place for the files of a stage that is being made; `is_full` says whether it was asked to have
    /// encrypted ones.
    pub(in super::super) fn found(&self, is_full: Option<bool>) -> Area {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let encryption = match is_full {
            None => self.options.encryption(),
            Some(true) => self.options.full_encryption(),
            Some(false) => StageEncryption::None,
        };
        Area { encryption, ..self.area(format!("stage-{number}")) }
    }

    /// The files of a user.
    pub(super) fn of_user(&self, user: &str) -> Area {
        self.area(format!("user-{}", safe(user)))
    }

    /// The files of a table.
    pub(in super::super) fn of_table(&self, path: &ObjectPath) -> Area {
        let parts = [&path.database, &path.schema, &path.name].map(|part| safe(part));
        self.area(format!("table-{}", parts.join("-")))
    }

    fn area(&self, name: String) -> Area {
        let prefix = format!("{}/{name}/", self.prefix);
        Area { name, prefix, encryption: self.options.encryption() }
    }

    /// The cloud whose words describe the files that the engine writes.
    pub(super) fn cloud(&self) -> Cloud {
        match &self.options.shape {
            StageShape::Auto | StageShape::Folder | StageShape::S3 => Cloud::S3,
            StageShape::Azure => Cloud::Azure,
            StageShape::Gcs | StageShape::GcsSigned => Cloud::Gcs,
            StageShape::Endpoint(endpoint) => endpoint.cloud(),
        }
    }

    /// The folder through which clients see a stage, from now on.
    pub(super) fn window(&self, area: &Area) -> Arc<Window> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || Arc::new(Window::new(self.root.join(&area.name)));
        Arc::clone(windows.entry(area.name.clone()).or_insert_with(open))
    }

    /// The folder through which clients have seen a stage, if any has.
    pub(super) fn opened(&self, area: &Area) -> Option<Arc<Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner).get(&area.name).cloned()
    }

    /// The bytes of the files in all stages, as far as the server keeps them itself.
    pub(in super::super) fn held(&self) -> u64 {
        self.objects.held()
    }

    /// The files of a stage that the store has, in order.
    pub(super) async fn list(&self, area: &Area) -> Result<Vec<StagedFile>, SqlError> {
        let listed = self.objects.list(&area.prefix).await?.into_iter();
        Ok(listed
            .filter_map(|object| {
                let name = area.name_of(&object.key)?.to_owned();
                Some(StagedFile {
                    name,
                    key: object.key,
                    size: object.size,
                    modified: object.modified,
                    etag: object.etag,
                })
            })
            .collect())
    }

    /// The plain bytes of a file.
    pub(super) async fn read(&self, area: &Area, key: &str) -> Result<Bytes, SqlError> {
        let (body, metadata) = self.objects.get(key).await?;
        self.keys.open(area, body, &metadata)
    }

    /// Writes a file as a client would, and says what its tag is now.
    pub(super) async fn write(&self, area: &Area, name: &str, plain: Bytes) -> Result<String, SqlError> {
        let (body, metadata) = self.keys.seal(area, self.cloud(), plain, self.entropy.as_ref())?;
        self.objects.put(&area.key(name), body, metadata).await
    }

    /// Removes a file.
    pub(super) async fn remove(&self, area: &Area, file: &StagedFile) -> Result<(), SqlError> {
        self.objects.remove(&file.key).await?;
        if let Some(window) = self.opened(area) {
            window.remove(&file.name).await;
        }
        Ok(())
    }

    /// Removes all files of a stage that is no more. What the store refuses to remove stays there: no
    /// stage will look at it again.
    pub(in super::super) fn clear(&self, area: &Area) {
        if self.windows.lock().unwrap_or_else(PoisonError::into_inner).remove(&area.name).is_some() {
            // A folder that is gone already is as good as one that is removed now.
            let _ = std::fs::remove_dir_all(self.root.join(&area.name));
        }
        self.objects.clear(&area.prefix);
    }

    /// The key of a stage for files that a statement writes; none when clients shall not encrypt.
    pub(super) fn material(&self, area: &Area, query_id: &str) -> Option<EncryptionMaterial> {
        self.keys.material(area, query_id)
    }

    /// The key of a file that a client of a cloud reads; none when it is not encrypted. What another
    /// cloud's client has written beside the file is said again in this one's words.
    pub(super) async fn material_of(
        &self,
        area: &Area,
        file: &StagedFile,
        query_id: &str,
        cloud: Cloud,
    ) -> Result<Option<EncryptionMaterial>, SqlError> {
        if area.encryption == StageEncryption::None {
            return Ok(None);
        }
        let metadata = self.objects.metadata(&file.key).await?;
        if let Some(words) = translated(&metadata, cloud) {
            let (body, _) = self.objects.get(&file.key).await?;
            self.objects.put(&file.key, body, words).await?;
        }
        let envelope = Envelope::of(&metadata);
        Ok(envelope
            .and_then(|envelope| self.material(area, envelope.query_id().as_deref().unwrap_or(query_id))))
    }
}

impl fmt::Debug for Stages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stages").field("options", &self.options).finish_non_exhaustive()
    }
}
