//! What operators mean depends on the types of their operands: arithmetic has rules of its own, and
//! comparisons bring both sides to one type first.

use datafusion::common::DFSchema;
use datafusion::error::Result;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{Expr, ExprSchemable, lit};
use datafusion::sql::sqlparser::ast::BinaryOperator;

use super::super::SqlError;
use super::super::functions::find;
use super::super::types::{SqlType, common, type_of};

/// Plans binary operators.
#[derive(Debug)]
pub(super) struct Operators;

impl ExprPlanner for Operators {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        let name = match expr.op {
            BinaryOperator::Plus => "$ADD",
            BinaryOperator::Minus => "$SUB",
            BinaryOperator::Multiply => "$MUL",
            BinaryOperator::Divide => "$DIV",
            BinaryOperator::Modulo => "$MOD",
            BinaryOperator::Eq
            | BinaryOperator::NotEq
            | BinaryOperator::Lt
            | BinaryOperator::LtEq
            | BinaryOperator::Gt
            | BinaryOperator::GtEq => return compared(expr, schema),
            _ => return Ok(PlannerResult::Original(expr)),
        };
        Ok(PlannerResult::Planned(call(name, vec![expr.left, expr.right])?))
    }
}

fn call(name: &'static str, arguments: Vec<Expr>) -> Result<Expr> {
    let function = find(name).ok_or_else(|| SqlError::unknown_function(name))?;
    Ok(Expr::ScalarFunction(ScalarFunction::new_udf(function, arguments)))
}

fn compared(expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
    let (left, right) = (sql_type(&expr.left, schema)?, sql_type(&expr.right, schema)?);
    let (Some(left), Some(right)) = (left, right) else { return Ok(PlannerResult::Original(expr)) };
    let Some(wanted) = comparison_type(&left, &right) else { return Ok(PlannerResult::Original(expr)) };
    Ok(PlannerResult::Original(RawBinaryExpr {
        op: expr.op,
        left: brought(expr.left, &left, &wanted)?,
        right: brought(expr.right, &right, &wanted)?,
    }))
}

/// The type of an operand; none for NULL and for types that only DataFusion has.
fn sql_type(expr: &Expr, schema: &DFSchema) -> Result<Option<SqlType>> {
    use datafusion::arrow::datatypes::DataType as ArrowType;
    let (_, field) = expr.to_field(schema)?;
    Ok(match field.data_type() {
        ArrowType::Null | ArrowType::Interval(_) | ArrowType::Duration(_) | ArrowType::List(_) => None,
        _ => Some(type_of(&field)),
    })
}

/// The type in which both sides are compared; none when DataFusion compares them as it should.
fn comparison_type(left: &SqlType, right: &SqlType) -> Option<SqlType> {
    let kind = std::mem::discriminant::<SqlType>;
    if kind(left) == kind(right) {
        return match left {
            // Instants are compared, whatever their offset.
            SqlType::TimestampTz { .. } => Some(SqlType::TimestampLtz { scale: 9 }),
            _ => None,
        };
    }
    Some(match (left, right) {
        (SqlType::Number { .. }, SqlType::Float) | (SqlType::Float, SqlType::Number { .. }) => return None,
        (SqlType::Variant | SqlType::Object | SqlType::Array, other)
        | (other, SqlType::Variant | SqlType::Object | SqlType::Array) => other.clone(),
        _ => match common(left, right) {
            SqlType::TimestampTz { .. } => SqlType::TimestampLtz { scale: 9 },
            other => other,
        },
    })
}

fn brought(expr: Expr, from: &SqlType, to: &SqlType) -> Result<Expr> {
    let same_carrier = std::mem::discriminant(from) == std::mem::discriminant(to);
    if same_carrier {
        return Ok(expr);
    }
    call("$CAST", vec![expr, lit(to.to_string())])
}
