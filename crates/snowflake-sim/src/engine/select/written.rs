//! Expressions of a plan as EXPLAIN writes them.

use datafusion::logical_expr::Expr;

use super::super::env::Env;
use super::super::rewrite::UNIQUE;
use super::super::value::{Reader, Value, to_text};

/// The most letters of one expression.
const LONGEST: usize = 1_000;

/// An expression as EXPLAIN writes it.
pub(super) fn written(expr: &Expr) -> String {
    let mut text = write(expr);
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push_str("...");
    }
    text
}

/// A unique name ends in the real one.
pub(super) fn name(name: &str) -> &str {
    name.strip_prefix(UNIQUE).and_then(|rest| rest.split_once(UNIQUE)).map_or(name, |(_, name)| name)
}

fn write(expr: &Expr) -> String {
    match expr {
        Expr::Alias(alias) => write(&alias.expr),
        Expr::Column(column) => match &column.relation {
            Some(relation) if !relation.table().starts_with('$') => {
                format!("{}.{}", relation.table(), name(&column.name))
            }
            _ => name(&column.name).to_owned(),
        },
        Expr::Literal(..) => literal(expr),
        Expr::BinaryExpr(binary) => format!("{} {} {}", part(&binary.left), binary.op, part(&binary.right)),
        Expr::Not(inner) => format!("NOT {}", part(inner)),
        Expr::IsNull(inner) => format!("{} IS NULL", part(inner)),
        Expr::IsNotNull(inner) => format!("{} IS NOT NULL", part(inner)),
        Expr::Negative(inner) => format!("-{}", part(inner)),
        Expr::Cast(cast) => write(&cast.expr),
        Expr::TryCast(cast) => write(&cast.expr),
        Expr::ScalarFunction(function) => call(function.func.name(), &function.args),
        Expr::AggregateFunction(function) => {
            let distinct = if function.params.distinct { "DISTINCT " } else { "" };
            let arguments = list(&function.params.args);
            format!("{}({distinct}{arguments})", function.func.name().to_uppercase())
        }
        Expr::Between(between) => {
            let not = if between.negated { "NOT " } else { "" };
            format!("{} {not}BETWEEN {} AND {}", part(&between.expr), part(&between.low), part(&between.high))
        }
        Expr::InList(list_of) => {
            let not = if list_of.negated { "NOT " } else { "" };
            format!("{} {not}IN ({})", part(&list_of.expr), list(&list_of.list))
        }
        Expr::Like(like) => {
            let not = if like.negated { "NOT " } else { "" };
            let operator = if like.case_insensitive { "ILIKE" } else { "LIKE" };
            format!("{} {not}{operator} {}", part(&like.expr), part(&like.pattern))
        }
        other => other.to_string().replace(UNIQUE, ""),
    }
}

/// The functions that stand for operators are written as such; a cast is not shown.
fn call(function: &str, arguments: &[Expr]) -> String {
    let operator = match function {
        "$ADD" => "+",
        "$SUB" => "-",
        "$MUL" => "*",
        "$DIV" => "/",
        "$MOD" => "%",
        _ => "",
    };
    match arguments {
        [left, right] if !operator.is_empty() => format!("{} {operator} {}", part(left), part(right)),
        [value, ..] if function == "$CAST" => write(value),
        _ => format!("{}({})", function.trim_start_matches('$').to_uppercase(), list(arguments)),
    }
}

fn list(all: &[Expr]) -> String {
    // A list that nobody reads to its end is not written to its end either.
    let shown: Vec<String> = all.iter().take(100).map(write).collect();
    shown.join(", ")
}

/// As [`write`], in parentheses where it has operators of its own.
fn part(expr: &Expr) -> String {
    let text = write(expr);
    let is_compound = match expr {
        Expr::BinaryExpr(_) | Expr::Between(_) | Expr::InList(_) | Expr::Like(_) => true,
        Expr::ScalarFunction(function) => {
            ["$ADD", "$SUB", "$MUL", "$DIV", "$MOD"].contains(&function.func.name())
        }
        _ => false,
    };
    if is_compound { format!("({text})") } else { text }
}

fn literal(expr: &Expr) -> String {
    let Expr::Literal(scalar, _) = expr else { return String::new() };
    let plain = || scalar.to_string();
    let Ok(array) = scalar.to_array() else { return plain() };
    let Ok(reader) = Reader::new(&array) else { return plain() };
    match reader.value(0) {
        Value::Null => "NULL".to_owned(),
        Value::Text(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Boolean(value) => value.to_string().to_uppercase(),
        other => match &other {
            Value::Number(_) | Value::Float(_) => {
                to_text(other, &Env::default()).unwrap_or_default().into_owned()
            }
            _ => format!("'{}'", to_text(other, &Env::default()).unwrap_or_default()),
        },
    }
}
