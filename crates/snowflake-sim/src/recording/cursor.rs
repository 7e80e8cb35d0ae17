//! Reading a document that anyone may have edited: every complaint says where.

use serde_json::{Map, Value};

use super::error::RecordingError;

type Result<T> = std::result::Result<T, RecordingError>;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct At {
    pub(super) value: Value,
    pub(super) pointer: String,
}

/// The fields of an object, to be taken one after the other.
#[derive(Debug)]
pub(super) struct Fields {
    fields: Map<String, Value>,
    pointer: String,
}

impl At {
    pub(super) fn top(value: Value) -> Self {
        Self { value, pointer: String::new() }
    }

    /// An object, which may have only these fields.
    pub(super) fn fields(self, known: &[&str]) -> Result<Fields> {
        match self.value {
            Value::Object(fields) => {
                if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
                    let known = known.join(", ");
                    let what = format!("the field {name:?} is not known; known are {known}");
                    return Err(RecordingError::malformed(self.pointer, what));
                }
                Ok(Fields { fields, pointer: self.pointer })
            }
            other => Err(wrong(self.pointer, "an object", &other)),
        }
    }

    pub(super) fn list(self) -> Result<impl Iterator<Item = At>> {
        let Self { value, pointer } = self;
        match value {
            Value::Array(items) => Ok(items
                .into_iter()
                .enumerate()
                .map(move |(index, value)| At { value, pointer: format!("{pointer}/{index}") })),
            other => Err(wrong(pointer, "an array", &other)),
        }
    }

    pub(super) fn text(self) -> Result<String> {
        match self.value {
            Value::String(text) => Ok(text),
            other => Err(wrong(self.pointer, "a string", &other)),
        }
    }

    /// A text on one line, or on several.
    pub(super) fn lines(self, separator: &str) -> Result<String> {
        match self.value {
            Value::String(text) => Ok(text),
            Value::Array(_) => Ok(self.list()?.map(At::text).collect::<Result<Vec<_>>>()?.join(separator)),
            other => Err(wrong(self.pointer, "a string or an array of strings", &other)),
        }
    }

    pub(super) fn number(self) -> Result<u64> {
        let Self { value, pointer } = self;
        value.as_u64().ok_or_else(|| wrong(pointer, "a whole number from 0", &value))
    }

    pub(super) fn truth(self) -> Result<bool> {
        let Self { value, pointer } = self;
        value.as_bool().ok_or_else(|| wrong(pointer, "true or false", &value))
    }

    /// The names and values of an object of texts.
    pub(super) fn texts(self) -> Result<Vec<(String, String)>> {
        let Self { value, pointer } = self;
        let Value::Object(fields) = value else { return Err(wrong(pointer, "an object", &value)) };
        fields
            .into_iter()
            .map(|(name, value)| {
                let pointer = format!("{pointer}/{}", escaped(&name));
                Ok((name, At { value, pointer }.text()?))
            })
            .collect()
    }

    /// The rows of a result: arrays of strings and nulls.
    pub(super) fn rows(self) -> Result<Vec<Vec<Option<String>>>> {
        let Self { value, pointer } = self;
        let Value::Array(rows) = value else { return Err(wrong(pointer, "an array of rows", &value)) };
        let row = |(index, row)| {
            let Value::Array(cells) = row else {
                return Err(wrong(format!("{pointer}/{index}"), "an array of cells", &row));
            };
            let cell = |(column, cell)| match cell {
                Value::Null => Ok(None),
                Value::String(text) => Ok(Some(text)),
                other => Err(wrong(format!("{pointer}/{index}/{column}"), "a string or null", &other)),
            };
            cells.into_iter().enumerate().map(cell).collect()
        };
        rows.into_iter().enumerate().map(row).collect()
    }

    pub(super) fn malformed(&self, what: impl Into<String>) -> RecordingError {
        RecordingError::malformed(self.pointer.as_str(), what)
    }
}

impl Fields {
    pub(super) fn pointer(&self) -> &str {
        &self.pointer
    }

    /// A field that has to be there.
    pub(super) fn take(&mut self, name: &'static str) -> Result<At> {
        let pointer = self.pointer.clone();
        self.find(name)
            .ok_or_else(|| RecordingError::malformed(pointer, format!("the field {name:?} is missing")))
    }

    /// A field that may be absent; null is as good as absent.
    pub(super) fn find(&mut self, name: &'static str) -> Option<At> {
        let value = self.fields.remove(name).filter(|value| !value.is_null())?;
        Some(At { value, pointer: format!("{}/{name}", self.pointer) })
    }

    /// The items of a field, none where it is absent.
    pub(super) fn each<T>(
        &mut self,
        name: &'static str,
        read: impl FnMut(At) -> Result<T>,
    ) -> Result<Vec<T>> {
        match self.find(name) {
            Some(items) => items.list()?.map(read).collect(),
            None => Ok(Vec::new()),
        }
    }
}

fn wrong(pointer: String, wanted: &str, found: &Value) -> RecordingError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    RecordingError::malformed(pointer, format!("{wanted} is expected, not {found}"))
}

/// A name as a step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
