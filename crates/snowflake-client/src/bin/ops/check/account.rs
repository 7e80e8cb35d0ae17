//! Whether the account lets this user in, and what the role may do.

use std::time::Duration;

use snowflake_client::transport::HttpTransport;
use snowflake_client::{ErrorKind, QueryBuilder, Session, SnowflakeClient, SnowflakeConfig, SnowflakeError};
use time::OffsetDateTime;
use tokio::time::Instant;

use super::super::output::chain;
use super::finding::Finding;
use super::network;

/// How long one statement may take.
const LIMIT: Duration = Duration::from_secs(30);
/// A difference of clocks that is worth a warning: tokens of key pairs are valid for a minute at least.
const SKEW: Duration = Duration::from_secs(30);
/// One view of each kind, and the database role that may read it.
const VIEWS: [(&str, &str); 3] = [
    ("WAREHOUSE_METERING_HISTORY", "USAGE_VIEWER"),
    ("QUERY_HISTORY", "GOVERNANCE_VIEWER"),
    ("LOGIN_HISTORY", "SECURITY_VIEWER"),
];

/// The settings in one line, without secrets.
pub(super) fn describe(config: &SnowflakeConfig) -> String {
    let user = config.user.as_deref().unwrap_or("the token's owner");
    let at = network::address(config).map_or_else(String::new, |(host, port)| format!(" at {host}:{port}"));
    format!("account {}{at}, user {user}", config.account)
}

/// Logs in, and asks what can be done then.
pub(super) async fn examine(client: &SnowflakeClient, config: &SnowflakeConfig) -> Vec<Finding> {
    let begun = Instant::now();
    let session = match client.session().await {
        Ok(session) => session,
        Err(error) => return vec![login_failure(&error)],
    };
    let role = session.role().unwrap_or_else(|| "none".to_owned());
    let took = begun.elapsed().as_millis();
    let mut findings = vec![Finding::ok("login", format!("session with role {role} in {took} ms"))];
    findings.extend(defaults(&session, config));
    findings.push(clock(&session).await);
    findings.push(warehouse(&session).await);
    for (view, database_role) in VIEWS {
        findings.push(usage(&session, view, database_role, &role).await);
    }
    findings.push(downloads(&session, config).await);
    findings
}

fn login_failure(error: &SnowflakeError) -> Finding {
    let known = error.code().and_then(|code| code.advice());
    let advice = known.unwrap_or(match error.kind() {
        ErrorKind::Auth => {
            "check the user, the password or key, and the network policy; SHOW USERS tells whether the user is locked"
        }
        ErrorKind::Network | ErrorKind::Timeout => "check the network, and whether the account's URL is right",
        _ => "see the message; trying again too often can lock the user",
    });
    Finding::failed("login", chain(error), advice)
}

/// What the settings ask for and the session did not get: the service takes a name that it does not know in silence.
fn defaults(session: &Session, config: &SnowflakeConfig) -> Vec<Finding> {
    let objects = [
        ("role", &config.role, session.role()),
        ("warehouse", &config.warehouse, session.warehouse()),
        ("database", &config.database, session.database()),
        ("schema", &config.schema, session.schema()),
    ];
    let found = objects.into_iter().filter_map(|(kind, wanted, has)| {
        Some(match (wanted, has) {
            (Some(_), Some(name)) => Finding::ok(kind, name),
            (Some(wanted), None) => Finding::failed(
                kind,
                format!("{wanted} cannot be used"),
                format!("check the name, and GRANT USAGE ON {} {wanted} to the role", kind.to_uppercase()),
            ),
            (None, Some(name)) => Finding::ok(kind, format!("{name}, by default")),
            (None, None) => return None,
        })
    });
    found.collect()
}

