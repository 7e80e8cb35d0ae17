//! What is logged, at every level and by every library beneath us, holds nothing secret.

use std::io;
use std::sync::{Arc, Mutex};

use snowflake_sim::socket::{HttpServerOptions, RawReply};
use snowflake_transport::{
    ErrorKind, HttpTransport, HttpVersions, Request, RequestOptions, RetryClass, Sensitivity,
};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{always, echo, fetch, hasty, options, post, transport};

const CANARY: &str = "canary-4711";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// A request with the canary wherever a secret may be; its path tells nothing or is itself a secret.
fn secretive(origin: &str, sensitivity: Sensitivity) -> Request {
    let path = if sensitivity == Sensitivity::Sensitive { CANARY } else { "shown" };
    let mut request = post(&format!("{origin}{path}?token={CANARY}"), CANARY);
    request.headers_mut().insert("authorization", format!("Snowflake Token=\"{CANARY}\"").parse().unwrap());
    RequestOptions::new("login").with_sensitivity(sensitivity).attach(&mut request);
    request
}

#[tokio::test]
async fn nothing_secret_is_logged_when_all_goes_well_and_when_nothing_does() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    // For all threads: one that belongs to a thread would race with the other tests of this binary for
    // the interest that every place in the code remembers. What those log holds no canary.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let service = echo(HttpServerOptions::default()).await;
    for versions in [HttpVersions::Http1AndHttp2, HttpVersions::Http1Only] {
        let transport = HttpTransport::new(options().with_versions(versions)).unwrap();
        for sensitivity in [Sensitivity::Plain, Sensitivity::Sensitive] {
            let request = || secretive(&service.url("/"), sensitivity);
            fetch(&hasty(3), &transport, RetryClass::Login, request).await.unwrap();
        }
    }
    let location = format!("file:///{CANARY}");
    for reply in [
        RawReply::answer(503, &[], CANARY),
        RawReply::answer(307, &[("Location", &location)], ""),
        RawReply::bytes("x").then_close(),
    ] {
        let server = always(reply).await;
        let request = || secretive(&server.url("/"), Sensitivity::Plain);
        let error = fetch(&hasty(2), &transport(), RetryClass::Login, request).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(CANARY));
        assert_ne!(error.kind(), ErrorKind::InvalidRequest);
    }
    let text = log.text();
    assert!(text.contains("/shown") && text.contains("request answered"), "the log is on: {text}");
    assert!(!text.contains(CANARY), "{text}");
}
