//! Who is who: the sessions by their tokens, and the names in force in each.

use std::collections::HashMap;

use serde_json::Value;

use crate::fingerprint::StatementContext;

/// The sessions that have begun and not ended.
#[derive(Default)]
pub(crate) struct Sessions {
    by_token: HashMap<String, usize>,
    contexts: Vec<StatementContext>,
}

impl Sessions {
    /// A session that these tokens stand for.
    pub(crate) fn begin<'t>(&mut self, tokens: impl IntoIterator<Item = &'t str>, context: StatementContext) {
        let session = self.contexts.len();
        self.contexts.push(context);
        self.by_token.extend(tokens.into_iter().map(|token| (token.to_owned(), session)));
    }

    /// More tokens for the session that an older one stands for; the older one stays valid for an onlooker.
    pub(crate) fn renew<'t>(&mut self, old: &str, tokens: impl IntoIterator<Item = &'t str>) {
        if let Some(&session) = self.by_token.get(old) {
            self.by_token.extend(tokens.into_iter().map(|token| (token.to_owned(), session)));
        }
    }

    /// Forgets the session that a token stands for.
    pub(crate) fn end(&mut self, token: &str) {
        if let Some(&session) = self.by_token.get(token) {
            self.by_token.retain(|_, other| *other != session);
        }
    }

    /// The names in force, none for a session that nobody saw begin.
    pub(crate) fn context(&self, token: Option<&str>) -> StatementContext {
        let session = token.and_then(|token| self.by_token.get(token));
        session.and_then(|session| self.contexts.get(*session)).cloned().unwrap_or_default()
    }

    /// Takes over the names that the end of a statement tells: null unsets one, absence keeps it.
    pub(crate) fn finished(&mut self, token: Option<&str>, data: &Value) {
        let Some(&session) = token.and_then(|token| self.by_token.get(token)) else { return };
        let Some(context) = self.contexts.get_mut(session) else { return };
        let names = [
            ("finalRoleName", &mut context.role),
            ("finalWarehouseName", &mut context.warehouse),
            ("finalDatabaseName", &mut context.database),
            ("finalSchemaName", &mut context.schema),
        ];
        for (field, name) in names {
            if let Some(told) = data.get(field) {
                *name = told.as_str().filter(|told| !told.is_empty()).map(str::to_owned);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Sessions;
    use crate::fingerprint::StatementContext;

    #[test]
    fn names_follow_the_statements_of_their_own_session() {
        let mut sessions = Sessions::default();
        let named =
            |name: &str| StatementContext { database: Some(name.into()), ..StatementContext::default() };
        sessions.begin(["a", "master"], named("A"));
        sessions.begin(["b"], named("B"));
        sessions.renew("a", ["a2"]);
        sessions.finished(Some("a2"), &json!({ "finalSchemaName": "S", "finalWarehouseName": null }));
        assert_eq!(sessions.context(Some("a")).schema.as_deref(), Some("S"));
        assert_eq!(sessions.context(Some("a")).database.as_deref(), Some("A"));
        assert_eq!(sessions.context(Some("b")), named("B"));
        sessions.finished(Some("b"), &json!({ "finalDatabaseName": null }));
        assert_eq!(sessions.context(Some("b")), StatementContext::default());
        sessions.end("master");
        assert_eq!(sessions.context(Some("a2")), StatementContext::default());
    }
}
