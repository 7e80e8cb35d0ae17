//! Somebody who is logged in.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use snowflake_proto::wire::query::NameValue;
use snowflake_proto::{Parameter, StatementType};

use super::control::{Control, make_current};
use super::execution::Execution;
use crate::context::Context;
use crate::ledger::{Pending, Settled};
use crate::parameters;

/// Somebody who is logged in.
pub(super) struct Session {
    pub(super) id: i64,
    /// The driver's name, which may decide the result format.
    pub(super) app: String,
    /// Session parameters that the login named.
    pub(super) login_parameters: BTreeMap<String, Value>,
    state: Mutex<State>,
    requests: Mutex<HashMap<String, Arc<Execution>>>,
}

/// What statements change about a session.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) context: Context,
    /// The parameters that differ from their defaults.
    pub(super) parameters: BTreeMap<String, Value>,
    is_in_transaction: bool,
    pub(super) pending: Pending,
}

impl Session {
    pub(super) fn new(id: i64, app: String, context: Context, login: BTreeMap<String, Value>) -> Self {
        let mut state = State { context, ..State::default() };
        for (name, value) in &login {
            state.set(name, value.clone());
        }
        Self { id, app, login_parameters: login, state: Mutex::new(state), requests: Mutex::default() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a request id stands for; the latest, should there be several.
    pub(super) fn requests(&self) -> MutexGuard<'_, HashMap<String, Arc<Execution>>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The parameters that answers carry.
    pub(super) fn answered(&self) -> Vec<NameValue> {
        parameters::answered(|name| {
            let default = || serde_json::to_value(Parameter::find(name)?.default_value()).ok();
            self.parameters.get(name).cloned().or_else(default)
        })
    }

    /// Does what a steering statement says.
    pub(super) fn steer(&mut self, control: &Control) {
        match control {
            Control::Begin => self.is_in_transaction = true,
            Control::Commit | Control::Rollback => self.is_in_transaction = false,
            Control::Use(object, names) => make_current(&mut self.context, *object, names),
            Control::Set(settings) => settings.iter().for_each(|(name, value)| self.set(name, value.clone())),
            Control::Unset(names) => names.iter().for_each(|name| {
                self.parameters.remove(name);
            }),
        }
    }

    /// Whether a statement that begins now belongs to a transaction.
    pub(super) fn is_in_transaction(&self) -> bool {
        self.is_in_transaction || self.parameters.get("AUTOCOMMIT") == Some(&json!(false))
    }

    /// How the transaction stands after a statement of that kind, which succeeded.
    pub(super) fn after(&mut self, kind: StatementType, control: Option<&Control>) -> Settled {
        if kind == StatementType::DDL {
            // DDL commits what came before it.
            self.is_in_transaction = false;
        }
        if kind.is_dml() {
            self.is_in_transaction = self.is_in_transaction();
        }
        match control {
            _ if self.is_in_transaction => Settled::Open,
            Some(Control::Rollback) => Settled::RolledBack,
            _ => Settled::Committed,
        }
    }

    fn set(&mut self, name: &str, value: Value) {
        let name = name.to_ascii_uppercase();
        let value = Parameter::find(&name)
            .map_or_else(|| value.clone(), |parameter| parameters::typed(parameter, &value));
        self.parameters.insert(name, value);
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("id", &self.id).field("app", &self.app).finish_non_exhaustive()
    }
}
