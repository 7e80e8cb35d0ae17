//! What the examples that run against any server share: where it is, and how much memory they took.

use clap::Args;
use snowflake_client::{ClientBuilder, Protocol, SnowflakeClient};

/// The arguments that say which server, and who asks.
#[derive(Args, Debug)]
pub(crate) struct Connection {
    #[arg(long)]
    host: String,
    #[arg(long)]
    port: u16,
    #[arg(long, default_value = "https")]
    protocol: String,
    #[arg(long, default_value = "account")]
    account: String,
    #[arg(long)]
    user: String,
    #[arg(long)]
    password: String,
    #[arg(long)]
    database: Option<String>,
    #[arg(long)]
    schema: Option<String>,
}

impl Connection {
    /// A client of that server, to be built.
    pub(crate) fn builder(&self) -> ClientBuilder {
        let mut builder = SnowflakeClient::builder()
            .account(&self.account)
            .host(&self.host)
            .port(self.port)
            .protocol(if self.protocol == "http" { Protocol::Http } else { Protocol::Https })
            .user(&self.user)
            .password(self.password.as_str());
        if let Some(database) = &self.database {
            builder = builder.database(database);
        }
        if let Some(schema) = &self.schema {
            builder = builder.schema(schema);
        }
        builder
    }
}

/// The greatest resident size of this process so far, in millions of bytes, where the system tells.
#[allow(dead_code, reason = "not every example measures")]
pub(crate) fn peak_rss_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}
