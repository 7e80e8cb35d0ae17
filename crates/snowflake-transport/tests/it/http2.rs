//! R27, T16: many exchanges on one HTTP/2 connection, some of them broken, and each gets its own.

use std::sync::Arc;

use snowflake_sim::socket::{CertificateKind, Gate, HttpServer, HttpServerOptions, Mishap};
use snowflake_sim::{Expect, Fault, Reply, Rule, Script};
use snowflake_transport::{
    BoxFuture, Error, ErrorKind, HttpTransport, Request, Response, RetryClass, Transport,
};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::support::{certificate, echo, exchange, fetch, get, hasty, options, post, transport};

fn tls() -> HttpServerOptions {
    HttpServerOptions::default().with_certificate(certificate(CertificateKind::Good))
}

/// Answers with the path of the request, once it is allowed to.
#[derive(Debug)]
struct Held {
    arrived: watch::Sender<usize>,
    allowed: Semaphore,
}

impl Held {
    fn new() -> Arc<Self> {
        Arc::new(Self { arrived: watch::Sender::default(), allowed: Semaphore::new(0) })
    }

    async fn until_arrived(&self, count: usize) {
        self.arrived.subscribe().wait_for(|arrived| *arrived >= count).await.unwrap();
    }
}

impl Transport for Held {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            self.arrived.send_modify(|arrived| *arrived += 1);
            self.allowed.acquire().await.unwrap().forget();
            Ok(Response::new(request.uri().path().to_owned().into()))
        })
    }
}

/// Waits until `/0` to `/9` have all come, and answers them beginning with the last.
#[derive(Debug, Default)]
struct LastFirst(watch::Sender<Turns>);

#[derive(Debug, Default)]
struct Turns {
    arrived: usize,
    answered: usize,
}

impl Transport for LastFirst {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move {
            let path = request.uri().path().to_owned();
            if let Ok(number) = path.trim_start_matches('/').parse::<usize>() {
                let mut turns = self.0.subscribe();
                self.0.send_modify(|turns| turns.arrived += 1);
                let its_turn = |turns: &Turns| turns.arrived == 10 && number + turns.answered == 9;
                turns.wait_for(its_turn).await.unwrap();
                self.0.send_modify(|turns| turns.answered += 1);
            }
            Ok(Response::new(path.into()))
        })
    }
}

/// Asks for `/0` and so on, all at the same time, and checks that each gets its own.
fn ask(transport: &HttpTransport, server: &HttpServer, paths: std::ops::Range<usize>) -> JoinSet<()> {
    let mut requests = JoinSet::new();
    for number in paths {
        let (transport, path) = (transport.clone(), format!("/{number}"));
        let url = server.url(&path);
        requests.spawn(async move {
            assert_eq!(exchange(&transport, get(&url)).await.unwrap().body(), &path);
        });
    }
    requests
}

#[tokio::test]
async fn many_requests_share_one_http2_connection() {
    let (server, transport) = (echo(HttpServerOptions::default()).await, transport());
    let mut requests = JoinSet::new();
    for _ in 0..50 {
        let (transport, url) = (transport.clone(), server.url("/"));
        requests.spawn(async move { exchange(&transport, post(&url, "x")).await.unwrap().into_body() });
    }
    assert!(requests.join_all().await.iter().all(|body| body == "HTTP/2.0 x"));
}

#[tokio::test]
async fn r27_answers_out_of_order_reach_those_who_asked() {
    let service = Arc::new(LastFirst::default());
    let server = HttpServer::start(Arc::clone(&service), tls()).await.unwrap();
    let transport = transport();
    assert_eq!(exchange(&transport, get(&server.url("/warm"))).await.unwrap().body(), "/warm");
    ask(&transport, &server, 0..10).join_all().await;
    assert_eq!((service.0.borrow().answered, server.connections()), (10, 1));
}

#[tokio::test]
async fn t16_a_stream_that_is_reset_is_retried_and_the_connection_kept() {
    let service = Script::new().expect(Expect::get("/").any_times().reply(Reply::bytes("x".repeat(100_000))));
    let fault = Fault::new(service)
        .rule(Rule::always().times(1).lose_response())
        .rule(Rule::always().times(1).cut(5000, snowflake_sim::Cut::Reset));
    let fault = Arc::new(fault);
    let server = HttpServer::start(Arc::clone(&fault), tls()).await.unwrap();
    let transport = transport();
    let request = || get(&server.url("/"));
    let answer = fetch(&hasty(5), &transport, RetryClass::Api, request).await.unwrap();
    assert_eq!((answer.body().len(), fault.hits()), (100_000, vec![1, 1]));
    assert!(exchange(&transport, request()).await.is_ok());
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn t16_a_server_that_goes_away_answers_what_is_under_way_and_further_requests_connect_anew() {
    let held = Held::new();
    let server = HttpServer::start(Arc::clone(&held), tls()).await.unwrap();
    let transport = transport();
    // From here on there is a connection to share.
    held.allowed.add_permits(1);
    ask(&transport, &server, 0..1).join_all().await;
    let before = ask(&transport, &server, 1..4);
    held.until_arrived(4).await;
    assert_eq!(server.connections(), 1);
    server.go_away();
    let after = ask(&transport, &server, 4..7);
    held.until_arrived(7).await;
    held.allowed.add_permits(7);
    before.join_all().await;
    after.join_all().await;
    ask(&transport, &server, 7..8).join_all().await;
    assert_eq!(*held.arrived.borrow(), 8, "nothing was asked twice");
    assert!(server.connections() > 1);
}

#[tokio::test]
async fn t16_a_connection_that_breaks_fails_all_its_exchanges_and_each_is_retried() {
    let held = Held::new();
    let server = HttpServer::start(Arc::clone(&held), tls()).await.unwrap();
    let gate = Gate::open(server.address()).await.unwrap();
    let transport = transport();
    let mut requests = JoinSet::new();
    for number in 0..10 {
        let (transport, path) = (transport.clone(), format!("/{number}"));
        let url = format!("https://localhost:{}{path}", gate.address().port());
        requests.spawn(async move {
            let answer = fetch(&hasty(3), &transport, RetryClass::Api, || get(&url)).await.unwrap();
            assert_eq!(answer.body(), &path);
        });
    }
    held.until_arrived(10).await;
    gate.cut();
    held.until_arrived(20).await;
    held.allowed.add_permits(20);
    requests.join_all().await;
    assert_eq!(*held.arrived.borrow(), 20);
}

#[tokio::test]
async fn t17_headers_beyond_measure_are_refused_on_http2_too() {
    let bomb = Reply::status(200).with_header("x-big", "x".repeat(1 << 20));
    let script = Script::new()
        .expect(Expect::get("/bomb").any_times().reply(bomb))
        .expect(Expect::get("/").any_times());
    let server = HttpServer::start(script, tls()).await.unwrap();
    let gate = Gate::open(server.address()).await.unwrap();
    gate.add(Mishap::slice(16 << 10));
    let transport = HttpTransport::new(options()).unwrap();
    let url = |path| format!("https://localhost:{}{path}", gate.address().port());
    let request = || get(&url("/bomb"));
    let error = fetch(&hasty(3), &transport, RetryClass::Api, request).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Reset | ErrorKind::Content), "{error:?}");
    assert_eq!(exchange(&transport, get(&url("/"))).await.unwrap().status(), 200);
}
