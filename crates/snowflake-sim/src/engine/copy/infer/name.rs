//! Types as INFER_SCHEMA spells them.

use super::super::super::types::SqlType;

/// The spelling of a type.
pub(in super::super) fn type_name(data_type: &SqlType) -> String {
    match data_type {
        SqlType::Number { precision, scale } => format!("NUMBER({precision}, {scale})"),
        SqlType::Float => "REAL".to_owned(),
        SqlType::Text { .. } => "TEXT".to_owned(),
        // Lengths and scales are the greatest, which need not be said.
        other => other.to_string().split('(').next().unwrap_or_default().to_owned(),
    }
}
