//! What the binary is asked to do.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::check::Check;
use super::cost::Cost;
use super::log::{LogFormat, Telemetry};
use super::output::report;
use super::serve::Serve;
use super::top::Top;
use super::{Error, settings};

/// Health, metrics and cost of a Snowflake account.
///
/// The account and the credentials come from the environment: SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_PASSWORD
/// or SNOWFLAKE_PRIVATE_KEY_PATH, and the others of the reference page. RUST_LOG says what is logged on stderr.
#[derive(Parser)]
#[command(name = "snowflake-ops", version)]
struct Arguments {
    /// How log lines look.
    #[arg(long, global = true, value_enum, default_value_t)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves /health, /health/snowflake and /metrics until SIGINT or SIGTERM.
    Serve(Serve),
    /// Finds out step by step what works and what does not, and says what to do.
    Check(Check),
    /// Tells what the account has used: by warehouse and day, and by tag, user, warehouse or database.
    Cost(Cost),
    /// Shows the warehouses and the statements that run, again and again.
    Top(Top),
}

impl Command {
    /// What is logged unless RUST_LOG says otherwise: a service tells what it does, a tool only what is wrong.
    fn default_log(&self) -> &'static str {
        match self {
            Self::Serve(_) => "info",
            _ => "warn",
        }
    }

    async fn run(self) -> Result<ExitCode, Error> {
        match self {
            Self::Serve(serve) => Box::pin(serve.run()).await.map(|()| ExitCode::SUCCESS),
            Self::Check(check) => Box::pin(check.run()).await,
            Self::Cost(cost) => Box::pin(cost.run()).await,
            Self::Top(top) => Box::pin(top.run()).await,
        }
    }
}

/// Runs what the arguments say. Fails with 1 when it does not succeed, and with 2 when it was asked wrongly.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error),
    };
    let telemetry = match Telemetry::start(arguments.log_format, arguments.command.default_log(), &runtime) {
        Ok(telemetry) => telemetry,
        Err(error) => return report(error.as_ref()),
    };
    let outcome = runtime.block_on(arguments.command.run());
    // While the runtime still lives, which sends what is left.
    telemetry.finish();
    match outcome {
        Ok(code) => code,
        Err(error) if settings::is_at_fault(error.as_ref()) => {
            report(error.as_ref());
            ExitCode::from(2)
        }
        Err(error) => report(error.as_ref()),
    }
}
