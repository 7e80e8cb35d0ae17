//! Snowflake's scalar functions, one file per family.
//!
//! A function works on one row at a time: it is given the values of its arguments and answers a value
//! of the type that it announced. [`Function`] makes DataFusion's functions of them.

mod arithmetic;
mod binary;
mod cast;
mod conditional;
mod context;
mod datetime;
mod function;
mod numeric;
mod regex;
mod semi;
mod text;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use datafusion::logical_expr::ScalarUDF;

use function::{Call, Function, Types};

static ALL: LazyLock<HashMap<&'static str, Arc<ScalarUDF>>> = LazyLock::new(|| {
    [
        arithmetic::FUNCTIONS,
        binary::FUNCTIONS,
        cast::FUNCTIONS,
        conditional::FUNCTIONS,
        context::FUNCTIONS,
        datetime::FUNCTIONS,
        numeric::FUNCTIONS,
        regex::FUNCTIONS,
        semi::FUNCTIONS,
        text::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
    .map(|function| (function.name, Arc::new(ScalarUDF::from(function.clone()))))
    .collect()
});

/// The function of that upper-case name.
pub(super) fn find(name: &str) -> Option<Arc<ScalarUDF>> {
    ALL.get(name).cloned()
}
