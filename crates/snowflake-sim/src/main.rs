//! `snowflake-sim`: a local server that speaks Snowflake's driver protocol, and a look into recordings.

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use cli::{Recordings, Serve, report};

/// A local server that speaks Snowflake's driver protocol, and a look into recordings.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves on the loopback interface until SIGINT or SIGTERM.
    Serve(Box<Serve>),
    /// Lists, verifies and compares recordings.
    #[command(subcommand)]
    Recordings(Recordings),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Serve(serve) => match serve.run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                report(error.as_ref());
                ExitCode::FAILURE
            }
        },
        Command::Recordings(recordings) => recordings.run(),
    }
}
