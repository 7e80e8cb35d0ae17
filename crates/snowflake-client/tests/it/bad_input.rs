//! Input that cannot work: each case is an error that says what to do.

use snowflake_client::transport::RetryPolicy;
use snowflake_client::{ErrorKind, QueryBuilder, Recovery, SnowflakeClient};

use crate::support::{self, USER, fixture};

/// An error with all of its causes, as a program would print it.
fn report(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[tokio::test]
async fn a_wrong_password_is_refused_once() {
    let server = support::server().start().await.unwrap();
    let error = support::builder(&server).password("wrong").pool_size(4, 8).build().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(error.code().unwrap().as_str(), "390100");
    assert_eq!(error.recovery(), Recovery::Never);
    assert_eq!(server.ledger().refused_logins, 1, "further attempts could lock the account");
}

#[tokio::test]
async fn an_unknown_host_is_named() {
    let error = SnowflakeClient::builder()
        .account("myorg-myaccount")
        .host("no-such-host.invalid")
        .user(USER)
        .password("p")
        .retry(RetryPolicy::default().with_max_attempts(2))
        .build()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(report(&error).contains("no-such-host.invalid"), "{}", report(&error));
}

#[tokio::test]
async fn a_refused_port_is_named() {
    let server = support::server().start().await.unwrap();
    let retry = RetryPolicy::default().with_max_attempts(2);
    let builder = support::builder(&server).password("p").retry(retry);
    let address = format!("{}:{}", server.host(), server.port());
    server.shutdown().await;
    let error = builder.build().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert!(report(&error).contains(&address), "{}", report(&error));
}

#[tokio::test]
async fn a_malformed_account_is_refused_before_anything_is_sent() {
    let error =
        SnowflakeClient::builder().account("../x").user(USER).password("p").build().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("account"), "{error}");
}

#[tokio::test]
async fn a_corrupt_or_locked_key_says_so() {
    let server = support::server().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let corrupt = folder.path().join("key.p8");
    let text = std::fs::read_to_string(fixture("keys/rsa2048.p8")).unwrap();
    std::fs::write(&corrupt, &text[..text.len() / 2]).unwrap();
    let cases = [
        (corrupt, None, ""),
        (fixture("keys/rsa2048.aes256.p8"), None, "passphrase"),
        (fixture("keys/rsa2048.aes256.p8"), Some("wrong"), "passphrase"),
        (fixture("keys/rsa2048.pub.pem"), None, "public"),
    ];
    for (path, passphrase, word) in cases {
        let error = support::builder(&server).key_pair_auth(&path, passphrase).build().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Auth, "{}", path.display());
        assert!(report(&error).contains(word), "{}", report(&error));
    }
}

#[tokio::test]
async fn a_syntax_error_keeps_code_state_id_and_position() {
    let (_server, client) = support::start().await;
    let error = client.execute("SELECT 1\nFORM users").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Sql);
    assert_eq!(error.code().unwrap().as_str(), "001003");
    assert_eq!(error.sql_state(), Some("42000"));
    assert!(error.query_id().is_some());
    assert_eq!(error.line(), Some(2));
    assert!(error.position().is_some());
}

#[tokio::test]
async fn a_missing_table_is_named() {
    let (_server, client) = support::start().await;
    let error = client.execute("SELECT * FROM nowhere").await.unwrap_err();
    assert_eq!(error.code().unwrap().as_str(), "002003");
    assert!(error.to_string().contains("NOWHERE"), "{error}");
}

#[tokio::test]
async fn a_column_that_is_not_there_is_named_with_those_that_are() {
    let (_server, client) = support::start().await;
    let result = client.execute("SELECT 1 AS one, 2 AS two").await.unwrap();
    let error = result.rows.row(0).unwrap().get::<i64>("three").unwrap_err();
    let text = error.to_string();
    assert!(text.contains("three") && text.contains("ONE") && text.contains("TWO"), "{text}");
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_an_error_that_names_its_column() {
    let (_server, client) = support::start().await;
    let query = QueryBuilder::new("SELECT 300 AS big, 1.5 AS half, 'x' AS letter, NULL AS nothing");
    let result = client.execute(query.build()).await.unwrap();
    let row = result.rows.row(0).unwrap();
    for error in [
        row.get::<i8>("big").unwrap_err(),
        row.get::<i64>("half").unwrap_err(),
        row.get::<i64>("letter").unwrap_err(),
        row.get::<i64>("nothing").unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Conversion, "{error}");
    }
    assert!(row.get::<i8>("big").unwrap_err().to_string().contains("BIG"));
    assert_eq!(row.get::<Option<i64>>("nothing").unwrap(), None);
}

#[tokio::test]
async fn an_unsupported_statement_is_never_a_pretended_success() {
    let (_server, client) = support::start().await;
    let error = client.execute("CREATE NETWORK POLICY p ALLOWED_IP_LIST = ('10.0.0.0/8')").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Sql);
    assert!(error.to_string().contains("not simulated") || error.code().is_some(), "{error}");
}
