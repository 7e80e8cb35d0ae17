//! The `COPY INTO` of a load's files.

use snafu::ResultExt;
use snowflake_proto::{DataType, Identifier, ObjectName};

use super::options::BulkInsertOptions;
use super::parts::Part;
use super::table::TableColumn;
use crate::copy::{CopyIntoRequest, CopyOptions, FileFormat, FormatType, MatchByColumnName};
use crate::error::{NameSnafu, Result};

/// Files that one statement may name; more are meant by a pattern.
const MAX_FILES: usize = 1000;

/// How the columns of files find those of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// By their names, which are the same.
    ByName,
    /// As the statement selects them. Only so text becomes JSON, and a column without values its default.
    Selected,
}

impl Shape {
    pub(super) fn of<'a>(
        mut active: impl Iterator<Item = &'a TableColumn>,
        mut missing: impl Iterator<Item = &'a TableColumn>,
    ) -> Self {
        let selects = active.any(|column| column.data_type.is_semi_structured())
            || missing.any(|column| column.has_default);
        if selects { Self::Selected } else { Self::ByName }
    }
}

/// The request that loads the files into the columns.
pub(super) fn request(
    table: &ObjectName,
    folder: &str,
    columns: &[TableColumn],
    parts: &[Part],
    shape: Shape,
    options: &BulkInsertOptions,
) -> Result<CopyIntoRequest> {
    let mut request = CopyIntoRequest {
        target_table: table.to_string(),
        stage: format!("{folder}/"),
        file_format: FileFormat {
            use_logical_type: Some(true),
            binary_as_text: Some(false),
            ..FileFormat::new(FormatType::Parquet)
        },
        copy_options: CopyOptions { on_error: options.on_error, ..CopyOptions::default() },
        warehouse: options.warehouse.clone(),
        timeout: options.timeout,
        tag: options.tag.clone(),
        ..CopyIntoRequest::default()
    };
    if parts.len() <= MAX_FILES {
        request.files = parts.iter().map(|part| part.name.clone()).collect();
    } else {
        request.regex = Some(".*part-[^/]*[.]parquet".to_owned());
    }
    match shape {
        Shape::ByName => request.copy_options.match_by_column_name = Some(MatchByColumnName::CaseSensitive),
        Shape::Selected => {
            let mut selected = Vec::with_capacity(columns.len());
            for column in columns {
                let name = Identifier::new(column.name.as_str())
                    .context(NameSnafu { name: format!("{:?}", column.name) })?;
                selected.push(expression(&name, &column.data_type));
                request.columns.push(name.to_string());
            }
            request.transformation = Some(selected.join(", "));
        }
    }
    Ok(request)
}

fn expression(name: &Identifier, data_type: &DataType) -> String {
    match data_type {
        DataType::Variant => format!("PARSE_JSON($1:{name}::VARCHAR)"),
        DataType::Object | DataType::Array => format!("PARSE_JSON($1:{name}::VARCHAR)::{data_type}"),
        DataType::Other(_) => format!("$1:{name}::VARCHAR"),
        _ => format!("$1:{name}::{data_type}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, data_type: DataType) -> TableColumn {
        TableColumn {
            name: name.to_owned(),
            data_type,
            nullable: true,
            has_default: false,
            is_new: false,
            is_guessed: false,
        }
    }

    fn sql(columns: &[TableColumn], missing: &[TableColumn]) -> String {
        let table = ObjectName::parse("db.s.\"t\"\"; DROP TABLE x\"").unwrap();
        let shape = Shape::of(columns.iter(), missing.iter());
        let options = BulkInsertOptions::default();
        request(&table, "@~/bulk_insert/t/b", columns, &[], shape, &options).unwrap().to_sql().unwrap()
    }

    #[test]
    fn q01_columns_match_by_their_exact_names_and_names_stay_names() {
        let text = sql(&[column("ID", DataType::Float)], &[column("X", DataType::Float)]);
        assert_eq!(
            text,
            r#"COPY INTO "DB"."S"."t""; DROP TABLE x" FROM '@~/bulk_insert/t/b/' FILE_FORMAT = (TYPE = PARQUET BINARY_AS_TEXT = FALSE USE_LOGICAL_TYPE = TRUE) MATCH_BY_COLUMN_NAME = CASE_SENSITIVE"#
        );
    }

    #[test]
    fn q01_json_and_defaults_are_selected_with_quoted_names() {
        let hostile = column("a\"b; --", DataType::Variant);
        let text = sql(&[hostile, column("N", DataType::Number { precision: 5, scale: 2 })], &[]);
        let wanted =
            r#"("a""b; --", "N") FROM (SELECT PARSE_JSON($1:"a""b; --"::VARCHAR), $1:"N"::NUMBER(5,2) FROM "#;
        assert!(text.contains(wanted), "{text}");
        let defaulted = TableColumn { has_default: true, ..column("D", DataType::Date) };
        assert!(
            sql(&[column("N", DataType::Float)], &[defaulted])
                .contains(r#"("N") FROM (SELECT $1:"N"::FLOAT"#)
        );
    }
}
