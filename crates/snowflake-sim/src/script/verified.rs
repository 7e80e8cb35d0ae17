//! A script that cannot be left unverified.

use std::ops::Deref;

use snowflake_transport::{BoxFuture, Error, Request, Response, Transport};

use super::Script;

/// A [`Script`] that is verified when it is dropped, so that a test cannot forget to.
///
/// A client may hold it in an `Arc`: the last one to let go of it verifies it.
///
/// # Panics
///
/// Dropping it panics when the script was not followed and the thread is not panicking already.
///
/// ```
/// use snowflake_sim::{Expect, Script};
/// use snowflake_transport::{Body, Transport};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let script = Script::new().expect(Expect::get("/v1")).verified();
/// script.send(http::Request::get("https://acct.example.com/v1").body(Body::empty())?).await?;
/// assert_eq!(script.requests().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Verified {
    script: Script,
}

impl Verified {
    pub(super) fn new(script: Script) -> Self {
        Self { script }
    }
}

impl Deref for Verified {
    type Target = Script;

    fn deref(&self) -> &Script {
        &self.script
    }
}

impl Transport for Verified {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        self.script.send(request)
    }
}

impl Drop for Verified {
    fn drop(&mut self) {
        // A second panic would end the process and hide the first.
        if let Err(unmet) = self.script.verify() {
            assert!(std::thread::panicking(), "{unmet}");
        }
    }
}
