//! The statements of the collectors that only read and show.
//!
//! Windows are reckoned by the clock of the service, not by ours: clocks may disagree.

use super::question::{Question, Questions, Shown};

/// The last 24 hours of a column.
macro_rules! day {
    ($column:literal) => {
        concat!($column, " >= DATEADD('hour', -24, CURRENT_TIMESTAMP())")
    };
}

pub(super) fn load() -> Questions {
    Questions(vec![Question {
        view: "WAREHOUSE_LOAD_HISTORY",
        sql: concat!(
            "SELECT WAREHOUSE_NAME, AVG(AVG_RUNNING) AS RUNNING, AVG(AVG_QUEUED_LOAD) AS OVERLOADED, ",
            "AVG(AVG_QUEUED_PROVISIONING) AS PROVISIONING, AVG(AVG_BLOCKED) AS BLOCKED ",
            "FROM SNOWFLAKE.ACCOUNT_USAGE.WAREHOUSE_LOAD_HISTORY WHERE ",
            day!("START_TIME"),
            " GROUP BY WAREHOUSE_NAME"
        )
        .to_owned(),
        labels: &["WAREHOUSE_NAME"],
        shown: vec![
            Shown::new("snowflake_warehouse_executed_queries", "RUNNING"),
            Shown::new("snowflake_warehouse_overloaded_queue_size", "OVERLOADED"),
            Shown::new("snowflake_warehouse_provisioning_queue_size", "PROVISIONING"),
            Shown::new("snowflake_warehouse_blocked_queries", "BLOCKED"),
        ],
    }])
}

pub(super) fn metering() -> Question {
    Question {
        view: "METERING_HISTORY",
        sql: concat!(
            "SELECT SERVICE_TYPE, NAME, SUM(CREDITS_USED_COMPUTE) / 24 AS COMPUTE, ",
            "SUM(CREDITS_USED_CLOUD_SERVICES) / 24 AS CLOUD_SERVICES ",
            "FROM SNOWFLAKE.ACCOUNT_USAGE.METERING_HISTORY WHERE ",
            day!("START_TIME"),
            " GROUP BY SERVICE_TYPE, NAME"
        )
        .to_owned(),
        labels: &["SERVICE_TYPE", "NAME"],
        shown: vec![
            Shown::new("snowflake_used_compute_credits", "COMPUTE"),
            Shown::new("snowflake_used_cloud_services_credits", "CLOUD_SERVICES"),
        ],
    }
}

pub(super) fn storage() -> Questions {
    let account = Question {
        view: "STORAGE_USAGE",
        sql: "SELECT STORAGE_BYTES, STAGE_BYTES, FAILSAFE_BYTES FROM SNOWFLAKE.ACCOUNT_USAGE.STORAGE_USAGE \
              ORDER BY USAGE_DATE DESC LIMIT 1"
            .to_owned(),
        labels: &[],
        shown: vec![
            Shown::new("snowflake_storage_bytes", "STORAGE_BYTES"),
            Shown::new("snowflake_stage_bytes", "STAGE_BYTES"),
            Shown::new("snowflake_failsafe_bytes", "FAILSAFE_BYTES"),
        ],
    };
    let databases = Question {
        view: "DATABASE_STORAGE_USAGE_HISTORY",
        sql: "SELECT DATABASE_NAME, SUM(AVERAGE_DATABASE_BYTES) AS BYTES, \
              SUM(AVERAGE_FAILSAFE_BYTES) AS FAILSAFE_BYTES \
              FROM SNOWFLAKE.ACCOUNT_USAGE.DATABASE_STORAGE_USAGE_HISTORY WHERE USAGE_DATE = \
              (SELECT MAX(USAGE_DATE) FROM SNOWFLAKE.ACCOUNT_USAGE.DATABASE_STORAGE_USAGE_HISTORY) \
              GROUP BY DATABASE_NAME"
            .to_owned(),
        labels: &["DATABASE_NAME"],
        shown: vec![
            Shown::new("snowflake_database_bytes", "BYTES"),
            Shown::new("snowflake_database_failsafe_bytes", "FAILSAFE_BYTES"),
        ],
    };
    Questions(vec![account, databases])
}

