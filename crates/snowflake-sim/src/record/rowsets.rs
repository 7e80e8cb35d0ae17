//! The rows of one result on their way into a recording: inline and in parts, as sent and as text.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;
use snowflake_proto::rowset::inflate;
use snowflake_proto::wire::query::RowType;
use snowflake_proto::{ArrowOptions, ResultSchema};

use super::arrival::is_harmless;
use super::options::{Filter, RecordOptions, Rows};
use super::readable::{arrow_rows, json_rows};
use crate::encode::json::Row;
use crate::recording::{Answer, Kept, rows_size};
use crate::scrub::Scrub;

/// What is told of rows of which neither form may be kept.
const UNSEEN: &str =
    "its rows cannot be kept as text, and as they were sent no secret and no filtered value can be taken out";

/// What the rows of a result look like, and what was kept of them.
///
/// Whether they all can be kept as text is known only when all of them were seen, so both forms wait here.
#[derive(Debug, Default)]
pub(super) struct Rowsets {
    is_arrow: bool,
    schema: Option<ResultSchema>,
    inline: Option<Forms>,
    parts: BTreeMap<usize, Part>,
}

/// The two forms of the same rows. A filter leaves only the second.
#[derive(Debug)]
struct Forms {
    sent: Option<Bytes>,
    rows: Option<Vec<Row>>,
}

#[derive(Debug)]
struct Part {
    answer: Answer,
    forms: Option<Forms>,
}

