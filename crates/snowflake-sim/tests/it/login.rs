//! Logging in: each kind of proof, and each way to be turned away.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::StatusCode;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use snowflake_sim::{SimServer, StartErrorKind};

use crate::client::{Client, PASSWORD, USER, builder};

const PRIVATE_KEY: &str = include_str!("../../../../fixtures/keys/rsa2048.p8");
const PUBLIC_KEY: &str = include_str!("../../../../fixtures/keys/rsa2048.pub.pem");
const FINGERPRINT: &str = include_str!("../../../../fixtures/keys/rsa2048.fingerprint");

#[tokio::test]
async fn a_password_opens_a_session_with_everything_that_drivers_ask_for() {
    let server = builder().start().await.unwrap();
    let answer = Client::new(&server).try_login(json!({"LOGIN_NAME": USER, "PASSWORD": PASSWORD})).await;
    let data = &answer["data"];
    assert_eq!(answer["success"], true);
    assert_eq!(answer["code"], Value::Null);
    assert!(data["token"].as_str().unwrap().starts_with("ver:3-hint:"));
    assert_ne!(data["token"], data["masterToken"]);
    assert_eq!(data["validityInSeconds"], 3_600);
    assert_eq!(data["masterValidityInSeconds"], 14_400);
    assert!(data["sessionId"].as_i64().unwrap() > 0);
    assert_eq!(data["displayUserName"], "ALICE");
    assert_eq!(data["sessionInfo"]["databaseName"], "DB");
    assert_eq!(data["sessionInfo"]["schemaName"], "PUBLIC");
    assert_eq!(data["sessionInfo"]["warehouseName"], "WH");
    let parameters = data["parameters"].as_array().unwrap();
    let value =
        |name: &str| parameters.iter().find(|one| one["name"] == name).map(|one| one["value"].clone());
    assert_eq!(value("AUTOCOMMIT"), Some(json!(true)));
    assert_eq!(value("CLIENT_TELEMETRY_ENABLED"), Some(json!(false)));
    let threshold = value("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD").unwrap().as_i64().unwrap();
    assert!(threshold > 1_000_000, "array binds stay in the request");
    assert_eq!(value("DATE_OUTPUT_FORMAT"), Some(json!("YYYY-MM-DD")));
    assert_eq!(server.ledger().logins, 1);
    assert_eq!(server.ledger().open_sessions, 1);
}

#[tokio::test]
async fn tokens_differ_from_session_to_session() {
    let server = builder().start().await.unwrap();
    let (one, other) = (Client::login(&server).await, Client::login(&server).await);
    assert_ne!(one.token, other.token);
    assert_ne!(one.master, other.master);
}

#[tokio::test]
async fn a_wrong_password_is_390100_and_opens_nothing() {
    let server = builder().start().await.unwrap();
    let answer =
        Client::new(&server).try_login(json!({"LOGIN_NAME": USER, "PASSWORD": "battery staple"})).await;
    assert_eq!(answer["success"], false);
    assert_eq!(answer["code"], "390100");
    assert_eq!(answer["message"], "Incorrect username or password was specified.");
    assert_eq!(answer["data"]["nextAction"], "RETRY_LOGIN");
    assert_eq!((server.ledger().refused_logins, server.ledger().open_sessions), (1, 0));
}

