//! From what a file holds to what a column takes.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, new_null_array};
use arrow_schema::DataType as ArrowType;

use super::super::SqlError;
use super::super::catalog::TableColumn;
use super::super::env::Env;
use super::super::types::{SqlType, TEXT, arrow_type};
use super::super::value::{Builder, Reader, Value, cast_array, convert, variant_value};

/// The rows of an array that do not fit, and why.
pub(super) type Misfits = Vec<(usize, SqlError)>;

/// How values are brought into columns.
#[derive(Clone, Debug)]
pub(super) struct Fitting<'a> {
    pub(super) env: &'a Env,
    /// Whether text that is too long is cut.
    pub(super) truncates: bool,
    /// The texts that stand for NULL.
    pub(super) null_if: &'a [String],
    /// Whether blanks around texts are none of them.
    pub(super) trims: bool,
}

impl Fitting<'_> {
    /// The values for a column, with NULL in place of those that do not fit. `stated` is the type that a
    /// query casts to on the way.
    ///
    /// # Errors
    /// `300010` for arrays that the engine never makes.
    pub(super) fn fit(
        &self,
        array: &ArrayRef,
        from: &SqlType,
        stated: Option<&SqlType>,
        column: &TableColumn,
    ) -> Result<(ArrayRef, Misfits), SqlError> {
        let mut misfits = Misfits::new();
        let (mut array, mut from) = (self.cleaned(array, column), from);
        if let Some(stated) = stated {
            array = cast_each(&array, from, stated, self.env, &mut misfits)?;
            from = stated;
        }
        if self.truncates
            && let SqlType::Text { length } = column.data_type
        {
            array = cut(&cast_each(&array, from, &TEXT, self.env, &mut misfits)?, length);
            from = &TEXT;
        }
        let array = cast_each(&array, from, &column.data_type, self.env, &mut misfits)?;
        if !column.nullable && array.null_count() > 0 {
            let known: std::collections::BTreeSet<usize> = misfits.iter().map(|(row, _)| *row).collect();
            let nulls = (0..array.len()).filter(|row| array.is_null(*row) && !known.contains(row));
            misfits.extend(nulls.map(|row| (row, SqlError::null_not_allowed())));
        }
        Ok((array, misfits))
    }

    /// NULL for all rows of a column.
    ///
    /// # Errors
    /// `300010` for arrays that the engine never makes.
    pub(super) fn nothing(&self, rows: usize, column: &TableColumn) -> Result<(ArrayRef, Misfits), SqlError> {
        self.fit(&new_null_array(&ArrowType::Utf8, rows), &TEXT, None, column)
    }

    /// Texts without blanks around them, and NULL where they stand for it.
    fn cleaned(&self, array: &ArrayRef, column: &TableColumn) -> ArrayRef {
        if self.null_if.is_empty() && !self.trims {
            return Arc::clone(array);
        }
        let clean = |text: &str| {
            let text = if self.trims { text.trim() } else { text };
            (!self.null_if.iter().any(|null| null == text)).then(|| text.to_owned())
        };
        match array.data_type() {
            ArrowType::Utf8 => {
                let texts = array.as_string::<i32>().iter();
                Arc::new(texts.map(|text| text.and_then(clean)).collect::<StringArray>())
            }
            ArrowType::LargeUtf8 if !column.data_type.is_semi_structured() => {
                let clean = |text: &str| match variant_value(text) {
                    Value::Text(inner) => {
                        clean(&inner).map(|text| serde_json::Value::String(text).to_string())
                    }
                    _ => Some(text.to_owned()),
                };
                let texts = array.as_string::<i64>().iter();
                Arc::new(texts.map(|text| text.and_then(clean)).collect::<LargeStringArray>())
            }
            _ => Arc::clone(array),
        }
    }
}

/// Casts all values; those that cannot be cast become NULL and are named.
fn cast_each(
    array: &ArrayRef,
    from: &SqlType,
    to: &SqlType,
    env: &Env,
    misfits: &mut Misfits,
) -> Result<ArrayRef, SqlError> {
    if array.null_count() == array.len() {
        return Ok(new_null_array(&arrow_type(to), array.len()));
    }
    if let Ok(cast) = cast_array(array, from, to, env) {
        return Ok(cast);
    }
    let reader = Reader::new(array)?;
    let mut builder = Builder::new(to, array.len());
    for row in 0..array.len() {
        let pushed = convert(reader.value(row), to, env).and_then(|value| builder.push(value));
        if let Err(error) = pushed {
            builder.push(Value::Null)?;
            misfits.push((row, error));
        }
    }
    Ok(builder.finish())
}

/// Texts of at most so many characters.
fn cut(array: &ArrayRef, length: u64) -> ArrayRef {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let texts = array.as_string::<i32>();
    if texts.offsets().lengths().all(|bytes| bytes <= length) {
        return Arc::clone(array);
    }
    let short = |text: &str| text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
    let cut: StringArray = texts.iter().map(|text| text.map(|text| &text[..short(text)])).collect();
    Arc::new(cut)
}
