//! Expressions that are nothing but a part of a row, perhaps cast to a type.

use datafusion::sql::sqlparser::ast::{CastKind, Expr, JsonPath, JsonPathElem, Value as Literal};

use super::super::super::run::Run;
use super::super::super::types::{SqlType, parse_type};
use super::super::chunk::{Item, Metadata};
use super::super::format::FileFormat;

/// The part of a row that an expression is, and the type it is cast to; none when it has to be computed.
pub(super) fn direct(run: &Run, expr: &Expr, format: &FileFormat) -> Option<(Item, Option<SqlType>)> {
    match expr {
        Expr::Nested(inner) => direct(run, inner, format),
        Expr::Cast {
            kind: CastKind::Cast | CastKind::DoubleColon, expr, data_type, format: None, ..
        } => {
            let written = data_type.to_string();
            // What TIMESTAMP means is the session's to say.
            if written.trim().eq_ignore_ascii_case("TIMESTAMP")
                && run.parameter("TIMESTAMP_TYPE_MAPPING").is_some()
            {
                return None;
            }
            match direct(run, expr, format)? {
                (item, None) => Some((item, Some(parse_type(&written).ok()?))),
                _ => None,
            }
        }
        Expr::JsonAccess { value, path } if !matches!(format, FileFormat::Csv(_)) => {
            (field(value)? == 0).then_some(())?;
            Some((Item::Member(only_name(path)?), None))
        }
        Expr::Identifier(name) => {
            let found = Metadata::ALL.into_iter().find(|(known, _)| *known == name.value);
            match found {
                Some((_, metadata)) => Some((Item::Metadata(metadata), None)),
                None => field(expr).map(|at| (Item::Field(at), None)),
            }
        }
        other => field(other).map(|at| (Item::Field(at), None)),
    }
}

/// `$1`, `$2` and so on, counted from 0.
pub(in super::super) fn field(expr: &Expr) -> Option<usize> {
    let name = match expr {
        Expr::Value(value) => match &value.value {
            Literal::Placeholder(name) => name,
            _ => return None,
        },
        Expr::Identifier(name) if name.quote_style.is_none() => &name.value,
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [_, name] if name.quote_style.is_none() => &name.value,
            _ => return None,
        },
        _ => return None,
    };
    name.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1)
}

/// The name that a path of one step follows.
fn only_name(path: &JsonPath) -> Option<String> {
    match path.path.as_slice() {
        [JsonPathElem::Dot { key, .. }] => Some(key.clone()),
        [JsonPathElem::Bracket { key: Expr::Value(value) }] => match &value.value {
            Literal::SingleQuotedString(key) => Some(key.clone()),
            _ => None,
        },
        _ => None,
    }
}
