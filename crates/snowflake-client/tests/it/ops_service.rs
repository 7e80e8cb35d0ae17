//! The program `snowflake-ops` and the service on a client, against the embedded server over real sockets.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use snowflake_client::sim::SimServer;

use crate::support::{PASSWORD, USER, server};

/// How long something may take that has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program with the settings of a client of this server.
fn program(server: &SimServer) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_snowflake-ops"));
    command
        .env_clear()
        .env("SNOWFLAKE_ACCOUNT", server.account())
        .env("SNOWFLAKE_HOST", server.host())
        .env("SNOWFLAKE_PORT", server.port().to_string())
        .env("SNOWFLAKE_PROTOCOL", "http")
        .env("SNOWFLAKE_USER", USER)
        .env("SNOWFLAKE_PASSWORD", PASSWORD)
        .env("SNOWFLAKE_WAREHOUSE", "WH")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A running `snowflake-ops serve`, which is killed with the test.
struct Serving {
    child: Child,
    http: SocketAddr,
    metrics: SocketAddr,
    log: BufReader<std::process::ChildStderr>,
}

impl Serving {
    fn start(server: &SimServer, arguments: &[&str]) -> Self {
        let mut command = program(server);
        command.args(["serve", "--bind", "127.0.0.1", "--http-port", "0", "--metrics-port", "0"]);
        command.args(["--log-format", "json"]).args(arguments);
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("the service listens") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the program ended: {:?}", child.wait());
        }
        let line: Value = serde_json::from_str(&line).unwrap();
        let address = |name: &str| line[name].as_str().unwrap().parse().unwrap();
        Self { http: address("http"), metrics: address("metrics"), child, log }
    }

    /// Asks until the answer has this status.
    fn wait_for(&self, path: &str, status: u16) -> String {
        let begun = Instant::now();
        loop {
            let (found, body) = get(self.http, path);
            if found == status {
                return body;
            }
            assert!(begun.elapsed() < PATIENCE, "{path} answers {found}: {body}");
        }
    }

    /// Asks for the figures until there is a line like this one.
    fn figures_with(&self, line: &str) -> String {
        let begun = Instant::now();
        loop {
            let (status, page) = get(self.metrics, "/metrics");
            assert_eq!(status, 200);
            assert!(
                begun.elapsed() < PATIENCE,
                "{line} is not in\n{page}{}",
                get(self.http, "/health/collectors").1
            );
            if page.lines().any(|found| found == line) {
                return page;
            }
        }
    }

    /// Ends it as systemd and Kubernetes do, and gives what it logged last.
    fn terminate(mut self) -> (std::process::ExitStatus, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap(), rest)
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It has ended already where the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: service\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

/// A collector of traces that takes one batch: the request as it came.
fn take_one(listener: &TcpListener) -> Vec<u8> {
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (mut request, mut buffer) = (Vec::new(), [0; 16 << 10]);
    let length = loop {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "the exporter hung up");
        request.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            break head.len() + 4 + length.unwrap_or(0_usize);
        }
    };
    while request.len() < length {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "the exporter hung up");
        request.extend_from_slice(&buffer[..read]);
    }
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    request
}

fn text(output: &Output) -> (String, String) {
    let read = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (read(&output.stdout), read(&output.stderr))
}

/// Runs blocking work beside the server.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// A file with options for quick tests.
fn options() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"health_age = '50ms'\ngrace = '2s'\n").unwrap();
    file
}

#[tokio::test(flavor = "multi_thread")]
async fn o01_the_service_is_ready_while_snowflake_is_and_ends_in_good_order() {
    let sim = server().start().await.unwrap();
    let port = sim.port();
    let file = options();
    let path = file.path().to_str().unwrap().to_owned();
    let (serving, sim) = beside(move || (Serving::start(&sim, &["--config", &path]), sim)).await;

    let serving = beside(move || {
        assert_eq!(get(serving.http, "/health").0, 200);
        let ready = serving.wait_for("/health/snowflake", 200);
        assert!(ready.contains("\"ready\""), "{ready}");
        let page = serving.figures_with("snowflake_up 1");
        for name in
            ["snowflake_build_info", "snowflake_query_duration_seconds_bucket", "snowflake_pool_sessions"]
        {
            assert!(page.contains(name), "{name} is not in\n{page}");
        }
        serving
    })
    .await;

    sim.shutdown().await;
    let serving = beside(move || {
        let unready = serving.wait_for("/health/snowflake", 503);
        assert!(unready.contains("reason") && !unready.contains(PASSWORD), "{unready}");
        assert_eq!(get(serving.http, "/health").0, 200, "the process is alive all the same");
        serving.figures_with("snowflake_up 0");
        serving
    })
    .await;

    let sim = server().port(port).start().await.unwrap();
    let (status, log) = beside(move || {
        serving.wait_for("/health/snowflake", 200);
        serving.terminate()
    })
    .await;
    assert!(status.success(), "{status}: {log}");
    assert!(log.contains("the service has ended"), "{log}");
    assert!(!log.contains(PASSWORD), "{log}");
    assert_eq!(sim.ledger().open_sessions, 0, "every session was logged out");
}

