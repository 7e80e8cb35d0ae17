//! How one client is sent to the files of a stage.

use std::collections::BTreeMap;

use http::Method;
use serde_json::Value;
use snowflake_proto::wire::stage::{EncryptionMaterial, OneOrMany, SmkId, StageInfo, Transfer};

use super::super::SqlError;
use super::location::{Location, StagedFile};
use super::objects::Objects;
use super::{StageEncryption, StageShape, Stages};
use crate::storage::Cloud;

/// What a client said of itself when it logged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// What suits it best when nobody asked for anything.
    best: Access,
    /// Whether it takes the ids of keys as text.
    takes_text_ids: bool,
}

/// Where one client is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    Folder,
    Store(Cloud),
    /// Google Cloud Storage by signed addresses.
    Signed,
}

impl Access {
    fn cloud(self) -> Option<Cloud> {
        match self {
            Self::Folder => None,
            Self::Store(cloud) => Some(cloud),
            Self::Signed => Some(Cloud::Gcs),
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Self { best: Access::Folder, takes_text_ids: false }
    }
}

impl Client {
    /// A client by its driver's name and version, and by what it says that it can do.
    pub(crate) fn new(app: &str, version: &str, capabilities: &BTreeMap<String, Value>) -> Self {
        let takes_text_ids = capabilities.get("SMK_ID_AS_STRING").and_then(Value::as_bool) == Some(true);
        let major = version.split('.').next().and_then(|major| major.parse::<u32>().ok());
        let best = match app {
            // Version 5 is a shell around a core that knows no folders.
            "PythonConnector" if major.is_some_and(|major| major >= 5) => Access::Store(Cloud::S3),
            // It leaves empty files in folders when it writes from memory, and speaks to stores over TLS only.
            "Go" => Access::Signed,
            _ => Access::Folder,
        };
        Self { best, takes_text_ids }
    }

    fn material(self, mut material: EncryptionMaterial) -> EncryptionMaterial {
        if self.takes_text_ids {
            material.smk_id = material.smk_id.map(|id| SmkId::Text(id.to_string()));
        }
        material
    }
}

impl Location {
    /// How a client writes files here, the first of them under this name.
    ///
    /// # Errors
    /// `300010` when store or folder fails.
    pub(in super::super) async fn upload(
        &self,
        client: Client,
        query_id: &str,
        first: &str,
    ) -> Result<Transfer, SqlError> {
        let path = match self.prefix.trim_matches('/') {
            "" => String::new(),
            path => format!("{path}/"),
        };
        let access = self.access(client);
        let mut info = self.info(access, &path).await?;
        if access == Access::Signed {
            info.presigned_url = Some(self.signed(&Method::PUT, &self.area.key(&format!("{path}{first}"))));
        }
        let material = match access {
            Access::Folder => None,
            _ => self.stages.material(&self.area, query_id),
        };
        Ok(Transfer {
            encryption_material: material.map(|material| OneOrMany::One(client.material(material))),
            ..self.transfer(info)
        })
    }

    /// How a client reads these files.
    ///
    /// # Errors
    /// `300010` when store or folder fails.
    pub(in super::super) async fn download(
        &self,
        client: Client,
        query_id: &str,
        files: &[StagedFile],
    ) -> Result<Transfer, SqlError> {
        let access = self.access(client);
        let mut addresses = Vec::new();
        let mut materials = Vec::new();
        for file in files {
            if access == Access::Signed {
                addresses.push(self.signed(&Method::GET, &file.key));
            }
            if let Some(cloud) = access.cloud() {
                let material = self.stages.material_of(&self.area, file, query_id, cloud).await?;
                materials.push(material.map(|material| client.material(material)));
            }
        }
        let is_encrypted = materials.iter().any(Option::is_some);
        Ok(Transfer {
            src_locations: Some(files.iter().map(|file| file.name.clone()).collect()),
            encryption_material: is_encrypted.then_some(OneOrMany::Many(materials)),
            presigned_urls: Some(addresses),
            ..self.transfer(self.info(access, "").await?)
        })
    }

    fn access(&self, client: Client) -> Access {
        match &self.stages.options.shape {
            StageShape::Auto => client.best,
            StageShape::Folder => Access::Folder,
            StageShape::S3 => Access::Store(Cloud::S3),
            StageShape::Azure => Access::Store(Cloud::Azure),
            StageShape::Gcs => Access::Store(Cloud::Gcs),
            StageShape::GcsSigned => Access::Signed,
            StageShape::Endpoint(endpoint) => Access::Store(endpoint.cloud()),
        }
    }

