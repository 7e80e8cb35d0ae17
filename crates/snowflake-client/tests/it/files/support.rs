//! A server with a stage of some shape, and a folder of this machine.

use std::path::Path;

use snowflake_client::SnowflakeClient;
use snowflake_client::sim::{SimServer, StageOptions};
use tempfile::TempDir;

use crate::support;

/// A server whose stage `s` is as the options say, a client of it, and an empty folder.
pub(super) async fn stage(options: impl Into<StageOptions>) -> (SimServer, SnowflakeClient, TempDir) {
    let server = support::server().stages(options).start().await.unwrap();
    let client = support::connect(&server).await;
    client.execute("CREATE STAGE s").await.unwrap();
    (server, client, tempfile::tempdir().unwrap())
}

/// Bytes that no compression makes smaller, the same ones each time.
pub(super) fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    (0..bytes.div_ceil(8)).flat_map(|_| next().to_le_bytes()).take(bytes).collect()
}

/// The names of what is in a folder, hidden or not.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The names of what is in the stage.
pub(super) async fn staged(client: &SnowflakeClient) -> Vec<String> {
    let files = client.list_stage("@s", None).await.unwrap();
    files.into_iter().map(|file| file.name).collect()
}
