//! `snowflake-sim recordings`: looks into recordings without replaying them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use snowflake_sim::Recording;

use super::Error;
use super::output::{print, report};

/// What `diff` ends with when it cannot compare; 1 means that there are changes.
const NOT_COMPARED: u8 = 2;

#[derive(Subcommand)]
pub(crate) enum Recordings {
    /// Prints a line for each statement.
    ///
    /// The columns are the fingerprint, the rows of the last result ("-" where there are none), the size of all
    /// answers in bytes, how often the statement was answered, and the beginning of its text.
    /// The exit code is 1 when the file is no usable recording.
    List {
        /// The recording.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Checks that recordings are readable and whole and hold no secrets.
    ///
    /// Prints one line for a file that is fine, and a line with the place for each problem of one that is not.
    /// A file that cannot be read at all is told on stderr, and the others are still checked.
    /// The exit code is 1 when any file has a problem.
    Verify {
        /// The recordings.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// Prints a line for each statement that two recordings do not have alike.
    ///
    /// A line begins with "+" for a statement that only NEW has, "-" for one that only OLD has, and "~" for one
    /// that NEW answers differently. Times and query ids do not count.
    /// The exit code is 0 when there are no changes, 1 when there are, and 2 when they cannot be compared.
    Diff {
        /// The recording to compare with.
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// The recording to compare.
        #[arg(value_name = "NEW")]
        new: PathBuf,
    },
}

impl Recordings {
    pub(crate) fn run(&self) -> ExitCode {
        let (ended, failed) = match self {
            Self::List { file } => (list(file), ExitCode::FAILURE),
            Self::Verify { files } => (verify(files), ExitCode::FAILURE),
            Self::Diff { old, new } => (diff(old, new), ExitCode::from(NOT_COMPARED)),
        };
        ended.unwrap_or_else(|error| {
            report(error.as_ref());
            failed
        })
    }
}

fn list(file: &Path) -> Result<ExitCode, Error> {
    print(Recording::load(file)?.summary())?;
    Ok(ExitCode::SUCCESS)
}

fn verify(files: &[PathBuf]) -> Result<ExitCode, Error> {
    let mut code = ExitCode::SUCCESS;
    for file in files {
        let name = file.display();
        let checked =
            Recording::load(file).map(|recording| (recording.statements().count(), recording.verify()));
        match checked {
            Ok((count, Ok(()))) => print([format!("{name}: fine, statements: {count}")])?,
            Ok((_, Err(problems))) => {
                print(problems.iter().map(|problem| format!("{name}: {problem}")))?;
                code = ExitCode::FAILURE;
            }
            Err(error) => {
                report(&error);
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

fn diff(old: &Path, new: &Path) -> Result<ExitCode, Error> {
    let changes = Recording::load(old)?.diff(&Recording::load(new)?);
    let code = if changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    print(changes)?;
    Ok(code)
}
