//! Ways to log in.

use std::fs;

use snowflake_client::{Authentication, ErrorKind, Secret, SnowflakeClient, SnowflakeConfig};

use crate::support::{self, PASSWORD, USER, fixture};

#[tokio::test]
async fn a_password_logs_in() {
    let (server, client) = support::start().await;
    let result = client.execute("SELECT CURRENT_USER() AS who").await.unwrap();
    assert_eq!(result.rows.row(0).unwrap().get::<String>("who").unwrap(), USER);
    client.close().await;
    assert_eq!(server.ledger().open_sessions, 0);
}

#[tokio::test]
async fn every_form_of_private_key_logs_in() {
    let public = fs::read_to_string(fixture("keys/rsa2048.pub.pem")).unwrap();
    let server = support::server().key("KEYED", public).start().await.unwrap();
    let forms = [
        ("keys/rsa2048.p8", None),
        ("keys/rsa2048.p8.der", None),
        ("keys/rsa2048.pkcs1.pem", None),
        ("keys/rsa2048.pkcs1.der", None),
        ("keys/rsa2048.aes256.p8", Some("correct-horse")),
    ];
    for (file, passphrase) in forms {
        let client =
            support::builder(&server).user("KEYED").key_pair_auth(fixture(file), passphrase).build().await;
        assert!(client.is_ok(), "{file}: {:?}", client.err());
    }
}

#[tokio::test]
async fn tokens_log_in_and_a_token_file_is_read_at_each_login() {
    let server = support::server()
        .oauth_token(USER, "first-token")
        .oauth_token(USER, "second-token")
        .access_token(USER, "pat-token")
        .start()
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    fs::write(&file, "wrong-token\n").unwrap();
    let login = |authentication| support::builder(&server).authentication(authentication).build();

    assert!(login(Authentication::OAuthToken(Secret::from("first-token"))).await.is_ok());
    assert!(login(Authentication::ProgrammaticAccessToken(Secret::from("pat-token"))).await.is_ok());
    let refused = login(Authentication::OAuthTokenFile(file.clone())).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Auth);
    fs::write(&file, "second-token\n").unwrap();
    assert!(login(Authentication::OAuthTokenFile(file)).await.is_ok());
}

#[tokio::test]
async fn the_environment_is_enough_to_connect() {
    let server = support::server().start().await.unwrap();
    let config = SnowflakeConfig::from_variables([
        ("SNOWFLAKE_ACCOUNT", server.account()),
        ("SNOWFLAKE_USER", USER),
        ("SNOWFLAKE_PASSWORD", PASSWORD),
        ("SNOWFLAKE_HOST", &server.host()),
        ("SNOWFLAKE_PORT", &server.port().to_string()),
        ("SNOWFLAKE_PROTOCOL", "http"),
        ("SNOWFLAKE_DATABASE", "DB"),
    ])
    .unwrap();
    let client = SnowflakeClient::new(config).await.unwrap();
    let result = client.execute("SELECT CURRENT_DATABASE()").await.unwrap();
    assert_eq!(result.rows.row(0).unwrap().get::<String>(0).unwrap(), "DB");
}

#[tokio::test]
async fn no_socket_is_needed_in_process() {
    let server = support::server().start().await.unwrap();
    let client = SnowflakeClient::builder()
        .account(server.account())
        .user(USER)
        .password(PASSWORD)
        .transport(server.transport())
        .build()
        .await
        .unwrap();
    assert_eq!(client.execute("SELECT 1").await.unwrap().rows.len(), 1);
}
