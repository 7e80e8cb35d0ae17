//! Functions over binary values: encodings and digests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use ring::digest;

use super::super::SqlError;
use super::super::types::{MAX_BINARY, SqlType, TEXT};
use super::super::value::{Value, hex, read_hex};
use super::{Call, Function};

const BINARY: SqlType = SqlType::Binary { length: MAX_BINARY };

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "HEX_ENCODE",
        (1, 2),
        |_| Ok(TEXT),
        |call| {
            let text = hex(&bytes(call, 0));
            Ok(Value::text(if call.has(1) && call.integer(1)? == 0 { text.to_lowercase() } else { text }))
        },
    ),
    Function::new(
        "HEX_DECODE_STRING",
        (1, 1),
        |_| Ok(TEXT),
        |call| Ok(Value::text(utf8(decoded_hex(call)?)?)),
    ),
    Function::new(
        "HEX_DECODE_BINARY",
        (1, 1),
        |_| Ok(BINARY),
        |call| Ok(Value::Binary(decoded_hex(call)?.into())),
    ),
    Function::new(
        "TRY_HEX_DECODE_STRING",
        (1, 1),
        |_| Ok(TEXT),
        |call| Ok(decoded_hex(call).and_then(utf8).map_or(Value::Null, Value::text)),
    ),
    Function::new(
        "BASE64_ENCODE",
        (1, 3),
        |_| Ok(TEXT),
        |call| Ok(Value::text(STANDARD.encode(bytes(call, 0)))),
    ),
    Function::new(
        "BASE64_DECODE_STRING",
        (1, 2),
        |_| Ok(TEXT),
        |call| Ok(Value::text(utf8(decoded_base64(call)?)?)),
    ),
    Function::new(
        "TRY_BASE64_DECODE_STRING",
        (1, 2),
        |_| Ok(TEXT),
        |call| Ok(decoded_base64(call).and_then(utf8).map_or(Value::Null, Value::text)),
    ),
    Function::new(
        "BASE64_DECODE_BINARY",
        (1, 2),
        |_| Ok(BINARY),
        |call| Ok(Value::Binary(decoded_base64(call)?.into())),
    ),
    Function::new(
        "MD5_HEX",
        (1, 1),
        |_| Ok(SqlType::Text { length: 32 }),
        |call| Ok(Value::text(hex(&Md5::digest(bytes(call, 0))).to_lowercase())),
    ),
    Function::new("SHA1", (1, 1), |_| Ok(TEXT), |call| Ok(digested(&digest::SHA1_FOR_LEGACY_USE_ONLY, call))),
    Function::new(
        "SHA1_HEX",
        (1, 1),
        |_| Ok(TEXT),
        |call| Ok(digested(&digest::SHA1_FOR_LEGACY_USE_ONLY, call)),
    ),
    Function::new("SHA2", (1, 2), |_| Ok(TEXT), |call| Ok(digested(sha2(call.integer_or(1, 256)?)?, call))),
    Function::new(
        "SHA2_HEX",
        (1, 2),
        |_| Ok(TEXT),
        |call| Ok(digested(sha2(call.integer_or(1, 256)?)?, call)),
    ),
];

/// The bytes of an argument: binary values as they are, anything else as UTF-8 text.
fn bytes(call: &Call<'_>, at: usize) -> Vec<u8> {
    match call.get(at) {
        Value::Binary(bytes) => bytes.into_owned(),
        _ => call.text(at).into_bytes(),
    }
}

fn decoded_hex(call: &Call<'_>) -> Result<Vec<u8>, SqlError> {
    let text = call.text(0);
    read_hex(&text).ok_or_else(|| illegal("hex", &text))
}

fn decoded_base64(call: &Call<'_>) -> Result<Vec<u8>, SqlError> {
    let text = call.text(0);
    // The cause says no more than that the text is not legal.
    STANDARD.decode(&text).map_err(|_| illegal("base64", &text))
}

fn illegal(encoding: &str, text: &str) -> SqlError {
    SqlError::new(
        "100115",
        "22000",
        format!("The following string is not a legal {encoding}-encoded value: '{text}'"),
    )
}

fn utf8(bytes: Vec<u8>) -> Result<String, SqlError> {
    // The cause says no more than where the bytes stop being text.
    String::from_utf8(bytes).map_err(|_| SqlError::new("100144", "22000", "Invalid UTF8 detected in string"))
}

fn digested(algorithm: &'static digest::Algorithm, call: &Call<'_>) -> Value<'static> {
    Value::text(hex(digest::digest(algorithm, &bytes(call, 0)).as_ref()).to_lowercase())
}

fn sha2(bits: i64) -> Result<&'static digest::Algorithm, SqlError> {
    match bits {
        0 | 256 => Ok(&digest::SHA256),
        384 => Ok(&digest::SHA384),
        512 => Ok(&digest::SHA512),
        224 => Err(SqlError::not_simulated("SHA2 of 224 bits")),
        other => Err(SqlError::invalid_argument(format!("Invalid digest size {other} for function SHA2"))),
    }
}
