//! The folders of stages in a replay: fresh ones, with the files that were recorded.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::FILE;
use crate::record::{FOLDER, stays_inside};
use crate::recording::{Contents, Kept};

/// The folders that were asked for so far, all in one temporary folder that goes with the replay.
#[derive(Debug, Default)]
pub(super) struct Folders {
    root: Option<TempDir>,
    made: BTreeSet<String>,
}

impl Folders {
    /// Puts a folder that exists in the place of its stand-in in the `data` of an answer to PUT or GET.
    pub(super) fn put_in(&mut self, envelope: &mut Value, contents: &Contents) -> io::Result<()> {
        let Some(info) = envelope.pointer_mut("/data/stageInfo") else { return Ok(()) };
        let is_folder = info.get("locationType").and_then(Value::as_str) == Some("LOCAL_FS");
        let Some(location) = info.get_mut("location") else { return Ok(()) };
        let Some(stand_in) = location.as_str().filter(|text| text.starts_with(FOLDER)) else {
            // The client would read and write there.
            let elsewhere = || io::Error::other("the recording names a folder outside of the replay");
            return if is_folder { Err(elsewhere()) } else { Ok(()) };
        };
        let stand_in = stand_in.to_owned();
        let folder = self.folder(&stand_in)?;
        if self.made.insert(stand_in.clone()) {
            fs::create_dir_all(&folder)?;
            for transfer in contents.transfers.iter().filter(|transfer| transfer.method == FILE) {
                let name = transfer.address.strip_prefix(&stand_in).and_then(|rest| rest.strip_prefix('/'));
                let body = transfer.answers.first().map(|answer| &answer.body);
                if let (Some(name), Some(Kept::Bytes(bytes))) = (name.filter(|name| stays_inside(name)), body)
                {
                    let path = folder.join(name);
                    path.parent().map_or(Ok(()), fs::create_dir_all)?;
                    fs::write(path, bytes)?;
                }
            }
        }
        *location = Value::from(folder.to_string_lossy());
        Ok(())
    }

    fn folder(&mut self, stand_in: &str) -> io::Result<PathBuf> {
        let root = match self.root.take() {
            Some(root) => root,
            None => tempfile::Builder::new().prefix("snowflake-replay-").tempdir()?,
        };
        let name: String = stand_in.chars().filter(char::is_ascii_alphanumeric).collect();
        let folder = root.path().join(name);
        self.root = Some(root);
        Ok(folder)
    }
}
