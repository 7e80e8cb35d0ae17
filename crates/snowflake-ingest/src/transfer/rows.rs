//! The result sets of PUT and GET, which every client of the service makes itself.

use snowflake_proto::{Column, DataType};

use super::{GetFile, GetResult, PutFile, PutResult};

/// A result in the texts of the JSON format.
pub(super) type Rows = (Vec<Column>, Vec<Vec<Option<String>>>);

pub(super) fn put(result: PutResult) -> Rows {
    let columns = vec![
        text("source"),
        text("target"),
        number("source_size"),
        number("target_size"),
        text("source_compression"),
        text("target_compression"),
        text("status"),
        text("message"),
    ];
    let row = |file: PutFile| {
        vec![
            Some(file.source),
            Some(file.target),
            Some(file.source_size.to_string()),
            Some(file.target_size.to_string()),
            Some(file.source_compression),
            Some(file.target_compression),
            Some(file.status.name().to_owned()),
            Some(file.message),
        ]
    };
    (columns, result.files.into_iter().map(row).collect())
}

pub(super) fn get(result: GetResult) -> Rows {
    let columns = vec![text("file"), number("size"), text("status"), text("message")];
    let row = |file: GetFile| {
        let (size, status) = (file.size.to_string(), file.status.name().to_owned());
        vec![Some(file.file), Some(size), Some(status), Some(file.message)]
    };
    (columns, result.files.into_iter().map(row).collect())
}

fn text(name: &str) -> Column {
    Column::new(name, DataType::Text { length: 16_777_216 }, false)
}

fn number(name: &str) -> Column {
    Column::new(name, DataType::Number { precision: 38, scale: 0 }, false)
}
