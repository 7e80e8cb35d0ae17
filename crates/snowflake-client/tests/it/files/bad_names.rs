//! Names in a stage that would lead a download elsewhere.

use snowflake_client::sim::StageShape;
use snowflake_client::{DownloadOptions, ErrorKind, GetStatus, OnFailure};

use super::support::{names, stage};

#[tokio::test]
async fn f01_no_name_in_a_stage_makes_a_download_write_elsewhere() {
    let hostile = [
        "../x",
        "..\\x",
        "/etc/x",
        "C:x",
        "a/../../x",
        ".",
        "..",
        "x:ads",
        "CON",
        "x. ",
        "%2e%2e/x",
        "a\u{ff0f}x",
        "new\nline",
    ];
    let long = "x".repeat(4096);
    for name in hostile.into_iter().chain([long.as_str()]) {
        let (server, client, outer) = stage(StageShape::S3).await;
        std::fs::write(outer.path().join("x"), "canary").unwrap();
        if !server.put_staged("@s", name, "hostile").await {
            continue;
        }
        let folder = outer.path().join("in");
        match client.get_files("@s", &folder, DownloadOptions::default()).await {
            Ok(_) => assert_eq!(names(&folder).len(), 1, "{name:?}"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Configuration, "{name:?} {error:?}"),
        }
        assert!(names(outer.path()).iter().all(|entry| ["in", "x"].contains(&entry.as_str())), "{name:?}");
        assert_eq!(std::fs::read(outer.path().join("x")).unwrap(), b"canary", "{name:?}");
    }
}

#[tokio::test]
async fn f03_two_files_of_one_name_are_refused_before_anything_is_written() {
    let (server, client, outer) = stage(StageShape::S3).await;
    for name in ["a/data.csv", "b/data.csv", "c/other.csv"] {
        assert!(server.put_staged("@s", name, "1").await);
    }
    let folder = outer.path().join("in");
    let error = client.get_files("@s", &folder, DownloadOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("a/data.csv") && error.to_string().contains("b/data.csv"), "{error}");
    assert!(!folder.exists());
    let one = client.get_file("@s/b/data.csv", &folder, DownloadOptions::default()).await.unwrap();
    assert_eq!((one.file.as_str(), names(&folder)), ("data.csv", vec!["data.csv".to_owned()]));
    let pattern = DownloadOptions::default().with_pattern(".*/other[.]csv");
    assert_eq!(client.get_files("@s", &folder, pattern).await.unwrap().files.len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn f02_a_link_in_the_place_of_a_file_is_not_followed_and_f04_files_are_private() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let (server, client, outer) = stage(StageShape::S3).await;
    for name in ["a.csv", "b.csv"] {
        assert!(server.put_staged("@s", name, "1,2\n").await);
    }
    let (canary, folder) = (outer.path().join("canary"), outer.path().join("in"));
    std::fs::write(&canary, "alive").unwrap();
    std::fs::create_dir(&folder).unwrap();
    symlink(&canary, folder.join("a.csv")).unwrap();
    let options = DownloadOptions::default().with_on_failure(OnFailure::Continue);
    let got = client.get_files("@s", &folder, options).await.unwrap();
    assert_eq!(got.files[0].status, GetStatus::Failed(ErrorKind::Io), "{got:?}");
    assert_eq!((got.files[1].status, got.files[1].size), (GetStatus::Downloaded, 4));
    assert!(got.whole().unwrap_err().to_string().contains("a.csv"));
    assert_eq!(std::fs::read(&canary).unwrap(), b"alive");
    assert_eq!(names(&folder), ["a.csv", "b.csv"]);
    let mode = folder.join("b.csv").metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn f20_a_folder_is_what_it_is_called() {
    let (server, client, outer) = stage(StageShape::Folder).await;
    assert!(server.put_staged("@s", "a.csv", "1").await);
    for name in ["~", "~root", "$HOME", "${HOME}"] {
        client.get_file("@s/a.csv", outer.path().join(name), DownloadOptions::default()).await.unwrap();
        assert_eq!(names(&outer.path().join(name)), ["a.csv"]);
    }
}
