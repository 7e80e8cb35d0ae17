//! What an audit keeps of statements, and what becomes of its entries.

use std::io::{self, Write};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use snowflake_query::{Pool, QueryBuilder};
use snowflake_sim::{Answer, StandIn, Table};

use super::{Audit, AuditEvent, AuditRecord, AuditStatements};
use crate::testing::{NOW, observed_pool};

fn service() -> StandIn {
    StandIn::new()
        .role("ANALYST")
        .warehouse("WH")
        .on_prefix("SELECT", Answer::rows(Table::new().number("A", 0).rows((0..3).map(|n| (n,)))))
        .on_prefix("INSERT", Answer::dml(2))
        .on_prefix("GRANT", Answer::error("003001", "42501", "Insufficient privileges on 'hunter3'"))
}

fn pool(audit: &Audit) -> Pool {
    observed_pool(&service(), Arc::new(audit.clone()))
}

/// The entries of an audit that keeps them here.
async fn entries(change: impl Fn(Audit) -> Audit, run: impl AsyncFn(&Pool)) -> Vec<AuditRecord> {
    let (audit, mut stream) = Audit::to_channel(100);
    let pool = pool(&change(audit.clone()));
    run(&pool).await;
    pool.close().await;
    drop((pool, audit));
    let mut all = Vec::new();
    while let Ok(Some(record)) = tokio::time::timeout(std::time::Duration::from_secs(1), stream.next()).await
    {
        all.push(record);
    }
    all
}

#[tokio::test(start_paused = true)]
async fn u01_an_entry_tells_who_ran_what_when_and_with_which_outcome() {
    let all = entries(
        |audit| audit,
        async |pool| {
            let query = QueryBuilder::new("select *\nfrom t where a = 'hunter2' and b = ?")
                .bind("hunter4")
                .tag("daily");
            pool.execute(query).await.unwrap();
            pool.execute("INSERT INTO t SELECT 1").await.unwrap();
            pool.execute("GRANT ROLE r TO USER u").await.unwrap_err();
        },
    )
    .await;
    let [select, insert, grant] = all.as_slice() else { panic!("{all:?}") };
    assert_eq!((select.event, select.submitted_at), (AuditEvent::Ended, NOW));
    assert_eq!((select.role.as_deref(), select.warehouse.as_deref()), (Some("ANALYST"), Some("WH")));
    assert_eq!(select.statement.as_deref(), Some("SELECT * FROM T WHERE A = <s> AND B = ?"));
    assert_eq!((select.verb.as_deref(), select.statement_type), (Some("SELECT"), Some("SELECT")));
    assert_eq!((select.tag.as_deref(), select.binds, select.rows), (Some("daily"), 1, Some(3)));
    assert_eq!((select.outcome, select.query_id.is_some()), (Some("success"), true));
    assert_eq!(select.fingerprint, crate::fingerprint("SELECT * FROM T WHERE a='x' AND b=?"));
    assert_eq!((insert.rows, insert.statement_type), (Some(2), Some("INSERT")));
    assert_eq!((grant.outcome, grant.error_code.as_deref()), (Some("failed"), Some("003001")));
    for record in &all {
        let json = serde_json::to_string(record).unwrap();
        assert!(!json.contains("hunter") && !json.contains('\n'), "{json}");
        assert!(!format!("{record:?}").contains("SELECT"), "{record:?}");
    }
    let json: Value = serde_json::to_value(select).unwrap();
    assert_eq!(json["submitted_at"], "2026-03-01T12:00:00Z");
    assert_eq!(json["user"], serde_json::to_value(&select.user).unwrap_or_default());
    assert!(json.get("error_code").is_none() && json.get("is_internal").is_none());
}

#[tokio::test(start_paused = true)]
async fn u02_what_is_kept_of_texts_is_chosen() {
    let sql = "SELECT 'hunter2' /* hunter3 */ FROM t";
    let run = async |pool: &Pool| drop(pool.execute(sql).await.unwrap());
    let kept = |keep| move |audit: Audit| audit.with_statements(keep);
    let none = entries(kept(AuditStatements::Fingerprint), run).await;
    assert_eq!(none[0].statement, None);
    let shape = entries(kept(AuditStatements::Shape), run).await;
    assert_eq!(shape[0].statement.as_deref(), Some("SELECT <s> FROM T"));
    let full = entries(kept(AuditStatements::Full), run).await;
    assert_eq!(full[0].statement.as_deref(), Some(sql));
    assert_eq!(none[0].fingerprint, full[0].fingerprint);
}

