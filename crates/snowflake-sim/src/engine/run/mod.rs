//! Running one statement: what it is, and everything it may look at.

mod dispatch;
mod identifiers;
mod settings;
mod tables;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::catalog::ObjectPath;
use super::env::Env;
use super::rewrite::Tables;
use super::stage::Client;
use super::syntax::{BindValue, Name, bind_value};
use super::value::Value;
use super::warehouse::Actor;
use super::{Engine, EngineSession, SqlError, Statement};
use crate::context::Context;

pub(super) use dispatch::execute;
pub(super) use settings::invalid_zone;
pub(super) use tables::Gate;

/// A statement while it runs.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) session: EngineSession,
    pub(super) statement: Statement,
    /// The current objects when the statement started.
    pub(super) context: Context,
    /// The session's parameters and the statement's own over them.
    pub(super) parameters: BTreeMap<String, Json>,
    pub(super) env: Arc<Env>,
    /// What the client said of itself.
    pub(super) client: Client,
    /// The ids of earlier statements of the session, oldest first.
    pub(super) history: Vec<String>,
    /// Tables that stand in the statement for what is no name: files, and functions over them.
    pub(super) provided: Tables,
}

impl Run {
    pub(super) fn new(session: &EngineSession, statement: Statement) -> Result<Self, SqlError> {
        let mut parameters = session.parameters();
        for (name, value) in &statement.parameters {
            parameters.insert(name.to_ascii_uppercase(), value.clone());
        }
        let engine = session.engine();
        let env = settings::env(&parameters, engine.now(), engine.options().entropy.u64())?;
        let mut state = session.state();
        let history = state.history.clone();
        if !statement.query_id.is_empty() {
            state.history.push(statement.query_id.clone());
        }
        let (context, client) = (state.context.clone(), state.client);
        drop(state);
        let (session, env) = (session.clone(), Arc::new(env));
        let provided = Tables::new();
        Ok(Self { session, statement, context, parameters, env, client, history, provided })
    }

    pub(super) fn engine(&self) -> &Engine {
        self.session.engine()
    }

    /// Who runs the statement, for the books.
    pub(super) fn actor(&self) -> Actor {
        Actor {
            user: self.context.user.clone(),
            role: self.context.role.clone().unwrap_or_default(),
            query_id: self.statement.query_id.clone(),
        }
    }

    /// Whether the statement shall only be compiled.
    pub(super) fn describes(&self) -> bool {
        self.statement.describe_only
    }

    /// # Errors
    /// `000604` when the statement has been told to stop.
    pub(super) fn check(&self) -> Result<(), SqlError> {
        if self.statement.cancel.is_cancelled() { Err(SqlError::cancelled()) } else { Ok(()) }
    }

    /// The full name of an object, looked up from the current database and schema.
    ///
    /// # Errors
    /// `090105` and `090106` when they are needed and not set.
    pub(super) fn path(&self, name: &Name) -> Result<ObjectPath, SqlError> {
        self.path_from(name, self.context.database.as_deref(), self.context.schema.as_deref())
    }

    /// The full name of an object, looked up from the given database and schema.
    ///
    /// # Errors
    /// `090105` and `090106` when they are needed and not set.
    pub(super) fn path_from(
        &self,
        name: &Name,
        database: Option<&str>,
        schema: Option<&str>,
    ) -> Result<ObjectPath, SqlError> {
        let current_database = || database.map(str::to_owned).ok_or_else(SqlError::no_database);
        let current_schema = || schema.map(str::to_owned).ok_or_else(SqlError::no_schema);
        let (database, schema, name) = match name.as_slice() {
            [name] => (current_database()?, current_schema()?, name),
            [schema, name] => (current_database()?, schema.clone(), name),
            [database, schema, name] => (database.clone(), schema.clone(), name),
            _ => return Err(SqlError::internal("a name of no or too many parts")),
        };
        Ok(ObjectPath { database, schema, name: name.clone() })
    }

    /// The full name of a schema.
    ///
    /// # Errors
    /// `090105` when the current database is needed and not set.
    pub(super) fn schema_path(&self, name: &Name) -> Result<(String, String), SqlError> {
        match name.as_slice() {
            [schema] => {
                let database = self.context.database.clone().ok_or_else(SqlError::no_database)?;
                Ok((database, schema.clone()))
            }
            [database, schema] => Ok((database.clone(), schema.clone())),
            _ => Err(SqlError::missing("Schema", &name.join("."))),
        }
    }

    /// The value bound to a placeholder such as `:1` or `:name`.
    ///
    /// # Errors
    /// `002049` when nothing is bound to it, or the code of the conversion that fails.
    pub(super) fn bound(&self, placeholder: &str) -> Result<BindValue, SqlError> {
        let key = placeholder.trim_start_matches([':', '?', '$']);
        let found = self.statement.binds.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
        let Some((_, binding)) = found else {
            if self.describes() {
                // Drivers describe statements before they bind: any type will do.
                return Ok(BindValue { data_type: super::types::TEXT, value: Value::Null });
            }
            return Err(SqlError::not_bound(placeholder));
        };
        bind_value(binding, &self.env)
    }

    /// The session variable of that name.
    ///
    /// # Errors
    /// `002211` when it is not set.
    pub(super) fn variable(&self, name: &str) -> Result<Value<'static>, SqlError> {
        let key = name.trim_start_matches('$').to_ascii_uppercase();
        self.session.state().variables.get(&key).cloned().ok_or_else(|| {
            SqlError::new("002211", "02000", format!("SQL compilation error: error line 1 at position 0\nSession variable '${key}' does not exist"))
        })
    }

    /// A parameter's value as text.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        self.parameters.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    }
}
