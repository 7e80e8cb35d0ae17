//! The steps in order: each needs what the one before has shown to work.

use std::process::ExitCode;

use clap::Args;
use snowflake_client::SnowflakeClient;

use super::super::json::{Object, list};
use super::super::output::{chain, print};
use super::super::{Error, settings};
use super::finding::{Finding, Verdict};
use super::{account, network};

#[derive(Args)]
pub(in crate::ops) struct Check {
    /// Prints one JSON object instead of lines.
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Ends with 1 when a step failed.
    pub(in crate::ops) async fn run(self) -> Result<ExitCode, Error> {
        let mut report = Report { json: self.json, findings: Vec::new() };
        steps(&mut report).await?;
        let failed = report.findings.iter().any(|finding| finding.verdict() == Verdict::Failed);
        report.end()?;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

async fn steps(report: &mut Report) -> Result<(), Error> {
    let config = match settings::config() {
        Ok(config) => config,
        Err(error) => {
            let advice = "set what is named; the reference page of the configuration has every variable";
            return report.add(Finding::failed("configuration", chain(&error), advice));
        }
    };
    let lazy = SnowflakeClient::lazy(config.clone());
    let client = match lazy {
        Ok(client) => client,
        Err(error) => {
            let advice = "correct what is named, then run this again";
            return report.add(Finding::failed("configuration", chain(&error), advice));
        }
    };
    report.add(Finding::ok("configuration", account::describe(&config)))?;
    let (reached, findings) = network::reach(&config).await;
    for finding in findings {
        report.add(finding)?;
    }
    if reached {
        for finding in account::examine(&client, &config).await {
            report.add(finding)?;
        }
    }
    client.close().await;
    Ok(())
}

/// Tells each finding as soon as it is there, or all of them at the end as JSON.
struct Report {
    json: bool,
    findings: Vec<Finding>,
}

impl Report {
    fn add(&mut self, finding: Finding) -> Result<(), Error> {
        if !self.json {
            print(&finding.line())?;
        }
        self.findings.push(finding);
        Ok(())
    }

    fn end(&self) -> Result<(), Error> {
        if self.json {
            let steps = list(self.findings.iter().map(Finding::json));
            print(&format!("{}\n", Object::default().raw("steps", &steps).end()))?;
        }
        Ok(())
    }
}
