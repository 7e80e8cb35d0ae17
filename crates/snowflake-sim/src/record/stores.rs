//! The stores that stages lie in: which requests go there, and what stands for a folder of this machine.

use std::io::Read as _;
use std::path::{Component, Path};

use http::Uri;
use serde_json::Value;

/// Stands for a folder of a stage; a number follows.
pub(crate) const FOLDER: &str = "recording:stage/";

/// What the answers to PUT and GET told about stores.
#[derive(Debug, Default)]
pub(super) struct Stores {
    folders: Vec<String>,
    buckets: Vec<String>,
    hosts: Vec<String>,
}

/// A file in a stage's folder that a GET is about to read.
pub(super) struct LocalFile {
    /// The folder's stand-in and the name in it.
    pub(super) address: String,
    pub(super) content: Result<Vec<u8>, String>,
}

impl Stores {
    /// Learns from the `data` of an answer to PUT or GET, puts a stand-in in the place of a folder, and reads the
    /// files that a GET will find there, up to `limit` bytes each.
    pub(super) fn learn(&mut self, data: &mut Value, limit: usize) -> Vec<LocalFile> {
        let Some(info) = data.get("stageInfo").filter(|info| info.is_object()) else { return Vec::new() };
        let text = |name: &str| info.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let location = text("location");
        if text("locationType") != "LOCAL_FS" {
            let bucket = location.split('/').next().unwrap_or_default();
            remember(&mut self.buckets, bucket);
            let endpoint = text("endPoint");
            remember(&mut self.hosts, endpoint.rsplit("://").next().unwrap_or_default());
            let signed = data.get("presignedUrls").and_then(Value::as_array).into_iter().flatten();
            let signed: Vec<_> = signed.chain(info.get("presignedUrl")).filter_map(Value::as_str).collect();
            for host in signed.iter().filter_map(|url| url.parse::<Uri>().ok()?.host().map(str::to_owned)) {
                remember(&mut self.hosts, &host);
            }
            return Vec::new();
        }
        let folder = remember(&mut self.folders, &location);
        let stand_in = format!("{FOLDER}{folder}");
        let files = local_files(data, Path::new(&location), &stand_in, limit);
        data["stageInfo"]["location"] = Value::from(stand_in);
        files
    }

    /// Whether a request goes to a store.
    pub(super) fn own(&self, uri: &Uri) -> bool {
        let host = uri.host().unwrap_or_default();
        let first = uri.path().split('/').find(|segment| !segment.is_empty()).unwrap_or_default();
        let is_bucket = |bucket: &String| {
            first == bucket || host.strip_prefix(bucket.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        self.buckets.iter().any(is_bucket)
            || self.hosts.iter().any(|own| host == own.split(':').next().unwrap_or(own))
    }
}

/// Its place in the list, where it is put unless it is there.
fn remember(list: &mut Vec<String>, item: &str) -> usize {
    match list.iter().position(|known| known == item) {
        Some(place) => place,
        None if item.is_empty() => list.len(),
        None => {
            list.push(item.to_owned());
            list.len() - 1
        }
    }
}

fn local_files(data: &Value, folder: &Path, stand_in: &str, limit: usize) -> Vec<LocalFile> {
    let is_download =
        data.get("command").and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("DOWNLOAD"));
    let sources = data.get("src_locations").and_then(Value::as_array).filter(|_| is_download);
    let names = sources.into_iter().flatten().filter_map(Value::as_str).filter(|name| stays_inside(name));
    let file = |name: &str| LocalFile {
        address: format!("{stand_in}/{name}"),
        content: read(&folder.join(name), limit),
    };
    names.map(file).collect()
}

/// Whether a name leads to a place below the folder that it is joined to.
pub(crate) fn stays_inside(name: &str) -> bool {
    let mut components = Path::new(name).components().peekable();
    components.peek().is_some() && components.all(|component| matches!(component, Component::Normal(_)))
}

fn read(path: &Path, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let cap = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let opened = std::fs::File::open(path).and_then(|file| file.take(cap).read_to_end(&mut bytes));
    match opened {
        Ok(_) if bytes.len() <= limit => Ok(bytes),
        Ok(_) => Err(format!("it has more than {limit} bytes")),
        Err(cause) => Err(format!("the file could not be read: {}", cause.kind())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Stores, stays_inside};

    fn owns(stores: &Stores, uri: &str) -> bool {
        stores.own(&uri.parse().unwrap())
    }

    #[test]
    fn requests_to_a_store_are_known_by_bucket_and_host() {
        let mut stores = Stores::default();
        assert!(!owns(&stores, "https://bucket.s3.amazonaws.com/key"));
        let mut data =
            json!({ "stageInfo": { "locationType": "S3", "location": "bucket/prefix/", "endPoint": null } });
        assert!(stores.learn(&mut data, 10).is_empty());
        assert!(owns(&stores, "https://bucket.s3.amazonaws.com/prefix/key"));
        assert!(owns(&stores, "https://s3.amazonaws.com/bucket/prefix/key"));
        assert!(!owns(&stores, "https://idp.example/oauth/token"));
        let mut data = json!({ "presignedUrls": ["https://signed.example/x?y"],
            "stageInfo": { "locationType": "GCS", "location": "b2/", "endPoint": "http://127.0.0.1:9000" } });
        stores.learn(&mut data, 10);
        assert!(owns(&stores, "http://127.0.0.1:9000/x") && owns(&stores, "https://signed.example/z"));
    }

    #[test]
    fn folders_are_stood_in_for_and_their_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "12").unwrap();
        std::fs::write(folder.path().join("b"), "123456").unwrap();
        let mut stores = Stores::default();
        let mut data = json!({ "command": "DOWNLOAD", "src_locations": ["a", "b", "c", "../d", "/etc/passwd"],
            "stageInfo": { "locationType": "LOCAL_FS", "location": folder.path() } });
        let files = stores.learn(&mut data, 5);
        let told: Vec<_> = files.into_iter().map(|file| (file.address, file.content)).collect();
        assert_eq!(told.len(), 3);
        assert_eq!(told[0], ("recording:stage/0/a".to_owned(), Ok(b"12".to_vec())));
        assert!(told[1].1.is_err() && told[2].1.is_err());
        assert_eq!(data["stageInfo"]["location"], "recording:stage/0");
    }

    #[test]
    fn no_name_leads_out_of_a_folder() {
        assert!(stays_inside("a/b.csv"));
        for name in ["", "..", "a/../../b", "/a", "./../a"] {
            assert!(!stays_inside(name), "{name}");
        }
    }
}
