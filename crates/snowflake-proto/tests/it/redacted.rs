//! What `Debug` of the messages may not show: passwords, tokens, keys, signed addresses, SQL and data.

use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use snowflake_proto::wire::{Envelope, abort, chunk, login, query, stage, token};

const SECRET: &str = "hunter2";

fn assert_hidden<T: Debug + DeserializeOwned>(message: Value) {
    assert!(message.to_string().contains(SECRET));
    let message: T = serde_json::from_value(message).unwrap();
    for shown in [format!("{message:?}"), format!("{message:#?}")] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[test]
fn g02_requests_hide_what_the_user_gave() {
    assert_hidden::<login::Request>(json!({"data": {
        "PASSWORD": SECRET, "PASSCODE": SECRET, "TOKEN": SECRET, "SESSION_PARAMETERS": {"A": SECRET},
    }}));
    assert_hidden::<token::Request>(json!({"oldSessionToken": SECRET, "requestType": "RENEW"}));
    assert_hidden::<abort::Request>(json!({"requestId": "r", "sqlText": SECRET}));
    assert_hidden::<query::Request>(json!({
        "sqlText": SECRET, "bindings": {"1": {"type": "TEXT", "value": SECRET}}, "bindStage": SECRET,
    }));
    assert_hidden::<query::Binding>(json!({"type": "TEXT", "value": SECRET}));
    assert_hidden::<query::BindingValue>(json!([SECRET, null]));
}

#[test]
fn g02_answers_hide_tokens_keys_addresses_and_rows() {
    assert_hidden::<Envelope<login::Response>>(json!({"success": true, "data": {
        "token": SECRET, "masterToken": SECRET,
    }}));
    assert_hidden::<Envelope<token::Response>>(json!({"success": true, "data": {
        "sessionToken": SECRET, "masterToken": SECRET,
    }}));
    assert_hidden::<Envelope<query::Response>>(json!({"success": true, "data": {
        "rowset": [[SECRET]], "rowsetBase64": SECRET, "qrmk": SECRET, "chunkHeaders": {"key": SECRET},
        "chunks": [{"url": SECRET, "rowCount": 1}], "presignedUrls": [SECRET],
        "encryptionMaterial": {"queryStageMasterKey": SECRET},
    }}));
    assert_hidden::<chunk::Descriptor>(json!({"url": SECRET, "rowCount": 1}));
    assert_hidden::<stage::StageInfo>(json!({"creds": {"AWS_TOKEN": SECRET}, "presignedUrl": SECRET}));
    assert_hidden::<stage::EncryptionMaterial>(json!({"queryStageMasterKey": SECRET}));
}
