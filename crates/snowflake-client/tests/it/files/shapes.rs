//! Every shape that a stage can have.

use snowflake_client::sim::{StageEncryption, StageOptions, StageShape};
use snowflake_client::{DownloadOptions, PutOptions, PutStatus, SnowflakeClient};

use super::support::{names, noise, stage, staged};

/// From how many bytes on files are sent in parts here.
const THRESHOLD: u64 = 6 << 20;

/// Puts a small file that is compressed and a large one that is not, gets them again, and looks at them.
async fn round_trip(shape: StageShape, encryption: StageEncryption) {
    let options = StageOptions::new(shape.clone()).with_encryption(encryption).with_threshold(THRESHOLD);
    let (server, client, folder) = stage(options).await;
    let (small, large) = ("1,Ada\n2,Grace\n".repeat(500).into_bytes(), noise(9_000_001));
    std::fs::write(folder.path().join("small.csv"), &small).unwrap();
    std::fs::write(folder.path().join("large.bin"), &large).unwrap();

    let put =
        client.put_file(folder.path().join("small.csv"), "@s/deep", PutOptions::default()).await.unwrap();
    let file = &put.files[0];
    assert_eq!((file.target.as_str(), file.status), ("small.csv.gz", PutStatus::Uploaded), "{shape:?}");
    assert!(file.source_size == small.len() as u64 && file.target_size < file.source_size / 10);
    let plain = PutOptions { auto_compress: false, ..PutOptions::default() };
    let put = client.put_file(folder.path().join("large.bin"), "@s/deep", plain).await.unwrap();
    assert_eq!((put.files[0].source_size, &*put.files[0].target_compression), (9_000_001, "NONE"));
    // A folder holds plain files, whatever is asked for.
    let encryption = if matches!(shape, StageShape::Folder) { StageEncryption::None } else { encryption };
    let padding = if encryption == StageEncryption::None { 0 } else { 15 };
    assert_eq!(put.files[0].target_size, 9_000_001 + padding);

    let mut listed = staged(&client).await;
    listed.sort();
    assert_eq!(listed, ["s/deep/large.bin", "s/deep/small.csv.gz"], "{shape:?}");
    look_into(&server, encryption, &large);
    get_again(&client, &small, &large).await;
    client.close().await;
}

/// What lies in the store is the content if it is not encrypted, and tells nothing of it if it is.
fn look_into(server: &snowflake_client::sim::SimServer, encryption: StageEncryption, large: &[u8]) {
    let objects = server.storage().list("");
    for object in objects.iter().filter(|object| object.key().ends_with("large.bin")) {
        let body = server.storage().get(object.key()).unwrap().body();
        let is_plain = body.windows(64).step_by(16).any(|part| part == &large[..64]);
        assert_eq!(is_plain, encryption == StageEncryption::None);
        let description = format!("{:?}", object.metadata());
        assert!(!description.contains("AAAAAAAA"), "{description}");
    }
}

async fn get_again(client: &SnowflakeClient, small: &[u8], large: &[u8]) {
    let out = tempfile::tempdir().unwrap();
    let got = client.get_files("@s/deep", out.path(), DownloadOptions::default()).await.unwrap();
    assert_eq!(got.files.len(), 2);
    assert_eq!(names(out.path()), ["large.bin", "small.csv.gz"]);
    assert!(std::fs::read(out.path().join("large.bin")).unwrap() == large);

    let mut text = Vec::new();
    let options = DownloadOptions::default().decompress(true);
    let got = client.get_writer("@s/deep/small.csv.gz", &mut text, options).await.unwrap();
    assert!(text == small && got.size == small.len() as u64);
}

#[tokio::test]
async fn a_folder_gives_back_what_was_put_there() {
    round_trip(StageShape::Folder, StageEncryption::Aes128).await;
}

#[tokio::test]
async fn f13_s3_gives_back_what_was_put_there() {
    for encryption in [StageEncryption::None, StageEncryption::Aes128, StageEncryption::Aes256] {
        round_trip(StageShape::S3, encryption).await;
    }
}

#[tokio::test]
async fn f13_azure_gives_back_what_was_put_there() {
    for encryption in [StageEncryption::None, StageEncryption::Aes128, StageEncryption::Aes256] {
        round_trip(StageShape::Azure, encryption).await;
    }
}

#[tokio::test]
async fn f13_google_cloud_gives_back_what_was_put_there() {
    for encryption in [StageEncryption::None, StageEncryption::Aes128, StageEncryption::Aes256] {
        round_trip(StageShape::Gcs, encryption).await;
    }
}

#[tokio::test]
async fn signed_addresses_give_back_what_was_put_there() {
    for encryption in [StageEncryption::None, StageEncryption::Aes128, StageEncryption::Aes256] {
        round_trip(StageShape::GcsSigned, encryption).await;
    }
}
