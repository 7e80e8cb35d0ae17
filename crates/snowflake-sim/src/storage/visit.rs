//! A request to the store, taken apart.

use percent_encoding::percent_decode_str;

use super::credentials::Cloud;
use crate::service::Call;

/// A request for a bucket or an object in it.
pub(super) struct Visit<'a> {
    pub(super) call: &'a Call,
    pub(super) cloud: Cloud,
    /// The key, decoded; empty for the bucket itself. `None` if it is no UTF-8.
    key: Option<String>,
    arguments: Vec<(String, String)>,
}

impl<'a> Visit<'a> {
    /// Takes a request apart, if it is one for the store.
    pub(super) fn of(call: &'a Call) -> Option<Self> {
        let (cloud, key) = by_path(&call.path).or_else(|| by_host(call))?;
        let key = percent_decode_str(key).decode_utf8().ok().map(|key| key.into_owned());
        let arguments = url::form_urlencoded::parse(call.query.as_bytes()).into_owned().collect();
        Some(Self { call, cloud, key, arguments })
    }

    /// The key; the empty one stands for the bucket.
    pub(super) fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// Whether the key can be a key at all.
    pub(super) fn is_readable(&self) -> bool {
        self.key.as_ref().is_some_and(|key| !key.contains('\0'))
    }

    /// A value of the query string, decoded.
    pub(super) fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The text of a header.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        self.call.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// `/{bucket}/{key}`, and `/{account}/{container}/{key}` as Azure's emulators have it.
fn by_path(path: &str) -> Option<(Cloud, &str)> {
    let path = path.strip_prefix('/')?;
    let split = |path| <str>::split_once(path, '/').unwrap_or((path, ""));
    let (first, rest) = split(path);
    if let Some(cloud) = named(first) {
        return Some((cloud, rest));
    }
    let (second, rest) = split(rest);
    (named(second)? == Cloud::Azure).then_some((Cloud::Azure, rest))
}

/// `{bucket}.{host}/{key}`, which S3 and Google Cloud Storage know beside the path.
fn by_host(call: &Call) -> Option<(Cloud, &str)> {
    let (_, host) = call.origin.split_once("://")?;
    let (bucket, _) = host.split_once('.')?;
    let cloud = named(bucket).filter(|cloud| *cloud != Cloud::Azure)?;
    Some((cloud, call.path.strip_prefix('/')?))
}

fn named(bucket: &str) -> Option<Cloud> {
    Cloud::ALL.into_iter().find(|cloud| cloud.bucket() == bucket)
}
