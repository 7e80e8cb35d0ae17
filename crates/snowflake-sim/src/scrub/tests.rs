//! Marked secrets that no form of them survives, and ordinary data that nothing takes for one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::looks::marks;
use super::{Scrub, find_secrets, placeholder};

/// A text that can be recognised wherever it turns up.
const MARK: &str = "CANARY";

fn texts_with_secrets() -> Vec<(String, &'static str)> {
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJDQU5BUlkifQ.CANARYsignatureCANARY";
    vec![
        ("token ver:3-hint:1036-CANARY+/= expired".to_owned(), "a Snowflake token"),
        ("Snowflake Token=\"CANARY\"".to_owned(), "a Snowflake token"),
        (format!("login with {jwt}, please"), "a JSON web token"),
        ("-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----".to_owned(), "a private key"),
        ("x -----BEGIN ENCRYPTED PRIVATE KEY-----\\nCANARY".to_owned(), "a private key"),
        ("key AKIACANARYCANARYCANA used".to_owned(), "an access key of AWS"),
        (
            "https://b.s3.amazonaws.com/x?X-Amz-Date=1&X-Amz-Signature=CANARYCANARYCANARY".to_owned(),
            "a signature or token in an address",
        ),
        (
            "https://a.blob.core/c?sv=1&sig=CANARYCANARYCANARY%3D".to_owned(),
            "a signature or token in an address",
        ),
        (
            "https://storage/x?GoogleAccessId=a&Expires=1&Signature=CANARYCANARYCANARY".to_owned(),
            "a signature or token in an address",
        ),
        ("a\\u0026X-Goog-Signature=CANARYCANARYCANARY".to_owned(), "a signature or token in an address"),
        ("Bearer CANARY1CANARY1CANARY1".to_owned(), "a bearer token"),
        (format!("Basic {}", STANDARD.encode("user:CANARY")), "a user with a password"),
        ("ya29.CANARYCANARYCANARY".to_owned(), "an access token of Google"),
        ("create user u password = 'CANARY'".to_owned(), "a secret in a statement"),
        ("credentials=(aws_secret_key=/* x */$$CANARY$$)".to_owned(), "a secret in a statement"),
    ]
}

#[test]
fn what_looks_like_a_secret_is_found_and_taken_out_of_any_text() {
    for (text, what) in texts_with_secrets() {
        let found = find_secrets(&json!({"a/b": [text]}));
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].pointer.as_str(), found[0].what), ("/a~1b/0", what), "{text}");
        assert!(!found[0].to_string().contains(MARK));
        let clean = Scrub::new().text(&text);
        assert!(!clean.contains(MARK) && clean.contains(placeholder::TEXT), "{clean}");
        assert_eq!(marks(&clean), [], "{clean}");
        assert_eq!(Scrub::new().text(&clean), clean);
    }
}

#[test]
fn ordinary_data_is_no_secret() {
    let table = [
        "01b2c3d4-0000-1111-0000-000000000001",
        "d41d8cd98f00b204e9800998ecf8427e",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "/////6gAAAAQAAAAAAAKAAwABgAFAAgACgAAAAABBAAMAAAACAAIAAAABAAIAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "SHA256:KojKZB2GGYCd5WWKKx3nWsQ2aBYWpVMbdVGTrLFNo4o=",
        "Basic understanding of bearer bonds; Bearer certificates are rare",
        "signature=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "https://example.com/a?page=2&q=password#top",
        "select password from users where token = ? and hint = 'ver:1'",
        "alter user u set password = ?",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "ASIANDEVELOPMENTBANK",
        "eyJub3QiOiJhIGp3dCJ9",
        "Snowflake Token=\"None\"",
        "version 1.2.3.4 of eyJx.b.c",
        "a=b&c=d;e=f",
    ];
    for text in table {
        assert_eq!(find_secrets(&json!([[text]])), [], "{text}");
        assert_eq!(Scrub::new().text(text), text);
    }
    let answer = json!({
        "data": {
            "parameters": [{"name": "TIMEZONE", "value": "UTC"}, {"name": "CLIENT_REQUEST_MFA_TOKEN", "value": true}],
            "rowtype": [{"name": "PASSWORD", "type": "text"}, {"name": "token", "type": "text"}],
            "rowset": [["hunter2", "abc"]],
            "queryId": "01b2c3d4-0000-1111-0000-000000000001",
            "getResultUrl": "/queries/01/result?requestId=6f",
            "queryContext": {"entries": [{"id": 0, "timestamp": 1, "priority": 0, "context": "CPTdqw4="}]},
            "remMeToken": null, "mfaToken": "", "presignedUrls": [], "creds": {},
        },
        "code": null, "message": null, "success": true,
    });
    assert_eq!(find_secrets(&answer), []);
    let mut clean = answer.clone();
    Scrub::new().answer_json(&mut clean);
    assert_eq!(clean, answer);
}

