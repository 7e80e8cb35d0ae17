//! Marked secrets in everything that a client and a service say to each other: none of them may stay.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use snowflake_sim::{Scrub, find_secrets};

/// Stands in every secret here, and nowhere else.
const MARK: &str = "CANARY";

/// A secret with the mark, different for every use.
fn secret(name: &str) -> String {
    format!("{MARK}-{name}-s3cr3t")
}

fn token(name: &str) -> String {
    format!("ver:3-hint:1-{MARK}{name}==")
}

fn jwt() -> String {
    format!("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJBIn0.{MARK}{MARK}{MARK}")
}

/// A key whose bytes hold the mark.
fn key(bytes: usize) -> String {
    let text = MARK.repeat(bytes.div_ceil(MARK.len()));
    STANDARD.encode(&text.as_bytes()[..bytes])
}

fn signed(place: &str) -> String {
    let credential = format!("ASIA{MARK}{MARK}2222%2Faws4");
    format!("{place}?X-Amz-Credential={credential}&X-Amz-Signature={MARK}{MARK}{MARK}&X-Amz-Expires=600")
}

fn logins() -> Vec<Value> {
    let with = |fields: Value| {
        let mut login =
            json!({"data": {"CLIENT_APP_ID": "Go", "ACCOUNT_NAME": "acct", "LOGIN_NAME": "ALICE"}});
        let data = login["data"].as_object_mut().unwrap();
        data.extend(fields.as_object().unwrap().clone());
        login
    };
    vec![
        with(json!({"PASSWORD": secret("password"), "PASSCODE": format!("{MARK}1")})),
        with(
            json!({"PASSWORD": secret("mfa"), "TOKEN": token("mfa"), "AUTHENTICATOR": "USERNAME_PASSWORD_MFA"}),
        ),
        with(json!({"TOKEN": jwt(), "AUTHENTICATOR": "SNOWFLAKE_JWT"})),
        with(json!({"TOKEN": secret("pat"), "AUTHENTICATOR": "PROGRAMMATIC_ACCESS_TOKEN"})),
        with(json!({"TOKEN": secret("browser"), "PROOF_KEY": key(32), "AUTHENTICATOR": "EXTERNALBROWSER"})),
        with(json!({"RAW_SAML_RESPONSE": format!("<form><input value=\"{}\">", secret("saml"))})),
        with(json!({"SPCS_TOKEN": secret("spcs"), "SESSION_PARAMETERS": {
            "adbc.snowflake.sql.client_option.jwt_private_key_pkcs8_password": secret("passphrase"),
            "QUERY_TAG": "x",
        }})),
        json!({"username": "alice", "password": secret("okta")}),
        json!({"oldSessionToken": token("old"), "requestType": "RENEW"}),
        json!({"sqlText": format!("create user u password = '{}'", secret("sql")), "bindings": {}}),
        json!({"sqlText": format!("create stage s credentials=(aws_key_id='{}' aws_secret_key='{}')", secret("id"), secret("key"))}),
        json!({"sqlText": format!("alter user u set comment = '-----BEGIN PRIVATE KEY-----{MARK}'")}),
    ]
}

fn answers() -> Vec<Value> {
    let key_header = "x-amz-server-side-encryption-customer-key";
    let stage = |creds: Value| json!({"data": {"command": "UPLOAD", "stageInfo": {"locationType": "S3", "creds": creds}}});
    vec![
        json!({"data": {
            "token": token("session"), "masterToken": token("master"), "idToken": token("id"), "mfaToken": token("mfa"),
            "remMeToken": token("remember"), "sessionId": 42, "parameters": [{"name": "TIMEZONE", "value": "UTC"}],
        }, "success": true}),
        json!({"data": {"sessionToken": token("new"), "masterToken": token("master2"), "sessionId": 42}, "success": true}),
        json!({"data": {"ssoUrl": format!("https://idp/sso?SAMLRequest={}", secret("saml")), "proofKey": key(32)}}),
        json!({"sessionToken": secret("okta"), "cookieToken": secret("cookie"), "status": "SUCCESS"}),
        json!({"access_token": jwt(), "refresh_token": secret("refresh"), "token_type": "bearer", "expires_in": 600}),
        json!({"data": {
            "rowset": [["1", signed("https://bucket.s3.amazonaws.com/presigned")], [token("in a row"), null]],
            "qrmk": key(32),
            "chunks": [{"url": signed("https://bucket.s3.amazonaws.com/results/1"), "rowCount": 1}],
            "chunkHeaders": {
                "x-amz-server-side-encryption-customer-algorithm": "AES256",
                key_header: key(32), format!("{key_header}-md5"): key(16),
            },
            "queryId": "01b2c3d4-0000-1111-0000-000000000001",
        }, "success": true}),
        stage(
            json!({"AWS_KEY_ID": secret("id"), "AWS_SECRET_KEY": secret("key"), "AWS_TOKEN": secret("token"),
            "AWS_ID": secret("old id"), "AWS_KEY": secret("old key")}),
        ),
        stage(json!({"AZURE_SAS_TOKEN": format!("sv=2024-01-01&sig={MARK}{MARK}{MARK}%3D")})),
        stage(json!({"GCS_ACCESS_TOKEN": format!("ya29.{MARK}{MARK}{MARK}")})),
        stage(json!({"A_NEW_CLOUD": secret("unknown")})),
        json!({"data": {
            "stageInfo": {"presignedUrl": signed("https://storage.googleapis.com/b/k")},
            "presignedUrls": [signed("https://storage.googleapis.com/b/k"), signed("https://storage.googleapis.com/b/l")],
            "encryptionMaterial": [{"queryStageMasterKey": key(16), "queryId": "01", "smkId": "92"}],
        }}),
        json!({"data": {"encryptionMaterial": {"queryStageMasterKey": key(32), "queryId": "01", "smkId": 92}}}),
        json!({"data": null, "message": format!("the token {} has expired", token("message")), "success": false}),
    ]
}