/// The largest tables, those that were dropped and still cost something included.
pub(super) fn tables(largest: u32) -> Questions {
    let tables = Question {
        view: "TABLE_STORAGE_METRICS",
        sql: format!(
            "SELECT TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME, SUM(ACTIVE_BYTES) AS ACTIVE, \
             SUM(TIME_TRAVEL_BYTES) AS TIME_TRAVEL, SUM(FAILSAFE_BYTES) AS FAILSAFE, \
             SUM(RETAINED_FOR_CLONE_BYTES) AS CLONE FROM SNOWFLAKE.ACCOUNT_USAGE.TABLE_STORAGE_METRICS \
             GROUP BY TABLE_CATALOG, TABLE_SCHEMA, TABLE_NAME ORDER BY SUM(ACTIVE_BYTES) \
             + SUM(TIME_TRAVEL_BYTES) + SUM(FAILSAFE_BYTES) + SUM(RETAINED_FOR_CLONE_BYTES) DESC LIMIT {largest}"
        ),
        labels: &["TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME"],
        shown: vec![
            Shown::new("snowflake_table_active_bytes", "ACTIVE"),
            Shown::new("snowflake_table_time_travel_bytes", "TIME_TRAVEL"),
            Shown::new("snowflake_table_failsafe_bytes", "FAILSAFE"),
            Shown::new("snowflake_table_clone_bytes", "CLONE"),
        ],
    };
    let deleted = Question {
        view: "TABLE_STORAGE_METRICS",
        sql: "SELECT COUNT(*) AS TABLES FROM SNOWFLAKE.ACCOUNT_USAGE.TABLE_STORAGE_METRICS WHERE DELETED = TRUE"
            .to_owned(),
        labels: &[],
        shown: vec![Shown::new("snowflake_table_deleted_tables", "TABLES")],
    };
    Questions(vec![tables, deleted])
}

pub(super) fn logins() -> Questions {
    Questions(vec![Question {
        view: "LOGIN_HISTORY",
        sql: concat!(
            "SELECT REPORTED_CLIENT_TYPE, REPORTED_CLIENT_VERSION, COUNT(*) / 24 AS LOGINS, ",
            "SUM(IFF(IS_SUCCESS = 'YES', 1, 0)) / 24 AS SUCCESSFUL, ",
            "SUM(IFF(IS_SUCCESS = 'YES', 0, 1)) / 24 AS REFUSED ",
            "FROM SNOWFLAKE.ACCOUNT_USAGE.LOGIN_HISTORY WHERE ",
            day!("EVENT_TIMESTAMP"),
            " GROUP BY REPORTED_CLIENT_TYPE, REPORTED_CLIENT_VERSION"
        )
        .to_owned(),
        labels: &["REPORTED_CLIENT_TYPE", "REPORTED_CLIENT_VERSION"],
        shown: vec![
            Shown::new("snowflake_login_rate", "LOGINS"),
            Shown::new("snowflake_successful_login_rate", "SUCCESSFUL"),
            Shown::new("snowflake_failed_login_rate", "REFUSED"),
        ],
    }])
}

/// A task that runs rarely is looked for in a whole week, in the same scan.
pub(super) fn tasks() -> Questions {
    macro_rules! runs {
        ($states:literal) => {
            concat!("SUM(IFF(STATE IN (", $states, ") AND ", day!("COMPLETED_TIME"), ", 1, 0))")
        };
    }
    Questions(vec![Question {
        view: "TASK_HISTORY",
        sql: concat!(
            "SELECT DATABASE_NAME, SCHEMA_NAME, NAME, ",
            runs!("'SUCCEEDED'"),
            " AS SUCCEEDED, ",
            runs!("'FAILED', 'FAILED_AND_AUTO_SUSPENDED'"),
            " AS FAILED, ",
            runs!("'CANCELLED'"),
            " AS CANCELLED, ",
            runs!("'SKIPPED'"),
            " AS SKIPPED, ",
            "DATE_PART('epoch_second', MAX(IFF(STATE = 'SKIPPED', NULL, COMPLETED_TIME))) AS LAST_COMPLETED ",
            "FROM SNOWFLAKE.ACCOUNT_USAGE.TASK_HISTORY ",
            "WHERE COMPLETED_TIME >= DATEADD('day', -7, CURRENT_TIMESTAMP()) ",
            "GROUP BY DATABASE_NAME, SCHEMA_NAME, NAME"
        )
        .to_owned(),
        labels: &["DATABASE_NAME", "SCHEMA_NAME", "NAME"],
        shown: vec![
            Shown::of("snowflake_task_runs", "SUCCEEDED", "succeeded"),
            Shown::of("snowflake_task_runs", "FAILED", "failed"),
            Shown::of("snowflake_task_runs", "CANCELLED", "cancelled"),
            Shown::of("snowflake_task_runs", "SKIPPED", "skipped"),
            Shown::new("snowflake_task_last_completed_timestamp_seconds", "LAST_COMPLETED"),
        ],
    }])
}

