//! PUT and GET as statements: from their text to their result set.

use std::path::Path;
use std::sync::Arc;

use snafu::ensure;
use snowflake_proto::wire::stage::Transfer;
use snowflake_query::{Pool, Query, QueryResult};

use super::downloader::Downloader;
use super::fault::NoFileSnafu;
use super::rows::{self, Rows};
use super::runner::{Again, Runner};
use super::text::{Statement, Verb};
use super::uploader::Uploader;
use super::{SourceCompression, get, glob, put};
use crate::error::Result;
use crate::machine::Machine;
use crate::options::{DownloadOptions, PutOptions, UploadOptions};

/// Runs a PUT or GET statement: moves its files, and gives the result set that the service's own clients give.
///
/// The first file that cannot be moved is the error of the statement. A local path may begin with `~/`.
///
/// # Errors
/// As [`put_files`](crate::put_files) and [`get_files`](crate::get_files);
/// [`Configuration`](crate::ErrorKind::Configuration) when the text names no local path as `file://…`.
///
/// # Cancellation
/// As [`put_files`](crate::put_files) and [`get_files`](crate::get_files).
pub async fn execute_transfer(
    pool: &Pool,
    query: impl Into<Query> + Send,
    machine: &Machine,
) -> Result<QueryResult> {
    let query = query.into();
    let statement = Statement::read(query.sql())?;
    let transfer = pool.get(query.wanted()).await?.prepare_transfer(query.clone()).await?;
    let instructions = transfer.instructions();
    let (columns, rows) = match statement.verb {
        Verb::Put => upload(pool, query, statement, instructions, machine).await?,
        Verb::Get => download(pool, query, &statement, instructions, machine).await?,
    };
    Ok(transfer.finish(&columns, rows).await?)
}

async fn upload(
    pool: &Pool,
    query: Query,
    statement: Statement,
    instructions: &Transfer,
    machine: &Machine,
) -> Result<Rows> {
    let options = upload_options(instructions);
    let paths = put::find(&statement.path, &options, machine).await?;
    let runner = Runner::from(pool);
    let again = Again::new(runner.clone(), query.clone())
        .with_files(move |key| query.clone().with_sql(statement.for_file(key)));
    let uploader = Uploader::new(&runner, instructions, options, machine, Arc::new(again))?;
    put::upload(&uploader, &paths).await.map(rows::put)
}

async fn download(
    pool: &Pool,
    query: Query,
    statement: &Statement,
    instructions: &Transfer,
    machine: &Machine,
) -> Result<Rows> {
    let options = DownloadOptions::default();
    let options = match instructions.parallel.and_then(|files| u32::try_from(files).ok()) {
        Some(files) => options.with_parallel(files),
        None => options,
    };
    let runner = Runner::from(pool);
    let renew = Arc::new(Again::new(runner.clone(), query));
    let downloader = Downloader::new(&runner, instructions, options, machine, renew)?;
    ensure!(!downloader.keys.is_empty(), NoFileSnafu { location: "the location of the GET" });
    let folder = glob::with_home(&statement.path, machine.home.as_deref());
    get::download(&downloader, Path::new(&folder)).await.map(rows::get)
}

/// What the statement's options come to, as the server read them.
fn upload_options(instructions: &Transfer) -> UploadOptions {
    let default = PutOptions::default();
    let put = PutOptions {
        auto_compress: instructions.auto_compress.unwrap_or(default.auto_compress),
        overwrite: instructions.overwrite.unwrap_or(default.overwrite),
        parallel: instructions
            .parallel
            .and_then(|files| u32::try_from(files).ok())
            .unwrap_or(default.parallel),
    };
    let compression = instructions.source_compression.as_deref().and_then(SourceCompression::from_name);
    UploadOptions::from(put).with_source_compression(compression.unwrap_or_default())
}
