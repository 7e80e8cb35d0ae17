//! How a function over single values becomes one of DataFusion's.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use arrow_array::ArrayRef;
use arrow_schema::{DataType as ArrowType, FieldRef};
use datafusion::error::{DataFusionError, Result as DataFusionResult};
use datafusion::logical_expr::{
    ColumnarValue, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDFImpl, Signature, TypeSignature, Volatility,
};
use datafusion::scalar::ScalarValue;
use regex::Regex;

use super::super::SqlError;
use super::super::env::Env;
use super::super::types::{SqlType, result_field, type_of};
use super::super::value::{Builder, Number, Reader, Value, convert, to_text};

/// Whether NULL in any argument makes the result NULL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Nulls {
    Propagate,
    Handled,
}

/// A function of Snowflake.
#[derive(Clone, Debug)]
pub(in super::super) struct Function {
    /// Its upper-case name.
    pub(in super::super) name: &'static str,
    /// The least and the greatest number of arguments.
    arity: (usize, usize),
    nulls: Nulls,
    /// The type of the result.
    returns: fn(&Types<'_>) -> Result<SqlType, SqlError>,
    /// The value of one row.
    value: fn(&Call<'_>) -> Result<Value<'static>, SqlError>,
    volatility: Volatility,
}

impl Function {
    /// A function of its arguments alone that is NULL where one of them is.
    pub(in super::super) const fn new(
        name: &'static str,
        arity: (usize, usize),
        returns: fn(&Types<'_>) -> Result<SqlType, SqlError>,
        value: fn(&Call<'_>) -> Result<Value<'static>, SqlError>,
    ) -> Self {
        Self { name, arity, nulls: Nulls::Propagate, returns, value, volatility: Volatility::Immutable }
    }

    /// The function looks at NULLs itself.
    pub(in super::super) const fn with_nulls(self) -> Self {
        Self { nulls: Nulls::Handled, ..self }
    }

    /// The function answers something else for each row.
    pub(in super::super) const fn volatile(self) -> Self {
        Self { volatility: Volatility::Volatile, ..self }
    }
}

/// Takes anything: conversions are the functions' own.
static ANYTHING: LazyLock<Signature> = LazyLock::new(|| anything(Volatility::Immutable));
static ANYTHING_VOLATILE: LazyLock<Signature> = LazyLock::new(|| anything(Volatility::Volatile));

fn anything(volatility: Volatility) -> Signature {
    Signature::one_of(vec![TypeSignature::VariadicAny, TypeSignature::Nullary], volatility)
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Function {}

impl Hash for Function {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// The arguments of a call as far as they are known before it runs.
#[derive(Debug)]
pub(in super::super) struct Types<'a> {
    pub(in super::super) name: &'a str,
    pub(in super::super) types: Vec<SqlType>,
    constants: Vec<Option<Value<'static>>>,
}

impl Types<'_> {
    /// The type of an argument; text where there is none.
    pub(in super::super) fn get(&self, at: usize) -> SqlType {
        self.types.get(at).cloned().unwrap_or(super::super::types::TEXT)
    }

    /// The text of a constant argument.
    pub(in super::super) fn constant_text(&self, at: usize) -> Option<String> {
        match self.constants.get(at)? {
            Some(Value::Text(text)) => Some(text.to_string()),
            _ => None,
        }
    }

    /// The integer of a constant argument.
    pub(in super::super) fn constant_integer(&self, at: usize) -> Option<i64> {
        match self.constants.get(at)? {
            Some(Value::Number(number)) => number.to_i64(),
            _ => None,
        }
    }
}

/// One row's arguments.
pub(in super::super) struct Call<'a> {
    pub(in super::super) name: &'static str,
    pub(in super::super) values: Vec<Value<'a>>,
    pub(in super::super) types: &'a [SqlType],
    pub(in super::super) returns: &'a SqlType,
    pub(in super::super) env: &'a Env,
    /// Which row of the batch it is.
    pub(in super::super) row: usize,
    regexes: &'a RefCell<HashMap<String, Regex>>,
}

impl<'a> Call<'a> {
    /// The argument, or NULL where there is none.
    pub(in super::super) fn get(&self, at: usize) -> Value<'a> {
        self.values.get(at).cloned().unwrap_or(Value::Null)
    }

    pub(in super::super) fn has(&self, at: usize) -> bool {
        at < self.values.len()
    }

    /// The argument as text; empty for NULL.
    pub(in super::super) fn text(&self, at: usize) -> String {
        to_text(self.get(at), self.env).map(std::borrow::Cow::into_owned).unwrap_or_default()
    }

    /// The text that carries the argument, be it text or JSON.
    pub(in super::super) fn raw(&self, at: usize) -> String {
        match self.get(at) {
            Value::Text(text) | Value::Json(text) => text.into_owned(),
            _ => String::new(),
        }
    }

    /// The argument as text, or a default where there is none.
    pub(in super::super) fn text_or(&self, at: usize, default: &str) -> String {
        if self.has(at) { self.text(at) } else { default.to_owned() }
    }

    /// # Errors
    /// As [`convert`].
    pub(in super::super) fn number(&self, at: usize) -> Result<Number, SqlError> {
        let value = match self.get(at) {
            Value::Number(number) => return Ok(number),
            value @ Value::Text(_) => {
                match Number::parse(&to_text(value.clone(), self.env).unwrap_or_default()) {
                    Some(number) => return Ok(number),
                    None => value,
                }
            }
            value => value,
        };
        match convert(value, &SqlType::Number { precision: 38, scale: 9 }, self.env)? {
            Value::Number(number) => Ok(number),
            _ => Ok(Number::new(0, 0)),
        }
    }

    /// # Errors
    /// As [`convert`].
    pub(in super::super) fn integer(&self, at: usize) -> Result<i64, SqlError> {
        let number = self.number(at)?;
        number.to_i64().ok_or_else(|| SqlError::number_out_of_range(&number.to_string()))
    }

    /// # Errors
    /// As [`convert`].
    pub(in super::super) fn integer_or(&self, at: usize, default: i64) -> Result<i64, SqlError> {
        if self.has(at) { self.integer(at) } else { Ok(default) }
    }

    /// # Errors
    /// As [`convert`].
    pub(in super::super) fn float(&self, at: usize) -> Result<f64, SqlError> {
        match convert(self.get(at), &SqlType::Float, self.env)? {
            Value::Float(value) => Ok(value),
            _ => Ok(0.0),
        }
    }

    /// # Errors
    /// As [`convert`].
    pub(in super::super) fn convert(&self, at: usize, to: &SqlType) -> Result<Value<'static>, SqlError> {
        convert(self.get(at), to, self.env).map(Value::into_owned)
    }

    /// A regular expression, compiled once per batch.
    ///
    /// # Errors
    /// `100048` for a pattern that is none.
    pub(in super::super) fn regex(&self, pattern: &str) -> Result<Regex, SqlError> {
        if let Some(found) = self.regexes.borrow().get(pattern) {
            return Ok(found.clone());
        }
        let regex = Regex::new(pattern).map_err(|_| {
            SqlError::new("100048", "2201B", format!("Invalid regular expression: '{pattern}'"))
        })?;
        self.regexes.borrow_mut().insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    }
}

impl ScalarUDFImpl for Function {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        if self.volatility == Volatility::Volatile { &ANYTHING_VOLATILE } else { &ANYTHING }
    }

