//! Whole uploads as each driver makes them, and what the others find then.

use bytes::Bytes;
use http::Method;

use super::{Client, storage};
use crate::storage::Cloud;

const MATERIAL: &str = r#"{"queryId":"01b2","smkId":"92","keySize":"128"}"#;
const ENVELOPE: &str = r#"{"EncryptionMode": "FullBlob", "WrappedContentKey": {"KeyId": "symmKey1", "EncryptedKey": "5V6Z==", "Algorithm": "AES_CBC_256"}}"#;

#[tokio::test]
async fn python_puts_one_request_in_every_cloud() {
    let (storage, _) = storage();
    let s3 = [
        ("x-amz-meta-sfc-digest", "bjdx="),
        ("x-amz-meta-x-amz-matdesc", MATERIAL),
        ("content-type", "application/octet-stream"),
    ];
    let azure = [
        ("x-ms-blob-type", "BlockBlob"),
        ("content-encoding", "utf-8"),
        ("x-ms-meta-sfcdigest", "bjdx="),
        ("x-ms-meta-encryptiondata", ENVELOPE),
        ("x-ms-meta-matdesc", MATERIAL),
    ];
    let gcs = [
        ("content-encoding", ""),
        ("x-goog-meta-sfc-digest", "kBN1="),
        ("x-goog-meta-encryptiondata", ENVELOPE),
        ("x-goog-meta-matdesc", MATERIAL),
    ];
    for (cloud, headers, status) in
        [(Cloud::S3, &s3[..], 200), (Cloud::Azure, &azure[..], 201), (Cloud::Gcs, &gcs[..], 200)]
    {
        let client = Client::new(&storage, cloud);
        let key = "stages/abc/d1/f.csv.gz";
        let _ = storage.remove(key);
        assert_eq!(client.send(Method::HEAD, key, &[], "").await.status, 404);
        let put = client.send(Method::PUT, key, headers, vec![7; 800]).await;
        assert_eq!((put.status, put.header("etag").is_empty()), (status, false));
        let head = client.send(Method::HEAD, key, &[], "").await;
        assert_eq!((head.status, head.header("content-length")), (200, "800"));
        for (name, value) in headers.iter().filter(|(name, _)| name.contains("-meta-")) {
            assert_eq!(head.header(name), *value);
        }
    }
}

#[tokio::test]
async fn node_puts_blocks_even_when_one_request_would_do() {
    let (storage, _) = storage();
    let client = Client::new(&storage, Cloud::Azure);
    let id = "ZTRjOTVlNmUtMDUzMS00Y2I5LTg1OWEtNGIwZmM4ZjA0MzU4MDAwMDAwMDAwMDAw";
    let version = ("x-ms-version", "2025-01-05");
    let block = format!("st/n.csv.gz?comp=block&blockid={id}");
    let plain = [version, ("content-type", "application/octet-stream")];
    let put = client.send(Method::PUT, &block, &plain, "cipher").await;
    assert_eq!((put.status, put.header("x-ms-version")), (201, "2025-01-05"));
    let list = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><BlockList><Latest>{id}</Latest></BlockList>"
    );
    let described = [
        version,
        ("content-type", "application/xml"),
        ("x-ms-meta-sfcdigest", "6sZ8="),
        ("x-ms-meta-encryptiondata", ENVELOPE),
        ("x-ms-blob-content-type", "application/octet-stream"),
        ("x-ms-blob-content-encoding", "UTF-8"),
    ];
    assert_eq!(client.send(Method::PUT, "st/n.csv.gz?comp=blocklist", &described, list).await.status, 201);
    let read = client.get("st/n.csv.gz").await;
    assert_eq!((read.text(), read.header("x-ms-meta-encryptiondata")), ("cipher", ENVELOPE));
    assert_eq!(read.header("content-type"), "application/octet-stream");
}

