//! Function calls: Snowflake's names, and functions that are other expressions in disguise.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr, Function, FunctionArguments, Value as Literal};

use super::super::SqlError;
use super::super::functions::find;
use super::super::time::Part;
use super::generator::SEQUENCE;
use super::make::{binary, call, case, cast, column, integer, null, string};
use super::relations::plain_name;
use super::{Rewriter, aggregates, context, expr::plain_arguments};

/// Functions whose first argument names a part of a date.
const PARTS_FIRST: [&str; 8] = [
    "DATEADD",
    "DATEDIFF",
    "DATE_PART",
    "TIMEADD",
    "TIMEDIFF",
    "TIMESTAMPADD",
    "TIMESTAMPDIFF",
    "DATE_TRUNC",
];
/// Functions that only stand in FROM.
const TABLE_FUNCTIONS: [&str; 4] = ["GENERATOR", "RESULT_SCAN", "FLATTEN", "SPLIT_TO_TABLE"];

/// Rewrites a call, whose arguments have been rewritten.
pub(super) fn rewrite(rewriter: &mut Rewriter<'_>, function: Function) -> Result<Expr, SqlError> {
    let Some(name) = plain_name(&function.name).map(|parts| parts.join(".").to_ascii_uppercase()) else {
        return Err(SqlError::not_simulated(format!("the function {}", function.name)));
    };
    if name.starts_with('$') || TABLE_FUNCTIONS.contains(&name.as_str()) {
        return Ok(Expr::Function(function));
    }
    if let Some(result) = aggregates::rewrite(&name, &function)? {
        return Ok(result);
    }
    if function.over.is_some() {
        return Err(SqlError::not_simulated(format!("the window function {name}")));
    }
    let arguments = match function.args {
        FunctionArguments::None => Vec::new(),
        FunctionArguments::List(list) => plain_arguments(list.args)?,
        FunctionArguments::Subquery(query) => vec![Expr::Subquery(query)],
    };
    if let Some(value) = context::value(rewriter, &name, &arguments)? {
        return Ok(value);
    }
    if matches!(name.as_str(), "SEQ1" | "SEQ2" | "SEQ4" | "SEQ8") {
        return Ok(sequence(rewriter, &name));
    }
    if let Some(result) = disguised(&name, &arguments) {
        return result;
    }
    let (name, arguments) = renamed(&name, arguments);
    if find(name).is_none() {
        return Err(SqlError::unknown_function(name));
    }
    Ok(call(name, arguments))
}

/// The numbers of GENERATOR's rows, or of the rows at hand.
fn sequence(rewriter: &Rewriter<'_>, name: &str) -> Expr {
    let number = if rewriter.generators.last() == Some(&true) {
        column(SEQUENCE)
    } else {
        let counted = aggregates::row_number();
        binary(cast(counted, "NUMBER(19,0)"), BinaryOperator::Minus, integer(1))
    };
    match name {
        "SEQ8" => cast(number, "NUMBER(19,0)"),
        _ => cast(number, "NUMBER(10,0)"),
    }
}

/// Functions that must not evaluate what they do not choose, and other expressions in disguise.
fn disguised(name: &str, arguments: &[Expr]) -> Option<Result<Expr, SqlError>> {
    let is_null = |expr: &Expr| Expr::IsNull(Box::new(expr.clone()));
    Some(Ok(match (name, arguments) {
        ("IFF", [condition, yes, no]) => case(None, vec![(condition.clone(), yes.clone())], Some(no.clone())),
        ("NVL" | "IFNULL", [first, second]) => {
            case(None, vec![(Expr::IsNotNull(Box::new(first.clone())), first.clone())], Some(second.clone()))
        }
        ("COALESCE", [_, _, ..]) => {
            let (last, others) = arguments.split_last()?;
            let branches =
                others.iter().map(|each| (Expr::IsNotNull(Box::new(each.clone())), each.clone())).collect();
            case(None, branches, Some(last.clone()))
        }
        ("NVL2", [first, yes, no]) => case(None, vec![(is_null(first), no.clone())], Some(yes.clone())),
        ("NULLIF", [a, b]) => {
            let equal = binary(a.clone(), BinaryOperator::Eq, b.clone());
            case(None, vec![(equal, null())], Some(a.clone()))
        }
        ("ZEROIFNULL", [value]) => case(None, vec![(is_null(value), integer(0))], Some(value.clone())),
        ("NULLIFZERO", [value]) => {
            let zero = binary(value.clone(), BinaryOperator::Eq, integer(0));
            case(None, vec![(zero, null())], Some(value.clone()))
        }
        ("EQUAL_NULL", [a, b]) => Expr::IsNotDistinctFrom(Box::new(a.clone()), Box::new(b.clone())),
        ("DECODE", [subject, rest @ ..]) if rest.len() >= 2 => {
            let branch = |pair: &[Expr]| match pair {
                [wanted, result] => {
                    let same = Expr::IsNotDistinctFrom(Box::new(subject.clone()), Box::new(wanted.clone()));
                    Some((same, result.clone()))
                }
                _ => None,
            };
            let otherwise = if rest.len() % 2 == 1 { rest.last().cloned() } else { None };
            case(None, rest.chunks(2).filter_map(branch).collect(), otherwise)
        }
        ("TRUNC" | "TRUNCATE", [date, part]) if is_part(part) => {
            call("DATE_TRUNC", vec![part_name(part), date.clone()])
        }
        _ => return None,
    }))
}

