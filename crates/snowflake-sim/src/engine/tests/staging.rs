//! Stages as clients of every kind are sent there.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::json;
use snowflake_proto::wire::stage::{StageInfo, Transfer};

use super::copying::{put, transfer};
use super::harness::Db;
use crate::engine::{Client, Outcome, StageEncryption, StageOptions, StageShape, Statement};

/// A driver that knows no folders, and takes ids of keys as text.
pub(super) fn core() -> Client {
    let capabilities = BTreeMap::from([("SMK_ID_AS_STRING".to_owned(), json!(true))]);
    Client::new("PythonConnector", "5.2.0", &capabilities)
}

/// A driver that knows folders.
pub(super) fn classic() -> Client {
    Client::new("PythonConnector", "4.7.5", &BTreeMap::new())
}

/// A database with a stage `st`, whose stages have this shape.
pub(super) async fn shaped(options: impl Into<StageOptions>) -> Db {
    let db = Db::with_stages(options.into()).await;
    db.run("create stage st").await;
    db
}

fn info(transfer: &Transfer) -> &StageInfo {
    transfer.stage_info.as_ref().unwrap()
}

/// The names of the credentials.
fn creds(transfer: &Transfer) -> Vec<&str> {
    info(transfer).creds.as_ref().unwrap().keys().map(String::as_str).collect()
}

/// The keys of all objects, without what is the same for all stages of an engine.
pub(super) fn keys(db: &Db) -> Vec<String> {
    let keys = db.storage.list("");
    keys.iter().map(|object| object.key().splitn(3, '/').nth(2).unwrap().to_owned()).collect()
}

async fn listed(db: &Db, what: &str) -> Vec<String> {
    db.run(&format!("list {what}")).await.rows.into_iter().map(|row| row[0].clone()).collect()
}

#[tokio::test]
async fn every_cloud_is_described_as_its_drivers_read_it() {
    for (shape, kind, bucket, names) in [
        (
            StageShape::S3,
            "S3",
            "sim-s3",
            ["AWS_ID", "AWS_KEY", "AWS_KEY_ID", "AWS_SECRET_KEY", "AWS_TOKEN"].as_slice(),
        ),
        (StageShape::Azure, "AZURE", "sim-azure", &["AZURE_SAS_TOKEN"]),
        (StageShape::Gcs, "GCS", "sim-gcs", &["GCS_ACCESS_TOKEN"]),
        (StageShape::GcsSigned, "GCS", "sim-gcs", &[]),
    ] {
        let is_signed = matches!(shape, StageShape::GcsSigned);
        let db = shaped(StageOptions::new(shape).with_threshold(5)).await;
        db.run("copy into @st/in/x from (select 1)").await;
        let up = transfer(&db, "put file:///tmp/a.csv @st/in").await;
        let down = transfer(&db, "get @st/in file:///tmp/").await;
        assert_eq!((up.threshold, down.threshold), (Some(5), Some(5)));
        let (there, back) = (info(&up), info(&down));
        for info in [there, back] {
            assert_eq!(info.location_type, kind);
            assert_eq!(info.end_point.as_deref(), Some("http://sim.test"));
            assert_eq!(info.is_client_side_encrypted, Some(true));
            assert!(info.region.is_some());
            assert_eq!(info.storage_account.is_some(), kind == "AZURE");
            let flags = [info.use_regional_url, info.use_s3_regional_url, info.use_virtual_url];
            assert_eq!(flags, [Some(false); 3]);
        }
        let prefix = back.location.strip_prefix(&format!("{bucket}/")).unwrap();
        assert_eq!(there.location, format!("{}in/", back.location));
        assert_eq!(back.path.as_deref(), Some(if kind == "AZURE" { bucket } else { prefix }));
        assert_eq!(creds(&up), names);
        assert_eq!(creds(&down), names);
        assert_eq!(there.presigned_url.is_some(), is_signed);
        assert_eq!(back.presigned_url, None);
        let addresses = down.presigned_urls.as_ref().unwrap();
        assert_eq!(addresses.len(), usize::from(is_signed));
        if is_signed {
            let object = format!("http://sim.test/{bucket}/{prefix}in/");
            assert!(there.presigned_url.as_ref().unwrap().starts_with(&format!("{object}a.csv.gz?")));
            assert!(addresses[0].starts_with(&format!("{object}x_0_0_0.csv.gz?")), "{}", addresses[0]);
        }
        let folders: Vec<_> = std::fs::read_dir(db.folder.path()).unwrap().collect();
        assert!(folders.is_empty(), "{kind}");
    }
}

