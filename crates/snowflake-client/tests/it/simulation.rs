//! Recording against a server and replaying without one.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use snowflake_client::sim::{RecordOptions, Recording, RecordingErrorKind, SimServer, Tap};
use snowflake_client::transport::{HttpTransport, TransportOptions};
use snowflake_client::{
    Authentication, ErrorKind, PutOptions, QueryBuilder, SimulationMode, SimulationReplayer, SnowflakeClient,
    SnowflakeConfig, SnowflakeError,
};

use crate::support;

/// The settings of a client of this server.
fn config(server: &SimServer) -> SnowflakeConfig {
    SnowflakeConfig {
        account: server.account().to_owned(),
        user: Some(support::USER.to_owned()),
        authentication: Some(Authentication::Password(support::PASSWORD.into())),
        host: Some(server.host()),
        port: Some(server.port()),
        protocol: snowflake_client::Protocol::Http,
        pool_min: 1,
        ..SnowflakeConfig::default()
    }
}

fn file(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("recordings.json")
}

/// An error with all its causes.
fn chain(error: &SnowflakeError) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(&format!("\n{cause}"));
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn test_record_and_test_replay() -> Result<(), Box<dyn std::error::Error>> {
    let server = support::server().start().await?;
    let (config, folder) = (config(&server), tempfile::tempdir()?);
    let path = file(&folder);

    // Record mode
    let config = SnowflakeConfig { simulation_mode: SimulationMode::Record, ..config };
    let client = SnowflakeClient::new(config.clone()).await?;

    // Execute queries (automatically recorded)
    client.execute(QueryBuilder::new("SELECT 1").build()).await?;

    // Save recordings
    client.simulation().save(&path).await?;
    assert_eq!(client.simulation().mode(), SimulationMode::Record);
    client.close().await;
    server.shutdown().await;

    // Replay mode
    let config = SnowflakeConfig { simulation_mode: SimulationMode::Replay, ..config };
    let replayer = SimulationReplayer::load(&path)?;
    let client = SnowflakeClient::with_simulation(config, replayer);

    // Same queries return recorded results (no Snowflake connection)
    let result = client.execute(QueryBuilder::new("SELECT 1").build()).await?;
    assert_eq!(result.rows.row(0).unwrap().get::<i64>(0)?, 1);
    assert_eq!(client.simulation().mode(), SimulationMode::Replay);
    assert!(client.simulation().unused().is_empty());
    client.close().await;
    Ok(())
}

/// What the kept recording was made of; `UPDATE_GOLDEN=1` makes it again.
async fn tour(client: &SnowflakeClient) -> Result<Vec<String>, SnowflakeError> {
    let mut seen = Vec::new();
    let one = client.execute("SELECT 1").await?;
    seen.push(format!("{}", one.rows.row(0).unwrap().get::<i64>(0)?));
    client.execute("CREATE OR REPLACE TABLE people (id INT, name VARCHAR, born DATE)").await?;
    let inserted = client
        .execute(QueryBuilder::new("INSERT INTO people VALUES (?, ?, '1815-12-10')").bind(1).bind("Ada"))
        .await?;
    seen.push(format!("{:?}", inserted.rows_affected()));
    let mut rows = client.execute_stream("SELECT name, born, id / 3 AS third FROM people").await?;
    while let Some(row) = rows.next().await {
        let row = row?;
        let (name, born) = (row.get::<String>("NAME")?, row.get::<String>("BORN")?);
        seen.push(format!("{name} {born} {}", row.get::<String>("THIRD")?));
    }
    let many = client
        .execute("SELECT SEQ4() AS n, 'row ' || SEQ4() AS t FROM TABLE(GENERATOR(ROWCOUNT => 50))")
        .await?;
    seen.push(format!("{} rows, last {}", many.rows.len(), many.rows.row(49).unwrap().get::<String>("T")?));
    let error = client.execute("SELECT nothing FROM nowhere").await.unwrap_err();
    seen.push(format!("{:?} {:?}", error.kind(), error.code().map(ToString::to_string)));
    Ok(seen)
}

#[tokio::test]
async fn a_recording_that_is_kept_gives_what_it_gave() {
    let kept = support::fixture("recordings/quickstart.json");
    let server = support::server().chunk_rows(20).start().await.unwrap();
    let recording =
        SnowflakeConfig { simulation_mode: SimulationMode::Record, pool_max: 1, ..config(&server) };
    let client = SnowflakeClient::new(recording).await.unwrap();
    let live = tour(&client).await.unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        client.simulation().save(&kept).await.unwrap();
    }
    client.close().await;

    let replayer = SimulationReplayer::load(&kept).unwrap();
    let client = SnowflakeClient::with_simulation(SnowflakeConfig::default(), replayer);
    assert_eq!(tour(&client).await.unwrap(), live);
    assert!(client.simulation().unused().is_empty());
    Recording::load(&kept).unwrap().verify().unwrap();
}

