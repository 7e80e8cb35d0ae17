//! Expressions.

use datafusion::sql::sqlparser::ast::{
    AccessExpr, BinaryOperator, CastKind, CeilFloorKind, Expr, FunctionArg, FunctionArgExpr,
    FunctionArguments, Ident, Interval, JsonPath, JsonPathElem, Subscript, TrimWhereField, UnaryOperator,
    Value as Literal, ValueWithSpan,
};

use super::super::SqlError;
use super::super::syntax::BindValue;
use super::super::types::SqlType;
use super::super::value::{Value, to_text};
use super::make::{binary, call, cast, column, ident, integer, null, string};
use super::{Rewriter, functions};

/// Rewrites one node, whose children have been rewritten.
pub(super) fn rewrite(rewriter: &mut Rewriter<'_>, node: &mut Expr) -> Result<(), SqlError> {
    let replacement = match std::mem::replace(node, null()) {
        Expr::Value(value) => literal(rewriter, value.value)?,
        Expr::Function(function) => functions::rewrite(rewriter, function)?,
        Expr::Cast { kind, expr, data_type, .. } => {
            let name =
                if kind == CastKind::TryCast || kind == CastKind::SafeCast { "$TRY_CAST" } else { "$CAST" };
            let wanted = mapped_type(rewriter, &data_type.to_string());
            super::super::types::parse_type(&wanted)?;
            call(name, vec![*expr, string(wanted)])
        }
        Expr::TypedString(typed) => {
            let wanted = mapped_type(rewriter, &typed.data_type.to_string());
            cast(Expr::Value(typed.value), &wanted)
        }
        Expr::Extract { field, expr, .. } => call("DATE_PART", vec![string(field.to_string()), *expr]),
        Expr::Ceil { expr, field } => call("CEIL", rounding(*expr, field)?),
        Expr::Floor { expr, field } => call("FLOOR", rounding(*expr, field)?),
        Expr::Position { expr, r#in } => call("POSITION", vec![*expr, *r#in]),
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let places = [substring_from, substring_for].into_iter().flatten().map(|place| *place);
            call("SUBSTR", std::iter::once(*expr).chain(places).collect())
        }
        Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
            let name = match trim_where {
                Some(TrimWhereField::Leading) => "LTRIM",
                Some(TrimWhereField::Trailing) => "RTRIM",
                _ => "TRIM",
            };
            let characters = trim_what.map(|what| *what).or_else(|| trim_characters?.into_iter().next());
            call(name, std::iter::once(*expr).chain(characters).collect())
        }
        Expr::Between { expr, negated, low, high } => {
            let lower = binary((*expr).clone(), BinaryOperator::GtEq, *low);
            let both = binary(lower, BinaryOperator::And, binary(*expr, BinaryOperator::LtEq, *high));
            if negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(both) } } else { both }
        }
        Expr::BinaryOp { left, op, right } => operation(*left, op, *right)?,
        Expr::Like { negated, expr, pattern, escape_char, any } => {
            like("$LIKE", negated, any, *expr, *pattern, escape_char)
        }
        Expr::ILike { negated, expr, pattern, escape_char, any } => {
            like("$ILIKE", negated, any, *expr, *pattern, escape_char)
        }
        Expr::RLike { negated, expr, pattern, .. } => {
            let matched = call("REGEXP_LIKE", vec![*expr, *pattern]);
            if negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(matched) } } else { matched }
        }
        Expr::JsonAccess { value, path } => call("GET_PATH", vec![*value, string(path_text(path)?)]),
        Expr::CompoundFieldAccess { root, access_chain } => member(*root, access_chain)?,
        Expr::Array(array) => call("ARRAY_CONSTRUCT", array.elem),
        Expr::Dictionary(fields) => {
            let pairs = fields.into_iter().flat_map(|field| [string(field.key.value), *field.value]);
            call("OBJECT_CONSTRUCT", pairs.collect())
        }
        Expr::CompoundIdentifier(parts) => numbered(parts),
        Expr::Collate { .. } => return Err(SqlError::not_simulated("collations")),
        other => other,
    };
    *node = replacement;
    Ok(())
}

/// `t.$1` is the first column of `t`.
fn numbered(mut parts: Vec<Ident>) -> Expr {
    if let Some(last) = parts.last_mut()
        && last.quote_style.is_none()
        && let Some(number) = last.value.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok())
    {
        *last = ident(&format!("COLUMN{number}"));
    }
    Expr::CompoundIdentifier(parts)
}

/// `TIMESTAMP` and `DATETIME` as the session's mapping has them.
fn mapped_type(rewriter: &Rewriter<'_>, data_type: &str) -> String {
    let upper = data_type.to_ascii_uppercase();
    let (head, rest) = upper
        .split_once('(')
        .map_or((upper.as_str(), String::new()), |(head, rest)| (head, format!("({rest}")));
    if head.trim() == "TIMESTAMP" && !rest.contains("ZONE") {
        let mapping =
            rewriter.run.parameter("TIMESTAMP_TYPE_MAPPING").unwrap_or_else(|| "TIMESTAMP_NTZ".to_owned());
        return format!("{mapping}{rest}");
    }
    upper
}

