//! Objects that are not what was put there.

use snowflake_client::sim::{SimServer, StageEncryption, StageOptions, StageShape};
use snowflake_client::{DownloadOptions, ErrorKind, PutOptions};

use super::support::{names, noise, stage};

/// Changes the bytes of the one object there is, and leaves what travels beside it.
fn spoil(server: &SimServer, change: impl FnOnce(&mut Vec<u8>)) {
    let object = server.storage().list("").pop().unwrap();
    let mut body = server.storage().get(object.key()).unwrap().body().to_vec();
    change(&mut body);
    server.storage().put(object.key(), body, object.metadata().clone());
}

/// What happens to the bytes of an object.
type Change = fn(&mut Vec<u8>);

#[tokio::test]
async fn f06_a_damaged_object_leaves_no_file_and_no_plain_text() {
    let changes: [(&str, Change); 4] = [
        ("flipped", |body| body[100] ^= 1),
        ("padding", |body| *body.last_mut().unwrap() ^= 1),
        ("cut", |body| body.truncate(body.len() - 16)),
        ("longer", |body| body.extend([0; 16])),
    ];
    for encryption in [StageEncryption::None, StageEncryption::Aes256] {
        for (what, change) in changes {
            let options = StageOptions::new(StageShape::S3).with_encryption(encryption);
            let (server, client, folder) = stage(options).await;
            let plain = PutOptions { auto_compress: false, ..PutOptions::default() };
            client.put_bytes("a.bin", noise(10_000), "@s", plain).await.unwrap();
            std::fs::write(folder.path().join("a.bin"), "the old one").unwrap();
            spoil(&server, change);
            let get = client.get_file("@s/a.bin", folder.path(), DownloadOptions::default()).await;
            assert_eq!(get.unwrap_err().kind(), ErrorKind::Incomplete, "{encryption:?} {what}");
            assert_eq!(names(folder.path()), ["a.bin"], "{encryption:?} {what}");
            assert_eq!(std::fs::read(folder.path().join("a.bin")).unwrap(), b"the old one");
        }
    }
}

#[tokio::test]
async fn f05_a_download_that_is_given_up_leaves_nothing() {
    let options = StageOptions::new(StageShape::S3).with_encryption(StageEncryption::None);
    let (_server, client, folder) = stage(options).await;
    let plain = PutOptions { auto_compress: false, ..PutOptions::default() };
    let content = noise(30 << 20);
    client.put_bytes("a.bin", content.clone(), "@s", plain).await.unwrap();
    let (told, mut tells) = tokio::sync::mpsc::unbounded_channel();
    let options = DownloadOptions::default().with_progress(move |so_far| {
        if so_far.bytes_written > 0 {
            let _ = told.send(());
        }
    });
    tokio::select! {
        biased;
        _ = tells.recv() => {}
        done = client.get_file("@s/a.bin", folder.path(), options) => panic!("too fast to be given up: {done:?}"),
    }
    // A thread may still be writing; what it writes to goes with it.
    while !names(folder.path()).is_empty() {
        tokio::task::yield_now().await;
    }
    let got = client.get_file("@s/a.bin", folder.path(), DownloadOptions::default()).await.unwrap();
    assert_eq!(got.size, content.len() as u64);
    assert!(std::fs::read(folder.path().join("a.bin")).unwrap() == content, "in ranges, in order");
}
