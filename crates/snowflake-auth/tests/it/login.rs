//! What a login sends, and how often.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;
use serde_json::{Value, json};
use snowflake_auth::{
    AccessToken, ClientId, Credential, CredentialProvider, ErrorKind, KeyPair, LoginContext, LoginOutcome,
    PrivateKey, ProgrammaticAccessToken, Result, Server, ServerOptions, login,
};
use snowflake_proto::{Recovery, Secret, ServerCode};
use snowflake_sim::{Expect, ManualClock, Reply, Script, Seen};
use snowflake_transport::{BoxFuture, Delivery, ErrorKind as TransportErrorKind, Transport};
use time::macros::datetime;

use crate::support::{
    LOGIN, account, all_texts, failure, options, password, server, server_with, session, success,
};

async fn body_of(provider: &dyn CredentialProvider) -> Value {
    let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(success(session()))));
    login(&server(&script), provider, &options()).await.unwrap();
    script.verify().unwrap();
    script.requests()[0].json()["data"].clone()
}

#[tokio::test]
async fn a_login_says_who_asks_for_what() {
    let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(success(session()))));
    let options = options()
        .with_database("DB")
        .with_schema("my schema")
        .with_warehouse("WH")
        .with_role("R&D")
        .with_parameter("query_tag", "nightly")
        .with_application("loader");
    let login = login(&server(&script), &password(), &options).await.unwrap();
    assert_eq!(login.session_id, 4_611_686_018_427_387_900);
    assert_eq!(login.context.database.as_deref(), Some("DB"));
    assert_eq!(login.context.schema, None);
    assert_eq!(login.parameters["TIMEZONE"], json!("America/Los_Angeles"));
    assert_eq!(login.tokens.authorization().expose(), "session-0");

    let seen = &script.requests()[0];
    assert_eq!(seen.uri.authority().unwrap().as_str(), "acme.eu-central-1.snowflakecomputing.com");
    assert_eq!(seen.query("databaseName").as_deref(), Some("DB"));
    assert_eq!(seen.query("schemaName").as_deref(), Some("my schema"));
    assert_eq!(seen.query("warehouse").as_deref(), Some("WH"));
    assert_eq!(seen.query("roleName").as_deref(), Some("R&D"));
    assert!(seen.query("requestId").is_some() && seen.query("request_guid").is_some());
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(seen.header("accept"), Some("application/snowflake"));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("client_app_id"), Some("PythonConnector"));
    assert!(seen.header("user-agent").unwrap().starts_with("snowflake-client-rust/"));

    let data = &seen.json()["data"];
    assert_eq!(data["ACCOUNT_NAME"], json!("acme"));
    assert_eq!(data["CLIENT_APP_ID"], json!("PythonConnector"));
    assert_eq!(data["SESSION_PARAMETERS"]["QUERY_TAG"], json!("nightly"));
    assert_eq!(data["SESSION_PARAMETERS"]["CLIENT_VALIDATE_DEFAULT_PARAMETERS"], json!(true));
    assert_eq!(data["CLIENT_ENVIRONMENT"]["APPLICATION"], json!("loader"));
    assert_eq!(data["CLIENT_ENVIRONMENT"]["OS"], json!(std::env::consts::OS));
}

#[tokio::test]
async fn each_credential_has_its_own_fields() {
    let data = body_of(&password()).await;
    assert_eq!((&data["LOGIN_NAME"], &data["PASSWORD"]), (&json!("alice"), &json!("correct horse")));
    assert!(data.get("AUTHENTICATOR").is_none() && data.get("TOKEN").is_none());

    let data = body_of(&AccessToken::new(" oauth-1\n").with_user("alice")).await;
    assert_eq!((&data["AUTHENTICATOR"], &data["TOKEN"]), (&json!("OAUTH"), &json!("oauth-1")));
    assert_eq!(data["LOGIN_NAME"], json!("alice"));

    let data = body_of(&ProgrammaticAccessToken::new("pat-1")).await;
    assert_eq!(
        (&data["AUTHENTICATOR"], &data["TOKEN"]),
        (&json!("PROGRAMMATIC_ACCESS_TOKEN"), &json!("pat-1"))
    );
    assert!(data.get("LOGIN_NAME").is_none() && data.get("PASSWORD").is_none());

    let key = PrivateKey::from_file(crate::keys::path("rsa2048.p8"), None).unwrap();
    let data = body_of(&KeyPair::new("alice", key)).await;
    assert_eq!((&data["AUTHENTICATOR"], &data["LOGIN_NAME"]), (&json!("SNOWFLAKE_JWT"), &json!("alice")));
    assert_eq!(data["TOKEN"].as_str().unwrap().split('.').count(), 3);
    assert!(data.get("PASSWORD").is_none());
}