async fn clock(session: &Session) -> Finding {
    let sent = OffsetDateTime::now_utc();
    let begun = Instant::now();
    let answer = session.execute(QueryBuilder::new("SELECT CURRENT_TIMESTAMP() AS NOW").timeout(LIMIT)).await;
    let took = begun.elapsed();
    let theirs = match &answer {
        Ok(result) => result.rows.row(0).and_then(|row| row.get::<OffsetDateTime>("NOW").ok()),
        Err(error) => return Finding::failed("clock", chain(error), "see the message"),
    };
    let Some(theirs) = theirs else { return Finding::skipped("clock", "the service told no time") };
    // The service read its clock somewhere between our question and its answer.
    let ours = sent.saturating_add(time::Duration::try_from(took / 2).unwrap_or_default());
    let apart = (theirs - ours).unsigned_abs();
    let detail = format!(
        "{:.1} s apart from the service's, {} ms for an answer",
        apart.as_secs_f64(),
        took.as_millis()
    );
    if apart > SKEW.saturating_add(took) {
        let advice = "set this machine's clock, as by NTP: tokens of key pairs are refused when it is wrong";
        return Finding::warning("clock", detail, advice);
    }
    Finding::ok("clock", detail)
}

async fn warehouse(session: &Session) -> Finding {
    let Some(name) = session.warehouse() else {
        let advice = "set SNOWFLAKE_WAREHOUSE; without one only collectors that need none work";
        return Finding::warning("compute", "the session has no warehouse", advice);
    };
    let looked = session.execute(QueryBuilder::new("SHOW WAREHOUSES").timeout(LIMIT)).await;
    let state = looked.ok().and_then(|result| {
        let row =
            result.rows.iter().find(|row| row.get::<String>("name").is_ok_and(|found| found == name))?;
        Some((row.get::<String>("state").ok()?, row.get::<String>("auto_resume").ok()?))
    });
    match state {
        None => Finding::failed(
            "compute",
            format!("the role cannot see the warehouse {name}"),
            format!("GRANT USAGE ON WAREHOUSE {name} to the role"),
        ),
        Some((state, resumes)) if state == "SUSPENDED" && resumes != "true" => Finding::warning(
            "compute",
            format!("{name} is suspended and does not resume by itself"),
            format!("ALTER WAREHOUSE {name} SET AUTO_RESUME = TRUE"),
        ),
        // It is left as it is: a check that wakes warehouses would cost something.
        Some((state, _)) => Finding::ok("compute", format!("{name} is {}", state.to_lowercase())),
    }
}

/// EXPLAIN checks the grants and needs no warehouse.
async fn usage(session: &Session, view: &'static str, database_role: &str, role: &str) -> Finding {
    let sql = format!("EXPLAIN USING TEXT SELECT 1 FROM SNOWFLAKE.ACCOUNT_USAGE.{view}");
    match session.execute(QueryBuilder::new(sql).timeout(LIMIT)).await {
        Ok(_) => Finding::ok("account usage", format!("{view} can be read")),
        Err(error) => Finding::warning(
            "account usage",
            format!("{view}: {}", chain(&error)),
            format!(
                "GRANT DATABASE ROLE SNOWFLAKE.{database_role} TO ROLE {role}, for the collectors that read it"
            ),
        ),
    }
}

/// The hosts that large results and staged files come from: a firewall may let only the account's own host through.
async fn downloads(session: &Session, config: &SnowflakeConfig) -> Finding {
    const STEP: &str = "downloads";
    let sql = "SELECT DISTINCT value:host::string AS HOST, value:port::string AS PORT \
               FROM TABLE(FLATTEN(INPUT => PARSE_JSON(SYSTEM$ALLOWLIST()))) WHERE value:type::string = 'STAGE'";
    let Ok(result) = session.execute(QueryBuilder::new(sql).timeout(LIMIT)).await else {
        return Finding::skipped(STEP, "the service does not tell where results are kept");
    };
    let Ok(transport) = HttpTransport::new(config.http.clone().with_connect_timeout(config.connect_timeout))
    else {
        return Finding::skipped(STEP, "HTTP cannot be set up");
    };
    let mut reached = 0_usize;
    for row in &result.rows {
        let (Ok(host), Ok(port)) = (row.get::<String>("HOST"), row.get::<String>("PORT")) else { continue };
        if let Err(finding) = network::ask(&transport, &format!("https://{host}:{port}/")).await {
            let advice = "let this machine reach every host of SELECT SYSTEM$ALLOWLIST()";
            return Finding::failed(STEP, finding.detail(), advice);
        }
        reached += 1;
    }
    Finding::ok(STEP, format!("{reached} hosts can be reached"))
}
