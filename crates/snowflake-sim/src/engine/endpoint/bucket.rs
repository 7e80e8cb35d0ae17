//! Making the bucket or container, unless it is there.

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use object_store::aws::{AwsAuthorizer, AwsCredential};
use object_store::client::HttpRequestBody;
use serde_json::json;
use snowflake_transport::{Body, Clock, Request, RequestOptions, Sensitivity, Transport};

use super::account_sas;
use super::options::{Access, StageEndpoint};

/// Why a store cannot be used.
pub(in super::super) type Problem = Box<dyn std::error::Error + Send + Sync>;

/// Makes the bucket of an endpoint, unless it is there.
pub(super) async fn ensure(
    endpoint: &StageEndpoint,
    transport: &Arc<dyn Transport>,
    clock: &dyn Clock,
) -> Result<(), Problem> {
    let StageEndpoint { url, bucket, access } = endpoint;
    let mut request = match access {
        Access::S3 { key_id, secret_key, token, region } => {
            let credential = AwsCredential {
                key_id: key_id.clone(),
                secret_key: secret_key.expose().to_owned(),
                token: token.as_ref().map(|token| token.expose().to_owned()),
            };
            let request = http::Request::builder().method(Method::PUT).uri(format!("{url}/{bucket}"));
            let mut request = request.body(HttpRequestBody::empty())?;
            AwsAuthorizer::new(&credential, "s3", region).try_authorize(&mut request, None)?;
            request.map(|_| Body::empty())
        }
        Access::Azure { account, key } => {
            let sas = account_sas::sign(account, key, clock.wall(), Duration::from_secs(300));
            let address = format!("{url}/{bucket}?restype=container&{}", sas.expose());
            http::Request::put(address).header("content-length", "0").body(Body::empty())?
        }
        Access::Gcs { token } => http::Request::post(format!("{url}/storage/v1/b?project=sim"))
            .header("authorization", format!("Bearer {}", token.expose()))
            .header("content-type", "application/json")
            .body(json!({"name": bucket}).to_string().into())?,
    };
    attach(&mut request);
    let status = transport.send(request).await?.status();
    if status.is_success() || status == StatusCode::CONFLICT {
        return Ok(());
    }
    Err(format!("making the bucket {bucket} was answered with status {}", status.as_u16()).into())
}

/// What is signed is secret, and answers may be long.
pub(super) fn attach(request: &mut Request) {
    RequestOptions::new("storage")
        .with_sensitivity(Sensitivity::Sensitive)
        .with_body_cap(MAX_BODY)
        .with_total_timeout(Duration::from_secs(300))
        .attach(request);
}

/// The most bytes of an object.
pub(super) const MAX_BODY: usize = 0x7fff_ffff;