#[tokio::test]
async fn another_account_is_turned_away_with_403() {
    let server = builder().account("other").start().await.unwrap();
    let (status, _) =
        Client::new(&server).login_status(json!({"LOGIN_NAME": USER, "PASSWORD": PASSWORD})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_key_pair_opens_a_session_with_times_in_seconds_or_milliseconds() {
    let server = SimServer::builder().key(USER, PUBLIC_KEY).start().await.unwrap();
    let client = Client::new(&server);
    for unit in [1, 1_000] {
        let token = jwt("ACME.ALICE", FINGERPRINT.trim(), now() * unit, (now() + 60) * unit);
        let fields = json!({"LOGIN_NAME": USER, "AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": token});
        assert_eq!(client.try_login(fields).await["success"], true);
    }
    // One official driver leaves the user out: the token names it.
    let token = jwt("ACME.ALICE", FINGERPRINT.trim(), now(), now() + 60);
    let answer = client.try_login(json!({"AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": token})).await;
    assert_eq!(answer["data"]["displayUserName"], "ALICE");
}

#[tokio::test]
async fn a_token_with_a_wrong_claim_is_390144() {
    let server = SimServer::builder().key(USER, PUBLIC_KEY).user("bob", "secret").start().await.unwrap();
    let client = Client::new(&server);
    let fingerprint = FINGERPRINT.trim();
    let good = jwt("ACME.ALICE", fingerprint, now(), now() + 60);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode([7; 256]));
    let stripped = format!("{signed}.");
    let tokens = [
        ("expired", jwt("ACME.ALICE", fingerprint, now() - 300, now() - 240)),
        ("from the future", jwt("ACME.ALICE", fingerprint, now() + 300, now() + 360)),
        ("too long", jwt("ACME.ALICE", fingerprint, now(), now() + 7_200)),
        ("another account", jwt("OTHER.ALICE", fingerprint, now(), now() + 60)),
        ("another user", jwt("ACME.BOB", fingerprint, now(), now() + 60)),
        ("lower case", jwt("acme.alice", fingerprint, now(), now() + 60)),
        ("another key", jwt("ACME.ALICE", &STANDARD.encode([1; 32]), now(), now() + 60)),
        ("forged", forged),
        ("not signed", stripped),
        ("no token", signature.to_owned()),
    ];
    for (what, token) in tokens {
        let answer = client.try_login(json!({"AUTHENTICATOR": "SNOWFLAKE_JWT", "TOKEN": token})).await;
        assert_eq!(answer["code"], "390144", "{what}");
    }
}

#[tokio::test]
async fn access_tokens_open_sessions_and_expired_ones_say_so() {
    let server = SimServer::builder()
        .oauth_token(USER, "fresh")
        .expired_oauth_token(USER, "stale")
        .access_token(USER, "pat")
        .start()
        .await
        .unwrap();
    let client = Client::new(&server);
    let login = async |authenticator: &str, token: &str| {
        let answer = client.try_login(json!({"AUTHENTICATOR": authenticator, "TOKEN": token})).await;
        answer["code"].as_str().map(str::to_owned)
    };
    assert_eq!(login("OAUTH", "fresh").await, None);
    assert_eq!(login("OAUTH", "stale").await.as_deref(), Some("390318"));
    assert_eq!(login("OAUTH", "unknown").await.as_deref(), Some("390303"));
    assert_eq!(login("PROGRAMMATIC_ACCESS_TOKEN", "pat").await, None);
    assert_eq!(login("PROGRAMMATIC_ACCESS_TOKEN", "fresh").await.as_deref(), Some("394400"));
    assert_eq!(login("EXTERNALBROWSER", "fresh").await.as_deref(), Some("390400"));
}

#[tokio::test]
async fn a_database_that_is_not_there_fails_only_a_login_that_asks_for_it() {
    let server = builder().start().await.unwrap();
    let client = Client::new(&server);
    let login = async |validate: bool| {
        let data = json!({
            "CLIENT_APP_ID": "Go", "ACCOUNT_NAME": "acme", "LOGIN_NAME": USER, "PASSWORD": PASSWORD,
            "SESSION_PARAMETERS": {"CLIENT_VALIDATE_DEFAULT_PARAMETERS": validate},
        });
        client.post("/session/v1/login-request?databaseName=NOWHERE", json!({"data": data})).await
    };
    assert_eq!(login(true).await["code"], "390201");
    let lenient = login(false).await;
    assert_eq!(lenient["success"], true);
    assert_eq!(lenient["data"]["sessionInfo"]["databaseName"], Value::Null);
}

#[tokio::test]
async fn a_key_that_is_none_keeps_the_server_from_starting() {
    let error = SimServer::builder().key(USER, "not a key").start().await.unwrap_err();
    assert_eq!(error.kind(), StartErrorKind::PublicKey);
    assert!(error.to_string().contains("BEGIN PUBLIC KEY"));
}

fn now() -> i64 {
    time::OffsetDateTime::now_utc().unix_timestamp()
}

fn jwt(subject: &str, fingerprint: &str, issued: i64, expires: i64) -> String {
    let fingerprint = fingerprint.strip_prefix("SHA256:").unwrap_or(fingerprint);
    let claims = json!({"iss": format!("{subject}.SHA256:{fingerprint}"), "sub": subject, "iat": issued, "exp": expires});
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", encode(json!({"alg": "RS256", "typ": "JWT"})), encode(claims));
    let pem: String = PRIVATE_KEY.lines().filter(|line| !line.starts_with("---")).collect();
    let key = RsaKeyPair::from_pkcs8(&STANDARD.decode(pem).unwrap()).unwrap();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
