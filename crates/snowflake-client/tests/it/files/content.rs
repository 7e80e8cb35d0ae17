//! What is put, whatever it comes from, and how far it has come.

use std::sync::{Arc, Mutex};

use snowflake_client::sim::{StageEncryption, StageOptions, StageShape};
use snowflake_client::{DownloadOptions, ErrorKind, Progress, PutOptions, PutStatus, UploadOptions};

use super::support::{noise, stage, staged};

fn overwrite() -> PutOptions {
    PutOptions { overwrite: true, ..PutOptions::default() }
}

#[tokio::test]
async fn f16_a_file_of_no_bytes_is_a_file() {
    for shape in [StageShape::Folder, StageShape::S3, StageShape::Azure, StageShape::Gcs] {
        let (_server, client, folder) = stage(shape).await;
        for (name, compress) in [("plain", false), ("packed", true)] {
            std::fs::write(folder.path().join(name), "").unwrap();
            let options = PutOptions { auto_compress: compress, ..PutOptions::default() };
            let put = client.put_file(folder.path().join(name), "@s", options).await.unwrap();
            assert_eq!((put.files[0].source_size, put.files[0].status), (0, PutStatus::Uploaded));
            let mut text = vec![1];
            let options = DownloadOptions::default().decompress(compress);
            client.get_writer(&format!("@s/{}", put.files[0].target), &mut text, options).await.unwrap();
            assert_eq!(text, [1], "nothing was added");
        }
    }
}

#[tokio::test]
async fn a_reader_of_unknown_length_and_bytes_in_memory_are_put_alike() {
    let (_server, client, _folder) =
        stage(StageOptions::new(StageShape::S3).with_encryption(StageEncryption::Aes128)).await;
    let content = noise(1_300_000);
    // As a network would: in pieces that fit nothing.
    let (mut writer, reader) = tokio::io::duplex(1_000);
    let source = content.clone();
    let sending = tokio::spawn(async move {
        tokio::io::AsyncWriteExt::write_all(&mut writer, &source).await.unwrap();
    });
    let read = client.put_reader("read.bin", reader, "@s", PutOptions::default()).await.unwrap();
    sending.await.unwrap();
    let whole = client.put_bytes("whole.bin", content.clone(), "@s", PutOptions::default()).await.unwrap();
    assert_eq!((read.source_size, read.target_size), (whole.source_size, whole.target_size));

    let (mut one, mut other) = (Vec::new(), Vec::new());
    client.get_writer("@s/read.bin.gz", &mut one, DownloadOptions::default()).await.unwrap();
    client.get_writer("@s/whole.bin.gz", &mut other, DownloadOptions::default()).await.unwrap();
    assert!(one == other, "the same content gives the same bytes, however it arrives");
    let mut plain = Vec::new();
    client
        .get_writer("@s/read.bin.gz", &mut plain, DownloadOptions::default().decompress(true))
        .await
        .unwrap();
    assert!(plain == content);
}

#[tokio::test]
async fn f09_what_is_in_the_stage_is_left_alone_unless_it_is_to_be_replaced() {
    for shape in [StageShape::Folder, StageShape::S3, StageShape::Azure, StageShape::Gcs] {
        let (_server, client, _folder) = stage(shape.clone()).await;
        let put = async |text: &'static str, options: PutOptions| {
            client.put_bytes("a.csv", text, "@s", options).await.unwrap().status
        };
        assert_eq!(put("first", PutOptions::default()).await, PutStatus::Uploaded);
        assert_eq!(put("second", PutOptions::default()).await, PutStatus::Skipped, "{shape:?}");
        let text = async || {
            let mut text = Vec::new();
            let options = DownloadOptions::default().decompress(true);
            client.get_writer("@s/a.csv.gz", &mut text, options).await.unwrap();
            String::from_utf8(text).unwrap()
        };
        assert_eq!(text().await, "first");
        assert_eq!(put("third", overwrite()).await, PutStatus::Uploaded);
        assert_eq!(text().await, "third");
        assert_eq!(staged(&client).await, ["s/a.csv.gz"]);
    }
}

#[tokio::test]
async fn progress_goes_up_to_the_end_and_tells_nothing_but_figures() {
    let (_server, client, folder) = stage(StageShape::S3).await;
    for name in ["a.csv", "b.csv"] {
        std::fs::write(folder.path().join(name), "1,Ada\n".repeat(200_000)).unwrap();
    }
    let watch = || {
        let seen = Arc::new(Mutex::new(Vec::<Progress>::new()));
        let sink = Arc::clone(&seen);
        (seen, move |so_far: &Progress| sink.lock().unwrap().push(*so_far))
    };
    let (seen, watcher) = watch();
    let options = UploadOptions::from(PutOptions::default()).with_progress(watcher);
    let pattern = format!("{}/*.csv", folder.path().display());
    let put = client.put_files(&pattern, "@s", options).await.unwrap();
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    let last = seen.last().unwrap();
    assert_eq!((last.files, last.files_done, last.bytes, last.bytes_read), (2, 2, 2_400_000, 2_400_000));
    assert_eq!(last.bytes_written, put.files.iter().map(|file| file.target_size).sum::<u64>());
    assert!(
        seen.is_sorted_by_key(|so_far| (so_far.files_done, so_far.bytes_read, so_far.bytes_written))
            || seen.len() > 4
    );
    assert!(seen.is_sorted_by_key(|so_far| so_far.bytes_read) && seen.len() > 6, "{}", seen.len());

    let (seen, watcher) = watch();
    let options = DownloadOptions::default().with_progress(watcher);
    let got = client.get_files("@s", folder.path().join("out"), options).await.unwrap();
    let last = *seen.lock().unwrap().last().unwrap();
    assert_eq!((last.files, last.files_done), (2, 2));
    assert_eq!(last.bytes_written, got.files.iter().map(|file| file.size).sum::<u64>());
}

#[tokio::test]
async fn a_writer_gets_what_lies_there_and_says_when_it_is_not_gzip() {
    let (_server, client, _folder) = stage(StageShape::S3).await;
    let plain = PutOptions { auto_compress: false, ..PutOptions::default() };
    client.put_bytes("plain.csv", "1,Ada\n", "@s", plain).await.unwrap();
    let mut text = Vec::new();
    client.get_writer("@s/plain.csv", &mut text, DownloadOptions::default()).await.unwrap();
    assert_eq!(text, b"1,Ada\n");
    let options = DownloadOptions::default().decompress(true);
    let error = client.get_writer("@s/plain.csv", &mut text, options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let error = client.get_writer("@s/none.csv", &mut text, DownloadOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("@s/none.csv"), "{error}");
}
