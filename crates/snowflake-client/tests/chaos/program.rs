//! The program under test: it does its tasks and says afterwards what it believes to have happened.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::Poll;
use std::time::Duration;

use snowflake_client::sim::Claims;
use snowflake_client::{ErrorKind, QueryBuilder, QueryResult, Row, SnowflakeClient, SnowflakeError};

use crate::workload::{Task, expected};

/// How one task ended, as far as the audit does not judge it.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    pub(crate) task: Task,
    pub(crate) error: Option<ErrorKind>,
    /// Rows that were not those of the result: never right, whatever the faults were.
    pub(crate) wrong: Vec<String>,
}

/// The longest time for one statement.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);
/// The longest time for one task: it waits for its turn on the pool, and has up to four statements.
const TASK_LIMIT: Duration = Duration::from_secs(8 * 120);
/// Rows that every INSERT of these programs changes.
const INSERTED: u64 = 3;

/// Does everything at once, as far as the pool allows, and notes what it believes.
pub(crate) async fn run(client: &SnowflakeClient, tasks: &[Task], claims: &Claims) -> Vec<Ending> {
    let done = tasks.iter().map(|&task| async move {
        let deadline = claims.within(format!("{task:?}"), TASK_LIMIT);
        let program = Program { client, claims, wrong: Mutex::default() };
        let error = Box::pin(program.perform(task)).await.err().map(|error| error.kind());
        deadline.met();
        Ending { task, error, wrong: program.wrong.into_inner().unwrap() }
    });
    futures::future::join_all(done).await
}

struct Program<'a> {
    client: &'a SnowflakeClient,
    claims: &'a Claims,
    wrong: Mutex<Vec<String>>,
}

