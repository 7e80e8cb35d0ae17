//! The server of an account, or one given in full.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use super::{AccountId, label::host_fault};
use crate::error::{Error, Result};

/// How requests travel.
///
/// ```
/// use snowflake_proto::Protocol;
///
/// assert_eq!("HTTPS".parse::<Protocol>()?, Protocol::default());
/// assert_eq!(Protocol::Http.default_port(), 80);
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// TLS, the only choice for the service.
    #[default]
    Https,
    /// Plain text, for a simulator on this machine.
    Http,
}

impl Protocol {
    /// The scheme of a URL.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    /// The port meant when none is named.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Protocol {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text.eq_ignore_ascii_case("https") {
            Ok(Self::Https)
        } else if text.eq_ignore_ascii_case("http") {
            Ok(Self::Http)
        } else {
            Err(Error::invalid_host(text, "the protocol is neither `https` nor `http`"))
        }
    }
}

/// The server every request of a session goes to.
///
/// ```
/// use snowflake_proto::{AccountId, Protocol, ServerAddress};
///
/// let account = AccountId::parse("my_org-acct")?;
/// let server = ServerAddress::for_account(&account, None)?;
/// assert_eq!(server.origin(), "https://my-org-acct.snowflakecomputing.com");
///
/// let simulator = ServerAddress::new(Protocol::Http, "127.0.0.1", Some(8084))?;
/// assert_eq!(simulator.origin(), "http://127.0.0.1:8084");
/// assert!(simulator.is_loopback());
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ServerAddress {
    /// How requests travel.
    pub protocol: Protocol,
    /// The host name or address, in brackets for IPv6.
    pub host: String,
    /// The port, where it is not the protocol's own.
    pub port: Option<u16>,
}

impl ServerAddress {
    /// The address of an account, in the region given here or in the account itself.
    ///
    /// # Errors
    ///
    /// `InvalidAccount` when the region could not be part of a host name.
    pub fn for_account(account: &AccountId, region: Option<&str>) -> Result<Self> {
        let host = match region {
            Some(region) => account.host_in_region(region)?,
            None => account.host(),
        };
        Ok(Self { protocol: Protocol::Https, host, port: None })
    }

    /// An address given in full: `host` is a host name, an IPv4 address, or an IPv6 address with or
    /// without brackets.
    ///
    /// # Errors
    ///
    /// `InvalidHost` when the host holds a scheme, port, path, user or anything else that is not a host,
    /// or the port is 0.
    pub fn new(protocol: Protocol, host: &str, port: Option<u16>) -> Result<Self> {
        if port == Some(0) {
            return Err(Error::invalid_host(host, "port 0 cannot be connected to"));
        }
        let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
        if let Ok(address) = bare.parse::<Ipv6Addr>() {
            return Ok(Self { protocol, host: format!("[{address}]"), port });
        }
        if host.contains("://") {
            return Err(Error::invalid_host(host, "it must not contain a scheme"));
        }
        if let Some(reason) = host_fault(host) {
            return Err(Error::invalid_host(host, reason));
        }
        Ok(Self { protocol, host: host.to_ascii_lowercase(), port })
    }

    /// Scheme, host and, unless it is the protocol's own, port: `https://host` or `http://host:8084`.
    #[must_use]
    pub fn origin(&self) -> String {
        match self.port {
            Some(port) if port != self.protocol.default_port() => {
                format!("{}://{}:{port}", self.protocol, self.host)
            }
            _ => format!("{}://{}", self.protocol, self.host),
        }
    }

    /// Whether the server is this very machine, judged by its name alone.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare.eq_ignore_ascii_case("localhost")
            || bare.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
            || bare.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{AccountId, Protocol, ServerAddress};
    use crate::error::ErrorKind;

    #[test]
    fn a_region_of_its_own_replaces_the_one_in_the_account() {
        let host = |account: &str, region: Option<&str>| {
            ServerAddress::for_account(&AccountId::parse(account).unwrap(), region).unwrap().host
        };
        assert_eq!(host("acct", Some("us-west-2")), "acct.snowflakecomputing.com");
        assert_eq!(host("acct.x", Some("eu-central-1")), "acct.eu-central-1.snowflakecomputing.com");
        assert_eq!(host("acct", Some("cn-northwest-1")), "acct.cn-northwest-1.snowflakecomputing.cn");
        assert_eq!(host("acct", Some("west-europe.azure")), "acct.west-europe.azure.snowflakecomputing.com");
    }

    #[test]
    fn s13_a_region_that_is_no_label_is_refused() {
        let account = AccountId::parse("acct").unwrap();
        let long = "a.".repeat(125) + "a";
        for region in ["", ".", "../x", "a/b", "a@evil.com", "x#", "a\r\nHost: e", "evil.com?", "-a", &long] {
            let error = ServerAddress::for_account(&account, Some(region)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidAccount, "{region:?}");
        }
    }

    #[test]
    fn s13_a_host_is_nothing_but_a_host() {
        let long = format!("{}.com", "a.".repeat(130));
        let table = [
            "",
            ".",
            "https://h",
            "http://h",
            "h/p",
            "h:1",
            "u@h",
            "h?q",
            "h#f",
            "h\r\nX: y",
            "h h",
            "h.",
            "::x",
            "[::1",
            "-h",
            "\u{e4}.com",
            &long,
        ];
        for host in table {
            let error = ServerAddress::new(Protocol::Https, host, None).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidHost, "{host:?}");
        }
        assert!(ServerAddress::new(Protocol::Https, "h", Some(0)).is_err());
    }

    #[test]
    fn an_origin_names_a_port_only_when_it_is_unusual() {
        let origin = |protocol, host, port| ServerAddress::new(protocol, host, port).unwrap().origin();
        assert_eq!(origin(Protocol::Https, "H.Example", Some(443)), "https://h.example");
        assert_eq!(origin(Protocol::Https, "h", Some(80)), "https://h:80");
        assert_eq!(origin(Protocol::Http, "h", Some(80)), "http://h");
        assert_eq!(origin(Protocol::Http, "under_score", None), "http://under_score");
        assert_eq!(origin(Protocol::Http, "::1", Some(8084)), "http://[::1]:8084");
        assert_eq!(origin(Protocol::Http, "[0:0::1]", None), "http://[::1]");
    }

    #[test]
    fn loopback_is_told_by_name() {
        let loopback = |host| ServerAddress::new(Protocol::Http, host, None).unwrap().is_loopback();
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "::1", "[::1]"] {
            assert!(loopback(host), "{host}");
        }
        for host in
            ["localhost.evil.com", "128.0.0.1", "127.0.0.1.nip.io", "::2", "acct.snowflakecomputing.com"]
        {
            assert!(!loopback(host), "{host}");
        }
    }

    proptest! {
        #[test]
        fn an_address_reads_back_from_its_origin(
            host in "[a-z0-9]{1,8}(\\.[a-z0-9]{1,8}){0,3}",
            port in 1_u16..,
            http: bool,
        ) {
            let protocol = if http { Protocol::Http } else { Protocol::Https };
            let server = ServerAddress::new(protocol, &host, Some(port)).unwrap();
            let origin = server.origin();
            let (scheme, rest) = origin.split_once("://").unwrap();
            let (name, given) = rest.split_once(':').map_or((rest, None), |(name, port)| (name, Some(port)));
            prop_assert_eq!(scheme.parse::<Protocol>().unwrap(), protocol);
            prop_assert_eq!(name, host);
            prop_assert_eq!(given.map_or(protocol.default_port(), |port| port.parse().unwrap()), port);
        }
    }
}
