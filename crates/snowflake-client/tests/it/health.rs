//! The health check.

use crate::support;

#[tokio::test]
async fn health_follows_the_server() {
    let (server, client) = support::start().await;
    let health = client.health_check().await.unwrap();
    assert!(health.healthy, "{health:?}");
    assert_eq!(health.reason, None);

    server.expire_sessions();
    server.expire_masters();
    server.shutdown().await;
    let health = client.health_check().await.unwrap();
    assert!(!health.healthy);
    assert!(health.reason.is_some());
}
