//! The token of a key-pair login, verified with the public key as the server would.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::{Value, json};
use snowflake_auth::{KeyPair, LoginOptions, PrivateKey, login};
use snowflake_proto::AccountId;
use snowflake_sim::{Expect, ManualClock, Script};
use time::macros::datetime;

use crate::keys::{bytes, fingerprint, path};
use crate::support::{LOGIN, server_with, session, success};

fn part(token: &str, number: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token.split('.').nth(number).unwrap()).unwrap()
}

pub(crate) fn claims(token: &str) -> Value {
    serde_json::from_slice(&part(token, 1)).unwrap()
}

async fn token(account: &str, pair: KeyPair) -> String {
    let script = Arc::new(Script::new().expect(Expect::post(LOGIN).reply(success(session()))));
    let server = server_with(&script, Arc::new(ManualClock::new(datetime!(2026-03-01 12:00:00.9 UTC))));
    let options = LoginOptions::new(AccountId::parse(account).unwrap());
    login(&server, &pair, &options).await.unwrap();
    script.requests()[0].json()["data"]["TOKEN"].as_str().unwrap().to_owned()
}

fn key() -> PrivateKey {
    PrivateKey::from_file(path("rsa2048.p8"), None).unwrap()
}

#[tokio::test]
async fn the_token_is_signed_with_rs256_and_verifies_with_the_public_key() {
    let token = token("acme.eu-central-1", KeyPair::new("alice", key())).await;
    assert_eq!(
        serde_json::from_slice::<Value>(&part(&token, 0)).unwrap(),
        json!({"alg": "RS256", "typ": "JWT"})
    );
    let (message, _) = token.rsplit_once('.').unwrap();
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, bytes("rsa2048.pub.pkcs1.der"));
    public.verify(message.as_bytes(), &part(&token, 2)).unwrap();
    assert!(public.verify(b"something else", &part(&token, 2)).is_err());
}

#[tokio::test]
async fn the_claims_are_those_that_the_server_compares() {
    let now = datetime!(2026-03-01 12:00 UTC).unix_timestamp();
    let token = token("acme.eu-central-1", KeyPair::new("alice", key())).await;
    let issuer = format!("ACME.ALICE.{}", fingerprint());
    assert_eq!(claims(&token), json!({"iss": issuer, "sub": "ACME.ALICE", "iat": now, "exp": now + 120}));
}

#[tokio::test]
async fn accounts_lose_their_region_and_organisations_stay() {
    for (account, name) in [
        ("myorg-myacct", "MYORG-MYACCT"),
        ("acme-ext1.global", "ACME"),
        ("acme.cn-north-1.aws", "ACME"),
        ("my_org-my_acct", "MY_ORG-MY_ACCT"),
    ] {
        let token = token(account, KeyPair::new("Svc.Loader", key())).await;
        assert_eq!(claims(&token)["sub"], json!(format!("{name}.SVC.LOADER")));
    }
}

#[tokio::test]
async fn the_lifetime_is_a_choice() {
    let pair = KeyPair::new("alice", key()).with_lifetime(Duration::from_secs(3600));
    let claims = claims(&token("acme", pair).await);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 3600);
}
