//! Which path answers what.

use std::sync::Arc;

use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tokio::time::Instant;

use super::listener::Stop;
use super::reply::Reply;
use crate::service::collect::Board;
use crate::service::exposition::Scrape;
use crate::service::probe::Probe;

/// The paths of one listener.
pub(in crate::service) trait Routes: Send + Sync + 'static {
    /// Answers a GET without a body.
    fn answer(&self, path: &str, headers: &HeaderMap) -> impl Future<Output = Reply> + Send;
}

/// Whether the process, Snowflake and the collectors are well.
#[derive(Debug)]
pub(in crate::service) struct HealthRoutes {
    pub(in crate::service) started: Instant,
    pub(in crate::service) probe: Probe,
    pub(in crate::service) board: Arc<Board>,
    pub(in crate::service) stop: Stop,
}

impl HealthRoutes {
    const PATHS: [&str; 3] = ["/health", "/health/snowflake", "/health/collectors"];

    fn alive(&self) -> Reply {
        let body = json!({
            "status": "alive",
            "version": env!("CARGO_PKG_VERSION"),
            "uptime_seconds": self.started.elapsed().as_secs(),
        });
        Reply::json(StatusCode::OK, &body)
    }

    async fn snowflake(&self) -> Reply {
        if self.stop.is_raised() {
            let body = json!({ "status": "unready", "reason": "the service is stopping" });
            return Reply::json(StatusCode::SERVICE_UNAVAILABLE, &body);
        }
        let seen = self.probe.check().await;
        let (status, word) = match seen.health.healthy {
            true => (StatusCode::OK, "ready"),
            false => (StatusCode::SERVICE_UNAVAILABLE, "unready"),
        };
        let body = json!({
            "status": word,
            "latency_ms": seen.health.latency_ms,
            "age_ms": u64::try_from(seen.age.as_millis()).unwrap_or(u64::MAX),
            "reason": seen.health.reason,
        });
        Reply::json(status, &body)
    }
}

impl Routes for HealthRoutes {
    async fn answer(&self, path: &str, _headers: &HeaderMap) -> Reply {
        match path {
            "/health" => self.alive(),
            "/health/snowflake" => self.snowflake().await,
            "/health/collectors" => Reply::json(StatusCode::OK, &self.board.describe()),
            _ => Reply::not_found(&Self::PATHS),
        }
    }
}

/// The figures.
#[derive(Debug)]
pub(in crate::service) struct MetricsRoutes {
    pub(in crate::service) scrape: Scrape,
}

impl Routes for MetricsRoutes {
    async fn answer(&self, path: &str, headers: &HeaderMap) -> Reply {
        if path != "/metrics" {
            return Reply::not_found(&["/metrics"]);
        }
        let rendered = self.scrape.rendered().await;
        if takes_gzip(headers)
            && let Some(body) = rendered.gzipped()
        {
            return Reply::exposition(body).gzipped();
        }
        Reply::exposition(rendered.plain())
    }
}

/// Whether the client takes gzip: named, or as any, and not with a weight of zero.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    codings.flat_map(|list| list.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let refused = parts.any(|parameter| {
            let weight = parameter.strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
            weight.is_some_and(|weight| weight <= 0.0)
        });
        (name.eq_ignore_ascii_case("gzip") || name == "*") && !refused
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        let takes = |text: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(text))]))
        };
        for text in ["gzip", "deflate, GZIP;q=0.5", "*", "br, gzip ; q=1"] {
            assert!(takes(text), "{text}");
        }
        for text in ["", "identity", "gzip;q=0", "gzip; q=0.000", "x-gzip-like"] {
            assert!(!takes(text), "{text}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
