//! What the role of a statement may see and do.

use super::super::SqlError;
use super::super::catalog::{ObjectPath, Relation};
use super::super::run::Run;
use super::super::value::Value;
use super::state::USAGE;
use super::{Object, ObjectKind};

impl Run {
    /// The role that the statement runs as.
    pub(in super::super) fn role(&self) -> &str {
        self.context.role.as_deref().unwrap_or(super::role::PUBLIC)
    }

    /// Whether the role has a privilege on an object.
    pub(in super::super) fn holds(&self, privilege: &str, object: &Object) -> bool {
        self.engine().access().holds(self.role(), privilege, object)
    }

    /// Whether the role has any privilege on an object.
    pub(in super::super) fn sees(&self, object: &Object) -> bool {
        self.engine().access().sees(self.role(), object)
    }

    /// The role that owns an object.
    pub(in super::super) fn owner(&self, object: &Object) -> Value<'static> {
        Value::text(self.engine().access().owner(object).to_owned())
    }

    /// Whether the role finds a table or view that there is; the session's own always.
    pub(in super::super) fn finds(&self, path: &ObjectPath, relation: &Relation) -> bool {
        self.sees(&Object::at(kind(relation), path)) || self.session.state().relations.contains_key(path)
    }

    /// # Errors
    /// `002003` when the role does not see the object, `003001` when it does and lacks the privilege.
    pub(in super::super) fn demand(&self, privilege: &str, object: &Object) -> Result<(), SqlError> {
        if self.holds(privilege, object) {
            Ok(())
        } else if object.kind == ObjectKind::Account || self.sees(object) {
            Err(object.insufficient())
        } else {
            Err(object.missing())
        }
    }

    /// Goes into a database.
    ///
    /// # Errors
    /// `002003` when the role may not use it.
    pub(in super::super) fn enter_database(&self, database: &str) -> Result<(), SqlError> {
        let object = Object::database(database);
        if self.holds(USAGE, &object) { Ok(()) } else { Err(object.missing()) }
    }

    /// Goes into a schema.
    ///
    /// # Errors
    /// `002003` when the role may not use it or its database.
    pub(in super::super) fn enter_schema(&self, database: &str, schema: &str) -> Result<(), SqlError> {
        self.enter_database(database)?;
        let object = Object::schema(database, schema);
        if self.holds(USAGE, &object) { Ok(()) } else { Err(object.missing()) }
    }

    /// The table or view of that name, if the role sees it; the session's own always.
    ///
    /// # Errors
    /// `002003` when the database or schema is missing or hidden.
    pub(in super::super) fn visible(&self, path: &ObjectPath) -> Result<Option<Relation>, SqlError> {
        let found = self.relation(path);
        if self.session.state().relations.contains_key(path) {
            return found;
        }
        self.enter_schema(&path.database, &path.schema)?;
        Ok(found?.filter(|relation| self.sees(&Object::at(kind(relation), path))))
    }

    /// The table or view of that name, to read from.
    ///
    /// # Errors
    /// As [`Self::visible`], and `003001` when the role sees it and may not read it.
    pub(in super::super) fn readable(&self, path: &ObjectPath) -> Result<Option<Relation>, SqlError> {
        let found = self.visible(path)?;
        if let Some(relation) = &found
            && !self.session.state().relations.contains_key(path)
        {
            self.demand("SELECT", &Object::at(kind(relation), path))?;
        }
        Ok(found)
    }
}

/// What grants call a table or view.
pub(in super::super) fn kind(relation: &Relation) -> ObjectKind {
    match relation {
        Relation::Table(_) => ObjectKind::Table,
        Relation::View(_) => ObjectKind::View,
    }
}
