//! Files that clients encrypt: what they are told, and what the engine reads and writes.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use snowflake_proto::encryption::{MasterKey, encrypted_size};
use snowflake_proto::wire::stage::{EncryptionMaterial, OneOrMany, SmkId, Transfer};

use super::copying::transfer;
use super::harness::Db;
use super::staging::{classic, core, shaped};
use crate::engine::value::hex;
use crate::engine::{Client, StageEncryption, StageOptions, StageShape};

/// The keys that an answer brings: of the files to get, or the one for files to put.
fn materials(transfer: &Transfer) -> Vec<Option<EncryptionMaterial>> {
    match transfer.encryption_material.as_ref() {
        None => Vec::new(),
        Some(OneOrMany::One(one)) => vec![Some(one.clone())],
        Some(OneOrMany::Many(many)) => many.clone(),
    }
}

async fn material(db: &Db, stage: &str) -> EncryptionMaterial {
    let up = transfer(db, &format!("put file:///tmp/a.csv {stage} auto_compress=false")).await;
    materials(&up).pop().unwrap().unwrap()
}

/// What a client of a cloud writes, and the metadata beside it.
fn sealed(material: &EncryptionMaterial, plain: &[u8], words: &str) -> (Vec<u8>, Vec<(String, String)>) {
    let master = MasterKey::new(material).unwrap();
    let key = master.file_key(&[7; 48]);
    let mut encryptor = key.encryptor();
    let mut body = encryptor.update(plain);
    body.extend(encryptor.finish());
    let description =
        json!({"smkId": master.smk_id(), "queryId": "q1", "keySize": master.bits().to_string()});
    let metadata = match words {
        "s3" => vec![
            ("x-amz-key", master.wrap(&key)),
            ("x-amz-iv", key.iv()),
            ("x-amz-matdesc", description.to_string()),
        ],
        _ => {
            let data = json!({
                "WrappedContentKey": {"EncryptedKey": master.wrap(&key)},
                "ContentEncryptionIV": key.iv(),
            });
            vec![("encryptiondata", data.to_string()), ("matdesc", description.to_string())]
        }
    };
    (body, metadata.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[tokio::test]
async fn f13_the_engine_reads_what_clients_encrypted_in_the_words_of_any_cloud() {
    for (encryption, bits) in [(StageEncryption::Aes128, 128), (StageEncryption::Aes256, 256)] {
        for words in ["s3", "azure and google"] {
            let db = shaped(StageOptions::new(StageShape::S3).with_encryption(encryption)).await;
            let material = material(&db, "@st").await;
            assert_eq!(MasterKey::new(&material).unwrap().bits(), bits);
            let (body, metadata) = sealed(&material, b"1\n2\n", words);
            let down = transfer(&db, "get @st file:///tmp/").await;
            let prefix = down.stage_info.unwrap().path.unwrap();
            db.storage.put(&format!("{prefix}a.csv"), body.clone(), metadata);
            db.run("create table t (n int)").await;
            db.run("copy into t from @st").await;
            assert_eq!(db.run("select sum(n) from t").await.body(), "3", "{words}");
            let listed = db.run("list @st").await;
            let digest = hex(&Md5::digest(&body)).to_lowercase();
            assert_eq!(listed.rows[0][1..3], [body.len().to_string(), digest], "{words}");
            // The key of a file is told with the statement that the file was written in.
            let down = transfer(&db, "get @st file:///tmp/").await;
            let told = materials(&down).pop().unwrap().unwrap();
            assert_eq!(told.query_id, "q1");
            assert_eq!(told.query_stage_master_key, material.query_stage_master_key);
            assert_eq!(told.smk_id, material.smk_id);
        }
    }
}

#[tokio::test]
async fn f13_unloaded_files_are_encrypted_as_drivers_expect_them() {
    for (shape, key, digest) in [
        (StageShape::S3, "x-amz-key", "sfc-digest"),
        (StageShape::Azure, "encryptiondata", "sfcdigest"),
        (StageShape::Gcs, "encryptiondata", "sfc-digest"),
    ] {
        let db = shaped(StageOptions::new(shape).with_encryption(StageEncryption::Aes256)).await;
        db.run("copy into @st from (select 42) file_format = (compression = none)").await;
        let object = db.storage.list("").pop().unwrap();
        let metadata = object.metadata();
        assert_eq!(object.size() as u64, encrypted_size(3));
        let (wrapped, iv) = if key == "x-amz-key" {
            (metadata[key].clone(), metadata["x-amz-iv"].clone())
        } else {
            let data: Value = serde_json::from_str(&metadata[key]).unwrap();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            (text(&data["WrappedContentKey"]["EncryptedKey"]), text(&data["ContentEncryptionIV"]))
        };
        let down = transfer(&db, "get @st file:///tmp/").await;
        let material = materials(&down).pop().unwrap().unwrap();
        let key = MasterKey::new(&material).unwrap().unwrap(&wrapped, &iv).unwrap();
        let mut decryptor = key.decryptor();
        let mut plain = decryptor.update(&object.body());
        plain.extend(decryptor.finish().unwrap());
        assert_eq!(plain, b"42\n");
        let told = ring::digest::digest(&ring::digest::SHA256, &plain);
        assert_eq!(metadata[digest], BASE64_STANDARD.encode(told));
    }
}

#[tokio::test]
async fn f13_what_one_cloud_s_client_encrypted_another_one_s_reads() {
    let db = shaped(StageShape::Auto).await;
    db.run("create stage full encryption = (type = 'SNOWFLAKE_FULL')").await;
    db.session.announce(core());
    let material = material(&db, "@full").await;
    let down = transfer(&db, "get @full file:///tmp/").await;
    let key = format!("{}a.csv", down.stage_info.unwrap().path.unwrap());
    let (body, metadata) = sealed(&material, b"1\n", "s3");
    let digest = [("sfc-digest".to_owned(), "abc=".to_owned())];
    db.storage.put(&key, body.clone(), metadata.clone().into_iter().chain(digest));
    db.session.announce(Client::new("Go", "1.19.0", &BTreeMap::new()));
    let down = transfer(&db, "get @full file:///tmp/").await;
    assert_eq!(down.stage_info.unwrap().location_type, "GCS");
    let object = db.storage.get(&key).unwrap();
    let said: Value = serde_json::from_str(&object.metadata()["encryptiondata"]).unwrap();
    assert_eq!(said["WrappedContentKey"]["EncryptedKey"], metadata[0].1);
    assert_eq!(said["ContentEncryptionIV"], metadata[1].1);
    assert_eq!(object.metadata()["matdesc"], metadata[2].1);
    assert_eq!((object.body(), object.metadata()["sfc-digest"].as_str()), (body.into(), "abc="));
    // Said once, it is not said again.
    transfer(&db, "get @full file:///tmp/").await;
    assert_eq!(db.storage.get(&key).unwrap().etag(), object.etag());
}

#[tokio::test]
async fn a_stage_says_whether_its_files_are_encrypted() {
    let db = shaped(StageShape::S3).await;
    db.run("create stage plain encryption = (type = 'SNOWFLAKE_SSE')").await;
    db.run("copy into @plain from (select 1) file_format = (compression = none)").await;
    let up = transfer(&db, "put file:///tmp/a @plain").await;
    assert_eq!(up.stage_info.unwrap().is_client_side_encrypted, Some(false));
    let down = transfer(&db, "get @plain file:///tmp/").await;
    assert!(up.encryption_material.is_none() && down.encryption_material.is_none());
    assert_eq!(db.storage.list("")[0].body(), "1\n");
    db.session.announce(core());
    for (shape, bits) in [(StageShape::Auto, Some(128)), (StageShape::Folder, None)] {
        let db = shaped(shape).await;
        db.session.announce(core());
        db.run("create stage full encryption = (type = 'SNOWFLAKE_FULL')").await;
        for (stage, bits) in [("@st", None), ("@full", bits)] {
            let up = transfer(&db, &format!("put file:///tmp/a {stage}")).await;
            let key = materials(&up).pop().flatten();
            assert_eq!(key.map(|key| MasterKey::new(&key).unwrap().bits()), bits, "{stage}");
        }
    }
    assert_eq!(db.fail("create stage x encryption = (type = 'AES')").await.code, "001008");
}

#[tokio::test]
async fn every_stage_has_a_key_of_its_own_and_clients_get_its_id_as_they_read_it() {
    let db = shaped(StageShape::S3).await;
    db.run("create stage other").await;
    let (one, again, other) =
        (material(&db, "@st").await, material(&db, "@st/x").await, material(&db, "@other").await);
    assert_eq!(one.query_stage_master_key, again.query_stage_master_key);
    assert_ne!(one.query_stage_master_key, other.query_stage_master_key);
    assert_ne!(one.smk_id, other.smk_id);
    let Some(SmkId::Number(number)) = one.smk_id else { panic!("{:?}", one.smk_id) };
    db.session.announce(core());
    assert_eq!(material(&db, "@st").await.smk_id, Some(SmkId::Text(number.to_string())));
    db.session.announce(classic());
    assert_eq!(material(&db, "@st").await.smk_id, Some(SmkId::Number(number)));
}

#[tokio::test]
async fn f06_a_damaged_file_fails_the_statement_that_reads_it() {
    let db = shaped(StageShape::S3).await;
    db.run("copy into @st from (select 1)").await;
    db.run("create table t (n int)").await;
    let object = db.storage.list("").pop().unwrap();
    let (body, metadata) = (object.body().slice(..15), object.metadata().clone());
    db.storage.put(object.key(), body, metadata);
    let error = db.fail("copy into t from @st").await;
    assert!(error.message.contains("not whole"), "{}", error.message);
}
