//! Long chains of operators. The parser makes trees of them that are as deep as the chain is long; those
//! of AND, OR and `||` become flat again, others have a limit.

use datafusion::sql::sqlparser::ast::{BinaryOperator, Expr};

use super::super::SqlError;
use super::make::{call, null};

/// The longest chain of other operators.
const LONGEST: usize = 500;

/// Rebuilds the chain that begins at a node.
pub(super) fn balance(node: &mut Expr) -> Result<(), SqlError> {
    let Expr::BinaryOp { op, .. } = node else { return Ok(()) };
    let joint = op.clone();
    if !matches!(joint, BinaryOperator::And | BinaryOperator::Or | BinaryOperator::StringConcat) {
        return measured(node);
    }
    if !matches!(node, Expr::BinaryOp { left, .. } if is_joined_by(left, &joint)) {
        return Ok(());
    }
    let mut parts = Vec::new();
    let mut rest = std::mem::replace(node, null());
    loop {
        match rest {
            Expr::BinaryOp { left, op, right } if op == joint => {
                parts.push(*right);
                rest = *left;
            }
            first => {
                parts.push(first);
                break;
            }
        }
    }
    parts.reverse();
    *node = match joint {
        BinaryOperator::StringConcat => call("CONCAT", parts),
        joint => halved(parts, &joint),
    };
    Ok(())
}

fn is_joined_by(node: &Expr, joint: &BinaryOperator) -> bool {
    matches!(node, Expr::BinaryOp { op, .. } if op == joint)
}

/// A tree of the least depth. Its nodes are nested, so that it is not taken apart again.
fn halved(mut parts: Vec<Expr>, joint: &BinaryOperator) -> Expr {
    if parts.len() <= 1 {
        return parts.pop().unwrap_or_else(null);
    }
    let right = halved(parts.split_off(parts.len() / 2), joint);
    let nested = |part: Expr| {
        if is_joined_by(&part, joint) { Expr::Nested(Box::new(part)) } else { part }
    };
    let left = halved(parts, joint);
    Expr::BinaryOp { left: Box::new(nested(left)), op: joint.clone(), right: Box::new(nested(right)) }
}

fn measured(node: &Expr) -> Result<(), SqlError> {
    let (mut length, mut next) = (0, node);
    while let Expr::BinaryOp { left, .. } = next {
        length += 1;
        next = left;
    }
    if length > LONGEST {
        return Err(SqlError::not_simulated(format!("chains of more than {LONGEST} operators")));
    }
    Ok(())
}
