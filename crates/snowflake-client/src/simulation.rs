//! Recording what a client does, and doing it again without a server.

use std::path::Path;
use std::sync::Arc;

use snowflake_sim::{Record, Recording, Replay, Unused};
use snowflake_transport::Transport;

use crate::config::{SimulationMode, SnowflakeConfig};
use crate::error::SnowflakeError;

/// What stands between a client and the network.
#[derive(Clone, Debug, Default)]
pub(crate) enum Simulated {
    /// Nothing.
    #[default]
    Not,
    /// A recorder, and the file to write when the client is closed.
    Recording(Arc<Record<Arc<dyn Transport>>>, Option<std::path::PathBuf>),
    /// A recording, in place of the network.
    Replaying(Arc<Replay>),
}

impl Simulated {
    /// Puts a recorder in front of the transport, where that is asked for.
    pub(crate) fn wrap(
        transport: Arc<dyn Transport>,
        config: &SnowflakeConfig,
    ) -> Result<(Arc<dyn Transport>, Self), SnowflakeError> {
        if config.simulation_mode != SimulationMode::Record {
            return Ok((transport, Self::Not));
        }
        let record = Arc::new(Record::new(transport, config.record.clone()));
        let transport: Arc<dyn Transport> = Arc::<Record<_>>::clone(&record);
        Ok((transport, Self::Recording(record, config.simulation_file.clone())))
    }

    /// Reads the recording that the settings name.
    pub(crate) fn load(config: &SnowflakeConfig) -> Result<Replay, SnowflakeError> {
        let Some(path) = &config.simulation_file else {
            return Err(SnowflakeError::Configuration {
                message: "no recording is set to replay: name its file (`simulation_file`, \
                          SNOWFLAKE_SIMULATION_FILE), or use SnowflakeClient::with_simulation"
                    .to_owned(),
            });
        };
        Ok(Replay::with_options(Recording::load(path)?, config.replay))
    }

    /// The recording in place of a transport.
    pub(crate) fn replaying(replay: Replay) -> (Arc<dyn Transport>, Self) {
        let replay = Arc::new(replay);
        let transport: Arc<dyn Transport> = Arc::<Replay>::clone(&replay);
        (transport, Self::Replaying(replay))
    }

    /// Writes the recording to the file of the settings, if there is one.
    pub(crate) async fn close(&self) {
        if let Self::Recording(record, Some(path)) = self
            && let Err(error) = write(record.recording(), path).await
        {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, path = %path.display(), "the recording was not written");
        }
    }
}

/// What a client records or replays; see [`SnowflakeClient::simulation`](crate::SnowflakeClient::simulation).
#[derive(Clone, Copy, Debug)]
pub struct Simulation<'a> {
    state: &'a Simulated,
}

impl<'a> Simulation<'a> {
    pub(crate) fn new(state: &'a Simulated) -> Self {
        Self { state }
    }

    /// Whether the client records, replays, or does neither.
    #[must_use]
    pub fn mode(&self) -> SimulationMode {
        match self.state {
            Simulated::Not => SimulationMode::Disabled,
            Simulated::Recording(..) => SimulationMode::Record,
            Simulated::Replaying(_) => SimulationMode::Replay,
        }
    }

    /// What was recorded so far; nothing unless the client records.
    ///
    /// Tokens, passwords, keys and signatures are taken out before anything is kept;
    /// [`Recording::verify`] looks for what is left, such as a secret in the text of a statement.
    #[must_use]
    pub fn recording(&self) -> Option<Recording> {
        match self.state {
            Simulated::Recording(record, _) => Some(record.recording()),
            _ => None,
        }
    }

    /// Writes what was recorded so far, readable by its owner alone. A file of that name is replaced, as a
    /// whole or not at all.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when the client does not record, or when the
    /// recording holds what looks like a secret; [`Io`](crate::ErrorKind::Io) when the file cannot be
    /// written.
    ///
    /// # Cancellation
    /// The file is then written all the same, or not at all.
    pub async fn save(&self, path: impl AsRef<Path> + Send) -> Result<(), SnowflakeError> {
        let Some(recording) = self.recording() else {
            return Err(SnowflakeError::Configuration {
                message: "this client does not record: build it with SimulationMode::Record".to_owned(),
            });
        };
        write(recording, path.as_ref()).await
    }

    /// What the recording holds and nobody asked for so far: empty unless the client replays.
    ///
    /// A test that ends with this being empty has seen its program do all that it did when it was recorded.
    #[must_use]
    pub fn unused(&self) -> Vec<Unused> {
        match self.state {
            Simulated::Replaying(replay) => replay.unused(),
            _ => Vec::new(),
        }
    }
}

async fn write(recording: Recording, path: &Path) -> Result<(), SnowflakeError> {
    let path = path.to_owned();
    let written = tokio::task::spawn_blocking(move || recording.save(path)).await;
    match written {
        Ok(written) => Ok(written?),
        Err(failed) => {
            Err(SnowflakeError::Configuration { message: format!("the recording was not written: {failed}") })
        }
    }
}
