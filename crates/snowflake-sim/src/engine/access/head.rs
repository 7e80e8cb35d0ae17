//! What CREATE, ALTER and DROP are about.

use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Tokens};
use super::{Object, ObjectKind};

/// Words between CREATE and the kind.
const MODIFIERS: [&str; 8] =
    ["LOCAL", "GLOBAL", "TEMP", "TEMPORARY", "VOLATILE", "TRANSIENT", "SECURE", "RECURSIVE"];

/// What a statement does to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Create,
    Alter,
    Drop,
}

/// The beginning of a statement that is about an object.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) verb: Verb,
    pub(super) replaces: bool,
    /// The object belongs to the session alone.
    pub(super) temporary: bool,
    pub(super) kind: ObjectKind,
    pub(super) name: Name,
}

impl Head {
    /// Reads the beginning of a statement; nothing when it is about no object that has privileges.
    pub(super) fn read(tokens: &Tokens) -> Option<Self> {
        let mut cursor = Cursor::new(tokens);
        let verb = match cursor.identifier().ok()?.as_str() {
            "CREATE" => Verb::Create,
            "ALTER" => Verb::Alter,
            "DROP" => Verb::Drop,
            _ => return None,
        };
        let replaces = cursor.words(&["OR", "REPLACE"]);
        let mut temporary = false;
        while let Some(word) = MODIFIERS.into_iter().find(|word| cursor.word(word)) {
            temporary |= matches!(word, "TEMP" | "TEMPORARY" | "VOLATILE");
        }
        let kind = ObjectKind::read(&mut cursor, "")?;
        let _ = cursor.words(&["IF", "NOT", "EXISTS"]) || cursor.words(&["IF", "EXISTS"]);
        let name = cursor.name().ok()?;
        Some(Self { verb, replaces, temporary, kind, name })
    }

    /// The object, looked up from where the session is.
    pub(super) fn object(&self, run: &Run) -> Option<Object> {
        object(run, self.kind, &self.name)
    }
}

/// The object of that kind and name; nothing when the session lacks the database or schema for it.
pub(super) fn object(run: &Run, kind: ObjectKind, name: &Name) -> Option<Object> {
    match kind {
        kind if kind.is_in_schema() => run.path(name).ok().map(|path| Object::at(kind, &path)),
        ObjectKind::Schema => {
            let (database, schema) = run.schema_path(name).ok()?;
            Some(Object::schema(&database, &schema))
        }
        _ => Some(Object { kind, name: name.clone() }),
    }
}