pub(super) fn queries() -> Questions {
    macro_rules! quantile {
        ($part:literal) => {
            concat!("PERCENTILE_CONT(", $part, ") WITHIN GROUP (ORDER BY TOTAL_ELAPSED_TIME) / 1000")
        };
    }
    Questions(vec![Question {
        view: "QUERY_HISTORY",
        sql: concat!(
            "SELECT WAREHOUSE_NAME, ",
            "SUM(IFF(UPPER(EXECUTION_STATUS) = 'SUCCESS', 1, 0)) AS SUCCESS, ",
            "SUM(IFF(UPPER(EXECUTION_STATUS) IN ('FAIL', 'INCIDENT'), 1, 0)) AS FAILED, ",
            "SUM(IFF(UPPER(EXECUTION_STATUS) IN ('SUCCESS', 'FAIL', 'INCIDENT'), 0, 1)) AS RUNNING, ",
            quantile!("0.5"),
            " AS HALF, ",
            quantile!("0.9"),
            " AS NINE_TENTHS, ",
            quantile!("0.99"),
            " AS NEARLY_ALL, ",
            "SUM(QUEUED_OVERLOAD_TIME) / 1000 AS OVERLOAD, ",
            "SUM(QUEUED_PROVISIONING_TIME) / 1000 AS PROVISIONING, ",
            "SUM(BYTES_SCANNED) AS SCANNED, ",
            "SUM(PARTITIONS_SCANNED) AS PARTITIONS, SUM(PARTITIONS_TOTAL) AS ALL_PARTITIONS, ",
            "SUM(BYTES_SPILLED_TO_LOCAL_STORAGE) AS LOCAL, SUM(BYTES_SPILLED_TO_REMOTE_STORAGE) AS REMOTE ",
            "FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY WHERE ",
            day!("START_TIME"),
            " GROUP BY WAREHOUSE_NAME"
        )
        .to_owned(),
        labels: &["WAREHOUSE_NAME"],
        shown: vec![
            Shown::of("snowflake_account_queries", "SUCCESS", "success"),
            Shown::of("snowflake_account_queries", "FAILED", "failed"),
            Shown::of("snowflake_account_queries", "RUNNING", "running"),
            Shown::of("snowflake_account_query_latency_seconds", "HALF", "50"),
            Shown::of("snowflake_account_query_latency_seconds", "NINE_TENTHS", "90"),
            Shown::of("snowflake_account_query_latency_seconds", "NEARLY_ALL", "99"),
            Shown::of("snowflake_account_queued_seconds", "OVERLOAD", "overload"),
            Shown::of("snowflake_account_queued_seconds", "PROVISIONING", "provisioning"),
            Shown::new("snowflake_account_scanned_bytes", "SCANNED"),
            Shown::of("snowflake_account_partitions", "PARTITIONS", "scanned"),
            Shown::of("snowflake_account_partitions", "ALL_PARTITIONS", "total"),
            Shown::of("snowflake_account_spilled_bytes", "LOCAL", "local"),
            Shown::of("snowflake_account_spilled_bytes", "REMOTE", "remote"),
        ],
    }])
}