#[tokio::test]
async fn every_statement_has_credentials_of_its_own() {
    let db = shaped(StageShape::S3).await;
    let secret = async || {
        let up = transfer(&db, "put file:///tmp/a @st").await;
        up.stage_info.unwrap().creds.unwrap()["AWS_TOKEN"].clone().unwrap()
    };
    assert_ne!(secret().await, secret().await);
}

#[tokio::test]
async fn a_signed_address_is_for_the_name_that_the_file_gets() {
    let db = shaped(StageShape::GcsSigned).await;
    for (statement, name) in [
        ("put file:///tmp/a.csv @st", "a.csv.gz"),
        ("put file:///tmp/a.csv @st auto_compress=false", "a.csv"),
        ("put file:///tmp/a.csv.GZ @st", "a.csv.GZ"),
        ("put file:///tmp/0.parquet @st overwrite = true", "0.parquet"),
        ("put file:///tmp/a @st source_compression=gzip", "a"),
        ("put file:///tmp/a.gz @st source_compression=none", "a.gz.gz"),
        (r"put 'file://C:\\tmp\\a b.csv' @st", "a%20b.csv.gz"),
        ("put file:///tmp/a.csv @st/x/y", "x/y/a.csv.gz"),
    ] {
        let up = transfer(&db, statement).await;
        let address = up.stage_info.unwrap().presigned_url.unwrap();
        let path = address.split('?').next().unwrap();
        assert!(path.ends_with(&format!("/stage-1/{name}")), "{statement}: {path}");
    }
}

#[tokio::test]
async fn folders_are_for_clients_that_know_them() {
    let db = shaped(StageShape::Auto).await;
    let kind = async |client| {
        db.session.announce(client);
        transfer(&db, "put file:///tmp/a @st").await.stage_info.unwrap().location_type
    };
    assert_eq!(kind(classic()).await, "LOCAL_FS");
    assert_eq!(kind(core()).await, "S3");
    for (app, version) in [("JavaScript", "3.3.0"), ("PythonConnector", ""), ("x", "9")] {
        assert_eq!(kind(Client::new(app, version, &BTreeMap::new())).await, "LOCAL_FS", "{app}");
    }
    let db = shaped(StageShape::Folder).await;
    db.session.announce(core());
    let up = transfer(&db, "put file:///tmp/a @st").await;
    assert_eq!(info(&up).location_type, "LOCAL_FS");
    assert!(up.encryption_material.is_none());
}

#[tokio::test]
async fn what_is_put_through_a_folder_is_got_from_the_store_and_the_other_way_round() {
    for encryption in [StageEncryption::None, StageEncryption::Aes256] {
        let db = shaped(StageOptions::new(StageShape::Auto).with_encryption(encryption)).await;
        db.session.announce(classic());
        put(&db, "@st/in", "a.csv", b"1\n").await;
        assert_eq!(listed(&db, "@st").await, ["st/in/a.csv"]);
        let object = &db.storage.list("")[0];
        assert_eq!(object.body() == "1\n", encryption == StageEncryption::None);
        // A program writes to the store.
        db.run("copy into @st/in/b from (select 2) file_format = (compression = none)").await;
        let down = transfer(&db, "get @st/in file:///tmp/").await;
        assert_eq!(down.src_locations.as_deref().unwrap(), ["in/a.csv", "in/b_0_0_0.csv"]);
        let folder = info(&down).location.clone();
        let read = |name: &str| std::fs::read_to_string(Path::new(&folder).join(name));
        assert_eq!(
            (read("in/a.csv").unwrap(), read("in/b_0_0_0.csv").unwrap()),
            ("1\n".into(), "2\n".into())
        );
        // What is newer wins, wherever it is.
        std::fs::write(Path::new(&folder).join("in/b_0_0_0.csv"), "33\n").unwrap();
        db.run("copy into @st/in/a.csv from (select 4) file_format = (compression = none) single = true overwrite = true").await;
        db.run("create or replace table t (n int)").await;
        db.run("copy into t from @st").await;
        assert_eq!(db.run("select * from t order by 1").await.body(), "4; 33");
        transfer(&db, "get @st/in file:///tmp/").await;
        assert_eq!(read("in/a.csv").unwrap(), "4\n");
        // What is removed is gone from both.
        db.run("remove @st/in/a.csv").await;
        assert!(read("in/a.csv").is_err());
        let object = db.storage.list("")[0].key().to_owned();
        db.storage.remove(&object);
        transfer(&db, "get @st/in file:///tmp/").await;
        assert!(read("in/b_0_0_0.csv").is_err());
        assert!(listed(&db, "@st").await.is_empty());
    }
}