fn literal(rewriter: &Rewriter<'_>, value: Literal) -> Result<Expr, SqlError> {
    Ok(match value {
        Literal::Number(text, _) if text.contains(['e', 'E']) => cast(string(text), "FLOAT"),
        Literal::Number(text, long) if text.contains('.') => Expr::value(Literal::Number(text, long)),
        // The point keeps DataFusion from making a 64-bit integer of it.
        Literal::Number(text, long) => Expr::value(Literal::Number(format!("{text}."), long)),
        Literal::DollarQuotedString(text) => string(text.value),
        Literal::HexStringLiteral(text) => cast(string(text), "BINARY"),
        Literal::Placeholder(name) if name.starts_with(':') => bound(rewriter.run.bound(&name)?, rewriter)?,
        Literal::Placeholder(name) => match name.trim_start_matches('$').parse::<usize>() {
            Ok(number) => column(&format!("COLUMN{number}")),
            Err(_) => {
                let value = rewriter.run.variable(&name)?;
                constant(value, None, rewriter)?
            }
        },
        other => Expr::value(other),
    })
}

fn bound(bind: BindValue, rewriter: &Rewriter<'_>) -> Result<Expr, SqlError> {
    constant(bind.value, Some(&bind.data_type), rewriter)
}

/// A value as a tree.
pub(super) fn constant(
    value: Value<'static>,
    data_type: Option<&SqlType>,
    rewriter: &Rewriter<'_>,
) -> Result<Expr, SqlError> {
    Ok(match value {
        Value::Null => data_type.map_or_else(null, |data_type| cast(null(), &data_type.to_string())),
        Value::Text(text) => string(text),
        Value::Boolean(value) => super::make::boolean(value),
        Value::Number(number) => {
            let text = number.to_string();
            let point = if number.scale == 0 { "." } else { "" };
            match text.strip_prefix('-') {
                Some(digits) => Expr::Nested(Box::new(Expr::UnaryOp {
                    op: UnaryOperator::Minus,
                    expr: Box::new(Expr::value(Literal::Number(format!("{digits}{point}"), false))),
                })),
                None => Expr::value(Literal::Number(format!("{text}{point}"), false)),
            }
        }
        Value::Float(value) => cast(string(super::super::value::write_float(value)), "FLOAT"),
        Value::Json(text) => call("PARSE_JSON", vec![string(text)]),
        Value::Ntz(stamp) => cast(string(exact(&stamp, "")), "TIMESTAMP_NTZ"),
        Value::Ltz(stamp) => cast(string(exact(&stamp, "Z")), "TIMESTAMP_LTZ"),
        Value::Tz(stamp) => cast(string(exact(&stamp, "TZH:TZM")), "TIMESTAMP_TZ"),
        Value::Time(nanos) => {
            let stamp = super::super::time::Stamp::of_nanos_i64(nanos);
            cast(string(super::super::time::Format::new("HH24:MI:SS.FF9").write(&stamp)), "TIME")
        }
        Value::Date(days) => {
            let stamp = super::super::time::Stamp::of_days(days);
            cast(string(super::super::time::Format::new("YYYY-MM-DD").write(&stamp)), "DATE")
        }
        Value::Binary(_) => {
            let text = to_text(value, &rewriter.run.env).unwrap_or_default().into_owned();
            cast(string(text), "BINARY")
        }
    })
}

/// A wall clock with all its digits.
pub(super) fn exact(stamp: &super::super::time::Stamp, zone: &str) -> String {
    super::super::time::Format::new(&format!("YYYY-MM-DD\"T\"HH24:MI:SS.FF9{zone}")).write(stamp)
}

fn rounding(expr: Expr, field: CeilFloorKind) -> Result<Vec<Expr>, SqlError> {
    Ok(match field {
        CeilFloorKind::DateTimeField(field)
            if field.to_string().is_empty() || field.to_string() == "NODATETIME" =>
        {
            vec![expr]
        }
        CeilFloorKind::DateTimeField(_) => return Err(SqlError::not_simulated("CEIL and FLOOR of dates")),
        CeilFloorKind::Scale(scale) => {
            let Literal::Number(text, _) = scale.value else {
                return Err(SqlError::not_simulated("that scale of CEIL"));
            };
            vec![expr, Expr::value(Literal::Number(format!("{}.", text.trim_end_matches('.')), false))]
        }
    })
}

fn operation(left: Expr, op: BinaryOperator, right: Expr) -> Result<Expr, SqlError> {
    match op {
        BinaryOperator::StringConcat => Ok(call("CONCAT", vec![left, right])),
        BinaryOperator::Plus | BinaryOperator::Minus => match (left, right) {
            (date, Expr::Interval(interval)) => shifted(date, &interval, op == BinaryOperator::Minus),
            (Expr::Interval(interval), date) if op == BinaryOperator::Plus => shifted(date, &interval, false),
            (left, right) => Ok(Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }),
        },
        op => Ok(Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }),
    }
}

