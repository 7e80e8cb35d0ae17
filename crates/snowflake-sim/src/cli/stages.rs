//! How `serve` offers stages to clients.

use std::time::Duration;

use clap::{Args, ValueEnum};
use snowflake_sim::{StageEncryption, StageOptions, StageShape};

#[derive(Args)]
#[command(next_help_heading = "Stages")]
pub(super) struct Stages {
    /// How clients are told to reach the files of stages.
    #[arg(long, value_enum, default_value_t = Shape::Auto)]
    stages: Shape,
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
    /// As folders to clients that can use them, as S3 to those that cannot.
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
    pub(super) fn options(&self) -> StageOptions {
        let options = StageOptions::new(self.shape())
            .with_threshold(self.stage_threshold)
            .with_credential_lifetime(Duration::from_secs(self.stage_credential_lifetime));
        match self.stage_encryption {
            None => options,
            Some(Encryption::None) => options.with_encryption(StageEncryption::None),
            Some(Encryption::Aes128) => options.with_encryption(StageEncryption::Aes128),
            Some(Encryption::Aes256) => options.with_encryption(StageEncryption::Aes256),
        }
    }

    fn shape(&self) -> StageShape {
        match self.stages {
            Shape::Auto => StageShape::Auto,
            Shape::Folder => StageShape::Folder,
            Shape::S3 => StageShape::S3,
            Shape::Azure => StageShape::Azure,
            Shape::Gcs => StageShape::Gcs,
            Shape::GcsSigned => StageShape::GcsSigned,
        }
    }
}
