//! Features of users from their events, on the warehouse that is kept for such work, into a feature store.
//!
//! `cargo run -p snowflake-client --features sim-server --example feature_extraction`

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;

use snowflake_client::sim::SimServer;
use snowflake_client::{
    Protocol, QueryBuilder, SnowflakeClient, SnowflakeError, WarehouseRouter, WarehouseSize, WorkloadType,
};

#[derive(Clone, Debug, PartialEq)]
struct UserFeatures {
    user_id: i64,
    event_count: i64,
    session_count: i64,
    avg_duration: f64,
    purchases: i64,
    active_days: i64,
}

/// Where features are kept: here, in memory.
#[derive(Debug, Default)]
struct FeatureStore {
    users: BTreeMap<i64, UserFeatures>,
}

impl FeatureStore {
    async fn upsert(&mut self, features: UserFeatures) -> Result<(), SnowflakeError> {
        self.users.insert(features.user_id, features);
        Ok(())
    }
}

async fn extract_features(
    client: &SnowflakeClient,
    feature_store: &mut FeatureStore,
) -> Result<(), Box<dyn std::error::Error>> {
    let router = WarehouseRouter::from_config(client).await?;

    // Select ML warehouse
    let warehouse = router.select_warehouse(WorkloadType::DataScience, Some(WarehouseSize::Large)).await?;
    println!("{}", router.route(WorkloadType::DataScience, Some(WarehouseSize::Large)).await?.explain());

    // Extract features
    let query = QueryBuilder::new(
        r#"
        SELECT
            user_id,
            COUNT(*) as event_count,
            COUNT(DISTINCT session_id) as session_count,
            AVG(duration_seconds) as avg_duration,
            SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) as purchases,
            DATEDIFF('day', MIN(event_time), MAX(event_time)) as active_days
        FROM events
        WHERE event_time >= DATEADD('day', -30, CURRENT_DATE())
        GROUP BY user_id
        HAVING event_count >= 10
    "#,
    )
    .warehouse(&warehouse)
    .tag("feature_extraction_v1")
    .build();

    // Stream results to feature store
    let mut stream = client.execute_stream(query).await?;
    let mut count = 0;

    while let Some(row) = stream.next().await {
        let row = row?;

        let features = UserFeatures {
            user_id: row.get("user_id")?,
            event_count: row.get("event_count")?,
            session_count: row.get("session_count")?,
            avg_duration: row.get("avg_duration")?,
            purchases: row.get("purchases")?,
            active_days: row.get("active_days")?,
        };

        feature_store.upsert(features).await?;
        count += 1;
    }

    println!("Extracted features for {} users", count);
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = SimServer::builder().user("ml", "secret").database("SHOP").start().await?;
    let client = SnowflakeClient::builder()
        .account(server.account())
        // Without these three lines it is the real service.
        .host(server.host())
        .port(server.port())
        .protocol(Protocol::Http)
        .user("ml")
        .password("secret")
        .database("SHOP")
        .schema("PUBLIC")
        .build()
        .await?;
    for statement in [
        "CREATE WAREHOUSE app_wh WAREHOUSE_SIZE = SMALL",
        "CREATE WAREHOUSE ml_wh WAREHOUSE_SIZE = LARGE",
        "CREATE TABLE events (user_id INT, session_id INT, event_type VARCHAR, duration_seconds FLOAT,
             event_time TIMESTAMP_NTZ)",
        // User n has n events, one a day, two in each session, every fourth of them a purchase.
        "INSERT INTO events
             SELECT u.n, FLOOR(e.n / 2), IFF(e.n % 4 = 0, 'purchase', 'view'), 30 + e.n,
                 DATEADD('day', -e.n, CURRENT_TIMESTAMP()::TIMESTAMP_NTZ)
             FROM (SELECT SEQ4() + 1 AS n FROM TABLE(GENERATOR(ROWCOUNT => 20))) u
             JOIN (SELECT SEQ4() + 1 AS n FROM TABLE(GENERATOR(ROWCOUNT => 20))) e ON e.n <= u.n",
    ] {
        client.execute(statement).await?;
    }

    let mut feature_store = FeatureStore::default();
    extract_features(&client, &mut feature_store).await?;
    if let Some(features) = feature_store.users.get(&12) {
        println!("{features:?}");
    }
    client.close().await;
    server.shutdown().await;
    Ok(())
}
