//! VALUES lists: DataFusion wants all rows of a column to state the same metadata, so none may state any.

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, SetExpr, Value,
};

use super::super::types::{arrow_type, inferred, parse_type};
use super::make;

/// Brings casts to a type of stated length or scale to the same type of no stated length or scale.
pub(super) fn plain(body: &mut SetExpr) {
    let SetExpr::Values(values) = body else { return };
    for cell in values.rows.iter_mut().flat_map(|row| &mut row.content) {
        let Some(stated) = cast_type(cell).and_then(|text| parse_type(text).ok()) else { continue };
        let plain = inferred(&arrow_type(&stated));
        if plain != stated {
            *cell = make::cast(cell.clone(), &plain.to_string());
        }
    }
}

/// The type of a cast.
fn cast_type(cell: &Expr) -> Option<&str> {
    let Expr::Function(Function { name, args: FunctionArguments::List(list), .. }) = cell else {
        return None;
    };
    let is_cast = name
        .0
        .first()
        .and_then(|part| part.as_ident())
        .is_some_and(|part| part.value.ends_with("CAST") && part.value.starts_with('$'));
    match list.args.get(1) {
        Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))) if is_cast => {
            match &value.value {
                Value::SingleQuotedString(text) => Some(text),
                _ => None,
            }
        }
        _ => None,
    }
}
