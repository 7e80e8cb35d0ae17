//! What a service is told.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::collect::{CollectorOptions, Kind};
use super::config;
use super::probe::ProbeOptions;
use crate::error::Result;

/// What a [`Service`](super::Service) is told: where it listens, what it gathers, how it ends.
///
/// ```
/// use std::time::Duration;
/// use snowflake_ops::{CollectorOptions, ServiceOptions};
///
/// let options = ServiceOptions::default()
///     .with_warehouse("MONITORING_WH")
///     .with_collector("credits", CollectorOptions::default().with_interval(Duration::from_secs(4 * 3600)))?
///     .with_collector("tables", CollectorOptions::off())?;
/// assert_eq!(options.http_address().port(), 8080);
/// # Ok::<(), snowflake_ops::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ServiceOptions {
    pub(super) address: IpAddr,
    pub(super) http_port: u16,
    pub(super) metrics_port: u16,
    pub(super) connections: usize,
    pub(super) grace: Duration,
    pub(super) role: Option<String>,
    pub(super) warehouse: Option<String>,
    pub(super) largest_tables: u32,
    pub(super) collectors: BTreeMap<Kind, CollectorOptions>,
    pub(super) probe: ProbeOptions,
}

impl Default for ServiceOptions {
    /// Ports 8080 and 9090 of every interface, every collector as it comes, 5 s for requests that run when it ends.
    fn default() -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            http_port: 8080,
            metrics_port: 9090,
            connections: 64,
            grace: Duration::from_secs(5),
            role: None,
            warehouse: None,
            largest_tables: 50,
            collectors: BTreeMap::new(),
            probe: ProbeOptions::default(),
        }
    }
}

impl ServiceOptions {
    /// Reads the options of a file: TOML, as the guide to operating describes it.
    ///
    /// ```
    /// use snowflake_ops::ServiceOptions;
    ///
    /// let options = ServiceOptions::from_toml(
    ///     r#"
    ///     metrics_port = 9187
    ///     warehouse = "MONITORING_WH"
    ///
    ///     [collectors.credits]
    ///     interval = "4h"
    ///
    ///     [collectors.tables]
    ///     enabled = false
    ///     "#,
    /// )?;
    /// assert_eq!(options.metrics_address().port(), 9187);
    /// # Ok::<(), snowflake_ops::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration), naming what cannot be as it is.
    pub fn from_toml(text: &str) -> Result<Self> {
        config::read(text)
    }

    /// Listens on this address alone.
    pub fn with_address(mut self, address: IpAddr) -> Self {
        self.address = address;
        self
    }

    /// The port of `/health` and `/health/snowflake`; 0 takes any that is free.
    pub fn with_http_port(mut self, port: u16) -> Self {
        self.http_port = port;
        self
    }

    /// The port of `/metrics`; 0 takes any that is free.
    pub fn with_metrics_port(mut self, port: u16) -> Self {
        self.metrics_port = port;
        self
    }

    /// Answers at most so many connections of each port at a time; more wait. 64 unless set.
    pub fn with_max_connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// How long requests that run may go on when the service ends.
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// The role of the collectors; that of the sessions unless set.
    pub fn with_role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }

    /// The warehouse of the collectors that need one; that of the sessions unless set.
    pub fn with_warehouse(mut self, warehouse: impl Into<String>) -> Self {
        self.warehouse = Some(warehouse.into());
        self
    }

    /// How many of the largest tables are shown; 50 unless set.
    pub fn with_largest_tables(mut self, tables: u32) -> Self {
        self.largest_tables = tables;
        self
    }

    /// How old an answer about Snowflake's health may be before it is asked for again; 5 s unless set.
    pub fn with_health_age(mut self, age: Duration) -> Self {
        self.probe.fresh = age;
        self
    }

    /// Sets one collector; [`collector_names`](super::collector_names) has their names.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) for a name that no collector has, and for an interval that
    /// would keep a warehouse awake.
    pub fn with_collector(mut self, name: &str, options: CollectorOptions) -> Result<Self> {
        let kind = Kind::of(name)?;
        options.check(kind)?;
        self.collectors.insert(kind, options);
        Ok(self)
    }

    /// Where `/health` and `/health/snowflake` are to be.
    #[must_use]
    pub fn http_address(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.http_port)
    }

    /// Where `/metrics` is to be.
    #[must_use]
    pub fn metrics_address(&self) -> SocketAddr {
        SocketAddr::new(self.address, self.metrics_port)
    }

    pub(super) fn collector(&self, kind: Kind) -> CollectorOptions {
        self.collectors.get(&kind).copied().unwrap_or_default()
    }
}
