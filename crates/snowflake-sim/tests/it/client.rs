//! A driver of a few lines: requests as JSON, answers as JSON.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use snowflake_sim::{SimServer, SimServerBuilder};
use snowflake_transport::{Body, ContentEncoding, Request, RequestOptions, Transport};
use uuid::Uuid;

pub(crate) const USER: &str = "alice";
pub(crate) const PASSWORD: &str = "correct horse";

/// A server that lets alice in.
pub(crate) fn builder() -> SimServerBuilder {
    SimServer::builder().user(USER, PASSWORD).database("db").warehouse("wh")
}

/// A connection that is not logged in, or is.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) url: String,
    pub(crate) app: &'static str,
    pub(crate) token: Option<String>,
    pub(crate) master: Option<String>,
}

impl Client {
    pub(crate) fn new(server: &SimServer) -> Self {
        Self::over(server.transport(), server)
    }

    pub(crate) fn over(transport: Arc<dyn Transport>, server: &SimServer) -> Self {
        Self { transport, url: server.url(), app: "PythonConnector", token: None, master: None }
    }

    /// Logged in as alice.
    pub(crate) async fn login(server: &SimServer) -> Self {
        Self::new(server).logged_in().await
    }

    pub(crate) async fn logged_in(mut self) -> Self {
        let answer = self.try_login(json!({"LOGIN_NAME": USER, "PASSWORD": PASSWORD})).await;
        assert_eq!(answer["success"], true, "{answer}");
        self.token = answer["data"]["token"].as_str().map(str::to_owned);
        self.master = answer["data"]["masterToken"].as_str().map(str::to_owned);
        self
    }

    /// A login with these fields beside the application's.
    pub(crate) async fn try_login(&self, fields: Value) -> Value {
        let (status, answer) = self.login_status(fields).await;
        assert_eq!(status, StatusCode::OK);
        answer
    }

    pub(crate) async fn login_status(&self, fields: Value) -> (StatusCode, Value) {
        let mut data =
            json!({"CLIENT_APP_ID": self.app, "CLIENT_APP_VERSION": "1.0", "ACCOUNT_NAME": "acme"});
        data.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let body = json!({"data": data});
        self.send(Method::POST, "/session/v1/login-request?requestId=1", None, Some(body)).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.send(Method::POST, path, self.token.as_deref(), Some(body)).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send(Method::GET, path, self.token.as_deref(), None).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }

    /// A statement with a request id of its own.
    pub(crate) async fn query(&self, sql: &str) -> Value {
        self.submit(&request_id(), json!({"sqlText": sql})).await
    }

    /// The data of a statement that succeeds.
    pub(crate) async fn data(&self, sql: &str) -> Value {
        let answer = self.query(sql).await;
        assert_eq!(answer["success"], true, "{sql}: {answer}");
        answer["data"].clone()
    }

    pub(crate) async fn submit(&self, request_id: &str, body: Value) -> Value {
        self.post(&format!("/queries/v1/query-request?requestId={request_id}&request_guid=2"), body).await
    }

    pub(crate) async fn renew(&mut self) -> Value {
        let body = json!({"oldSessionToken": self.token, "requestType": "RENEW"});
        let (_, answer) =
            self.send(Method::POST, "/session/token-request", self.master.as_deref(), Some(body)).await;
        if answer["success"] == true {
            self.token = answer["data"]["sessionToken"].as_str().map(str::to_owned);
            self.master = answer["data"]["masterToken"].as_str().map(str::to_owned);
        }
        answer
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = http::Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.header("Authorization", format!("Snowflake Token=\"{token}\""));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let (status, bytes) =
            self.exchange(request.header("Accept", "application/json").body(body).unwrap()).await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::String(text)))
    }

    /// Fetches an address with these headers, without inflating what arrives.
    pub(crate) async fn fetch(&self, url: &str, headers: &Value) -> (StatusCode, Option<String>, Bytes) {
        let mut request = http::Request::get(url);
        for (name, value) in headers.as_object().unwrap() {
            request = request.header(name, value.as_str().unwrap());
        }
        let mut request = request.body(Body::empty()).unwrap();
        RequestOptions::new("chunk").with_content_encoding(ContentEncoding::Keep).attach(&mut request);
        let response = self.transport.send(request).await.unwrap();
        let encoding =
            response.headers().get("content-encoding").map(|value| value.to_str().unwrap().to_owned());
        (response.status(), encoding, response.into_body().collect(usize::MAX).await.unwrap())
    }

    async fn exchange(&self, request: Request) -> (StatusCode, Bytes) {
        let response = self.transport.send(request).await.unwrap();
        (response.status(), response.into_body().collect(usize::MAX).await.unwrap())
    }
}

/// A fresh request id.
pub(crate) fn request_id() -> String {
    Uuid::new_v4().to_string()
}

/// `SELECT` of `n` rows `(i, 'r<i>')`.
pub(crate) fn rows(n: usize) -> String {
    let rows: Vec<String> = (0..n).map(|i| format!("({i},'r{i}')")).collect();
    format!("SELECT N, T FROM (VALUES {}) AS V (N, T)", rows.join(","))
}