#[tokio::test]
async fn the_environment_chooses_what_is_recorded_and_replayed() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let server = support::server().start().await.unwrap();
    let variables = |mode: &str| {
        vec![
            ("SNOWFLAKE_SIMULATION_MODE", mode.to_owned()),
            ("SNOWFLAKE_SIMULATION_FILE", path.to_str().unwrap().to_owned()),
        ]
    };
    let mut recorded = variables("record");
    recorded.extend([
        ("SNOWFLAKE_ACCOUNT", server.account().to_owned()),
        ("SNOWFLAKE_USER", support::USER.to_owned()),
        ("SNOWFLAKE_PASSWORD", support::PASSWORD.to_owned()),
        ("SNOWFLAKE_HOST", server.host()),
        ("SNOWFLAKE_PORT", server.port().to_string()),
        ("SNOWFLAKE_PROTOCOL", "http".to_owned()),
    ]);
    let client = SnowflakeClient::new(SnowflakeConfig::from_variables(recorded).unwrap()).await.unwrap();
    client.execute("SELECT 40 + 2").await.unwrap();
    assert!(!path.exists(), "it is written when the client is closed");
    client.close().await;
    server.shutdown().await;

    let config = SnowflakeConfig::from_variables(variables("replay")).unwrap();
    let client = SnowflakeClient::new(config).await.unwrap();
    assert_eq!(client.execute("select 40+2").await.unwrap().rows.row(0).unwrap().get::<i64>(0).unwrap(), 42);
    let error = client.simulation().save(&path).await.unwrap_err();
    assert!(error.to_string().contains("SimulationMode::Record"), "{error}");
}

#[tokio::test]
async fn what_was_never_recorded_names_the_nearest_statement_and_the_difference() {
    let replayer = SimulationReplayer::load(support::fixture("recordings/quickstart.json")).unwrap();
    let client = SnowflakeClient::with_simulation(SnowflakeConfig::default(), replayer);
    let error = client.execute("SELECT name, born, id / 4 AS third FROM people").await.unwrap_err();
    let text = chain(&error);
    assert!(text.contains("ID / 4 AS THIRD") && text.contains("the nearest that it has is"), "{text}");
    assert!(text.contains("`4`, recorded is `3`"), "{text}");
    assert!(!error.is_retryable(), "{text}");
    // The client is none the worse for it.
    assert_eq!(client.execute("SELECT 1").await.unwrap().rows.len(), 1);
}

#[tokio::test]
async fn only_what_is_missing_is_asked_of_the_server() {
    let server = support::server().start().await.unwrap();
    let replayer = SimulationReplayer::load(support::fixture("recordings/quickstart.json")).unwrap();
    let config = SnowflakeConfig { simulation_mode: SimulationMode::Record, ..config(&server) };
    let client = SnowflakeClient::with_simulation(config, replayer);
    client.execute("SELECT 1").await.unwrap();
    client.execute("SELECT 'new'").await.unwrap();
    let texts: Vec<String> =
        server.ledger().statements.values().map(|statement| statement.text.clone()).collect();
    assert_eq!(texts, ["SELECT 'new'"], "what the recording has does not reach the server");
    let both = client.simulation().recording().unwrap();
    let sql: Vec<&str> = both.statements().map(|statement| statement.sql.as_str()).collect();
    assert!(sql.contains(&"SELECT 1") && sql.contains(&"SELECT 'new'"), "{sql:?}");
}

#[tokio::test]
async fn an_upload_is_replayed_without_its_stage() {
    let folder = tempfile::tempdir().unwrap();
    let (path, source) = (file(&folder), folder.path().join("data.csv"));
    std::fs::write(&source, "1,a\n2,b\n").unwrap();
    let program = async |client: &SnowflakeClient| {
        client.execute("CREATE OR REPLACE STAGE s").await.unwrap();
        client.put_file(&source, "@s", PutOptions::default()).await.unwrap()
    };
    let server = support::server().start().await.unwrap();
    let config = SnowflakeConfig { simulation_mode: SimulationMode::Record, ..config(&server) };
    let client = SnowflakeClient::new(config).await.unwrap();
    let live = program(&client).await;
    client.simulation().save(&path).await.unwrap();
    client.close().await;
    server.shutdown().await;
    let replayer = SimulationReplayer::load(&path).unwrap();
    let client = SnowflakeClient::with_simulation(SnowflakeConfig::default(), replayer);
    assert_eq!(program(&client).await, live);
}

