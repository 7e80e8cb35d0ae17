//! `snowflake-sim serve`: a server until a signal ends it.

use std::io::{self, Write as _};

use clap::Args;
use snowflake_sim::{SimServer, SimServerBuilder};
use tracing_subscriber::EnvFilter;

use super::Error;
use super::stages::Stages;

#[derive(Args)]
pub(crate) struct Serve {
    /// The port; 0 takes any that is free.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// A user who may log in.
    #[arg(long)]
    user: String,
    /// The user's password.
    #[arg(long)]
    password: Option<String>,
    /// A file with the user's RSA public key in PEM, for key pair logins.
    #[arg(long, value_name = "FILE")]
    public_key: Option<std::path::PathBuf>,
    /// The only account to let in; any, unless given.
    #[arg(long)]
    account: Option<String>,
    /// A database to make, in which sessions start.
    #[arg(long)]
    database: Option<String>,
    /// A schema to make in the database, in which sessions start.
    #[arg(long, requires = "database")]
    schema: Option<String>,
    /// A warehouse to make, with which sessions start.
    #[arg(long)]
    warehouse: Option<String>,
    /// The most rows of one part of a result.
    #[arg(long, value_name = "N")]
    chunk_rows: Option<usize>,
    #[command(flatten)]
    stages: Stages,
    /// What to log on stderr: error, warn, info, debug, trace, or a filter of targets.
    #[arg(long, value_name = "LEVEL", default_value = "warn")]
    log: String,
}

impl Serve {
    pub(crate) fn run(self) -> Result<(), Error> {
        let filter = EnvFilter::try_new(&self.log)?;
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(self))
    }
}

async fn serve(arguments: Serve) -> Result<(), Error> {
    let server = builder(arguments)?.start().await?;
    let mut stdout = io::stdout();
    writeln!(stdout, "snowflake-sim listening on {}", server.url())?;
    stdout.flush()?;
    stop_signal().await?;
    server.shutdown().await;
    Ok(())
}

fn builder(arguments: Serve) -> Result<SimServerBuilder, Error> {
    let mut builder = SimServer::builder().port(arguments.port).stages(arguments.stages.options()?);
    if arguments.password.is_none() && arguments.public_key.is_none() {
        return Err("give --password or --public-key, or nobody can log in".into());
    }
    if let Some(password) = arguments.password {
        builder = builder.user(&arguments.user, password);
    }
    if let Some(file) = arguments.public_key {
        builder = builder.key(&arguments.user, std::fs::read_to_string(file)?);
    }
    if let Some(account) = arguments.account {
        builder = builder.account(account);
    }
    if let Some(database) = arguments.database {
        builder = builder.database(database);
    }
    if let Some(schema) = arguments.schema {
        builder = builder.schema(schema);
    }
    if let Some(warehouse) = arguments.warehouse {
        builder = builder.warehouse(warehouse);
    }
    if let Some(rows) = arguments.chunk_rows {
        builder = builder.chunk_rows(rows);
    }
    Ok(builder)
}

/// Waits for SIGINT or SIGTERM.
#[cfg(unix)]
async fn stop_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        outcome = tokio::signal::ctrl_c() => outcome,
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits for the console's interrupt.
#[cfg(not(unix))]
async fn stop_signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
