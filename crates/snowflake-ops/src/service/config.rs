//! The file that a service is configured by.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, de};
use snafu::ResultExt;

use super::collect::CollectorOptions;
use super::options::ServiceOptions;
use crate::duration::parse_duration;
use crate::error::{Result, ServiceFileSnafu};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    address: Option<IpAddr>,
    http_port: Option<u16>,
    metrics_port: Option<u16>,
    max_connections: Option<usize>,
    grace: Option<Span>,
    health_age: Option<Span>,
    role: Option<String>,
    warehouse: Option<String>,
    largest_tables: Option<u32>,
    #[serde(default)]
    collectors: BTreeMap<String, Collector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collector {
    enabled: Option<bool>,
    interval: Option<Span>,
    timeout: Option<Span>,
}

/// A number with a unit: `30s`, `4h`.
#[derive(Clone, Copy)]
struct Span(Duration);

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_duration(&text)
            .filter(|span| !span.is_zero())
            .map(Self)
            .ok_or_else(|| de::Error::custom("a time is a number with a unit, such as 30s, 5m or 4h"))
    }
}

pub(super) fn read(text: &str) -> Result<ServiceOptions> {
    let file: File = toml::from_str(text).context(ServiceFileSnafu)?;
    let mut options = ServiceOptions::default();
    options.address = file.address.unwrap_or(options.address);
    options.http_port = file.http_port.unwrap_or(options.http_port);
    options.metrics_port = file.metrics_port.unwrap_or(options.metrics_port);
    options.largest_tables = file.largest_tables.unwrap_or(options.largest_tables);
    options.grace = file.grace.map_or(options.grace, |span| span.0);
    options.probe.fresh = file.health_age.map_or(options.probe.fresh, |span| span.0);
    options.role = file.role;
    options.warehouse = file.warehouse;
    if let Some(connections) = file.max_connections {
        options = options.with_max_connections(connections);
    }
    for (name, collector) in &file.collectors {
        options = options.with_collector(name, collector.options())?;
    }
    Ok(options)
}

impl Collector {
    fn options(&self) -> CollectorOptions {
        let mut options = match self.enabled {
            Some(false) => CollectorOptions::off(),
            _ => CollectorOptions::default(),
        };
        if let Some(Span(interval)) = self.interval {
            options = options.with_interval(interval);
        }
        if let Some(Span(timeout)) = self.timeout {
            options = options.with_timeout(timeout);
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn everything_can_be_set() {
        let options = read(
            "address = '127.0.0.1'\nhttp_port = 1\nmetrics_port = 2\nmax_connections = 3\ngrace = '4s'\n\
             health_age = '6s'\nrole = 'R'\nwarehouse = 'W'\nlargest_tables = 5\n\
             [collectors.warehouses]\ninterval = '2m'\ntimeout = '10s'\n[collectors.logins]\nenabled = false\n",
        )
        .unwrap();
        assert_eq!(options.http_address().to_string(), "127.0.0.1:1");
        assert_eq!(options.metrics_address().to_string(), "127.0.0.1:2");
        assert_eq!((options.connections, options.largest_tables), (3, 5));
        assert_eq!((options.grace.as_secs(), options.probe.fresh.as_secs()), (4, 6));
        assert_eq!((options.role.as_deref(), options.warehouse.as_deref()), (Some("R"), Some("W")));
        assert_eq!(options.collectors.len(), 2);
    }

    #[test]
    fn what_cannot_be_is_named() {
        let refusals = [
            ("http_prot = 1", "http_prot"),
            ("http_port = 70000", "http_port"),
            ("grace = '5'", "number with a unit"),
            ("grace = '0s'", "number with a unit"),
            ("[collectors.credit]\nenabled = false", "credits"),
            ("[collectors.credits]\ninterval = '1m'", "awake"),
            ("[collectors.credits]\nevery = '1h'", "every"),
            ("= 1", "line 1"),
        ];
        for (text, word) in refusals {
            let error = read(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{text}");
            let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            assert!(format!("{error}: {cause}").contains(word), "{text}: {error}: {cause}");
        }
    }
}