#[test]
fn what_was_learned_is_found_in_every_encoding() {
    let secret = "C\"NARY/pass wörd+1";
    let mut scrub = Scrub::new();
    scrub.learn(secret);
    let percent = "C%22NARY%2Fpass%20w%C3%B6rd%2B1";
    let forms = [
        secret.to_owned(),
        percent.to_owned(),
        percent.to_lowercase().replace("c%22nary", "C%22NARY"),
        percent.replace("%20", "+"),
        json!(secret).to_string(),
        STANDARD.encode(format!("user:{secret}:x")),
    ];
    for form in forms {
        let clean = scrub.text(&format!("<{form}>"));
        assert!(clean.contains(placeholder::TEXT) && !clean.contains("NARY"), "{form}: {clean}");
    }
    assert!(!format!("{scrub:?}").contains("NARY"));
}

#[test]
fn what_could_occur_by_chance_is_not_learned() {
    let mut scrub = Scrub::new();
    for secret in ["", "a1-b2", "password", "12345678", placeholder::TOKEN] {
        scrub.learn(secret);
        assert_eq!(scrub.text(&format!("x {secret} y")), format!("x {secret} y"));
    }
    let mut login = json!({"data": {"PASSWORD": "password", "PASSCODE": "123456"}});
    scrub.request_json(&mut login);
    assert_eq!(login, json!({"data": {"PASSWORD": "scrubbed", "PASSCODE": "scrubbed"}}));
    assert_eq!(scrub.text("123456 password"), "123456 password");
}

#[test]
fn a_statement_scrubbed_twice_with_other_secrets_is_the_same() {
    let scrubbed = |secret: &str| {
        let mut body = json!({"sqlText": format!("create user u password = '{secret}' comment = 'c'")});
        Scrub::new().request_json(&mut body);
        body
    };
    assert_eq!(scrubbed("one"), scrubbed("another''s"));
    assert_eq!(scrubbed("one")["sqlText"], "create user u password = 'scrubbed' comment = 'c'");
}

#[test]
fn addresses_keep_what_says_what_is_asked_for() {
    let table = [
        (
            "https://u:p@h.com/a/b?requestId=1&token=x&warehouse=W#frag",
            "https://h.com/a/b?requestId=1&warehouse=W",
        ),
        (
            "https://b.s3.amazonaws.com/k?partNumber=2&uploadId=x&X-Amz-Signature=y",
            "https://b.s3.amazonaws.com/k?partNumber=2",
        ),
        (
            "https://a.blob.core.windows.net/c/k?sv=1&sig=x&comp=block&blockid=QQ%3D%3D",
            "https://a.blob.core.windows.net/c/k?comp=block&blockid=QQ%3D%3D",
        ),
        ("/queries/01/result?request_guid=a", "/queries/01/result?request_guid=a"),
        ("https://h.com", "https://h.com"),
        ("https://h.com/a@b", "https://h.com/a@b"),
        ("", ""),
    ];
    for (url, wanted) in table {
        assert_eq!(Scrub::new().url(url), wanted);
        assert_eq!(Scrub::new().header("Location", url).as_deref(), Some(wanted));
    }
}

#[test]
fn headers_lose_tokens_and_keep_the_shape_of_keys() {
    let scrub = Scrub::new();
    for secret in
        ["Authorization", "cookie", "Set-Cookie", "X-Amz-Security-Token", "DPoP", "X-IDENTITY-HEADER"]
    {
        assert_eq!(scrub.header(secret, "CANARY"), None);
    }
    let key = "x-amz-server-side-encryption-customer-key";
    let value = |bytes: &[u8]| STANDARD.encode(bytes);
    assert_eq!(scrub.header(key, &value(&[7; 32])).as_deref(), Some(placeholder::KEY));
    assert_eq!(
        scrub.header(&format!("{key}-MD5"), &value(&[7; 16])).as_deref(),
        Some(placeholder::SHORT_KEY)
    );
    for (name, value) in [("etag", "\"abc\""), ("x-amz-meta-x-amz-key", "a2V5"), ("content-type", "text/csv")]
    {
        assert_eq!(scrub.header(name, value).as_deref(), Some(value));
    }
}

