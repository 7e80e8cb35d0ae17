//! Pieces of trees.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentList,
    FunctionArguments, Ident, ObjectName, ObjectNamePart, TableAlias, TableFactor, Value,
};

/// A name that is taken as it is.
pub(in super::super) fn ident(name: &str) -> Ident {
    Ident::with_quote('"', name)
}

pub(in super::super) fn column(name: &str) -> Expr {
    Expr::Identifier(ident(name))
}

pub(in super::super) fn object(parts: &[&str]) -> ObjectName {
    ObjectName(parts.iter().map(|part| ObjectNamePart::Identifier(ident(part))).collect())
}

/// A table in FROM, with nothing beside its name and alias.
pub(in super::super) fn table_factor(name: ObjectName, alias: Option<TableAlias>) -> TableFactor {
    TableFactor::Table {
        name,
        alias,
        args: None,
        with_hints: Vec::new(),
        version: None,
        with_ordinality: false,
        partitions: Vec::new(),
        json_path: None,
        sample: None,
        index_hints: Vec::new(),
    }
}

pub(in super::super) fn string(text: impl Into<String>) -> Expr {
    Expr::value(Value::SingleQuotedString(text.into()))
}

/// A whole number that keeps its precision.
pub(in super::super) fn integer(value: i64) -> Expr {
    Expr::value(Value::Number(format!("{value}."), false))
}

pub(in super::super) fn null() -> Expr {
    Expr::value(Value::Null)
}

pub(in super::super) fn boolean(value: bool) -> Expr {
    Expr::value(Value::Boolean(value))
}

/// A call of a function with plain arguments.
pub(in super::super) fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    Expr::Function(function(name, arguments))
}

pub(in super::super) fn function(name: &str, arguments: Vec<Expr>) -> Function {
    Function {
        name: object(&[name]),
        uses_odbc_syntax: false,
        parameters: FunctionArguments::None,
        args: FunctionArguments::List(FunctionArgumentList {
            duplicate_treatment: None,
            args: arguments
                .into_iter()
                .map(|each| FunctionArg::Unnamed(FunctionArgExpr::Expr(each)))
                .collect(),
            clauses: Vec::new(),
        }),
        filter: None,
        null_treatment: None,
        over: None,
        within_group: Vec::new(),
    }
}

/// A cast to a Snowflake type in its own spelling.
pub(in super::super) fn cast(expr: Expr, data_type: &str) -> Expr {
    call("$CAST", vec![expr, string(data_type)])
}

pub(in super::super) fn case(
    operand: Option<Expr>,
    branches: Vec<(Expr, Expr)>,
    otherwise: Option<Expr>,
) -> Expr {
    let conditions = branches.into_iter().map(|(condition, result)| CaseWhen { condition, result }).collect();
    Expr::Case {
        case_token: AttachedToken::empty(),
        end_token: AttachedToken::empty(),
        operand: operand.map(Box::new),
        conditions,
        else_result: otherwise.map(Box::new),
    }
}

pub(in super::super) fn binary(left: Expr, op: BinaryOperator, right: Expr) -> Expr {
    Expr::Nested(Box::new(Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }))
}
