//! Files that cannot be put, or change meanwhile.

use std::io::Write as _;
use std::sync::Mutex;

use snowflake_client::sim::{StageEncryption, StageOptions, StageShape};
use snowflake_client::{
    DownloadOptions, ErrorKind, OnFailure, PutOptions, PutStatus, SourceCompression, UploadOptions,
};

use super::support::{noise, stage, staged};

fn carry_on() -> UploadOptions {
    UploadOptions::from(PutOptions::default()).with_on_failure(OnFailure::Continue)
}

#[tokio::test]
async fn f19_a_failing_file_among_a_hundred_leaves_ninety_nine() {
    let (_server, client, folder) = stage(StageShape::S3).await;
    for number in 0..100 {
        std::fs::write(folder.path().join(format!("f{number:02}.csv")), format!("{number}\n")).unwrap();
    }
    std::fs::rename(folder.path().join("f50.csv"), folder.path().join("f50.xz")).unwrap();
    let pattern = format!("{}/f*", folder.path().display());
    let put = client.put_files(&pattern, "@s", carry_on()).await.unwrap();
    assert_eq!(put.files.len(), 100);
    for (number, file) in put.files.iter().enumerate() {
        let expected = match number {
            50 => PutStatus::Failed(ErrorKind::Configuration),
            _ => PutStatus::Uploaded,
        };
        assert_eq!(file.status, expected, "{file:?}");
    }
    assert_eq!(staged(&client).await.len(), 99);
    let error = put.whole().unwrap_err().to_string();
    assert!(error.contains("1 of 100") && error.contains("f50.xz"), "{error}");

    let error = client.put_files(&pattern, "@s/again", PutOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("f50.xz"), "stopped unless asked to go on: {error}");
}

#[tokio::test]
async fn f12_a_compression_that_cannot_be_loaded_is_refused_file_by_file() {
    let (_server, client, folder) = stage(StageShape::S3).await;
    for (name, content) in [("a.lzma", "x"), ("b.gz", "plain"), ("c.csv", "1\n"), ("d.csv.Z", "x")] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let pattern = format!("{}/*", folder.path().display());
    let put = client.put_files(&pattern, "@s", carry_on()).await.unwrap();
    let done: Vec<bool> = put.files.iter().map(|file| file.status == PutStatus::Uploaded).collect();
    assert_eq!(done, [false, false, true, false]);
    assert!(put.files[1].message.contains("GZIP"), "{:?}", put.files[1]);

    let as_it_is = |compression| {
        let plain = PutOptions { auto_compress: false, ..PutOptions::default() };
        UploadOptions::from(plain).with_source_compression(compression)
    };
    let lying = folder.path().join("c.csv");
    let error = client.put_file(&lying, "@s/x", as_it_is(SourceCompression::Zstd)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    client.put_file(folder.path().join("b.gz"), "@s/x", as_it_is(SourceCompression::None)).await.unwrap();
}

#[tokio::test]
async fn f10_a_file_that_grows_while_it_is_read_leaves_no_object() {
    for (shape, size) in [
        (StageShape::Folder, 1 << 20),
        (StageShape::S3, 1 << 20),
        (StageShape::S3, 17 << 20),
        (StageShape::Azure, 17 << 20),
        (StageShape::GcsSigned, 17 << 20),
    ] {
        let options = StageOptions::new(shape.clone()).with_encryption(StageEncryption::None);
        let (server, client, folder) = stage(options).await;
        let path = folder.path().join("log.bin");
        std::fs::write(&path, noise(size)).unwrap();
        let log = Mutex::new(std::fs::OpenOptions::new().append(true).open(&path).unwrap());
        let plain = PutOptions { auto_compress: false, ..PutOptions::default() };
        let options = UploadOptions::from(plain).with_progress(move |so_far| {
            if so_far.bytes_read > 0 {
                log.lock().unwrap().write_all(b"one more line\n").unwrap();
            }
        });
        let error = client.put_file(&path, "@s", options).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io, "{shape:?} {error:?}");
        assert!(error.to_string().contains("log.bin"), "{error}");
        assert!(staged(&client).await.is_empty(), "{shape:?} {size}");
        assert!(server.storage().unfinished().is_empty(), "{shape:?} {size}");
    }
}