    fn return_type(&self, _arg_types: &[ArrowType]) -> DataFusionResult<ArrowType> {
        Err(DataFusionError::from(SqlError::internal("the type of a function without its fields")))
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> DataFusionResult<FieldRef> {
        let count = args.arg_fields.len();
        if count < self.arity.0 {
            return Err(SqlError::arguments("not enough", self.name, self.arity.0, count).into());
        }
        if count > self.arity.1 {
            return Err(SqlError::arguments("too many", self.name, self.arity.1, count).into());
        }
        let types = Types {
            name: self.name,
            types: args.arg_fields.iter().map(|field| type_of(field)).collect(),
            constants: args.scalar_arguments.iter().map(|scalar| constant(*scalar)).collect(),
        };
        Ok(result_field(&(self.returns)(&types)?))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> DataFusionResult<ColumnarValue> {
        let env = Env::of(&args.config_options);
        let types: Vec<SqlType> = args.arg_fields.iter().map(|field| type_of(field)).collect();
        let returns = type_of(&args.return_field);
        let constant = self.volatility != Volatility::Volatile
            && args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { args.number_rows };
        let readers = args.args.iter().map(Argument::new).collect::<Result<Vec<_>, _>>()?;
        let regexes = RefCell::default();
        let mut builder = Builder::new(&returns, rows);
        for row in 0..rows {
            let values: Vec<Value<'_>> = readers.iter().map(|reader| reader.value(row)).collect();
            if self.nulls == Nulls::Propagate && values.iter().any(Value::is_null) {
                builder.push(Value::Null)?;
                continue;
            }
            let call = Call {
                name: self.name,
                values,
                types: &types,
                returns: &returns,
                env: &env,
                row,
                regexes: &regexes,
            };
            builder.push((self.value)(&call)?)?;
        }
        let array = builder.finish();
        Ok(if constant {
            ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?)
        } else {
            ColumnarValue::Array(array)
        })
    }
}

/// An argument: a value per row, or one for all.
struct Argument {
    reader: Reader,
    same: bool,
}

impl Argument {
    fn new(argument: &ColumnarValue) -> DataFusionResult<Self> {
        let (array, same): (ArrayRef, bool) = match argument {
            ColumnarValue::Array(array) => (Arc::clone(array), false),
            ColumnarValue::Scalar(scalar) => (scalar.to_array()?, true),
        };
        Ok(Self { reader: Reader::new(&array)?, same })
    }

    fn value(&self, row: usize) -> Value<'_> {
        self.reader.value(if self.same { 0 } else { row })
    }
}

fn constant(scalar: Option<&ScalarValue>) -> Option<Value<'static>> {
    let array = scalar?.to_array().ok()?;
    Reader::new(&array).ok().map(|reader| reader.value(0).into_owned())
}