#[test]
fn forms_keep_only_harmless_fields() {
    let form = "grant_type=refresh_token&refresh_token=CANARY&scope=a&client_secret=CANARY";
    let clean = Scrub::new().form(form);
    assert_eq!(clean, "grant_type=refresh_token&refresh_token=scrubbed&scope=a&client_secret=scrubbed");
}

#[test]
fn keys_that_stand_for_others_decode_to_as_many_bytes() {
    let mut material = json!({"encryptionMaterial": [
        {"queryStageMasterKey": STANDARD.encode([7; 32])},
        {"queryStageMasterKey": STANDARD.encode([7; 16])},
    ]});
    Scrub::new().answer_json(&mut material);
    let length = |at: usize| {
        let key = material["encryptionMaterial"][at]["queryStageMasterKey"].as_str().unwrap();
        STANDARD.decode(key).unwrap()
    };
    assert_eq!([length(0), length(1)], [vec![0; 32], vec![0; 16]]);
}

/// Any JSON, with names that mean something.
fn document() -> impl Strategy<Value = Value> {
    let secrets = texts_with_secrets().into_iter().map(|(text, _)| text).collect::<Vec<_>>();
    let text = prop_oneof![prop::sample::select(secrets), "\\PC{0,30}", "[a-z=&?:/'.-]{0,30}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        text.prop_map(Value::from)
    ];
    let names = vec![
        "token",
        "TOKEN",
        "PASSWORD",
        "PASSCODE",
        "qrmk",
        "creds",
        "chunkHeaders",
        "url",
        "presignedUrls",
        "name",
        "value",
        "x-amz-server-side-encryption-customer-key",
        "AZURE_SAS_TOKEN",
        "rows",
        "authorization",
    ];
    leaf.prop_recursive(4, 40, 6, move |inner| {
        let name = prop::sample::select(names.clone()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(name, inner, 0..5).prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn scrubbing_takes_out_all_that_is_found_and_a_second_time_changes_nothing(value in document()) {
        let mut clean = value;
        Scrub::new().answer_json(&mut clean);
        prop_assert_eq!(find_secrets(&clean), []);
        let mut twice = clean.clone();
        Scrub::new().request_json(&mut twice);
        prop_assert_eq!(twice, clean);
    }

    #[test]
    fn no_text_is_too_strange(text in prop_oneof![any::<String>(), "[AKISver:1-hint.eyJ=&?'\"\\\\ é-]{0,60}"]) {
        let mut scrub = Scrub::new();
        scrub.learn(&text);
        let clean = scrub.text(&text);
        prop_assert_eq!(marks(&clean), []);
    }
}

fn duration(scrub: &Scrub, text: &str) -> std::time::Duration {
    let start = std::time::Instant::now();
    std::hint::black_box(scrub.text(text));
    start.elapsed()
}

/// Whether eight times the text takes less than twenty-four times as long; a quadratic search takes
/// sixty-four.
///
/// A machine that does much else at once may need several attempts to show it.
fn is_linear(scrub: &Scrub, piece: &str) -> bool {
    const LETTERS: usize = 4_000;
    let [short, long] = [LETTERS, 8 * LETTERS].map(|size| piece.repeat(size / piece.len()));
    // The shortest of some: on a busy machine the others waited as well.
    let least = |text: &str| (0..4).map(|_| duration(scrub, text)).min().unwrap_or_default();
    (0..10).any(|_| least(&long) < 24 * least(&short))
}

#[test]
fn q04_hostile_texts_take_time_in_proportion_to_their_length() {
    let mut scrub = Scrub::new();
    scrub.learn("a secret of 1 user");
    let pieces = [
        "ver:1-hint:",
        "ver:",
        "eyJ",
        "eyJ.",
        "-----BEGIN PRIVATE KEY",
        "-----BEGIN PRIVATE KEY-----",
        "Bearer ",
        "Basic ",
        "Token=\"",
        "&sig=",
        "&signature=",
        "AKIA",
        "a secret of ",
        "'",
        "password='",
        "=",
        "ya29.",
        " ",
        "é",
    ];
    for piece in pieces {
        assert!(is_linear(&scrub, piece), "{piece:?}");
    }
}
