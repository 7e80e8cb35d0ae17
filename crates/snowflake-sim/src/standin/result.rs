//! From what a test prepared to a result as it travels.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use snowflake_proto::wire::query::Stats;
use snowflake_proto::{ArrowOptions, Column, DataType, ResultSchema, StatementType};
use snowflake_transport::Entropy;

use super::Table;
use super::answer::{Form, Outcome};
use super::execution::{Execution, Problem};
use super::sentence::statement_type;
use crate::encode::{Encoding, Format};
use crate::ledger::Produced;
use crate::service::{Part, PartKey, ResultSet};

/// A result, and what the ledger says of it.
pub(super) struct Made {
    pub(super) result: ResultSet,
    pub(super) produced: Produced,
}

/// Makes the result of a statement, or its failure.
pub(super) fn make(
    execution: &Execution,
    outcome: &Outcome,
    form: Form,
    entropy: &dyn Entropy,
) -> Result<Made, Problem> {
    let kind = statement_type(&execution.facts.sql);
    let (table, kind, stats) = match outcome {
        Outcome::Error { code, sql_state, message } => return Err(Problem::new(code, sql_state, message)),
        Outcome::Rows(table) => (table.clone(), kind, None),
        Outcome::Status(sentence) => (Table::new().text("status").row([sentence.as_str()]), kind, None),
        Outcome::Dml(rows) => {
            let kind = if kind.is_dml() { kind } else { StatementType::DML };
            (counters(kind, *rows), kind, Some(stats(kind, *rows)))
        }
    };
    // What is no query is always answered as JSON.
    let asked = form.format.unwrap_or(execution.facts.format);
    let format = if kind.is_select() || kind == StatementType::UNKNOWN { asked } else { Format::Json };
    let table = if execution.facts.is_described { table.without_rows() } else { table };
    let rows = Rows { query_id: &execution.facts.query_id, table: &table, format, form };
    let mut made = rows.encode(entropy).map_err(|what| {
        Problem::new(
            "002040",
            "0A000",
            format!("not simulated: the prepared answer cannot be written: {what}"),
        )
    })?;
    made.result.statement_type = kind;
    made.result.stats = stats;
    Ok(made)
}

fn counters(kind: StatementType, rows: u64) -> Table {
    let names: &[&str] = match kind {
        StatementType::UPDATE => &["number of rows updated", "number of multi-joined rows updated"],
        StatementType::DELETE => &["number of rows deleted"],
        _ => &["number of rows inserted"],
    };
    let number = DataType::Number { precision: 19, scale: 0 };
    let table = names.iter().fold(Table::new(), |table, name| table.column(*name, number.clone()));
    // Only the first of them counts the rows that were asked for.
    table.row((0..names.len()).map(|n| if n == 0 { signed(rows) } else { 0 }).collect::<Vec<_>>())
}

fn stats(kind: StatementType, rows: u64) -> Stats {
    let mut stats = Stats {
        num_rows_inserted: Some(0),
        num_rows_updated: Some(0),
        num_rows_deleted: Some(0),
        num_dml_duplicates: Some(0),
        scan_bytes: None,
    };
    match kind {
        StatementType::UPDATE => stats.num_rows_updated = Some(signed(rows)),
        StatementType::DELETE => stats.num_rows_deleted = Some(signed(rows)),
        _ => stats.num_rows_inserted = Some(signed(rows)),
    }
    stats
}

fn signed(rows: u64) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// Rows on their way to a result.
struct Rows<'a> {
    query_id: &'a str,
    table: &'a Table,
    format: Format,
    form: Form,
}

impl Rows<'_> {
    fn encode(&self, entropy: &dyn Entropy) -> Result<Made, String> {
        let columns: Vec<Column> = self.table.columns().to_vec();
        let schema =
            ResultSchema::new(columns.clone(), ArrowOptions::default()).map_err(|error| error.to_string())?;
        let rows = schema.decode_json_rows(&self.table.cells()?).map_err(|error| error.to_string())?;
        let encoding = Encoding::new(self.format, columns.clone(), std::slice::from_ref(&rows));
        let total = self.table.len();
        let size = self.form.part_rows.unwrap_or(usize::MAX);
        let failed = |error: arrow_schema::ArrowError| error.to_string();
        let first = rows.slice(0, size.min(total));
        let inline = encoding.inline((total > 0).then_some(&first)).map_err(failed)?;
        let mut parts = Vec::new();
        let mut offset = first.num_rows();
        while offset < total {
            let slice = rows.slice(offset, size.min(total - offset));
            offset += slice.num_rows();
            parts.push(self.part(slice.num_rows(), encoding.part(&slice).map_err(failed)?)?);
        }
        let result = ResultSet {
            query_id: self.query_id.to_owned(),
            columns,
            #[cfg(feature = "server")]
            batches: Vec::new(),
            statement_type: StatementType::UNKNOWN,
            stats: None,
            number_of_binds: 0,
            array_bind_supported: false,
            format: self.format,
            inline,
            parts,
            total,
            key: PartKey::draw(entropy),
        };
        let fingerprints = Some(self.table.fingerprints()?);
        Ok(Made { produced: Produced { fingerprints, ..result.produced() }, result })
    }

    fn part(&self, rows: usize, bytes: Vec<u8>) -> Result<Part, String> {
        let uncompressed = bytes.len();
        if self.form.is_plain {
            return Ok(Part { rows, uncompressed, body: Bytes::from(bytes), is_gzip: false });
        }
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&bytes).map_err(|error| error.to_string())?;
        let body = Bytes::from(gzip.finish().map_err(|error| error.to_string())?);
        Ok(Part { rows, uncompressed, body, is_gzip: true })
    }
}