fn is_part(expr: &Expr) -> bool {
    matches!(expr, Expr::Value(value) if matches!(&value.value, Literal::SingleQuotedString(text) if Part::parse(text).is_some()))
}

/// A part that is written as a name is text.
fn part_name(expr: &Expr) -> Expr {
    match expr {
        Expr::Identifier(name) => string(name.value.clone()),
        other => other.clone(),
    }
}

/// Snowflake's synonyms under one name, and parts of dates as text.
fn renamed(name: &str, mut arguments: Vec<Expr>) -> (&str, Vec<Expr>) {
    if name == "DATE_TRUNC" && arguments.len() == 2 && !is_part(&part_name(&arguments[0])) {
        // Both orders of the arguments are allowed.
        arguments.swap(0, 1);
    }
    if PARTS_FIRST.contains(&name)
        && let Some(first) = arguments.first_mut()
    {
        *first = part_name(first);
    }
    if name == "LAST_DAY"
        && let Some(second) = arguments.get_mut(1)
    {
        *second = part_name(second);
    }
    let name = match name {
        "TIMEADD" | "TIMESTAMPADD" => "DATEADD",
        "TIMEDIFF" | "TIMESTAMPDIFF" => "DATEDIFF",
        "LEN" => "LENGTH",
        "SUBSTRING" => "SUBSTR",
        "CHAR" => "CHR",
        "CHARINDEX" => "POSITION",
        "UCASE" => "UPPER",
        "LCASE" => "LOWER",
        "CEILING" => "CEIL",
        "TRUNCATE" => "TRUNC",
        "POW" => "POWER",
        "BIT_AND" => "BITAND",
        "BIT_OR" => "BITOR",
        "BIT_XOR" => "BITXOR",
        "BIT_NOT" => "BITNOT",
        "BIT_SHIFTLEFT" => "BITSHIFTLEFT",
        "BIT_SHIFTRIGHT" => "BITSHIFTRIGHT",
        "TO_CHAR" => "TO_VARCHAR",
        "TO_DECIMAL" | "TO_NUMERIC" => "TO_NUMBER",
        "TRY_TO_DECIMAL" | "TRY_TO_NUMERIC" => "TRY_TO_NUMBER",
        "DATE" => "TO_DATE",
        "TIME" => "TO_TIME",
        "TO_TIMESTAMP" | "TO_DATETIME" => "TO_TIMESTAMP_NTZ",
        "TRY_TO_TIMESTAMP" => "TRY_TO_TIMESTAMP_NTZ",
        "DATEFROMPARTS" => "DATE_FROM_PARTS",
        "TIMEFROMPARTS" => "TIME_FROM_PARTS",
        "TIMESTAMP_FROM_PARTS" | "TIMESTAMPFROMPARTS" | "TIMESTAMPNTZFROMPARTS" => "TIMESTAMP_NTZ_FROM_PARTS",
        "REGEXP" | "RLIKE" => "REGEXP_LIKE",
        "MD5" => "MD5_HEX",
        "REGEXP_EXTRACT" => "REGEXP_SUBSTR",
        "WEEK_ISO" => "WEEKISO",
        other => other,
    };
    (name, arguments)
}
