//! Whether the host can be reached: its name, its port, TLS, and what stands between.

use std::time::Duration;

use snowflake_client::transport::{Body, ErrorKind, HttpTransport, Request, Transport};
use snowflake_client::{AccountId, Protocol, SnowflakeConfig};

use super::super::output::chain;
use super::finding::Finding;

/// How long one answer may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Where the settings lead.
pub(super) fn address(config: &SnowflakeConfig) -> Option<(String, u16)> {
    let host = match &config.host {
        Some(host) => host.clone(),
        None => AccountId::parse(&config.account).ok()?.host(),
    };
    let port = config.port.unwrap_or(match config.protocol {
        Protocol::Http => 80,
        _ => 443,
    });
    Some((host, port))
}

/// Looks the host's name up and asks it for anything. Says whether it can be reached, and what was found.
pub(super) async fn reach(config: &SnowflakeConfig) -> (bool, Vec<Finding>) {
    let Some((host, port)) = address(config) else {
        let advice = "set SNOWFLAKE_ACCOUNT as organization-account, as in the account's URL";
        return (false, vec![Finding::failed("name", "the account leads to no host", advice)]);
    };
    let name = look_up(&host, port).await;
    let scheme = if config.protocol == Protocol::Http { "http" } else { "https" };
    let transport = HttpTransport::new(config.http.clone().with_connect_timeout(config.connect_timeout));
    let answer = match transport {
        Ok(transport) => ask(&transport, &format!("{scheme}://{host}:{port}/")).await,
        Err(error) => Err(failure("reach", &host, &error)),
    };
    match answer {
        Ok(detail) => (true, vec![name, Finding::ok("reach", format!("{host}:{port} {detail}"))]),
        Err(finding) => (false, vec![name, finding]),
    }
}

async fn look_up(host: &str, port: u16) -> Finding {
    match tokio::time::timeout(LIMIT, tokio::net::lookup_host((host, port))).await {
        Ok(Ok(found)) => {
            let mut addresses: Vec<String> = found.map(|address| address.ip().to_string()).collect();
            addresses.dedup();
            Finding::ok("name", format!("{host} is {}", addresses.join(", ")))
        }
        Ok(Err(error)) => Finding::warning(
            "name",
            format!("{host} cannot be looked up: {error}"),
            "check SNOWFLAKE_ACCOUNT and SNOWFLAKE_HOST and the name servers; with a proxy, the proxy looks names up",
        ),
        Err(_) => Finding::warning(
            "name",
            format!("looking {host} up took longer than {LIMIT:?}"),
            "check the name servers of this machine",
        ),
    }
}

/// Any answer will do: it came through name lookup, TCP, the proxy and TLS.
pub(super) async fn ask(transport: &HttpTransport, url: &str) -> Result<String, Finding> {
    let request: Request = match http_request(url) {
        Some(request) => request,
        None => {
            let advice = "check the host and the port";
            return Err(Finding::failed("reach", format!("{url} is no address"), advice));
        }
    };
    let begun = tokio::time::Instant::now();
    match tokio::time::timeout(LIMIT, transport.send(request)).await {
        Ok(Ok(answer)) => {
            let took = begun.elapsed().as_millis();
            Ok(format!("answers with status {} in {took} ms", answer.status().as_u16()))
        }
        Ok(Err(error)) => Err(failure("reach", url, &error)),
        Err(_) => {
            let advice = "a firewall may drop packets: allow this machine to reach the host";
            Err(Finding::failed("reach", format!("{url} did not answer within {LIMIT:?}"), advice))
        }
    }
}

fn http_request(url: &str) -> Option<Request> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = url.parse().ok()?;
    Some(request)
}

fn failure(step: &'static str, what: &str, error: &snowflake_client::transport::Error) -> Finding {
    let advice = match error.kind() {
        ErrorKind::Connect => {
            "check the host, the port and the network; behind a proxy, give it to the client"
        }
        ErrorKind::Tls => {
            "the certificate is not accepted: install the root certificates of the system, or that of the proxy which \
             opens the connection; an account with underscores needs dashes in its host"
        }
        ErrorKind::Timeout => "a firewall may drop packets: allow this machine to reach the host",
        _ => "look at what answers at that address: it may be a proxy",
    };
    Finding::failed(step, format!("{what}: {}", chain(error)), advice)
}
