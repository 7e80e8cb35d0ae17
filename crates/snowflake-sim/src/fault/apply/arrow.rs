//! Finds the Arrow rows of an answer, so that they can be damaged where they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;

use super::super::verb::ArrowDamage;
use super::{gzip, ipc};

/// Where an answer to a statement holds its first rows.
const INLINE_ROWS: &str = "/data/rowsetBase64";

/// The body with its rows damaged; one without Arrow rows stays as it is.
pub(super) fn damage_body(body: Bytes, damage: ArrowDamage) -> Bytes {
    let packed = gzip::is_packed(&body);
    let plain = gzip::unpacked(body.clone());
    let damaged = match serde_json::from_slice::<Value>(&plain) {
        Ok(json) => inline(json, damage),
        Err(_not_json) => ipc::damaged(&plain, damage),
    };
    match damaged {
        Some(damaged) if packed => gzip::pack(&damaged).into(),
        Some(damaged) => damaged.into(),
        None => body,
    }
}

fn inline(mut answer: Value, damage: ArrowDamage) -> Option<Vec<u8>> {
    let rows = answer.pointer_mut(INLINE_ROWS)?;
    let damaged = ipc::damaged(&STANDARD.decode(rows.as_str()?).ok()?, damage)?;
    *rows = STANDARD.encode(damaged).into();
    Some(answer.to_string().into_bytes())
}
