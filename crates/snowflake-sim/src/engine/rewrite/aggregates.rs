//! Aggregate and window functions.

use datafusion::sql::sqlparser::ast::{
    Expr, Function, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments, OrderByExpr,
    WindowFrame, WindowFrameBound, WindowSpec, WindowType,
};

use super::super::SqlError;
use super::make::{call, case, cast, function as make_function, integer, object, string};
use super::visitor::plain_number;

/// Window functions that DataFusion has under the same name, and how many leading arguments are values.
const WINDOW: [(&str, &str, usize); 11] = [
    ("ROW_NUMBER", "row_number", 0),
    ("RANK", "rank", 0),
    ("DENSE_RANK", "dense_rank", 0),
    ("PERCENT_RANK", "percent_rank", 0),
    ("CUME_DIST", "cume_dist", 0),
    ("NTILE", "ntile", 0),
    ("LAG", "lag", 1),
    ("LEAD", "lead", 1),
    ("FIRST_VALUE", "first_value", 1),
    ("LAST_VALUE", "last_value", 1),
    ("NTH_VALUE", "nth_value", 1),
];

/// `ROW_NUMBER() OVER ()`.
pub(super) fn row_number() -> Expr {
    let mut function = make_function("row_number", Vec::new());
    function.over = Some(WindowType::WindowSpec(WindowSpec {
        window_name: None,
        partition_by: Vec::new(),
        order_by: Vec::new(),
        window_frame: None,
    }));
    Expr::Function(function)
}

/// Rewrites an aggregate or window function; none when it is another kind of function.
pub(super) fn rewrite(name: &str, function: &Function) -> Result<Option<Expr>, SqlError> {
    if let Some((_, native, values)) = WINDOW.iter().find(|(known, ..)| *known == name)
        && function.over.is_some()
    {
        return window(native, *values, function).map(Some);
    }
    let over = |native: &str, change: &dyn Fn(Expr) -> Expr| changed(native, function, change);
    let keep = |native: &str| changed(native, function, &|argument| argument);
    let float = |native: &str| changed(native, function, &|argument| cast(argument, "FLOAT"));
    let widen = |argument| call("$WIDEN", vec![argument]);
    Ok(Some(match name {
        "COUNT" => keep("count"),
        "MIN" => keep("min"),
        "MAX" => keep("max"),
        "SUM" => over("sum", &widen),
        "AVG" => call("$DIV", vec![over("sum", &widen), keep("count")]),
        "MEDIAN" => over("median", &widen),
        "RATIO_TO_REPORT" if function.over.is_some() => {
            let share = arguments(function).into_iter().chain([over("sum", &widen)]);
            call("$DIV", share.collect())
        }
        "STDDEV" | "STDDEV_SAMP" => float("stddev"),
        "STDDEV_POP" => float("stddev_pop"),
        "VARIANCE" | "VAR_SAMP" | "VARIANCE_SAMP" => float("var"),
        "VAR_POP" | "VARIANCE_POP" => float("var_pop"),
        "CORR" => float("corr"),
        "COVAR_POP" => float("covar_pop"),
        "COVAR_SAMP" => float("covar_samp"),
        "REGR_SLOPE" => float("regr_slope"),
        "REGR_INTERCEPT" => float("regr_intercept"),
        "REGR_R2" => float("regr_r2"),
        "REGR_COUNT" => float("regr_count"),
        "BITAND_AGG" | "BIT_AND_AGG" => over("bit_and", &|argument| native_integer(argument)),
        "BITOR_AGG" | "BIT_OR_AGG" => over("bit_or", &|argument| native_integer(argument)),
        "BITXOR_AGG" | "BIT_XOR_AGG" => over("bit_xor", &|argument| native_integer(argument)),
        "BOOLAND_AGG" => over("bool_and", &|argument| cast(argument, "BOOLEAN")),
        "BOOLOR_AGG" => over("bool_or", &|argument| cast(argument, "BOOLEAN")),
        "ANY_VALUE" => keep("first_value"),
        "GROUPING" => keep("grouping"),
        "COUNT_IF" => over("count", &|argument| case(None, vec![(argument, integer(1))], None)),
        "APPROX_COUNT_DISTINCT" | "HLL" => distinct("count", function),
        "PERCENTILE_CONT" => ordered("percentile_cont", function)?,
        "LISTAGG" | "STRING_AGG" => {
            let joined = listed(function, |argument| cast(argument, "VARCHAR"), None)?;
            call("$TEXT_OR_EMPTY", vec![joined])
        }
        "ARRAY_AGG" | "ARRAYAGG" => {
            call("$LIST", vec![listed(function, |argument| call("$JSON", vec![argument]), Some(","))?])
        }
        "ARRAY_UNIQUE_AGG" => call(
            "ARRAY_DISTINCT",
            vec![call("$LIST", vec![listed(function, |argument| call("$JSON", vec![argument]), Some(","))?])],
        ),
        "OBJECT_AGG" => {
            let pair = call("$PAIR", arguments(function));
            let mut gathered = function.clone();
            set_arguments(&mut gathered, "string_agg", vec![pair, string(",")]);
            call("$OBJECT", vec![Expr::Function(gathered)])
        }
        _ => return Ok(None),
    }))
}