pub(super) fn loads() -> Questions {
    Questions(vec![Question {
        view: "COPY_HISTORY",
        sql: concat!(
            "SELECT TABLE_CATALOG_NAME, TABLE_SCHEMA_NAME, TABLE_NAME, COUNT(*) AS FILES, ",
            "SUM(ROW_COUNT) AS LOADED, SUM(FILE_SIZE) AS BYTES, SUM(ERROR_COUNT) AS ERRORS ",
            "FROM SNOWFLAKE.ACCOUNT_USAGE.COPY_HISTORY WHERE ",
            day!("LAST_LOAD_TIME"),
            " GROUP BY TABLE_CATALOG_NAME, TABLE_SCHEMA_NAME, TABLE_NAME"
        )
        .to_owned(),
        labels: &["TABLE_CATALOG_NAME", "TABLE_SCHEMA_NAME", "TABLE_NAME"],
        shown: vec![
            Shown::new("snowflake_account_loaded_files", "FILES"),
            Shown::new("snowflake_account_loaded_rows", "LOADED"),
            Shown::new("snowflake_account_loaded_bytes", "BYTES"),
            Shown::new("snowflake_account_load_errors", "ERRORS"),
        ],
    }])
}

pub(super) fn clustering() -> Questions {
    Questions(vec![Question {
        view: "AUTOMATIC_CLUSTERING_HISTORY",
        sql: concat!(
            "SELECT DATABASE_NAME, SCHEMA_NAME, TABLE_NAME, SUM(CREDITS_USED) AS CREDITS, ",
            "SUM(NUM_BYTES_RECLUSTERED) AS BYTES, SUM(NUM_ROWS_RECLUSTERED) AS ROW_COUNT ",
            "FROM SNOWFLAKE.ACCOUNT_USAGE.AUTOMATIC_CLUSTERING_HISTORY WHERE ",
            day!("START_TIME"),
            " GROUP BY DATABASE_NAME, SCHEMA_NAME, TABLE_NAME"
        )
        .to_owned(),
        labels: &["DATABASE_NAME", "SCHEMA_NAME", "TABLE_NAME"],
        shown: vec![
            Shown::new("snowflake_auto_clustering_credits", "CREDITS"),
            Shown::new("snowflake_auto_clustering_bytes", "BYTES"),
            Shown::new("snowflake_auto_clustering_rows", "ROW_COUNT"),
        ],
    }])
}

pub(super) fn replication() -> Questions {
    Questions(vec![Question {
        view: "REPLICATION_USAGE_HISTORY",
        sql: concat!(
            "SELECT DATABASE_NAME, SUM(CREDITS_USED) AS CREDITS, SUM(BYTES_TRANSFERRED) AS BYTES ",
            "FROM SNOWFLAKE.ACCOUNT_USAGE.REPLICATION_USAGE_HISTORY WHERE ",
            day!("START_TIME"),
            " GROUP BY DATABASE_NAME"
        )
        .to_owned(),
        labels: &["DATABASE_NAME"],
        shown: vec![
            Shown::new("snowflake_db_replication_used_credits", "CREDITS"),
            Shown::new("snowflake_db_replication_transferred_bytes", "BYTES"),
        ],
    }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::{MetricValues, metric_catalogue};

    fn all() -> Vec<Question> {
        let collectors = [
            load(),
            storage(),
            tables(5),
            logins(),
            tasks(),
            queries(),
            loads(),
            clustering(),
            replication(),
        ];
        collectors.into_iter().flat_map(|questions| questions.0).chain([metering()]).collect()
    }

    #[test]
    fn every_figure_is_in_the_catalogue_with_its_labels() {
        for question in all() {
            for shown in &question.shown {
                let metric = metric_catalogue().iter().find(|metric| metric.name == shown.metric);
                let metric = metric.unwrap_or_else(|| panic!("{} is not in the catalogue", shown.metric));
                let labels = question.labels.len() + usize::from(shown.last.is_some());
                assert_eq!(metric.labels.len(), labels, "{}", shown.metric);
                if let (Some(last), Some(label)) = (shown.last, metric.labels.last()) {
                    let known = matches!(label.values, MetricValues::OneOf(values) if values.contains(&last));
                    assert!(known, "{}: {last}", shown.metric);
                }
                assert!(question.sql.contains(shown.column), "{}: {}", question.view, shown.column);
            }
        }
    }

    #[test]
    fn windows_are_reckoned_by_the_clock_of_the_service() {
        for question in all() {
            assert!(!question.sql.contains("20"), "no date of ours: {}", question.sql);
        }
    }
}
