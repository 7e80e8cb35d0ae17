//! From what a recording holds to its text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use snowflake_proto::sql::Literals;

use super::layout::{Node, print};
use super::model::{Answer, Entry, Execution, Kept, Login, Transfer};
use super::{Contents, ROWSET, VERSION, VERSION_FIELD};
use crate::fingerprint::StatementContext;

/// Characters of base64 on a line.
const LINE: usize = 100;

pub(super) fn text(contents: &Contents) -> String {
    let literals = match contents.literals {
        Literals::Keep => "keep",
        Literals::Mask => "mask",
    };
    let mut fields = vec![(VERSION_FIELD, Node::number(VERSION)), ("literals", Node::text(literals))];
    each(&mut fields, "logins", &contents.logins, login);
    each(&mut fields, "statements", &contents.entries, entry);
    each(&mut fields, "results", &contents.results, execution);
    each(&mut fields, "transfers", &contents.transfers, transfer);
    print(&Node::Fields(fields))
}

type NamedNodes<'a> = Vec<(&'static str, Node<'a>)>;

fn each<'a, T>(
    fields: &mut NamedNodes<'a>,
    name: &'static str,
    items: &'a [T],
    write: impl Fn(&'a T) -> Node<'a>,
) {
    if !items.is_empty() {
        fields.push((name, Node::List(items.iter().map(write).collect())));
    }
}

fn login(login: &Login) -> Node<'_> {
    Node::Fields(vec![("context", context(&login.asked)), ("answer", answer(&login.answer))])
}

fn context(names: &StatementContext) -> Node<'_> {
    let names = [
        ("role", &names.role),
        ("warehouse", &names.warehouse),
        ("database", &names.database),
        ("schema", &names.schema),
    ];
    let set = names.into_iter().filter_map(|(field, name)| Some((field, name.as_deref()?)));
    Node::Owned(set.map(|(field, name)| (field.to_owned(), Value::from(name))).collect())
}

fn entry(entry: &Entry) -> Node<'_> {
    let statement = &entry.statement;
    let mut fields = vec![
        ("fingerprint", Node::text(entry.fingerprint.to_string())),
        ("sql", lines(&statement.sql, '\n')),
    ];
    if !statement.binds.is_null() {
        fields.push(("binds", Node::Borrowed(&statement.binds)));
    }
    fields.push(("context", context(&statement.context)));
    if statement.describe_only {
        fields.push(("describe_only", Node::Owned(Value::Bool(true))));
    }
    each(&mut fields, "executions", &entry.executions, execution);
    Node::Fields(fields)
}

fn execution(execution: &Execution) -> Node<'_> {
    let mut fields = Vec::new();
    if let Some(id) = &execution.query_id {
        fields.push(("query_id", Node::text(id.as_str())));
    }
    if let Some(submitted) = &execution.submitted {
        fields.push(("answer", answer(submitted)));
    }
    each(&mut fields, "polls", &execution.polls, answer);
    if execution.aborted {
        fields.push(("aborted", Node::Owned(Value::Bool(true))));
    }
    each(&mut fields, "monitoring", &execution.monitoring, answer);
    if !execution.parts.is_empty() {
        let parts = execution.parts.iter().map(|(number, part)| {
            let mut fields = vec![("part", Node::number(*number as u64))];
            fields.extend(answer_fields(part));
            Node::Fields(fields)
        });
        fields.push(("parts", Node::List(parts.collect())));
    }
    Node::Fields(fields)
}

fn transfer(transfer: &Transfer) -> Node<'_> {
    let mut fields = vec![
        ("method", Node::text(transfer.method.as_str())),
        ("address", Node::text(transfer.address.as_str())),
    ];
    each(&mut fields, "answers", &transfer.answers, answer);
    Node::Fields(fields)
}

fn answer(answer: &Answer) -> Node<'_> {
    Node::Fields(answer_fields(answer))
}

fn answer_fields(answer: &Answer) -> NamedNodes<'_> {
    let mut fields = vec![("after_ms", Node::number(answer.after_ms))];
    if answer.status != 200 {
        fields.push(("status", Node::number(answer.status)));
    }
    if !answer.headers.is_empty() {
        let headers = answer.headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        fields.push(("headers", Node::Owned(headers)));
    }
    fields.push(match &answer.body {
        Kept::Json(value) => ("json", json(value)),
        Kept::Rows(rows) => ("rows", Node::Rows(rows)),
        Kept::Bytes(bytes) => ("base64", Node::Lines(cut(&STANDARD.encode(bytes)))),
        Kept::LeftOut(reason) => ("left_out", Node::text(reason.as_str())),
    });
    fields
}

/// An answer of the service; a long Arrow stream in it is cut into lines.
fn json(value: &Value) -> Node<'_> {
    match value.pointer(ROWSET).and_then(Value::as_str) {
        Some(rows) if rows.len() > LINE => {
            let lines = cut(rows).into_iter().map(Value::String).collect();
            let mut value = value.clone();
            if let Some(rows) = value.pointer_mut(ROWSET) {
                *rows = Value::Array(lines);
            }
            Node::Owned(value)
        }
        _ => Node::Borrowed(value),
    }
}

/// A text of one line as it is, any other as its lines.
fn lines(text: &str, separator: char) -> Node<'_> {
    if text.contains(separator) {
        return Node::Lines(text.split(separator).map(str::to_owned).collect());
    }
    Node::text(text)
}

fn cut(base64: &str) -> Vec<String> {
    base64.as_bytes().chunks(LINE).map(|line| String::from_utf8_lossy(line).into_owned()).collect()
}
