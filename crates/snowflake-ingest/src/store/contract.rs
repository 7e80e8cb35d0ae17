//! What every store can do, and what it needs from whoever uses it.

use std::fmt;
use std::ops::Range;

use bytes::Bytes;
use futures::stream::BoxStream;
use snowflake_proto::wire::stage::Transfer;
use snowflake_transport::BoxFuture;

use super::content::Content;
use super::limits::PartLimits;
use super::metadata::Metadata;
use crate::error::Result;

/// Where the files of one stage lie.
///
/// A key is the path of a file below the place that the server named, such as `dir/a.csv.gz`: never with the
/// prefix of the stage, which the store adds. Every store asks for new credentials itself when the ones it has
/// are refused, once for everything that is under way, and repeats what may be repeated.
///
/// # Errors
/// Of all methods: [`Configuration`](crate::ErrorKind::Configuration) for a key that no store can have;
/// [`Auth`](crate::ErrorKind::Auth) when new credentials are refused, too; the kind of the statement when the
/// server gives none; [`Network`](crate::ErrorKind::Network) when the store is not reached or goes on
/// answering that it is busy; [`Io`](crate::ErrorKind::Io) for a folder of this machine;
/// [`Protocol`](crate::ErrorKind::Protocol) for an answer that makes no sense.
pub(crate) trait Store: fmt::Debug + Send + Sync {
    /// What lies at a key; `None` if nothing does, or if the store cannot tell before an upload (Google Cloud
    /// by signed address, which allows nothing but to write).
    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Object>>>;

    /// Writes one object as a whole.
    ///
    /// # Cancellation
    /// A dropped future leaves the old object, or none, or the new one; never a part of it.
    fn put<'a>(
        &'a self,
        key: &'a str,
        content: Content,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> BoxFuture<'a, Result<Written>>;

    /// Begins one object of `size` bytes in parts of [`PartLimits::part_size`]. Nothing appears at the key
    /// before [`Parts::complete`].
    ///
    /// Only for stores whose [`parts`](Self::parts) are `Some`.
    fn begin<'a>(
        &'a self,
        key: &'a str,
        size: u64,
        metadata: &'a Metadata,
        mode: Mode,
    ) -> BoxFuture<'a, Result<Box<dyn Parts>>>;

    /// Reads an object, or the bytes of a range of it; nothing but the range is ever handed out.
    ///
    /// Fails with [`NotFound`](crate::ErrorKind::NotFound), too, when there is none.
    ///
    /// # Cancellation
    /// Dropping the future or the stream ends the reading.
    fn get<'a>(&'a self, key: &'a str, range: Option<Range<u64>>) -> BoxFuture<'a, Result<Download>>;

    /// How an object is cut into parts; `None` if it must be written as a whole.
    fn parts(&self) -> Option<PartLimits>;
}

/// One object on its way in parts.
pub(crate) trait Parts: fmt::Debug + Send + Sync {
    /// Writes the part of this number, counted from 0. All parts but the last have the same size.
    ///
    /// Parts may be written at the same time and in any order where [`PartLimits::parallel`] says so, and else
    /// one after the other in their order. A part may be written again.
    fn part(&self, number: u32, bytes: Bytes) -> BoxFuture<'_, Result<()>>;

    /// Makes the object appear, when all parts are written. To be called once.
    fn complete(&self) -> BoxFuture<'_, Result<Written>>;

    /// Takes away what was written.
    fn abort(&self) -> BoxFuture<'_, Result<()>>;
}

/// Asks the server for its instructions again.
pub(crate) trait Renew: fmt::Debug + Send + Sync {
    /// The instructions with new credentials: for all files, or with the signed address of the one at this key.
    fn renew<'a>(&'a self, key: Option<&'a str>) -> BoxFuture<'a, Result<Transfer>>;
}

/// What to do about an object that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Leave it, and say so. Where the store can tell, this is decided by it, in one step with the writing.
    Create,
    /// Replace it.
    Overwrite,
}

/// Whether an object was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// It was.
    Yes,
    /// One was there, and stays.
    Exists,
}

/// What is known of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Object {
    /// Its size in bytes, as it lies there: compressed and encrypted.
    pub(crate) size: u64,
    /// What its writer said about it.
    pub(crate) metadata: Metadata,
    /// What tells this state of the object from another one at the same key.
    pub(crate) etag: Option<String>,
}

/// An object that arrives.
pub(crate) struct Download {
    /// What it is; its size is that of the whole object, whatever the range.
    pub(crate) object: Object,
    /// Its bytes, or those of the range, in pieces as they arrive. A connection that breaks is made again, and
    /// an end before the end is an error.
    pub(crate) body: BoxStream<'static, Result<Bytes>>,
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download").field("object", &self.object).finish_non_exhaustive()
    }
}
