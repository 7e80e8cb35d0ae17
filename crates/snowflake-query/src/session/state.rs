//! What is known about a session on the server: its names, its parameters and the traces that statements left.

use std::collections::BTreeMap;

use serde_json::Value;
use snowflake_proto::wire::query::{NameValue, Response};
use snowflake_proto::{ParameterValue, StatementType};

use super::context_cache::ContextCache;
use super::wanted::{Names, reported};
use crate::statement::TextClass;

/// The state of one session.
#[derive(Debug)]
pub(crate) struct State {
    /// The names after the last statement; none while it is not known what a statement made of them.
    pub(crate) names: Names,
    /// The names that the login left.
    pub(crate) initial: Names,
    parameters: BTreeMap<String, ParameterValue>,
    pub(crate) query_context: ContextCache,
    /// A statement may have left something that the next borrower would notice.
    altered: bool,
    transaction: bool,
}

impl State {
    pub(crate) fn new(names: Names, parameters: BTreeMap<String, Value>) -> Self {
        let mut state = Self {
            initial: names.clone(),
            names,
            parameters: BTreeMap::new(),
            query_context: ContextCache::default(),
            altered: false,
            transaction: false,
        };
        for (name, value) in parameters {
            state.set_parameter(&name, value);
        }
        state
    }

    /// Takes over what the answer to a statement of this class says about the session.
    pub(crate) fn finished(&mut self, class: TextClass, answer: &Response) {
        for NameValue { name, value } in answer.parameters.iter().flatten() {
            self.set_parameter(name, value.clone());
        }
        take_name(&mut self.names.database, answer.final_database_name.as_ref());
        take_name(&mut self.names.schema, answer.final_schema_name.as_ref());
        take_name(&mut self.names.warehouse, answer.final_warehouse_name.as_ref());
        take_name(&mut self.names.role, answer.final_role_name.as_ref());
        let kind = StatementType::from_id(answer.statement_type_id.unwrap_or(0));
        self.altered |= leaves_traces(class, kind);
        match class {
            TextClass::Begin => self.transaction = true,
            TextClass::End => self.transaction = false,
            _ => self.transaction |= !self.autocommit(),
        }
    }

    /// The server reported that a statement of this class failed.
    pub(crate) fn failed(&mut self, class: TextClass) {
        self.altered |= matches!(class, TextClass::Session | TextClass::Unknown | TextClass::End);
        self.transaction |= !self.autocommit();
    }

    /// Nobody waited for the end of a statement of this class.
    pub(crate) fn unfinished(&mut self, class: TextClass) {
        self.altered |= !matches!(class, TextClass::Read | TextClass::Write | TextClass::Transfer);
        if matches!(class, TextClass::Use | TextClass::Session | TextClass::Unknown) {
            // Any name may be another one now: whoever asks for one has it set again.
            self.names = Names::default();
        }
        self.transaction |= !self.autocommit();
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&ParameterValue> {
        self.parameters.get(name)
    }

    /// Whether the next borrower could notice that somebody else was here, names aside.
    pub(crate) fn is_altered(&self) -> bool {
        self.altered || self.transaction
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.transaction
    }

    fn autocommit(&self) -> bool {
        self.parameter("AUTOCOMMIT").and_then(ParameterValue::as_bool).unwrap_or(true)
    }

    fn set_parameter(&mut self, name: &str, value: Value) {
        // A value that is neither text, number nor boolean is none that a client could use.
        let Ok(value) = serde_json::from_value::<ParameterValue>(value) else { return };
        let name = name.to_ascii_uppercase();
        if name == "QUERY_CONTEXT_CACHE_SIZE"
            && let Some(size) = value.as_i64()
        {
            self.query_context.set_capacity(size);
        }
        self.parameters.insert(name, value);
    }
}

/// Null means unset, absent means unchanged.
fn take_name(name: &mut Option<String>, answered: Option<&Option<String>>) {
    if let Some(answered) = answered {
        *name = reported(answered.clone());
    }
}

fn leaves_traces(class: TextClass, kind: StatementType) -> bool {
    // ALTER SESSION and SET, CALL, and several statements at once.
    let named = matches!((kind.id() & 0xff00, kind.id() & 0xf000), (0x4100, _) | (_, 0x9000 | 0xa000));
    match class {
        TextClass::Session => true,
        TextClass::Unknown => !kind.is_select(),
        _ => named,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;
    use snowflake_proto::wire::query::Response;

    use super::{Names, State};
    use crate::statement::TextClass;

    fn state() -> State {
        let names = Names { database: Some("D".into()), warehouse: Some("W".into()), ..Names::default() };
        State::new(names, BTreeMap::new())
    }

    fn answer(value: serde_json::Value) -> Response {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn null_unsets_a_name_and_absence_keeps_it() {
        let mut state = state();
        state.finished(
            TextClass::Use,
            &answer(json!({ "finalDatabaseName": null, "finalSchemaName": "\"s\"" })),
        );
        assert_eq!(state.names.database, None);
        assert_eq!(state.names.schema.as_deref(), Some("s"));
        assert_eq!(state.names.warehouse.as_deref(), Some("W"));
        assert_eq!(state.initial.database.as_deref(), Some("D"));
    }

    #[test]
    fn p10_what_leaves_traces() {
        let table = [
            (TextClass::Read, 0x1000, false),
            (TextClass::Write, 0x3100, false),
            (TextClass::Write, 0x6000, false),
            (TextClass::Use, 0x4301, false),
            (TextClass::Session, 0x4100, true),
            (TextClass::Read, 0x4100, true),
            (TextClass::Session, 0x6000, true),
            (TextClass::Session, 0x9000, true),
            (TextClass::Session, 0xa000, true),
            (TextClass::Session, 0x1000, true),
            (TextClass::Unknown, 0x1000, false),
            (TextClass::Unknown, 0x8000, true),
            (TextClass::Begin, 0x5000, true),
        ];
        for (class, kind, altered) in table {
            let mut state = state();
            state.finished(class, &answer(json!({ "statementTypeId": kind })));
            assert_eq!(state.is_altered(), altered, "{class:?} {kind:#x}");
        }
    }

    #[test]
    fn p10_a_transaction_counts_until_it_ends() {
        let mut state = state();
        state.finished(TextClass::Begin, &Response::default());
        state.finished(TextClass::Write, &Response::default());
        assert!(state.in_transaction() && state.is_altered());
        state.finished(TextClass::End, &Response::default());
        assert!(!state.is_altered());
    }

    #[test]
    fn p10_without_autocommit_every_statement_opens_a_transaction() {
        let mut state = state();
        let off = answer(
            json!({ "parameters": [{ "name": "AUTOCOMMIT", "value": false }], "statementTypeId": 4096 }),
        );
        state.finished(TextClass::Read, &off);
        assert!(state.in_transaction());
    }

    #[test]
    fn p10_an_unfinished_use_makes_the_session_unknown() {
        for class in [TextClass::Use, TextClass::Session, TextClass::Begin, TextClass::End] {
            let mut state = state();
            state.unfinished(class);
            assert!(state.is_altered(), "{class:?}");
        }
        let mut state = state();
        state.unfinished(TextClass::Read);
        state.unfinished(TextClass::Write);
        assert!(!state.is_altered());
    }
}
