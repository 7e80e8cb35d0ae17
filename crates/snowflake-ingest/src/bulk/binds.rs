//! Few rows: as the bind values of `INSERT` statements.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType as ArrowType;
use snafu::ResultExt;
use snowflake_proto::{Bind, DataType, Identifier, ObjectName};
use snowflake_query::{Query, QueryBuilder};

use super::convert::Moment;
use super::fault::OptionSnafu;
use super::parts;
use super::statement::Statements;
use super::table::TableColumn;
use crate::error::{NameSnafu, Result};

/// The values up to which rows go as binds: where the official drivers, too, begin to send files instead.
pub(super) const MAX_VALUES: usize = 65_280;
/// The bytes of rows up to which they go as binds.
pub(super) const MAX_BYTES: usize = 4 << 20;

/// The statements that insert some rows, each with a bounded number and size of values.
pub(super) fn inserts(
    table: &ObjectName,
    columns: &[TableColumn],
    batch: &RecordBatch,
    statements: &Statements,
) -> Result<Vec<Query>> {
    if let Some(column) = columns.iter().find(|column| column.data_type.is_semi_structured()) {
        let reason =
            format!("bind values cannot fill {}, which is {}: load as files", column.name, column.data_type);
        return OptionSnafu { reason }.fail()?;
    }
    let names = columns.iter().map(|column| {
        let name = Identifier::new(column.name.as_str());
        Ok(name.context(NameSnafu { name: format!("{:?}", column.name) })?.to_string())
    });
    let names = names.collect::<Result<Vec<_>>>()?.join(", ");
    let marks = vec!["?"; columns.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({names}) VALUES ({marks})");
    let insert = |rows: RecordBatch| {
        let query = columns
            .iter()
            .fold(QueryBuilder::new(sql.as_str()), |query, column| query.bind_column(values(&rows, column)));
        statements.finish(query)
    };
    Ok(chunks(batch, columns.len()).into_iter().map(insert).collect())
}

/// Rows that fit into one statement each.
fn chunks(batch: &RecordBatch, columns: usize) -> Vec<RecordBatch> {
    let rows = batch.num_rows();
    let per_row = (parts::size(batch) / rows.max(1)).max(1);
    let step = (MAX_VALUES / columns.max(1)).min(MAX_BYTES / per_row).max(1);
    (0..rows).step_by(step).map(|at| batch.slice(at, step.min(rows - at))).collect()
}

/// The values of a column; NULL in rows that were made before the column was first seen.
pub(super) fn values(rows: &RecordBatch, column: &TableColumn) -> Vec<Bind> {
    let Some(array) = rows.column_by_name(&column.name) else {
        return vec![Bind::null(); rows.num_rows()];
    };
    let value =
        |row| if array.is_null(row) { Bind::null() } else { value(array.as_ref(), row, &column.data_type) };
    (0..array.len()).map(value).collect()
}

fn value(array: &dyn Array, row: usize, data_type: &DataType) -> Bind {
    match array.data_type() {
        ArrowType::Int64 => Bind::from(array.as_primitive::<Int64Type>().value(row)),
        ArrowType::Float64 => Bind::from(array.as_primitive::<Float64Type>().value(row)),
        ArrowType::Boolean => Bind::from(array.as_boolean().value(row)),
        ArrowType::Binary => Bind::from(array.as_binary::<i32>().value(row)),
        ArrowType::Decimal128(_, _) => {
            let text = array.as_primitive::<Decimal128Type>().value_as_string(row);
            Bind::number_text(&text).unwrap_or_else(|_| Bind::from(text))
        }
        ArrowType::Date32 => {
            moment(Moment::of_days(array.as_primitive::<Date32Type>().value(row)), data_type)
        }
        ArrowType::Time64(_) => {
            let micros = array.as_primitive::<Time64MicrosecondType>().value(row);
            moment(micros.checked_mul(1000).and_then(Moment::of_day_nanos), data_type)
        }
        ArrowType::Timestamp(_, _) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            moment(Moment::of_nanos(i128::from(micros) * 1000), data_type)
        }
        _ => {
            let text = array.as_string_opt::<i32>().map_or("", |texts| texts.value(row));
            match data_type {
                DataType::Time { .. }
                | DataType::TimestampNtz { .. }
                | DataType::TimestampLtz { .. }
                | DataType::TimestampTz { .. } => moment(Moment::parse(text), data_type),
                _ => Bind::from(text),
            }
        }
    }
}

/// A date or time in the type of its column.
fn moment(moment: Option<Moment>, data_type: &DataType) -> Bind {
    let Some(moment) = moment else { return Bind::null() };
    let clock = moment.clock();
    let bound = match data_type {
        DataType::Date => moment.day().map(Bind::from),
        DataType::Time { .. } => moment.time_of_day().map(Bind::from),
        DataType::TimestampNtz { .. } => clock.map(Bind::from),
        DataType::TimestampLtz { .. } => {
            moment.instant().or(clock.map(time::PrimitiveDateTime::assume_utc)).map(Bind::instant)
        }
        _ => moment.instant().map(Bind::from),
    };
    bound.unwrap_or_else(|| Bind::from(moment.to_string()))
}
