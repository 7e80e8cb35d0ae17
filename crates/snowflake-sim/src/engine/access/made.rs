//! What a statement makes of ownership: who creates an object owns it, and nobody has rights on what is gone.

use super::super::catalog::ObjectPath;
use super::super::run::Run;
use super::super::syntax::Tokens;
use super::head::{Head, Verb};
use super::{Object, ObjectKind};

/// What a statement will have done to an object once it has succeeded.
#[derive(Debug)]
pub(in super::super) enum Made {
    Created(Object),
    Dropped(Object),
    Nothing,
}

impl Made {
    /// What a statement is about to do.
    pub(in super::super) fn of(run: &Run, tokens: &Tokens) -> Self {
        let Some(head) = Head::read(tokens).filter(|_| !run.describes()) else { return Self::Nothing };
        let Some(object) = head.object(run) else { return Self::Nothing };
        if matches!(object.kind, ObjectKind::Role | ObjectKind::User) || run.is_own(&object) {
            return Self::Nothing;
        }
        match head.verb {
            Verb::Create if !head.temporary && (head.replaces || !run.exists(&object)) => {
                Self::Created(object)
            }
            Verb::Drop => Self::Dropped(object),
            _ => Self::Nothing,
        }
    }

    /// The statement has succeeded.
    pub(in super::super) fn settle(self, run: &Run) {
        let role = run.role();
        let mut access = run.engine().access_mut();
        match self {
            Self::Created(object) => {
                access.forget(&object);
                access.own(&object, role, run.env.now);
                if object.kind == ObjectKind::Database {
                    let public = Object::schema(object.last(), "PUBLIC");
                    access.own(&public, role, run.env.now);
                    access.made(&public, run.env.now);
                }
                access.made(&object, run.env.now);
            }
            Self::Dropped(object) => access.forget(&object),
            Self::Nothing => {}
        }
    }
}

impl Run {
    /// Whether there is such an object.
    pub(super) fn exists(&self, object: &Object) -> bool {
        let catalog = self.engine().catalog();
        let schema = |found: fn(&super::super::catalog::Schema, &str) -> bool| match object.name.as_slice() {
            [database, schema, name] => {
                catalog.schema(database, schema).is_ok_and(|schema| found(schema, name))
            }
            _ => false,
        };
        match object.kind {
            ObjectKind::Account => true,
            ObjectKind::Database => {
                object.last() == "SNOWFLAKE" || catalog.databases.contains_key(object.last())
            }
            ObjectKind::Schema => match object.name.as_slice() {
                [database, name] => catalog.schema(database, name).is_ok(),
                _ => false,
            },
            ObjectKind::Table | ObjectKind::View => {
                schema(|schema, name| schema.relations.contains_key(name))
            }
            ObjectKind::Stage => schema(|schema, name| schema.stages.contains_key(name)),
            ObjectKind::FileFormat => schema(|schema, name| schema.formats.contains_key(name)),
            ObjectKind::Warehouse => self.engine().fleet().contains(object.last()),
            ObjectKind::Role => self.engine().access().roles.contains_key(object.last()),
            ObjectKind::User => self.engine().access().users.contains_key(object.last()),
            ObjectKind::DatabaseRole => object.name.first().is_some_and(|database| database == "SNOWFLAKE"),
        }
    }

    /// Whether an object is the session's own, which needs no privilege.
    pub(super) fn is_own(&self, object: &Object) -> bool {
        let [database, schema, name] = object.name.as_slice() else { return false };
        let (database, schema, name) = (database.clone(), schema.clone(), name.clone());
        let path = ObjectPath { database, schema, name };
        let state = self.session.state();
        state.relations.contains_key(&path) || state.stages.contains_key(&path)
    }
}