/// `date + INTERVAL '1 day, 2 hours'`.
fn shifted(date: Expr, interval: &Interval, back: bool) -> Result<Expr, SqlError> {
    let Expr::Value(value) = interval.value.as_ref() else {
        return Err(SqlError::not_simulated("that INTERVAL"));
    };
    let text = match &value.value {
        Literal::SingleQuotedString(text) | Literal::Number(text, _) => text.trim_end_matches('.').to_owned(),
        _ => return Err(SqlError::not_simulated("that INTERVAL")),
    };
    let text = match &interval.leading_field {
        Some(field) => format!("{text} {field}"),
        None => text,
    };
    let mut moved = date;
    for part in text.split(',') {
        let mut words = part.split_whitespace();
        let (count, unit) = (words.next().unwrap_or_default(), words.next().unwrap_or("second"));
        // The cause says no more than that the text is no number.
        let count: i64 =
            count.parse().map_err(|_| SqlError::invalid_argument(format!("Invalid interval '{text}'")))?;
        let count = if back { -count } else { count };
        let count = if count < 0 {
            Expr::UnaryOp { op: UnaryOperator::Minus, expr: Box::new(integer(-count)) }
        } else {
            integer(count)
        };
        moved = call("DATEADD", vec![string(unit), count, moved]);
    }
    Ok(moved)
}

/// `x LIKE p`, `x LIKE ANY (p, q)` and `x LIKE ALL (p, q)`, the last as [`mark_all`] left it.
fn like(
    name: &str,
    negated: bool,
    any: bool,
    subject: Expr,
    pattern: Expr,
    escape: Option<ValueWithSpan>,
) -> Expr {
    let (patterns, joint) = match pattern {
        Expr::Tuple(patterns) => (patterns, if any { BinaryOperator::Or } else { BinaryOperator::And }),
        Expr::Nested(single) if any => (vec![*single], BinaryOperator::Or),
        single => (vec![single], BinaryOperator::Or),
    };
    let escape = escape.map(Expr::Value);
    let matches = patterns.into_iter().map(|pattern| {
        call(name, [Some(subject.clone()), Some(pattern), escape.clone()].into_iter().flatten().collect())
    });
    let joined = matches.reduce(|all, next| binary(all, joint.clone(), next)).unwrap_or_else(null);
    if negated { Expr::UnaryOp { op: UnaryOperator::Not, expr: Box::new(joined) } } else { joined }
}

/// The parser takes `LIKE ALL (p, q)` for a call of a function ALL: a list is made of it.
pub(super) fn mark_all(node: &mut Expr) {
    let (Expr::Like { pattern, .. } | Expr::ILike { pattern, .. }) = node else { return };
    if let Expr::Function(function) = pattern.as_mut()
        && function.name.to_string().eq_ignore_ascii_case("ALL")
        && let FunctionArguments::List(list) = &mut function.args
        && let Ok(patterns) = plain_arguments(std::mem::take(&mut list.args))
    {
        **pattern = Expr::Tuple(patterns);
    }
}

fn path_text(path: JsonPath) -> Result<String, SqlError> {
    let mut text = String::new();
    for element in path.path {
        match element {
            JsonPathElem::Dot { key, quoted } => {
                let quote = if quoted { "\"" } else { "" };
                text.push_str(&format!(".{quote}{key}{quote}"));
            }
            JsonPathElem::Bracket { key } | JsonPathElem::ColonBracket { key } => match key {
                Expr::Value(value) => match value.value {
                    Literal::SingleQuotedString(key) => text.push_str(&format!("['{key}']")),
                    Literal::Number(index, _) => text.push_str(&format!("[{}]", index.trim_end_matches('.'))),
                    _ => return Err(SqlError::not_simulated("that path into a VARIANT")),
                },
                _ => return Err(SqlError::not_simulated("a computed path into a VARIANT")),
            },
        }
    }
    Ok(text.trim_start_matches('.').to_owned())
}

fn member(root: Expr, chain: Vec<AccessExpr>) -> Result<Expr, SqlError> {
    let mut value = root;
    for access in chain {
        value = match access {
            AccessExpr::Subscript(Subscript::Index { index }) => call("GET", vec![value, index]),
            AccessExpr::Dot(Expr::Identifier(name)) => call("GET", vec![value, string(name.value)]),
            _ => return Err(SqlError::not_simulated("slices of arrays")),
        };
    }
    Ok(value)
}

/// The expressions among a function's arguments.
pub(super) fn plain_arguments(arguments: Vec<FunctionArg>) -> Result<Vec<Expr>, SqlError> {
    arguments
        .into_iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Ok(expr),
            other => Err(SqlError::not_simulated(format!("the argument {other}"))),
        })
        .collect()
}