impl Program<'_> {
    async fn perform(&self, task: Task) -> Result<(), SnowflakeError> {
        match task {
            Task::Read(number) => self.read(query(select(number, 1, "")), number, 1).await,
            Task::ReadParts { number, rows, arrow, streamed } => {
                let sql = select(number, rows, if arrow { " ARROW" } else { "" });
                if streamed {
                    self.stream(sql, number, rows, usize::MAX).await
                } else {
                    self.read(query(sql), number, rows).await
                }
            }
            Task::LeaveStream { number, rows, after } => {
                self.stream(select(number, rows, ""), number, rows, after).await
            }
            Task::ReadSlow { number, polls } => {
                self.read(query(select(number, 2, &format!(" POLLS {polls}"))), number, 2).await
            }
            Task::Elsewhere(number) => {
                self.read(query(select(number, 1, "")).warehouse("OTHER_WH"), number, 1).await
            }
            Task::ReadAgain(number) => self.read_again(number).await,
            Task::Insert(number) => {
                let sql = insert(number);
                let outcome = self.client.execute(query(sql.clone())).await;
                self.changed(&sql, outcome.map(drop))
            }
            Task::InsertBound(number) => {
                let sql = format!("INSERT {number} VALUES (?)");
                let query = query(sql.clone()).bind(i64::try_from(number).unwrap());
                self.changed(&sql, self.client.execute(query).await.map(drop))
            }
            Task::InsertAsync { number, polls } => {
                let sql = format!("INSERT {number} POLLS {polls}");
                self.changed(&sql, self.background(&sql).await)
            }
            Task::Transaction { number, commit } => self.transaction(number, commit).await,
            Task::LeaveInsert { number, after } => {
                let sql = insert(number);
                match give_up_after(self.client.execute(query(sql.clone())), after).await {
                    Some(outcome) => self.changed(&sql, outcome.map(drop)),
                    None => {
                        self.claims.unknown(&sql, INSERTED);
                        Ok(())
                    }
                }
            }
            Task::Fail(number) => self.client.execute(query(format!("BROKEN {number}"))).await.map(drop),
        }
    }

    /// Reads a whole result into memory.
    async fn read(&self, query: QueryBuilder, number: u64, rows: i64) -> Result<(), SnowflakeError> {
        let result = self.client.execute(query).await?;
        self.judge_whole(&result, number, rows)
    }

    async fn read_again(&self, number: u64) -> Result<(), SnowflakeError> {
        let first = self.client.execute(query(select(number, 90, ""))).await?;
        let again = self.client.result(first.query_id).await?;
        self.judge_whole(&first, number, 90)?;
        self.judge_whole(&again, number, 90)
    }

    fn judge_whole(&self, result: &QueryResult, number: u64, rows: i64) -> Result<(), SnowflakeError> {
        let read = result.rows.iter().map(|row| values(&row)).collect::<Result<Vec<_>, _>>()?;
        let reading = self.claims.reading(result.query_id.to_string());
        for (n, name) in &read {
            reading.row([Some(n.to_string()), Some(name.clone())]);
        }
        reading.complete();
        self.judge(&read, &expected(number, rows));
        Ok(())
    }

    /// Reads a result row by row, and perhaps not to its end.
    async fn stream(
        &self,
        sql: String,
        number: u64,
        rows: i64,
        leave_after: usize,
    ) -> Result<(), SnowflakeError> {
        let mut stream = self.client.execute_stream(query(sql)).await?;
        let wanted = expected(number, rows);
        let mut read = Vec::new();
        let mut failure = None;
        while read.len() < leave_after {
            match stream.next().await {
                None => break,
                Some(Ok(row)) => read.push(values(&row)?),
                Some(Err(error)) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        // What came before an error or before leaving must be right all the same.
        let is_whole = leave_after == usize::MAX && failure.is_none();
        self.judge(&read, if is_whole { &wanted } else { wanted.get(..read.len()).unwrap_or_default() });
        failure.map_or(Ok(()), |error| Err(error.into()))
    }

    fn judge(&self, read: &[(i64, String)], wanted: &[(i64, String)]) {
        if read != wanted {
            let wrong =
                format!("{} rows were read, which are not the {} of the result", read.len(), wanted.len());
            self.wrong.lock().unwrap().push(wrong);
        }
    }

    async fn background(&self, sql: &str) -> Result<(), SnowflakeError> {
        let handle = self.client.execute_async(query(sql.to_owned()).async_mode()).await?;
        handle.wait().await?;
        Ok(())
    }

    async fn transaction(&self, number: u64, commit: bool) -> Result<(), SnowflakeError> {
        let both = [format!("INSERT {number} FIRST"), format!("INSERT {number} SECOND")];
        let session = self.client.session().await?;
        session.execute("BEGIN").await?;
        let inserted = async {
            for sql in &both {
                session.execute(query(sql.clone())).await?;
            }
            Ok::<_, snowflake_client::SnowflakeError>(())
        };
        let outcome = inserted.await;
        let is_inserted = outcome.is_ok();
        let ended = match outcome {
            Ok(()) if commit => session.execute("COMMIT").await.map(drop).map_err(Into::into),
            Ok(()) => session.execute("ROLLBACK").await.map(drop).map_err(Into::into),
            // Nobody commits: the session ends, and with it the transaction.
            Err(error) => Err(error),
        };
        for sql in &both {
            match &ended {
                Ok(()) if commit => self.claims.done(sql, INSERTED),
                Err(_) if commit && is_inserted => self.claims.unknown(sql, INSERTED),
                _ => self.claims.failed(sql),
            }
        }
        ended
    }

    /// Notes what an error says about a statement that changes data.
    fn changed(&self, sql: &str, outcome: Result<(), SnowflakeError>) -> Result<(), SnowflakeError> {
        match &outcome {
            Ok(()) => self.claims.done(sql, INSERTED),
            Err(error) if may_have_run(error) => self.claims.unknown(sql, INSERTED),
            Err(_) => self.claims.failed(sql),
        }
        outcome
    }
}

fn query(sql: String) -> QueryBuilder {
    QueryBuilder::new(sql).timeout(LIMIT)
}

fn select(number: u64, rows: i64, more: &str) -> String {
    format!("SELECT n {number} ROWS {rows}{more}")
}

fn insert(number: u64) -> String {
    format!("INSERT {number} VALUES")
}

fn values(row: &Row) -> Result<(i64, String), SnowflakeError> {
    Ok((row.get("N")?, row.get("NAME")?))
}

/// Errors after which the caller must look for itself whether the statement ran.
fn may_have_run(error: &SnowflakeError) -> bool {
    use ErrorKind::{Auth, Cancelled, Incomplete, NotFound, OutcomeUnknown, Protocol, Timeout};
    matches!(error.kind(), OutcomeUnknown | Timeout | Cancelled | Auth | Incomplete | Protocol | NotFound)
}

/// Polls a future so many times and then drops it.
async fn give_up_after<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future: Pin<Box<F>> = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