#[tokio::test(start_paused = true)]
async fn u02_submissions_our_own_statements_and_suspicions_are_told_where_asked() {
    let run = async |pool: &Pool| {
        let query = QueryBuilder::new("SELECT 1 FROM t WHERE a = 'x' OR 1=1").warehouse("other");
        drop(pool.execute(query).await.unwrap());
    };
    let plain = entries(|audit| audit, run).await;
    assert_eq!((plain.len(), plain[0].suspicions.len()), (1, 0));
    let all = entries(|audit| audit.with_submissions().with_internal().with_suspicions(), run).await;
    let seen: Vec<_> = all.iter().map(|it| (it.event, it.is_internal, it.verb.as_deref().unwrap())).collect();
    let (submitted, ended) = (AuditEvent::Submitted, AuditEvent::Ended);
    let expected = [
        (submitted, true, "USE"),
        (ended, true, "USE"),
        (submitted, false, "SELECT"),
        (ended, false, "SELECT"),
    ];
    assert_eq!(seen, expected);
    assert_eq!(all[3].suspicions, ["literal_instead_of_bind", "tautology"]);
    assert_eq!(all[2].request_id, all[3].request_id);
}

/// What is written, once the test lets it be.
#[derive(Clone)]
struct Output {
    bytes: Arc<Mutex<Vec<u8>>>,
    gate: Arc<Mutex<mpsc::Receiver<io::Result<()>>>>,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.gate.lock().unwrap().recv().unwrap_or(Ok(()))?;
        self.bytes.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn output() -> (Output, mpsc::Sender<io::Result<()>>) {
    let (open, gate) = mpsc::channel();
    (Output { bytes: Arc::default(), gate: Arc::new(Mutex::new(gate)) }, open)
}

impl Output {
    fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.bytes.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn u03_a_writer_that_stands_still_delays_no_statement_and_the_gap_is_told() {
    let (output, open) = output();
    let audit = Audit::to_writer(output.clone()).unwrap();
    let pool = pool(&audit);
    let statements = 8192 + 50;
    for _ in 0..statements {
        pool.execute("SELECT 1").await.unwrap();
    }
    let lost = audit.lost();
    // One may be in the writer's hands already.
    assert!(lost == 50 || lost == 49, "{lost}");
    drop(open);
    audit.flush().await;
    let lines = output.lines();
    assert_eq!(lines.iter().filter(|line| line["event"] == "lost").count(), 1);
    assert!(lines.iter().any(|line| line["event"] == "lost" && line["lost"] == lost));
    assert_eq!(lines.iter().filter(|line| line["event"] == "ended").count() as u64, statements - lost);
}

#[tokio::test]
async fn u03_a_writer_that_fails_loses_lines_and_no_statement() {
    let (output, open) = output();
    let audit = Audit::to_writer(output.clone()).unwrap();
    let pool = pool(&audit);
    open.send(Err(io::Error::other("the disk is full"))).unwrap();
    drop(open);
    pool.execute("SELECT 1").await.unwrap();
    audit.flush().await;
    assert_eq!(audit.lost(), 1);
    pool.execute("SELECT 2").await.unwrap();
    audit.flush().await;
    let events: Vec<Value> = output.lines().into_iter().map(|line| line["event"].clone()).collect();
    assert_eq!(events, ["lost", "ended"]);
}

#[tokio::test(start_paused = true)]
async fn u03_a_queue_that_nobody_reads_loses_the_newest_and_a_callback_none() {
    let (audit, mut stream) = Audit::to_channel(2);
    let channel = pool(&audit);
    let count = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&count);
    let callback = pool(&Audit::to_callback(move |_| *counter.lock().unwrap() += 1));
    for pool in [&channel, &callback] {
        for _ in 0..5 {
            pool.execute("SELECT 1").await.unwrap();
        }
    }
    assert_eq!((audit.lost(), *count.lock().unwrap()), (3, 5));
    assert!(stream.next().await.is_some());
    channel.execute("SELECT 1").await.unwrap();
    assert_eq!(audit.lost(), 3);
}

#[test]
fn u04_nothing_of_a_literal_stays_in_a_shape() {
    use super::statement::Kept;
    let shape = |sql: &str| Kept::of(sql, AuditStatements::Shape);
    for sql in [
        "CREATE USER u PASSWORD = 'hunter2'",
        "SELECT $$hunter2$$, 'it''s hunter2', 'a\\'hunter2'",
        "SELECT 'hunter2",
        "SELECT 1 -- hunter2",
        "COPY INTO t FROM 's3://b/?hunter2' CREDENTIALS = (AWS_SECRET_KEY = 'hunter2')",
        "GET https://host/file?sig=hunter2 x",
    ] {
        let kept = shape(sql);
        assert!(!kept.statement.unwrap().contains("hunter2"), "{sql}");
    }
    let long = format!("SELECT {}", "a,".repeat(1024 * 1024));
    let kept = shape(&long);
    assert!(kept.is_cut && kept.statement.unwrap().len() <= 16 * 1024);
    let wide = format!("SELECT '{}'", "ä".repeat(1024 * 1024));
    assert!(shape(&wide).is_cut);
    assert_eq!(shape("hunter2 x").verb, None);
    assert_eq!(shape("( with t as (select 1) select 2)").verb.as_deref(), Some("WITH"));
}