#[tokio::test(flavor = "multi_thread")]
async fn o02_the_service_starts_before_snowflake_does() {
    let sim = server().start().await.unwrap();
    let port = sim.port();
    let file = options();
    let path = file.path().to_str().unwrap().to_owned();
    let serving = beside(move || {
        let command = Serving::start;
        let server = sim;
        let handle = tokio::runtime::Handle::current();
        let host = (server.host(), server.port());
        let serving = command(&server, &["--config", &path]);
        assert_eq!(host.1, port);
        handle.block_on(server.shutdown());
        serving.wait_for("/health/snowflake", 503);
        serving
    })
    .await;
    let _sim = server().port(port).start().await.unwrap();
    beside(move || serving.wait_for("/health/snowflake", 200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn collectors_show_the_account() {
    let sim = server().start().await.unwrap();
    let serving = beside(move || (Serving::start(&sim, &[]), sim)).await;
    let (serving, _sim) = serving;
    beside(move || {
        let page = serving.figures_with("snowflake_collector_up{collector=\"warehouses\"} 1");
        assert!(page.contains("snowflake_warehouse_queued_queries{warehouse=\"WH\"} 0\n"), "{page}");
        let known = ["credits", "load", "storage", "tables", "logins", "tasks", "queries", "loads"];
        for collector in known {
            serving.figures_with(&format!("snowflake_collector_up{{collector=\"{collector}\"}} 1"));
        }
        let page = serving.figures_with("snowflake_collector_interval_seconds{collector=\"credits\"} 3600");
        assert!(page.contains("snowflake_account_queries{warehouse="), "{page}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn o10_a_check_tells_what_works_and_what_to_do() {
    let sim = server().start().await.unwrap();
    let (output, sim) = beside(move || (program(&sim).arg("check").output().unwrap(), sim)).await;
    let (stdout, stderr) = text(&output);
    assert!(output.status.success(), "{stdout}{stderr}");
    for step in ["configuration", "name", "reach", "login", "warehouse", "clock", "compute"] {
        let line = stdout.lines().find(|line| line.split_whitespace().nth(1) == Some(step));
        assert!(line.is_some_and(|line| line.starts_with("ok")), "{step}: {stdout}");
    }

    let (output, sim) = beside(move || {
        let output =
            program(&sim).args(["check", "--json"]).env("SNOWFLAKE_PASSWORD", "wrong-canary").output();
        (output.unwrap(), sim)
    })
    .await;
    let (stdout, stderr) = text(&output);
    assert_eq!(output.status.code(), Some(1), "{stdout}{stderr}");
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let login = report["steps"].as_array().unwrap().iter().find(|step| step["step"] == "login").unwrap();
    assert_eq!(login["verdict"], "failed");
    assert!(login["advice"].as_str().is_some_and(|advice| !advice.is_empty()));
    assert!(!format!("{stdout}{stderr}").contains("canary"), "{stdout}{stderr}");

    let nobody =
        beside(move || program(&sim).arg("check").env_remove("SNOWFLAKE_ACCOUNT").output().unwrap()).await;
    let (stdout, _) = text(&nobody);
    assert_eq!(nobody.status.code(), Some(1));
    assert!(stdout.contains("SNOWFLAKE_ACCOUNT"), "{stdout}");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_settings_end_the_program_with_two() {
    let sim = server().start().await.unwrap();
    let (outputs, _sim) = beside(move || {
        let missing = program(&sim).arg("serve").env_remove("SNOWFLAKE_ACCOUNT").output().unwrap();
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"[collectors.credit]\nenabled = false\n").unwrap();
        let unknown = program(&sim).args(["serve", "--config"]).arg(file.path()).output().unwrap();
        let version = program(&sim).arg("--version").output().unwrap();
        ([missing, unknown, version], sim)
    })
    .await;
    let [missing, unknown, version] = &outputs;
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(missing).1.contains("SNOWFLAKE_ACCOUNT"), "{missing:?}");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(unknown).1.contains("credits"), "{unknown:?}");
    assert_eq!(text(version).0, format!("snowflake-ops {}\n", env!("CARGO_PKG_VERSION")));
}

#[tokio::test(flavor = "multi_thread")]
async fn top_shows_warehouses_and_running_statements_once() {
    let sim = server().start().await.unwrap();
    let (output, _sim) = beside(move || (program(&sim).args(["top", "--once"]).output().unwrap(), sim)).await;
    let (stdout, stderr) = text(&output);
    assert!(output.status.success(), "{stdout}{stderr}");
    let line = stdout.lines().find(|line| line.starts_with("WH ")).unwrap_or_default();
    assert!(line.contains("X-Small"), "{stdout}");
    assert!(stdout.contains("QUERY ID") && !stdout.contains('\u{1b}'), "{stdout}");
}

#[cfg(feature = "otlp")]
#[tokio::test(flavor = "multi_thread")]
async fn o12_statements_reach_a_collector_of_traces_without_their_text() {
    let sim = server().start().await.unwrap();
    let request = beside(move || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let mut command = program(&sim);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint).args(["top", "--once"]);
        let child = command.spawn().unwrap();
        let request = take_one(&listener);
        drop(child.wait_with_output().unwrap());
        request
    })
    .await;
    let holds = |wanted: &str| request.windows(wanted.len()).any(|window| window == wanted.as_bytes());
    assert!(request.starts_with(b"POST /v1/traces HTTP/1.1"));
    for wanted in ["snowflake-ops", "db.operation.name", "SHOW"] {
        assert!(holds(wanted), "{wanted} was not sent");
    }
    assert!(!holds(PASSWORD) && !holds("INFORMATION_SCHEMA.QUERY_HISTORY"), "no text of a statement");
}
