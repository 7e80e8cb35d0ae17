//! Each fault does what its name says, to the requests it was meant for.

mod arrow;
mod body;
mod exchange;
mod expiry;
mod random;
mod rules;
mod shrink;
mod text;

use http::Method;
use serde_json::{Value, json};
use snowflake_transport::{Body, Error, ErrorKind, Request, Response, Transport};

use super::Fault;
use crate::script::{Expect, Reply, Script};

const QUERY: &str = "/queries/v1/query-request";

/// A service with one resource.
fn service() -> Script {
    Script::new().expect(Expect::get("/data").any_times().reply(Reply::json(&json!({"rows": 3}))))
}

fn request(method: Method, path: &str) -> http::request::Builder {
    http::Request::builder().method(method).uri(format!("https://acct.example.com{path}"))
}

fn get(path: &str) -> Request {
    request(Method::GET, path).body(Body::empty()).unwrap()
}

/// A request in the name of a session, or of a master token.
fn with_token(method: Method, path: &str, token: &str, body: &Value) -> Request {
    let value = format!("Snowflake Token=\"{token}\"");
    request(method, path).header("authorization", value).body(Body::from(body.to_string())).unwrap()
}

fn query(token: &str) -> Request {
    with_token(Method::POST, QUERY, token, &json!({"sqlText": "SELECT 1"}))
}

async fn text(response: Response) -> Result<String, Error> {
    let body = response.into_body().collect(1 << 20).await?;
    Ok(String::from_utf8_lossy(&body).into_owned())
}

/// The body of the one resource.
async fn read(fault: &Fault<Script>) -> Result<String, Error> {
    text(fault.send(get("/data")).await?).await
}

async fn kind(fault: &Fault<Script>) -> ErrorKind {
    read(fault).await.unwrap_err().kind()
}

/// The status and the code of an answer.
async fn verdict(fault: &Fault<impl Transport>, request: Request) -> (u16, String) {
    let response = fault.send(request).await.unwrap();
    let status = response.status().as_u16();
    let body = text(response).await.unwrap();
    let code =
        serde_json::from_str::<Value>(&body).ok().and_then(|json| Some(json["code"].as_str()?.to_owned()));
    let xml = || Some(body.split_once("<Code>")?.1.split_once("</Code>")?.0.to_owned());
    (status, code.or_else(xml).unwrap_or_default())
}
