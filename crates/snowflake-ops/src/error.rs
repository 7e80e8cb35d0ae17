//! Why a question about an account could not be answered.

use snafu::Snafu;
use snowflake_proto::Recovery;
/// The kinds are those of a statement: every answer comes from one.
pub use snowflake_query::ErrorKind;
use snowflake_query::QueryId;

use crate::cost::CostEstimate;

/// A failure of this crate.
#[derive(Debug, Snafu)]
#[snafu(source(from(Repr, Box::new)))]
pub struct Error(Box<Repr>);

/// The result of a fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, Snafu)]
#[snafu(visibility(pub(crate)))]
pub(crate) enum Repr {
    #[snafu(display("{name} cannot be a name here"))]
    Name { name: String, source: snowflake_proto::Error },
    #[snafu(display("the answer to {statement} has not the columns that it should have"))]
    Answer { statement: &'static str, source: snowflake_query::Error },
    #[snafu(display(
        "{name} is in no schema: name it with its database and schema, or give the session both"
    ))]
    NotInASchema { name: String },
    #[snafu(display(
        "{statement} IN {scope} cannot be read to its end: the service gives no more than {most} rows"
    ))]
    Incomplete { statement: &'static str, scope: String, most: usize },
    #[snafu(display("a snapshot is taken of a database or a schema, not of the whole account"))]
    Scope,
    #[snafu(display(
        "the difference was made for another snapshot: {schema:?}.{table:?} is not as it should be"
    ))]
    Difference { schema: String, table: String },
    #[snafu(display("{name} does not exist, or the role may not see it"))]
    NotFound { name: String },
    #[snafu(display(
        "the role {role} may not read SNOWFLAKE.ACCOUNT_USAGE; an ACCOUNTADMIN allows it with: \
         GRANT IMPORTED PRIVILEGES ON DATABASE SNOWFLAKE TO ROLE {role}"
    ))]
    AccountUsage { role: String, source: snowflake_query::Error },
    #[snafu(display("{message}"))]
    Configuration { message: String },
    #[snafu(display(
        "there is no warehouse {name}, or none that the role {role} may see: it needs USAGE, MONITOR, OPERATE or MODIFY \
         on it"
    ))]
    NoWarehouse { name: String, role: String },
    #[snafu(display(
        "the warehouse {name} cannot be {verb}: it does not exist, or the role {role} lacks {privilege}, which its owner \
         gives with: GRANT {privilege} ON WAREHOUSE {name} TO ROLE {role}"
    ))]
    WarehouseRefused {
        name: String,
        verb: &'static str,
        privilege: &'static str,
        role: String,
        source: snowflake_query::Error,
    },
    #[snafu(display("the warehouse {name} has a size whose cost is not known here"))]
    NoRate { name: String },
    #[snafu(display("no warehouse is current: name one in the query, the session or the configuration"))]
    NoCurrentWarehouse,
    #[snafu(display("the cost of this statement cannot be estimated: {reason}"))]
    Unexplainable { reason: &'static str },
    #[snafu(display("the answer to EXPLAIN is no plan"))]
    Plan,
    #[snafu(display(
        "the statement may cost {figure:.6} credits on {} (nine of ten such cost between {:.6} and {:.6}), which is \
         above the limit of {limit}: read less, choose another warehouse, or raise the limit",
        estimate.warehouse,
        estimate.low,
        estimate.high
    ))]
    CostLimit { figure: f64, limit: f64, estimate: Box<CostEstimate> },
    #[snafu(display(
        "nothing is known of the cost of {query_id}: it still runs, ran more than a year ago, or the role may not \
         see it"
    ))]
    UnknownStatement { query_id: QueryId },
    #[snafu(display("the webhook at {host} did not take an alert"))]
    Webhook { host: String, source: snowflake_transport::Error },
    #[snafu(display("the webhook at {host} answered an alert with status {status}"))]
    WebhookRefused { host: String, status: u16 },
    #[snafu(transparent)]
    Query { source: snowflake_query::Error },
    #[cfg(feature = "service")]
    #[snafu(display("cannot listen on {address}"))]
    Bind { address: std::net::SocketAddr, source: std::io::Error },
    #[cfg(feature = "service")]
    #[snafu(display("the figures of this process cannot be recorded"))]
    Recorder { source: metrics_exporter_prometheus::BuildError },
    #[cfg(feature = "service")]
    #[snafu(display("the options of the service cannot be read"))]
    ServiceFile { source: toml::de::Error },
    #[cfg(feature = "service")]
    #[snafu(display("there is no collector {name}; there are {names}"))]
    NoCollector { name: String, names: String },
    #[cfg(feature = "service")]
    #[snafu(display("the collector {name} may run every {} s at the soonest, {why}", shortest.as_secs()))]
    CollectorInterval { name: &'static str, shortest: std::time::Duration, why: &'static str },
}

