//! `snowflake-ops top`: the warehouses and the statements that run, drawn again and again.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use snowflake_client::{HistorySource, QueryHistoryOptions, QueryRecord, SnowflakeClient, WarehouseStatus};
use time::OffsetDateTime;

use super::output::{chain, print};
use super::signals::Signals;
use super::table::Table;
use super::{Error, settings};

/// Clears the terminal and goes to its upper left corner.
const CLEAR: &str = "\u{1b}[2J\u{1b}[H";
/// How far back the statements may have begun that are looked for.
const BACK: time::Duration = time::Duration::hours(6);
/// The most statements that are shown.
const MOST: u64 = 200;

#[derive(Args)]
pub(super) struct Top {
    /// Seconds between two looks.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(2..=3600))]
    every: u64,
    /// Prints once and ends, without terminal codes.
    #[arg(long)]
    once: bool,
    /// Leaves the statements out: the list of warehouses needs no warehouse, the history of statements does.
    #[arg(long)]
    warehouses: bool,
    /// Characters of a line.
    #[arg(long, default_value_t = 120)]
    width: usize,
}

impl Top {
    pub(super) async fn run(self) -> Result<ExitCode, Error> {
        let client = settings::client()?;
        let outcome = match self.once {
            true => print(&self.look(&client).await?).map_err(Error::from),
            false => self.watch(&client).await,
        };
        client.close().await;
        outcome.map(|()| ExitCode::SUCCESS)
    }

    /// Draws until a signal comes. A look that fails is shown, and the next one may succeed.
    async fn watch(&self, client: &SnowflakeClient) -> Result<(), Error> {
        let stop = Signals::listen()?.stop(|| {});
        tokio::pin!(stop);
        loop {
            let drawn = tokio::select! {
                () = &mut stop => return Ok(()),
                drawn = self.look(client) => drawn,
            };
            let page = drawn.unwrap_or_else(|error| chain(error.as_ref()) + "\n");
            print(&format!("{CLEAR}{page}"))?;
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = tokio::time::sleep(Duration::from_secs(self.every)) => {}
            }
        }
    }

    async fn look(&self, client: &SnowflakeClient) -> Result<String, Error> {
        let now = OffsetDateTime::now_utc();
        let warehouses = client.list_warehouses().await?;
        let mut lines = warehouse_table(&warehouses).lines(self.width);
        if !self.warehouses {
            let options = QueryHistoryOptions {
                limit: Some(MOST),
                source: Some(HistorySource::InformationSchema),
                ..QueryHistoryOptions::default()
            };
            // What runs has no end yet: it is found by a range that ends later than now.
            let end = now + time::Duration::minutes(1);
            let history = client.get_query_history(now - BACK, end, options).await?;
            let running: Vec<_> = history.iter().filter(|record| record.end_time.is_none()).collect();
            lines.push(String::new());
            lines.extend(statement_table(&running, now).lines(self.width));
        }
        Ok(lines.into_iter().map(|line| line + "\n").collect())
    }
}

fn warehouse_table(warehouses: &[WarehouseStatus]) -> Table {
    let head = ["WAREHOUSE", "STATE", "SIZE", "CLUSTERS", "RUNNING", "QUEUED", "CREDITS/HOUR"];
    let mut table = Table::new(&head, 3);
    for warehouse in warehouses {
        let size = warehouse.size.map_or("?", snowflake_client::WarehouseSize::as_str);
        let rate = warehouse.credits_per_hour().map_or_else(|| "?".to_owned(), |rate| format!("{rate:.1}"));
        table.row([
            warehouse.name.clone(),
            format!("{:?}", warehouse.state).to_lowercase(),
            size.to_owned(),
            format!("{}/{}", warehouse.started_clusters, warehouse.max_clusters),
            warehouse.running.to_string(),
            warehouse.queued.to_string(),
            rate,
        ]);
    }
    table
}

/// The statements that run, without their texts: those may hold what no screen should show.
fn statement_table(records: &[&QueryRecord], now: OffsetDateTime) -> Table {
    let head = ["QUERY ID", "STATUS", "USER", "WAREHOUSE", "TYPE", "TAG", "SECONDS"];
    let mut table = Table::new(&head, 6);
    for record in records {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let seconds = (now - record.start_time).whole_seconds().max(0);
        table.row([
            record.query_id.to_string(),
            record.status.to_string(),
            or_none(&record.user),
            or_none(&record.warehouse),
            or_none(&record.query_type),
            or_none(&record.query_tag),
            seconds.to_string(),
        ]);
    }
    table
}
