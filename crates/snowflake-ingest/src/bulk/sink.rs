//! The stage as the place that files go to.

use std::sync::Arc;

use bytes::Bytes;
use snowflake_query::Pool;
use snowflake_transport::BoxFuture;
use tokio::sync::OnceCell;

use super::parts::Sink;
use crate::error::Result;
use crate::machine::Machine;
use crate::options::PutOptions;
use crate::transfer::Uploader;

/// A folder of a stage. The server is asked for it when the first file is there to be uploaded.
#[derive(Debug)]
pub(super) struct StageSink {
    pool: Pool,
    machine: Machine,
    folder: String,
    parallel: usize,
    /// Files that lie there already: their names tell that they have the same content.
    present: Vec<String>,
    uploader: OnceCell<Uploader>,
}

impl StageSink {
    pub(super) fn new(
        pool: &Pool,
        machine: &Machine,
        folder: &str,
        parallel: usize,
        present: Vec<String>,
    ) -> Arc<Self> {
        let (pool, machine, folder) = (pool.clone(), machine.clone(), folder.to_owned());
        Arc::new(Self { pool, machine, folder, parallel, present, uploader: OnceCell::new() })
    }

    fn open(&self) -> BoxFuture<'_, Result<Uploader>> {
        let parallel = u32::try_from(self.parallel).unwrap_or(u32::MAX);
        let options = PutOptions { auto_compress: false, overwrite: false, parallel };
        Box::pin(Uploader::open(&self.pool, &self.folder, options, &self.machine))
    }

    async fn upload(&self, name: String, content: Bytes) -> Result<()> {
        if self.present.contains(&name) {
            return Ok(());
        }
        let uploader = self.uploader.get_or_try_init(|| self.open()).await?;
        Box::pin(uploader.put(&name, content)).await?;
        Ok(())
    }
}

impl Sink for StageSink {
    fn put(&self, name: String, content: Bytes) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.upload(name, content))
    }
}

/// Where nothing goes any more, because it was loaded before.
#[derive(Debug)]
pub(super) struct Nowhere;

impl Sink for Nowhere {
    fn put(&self, _: String, _: Bytes) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}