#[tokio::test]
async fn s18_names_and_passwords_arrive_byte_for_byte() {
    let long = "x".repeat(4096);
    for text in ["quote\" back\\slash", "line\nbreak\ttab", "ключ 🔑", "nul\0nul", long.as_str()] {
        let data = body_of(&snowflake_auth::Password::new(text, text)).await;
        assert_eq!((&data["LOGIN_NAME"], &data["PASSWORD"]), (&json!(text), &json!(text)));
    }
}

#[tokio::test]
async fn the_name_of_the_driver_is_a_choice() {
    let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(success(session()))));
    let transport: Arc<dyn Transport> = Arc::<Script>::clone(&script);
    let client = ClientId::new("Go", "1.19.0").with_user_agent("loader/3.1");
    let address = server(&script).address().clone();
    let server = Server::new(transport, address, ServerOptions::default().with_client(client));
    login(&server, &password(), &options()).await.unwrap();
    let seen = &script.requests()[0];
    assert_eq!(seen.header("user-agent"), Some("loader/3.1"));
    assert_eq!(seen.header("client_app_version"), Some("1.19.0"));
    assert_eq!(seen.json()["data"]["CLIENT_APP_ID"], json!("Go"));
    assert_eq!(seen.json()["data"]["CLIENT_ENVIRONMENT"]["APPLICATION"], json!("loader/3.1"));
}

/// R09: a refused login is never repeated, or the user would be locked out.
#[tokio::test(start_paused = true)]
async fn r09_a_refused_login_is_one_request() {
    let refusals = [
        Reply::status(401),
        Reply::status(403),
        failure("390100", "Incorrect username or password was specified."),
        failure("390144", "JWT token is invalid."),
        failure("394400", "Programmatic access token is invalid."),
    ];
    for reply in refusals {
        let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(reply)));
        let error = login(&server(&script), &password(), &options()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rejected);
        assert_eq!(error.recovery(), Recovery::Never);
        assert_eq!(script.requests().len(), 1);
        script.verify().unwrap();
    }
}

#[tokio::test]
async fn a_wrong_password_keeps_the_code_and_hides_the_password() {
    let reply = failure("390100", "Incorrect username or password was specified.");
    let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(reply)));
    let error = login(&server(&script), &password(), &options()).await.unwrap_err();
    assert_eq!(error.code(), Some(&ServerCode::new("390100")));
    let text = error.to_string();
    assert!(text.contains("390100") && text.contains("Incorrect username or password"), "{text}");
    assert!(!all_texts(&error).contains("correct horse"));
}

#[tokio::test]
async fn a_403_says_what_to_check() {
    let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(Reply::status(403))));
    let error = login(&server(&script), &password(), &options()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    assert!(error.to_string().contains("check the account name"), "{error}");
}

#[tokio::test]
async fn a_database_that_does_not_exist_is_not_the_users_fault() {
    let script =
        Arc::new(Script::new().expect(Expect::post(LOGIN).reply(failure("390201", "no such object"))));
    let error = login(&server(&script), &password(), &options()).await.unwrap_err();
    assert_eq!((error.kind(), error.recovery()), (ErrorKind::Server, Recovery::Never));
}

/// R29: the words of an overloaded server survive all retries.
#[tokio::test(start_paused = true)]
async fn r29_the_failure_inside_a_503_is_kept() {
    let body = json!({
        "success": false, "code": "000604", "message": "cancelled",
        "data": {"sqlState": "57014", "queryId": "01b2-7"}
    });
    let script = Arc::new(
        Script::new().expect(Expect::post(LOGIN).reply(Reply::json(&body).with_status(503)).any_times()),
    );
    let error = login(&server(&script), &password(), &options()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network);
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(error.code(), Some(&ServerCode::new("000604")));
    assert_eq!((error.sql_state(), error.query_id()), (Some("57014"), Some("01b2-7")));
    assert!(script.requests().len() > 1);
}