#[tokio::test]
async fn files_go_with_their_stage_and_temporary_stages_with_their_session() {
    let db = shaped(StageShape::S3).await;
    db.run("create table t (n int)").await;
    db.run("create temporary stage gone").await;
    for place in ["@st", "@gone", "@%t", "@~"] {
        db.run(&format!("copy into {place} from (select 1)")).await;
    }
    let file = "data_0_0_0.csv.gz";
    let names = ["stage-1", "stage-2", "table-DB-PUBLIC-T", "user-ALICE"];
    assert_eq!(keys(&db), names.map(|name| format!("{name}/{file}")));
    db.run("create or replace stage st").await;
    assert!(listed(&db, "@st").await.is_empty());
    assert_eq!(keys(&db).len(), 3);
    db.run("copy into @st from (select 1)").await;
    db.run("drop stage st").await;
    assert_eq!(keys(&db).len(), 3);
    db.session.close();
    assert_eq!(keys(&db), ["table-DB-PUBLIC-T", "user-ALICE"].map(|name| format!("{name}/{file}")));
    assert_eq!(listed(&db, "@%t").await, [file]);
}

#[tokio::test]
async fn names_that_differ_have_files_that_differ() {
    let db = shaped(StageShape::S3).await;
    for name in [r#""a-b""#, r#""a_b""#, r#""a b""#] {
        db.run(&format!("create table {name} (n int)")).await;
        db.run(&format!("copy into '@%{name}/x' from (select 1)")).await;
        assert_eq!(listed(&db, &format!("'@%{name}'")).await.len(), 1, "{name}");
    }
    db.run(r#"create stage "q . / st""#).await;
    db.run(r#"copy into '@db.public."q . / st"/x' from (select 1)"#).await;
    assert_eq!(listed(&db, r#"'@"q . / st"'"#).await, ["q . / st/x_0_0_0.csv.gz"]);
}

#[tokio::test]
async fn drivers_put_their_binds_where_their_texts_say() {
    let db = shaped(StageShape::S3).await;
    db.run(
        r#"create or replace TEMP stage SYSTEMBIND file_format=(type=csv field_optionally_enclosed_by='"')"#,
    )
    .await;
    for _ in 0..2 {
        db.run(r#"CREATE TEMPORARY STAGE IF NOT EXISTS SYSTEM$BIND file_format=(type=csv field_optionally_enclosed_by='"' encoding='UTF8' escape_unenclosed_field=NONE)"#).await;
    }
    let id = "2cce246fb7ea4260baea4de1f69b6f8f";
    for (text, file, path) in [
        (
            format!(
                "PUT file://1'@SYSTEM$BIND/{id}' overwrite=true auto_compress=false source_compression=gzip"
            ),
            "1",
            id,
        ),
        (
            format!("PUT 'file:///tmp/placeholder/0' '@SYSTEM$BIND/{id}' overwrite=true"),
            "/tmp/placeholder/0",
            id,
        ),
        (
            "put file:///d/a.csv @st/x auto_compress=false parallel=4 overwrite=True".to_owned(),
            "/d/a.csv",
            "x",
        ),
        ("put file:///d/a.csv @st/d1 ".to_owned(), "/d/a.csv", "d1"),
    ] {
        let up = transfer(&db, &text).await;
        assert_eq!(up.src_locations.as_deref().unwrap(), [file], "{text}");
        assert!(info(&up).location.ends_with(&format!("/{path}/")), "{text}");
    }
    for (text, file) in [
        ("PUT file://4.csv ? source_compression=auto_detect", "4.csv"),
        ("PUT 'file:///d/file0.txt' ? parallel=4 source_compression=auto_detect", "/d/file0.txt"),
    ] {
        let up = bound(&db, text, &format!("@SYSTEMBIND/{id}")).await;
        assert_eq!(up.src_locations.as_deref().unwrap(), [file], "{text}");
        assert!(info(&up).location.ends_with(&format!("/{id}/")), "{text}");
    }
}

/// A transfer whose stage is bound to a placeholder.
async fn bound(db: &Db, sql: &str, stage: &str) -> Transfer {
    let binding = serde_json::from_value(json!({"1": {"type": "TEXT", "value": stage}}));
    let statement = Statement { sql: sql.to_owned(), binds: binding.unwrap(), ..Statement::default() };
    match db.session.execute(statement).await.unwrap() {
        Outcome::Transfer(transfer, _) => *transfer,
        Outcome::Rows(_) => panic!("rows"),
    }
}

#[tokio::test]
async fn patterns_choose_what_is_got_and_removed() {
    let db = shaped(StageShape::S3).await;
    for name in ["in/a.csv", "in/b.csv", "out/a.txt"] {
        assert!(db.session.put_staged("@st", name, "x".into()).await.is_ok());
    }
    let down = transfer(&db, "get @st file:///tmp/ pattern='.*[.]csv'").await;
    assert_eq!(down.src_locations.unwrap(), ["in/a.csv", "in/b.csv"]);
    db.run("remove @st/in pattern='.*/a.*'").await;
    assert_eq!(listed(&db, "@st").await, ["st/in/b.csv", "st/out/a.txt"]);
}

#[tokio::test]
async fn f01_no_name_leads_out_of_a_stage() {
    let hostile = ["../evil", "a/../../evil", "/etc/evil", "a//evil", "..", ".", "nul\0", "c:\\evil"];
    let db = shaped(StageShape::Auto).await;
    db.session.announce(classic());
    let outside = db.folder.path().parent().unwrap().join("evil");
    put(&db, "@st", "good", b"1").await;
    for name in hostile {
        db.session.put_staged("@st", name, "x".into()).await.unwrap();
    }
    let down = transfer(&db, "get @st file:///tmp/").await;
    // The server shows what is there: to refuse it is up to the client.
    assert_eq!(down.src_locations.as_ref().unwrap().len(), hostile.len() + 1);
    assert!(!outside.exists() && !Path::new("/etc/evil").exists());
    let beside: Vec<_> =
        std::fs::read_dir(db.folder.path()).unwrap().map(|each| each.unwrap().path()).collect();
    assert_eq!(beside, [db.folder.path().join("stage-1")]);
    for path in ["..", "a/../..", "a/.", "x\0"] {
        for text in [format!("put file:///x '@st/{path}'"), format!("get '@st/{path}' file:///x")] {
            let statement = Statement { sql: text.clone(), ..Statement::default() };
            assert_eq!(db.session.execute(statement).await.unwrap_err().code, "001044", "{text}");
        }
    }
    db.run("remove @st").await;
    assert!(keys(&db).is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn f01_links_in_a_folder_are_not_followed() {
    let db = shaped(StageShape::Folder).await;
    let up = transfer(&db, "put file:///x @st").await;
    let secret = db.folder.path().join("secret");
    std::fs::write(&secret, "secret").unwrap();
    std::os::unix::fs::symlink(&secret, Path::new(&info(&up).location).join("link")).unwrap();
    std::os::unix::fs::symlink(db.folder.path(), Path::new(&info(&up).location).join("folder")).unwrap();
    assert!(listed(&db, "@st").await.is_empty());
}
