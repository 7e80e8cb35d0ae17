//! Files of a stage into a table and back, with the calls of the reference documentation.

use std::path::Path;

use snowflake_client::{
    CopyIntoRequest, CopyOptions, CopyStatus, ErrorKind, FileFormat, FormatType, OnError, PutOptions,
    SnowflakeClient, SnowflakeError, UnloadRequest, UnloadSource,
};

use crate::support;

/// A table, a stage and a folder to take files from.
async fn prepare(client: &SnowflakeClient) -> tempfile::TempDir {
    client.execute("CREATE STAGE my_stage").await.unwrap();
    client.execute("CREATE TABLE my_table (id INT, name VARCHAR(10), amount NUMBER(10, 2))").await.unwrap();
    tempfile::tempdir().unwrap()
}

async fn put(client: &SnowflakeClient, folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    client.put_file(&path, "@MY_STAGE", PutOptions::default()).await.unwrap();
}

async fn count(client: &SnowflakeClient) -> i64 {
    let result = client.execute("SELECT COUNT(*) FROM my_table").await.unwrap();
    result.rows.row(0).unwrap().get(0).unwrap()
}

/// A request that loads everything in the stage.
fn request() -> CopyIntoRequest {
    CopyIntoRequest {
        target_table: "MY_TABLE".to_string(),
        stage: "@MY_STAGE".to_string(),
        file_format: FileFormat { skip_header: 1, ..Default::default() },
        ..Default::default()
    }
}

#[tokio::test]
async fn test_put_file_and_test_copy_into() -> Result<(), SnowflakeError> {
    let (_server, client) = support::start().await;
    let folder = prepare(&client).await;
    let data = folder.path().join("data_records.csv");
    std::fs::write(&data, "id,name,amount\n1,Ada,1.50\n2,NULL,\nx,broken,1\n").unwrap();
    std::fs::write(folder.path().join("other.csv"), "id,name,amount\n9,Other,9\n").unwrap();
    client.put_file(folder.path().join("other.csv"), "@MY_STAGE", PutOptions::default()).await?;

    // Upload file to stage
    let put_result = client
        .put_file(&data, "@MY_STAGE", PutOptions { auto_compress: true, overwrite: true, parallel: 4 })
        .await?;
    assert_eq!(put_result.files[0].target, "data_records.csv.gz");

    // List stage files
    let files = client.list_stage("@MY_STAGE", Some("*.csv")).await?;
    for file in &files {
        println!("{}: {} bytes", file.name, file.size);
    }
    let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["my_stage/data_records.csv.gz", "my_stage/other.csv.gz"]);
    assert!(files.iter().all(|file| file.size > 20 && file.last_modified.ends_with("GMT")), "{files:?}");

    // COPY INTO table
    let copy_result = client
        .copy_into(CopyIntoRequest {
            target_table: "MY_TABLE".to_string(),
            stage: "@MY_STAGE".to_string(),
            file_pattern: Some("data_*.csv".to_string()),
            file_format: FileFormat {
                format_type: FormatType::Csv,
                skip_header: 1,
                field_delimiter: Some(','),
                null_if: vec!["NULL".to_string(), "".to_string()],
                ..Default::default()
            },
            copy_options: CopyOptions { on_error: OnError::Continue, purge: true, ..Default::default() },
            ..Default::default()
        })
        .await?;
    println!("Loaded {} rows from {} files", copy_result.rows_loaded, copy_result.files_processed);
    assert_eq!((copy_result.rows_loaded, copy_result.rows_parsed, copy_result.files_processed), (2, 3, 1));
    let file = &copy_result.results[0];
    assert_eq!(file.status, CopyStatus::PartiallyLoaded);
    let error = file.first_error.as_ref().unwrap();
    assert_eq!(
        (file.errors_seen, error.line, error.column.as_deref()),
        (1, Some(4), Some("\"MY_TABLE\"[\"ID\":1]"))
    );
    assert!(error.message.contains('x'), "{error:?}");
    assert_eq!(count(&client).await, 2);
    let left = client.list_stage("@MY_STAGE", None).await?;
    assert_eq!(left.len(), 1, "what was loaded is gone from the stage: {left:?}");
    Ok(())
}

#[tokio::test]
async fn a_file_is_loaded_once_unless_it_is_forced() -> Result<(), SnowflakeError> {
    let (_server, client) = support::start().await;
    let folder = prepare(&client).await;
    put(&client, folder.path(), "a.csv", "id,name,amount\n1,Ada,1.5\n").await;
    assert_eq!(client.copy_into(request()).await?.rows_loaded, 1);
    let again = client.copy_into(request()).await?;
    assert_eq!((again.rows_loaded, again.files_processed, again.results.len()), (0, 0, 0));
    assert!(!again.query_id.is_none());
    let mut forced = request();
    forced.copy_options.force = true;
    assert_eq!(client.copy_into(forced).await?.rows_loaded, 1);
    assert_eq!(count(&client).await, 2);
    Ok(())
}