#[tokio::test(start_paused = true)]
async fn overloaded_servers_and_lost_answers_are_tried_again_with_new_ids() {
    let lost = Reply::fail(TransportErrorKind::Reset, Delivery::MaybeSent);
    let script = Script::new()
        .expect(Expect::post(LOGIN).reply(Reply::status(504)))
        .expect(Expect::post(LOGIN).reply(lost))
        .expect(Expect::post(LOGIN).reply(success(session())));
    let script = Arc::new(script);
    login(&server(&script), &password(), &options()).await.unwrap();
    let seen = script.requests();
    assert_ne!(seen[0].query("requestId"), seen[1].query("requestId"));
    assert_ne!(seen[1].query("request_guid"), seen[2].query("request_guid"));
}

#[tokio::test(start_paused = true)]
async fn a_400_is_not_tried_again() {
    let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(Reply::status(400))));
    let error = login(&server(&script), &password(), &options()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Network, Some(StatusCode::BAD_REQUEST)));
    assert_eq!(script.requests().len(), 1);
}

/// S12: a token that waited through an outage would have expired; so each attempt signs its own.
#[tokio::test(start_paused = true)]
async fn s12_every_attempt_signs_a_fresh_token() {
    let script = Script::new()
        .expect(Expect::post(LOGIN).reply(Reply::status(503).with_header("retry-after", "13")).times(2))
        .expect(Expect::post(LOGIN).reply(success(session())));
    let script = Arc::new(script);
    let clock = Arc::new(ManualClock::ticking(datetime!(2026-03-01 12:00 UTC)));
    let key = PrivateKey::from_file(crate::keys::path("rsa2048.p8"), None).unwrap();
    login(&server_with(&script, clock), &KeyPair::new("alice", key), &options()).await.unwrap();
    let start = datetime!(2026-03-01 12:00 UTC).unix_timestamp();
    let issued = |seen: &Seen| {
        let token = seen.json()["data"]["TOKEN"].as_str().unwrap().to_owned();
        crate::signing::claims(&token)["iat"].as_i64().unwrap()
    };
    let times: Vec<_> = script.requests().iter().map(issued).collect();
    assert_eq!(times, [start, start + 13, start + 26]);
}

/// Notes what it is asked and told.
#[derive(Debug, Default)]
struct Witness {
    asked: AtomicU32,
    outcome: std::sync::Mutex<Option<String>>,
}

impl CredentialProvider for Witness {
    fn credential<'a>(
        &'a self,
        context: &'a LoginContext,
        _: &'a dyn Transport,
    ) -> BoxFuture<'a, Result<Credential>> {
        assert_eq!(context.account, account());
        self.asked.store(context.attempt, Ordering::Relaxed);
        Box::pin(std::future::ready(Ok(Credential::password("witness", Secret::new("pw")))))
    }

    fn outcome<'a>(&'a self, outcome: &'a LoginOutcome) -> BoxFuture<'a, ()> {
        *self.outcome.lock().unwrap() = Some(format!("{outcome:?}"));
        Box::pin(std::future::ready(()))
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_is_asked_per_attempt_and_told_the_outcome() {
    let mut with_tokens = session();
    with_tokens["idToken"] = json!("id-token-1");
    let cases = [
        (success(with_tokens), "Accepted { id_token: Some(Secret(***)), mfa_token: None }"),
        (failure("390195", "no"), "Rejected { code: Some(ServerCode(390195"),
        (Reply::status(404), "Unanswered"),
    ];
    for (reply, expected) in cases {
        let script = Script::new()
            .expect(Expect::post(LOGIN).reply(Reply::status(500)))
            .expect(Expect::post(LOGIN).reply(reply));
        let witness = Witness::default();
        let _ = login(&server(&Arc::new(script)), &witness, &options()).await;
        assert_eq!(witness.asked.load(Ordering::Relaxed), 2);
        let told = witness.outcome.lock().unwrap().clone().unwrap();
        assert!(told.starts_with(expected), "{told}");
    }
}

#[tokio::test]
async fn what_is_missing_is_said_before_anything_is_sent() {
    let script = Arc::new(Script::new());
    let key = PrivateKey::from_file(crate::keys::path("rsa2048.p8"), None).unwrap();
    let providers: [&dyn CredentialProvider; 5] = [
        &snowflake_auth::Password::new("", "pw"),
        &snowflake_auth::Password::new("alice", ""),
        &AccessToken::new(" \n"),
        &KeyPair::new("", key.clone()),
        &KeyPair::new("alice", key).with_lifetime(std::time::Duration::from_secs(7200)),
    ];
    for provider in providers {
        let error = login(&server(&script), provider, &options()).await.unwrap_err();
        assert_eq!((error.kind(), error.was_sent()), (ErrorKind::Configuration, false));
    }
    assert!(script.requests().is_empty());
}