    fn transfer(&self, info: StageInfo) -> Transfer {
        let threshold = i64::try_from(self.stages.options.threshold).unwrap_or(i64::MAX);
        Transfer { threshold: Some(threshold), stage_info: Some(info), ..Transfer::default() }
    }

    /// The store and the credentials, which are others for every statement. The path is empty or ends with
    /// a slash.
    async fn info(&self, access: Access, path: &str) -> Result<StageInfo, SqlError> {
        let Some(cloud) = access.cloud() else { return self.folder(path).await };
        let key = self.area.key(path);
        let place = Place::of(&self.stages, cloud, access);
        Ok(StageInfo {
            location: format!("{}/{key}", place.bucket),
            path: Some(if cloud == Cloud::Azure { place.bucket } else { key }),
            location_type: location_type(cloud).to_owned(),
            region: Some(place.region),
            storage_account: place.account,
            is_client_side_encrypted: Some(self.area.encryption != StageEncryption::None),
            creds: Some(place.credentials),
            end_point: Some(place.url),
            use_s3_regional_url: Some(false),
            use_regional_url: Some(false),
            use_virtual_url: Some(false),
            ..StageInfo::default()
        })
    }

    /// The folder through which clients see the stage, up to date.
    async fn folder(&self, path: &str) -> Result<StageInfo, SqlError> {
        let window = self.stages.window(&self.area);
        let folder = window.folder().join(path);
        std::fs::create_dir_all(&folder).map_err(SqlError::internal)?;
        window.show(&self.stages, &self.area).await?;
        Ok(StageInfo {
            location_type: "LOCAL_FS".to_owned(),
            location: format!("{}/", folder.display().to_string().trim_end_matches('/')),
            path: Some(path.to_owned()),
            is_client_side_encrypted: Some(false),
            creds: Some(BTreeMap::new()),
            ..StageInfo::default()
        })
    }

    /// A signed address, which only the server's own store knows.
    fn signed(&self, method: &Method, key: &str) -> String {
        match &self.stages.objects {
            Objects::Memory(storage) => {
                storage.presign(&self.stages.origin, method, key, self.stages.options.lifetime)
            }
            Objects::Remote(_) => String::new(),
        }
    }
}

/// Where a client finds a store, and what lets it in.
struct Place {
    bucket: String,
    url: String,
    region: String,
    account: Option<String>,
    credentials: BTreeMap<String, Option<String>>,
}

impl Place {
    fn of(stages: &Stages, cloud: Cloud, access: Access) -> Self {
        let lifetime = stages.options.lifetime;
        let storage = match &stages.objects {
            Objects::Memory(storage) => storage,
            Objects::Remote(remote) => {
                return Self {
                    bucket: remote.bucket().to_owned(),
                    url: remote.url().to_owned(),
                    region: remote.region().to_owned(),
                    account: remote.account().map(str::to_owned),
                    credentials: remote.credentials(lifetime),
                };
            }
        };
        let (region, account) = match cloud {
            Cloud::S3 => ("us-west-2", None),
            Cloud::Azure => ("westus2", Some("sim".to_owned())),
            Cloud::Gcs => ("us-central1", None),
        };
        let credentials = match access {
            Access::Signed => BTreeMap::new(),
            _ => storage.credentials(cloud, lifetime).named(),
        };
        let (bucket, region) = (cloud.bucket().to_owned(), region.to_owned());
        Self { bucket, url: stages.origin.clone(), region, account, credentials }
    }
}

fn location_type(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::S3 => "S3",
        Cloud::Azure => "AZURE",
        Cloud::Gcs => "GCS",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Access, Client};
    use crate::storage::Cloud;

    #[test]
    fn each_driver_is_sent_where_it_can_write() {
        let best = |app, version| Client::new(app, version, &BTreeMap::new()).best;
        assert_eq!(best("PythonConnector", "4.7.5"), Access::Folder);
        assert_eq!(best("PythonConnector", "5.2.0"), Access::Store(Cloud::S3));
        assert_eq!(best("Go", "1.19.0"), Access::Signed);
        assert_eq!(best("JavaScript", "3.3.0"), Access::Folder);
    }
}
