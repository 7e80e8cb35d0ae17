//! One session: who asks, its current objects, parameters and transaction.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value as Json;
use snowflake_proto::{PARAMETERS, Parameter};

use super::access::Object;
use super::catalog::{ObjectPath, Relation, Stage};
use super::deep::Deep;
use super::stage::{self, Client};
use super::transaction::Transaction;
use super::value::Value;
use super::{Engine, Outcome, SqlError, Statement, run};
use crate::context::Context;
use crate::parameters::typed;

/// One session. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct EngineSession {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    engine: Engine,
    session_id: i64,
    state: Mutex<State>,
}

/// What a session remembers between statements.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) context: Context,
    /// What the client said of itself.
    pub(super) client: Client,
    /// The parameters that differ from their defaults.
    pub(super) parameters: BTreeMap<String, Json>,
    /// Session variables.
    pub(super) variables: BTreeMap<String, Value<'static>>,
    pub(super) relations: BTreeMap<ObjectPath, Relation>,
    pub(super) stages: BTreeMap<ObjectPath, Arc<Stage>>,
    pub(super) transaction: Option<Transaction>,
    /// The ids of this session's statements, oldest first.
    pub(super) history: Vec<String>,
}

impl EngineSession {
    pub(super) fn new(engine: Engine, user: &str, role: String, session_id: i64) -> Self {
        let context = Context { user: user.to_owned(), role: Some(role), ..Context::default() };
        let state = Mutex::new(State { context, ..State::default() });
        Self { inner: Arc::new(Inner { engine, session_id, state }) }
    }

    /// Runs one statement. Several statements may run at the same time.
    ///
    /// # Errors
    /// Whatever the service would answer; `0A000` for what is not simulated.
    pub(crate) async fn execute(&self, statement: Statement) -> Result<Outcome, SqlError> {
        Deep::new(Box::pin(run::execute(self, statement))).await
    }

    /// The current objects.
    pub(crate) fn context(&self) -> Context {
        self.state().context.clone()
    }

    /// All session parameters with their values in this session.
    pub(crate) fn parameters(&self) -> BTreeMap<String, Json> {
        let defaults = PARAMETERS.iter().map(|parameter| {
            let value = serde_json::to_value(parameter.default_value()).unwrap_or(Json::Null);
            (parameter.name().to_owned(), value)
        });
        let mut all: BTreeMap<String, Json> = defaults.collect();
        all.extend(self.state().parameters.clone());
        all
    }

    /// Sets a session parameter, as a login may. A value of the wrong type is kept as it is.
    pub(crate) fn set_parameter(&self, name: &str, value: Json) {
        let name = name.to_ascii_uppercase();
        let value =
            Parameter::find(&name).map_or_else(|| value.clone(), |parameter| typed(parameter, &value));
        self.state().parameters.insert(name, value);
    }

    /// Puts a file into a stage under any name.
    ///
    /// # Errors
    /// `002003` when there is no such stage.
    pub(crate) async fn put_staged(&self, address: &str, name: &str, content: Bytes) -> Result<(), SqlError> {
        let run = run::Run::new(self, Statement::default())?;
        stage::Location::resolve(&run, address.trim_start_matches('@'))?.write(name, content).await
    }

    /// A parameter of a statement or of its session that counts seconds; none when it is 0, which is never.
    pub(super) fn seconds(&self, statement: &Statement, name: &str) -> Option<u64> {
        let own = statement.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        let value = own.map(|(_, value)| value.clone()).or_else(|| self.parameters().remove(name))?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok()).filter(|seconds| *seconds > 0)
    }

    /// Remembers what the client said of itself.
    pub(crate) fn announce(&self, client: Client) {
        self.state().client = client;
    }

    /// Chooses current objects at login; one that does not exist is left unset and its name answered.
    pub(crate) fn use_at_login(&self, wanted: &Context) -> Vec<String> {
        let mut missing = Vec::new();
        let (catalog, access) = (self.engine().catalog(), self.engine().access());
        let mut state = self.state();
        let mut take = |name: &Option<String>, exists: &dyn Fn(&str) -> bool| match name {
            Some(name) if exists(name) => Some(name.clone()),
            Some(name) => {
                missing.push(name.clone());
                None
            }
            None => None,
        };
        let role = take(&wanted.role, &|name| access.available(&wanted.user).contains(name));
        state.context.role = role.or_else(|| state.context.role.take());
        let role = state.context.role.clone().unwrap_or_default();
        let usable = |object: &Object| access.holds(&role, "USAGE", object);
        let warehouse = take(&wanted.warehouse, &|name| {
            self.engine().fleet().contains(name) && usable(&Object::warehouse(name))
        });
        let database = take(&wanted.database, &|name| {
            catalog.databases.contains_key(name) && usable(&Object::database(name))
        });
        let schema = match &database {
            Some(database) => {
                let there = |name: &str| {
                    catalog.schema(database, name).is_ok() && usable(&Object::schema(database, name))
                };
                take(&wanted.schema, &there)
                    .or_else(|| (wanted.schema.is_none() && there("PUBLIC")).then(|| "PUBLIC".to_owned()))
            }
            None => None,
        };
        state.context.warehouse = warehouse;
        state.context.database = database;
        state.context.schema = schema;
        missing
    }

    /// Whether a transaction is open.
    pub(crate) fn is_in_transaction(&self) -> bool {
        self.state().transaction.is_some()
    }

    /// Ends the session: rolls its transaction back and drops its temporary objects.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.transaction = None;
        state.relations.clear();
        let stages = std::mem::take(&mut state.stages);
        drop(state);
        for stage in stages.into_values() {
            self.engine().stages().clear(&stage.area);
        }
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    pub(super) fn session_id(&self) -> i64 {
        self.inner.session_id
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
