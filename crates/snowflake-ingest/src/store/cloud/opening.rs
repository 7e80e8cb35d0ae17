//! From the server's instructions to a store in a cloud.

use std::sync::Arc;

use snafu::OptionExt as _;
use snowflake_proto::wire::stage::Transfer;
use snowflake_transport::Transport;

use super::access::Access;
use super::bounded::Bounded;
use super::client::Client;
use super::google::Google;
use super::keys::Keys;
use super::objects::Objects;
use super::shared::Shared;
use super::signed::Addresses;
use super::site::{Cloud, Site};
use super::store::{CloudStore, Reach};
use super::tokened::Tokened;
use crate::error::{NoStageSnafu, PlaceSnafu, Result};
use crate::store::contract::Renew;
use crate::store::limits::PartLimits;
use crate::store::open::Surroundings;

/// The way to the clouds.
#[derive(Clone, Debug)]
pub(super) struct Network {
    transport: Arc<dyn Transport>,
    google: Arc<Google>,
}

impl Network {
    fn new(around: Surroundings) -> Self {
        let transport: Arc<dyn Transport> = Arc::new(Bounded::new(around.transport));
        let google = Arc::new(Google::new(Arc::clone(&transport), around.clock));
        Self { transport, google }
    }

    /// A client of a place with these credentials.
    pub(super) fn client(&self, site: &Site, keys: &Keys) -> Result<Arc<dyn Client>> {
        if let Keys::Google { token } = keys {
            return Ok(Arc::new(Tokened::new(Arc::clone(&self.google), site.clone(), token.clone())));
        }
        let objects = Objects::new(site.clone(), keys.clone(), Arc::clone(&self.transport));
        let objects =
            objects.ok().context(PlaceSnafu { reason: "it cannot be reached with what it says" })?;
        Ok(Arc::new(objects))
    }
}

/// The store in a cloud that the server's instructions name.
pub(in crate::store) fn open(
    cloud: Cloud,
    transfer: &Transfer,
    around: Surroundings,
    renew: Arc<dyn Renew>,
) -> Result<CloudStore> {
    let info = transfer.stage_info.as_ref().context(NoStageSnafu)?;
    let network = Network::new(around);
    let has_token = || info.creds.as_ref().is_some_and(|named| named.contains_key("GCS_ACCESS_TOKEN"));
    let is_signed = cloud == Cloud::Google && !has_token();
    let (access, prefix): (Arc<dyn Access>, _) = if is_signed {
        (Arc::new(Addresses::new(transfer, network.google, renew)), String::new())
    } else {
        let site = Site::of(cloud, info)?;
        let (prefix, keys) = (site.prefix.clone(), Keys::of(cloud, info)?);
        (Arc::new(Shared::new(site, keys, network, renew)?), prefix)
    };
    let parts = match cloud {
        Cloud::S3 => Some(PartLimits::S3),
        Cloud::Azure => Some(PartLimits::AZURE),
        Cloud::Google => None,
    };
    let is_upload = transfer.command.as_deref().is_some_and(|command| command.eq_ignore_ascii_case("UPLOAD"));
    let is_blind = is_signed && is_upload;
    Ok(CloudStore::new(Reach { cloud, access, prefix, is_signed, is_blind }, parts))
}
