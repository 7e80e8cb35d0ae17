//! Files between this machine and the stages of the service.

use std::path::Path;

use bytes::Bytes;
use snowflake_ingest::{DownloadOptions, GetFile, GetResult, PutFile, PutResult, StageFile, UploadOptions};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::client::SnowflakeClient;
use crate::error::SnowflakeError;

/// Moving files to stages and from them, and looking after those that are there.
///
/// ```
/// # #[cfg(feature = "sim-server")]
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// # use snowflake_client::{Protocol, SnowflakeClient, sim::SimServer};
/// # let server = SimServer::builder().user("me", "secret").database("DB").schema("PUBLIC").start().await?;
/// # let client = SnowflakeClient::builder().account(server.account()).host(server.host()).port(server.port())
/// #     .protocol(Protocol::Http).user("me").password("secret").database("DB").schema("PUBLIC").build().await?;
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// use snowflake_client::{DownloadOptions, PutOptions};
///
/// client.execute("CREATE STAGE landing").await?;
/// std::fs::write(folder.join("people.csv"), "1,Ada\n2,Grace\n")?;
/// let put = client.put_file(folder.join("people.csv"), "@landing", PutOptions::default()).await?;
/// assert_eq!(put.files[0].target, "people.csv.gz");
///
/// let got = client.get_file("@landing/people.csv.gz", folder, DownloadOptions::default()).await?;
/// assert!(folder.join(&got.file).exists());
///
/// let mut plain = Vec::new();
/// let options = DownloadOptions::default().decompress(true);
/// client.get_writer("@landing/people.csv.gz", &mut plain, options).await?;
/// assert_eq!(plain, b"1,Ada\n2,Grace\n");
/// # client.close().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl SnowflakeClient {
    /// Uploads the file at exactly this path to a stage, gzip'd on the way unless it is compressed already.
    ///
    /// When a file of its name is in the stage, it is left as it is unless the options say to overwrite it: so an
    /// upload that was interrupted can simply be repeated. Beside [`PutOptions`](crate::PutOptions) this takes
    /// [`UploadOptions`], which can say more.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a location or file name that cannot be written, and
    /// a compression that the service does not read; [`Io`](crate::ErrorKind::Io) when the file cannot be read, is
    /// a folder or is written to at the same time; the kinds of [`execute`](Self::execute) when the server refuses
    /// the upload; [`Auth`](crate::ErrorKind::Auth) and [`Network`](crate::ErrorKind::Network) when the store
    /// behind the stage refuses it or is not reached.
    ///
    /// # Cancellation
    /// A dropped future leaves the whole file in the stage, or none.
    pub async fn put_file(
        &self,
        path: impl AsRef<Path> + Send,
        stage: &str,
        options: impl Into<UploadOptions> + Send,
    ) -> Result<PutResult, SnowflakeError> {
        let put =
            snowflake_ingest::put_file(self.pool()?, path.as_ref(), stage, options.into(), self.machine());
        Ok(Box::pin(put).await?)
    }

    /// Uploads the files that a pattern means, several at a time: `*`, `?` and `[…]` are wildcards, as in a shell,
    /// and `~/` is the home folder.
    ///
    /// # Errors
    /// As [`put_file`](Self::put_file); [`NotFound`](crate::ErrorKind::NotFound) when no file matches;
    /// [`Configuration`](crate::ErrorKind::Configuration) when two files would have one name in the stage. With
    /// [`OnFailure::Continue`](crate::OnFailure::Continue) the files that cannot be uploaded are in the result,
    /// and [`PutResult::whole`] makes an error of them.
    ///
    /// # Cancellation
    /// A dropped future leaves the whole of each file in the stage, or nothing of it.
    pub async fn put_files(
        &self,
        pattern: &str,
        stage: &str,
        options: impl Into<UploadOptions> + Send,
    ) -> Result<PutResult, SnowflakeError> {
        let put = snowflake_ingest::put_files(self.pool()?, pattern, stage, options.into(), self.machine());
        Ok(Box::pin(put).await?)
    }

    /// Uploads bytes to a stage as a file of this name, gzip'd on the way unless they are compressed already.
    ///
    /// # Errors
    /// As [`put_file`](Self::put_file).
    ///
    /// # Cancellation
    /// A dropped future leaves the whole file in the stage, or none.
    pub async fn put_bytes(
        &self,
        name: &str,
        bytes: impl Into<Bytes> + Send,
        stage: &str,
        options: impl Into<UploadOptions> + Send,
    ) -> Result<PutFile, SnowflakeError> {
        let (bytes, options) = (bytes.into(), options.into());
        let put = snowflake_ingest::put_bytes(self.pool()?, name, bytes, stage, options, self.machine());
        Ok(Box::pin(put).await?)
    }

    /// Uploads what can be read, to its end, to a stage as a file of this name, gzip'd on the way unless it is
    /// compressed already.
    ///
    /// How much there is need not be known; it is never held in memory as a whole.
    ///
    /// # Errors
    /// As [`put_file`](Self::put_file).
    ///
    /// # Cancellation
    /// A dropped future leaves the whole file in the stage, or none.
    pub async fn put_reader(
        &self,
        name: &str,
        reader: impl AsyncRead + Send,
        stage: &str,
        options: impl Into<UploadOptions> + Send,
    ) -> Result<PutFile, SnowflakeError> {
        let options = options.into();
        let put = snowflake_ingest::put_reader(self.pool()?, name, reader, stage, options, self.machine());
        Ok(Box::pin(put).await?)
    }

    /// Downloads one file of a stage, such as `@stage/folder/data.csv.gz`, into a folder under its own name.
    ///
    /// The local file appears when it is whole and what was uploaded, in the place of one that had its name. It
    /// lies there as it does in the stage, compressed or not. Only its owner may read it, and a folder that is
    /// made for it.
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such file;
    /// [`Configuration`](crate::ErrorKind::Configuration) for a text that is no location, and a name that is not
    /// safe here; [`Io`](crate::ErrorKind::Io) when the folder cannot be written to, or something that is no file
    /// has that name; [`Incomplete`](crate::ErrorKind::Incomplete) when what lies in the stage is damaged or is
    /// replaced at the same time; the kinds of [`execute`](Self::execute) when the server refuses it;
    /// [`Auth`](crate::ErrorKind::Auth) and [`Network`](crate::ErrorKind::Network) when the store behind the stage
    /// refuses it or is not reached.
    ///
    /// # Cancellation
    /// A dropped future leaves the whole file, or the one that was there before, or none.
    pub async fn get_file(
        &self,
        path: &str,
        folder: impl AsRef<Path> + Send,
        options: DownloadOptions,
    ) -> Result<GetFile, SnowflakeError> {
        let get = snowflake_ingest::get_file(self.pool()?, path, folder.as_ref(), options, self.machine());
        Ok(Box::pin(get).await?)
    }

    /// Downloads all files of a stage, of a folder in it, or of those that a
    /// [pattern](DownloadOptions::with_pattern) means, into one folder, several at a time.
    ///
    /// The folders that they have in the stage are not made here: two files of one name are an error before
    /// anything is written.
    ///
    /// # Errors
    /// As [`get_file`](Self::get_file). With [`OnFailure::Continue`](crate::OnFailure::Continue) the files that
    /// cannot be downloaded are in the result, and [`GetResult::whole`] makes an error of them.
    ///
    /// # Cancellation
    /// A dropped future leaves of each file the whole, or nothing.
    pub async fn get_files(
        &self,
        location: &str,
        folder: impl AsRef<Path> + Send,
        options: DownloadOptions,
    ) -> Result<GetResult, SnowflakeError> {
        let folder = folder.as_ref();
        let get = snowflake_ingest::get_files(self.pool()?, location, folder, options, self.machine());
        Ok(Box::pin(get).await?)
    }

    /// Downloads one file of a stage to whatever can be written to, [decompressed](DownloadOptions::decompress) if
    /// asked for.
    ///
    /// What is written is known to be what was uploaded only when this has succeeded: what was written before an
    /// error must not be used.
    ///
    /// # Errors
    /// As [`get_file`](Self::get_file); [`Configuration`](crate::ErrorKind::Configuration) when a file that is to be
    /// decompressed is not gzip.
    ///
    /// # Cancellation
    /// A dropped future leaves what was written so far.
    pub async fn get_writer(
        &self,
        path: &str,
        writer: impl AsyncWrite + Send,
        options: DownloadOptions,
    ) -> Result<GetFile, SnowflakeError> {
        let get = snowflake_ingest::get_writer(self.pool()?, path, writer, options, self.machine());
        Ok(Box::pin(get).await?)
    }

    /// The files of a stage, or of a folder of it; `pattern` is a glob for their names, such as `*.csv`.
    ///
    /// # Errors
    /// As [`snowflake_ingest::list_stage`].
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement.
    pub async fn list_stage(
        &self,
        stage: &str,
        pattern: Option<&str>,
    ) -> Result<Vec<StageFile>, SnowflakeError> {
        Ok(snowflake_ingest::list_stage(self.pool()?, stage, pattern).await?)
    }

    /// Removes files of a stage, and names those that it removed. Without a pattern all of them go.
    ///
    /// # Errors
    /// As [`snowflake_ingest::remove`].
    ///
    /// # Cancellation
    /// Dropping the future tells the server to stop the statement; what is gone stays gone.
    pub async fn remove(&self, stage: &str, pattern: Option<&str>) -> Result<Vec<String>, SnowflakeError> {
        Ok(snowflake_ingest::remove(self.pool()?, stage, pattern).await?)
    }
}
