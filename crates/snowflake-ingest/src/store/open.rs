//! From the server's instructions to a store.

use std::sync::Arc;

use snafu::OptionExt as _;
use snowflake_proto::wire::stage::Transfer;
use snowflake_transport::{Clock, Transport};

#[cfg(feature = "cloud")]
use super::cloud;
use super::contract::{Renew, Store};
use super::folder::Folder;
use crate::error::{ForeignFolderSnafu, NoStageSnafu, Result, StoreSnafu};
use crate::machine::LocalStages;

/// What a store lives in.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// The way to the clouds.
    pub(crate) transport: Arc<dyn Transport>,
    /// The time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether the server may name a folder of this machine.
    pub(crate) local: LocalStages,
}

/// The store that the server's instructions name.
///
/// `renew` is asked when the credentials have expired.
///
/// # Errors
/// [`Protocol`](crate::ErrorKind::Protocol) when the instructions name no place, or one that cannot be;
/// [`Configuration`](crate::ErrorKind::Configuration) for a sort of place that is not known.
pub(crate) fn open(
    transfer: &Transfer,
    around: Surroundings,
    renew: Arc<dyn Renew>,
) -> Result<Arc<dyn Store>> {
    let info = transfer.stage_info.as_ref().context(NoStageSnafu)?;
    match info.location_type.as_str() {
        "LOCAL_FS" if around.local == LocalStages::Refused => ForeignFolderSnafu.fail()?,
        "LOCAL_FS" => Ok(Arc::new(Folder::new(&info.location))),
        #[cfg(feature = "cloud")]
        "S3" => Ok(Arc::new(cloud::open(cloud::Cloud::S3, transfer, around, renew)?)),
        #[cfg(feature = "cloud")]
        "AZURE" => Ok(Arc::new(cloud::open(cloud::Cloud::Azure, transfer, around, renew)?)),
        #[cfg(feature = "cloud")]
        "GCS" => Ok(Arc::new(cloud::open(cloud::Cloud::Google, transfer, around, renew)?)),
        store => {
            let _unused = renew;
            StoreSnafu { store: store.chars().take(32).collect::<String>() }.fail()?
        }
    }
}
