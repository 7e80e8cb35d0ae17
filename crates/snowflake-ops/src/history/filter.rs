//! The conditions of a search in the history.

use snowflake_proto::{Bind, Identifier};

use super::options::QueryHistoryOptions;
use super::record::HistoryStatus;
use crate::account_usage::spelled;
use crate::error::Result;
use crate::names;

/// Conditions, joined by AND, and the values that are bound in them.
pub(super) struct Filter {
    conditions: Vec<String>,
    pub(super) binds: Vec<Bind>,
    /// The one that a function of `INFORMATION_SCHEMA` takes as an argument.
    pub(super) argument: Option<Argument>,
}

/// What a function of `INFORMATION_SCHEMA` is specialised in: a name that needs no quotes.
pub(super) enum Argument {
    Warehouse(Identifier),
    User(Identifier),
}

impl Filter {
    pub(super) fn new(options: &QueryHistoryOptions) -> Result<Self> {
        let mut filter = Self { conditions: Vec::new(), binds: Vec::new(), argument: None };
        let warehouse = filter.name("WAREHOUSE_NAME", options.warehouse.as_deref())?;
        let user = filter.name("USER_NAME", options.user.as_deref())?;
        filter.name("ROLE_NAME", options.role.as_deref())?;
        filter.name("DATABASE_NAME", options.database.as_deref())?;
        filter.name("SCHEMA_NAME", options.schema.as_deref())?;
        // Whether the functions read a name that needs quotes exactly is not known; the condition does.
        let plain = |name: Identifier| Some(name).filter(|name| spelled(name.name()) == name.name());
        let warehouse = warehouse.and_then(plain).map(Argument::Warehouse);
        filter.argument = warehouse.or(user.and_then(plain).map(Argument::User));
        if let Some(session) = options.session_id {
            filter.add("SESSION_ID = ?", session);
        }
        if let Some(status) = &options.status {
            filter.status(status);
        }
        if let Some(kind) = &options.query_type {
            filter.add("QUERY_TYPE = ?", kind);
        }
        if let Some(tag) = &options.query_tag {
            filter.add("QUERY_TAG = ?", tag);
        }
        if let Some(least) = options.min_duration {
            filter.add("TOTAL_ELAPSED_TIME >= ?", u64::try_from(least.as_millis()).unwrap_or(u64::MAX));
        }
        if let Some(text) = &options.text {
            filter.add("CONTAINS(UPPER(QUERY_TEXT), UPPER(?))", text);
        }
        Ok(filter)
    }

    /// As it stands behind WHERE.
    pub(super) fn sql(&self) -> String {
        if self.conditions.is_empty() { "1 = 1".to_owned() } else { self.conditions.join(" AND ") }
    }

    /// Whether there is a condition beside that which is an argument.
    pub(super) fn is_selective(&self) -> bool {
        self.conditions.len() > usize::from(self.argument.is_some())
    }

    fn add(&mut self, condition: &str, value: impl Into<Bind>) {
        self.conditions.push(condition.to_owned());
        self.binds.push(value.into());
    }

    fn name(&mut self, column: &str, name: Option<&str>) -> Result<Option<Identifier>> {
        let Some(name) = name else { return Ok(None) };
        let name = names::identifier(name)?;
        self.add(&format!("{column} = ?"), name.name());
        Ok(Some(name))
    }

    fn status(&mut self, status: &HistoryStatus) {
        match (status, status.words()) {
            (HistoryStatus::Other(word), _) => self.add("EXECUTION_STATUS = ?", word),
            (_, words) => {
                let places = vec!["?"; words.len()].join(", ");
                self.conditions.push(format!("EXECUTION_STATUS IN ({places})"));
                self.binds.extend(words.iter().map(|word| Bind::from(*word)));
            }
        }
    }
}
