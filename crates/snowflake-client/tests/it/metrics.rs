//! Work of every kind shows in the figures, under the names and labels of the catalogue.

use snowflake_client::service::Exposition;
use snowflake_client::{
    BulkInsertOptions, CopyIntoRequest, DownloadOptions, MetricKind, MetricValues, PutOptions,
    metric_catalogue,
};

use crate::support;

/// The value of a series; the tests beside this one add to the same figures.
fn value(page: &str, series: &str) -> f64 {
    let line = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    assert!(line.is_some(), "no {series} in\n{page}");
    line.unwrap().parse().unwrap()
}

#[tokio::test]
async fn o13_loads_and_transfers_are_counted_under_the_names_of_the_catalogue() {
    let exposition = Exposition::install().unwrap();
    let (_server, client) = support::start().await;
    client.execute("CREATE STAGE counted").await.unwrap();
    client.execute("CREATE TABLE counted (id INT, name VARCHAR)").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    std::fs::write(&path, "1,Ada\n2,Grace\n").unwrap();
    client.put_file(&path, "@counted", PutOptions::default()).await.unwrap();
    let request = CopyIntoRequest {
        target_table: "COUNTED".to_owned(),
        stage: "@counted".to_owned(),
        ..CopyIntoRequest::default()
    };
    client.copy_into(request).await.unwrap();
    client.get_files("@counted", folder.path(), DownloadOptions::default()).await.unwrap();
    let records = [(3_i64, "Edsger".to_owned()), (4, "Barbara".to_owned())];
    client.bulk_insert("counted", &records, BulkInsertOptions::default()).await.unwrap_err();
    client.execute("SELECT nothing FROM nowhere").await.unwrap_err();

    let page = exposition.page();
    assert!(value(&page, "snowflake_copy_rows_loaded_total") >= 2.0);
    assert!(value(&page, "snowflake_copy_files_total{status=\"loaded\"}") >= 1.0);
    assert!(value(&page, "snowflake_transfer_files_total{direction=\"put\",status=\"uploaded\"}") >= 1.0);
    assert!(value(&page, "snowflake_transfer_files_total{direction=\"get\",status=\"downloaded\"}") >= 1.0);
    assert!(value(&page, "snowflake_transfer_duration_seconds_count{direction=\"put\"}") >= 1.0);
    assert!(value(&page, "snowflake_bulk_loads_total{method=\"none\",status=\"failed\"}") >= 1.0);
    assert!(value(&page, "snowflake_query_errors_total{kind=\"sql\"}") >= 1.0);
    assert!(value(&page, "snowflake_session_logins_total{status=\"success\"}") >= 1.0);
    assert_in_catalogue(&page);
}

fn assert_in_catalogue(page: &str) {
    for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.split_once(' ').unwrap();
        let metric = metric_catalogue().iter().find(|metric| metric.name == name);
        assert!(metric.is_some(), "{name} is not in the catalogue");
        let metric = metric.unwrap();
        let word = match metric.kind {
            MetricKind::Counter => "counter",
            MetricKind::Gauge => "gauge",
            _ => "histogram",
        };
        assert_eq!(kind, word, "{name}");
        let series =
            page.lines().filter(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with('{')));
        for series in series {
            for label in metric.labels {
                let MetricValues::OneOf(known) = label.values else { continue };
                let named = format!("{}=\"", label.name);
                let value = series.split(&named).nth(1).and_then(|rest| rest.split('"').next());
                assert!(value.is_some_and(|value| known.contains(&value)), "{series}");
            }
        }
    }
}