/// The plain arguments.
fn arguments(function: &Function) -> Vec<Expr> {
    let FunctionArguments::List(list) = &function.args else { return Vec::new() };
    list.args
        .iter()
        .filter_map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr.clone()),
            _ => None,
        })
        .collect()
}

fn set_arguments(function: &mut Function, native: &str, arguments: Vec<Expr>) {
    function.name = object(&[native]);
    if let FunctionArguments::List(list) = &mut function.args {
        list.args =
            arguments.into_iter().map(|each| FunctionArg::Unnamed(FunctionArgExpr::Expr(each))).collect();
    }
}

/// The same call of DataFusion's function, each argument changed.
fn changed(native: &str, function: &Function, change: &dyn Fn(Expr) -> Expr) -> Expr {
    let mut result = function.clone();
    result.name = object(&[native]);
    if let FunctionArguments::List(list) = &mut result.args {
        for argument in &mut list.args {
            if let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = argument {
                *expr = change(expr.clone());
            }
        }
    }
    plain_frame(&mut result);
    Expr::Function(result)
}

fn distinct(native: &str, function: &Function) -> Expr {
    let mut result = function.clone();
    result.name = object(&[native]);
    if let FunctionArguments::List(list) = &mut result.args {
        list.duplicate_treatment = Some(datafusion::sql::sqlparser::ast::DuplicateTreatment::Distinct);
    }
    Expr::Function(result)
}

/// An aggregate over WITHIN GROUP whose argument is a constant.
fn ordered(native: &str, function: &Function) -> Result<Expr, SqlError> {
    let mut result = function.clone();
    result.name = object(&[native]);
    if result.within_group.is_empty() {
        return Err(SqlError::invalid_argument(format!("{native} needs WITHIN GROUP")));
    }
    Ok(Expr::Function(result))
}

/// `STRING_AGG` of changed values, in the order of WITHIN GROUP.
fn listed(
    function: &Function,
    change: impl Fn(Expr) -> Expr,
    separator: Option<&str>,
) -> Result<Expr, SqlError> {
    let mut result = function.clone();
    let mut given = arguments(function).into_iter();
    let value =
        given.next().ok_or_else(|| SqlError::arguments("not enough", &function.name.to_string(), 1, 0))?;
    let separator = separator.map(string).or_else(|| given.next()).unwrap_or_else(|| string(""));
    let order: Vec<OrderByExpr> = std::mem::take(&mut result.within_group);
    set_arguments(&mut result, "string_agg", vec![change(value), separator]);
    if let FunctionArguments::List(list) = &mut result.args
        && !order.is_empty()
    {
        list.clauses.push(FunctionArgumentClause::OrderBy(order));
    }
    Ok(Expr::Function(result))
}

/// DataFusion's own 64-bit integers.
fn native_integer(argument: Expr) -> Expr {
    use datafusion::sql::sqlparser::ast::{CastKind, DataType};
    Expr::Cast {
        kind: CastKind::Cast,
        expr: Box::new(argument),
        data_type: DataType::BigInt(None),
        array: false,
        format: None,
    }
}

/// A window function: counts among its arguments are plain numbers, and so are the bounds of its frame.
fn window(native: &str, values: usize, function: &Function) -> Result<Expr, SqlError> {
    let mut result = function.clone();
    result.name = object(&[native]);
    if let FunctionArguments::List(list) = &mut result.args {
        for (at, argument) in list.args.iter_mut().enumerate() {
            if let FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) = argument
                && at == values
            {
                plain_number(expr);
            }
        }
        // IGNORE NULLS may stand within the parentheses.
        let treatment = list.clauses.iter().find_map(|clause| match clause {
            FunctionArgumentClause::IgnoreOrRespectNulls(treatment) => Some(*treatment),
            _ => None,
        });
        list.clauses.retain(|clause| !matches!(clause, FunctionArgumentClause::IgnoreOrRespectNulls(_)));
        result.null_treatment = result.null_treatment.or(treatment);
    }
    plain_frame(&mut result);
    if matches!(native, "first_value" | "last_value" | "nth_value")
        && let Some(WindowType::WindowSpec(spec)) = &mut result.over
        && spec.window_frame.is_none()
    {
        // Without a frame these look at the whole partition, not only at what came before.
        spec.window_frame = Some(WindowFrame {
            units: datafusion::sql::sqlparser::ast::WindowFrameUnits::Rows,
            start_bound: WindowFrameBound::Preceding(None),
            end_bound: Some(WindowFrameBound::Following(None)),
        });
    }
    Ok(Expr::Function(result))
}

fn plain_frame(function: &mut Function) {
    let Some(WindowType::WindowSpec(WindowSpec { window_frame: Some(frame), .. })) = &mut function.over
    else {
        return;
    };
    for bound in [Some(&mut frame.start_bound), frame.end_bound.as_mut()].into_iter().flatten() {
        if let WindowFrameBound::Preceding(Some(count)) | WindowFrameBound::Following(Some(count)) = bound {
            plain_number(count);
        }
    }
}