#[tokio::test]
async fn g01_no_secret_gets_into_a_recording() {
    const PASSWORD: &str = "canary-8c41-password";
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("data.csv");
    std::fs::write(&source, "1\n").unwrap();
    let public = std::fs::read_to_string(support::fixture("keys/rsa2048.pub.pem")).unwrap();
    let server = support::server()
        .user("ann", PASSWORD)
        .key("bob", public)
        .oauth_token("cat", "canary-8c41-oauth")
        .access_token("dan", "canary-8c41-pat")
        .chunk_rows(10)
        .start()
        .await
        .unwrap();
    let logins = [
        ("ann", Authentication::Password(PASSWORD.into())),
        (
            "bob",
            Authentication::KeyPairFile {
                path: support::fixture("keys/rsa2048.aes256.p8"),
                passphrase: Some("correct-horse".into()),
            },
        ),
        ("cat", Authentication::OAuthToken("canary-8c41-oauth".into())),
        ("dan", Authentication::ProgrammaticAccessToken("canary-8c41-pat".into())),
    ];
    for (user, authentication) in logins {
        let tap = Arc::new(Tap::new(HttpTransport::new(TransportOptions::default()).unwrap()));
        let config = SnowflakeConfig {
            simulation_mode: SimulationMode::Record,
            user: Some(user.to_owned()),
            authentication: Some(authentication),
            transport: Some(Arc::<Tap<_>>::clone(&tap)),
            ..config(&server)
        };
        let client = SnowflakeClient::new(config).await.unwrap();
        client.execute("SELECT SEQ4() FROM TABLE(GENERATOR(ROWCOUNT => 100))").await.unwrap();
        server.expire_sessions();
        client.execute("CREATE OR REPLACE STAGE canaries").await.unwrap();
        client.put_file(&source, "@canaries", PutOptions::default()).await.unwrap();
        client.execute_async("SELECT 'in the background'").await.unwrap().wait().await.unwrap();
        let recording = client.simulation().recording().unwrap();
        recording.verify().unwrap();
        let text = recording.to_json();
        assert!(text.contains("GENERATOR"), "something was recorded");
        let watched = tap.canaries();
        assert!(watched.len() >= 3, "the tokens of the login and of the renewal are watched");
        for secret in ["canary-8c41", "correct-horse", "eyJ", "ver:"] {
            assert!(!text.contains(secret), "{user}: {secret} is in the recording");
        }
        for canary in watched {
            assert!(!canary.is_in(text.as_bytes()), "{user}: the {} is in the recording", canary.name());
        }
        client.close().await;
    }
}

#[tokio::test]
async fn recordings_that_cannot_be_used_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let refusal = |text: &str| {
        std::fs::write(&path, text).unwrap();
        SimulationReplayer::load(&path).unwrap_err()
    };
    let newer = refusal(r#"{ "snowflake_recording": 2 }"#);
    assert_eq!(newer.kind(), RecordingErrorKind::NewerVersion);
    let whole = std::fs::read_to_string(support::fixture("recordings/quickstart.json")).unwrap();
    let cut = refusal(&whole[..whole.len() / 2]);
    assert_eq!(cut.kind(), RecordingErrorKind::Truncated, "{cut}");
    let missing = SimulationReplayer::load(Path::new("/nowhere/at/all.json")).unwrap_err();
    assert_eq!(missing.kind(), RecordingErrorKind::Unreadable);
    assert!(missing.to_string().contains("/nowhere/at/all.json"));

    let config = SnowflakeConfig { simulation_mode: SimulationMode::Replay, ..SnowflakeConfig::default() };
    let error = SnowflakeClient::new(config.clone()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("SNOWFLAKE_SIMULATION_FILE"), "{error}");
    let config = SnowflakeConfig { simulation_file: Some("/nowhere/at/all.json".into()), ..config };
    assert_eq!(SnowflakeClient::new(config).await.unwrap_err().kind(), ErrorKind::Io);

    // What the constructor cannot say, the first call does.
    let replayer = SimulationReplayer::load(support::fixture("recordings/quickstart.json")).unwrap();
    let config = SnowflakeConfig { account: "../x".to_owned(), ..SnowflakeConfig::default() };
    let error = SnowflakeClient::with_simulation(config, replayer).execute("SELECT 1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("account"), "{error}");
}

#[tokio::test]
async fn values_are_rewritten_before_they_are_kept() {
    let server = support::server().start().await.unwrap();
    let record = RecordOptions::default().with_filter(|column, value| {
        if column == "EMAIL" && value.is_some() {
            *value = Some("someone@example.com".to_owned());
        }
    });
    let config = SnowflakeConfig { simulation_mode: SimulationMode::Record, record, ..config(&server) };
    let client = SnowflakeClient::new(config).await.unwrap();
    let live = client.execute("SELECT 'ada@lovelace.org' AS email, 7 AS n").await.unwrap();
    assert_eq!(live.rows.row(0).unwrap().get::<String>("email").unwrap(), "ada@lovelace.org");
    let recording = client.simulation().recording().unwrap();
    client.close().await;
    // The statement itself is another matter: literals are masked by another option.
    let rows = recording.to_json().replace("SELECT 'ada@lovelace.org'", "");
    assert!(!rows.contains("ada@lovelace.org") && rows.contains("someone@example.com"), "{rows}");
    let client =
        SnowflakeClient::with_simulation(SnowflakeConfig::default(), SimulationReplayer::new(recording));
    let replayed = client.execute("SELECT 'ada@lovelace.org' AS email, 7 AS n").await.unwrap();
    assert_eq!(replayed.rows.row(0).unwrap().get::<String>("email").unwrap(), "someone@example.com");
    assert_eq!(replayed.rows.row(0).unwrap().get::<i64>("n").unwrap(), 7);
}
