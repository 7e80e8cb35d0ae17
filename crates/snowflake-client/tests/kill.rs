//! A loading process that is killed at any point, and run again, loads every row exactly once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use snowflake_client::sim::socket::{Gate, Traffic};
use snowflake_client::sim::{SeededEntropy, SimServer, StageEncryption, StageOptions, StageShape};
use snowflake_client::transport::Entropy as _;
use snowflake_client::{CopyIntoRequest, FileFormat, Protocol, SnowflakeClient};

const ROWS: u64 = 500;
const BATCHES: u64 = 20;
const KILLS_PER_BATCH: u64 = 5;

const TABLE: &str = "
    CREATE TABLE flights (
        year INT, month INT, day INT, dep_time INT, sched_dep_time INT, dep_delay INT, arr_time INT,
        sched_arr_time INT, arr_delay INT, carrier VARCHAR(2), flight INT, tailnum VARCHAR(6),
        origin VARCHAR(3), dest VARCHAR(3), air_time INT, distance INT, hour INT, minute INT,
        time_hour TIMESTAMP_NTZ
    )";

/// The service, a gate before it that counts what passes, and a client that looks at the outcome.
struct Scene {
    server: SimServer,
    gate: Gate,
    client: SnowflakeClient,
    folder: tempfile::TempDir,
    random: SeededEntropy,
}

impl Scene {
    async fn new(stages: StageOptions) -> Self {
        let server =
            SimServer::builder().user("me", "secret").database("DB").stages(stages).start().await.unwrap();
        let client = SnowflakeClient::builder()
            .account(server.account())
            .host(server.host())
            .port(server.port())
            .protocol(Protocol::Http)
            .user("me")
            .password("secret")
            .database("DB")
            .schema("PUBLIC")
            .build()
            .await
            .unwrap();
        client.execute(TABLE).await.unwrap();
        client.execute("CREATE STAGE landing").await.unwrap();
        let gate = Gate::open(format!("{}:{}", server.host(), server.port())).await.unwrap();
        let random = SeededEntropy::new(9);
        Self { server, gate, client, folder: tempfile::tempdir().unwrap(), random }
    }

    /// A file of flights whose numbers no other batch has.
    fn file(&self, batch: u64) -> PathBuf {
        let path = self.folder.path().join(format!("batch_{batch}.csv"));
        let mut text = String::from("header\n");
        for row in 0..ROWS {
            let number = batch * ROWS + row;
            text.push_str(&format!(
                "2013,1,1,517,515,2,830,819,11,UA,{number},N14228,EWR,IAH,NA,1400,5,15,2013-01-01T10:00:00Z\n"
            ));
        }
        fs::write(&path, text).unwrap();
        path
    }

    /// A process that loads the file, through the gate.
    fn command(&self, mode: &str, batch: u64, file: &Path) -> Command {
        let address = self.gate.address();
        let mut command = Command::new(program());
        command
            .args(["--host", &address.ip().to_string(), "--port", &address.port().to_string()])
            .args(["--protocol", "http", "--user", "me", "--password", "secret", "--database", "DB"])
            .args(["--account", self.server.account(), "--schema", "PUBLIC", "--stage", "@landing"])
            .args(["--mode", mode, "--batch", &format!("b{batch}"), "--file"])
            .arg(file)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Kills a process once that many bytes have passed the gate, if it lives so long.
    async fn kill_after(&self, bytes: u64, command: &mut Command) {
        let before = self.gate.traffic();
        let mut child: Child = command.spawn().unwrap();
        let goal = passed(&before) + bytes;
        self.gate
            .until(|now| passed(now) >= goal || (now.answer_bytes > before.answer_bytes && now.open == 0))
            .await;
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Runs a process to its end, and tells how many bytes it sent and received.
    async fn finish(&self, mut command: Command) -> u64 {
        let before = passed(&self.gate.traffic());
        // The server runs on this thread's runtime: it must not wait for the process.
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.gate.until(|now| now.open == 0).await;
        passed(&self.gate.traffic()) - before
    }

    /// How many rows the table has, and how many different ones.
    async fn count(&self) -> (u64, u64) {
        let result =
            self.client.execute("SELECT COUNT(*), COUNT(DISTINCT flight) FROM flights").await.unwrap();
        let row = result.rows.row(0).unwrap();
        (row.get(0).unwrap(), row.get(1).unwrap())
    }
}

fn passed(traffic: &Traffic) -> u64 {
    traffic.request_bytes + traffic.answer_bytes
}

/// The example that loads, where cargo puts it.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples/load");
    assert!(program.is_file(), "not built: `cargo build --examples` does");
    program
}

async fn bulk_batches(stages: StageOptions) {
    let scene = Scene::new(stages).await;
    let mut whole = 20_000;
    for batch in 0..BATCHES {
        let file = scene.file(batch);
        for _ in 0..KILLS_PER_BATCH {
            let bytes = scene.random.u64() % whole;
            scene.kill_after(bytes, &mut scene.command("bulk", batch, &file)).await;
        }
        let last = scene.finish(scene.command("bulk", batch, &file)).await;
        whole = whole.max(last);
        let all = (batch + 1) * ROWS;
        assert_eq!(scene.count().await, (all, all), "after batch {batch}");
    }
    // A note of every finished batch, and no rows.
    let left = scene.client.list_stage("@~", None).await.unwrap();
    assert!(left.iter().all(|file| file.name.contains("/loaded-")), "{left:?}");
    assert_eq!(left.len() as u64, BATCHES, "{left:?}");
}

async fn put_files(stages: StageOptions) {
    let scene = Scene::new(stages).await;
    let mut whole = 10_000;
    for batch in 0..BATCHES {
        let file = scene.file(batch);
        for _ in 0..KILLS_PER_BATCH {
            let bytes = scene.random.u64() % whole;
            scene.kill_after(bytes, &mut scene.command("put", batch, &file)).await;
        }
        whole = whole.max(scene.finish(scene.command("put", batch, &file)).await);
        let request = CopyIntoRequest {
            target_table: "FLIGHTS".to_owned(),
            stage: "@LANDING".to_owned(),
            file_format: FileFormat { skip_header: 1, null_if: vec!["NA".to_owned()], ..Default::default() },
            ..Default::default()
        };
        scene.client.copy_into(request).await.unwrap();
        let all = (batch + 1) * ROWS;
        assert_eq!(scene.count().await, (all, all), "after file {batch}");
    }
    let staged = scene.client.list_stage("@landing", None).await.unwrap();
    assert_eq!(staged.len() as u64, BATCHES, "{staged:?}");
}

fn encrypted_store() -> StageOptions {
    StageOptions::new(StageShape::S3).with_encryption(StageEncryption::Aes256)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_bulk_inserts_killed_a_hundred_times_load_each_row_once() {
    bulk_batches(encrypted_store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_uploads_killed_a_hundred_times_load_each_row_once() {
    put_files(encrypted_store()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f09_uploads_to_folders_killed_a_hundred_times_load_each_row_once() {
    put_files(StageShape::Folder.into()).await;
}
