//! The account identifier: what is allowed in it and what is derived from it.

use std::{fmt, str::FromStr};

use super::label::{MAX_HOST, label_fault};
use crate::error::{Error, Result};

/// The longest account that still leaves room for the service's domain.
const MAX_ACCOUNT: usize = MAX_HOST - ".snowflakecomputing.com".len();
const DOMAIN: &str = ".snowflakecomputing.";
/// The region the service started in; its accounts carry no region in their host.
const DEFAULT_REGION: &str = "us-west-2";

/// The name of an account: `organization-account`, `locator`, `locator.region` or `locator.region.cloud`.
///
/// It may only hold ASCII letters, digits, `.`, `-` and `_`, in labels that could be part of a host name,
/// because it becomes one.
///
/// ```
/// use snowflake_proto::AccountId;
///
/// let account = AccountId::parse("xy12345.eu-central-1")?;
/// assert_eq!(account.login_name(), "xy12345");
/// assert_eq!(account.jwt_name(), "XY12345");
/// assert_eq!(account.host(), "xy12345.eu-central-1.snowflakecomputing.com");
/// assert!(AccountId::parse("xy12345.evil.com/").is_err());
/// # Ok::<(), snowflake_proto::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountId(String);

impl AccountId {
    /// Checks an account identifier.
    /// A full host name of the service's own domain is accepted and reduced to the account in front of it.
    ///
    /// # Errors
    ///
    /// `InvalidAccount` when the text is empty, too long or holds anything that a host name cannot.
    pub fn parse(text: &str) -> Result<Self> {
        let account = without_domain(text);
        if let Some(reason) = label_fault(account) {
            return Err(Error::invalid_account(text, reason));
        }
        if account.len() > MAX_ACCOUNT {
            return Err(Error::invalid_account(text, "it is too long"));
        }
        Ok(Self(account.to_owned()))
    }

    /// The account that a host of the service belongs to, for configurations that name the host alone.
    ///
    /// # Errors
    ///
    /// `InvalidAccount` when the host is not one of the service's.
    pub fn from_host(host: &str) -> Result<Self> {
        if without_domain(host) == host {
            return Err(Error::invalid_account(host, "the host does not name an account"));
        }
        Self::parse(host)
    }

    /// The identifier as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The account without its region, as the login request wants it: `acct` of `acct.eu-central-1`, and
    /// `acct` of `acct-extid.global`.
    #[must_use]
    pub fn login_name(&self) -> &str {
        let (account, rest) = self.0.split_once('.').unwrap_or((&self.0, ""));
        let global = rest.split('.').next().is_some_and(|label| label.eq_ignore_ascii_case("global"));
        match account.rsplit_once('-') {
            Some((account, _external_id)) if global => account,
            _ => account,
        }
    }

    /// [`AccountId::login_name`] in upper case, as the claims of a key-pair token want it.
    #[must_use]
    pub fn jwt_name(&self) -> String {
        self.login_name().to_ascii_uppercase()
    }

    /// The host that serves the account when no other is named: with the domain of mainland China for a
    /// `cn-` region, and with `-` for each `_`, which a certificate's host name cannot hold.
    #[must_use]
    pub fn host(&self) -> String {
        let region = self.0.split('.').nth(1).unwrap_or_default();
        host_in(&self.0, region)
    }

