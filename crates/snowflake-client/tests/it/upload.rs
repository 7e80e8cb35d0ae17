//! Files into a stage, and from there into a table.

use snowflake_client::{ErrorKind, PutOptions, PutStatus};

use crate::support;

#[tokio::test]
async fn real_flights_are_uploaded_and_loaded() {
    let (_server, client) = support::start().await;
    client.execute("CREATE STAGE landing").await.unwrap();
    client.execute("CREATE TABLE airlines (carrier VARCHAR(2), name VARCHAR)").await.unwrap();

    let file = support::fixture("flights/airlines.csv");
    let put = client.put_file(&file, "@landing", PutOptions::default()).await.unwrap();
    assert_eq!((put.files[0].target.as_str(), put.files[0].status), ("airlines.csv.gz", PutStatus::Uploaded));
    let again = client.put_file(&file, "@landing", PutOptions::default()).await.unwrap();
    assert_eq!(again.files[0].status, PutStatus::Skipped);

    let load = "COPY INTO airlines FROM @landing FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1)";
    let copy = client.execute(load).await.unwrap();
    let row = copy.rows.row(0).unwrap();
    assert_eq!(row.get::<String>("status").unwrap(), "LOADED");
    assert_eq!(row.get::<u64>("rows_loaded").unwrap(), 16);
    let repeated = client.execute(load).await.unwrap();
    assert_eq!(
        repeated.rows.row(0).unwrap().get::<String>("status").unwrap(),
        "Copy executed with 0 files processed."
    );

    let names = client.execute("SELECT name FROM airlines WHERE carrier = 'AA'").await.unwrap();
    assert_eq!(names.rows.row(0).unwrap().get::<String>(0).unwrap(), "American Airlines Inc.");
}

#[tokio::test]
async fn what_cannot_be_uploaded_is_named() {
    let (_server, client) = support::start().await;
    let file = support::fixture("flights/airlines.csv");
    let missing_stage = client.put_file(&file, "@nowhere", PutOptions::default()).await.unwrap_err();
    assert_eq!(missing_stage.kind(), ErrorKind::Sql);
    let missing_file = client.put_file("no/such/file.csv", "@s", PutOptions::default()).await.unwrap_err();
    assert_eq!(missing_file.kind(), ErrorKind::Io);
    assert!(missing_file.to_string().contains("no/such/file.csv"), "{missing_file}");
    let no_stage = client.put_file(&file, "stage", PutOptions::default()).await.unwrap_err();
    assert_eq!(no_stage.kind(), ErrorKind::Configuration);
}
