//! PUT and GET as statements.

use snowflake_client::sim::StageShape;
use snowflake_client::{ErrorKind, Query, QueryBuilder};

use super::support::{names, stage, staged};

#[tokio::test]
async fn put_and_get_are_statements_with_the_official_result_sets() {
    // A signed address allows nothing but to write: what is there is replaced.
    for (shape, second) in
        [(StageShape::Folder, "SKIPPED"), (StageShape::S3, "SKIPPED"), (StageShape::GcsSigned, "UPLOADED")]
    {
        let (_server, client, folder) = stage(shape).await;
        for name in ["a 1.csv", "a 2.csv", "b.csv"] {
            std::fs::write(folder.path().join(name), "1,2\n").unwrap();
        }
        let put = format!("/* load */ PUT 'file://{}/a *.csv' @s/in -- all", folder.path().display());
        let result = client.execute(&put).await.unwrap();
        let columns: Vec<&str> = result.columns().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(
            columns,
            [
                "source",
                "target",
                "source_size",
                "target_size",
                "source_compression",
                "target_compression",
                "status",
                "message"
            ]
        );
        let row = result.rows.row(1).unwrap();
        let text = |name: &str| row.get::<String>(name).unwrap();
        assert_eq!((text("source"), text("target")), ("a 2.csv".to_owned(), "a 2.csv.gz".to_owned()));
        assert_eq!(
            (text("source_compression"), text("target_compression")),
            ("NONE".to_owned(), "GZIP".to_owned())
        );
        assert_eq!((text("status"), text("message")), ("UPLOADED".to_owned(), String::new()));
        assert_eq!(row.get::<u64>("source_size").unwrap(), 4);
        assert!(row.get::<u64>("target_size").unwrap() > 4);
        assert!(!result.query_id.is_none());
        let again = client.execute(&put).await.unwrap();
        assert_eq!(again.rows.row(0).unwrap().get::<String>("status").unwrap(), second);

        let out = folder.path().join("out dir");
        let get = format!("get @s/in 'file://{}/'", out.display());
        let mut rows = client.execute_stream(&get).await.unwrap();
        let row = rows.next().await.unwrap().unwrap();
        assert_eq!(row.get::<String>("status").unwrap(), "DOWNLOADED");
        assert!(row.get::<u64>("size").unwrap() > 4);
        assert_eq!(names(&out), ["a 1.csv.gz", "a 2.csv.gz"]);
    }
}

#[tokio::test]
async fn options_and_binds_of_a_statement_are_the_servers_to_read() {
    let (_server, client, folder) = stage(StageShape::S3).await;
    std::fs::write(folder.path().join("a.csv"), "1,2\n").unwrap();
    let sql =
        format!("PUT file://{}/a.csv ? AUTO_COMPRESS = FALSE OVERWRITE = TRUE", folder.path().display());
    for _ in 0..2 {
        let result = client.execute(QueryBuilder::new(&sql).bind("@s/bound")).await.unwrap();
        let row = result.rows.row(0).unwrap();
        assert_eq!(row.get::<String>("target").unwrap(), "a.csv");
        assert_eq!(row.get::<String>("status").unwrap(), "UPLOADED");
    }
    assert_eq!(staged(&client).await, ["s/bound/a.csv"]);
}

#[tokio::test]
async fn what_cannot_be_moved_is_the_error_of_the_statement() {
    let (_server, client, folder) = stage(StageShape::S3).await;
    let nothing = format!("PUT file://{}/*.csv @s", folder.path().display());
    assert_eq!(client.execute(&nothing).await.unwrap_err().kind(), ErrorKind::NotFound);
    let none = format!("GET @s/none file://{}/", folder.path().display());
    assert_eq!(client.execute(&none).await.unwrap_err().kind(), ErrorKind::NotFound);
    let nowhere = format!("PUT file://{}/*.csv @nowhere", folder.path().display());
    assert_eq!(client.execute(&nowhere).await.unwrap_err().kind(), ErrorKind::Sql);
    assert_eq!(client.execute("PUT '/no/scheme' @s").await.unwrap_err().kind(), ErrorKind::Configuration);
    let statement = || Query::from(nothing.as_str());
    assert_eq!(client.execute_async(statement()).await.unwrap_err().kind(), ErrorKind::Configuration);
    let session = client.session().await.unwrap();
    let error = session.execute(statement()).await.unwrap_err();
    assert!(error.kind() == ErrorKind::Configuration && error.to_string().contains("put_file"), "{error}");
}
