//! From the text of a recording to what it holds.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use snowflake_proto::sql::Literals;

use super::cursor::{At, Fields};
use super::error::{RecordingError, Repr};
use super::model::{Answer, Entry, Execution, Kept, Login, Transfer};
use super::{Contents, ROWSET, VERSION, VERSION_FIELD};
use crate::fingerprint::{Fingerprint, Statement, StatementContext};

type Result<T> = std::result::Result<T, RecordingError>;

pub(super) fn parse(text: &str) -> Result<Contents> {
    let document: Value = serde_json::from_str(text).map_err(|cause| RecordingError::json(&cause))?;
    check_version(&document)?;
    let known = [VERSION_FIELD, "literals", "logins", "statements", "results", "transfers"];
    let mut fields = At::top(document).fields(&known)?;
    let literals = fields.take("literals")?;
    Ok(Contents {
        literals: match literals.value.as_str() {
            Some("keep") => Literals::Keep,
            Some("mask") => Literals::Mask,
            _ => return Err(literals.malformed("it is neither \"keep\" nor \"mask\"")),
        },
        logins: fields.each("logins", login)?,
        entries: fields.each("statements", entry)?,
        results: fields.each("results", execution)?,
        transfers: fields.each("transfers", transfer)?,
    })
}

/// What a newer version wrote may mean anything, so the version is looked at before all else.
fn check_version(document: &Value) -> Result<()> {
    let Value::Object(fields) = document else {
        return Err(RecordingError::malformed("", "a recording is an object"));
    };
    let Some(version) = fields.get(VERSION_FIELD) else {
        let what = format!("the field {VERSION_FIELD:?} is missing: this is no recording");
        return Err(RecordingError::malformed("", what));
    };
    match version.as_u64() {
        Some(VERSION) => Ok(()),
        Some(found) if found > VERSION => Err(Repr::NewerVersion { found, known: VERSION }.into()),
        _ => Err(RecordingError::malformed(format!("/{VERSION_FIELD}"), "it is no version of a recording")),
    }
}

fn login(at: At) -> Result<Login> {
    let mut fields = at.fields(&["context", "answer"])?;
    Ok(Login {
        asked: fields.find("context").map(context).transpose()?.unwrap_or_default(),
        answer: answer(fields.take("answer")?)?,
    })
}

fn context(at: At) -> Result<StatementContext> {
    let mut fields = at.fields(&["role", "warehouse", "database", "schema"])?;
    let mut name = |field| fields.find(field).map(At::text).transpose();
    Ok(StatementContext {
        role: name("role")?,
        warehouse: name("warehouse")?,
        database: name("database")?,
        schema: name("schema")?,
    })
}

fn entry(at: At) -> Result<Entry> {
    let known = ["fingerprint", "sql", "binds", "context", "describe_only", "executions"];
    let mut fields = at.fields(&known)?;
    let stated = fields.take("fingerprint")?;
    let fingerprint: Fingerprint = stated
        .value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| stated.malformed("it is no fingerprint: 1- and 32 hexadecimal digits"))?;
    let statement = Statement {
        sql: fields.take("sql")?.lines("\n")?,
        binds: fields.find("binds").map(binds).transpose()?.unwrap_or_default(),
        context: fields.find("context").map(context).transpose()?.unwrap_or_default(),
        describe_only: fields.find("describe_only").map(At::truth).transpose()?.unwrap_or_default(),
    };
    Ok(Entry { fingerprint, statement, executions: fields.each("executions", execution)? })
}

fn binds(at: At) -> Result<Value> {
    if at.value.is_object() { Ok(at.value) } else { Err(at.malformed("it is no object of binds")) }
}

fn execution(at: At) -> Result<Execution> {
    let known = ["query_id", "answer", "polls", "aborted", "monitoring", "parts"];
    let mut fields = at.fields(&known)?;
    Ok(Execution {
        query_id: fields.find("query_id").map(At::text).transpose()?,
        submitted: fields.find("answer").map(answer).transpose()?,
        polls: fields.each("polls", answer)?,
        aborted: fields.find("aborted").map(At::truth).transpose()?.unwrap_or_default(),
        monitoring: fields.each("monitoring", answer)?,
        parts: parts(&mut fields)?,
    })
}

fn parts(fields: &mut Fields) -> Result<BTreeMap<usize, Answer>> {
    let mut parts = BTreeMap::new();
    let parts_at = fields.find("parts").map(At::list).transpose()?.into_iter().flatten();
    for at in parts_at {
        let mut fields =
            at.fields(&["part", "after_ms", "status", "headers", "rows", "base64", "left_out"])?;
        let number = fields.take("part")?;
        let pointer = number.pointer.clone();
        let number = usize::try_from(number.number()?).unwrap_or(usize::MAX);
        if parts.insert(number, answer_of(&mut fields)?).is_some() {
            return Err(RecordingError::malformed(pointer, format!("there are two parts {number}")));
        }
    }
    Ok(parts)
}

fn transfer(at: At) -> Result<Transfer> {
    let mut fields = at.fields(&["method", "address", "answers"])?;
    Ok(Transfer {
        method: fields.take("method")?.text()?,
        address: fields.take("address")?.text()?,
        answers: fields.each("answers", answer)?,
    })
}

fn answer(at: At) -> Result<Answer> {
    let known = ["after_ms", "status", "headers", "json", "rows", "base64", "left_out"];
    answer_of(&mut at.fields(&known)?)
}

fn answer_of(fields: &mut Fields) -> Result<Answer> {
    let status = match fields.find("status") {
        None => 200,
        Some(at) => {
            let (value, pointer) = (at.value.as_u64(), at.pointer);
            let status = value.and_then(|status| u16::try_from(status).ok());
            status
                .filter(|status| (100..=999).contains(status))
                .ok_or_else(|| RecordingError::malformed(pointer, "it is no HTTP status"))?
        }
    };
    let headers = fields.find("headers").map(At::texts).transpose()?.unwrap_or_default();
    Ok(Answer {
        after_ms: fields.find("after_ms").map(At::number).transpose()?.unwrap_or_default(),
        status,
        headers: headers.into_iter().collect(),
        body: kept(fields)?,
    })
}

fn kept(fields: &mut Fields) -> Result<Kept> {
    let mut bodies = Vec::new();
    if let Some(at) = fields.find("json") {
        bodies.push(Kept::Json(joined(at)?));
    }
    if let Some(at) = fields.find("rows") {
        bodies.push(Kept::Rows(at.rows()?));
    }
    if let Some(at) = fields.find("base64") {
        let pointer = at.pointer.clone();
        let bytes = STANDARD
            .decode(at.lines("")?)
            .map_err(|cause| RecordingError::malformed(pointer, format!("it is not base64: {cause}")))?;
        bodies.push(Kept::Bytes(bytes.into()));
    }
    if let Some(at) = fields.find("left_out") {
        bodies.push(Kept::LeftOut(at.text()?));
    }
    match bodies.pop() {
        Some(body) if bodies.is_empty() => Ok(body),
        _ => {
            let what = "exactly one of json, rows, base64 and left_out is expected";
            Err(RecordingError::malformed(fields.pointer(), what))
        }
    }
}

/// Puts the rows that were cut into lines back into one text.
fn joined(at: At) -> Result<Value> {
    let At { mut value, pointer } = at;
    if let Some(rows) = value.pointer_mut(ROWSET)
        && rows.is_array()
    {
        let lines = At { value: rows.take(), pointer: format!("{pointer}{ROWSET}") }.lines("")?;
        *rows = Value::String(lines);
    }
    Ok(value)
}