    pub(super) fn host_in_region(&self, region: &str) -> Result<String> {
        if let Some(reason) = label_fault(region) {
            return Err(Error::invalid_account(region, reason));
        }
        let account = self.0.split('.').next().unwrap_or(&self.0);
        let host = if region.eq_ignore_ascii_case(DEFAULT_REGION) {
            host_in(account, "")
        } else {
            host_in(&format!("{account}.{region}"), region)
        };
        if host.len() > MAX_HOST {
            return Err(Error::invalid_account(region, "it is too long"));
        }
        Ok(host)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AccountId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

fn host_in(labels: &str, region: &str) -> String {
    let china = region.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("cn-"));
    let mut host = labels.to_ascii_lowercase().replace('_', "-");
    host.push_str(DOMAIN);
    host.push_str(if china { "cn" } else { "com" });
    host
}

fn without_domain(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    ["com", "cn"]
        .iter()
        .find_map(|tld| lower.strip_suffix(tld)?.strip_suffix(DOMAIN).map(str::len))
        .and_then(|length| text.get(..length))
        .unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::AccountId;
    use crate::error::ErrorKind;

    #[test]
    fn s13_an_account_that_is_no_label_is_refused() {
        let long = "a".repeat(300);
        let table = [
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "a\\b",
            "a@evil.com",
            "x#",
            "a\r\nHost: e",
            "evil.com?",
            &long,
            "a..b",
            ".a",
            "a.",
            "-a",
            "a-",
            "_a",
            "a.-b",
            "a b",
            "a:443",
            "a%2f",
            "\u{e4}",
            "a\0",
            "https://a",
            "[::1]",
            "a.snowflakecomputing.com.",
            ".snowflakecomputing.com",
        ];
        for text in table {
            let error = AccountId::parse(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidAccount, "{text:?}");
            assert!(!error.to_string().contains(['\r', '\n', '\0']), "{error}");
        }
    }

    #[test]
    fn every_form_of_account_has_its_host_and_names() {
        let table = [
            ("acct", "acct", "acct.snowflakecomputing.com"),
            ("Org-Acct", "Org-Acct", "org-acct.snowflakecomputing.com"),
            ("my_org-my_acct", "my_org-my_acct", "my-org-my-acct.snowflakecomputing.com"),
            ("acct.eu-central-1", "acct", "acct.eu-central-1.snowflakecomputing.com"),
            ("acct.west-europe.azure", "acct", "acct.west-europe.azure.snowflakecomputing.com"),
            ("acct.cn-northwest-1", "acct", "acct.cn-northwest-1.snowflakecomputing.cn"),
            ("acct.CN-NORTHWEST-1", "acct", "acct.cn-northwest-1.snowflakecomputing.cn"),
            ("cn-acct", "cn-acct", "cn-acct.snowflakecomputing.com"),
            ("acct-extid.global", "acct", "acct-extid.global.snowflakecomputing.com"),
            ("org-acct-x1.global", "org-acct", "org-acct-x1.global.snowflakecomputing.com"),
            ("acct.us-east-1.privatelink", "acct", "acct.us-east-1.privatelink.snowflakecomputing.com"),
            ("acct.snowflakecomputing.com", "acct", "acct.snowflakecomputing.com"),
            ("acct.cn-north-1.SnowflakeComputing.CN", "acct", "acct.cn-north-1.snowflakecomputing.cn"),
        ];
        for (text, login, host) in table {
            let account = AccountId::parse(text).unwrap();
            assert_eq!(account.login_name(), login, "{text}");
            assert_eq!(account.jwt_name(), login.to_uppercase(), "{text}");
            assert_eq!(account.host(), host, "{text}");
            assert_eq!(AccountId::from_host(host).unwrap().login_name(), account_of(host), "{text}");
        }
        assert!(AccountId::from_host("localhost").is_err());
    }

    fn account_of(host: &str) -> &str {
        let label = host.split('.').next().unwrap();
        if host.contains(".global.") { label.rsplit_once('-').unwrap().0 } else { label }
    }

    proptest! {
        #[test]
        fn s13_whatever_is_accepted_makes_a_plain_host(text in "[a-zA-Z0-9._@/:?#%\\\\ \r\n-]{0,40}") {
            if let Ok(account) = AccountId::parse(&text) {
                let host = account.host();
                prop_assert!(host.contains(".snowflakecomputing.c"));
                prop_assert!(host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-')));
                prop_assert!(host.split('.').all(|label| !label.is_empty()));
                prop_assert_eq!(AccountId::parse(account.as_str()).unwrap(), account);
            }
        }
    }
}