impl Error {
    /// A failure of kind [`Configuration`](ErrorKind::Configuration), for what implements the traits of this crate.
    pub fn configuration(message: impl Into<String>) -> Self {
        Repr::Configuration { message: message.into() }.into()
    }

    /// The plain failure of a statement, or this error again.
    pub(crate) fn into_query(self) -> Result<snowflake_query::Error, Self> {
        match *self.0 {
            Repr::Query { source } => Ok(source),
            other => Err(Self(Box::new(other))),
        }
    }

    /// What happened, for a `match`.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match &*self.0 {
            Repr::Name { .. }
            | Repr::Configuration { .. }
            | Repr::NotInASchema { .. }
            | Repr::Scope
            | Repr::Difference { .. }
            | Repr::NoCurrentWarehouse
            | Repr::Unexplainable { .. }
            | Repr::CostLimit { .. } => ErrorKind::Configuration,
            Repr::NoWarehouse { .. } | Repr::NotFound { .. } | Repr::UnknownStatement { .. } => {
                ErrorKind::NotFound
            }
            Repr::Incomplete { .. } => ErrorKind::Incomplete,
            Repr::Plan | Repr::NoRate { .. } | Repr::Answer { .. } => ErrorKind::Protocol,
            Repr::Webhook { .. } | Repr::WebhookRefused { .. } => ErrorKind::Network,
            Repr::AccountUsage { source, .. }
            | Repr::WarehouseRefused { source, .. }
            | Repr::Query { source } => source.kind(),
            #[cfg(feature = "service")]
            Repr::Bind { .. } => ErrorKind::Io,
            #[cfg(feature = "service")]
            Repr::Recorder { .. }
            | Repr::ServiceFile { .. }
            | Repr::NoCollector { .. }
            | Repr::CollectorInterval { .. } => ErrorKind::Configuration,
        }
    }

    /// What may be done about it.
    #[must_use]
    pub fn recovery(&self) -> Recovery {
        self.query().map_or(Recovery::Never, snowflake_query::Error::recovery)
    }

    /// Whether the role lacks the grant without which it cannot read `SNOWFLAKE.ACCOUNT_USAGE`; the message names it.
    #[must_use]
    pub fn lacks_account_usage(&self) -> bool {
        matches!(&*self.0, Repr::AccountUsage { .. })
    }

    /// The role that may not read `SNOWFLAKE.ACCOUNT_USAGE`.
    #[cfg(feature = "service")]
    pub(crate) fn denied_role(&self) -> Option<&str> {
        match &*self.0 {
            Repr::AccountUsage { role, .. } => Some(role),
            _ => None,
        }
    }

    /// Whether the statement had no warehouse that it may use.
    #[cfg(feature = "service")]
    pub(crate) fn lacks_warehouse(&self) -> bool {
        use snowflake_proto::ServerCode;
        let refusals = [
            ServerCode::INSUFFICIENT_PRIVILEGES,
            ServerCode::OBJECT_DOES_NOT_EXIST,
            ServerCode::OBJECT_OR_OPERATION_UNAVAILABLE,
        ];
        let Some(error) = self.query() else { return false };
        let Some(code) = error.code() else { return false };
        // The codes of a refusal are the same for everything; the words name what it was about.
        let words = || error.server_message().unwrap_or_default().to_ascii_lowercase();
        *code == ServerCode::NO_ACTIVE_WAREHOUSE
            || (refusals.contains(code) && words().contains("warehouse '"))
    }

    /// What a statement was estimated to cost that was refused by a [`CostLimit`](crate::CostLimit).
    #[must_use]
    pub fn cost_estimate(&self) -> Option<&CostEstimate> {
        match &*self.0 {
            Repr::CostLimit { estimate, .. } => Some(estimate),
            _ => None,
        }
    }

    /// The failure of the statement, where it was one.
    #[must_use]
    pub fn query(&self) -> Option<&snowflake_query::Error> {
        match &*self.0 {
            Repr::AccountUsage { source, .. }
            | Repr::WarehouseRefused { source, .. }
            | Repr::Query { source } => Some(source),
            _ => None,
        }
    }
}

impl From<snowflake_query::Error> for Error {
    fn from(source: snowflake_query::Error) -> Self {
        Repr::Query { source }.into()
    }
}
