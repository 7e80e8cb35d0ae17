//! How `serve` offers stages to clients.

use std::time::Duration;

use clap::{Args, ValueEnum};
use snowflake_sim::{StageEncryption, StageEndpoint, StageOptions, StageShape};

use super::Error;

#[derive(Args)]
#[command(next_help_heading = "Stages")]
pub(super) struct Stages {
    /// How clients are told to reach the files of stages.
    #[arg(long, value_enum, default_value_t = Shape::Auto)]
    stages: Shape,
    /// A store that has the files instead of this server, such as an emulator. With --stages azure its
    /// address ends with the account.
    #[arg(long, value_name = "URL", requires = "stage_bucket")]
    stage_endpoint: Option<String>,
    /// The bucket or container at the endpoint; it is made unless it is there.
    #[arg(long, value_name = "NAME")]
    stage_bucket: Option<String>,
    /// The id of the access key with --stages s3, the account with --stages azure.
    #[arg(long, value_name = "ID", default_value = "")]
    stage_key_id: String,
    /// The secret access key, the account's key, or the access token, by cloud.
    #[arg(long, value_name = "SECRET", default_value = "")]
    stage_secret: String,
    /// The session token that goes with an access key of S3.
    #[arg(long, value_name = "TOKEN")]
    stage_session_token: Option<String>,
    /// How clients encrypt the files; with 128 bits in a store, not at all with auto, unless given.
    #[arg(long, value_enum)]
    stage_encryption: Option<Encryption>,
    /// From how many bytes on clients send a file in parts.
    #[arg(long, value_name = "BYTES", default_value_t = 209_715_200)]
    stage_threshold: u64,
    /// How long credentials and signed addresses are good for.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    stage_credential_lifetime: u64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    /// As what suits each client best: mostly folders, or a store that this server offers.
    Auto,
    /// As folders of this machine.
    Folder,
    /// As S3, served by this server.
    S3,
    /// As Azure Blob Storage, served by this server.
    Azure,
    /// As Google Cloud Storage with an access token, served by this server.
    Gcs,
    /// As Google Cloud Storage with signed addresses, served by this server.
    GcsSigned,
}

#[derive(Clone, Copy, ValueEnum)]
enum Encryption {
    None,
    #[value(name = "128")]
    Aes128,
    #[value(name = "256")]
    Aes256,
}

impl Stages {
    pub(super) fn options(&self) -> Result<StageOptions, Error> {
        let options = StageOptions::new(self.shape()?)
            .with_threshold(self.stage_threshold)
            .with_credential_lifetime(Duration::from_secs(self.stage_credential_lifetime));
        Ok(match self.stage_encryption {
            None => options,
            Some(Encryption::None) => options.with_encryption(StageEncryption::None),
            Some(Encryption::Aes128) => options.with_encryption(StageEncryption::Aes128),
            Some(Encryption::Aes256) => options.with_encryption(StageEncryption::Aes256),
        })
    }

    fn shape(&self) -> Result<StageShape, Error> {
        let (Some(url), Some(bucket)) = (&self.stage_endpoint, &self.stage_bucket) else {
            return Ok(match self.stages {
                Shape::Auto => StageShape::Auto,
                Shape::Folder => StageShape::Folder,
                Shape::S3 => StageShape::S3,
                Shape::Azure => StageShape::Azure,
                Shape::Gcs => StageShape::Gcs,
                Shape::GcsSigned => StageShape::GcsSigned,
            });
        };
        let (id, secret) = (self.stage_key_id.as_str(), self.stage_secret.as_str());
        let endpoint = match self.stages {
            Shape::S3 => StageEndpoint::s3(url, bucket, id, secret),
            Shape::Azure => StageEndpoint::azure(url, bucket, id, secret),
            Shape::Gcs => StageEndpoint::gcs(url, bucket, secret),
            _ => return Err("--stage-endpoint needs --stages s3, azure or gcs".into()),
        };
        Ok(StageShape::Endpoint(match &self.stage_session_token {
            Some(token) => endpoint.with_session_token(token.as_str()),
            None => endpoint,
        }))
    }
}
