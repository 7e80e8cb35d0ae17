//! The values of array binds: one column per placeholder, in the request or in a stage.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::Schema;
use snowflake_proto::wire::query::BindingValue;

use super::super::SqlError;
use super::super::catalog::TableColumn;
use super::super::copy::bound_rows;
use super::super::run::Run;
use super::super::syntax::{bind_type, read_bind, read_bind_for};
use super::super::types::{SqlType, TEXT, field};
use super::super::value::{Builder, Number, Value};

/// The array binds of a statement.
#[derive(Debug)]
pub(super) struct Bound<'a> {
    columns: Vec<BoundColumn<'a>>,
    rows: usize,
}

/// The values of one placeholder, as they came.
#[derive(Debug)]
struct BoundColumn<'a> {
    /// Its number or name.
    name: Cow<'a, str>,
    declared: SqlType,
    cells: Cells<'a>,
}

/// The texts of one placeholder.
#[derive(Debug)]
enum Cells<'a> {
    /// The same for all rows.
    One(Option<&'a str>),
    Listed(&'a [Option<String>]),
    Staged(StringArray),
}

impl<'a> Bound<'a> {
    /// The array binds of the statement that runs; none when it has only single ones.
    ///
    /// # Errors
    /// `002049` when they are of different lengths, `002003` when the stage that should hold them is
    /// missing.
    pub(super) async fn of(run: &'a Run) -> Result<Option<Self>, SqlError> {
        if let Some(stage) = &run.statement.bind_stage {
            return Self::staged(run, stage).await.map(Some);
        }
        let is_array = run.statement.binds.values().any(|bind| matches!(bind.value, BindingValue::List(_)));
        if !is_array {
            return Ok(None);
        }
        let mut columns = Vec::with_capacity(run.statement.binds.len());
        let mut rows = None;
        for (name, binding) in &run.statement.binds {
            let cells = match &binding.value {
                BindingValue::Null => Cells::One(None),
                BindingValue::Text(text) => Cells::One(Some(text)),
                BindingValue::List(texts) => match texts.as_slice() {
                    [only] => Cells::One(only.as_deref()),
                    texts if *rows.get_or_insert(texts.len()) == texts.len() => Cells::Listed(texts),
                    _ => return Err(uneven()),
                },
            };
            let name = Cow::Borrowed(name.as_str());
            columns.push(BoundColumn { name, declared: bind_type(&binding.kind)?, cells });
        }
        Ok(Some(Self { columns, rows: rows.unwrap_or(1) }))
    }

    async fn staged(run: &Run, stage: &str) -> Result<Self, SqlError> {
        let texts = bound_rows(run, stage).await?;
        let rows = texts.first().map_or(0, StringArray::len);
        let columns = texts.into_iter().zip(1..).map(|(texts, number): (_, usize)| BoundColumn {
            name: Cow::Owned(number.to_string()),
            declared: TEXT,
            cells: Cells::Staged(texts),
        });
        Ok(Self { columns: columns.collect(), rows })
    }

    fn find(&self, name: &str) -> Option<&BoundColumn<'a>> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Whether anything is bound to a placeholder.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The values of a placeholder for a column of a table; none when nothing is bound to it.
    ///
    /// # Errors
    /// The code of the conversion that fails.
    pub(super) fn array(
        &self,
        name: &str,
        target: &TableColumn,
        run: &Run,
    ) -> Result<Option<ArrayRef>, SqlError> {
        let Some(column) = self.find(name) else { return Ok(None) };
        let mut builder = Builder::new(&target.data_type, self.rows);
        for row in 0..self.rows {
            builder.push(match column.cell(row) {
                Some(text) => read_bind_for(text, &column.declared, &target.data_type, &run.env)?,
                None => Value::Null,
            })?;
        }
        Ok(Some(builder.finish()))
    }

    /// All binds as a table, whose columns are named as the placeholders: `:1`, `:NAME`.
    ///
    /// # Errors
    /// The code of the conversion that fails.
    pub(super) fn table(&self, run: &Run) -> Result<RecordBatch, SqlError> {
        let mut fields = Vec::with_capacity(self.columns.len());
        let mut arrays = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            let (data_type, array) = column.typed(self.rows, run)?;
            fields.push(field(&format!(":{}", column.name.to_uppercase()), &data_type, true));
            arrays.push(array);
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(SqlError::internal)
    }
}

impl BoundColumn<'_> {
    fn cell(&self, row: usize) -> Option<&str> {
        match &self.cells {
            Cells::One(text) => *text,
            Cells::Listed(texts) => texts.get(row)?.as_deref(),
            Cells::Staged(texts) => texts.is_valid(row).then(|| texts.value(row)),
        }
    }

    /// The values in their declared type. Numbers have the scale of the one with the most decimals.
    fn typed(&self, rows: usize, run: &Run) -> Result<(SqlType, ArrayRef), SqlError> {
        let values = (0..rows)
            .map(|row| {
                self.cell(row).map_or(Ok(Value::Null), |text| read_bind(text, &self.declared, &run.env))
            })
            .collect::<Result<Vec<_>, _>>()?;
        let data_type = match &self.declared {
            SqlType::Number { .. } => {
                let scale = values.iter().filter_map(|value| match value {
                    Value::Number(Number { scale, .. }) => Some(*scale),
                    _ => None,
                });
                SqlType::Number { precision: 38, scale: scale.max().unwrap_or(0) }
            }
            other => other.clone(),
        };
        let mut builder = Builder::new(&data_type, rows);
        for value in values {
            builder.push(value)?;
        }
        Ok((data_type, builder.finish()))
    }
}

fn uneven() -> SqlError {
    SqlError::new("002049", "0A000", "SQL compilation error:\nArray binds of different lengths")
}