impl Rowsets {
    /// Takes the inline rows out of the `data` of a result's answer.
    ///
    /// With a filter, rows that stay in `data` are changed by it; `Err` says that it cannot be shown them.
    pub(super) fn take(
        data: &mut Value,
        options: &RecordOptions,
        scrub: &Scrub,
    ) -> Result<Self, &'static str> {
        let types: Option<Vec<RowType>> =
            data.get("rowtype").and_then(|types| serde_json::from_value(types.clone()).ok());
        let schema =
            types.and_then(|types| ResultSchema::from_row_types(&types, ArrowOptions::default()).ok());
        let format = data.get("queryResultFormat").and_then(Value::as_str).unwrap_or("json");
        let is_arrow = format.eq_ignore_ascii_case("arrow");
        let mut rowsets = Self { is_arrow, schema, ..Self::default() };
        let inline = data.get("rowsetBase64").and_then(Value::as_str).map(|text| STANDARD.decode(text));
        if let Some(Ok(sent)) = inline.as_ref().filter(|_| is_arrow) {
            rowsets.inline = Some(rowsets.forms(Bytes::copy_from_slice(sent), options, scrub));
            data["rowsetBase64"] = Value::Null;
        } else if inline.is_some() {
            // Nobody can read this, and it is kept as it is: the client shall fail at it in a replay, too.
            rowsets.is_arrow = false;
            if options.filter.is_some() {
                return Err(UNSEEN);
            }
        }
        if !is_arrow
            && let Some(filter) = &options.filter
            && let Some(rowset) = data.get_mut("rowset").filter(|rowset| !rowset.is_null())
        {
            let mut rows: Vec<Row> = serde_json::from_value(rowset.take()).map_err(|_| UNSEEN)?;
            rowsets.filter(filter, &mut rows).ok_or(UNSEEN)?;
            *rowset = serde_json::json!(rows);
        }
        Ok(rowsets)
    }

    /// Takes a part as it was fetched; one that was fetched again replaces the first. Returns the size of what
    /// is kept.
    pub(super) fn part(
        &mut self,
        number: usize,
        mut answer: Answer,
        options: &RecordOptions,
        scrub: &Scrub,
        cap: usize,
    ) -> usize {
        let sent = match &mut answer.body {
            Kept::Bytes(sent) => std::mem::take(sent),
            _ => Bytes::new(),
        };
        let forms = matches!(answer.body, Kept::Bytes(_)).then(|| {
            let plain = inflate(sent.clone(), 0, cap).unwrap_or_else(|_| sent.clone());
            let mut forms = self.forms(plain, options, scrub);
            // As sent means compressed, if it was.
            forms.sent = forms.sent.map(|_| sent);
            forms
        });
        let size = forms.as_ref().map_or(0, Forms::size);
        self.parts.insert(number, Part { answer, forms });
        size
    }

    /// The rows in their final form: those that stay in the answer are put into its `data`.
    pub(super) fn finish(&self, envelope: &mut Value) -> Result<BTreeMap<usize, Answer>, &'static str> {
        let all = self.inline.iter().chain(self.parts.values().filter_map(|part| part.forms.as_ref()));
        let readable = !self.is_arrow || all.into_iter().all(|forms| forms.rows.is_some());
        if let (Some(inline), Some(data)) = (&self.inline, envelope.get_mut("data")) {
            match inline.kept(readable).ok_or(UNSEEN)? {
                Kept::Rows(rows) => {
                    data["rowset"] = serde_json::json!(rows);
                    data["rowsetBase64"] = Value::Null;
                    data["queryResultFormat"] = Value::from("json");
                }
                Kept::Bytes(bytes) => data["rowsetBase64"] = Value::from(STANDARD.encode(bytes)),
                Kept::Json(_) | Kept::LeftOut(_) => {}
            }
        } else if self.is_arrow
            && readable
            && let Some(data) = envelope.get_mut("data")
        {
            data["rowset"] = serde_json::json!([]);
            data["queryResultFormat"] = Value::from("json");
        }
        Ok(self.parts.iter().map(|(number, part)| (*number, part.finish(readable))).collect())
    }

    /// Both forms of some plain bytes, as far as they may be kept.
    fn forms(&self, plain: Bytes, options: &RecordOptions, scrub: &Scrub) -> Forms {
        let as_text = options.rows == Rows::Readable || options.filter.is_some();
        let mut rows = if as_text { self.text(plain.clone()) } else { None };
        if let Some(filter) = &options.filter {
            rows = rows.and_then(|mut rows| self.filter(filter, &mut rows).map(|()| rows));
        }
        for cell in rows.iter_mut().flatten().flatten().flatten() {
            *cell = scrub.text(cell);
        }
        let may_be_sent = options.filter.is_none() && is_harmless(&plain, scrub);
        Forms { sent: may_be_sent.then_some(plain), rows }
    }

    fn text(&self, plain: Bytes) -> Option<Vec<Row>> {
        match &self.schema {
            Some(schema) if self.is_arrow => arrow_rows(schema, plain),
            _ if self.is_arrow => None,
            _ => json_rows(&plain),
        }
    }

    /// Shows every cell to the filter; `None` when a cell belongs to no column.
    fn filter(&self, filter: &Filter, rows: &mut [Row]) -> Option<()> {
        let columns = self.schema.as_ref()?.columns();
        for row in rows {
            for (index, cell) in row.iter_mut().enumerate() {
                filter(&columns.get(index)?.name, cell);
            }
        }
        Some(())
    }
}

impl Forms {
    /// The text where it may be used, else what was sent.
    fn kept(&self, readable: bool) -> Option<Kept> {
        match (&self.rows, &self.sent) {
            (Some(rows), _) if readable => Some(Kept::Rows(rows.clone())),
            (_, Some(sent)) => Some(Kept::Bytes(sent.clone())),
            (_, None) => None,
        }
    }

    fn size(&self) -> usize {
        self.sent.as_ref().map_or(0, Bytes::len) + self.rows.as_deref().map_or(0, rows_size)
    }
}

impl Part {
    fn finish(&self, readable: bool) -> Answer {
        let mut answer = self.answer.clone();
        if let Some(forms) = &self.forms {
            answer.body = forms.kept(readable).unwrap_or_else(|| Kept::LeftOut(UNSEEN.to_owned()));
        }
        if matches!(answer.body, Kept::Rows(_)) {
            // The rows are not compressed any more.
            answer.headers.clear();
        }
        answer
    }
}