/// The places of all texts that hold the mark, plain or in base64.
fn marked(value: &Value, pointer: &str, places: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                marked(value, &format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1")), places);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                marked(value, &format!("{pointer}/{index}"), places);
            }
        }
        Value::String(text) if is_marked(text) => places.push(pointer.to_owned()),
        _ => {}
    }
}

fn is_marked(text: &str) -> bool {
    let decoded = STANDARD.decode(text).unwrap_or_default();
    text.contains(MARK) || String::from_utf8_lossy(&decoded).contains(MARK)
}

fn places(value: &Value) -> Vec<String> {
    let mut places = Vec::new();
    marked(value, "", &mut places);
    places
}

#[test]
fn a_marked_secret_is_found_before_and_nowhere_after() {
    let mut scrub = Scrub::new();
    let mut count = 0;
    for (document, is_request) in
        logins().into_iter().map(|each| (each, true)).chain(answers().into_iter().map(|each| (each, false)))
    {
        let secrets = places(&document);
        let mut found: Vec<String> = find_secrets(&document).into_iter().map(|found| found.pointer).collect();
        found.dedup();
        assert_eq!(found, secrets, "what is found is what is marked");
        assert!(!secrets.is_empty());
        count += secrets.len();

        let mut clean = document.clone();
        if is_request {
            scrub.request_json(&mut clean)
        } else {
            scrub.answer_json(&mut clean)
        }
        assert_eq!(places(&clean), Vec::<String>::new(), "{clean}");
        assert_eq!(find_secrets(&clean), []);
        let again = clean.clone();
        scrub.answer_json(&mut clean);
        assert_eq!(clean, again);
    }
    assert!(count > 40, "only {count} secrets were marked");
}

#[test]
fn what_one_message_told_is_taken_out_of_all_that_follow() {
    let mut scrub = Scrub::new();
    for (mut document, is_request) in
        logins().into_iter().map(|each| (each, true)).chain(answers().into_iter().map(|each| (each, false)))
    {
        if is_request { scrub.request_json(&mut document) } else { scrub.answer_json(&mut document) }
    }
    for name in ["password", "mfa", "pat", "passphrase", "okta", "refresh", "key", "unknown"] {
        let secret = secret(name);
        let mut rows =
            json!({"data": {"rowset": [[secret], [format!("a {secret}.")], [STANDARD.encode(&secret)]]}});
        scrub.answer_json(&mut rows);
        assert_eq!(places(&rows), Vec::<String>::new(), "{name}");
        let header = scrub.header("x-custom", &format!("a {secret}")).unwrap();
        let url = scrub.url(&format!("https://h/{secret}/b?prefix={secret}"));
        assert!(!is_marked(&header) && !is_marked(&url), "{header} {url}");
    }
}

#[test]
fn what_is_kept_is_what_a_replay_needs() {
    let mut answer = answers().swap_remove(5);
    Scrub::new().answer_json(&mut answer);
    let data = &answer["data"];
    assert_eq!(data["chunks"][0]["url"], "https://bucket.s3.amazonaws.com/results/1");
    assert_eq!(data["chunkHeaders"]["x-amz-server-side-encryption-customer-algorithm"], "AES256");
    let key = data["chunkHeaders"]["x-amz-server-side-encryption-customer-key"].as_str().unwrap();
    assert_eq!(STANDARD.decode(key).unwrap().len(), 32);
    assert_eq!(data["queryId"], "01b2c3d4-0000-1111-0000-000000000001");
    assert_eq!(data["rowset"][0][0], "1");
}
