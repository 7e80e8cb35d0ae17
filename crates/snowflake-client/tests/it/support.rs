//! A server and a client for each test.

use snowflake_client::sim::{SimServer, SimServerBuilder};
use snowflake_client::{ClientBuilder, Protocol, SnowflakeClient};

pub(crate) const USER: &str = "TESTER";
pub(crate) const PASSWORD: &str = "correct horse";

/// A server with one user and the database `DB`.
pub(crate) fn server() -> SimServerBuilder {
    SimServer::builder().user(USER, PASSWORD).database("DB").schema("PUBLIC").warehouse("WH")
}

/// A builder that reaches the server over its socket, without credentials.
pub(crate) fn builder(server: &SimServer) -> ClientBuilder {
    SnowflakeClient::builder()
        .account(server.account())
        .host(server.host())
        .port(server.port())
        .protocol(Protocol::Http)
        .user(USER)
        .pool_size(1, 4)
}

/// A client that is logged in.
pub(crate) async fn connect(server: &SimServer) -> SnowflakeClient {
    builder(server).password(PASSWORD).build().await.unwrap()
}

/// A running server and a client that is logged in to it.
pub(crate) async fn start() -> (SimServer, SnowflakeClient) {
    let server = server().start().await.unwrap();
    let client = connect(&server).await;
    (server, client)
}

/// The path of a file under `fixtures/`.
pub(crate) fn fixture(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}