#[tokio::test]
async fn f10_folders_missing_files_and_full_temporary_folders_are_told_apart() {
    let (_server, client, folder) = stage(StageShape::S3).await;
    let error = client.put_file(folder.path(), "@s", PutOptions::default()).await.unwrap_err();
    assert!(error.to_string().contains("folder"), "{error}");
    let missing = folder.path().join("none.csv");
    let error = client.put_file(&missing, "@s", PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let pattern = format!("{}/*.none", folder.path().display());
    let error = client.put_files(&pattern, "@s", PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("*.none"), "{error}");
    let options = UploadOptions::from(PutOptions::default()).with_spool_folder(&missing).with_memory(1 << 20);
    let error = client.put_bytes("large.bin", noise(6 << 20), "@s", options).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("none.csv"), "{error}");
    assert!(staged(&client).await.is_empty());
}

#[tokio::test]
async fn f09_an_upload_that_is_given_up_leaves_neither_a_file_nor_parts() {
    for shape in [StageShape::S3, StageShape::Gcs] {
        let options = StageOptions::new(shape.clone()).with_encryption(StageEncryption::None);
        let (server, client, _folder) = stage(options).await;
        let (told, mut tells) = tokio::sync::mpsc::unbounded_channel();
        let plain = PutOptions { auto_compress: false, parallel: 1, ..PutOptions::default() };
        let options = UploadOptions::from(plain).with_progress(move |so_far| {
            if so_far.bytes_written > 0 {
                let _ = told.send(());
            }
        });
        let upload = client.put_bytes("large.bin", noise(40 << 20), "@s", options);
        tokio::select! {
            biased;
            _ = tells.recv() => {}
            done = upload => panic!("too fast to be given up: {done:?}"),
        }
        // What takes the parts away runs by itself.
        while !server.storage().unfinished().is_empty() {
            tokio::task::yield_now().await;
        }
        assert!(staged(&client).await.is_empty(), "{shape:?}");
        client.put_bytes("large.bin", "again", "@s", PutOptions::default()).await.unwrap();
        assert_eq!(staged(&client).await, ["s/large.bin.gz"]);
    }
}

#[tokio::test]
async fn f11_a_path_means_exactly_the_file_that_has_it() {
    let (_server, client, folder) = stage(StageShape::GcsSigned).await;
    let hostile =
        ["a[id].csv", "with space.csv", "it's.csv", "$$.csv", "star*?.csv", "ä文.csv", "dot.", "~", "-- x"];
    std::fs::write(folder.path().join("ai.csv"), "decoy").unwrap();
    for name in hostile {
        std::fs::write(folder.path().join(name), name).unwrap();
        let put = client.put_file(folder.path().join(name), "@s", PutOptions::default()).await.unwrap();
        assert_eq!((put.files[0].source.as_str(), put.files[0].status), (name, PutStatus::Uploaded));
        let mut text = Vec::new();
        let options = DownloadOptions::default().decompress(true);
        client.get_writer(&format!("@s/{name}.gz"), &mut text, options).await.unwrap();
        assert_eq!(text, name.as_bytes());
    }
    assert_eq!(staged(&client).await.len(), hostile.len());
}

#[tokio::test]
async fn two_files_that_would_be_one_in_the_stage_are_both_named() {
    let (_server, client, folder) = stage(StageShape::S3).await;
    std::fs::create_dir_all(folder.path().join("x")).unwrap();
    std::fs::create_dir_all(folder.path().join("y")).unwrap();
    for name in ["x/a.csv", "y/a.csv"] {
        std::fs::write(folder.path().join(name), "1").unwrap();
    }
    let pattern = format!("{}/*/a.csv", folder.path().display());
    let error = client.put_files(&pattern, "@s", PutOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("x/a.csv") && error.to_string().contains("y/a.csv"), "{error}");
    assert!(staged(&client).await.is_empty());
}