#[tokio::test]
async fn an_error_stops_the_load_and_leaves_nothing_behind_unless_told_otherwise() {
    let (_server, client) = support::start().await;
    let folder = prepare(&client).await;
    put(&client, folder.path(), "good.csv", "id,name,amount\n1,Ada,1.5\n").await;
    put(&client, folder.path(), "bad.csv", "id,name,amount\n2,Bob,2\nx,Cat,3\n").await;
    let error = client.copy_into(request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Sql);
    assert!(error.to_string().contains("bad.csv"), "{error}");
    assert_eq!(count(&client).await, 0);

    let mut skipping = request();
    skipping.copy_options.on_error = OnError::SkipFile;
    let result = client.copy_into(skipping).await.unwrap();
    let states: Vec<&CopyStatus> = result.results.iter().map(|file| &file.status).collect();
    assert_eq!(states, [&CopyStatus::LoadFailed, &CopyStatus::Loaded]);
    assert_eq!((result.rows_loaded, count(&client).await), (1, 1));
}

#[tokio::test]
async fn q01_hostile_names_of_files_and_tables_reach_what_they_name_and_nothing_else() {
    let (_server, client) = support::start().await;
    let folder = prepare(&client).await;
    client.execute("CREATE TABLE canary (n INT)").await.unwrap();
    client
        .execute("CREATE TABLE \"a\"\"b; DROP TABLE canary\" (id INT, name VARCHAR, amount INT)")
        .await
        .unwrap();
    put(&client, folder.path(), "it's $$ [1].csv", "id,name,amount\n1,Ada,1\n").await;
    let mut named = request();
    named.target_table = "\"a\"\"b; DROP TABLE canary\"".to_string();
    named.files = vec!["it's $$ [1].csv.gz".to_string()];
    assert_eq!(client.copy_into(named).await.unwrap().rows_loaded, 1);
    for table in ["my_table; DROP TABLE canary", "my_table --", "a.b.c.d", ""] {
        let error = client
            .copy_into(CopyIntoRequest { target_table: table.to_string(), ..request() })
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{table:?}");
    }
    let gone = client.remove("@MY_STAGE", Some("it's*")).await.unwrap();
    assert_eq!(gone, ["my_stage/it's $$ [1].csv.gz"]);
    assert!(client.execute("SELECT * FROM canary").await.is_ok());
}

#[tokio::test]
async fn what_would_be_loaded_or_rejected_is_seen_before() {
    let (_server, client) = support::start().await;
    let folder = prepare(&client).await;
    put(&client, folder.path(), "a.csv", "id,name,amount\n1,Ada,1.5\nx,Bob,2\n3,Cat,y\n").await;
    let rows = client.preview_copy(request(), 1).await.unwrap();
    assert_eq!(rows.rows.row(0).unwrap().get::<String>("name").unwrap(), "Ada");
    let rejected = client.validate_copy(request()).await.unwrap();
    let lines: Vec<(Option<u64>, Option<&str>)> =
        rejected.iter().map(|record| (record.line, record.record.as_deref())).collect();
    assert_eq!(lines, [(Some(3), Some("x,Bob,2")), (Some(4), Some("3,Cat,y"))]);
    assert!(rejected[0].file.ends_with("a.csv.gz") && rejected[0].error.contains('x'), "{rejected:?}");
    assert_eq!(count(&client).await, 0);
}

#[tokio::test]
async fn what_is_unloaded_loads_again() -> Result<(), SnowflakeError> {
    let (_server, client) = support::start().await;
    let _folder = prepare(&client).await;
    client.execute("INSERT INTO my_table VALUES (1, 'a,\"b\"', 1.25), (2, NULL, NULL), (3, '', 0)").await?;
    let format = FileFormat { field_optionally_enclosed_by: Some('"'), ..FileFormat::default() };
    let unload = UnloadRequest {
        header: true,
        file_format: format.clone(),
        ..UnloadRequest::new(UnloadSource::Table("my_table".to_string()), "@my_stage/out/")
    };
    let written = client.unload(unload.clone()).await?;
    assert_eq!(written.rows_unloaded, 3);
    assert!(client.unload(unload.clone()).await.is_err(), "files are not overwritten unless asked for");
    let detailed = client.unload(UnloadRequest { overwrite: true, detailed_output: true, ..unload }).await?;
    assert_eq!(detailed.files.iter().map(|file| file.rows).sum::<u64>(), 3);

    client.execute("CREATE TABLE copied LIKE my_table").await?;
    let load = CopyIntoRequest {
        target_table: "copied".to_string(),
        stage: "@my_stage/out/".to_string(),
        file_format: FileFormat { skip_header: 1, ..format },
        ..Default::default()
    };
    assert_eq!(client.copy_into(load).await?.rows_loaded, 3);
    let differing = client.execute("SELECT * FROM my_table MINUS SELECT * FROM copied").await?;
    assert_eq!(differing.rows.len(), 0);
    Ok(())
}