#[tokio::test]
async fn go_writes_the_slashes_of_a_key_as_characters_and_reads_ranges() {
    let (storage, _) = storage();
    let azure = Client::new(&storage, Cloud::Azure);
    let headers = [
        ("x-ms-blob-type", "BlockBlob"),
        ("x-ms-blob-content-encoding", "utf-8"),
        ("x-ms-meta-sfcdigest", "zwHP="),
    ];
    assert_eq!(azure.send(Method::PUT, "st%2Fd1%2Fa.csv.gz", &headers, "azure").await.status, 201);
    let gcs = Client::new(&storage, Cloud::Gcs);
    let chunked = [("transfer-encoding", "chunked"), ("content-encoding", "")];
    assert_eq!(gcs.send(Method::PUT, "st%2Fd1%2Fg.csv.gz", &chunked, "google").await.status, 200);
    let keys: Vec<_> = storage.list("st/d1/").iter().map(|object| object.key().to_owned()).collect();
    assert_eq!(keys, ["st/d1/a.csv.gz", "st/d1/g.csv.gz"]);
    let s3 = Client::new(&storage, Cloud::S3);
    let range = [("range", "bytes=0-67108863"), ("accept-encoding", "identity")];
    let read = s3.send(Method::GET, "st/d1/a.csv.gz?x-id=GetObject", &range, "").await;
    assert_eq!((read.status, read.text(), read.header("content-range")), (206, "azure", "bytes 0-4/5"));
}

#[tokio::test]
async fn python_5_puts_large_files_in_parts_of_8_mib() {
    const PART: usize = 8 << 20;
    let (storage, _) = storage();
    let parts = [vec![1; PART], vec![2; PART], vec![3; 4 << 20]].map(Bytes::from);
    let s3 = Client::new(&storage, Cloud::S3);
    let begun = s3.send(Method::POST, "st/big.bin?uploads", &[("x-amz-meta-sfc-digest", "IIDp=")], "").await;
    let id = begun.element("UploadId").to_owned();
    let mut list = String::new();
    for (number, part) in (1..).zip(&parts) {
        let target = format!("st/big.bin?x-id=UploadPart&partNumber={number}&uploadId={id}");
        let sent = s3.send(Method::PUT, &target, &[], part.clone()).await;
        let etag = sent.header("etag").replace('"', "&quot;");
        list += &format!("<Part><ETag>{etag}</ETag><PartNumber>{number}</PartNumber></Part>");
    }
    let namespace = "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    let list = format!("<CompleteMultipartUpload {namespace}>{list}</CompleteMultipartUpload>");
    assert_eq!(s3.send(Method::POST, &format!("st/big.bin?uploadId={id}"), &[], list).await.status, 200);
    let azure = Client::new(&storage, Cloud::Azure);
    let mut list = String::new();
    for (id, part) in
        ["YmxvY2swMDAwMDAwMQ==", "YmxvY2swMDAwMDAwMg==", "YmxvY2swMDAwMDAwMw=="].into_iter().zip(&parts)
    {
        let target = format!("st/blob.bin?comp=block&blockid={}", id.replace('=', "%3D"));
        assert_eq!(azure.send(Method::PUT, &target, &[], part.clone()).await.status, 201);
        list += &format!("<Latest>{id}</Latest>");
    }
    let list = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BlockList>{list}</BlockList>");
    let described = [("x-ms-meta-sfcdigest", "IIDp="), ("if-none-match", "*")];
    assert_eq!(azure.send(Method::PUT, "st/blob.bin?comp=blocklist", &described, list).await.status, 201);
    for key in ["st/big.bin", "st/blob.bin"] {
        assert_eq!(storage.get(key).unwrap().body(), parts.concat());
        assert!(storage.parts_sent(key).values().all(|times| *times == 1));
        let middle = [("range", format!("bytes={}-{}", PART - 1, PART))];
        let middle = middle.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(&azure.send(Method::GET, key, &middle, "").await.body[..], [1, 2]);
    }
}
