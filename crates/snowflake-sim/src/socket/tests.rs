//! The servers do what they are told, seen from the bytes.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::{Gate, Mishap, ProxyKind, ProxyServer, RawReply, RawServer};

const GET: &[u8] = b"GET / HTTP/1.1\r\n\r\n";
const ANSWER: &str = "HTTP/1.1 200 Status\r\nContent-Length: 5\r\n\r\nwhole";
const LONG: Duration = Duration::from_secs(20);

async fn service() -> RawServer {
    RawServer::always(RawReply::answer(200, &[], "whole")).await.unwrap()
}

async fn connect(to: SocketAddr) -> TcpStream {
    TcpStream::connect(to).await.unwrap()
}

/// Sends a request and reads so many bytes, or fewer if the connection ends.
async fn ask(stream: &mut TcpStream, length: usize) -> std::io::Result<String> {
    stream.write_all(GET).await?;
    let mut text = String::new();
    stream.take(length as u64).read_to_string(&mut text).await?;
    Ok(text)
}

#[tokio::test]
async fn a_gate_passes_bytes_and_counts_them() {
    let server = service().await;
    let gate = Gate::open(server.address()).await.unwrap();
    let mut stream = connect(gate.address()).await;
    for _ in 0..2 {
        assert_eq!(ask(&mut stream, ANSWER.len()).await.unwrap(), ANSWER);
    }
    let traffic = gate.traffic();
    assert_eq!((traffic.accepted, traffic.open), (1, 1));
    assert_eq!(traffic.request_bytes, 2 * GET.len() as u64);
    assert_eq!(traffic.answer_bytes, 2 * ANSWER.len() as u64);
    drop(stream);
    timeout(LONG, gate.until(|traffic| traffic.open == 0)).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn mishaps_choose_their_connections_and_add_up() {
    let server = service().await;
    let gate = Gate::open(server.address()).await.unwrap();
    gate.add(Mishap::fin_after(9).nth(2).times(2));
    gate.add(Mishap::fin_after(4).nth(3).times(1));
    gate.add(Mishap::slice(1));
    let mut received = Vec::new();
    for _ in 0..4 {
        received.push(ask(&mut connect(gate.address()).await, ANSWER.len()).await.unwrap());
    }
    assert_eq!(received, [ANSWER, &ANSWER[..9], &ANSWER[..4], ANSWER]);
}

#[tokio::test]
async fn a_reset_is_a_reset_and_comes_after_so_many_bytes() {
    let server = service().await;
    let gate = Gate::open(server.address()).await.unwrap();
    for (mishap, reached) in [
        (Mishap::reset(), 0),
        (Mishap::reset_after(5).in_requests(), 0),
        (Mishap::reset_after(0), 1),
        (Mishap::reset_after(20), 2),
    ] {
        gate.add(mishap.clone());
        let error = ask(&mut connect(gate.address()).await, ANSWER.len()).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{mishap:?}");
        assert_eq!(server.requests().len(), reached, "{mishap:?}");
        gate.clear();
    }
    assert_eq!(ask(&mut connect(gate.address()).await, ANSWER.len()).await.unwrap(), ANSWER);
}

#[tokio::test]
async fn what_stalls_goes_on_when_the_gate_is_healed() {
    let server = service().await;
    let gate = Gate::open(server.address()).await.unwrap();
    for mishap in [Mishap::stall(), Mishap::stall_after(7), Mishap::delay(2 * LONG), Mishap::drip(1)] {
        gate.add(mishap.clone());
        let mut stream = connect(gate.address()).await;
        stream.write_all(GET).await.unwrap();
        let mut received = [0; 7];
        if mishap == Mishap::stall_after(7) {
            stream.read_exact(&mut received).await.unwrap();
        }
        let silent = stream.read_exact(&mut received);
        assert!(timeout(Duration::from_millis(30), silent).await.is_err(), "{mishap:?}");
        gate.clear();
        let mut rest = String::new();
        let whole = async { (&mut stream).take(20).read_to_string(&mut rest).await };
        timeout(LONG, whole).await.unwrap().unwrap();
        assert_eq!(rest.len(), 20, "{mishap:?}");
    }
}

#[tokio::test]
async fn a_client_that_gives_up_on_a_stalled_connection_is_noticed() {
    let server = service().await;
    let gate = Gate::open(server.address()).await.unwrap();
    for mishap in [Mishap::stall(), Mishap::stall_after(3), Mishap::drip(1)] {
        gate.add(mishap);
        let mut stream = connect(gate.address()).await;
        stream.write_all(GET).await.unwrap();
        gate.until(|traffic| traffic.open == 1).await;
        drop(stream);
        timeout(LONG, gate.until(|traffic| traffic.open == 0)).await.unwrap();
        gate.clear();
    }
}

#[tokio::test]
async fn connections_are_dripped_at_their_rate() {
    let server = service().await;
    let gate = Gate::open(server.address()).await.unwrap();
    gate.add(Mishap::drip(200));
    let start = Instant::now();
    assert_eq!(ask(&mut connect(gate.address()).await, ANSWER.len()).await.unwrap(), ANSWER);
    // Every piece but the last is waited for.
    let expected = Duration::from_secs(ANSWER.len() as u64 - 20) / 200;
    assert!(start.elapsed() >= expected, "{:?} < {expected:?}", start.elapsed());
}

#[tokio::test]
async fn orders_reach_the_connections_they_mean() {
    let server = RawServer::start(|request| match request.number() {
        1 => RawReply::answer(200, &[], "whole"),
        _ => RawReply::bytes("").then_hang(),
    })
    .await
    .unwrap();
    let gate = Gate::open(server.address()).await.unwrap();
    let (mut idle, mut busy) = (connect(gate.address()).await, connect(gate.address()).await);
    ask(&mut idle, ANSWER.len()).await.unwrap();
    ask(&mut busy, ANSWER.len()).await.unwrap();
    busy.write_all(GET).await.unwrap();
    gate.until(|traffic| traffic.request_bytes == 3 * GET.len() as u64).await;
    gate.close_idle();
    timeout(LONG, gate.until(|traffic| traffic.open == 1)).await.unwrap();
    assert_eq!(idle.read(&mut [0; 1]).await.unwrap(), 0, "closed in order");
    gate.cut();
    let error = busy.read(&mut [0; 1]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    timeout(LONG, gate.until(|traffic| traffic.open == 0)).await.unwrap();
}

#[tokio::test]
async fn dropping_a_server_ends_its_connections_and_frees_its_port() {
    let server = service().await;
    let gate = Gate::open(server.address()).await.unwrap();
    let mut stream = connect(gate.address()).await;
    ask(&mut stream, ANSWER.len()).await.unwrap();
    let address = gate.address();
    drop(gate);
    assert!(matches!(timeout(LONG, stream.read(&mut [0; 1])).await.unwrap(), Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn raw_replies_come_byte_for_byte_and_requests_are_kept() {
    let server = RawServer::start(|request| match (request.connection(), request.number()) {
        (1, 1) => RawReply::lying_length(9, "abc"),
        (1, _) => RawReply::until_close("end"),
        (2, _) => RawReply::chunk_of_size("zz", "x").cut(49),
        _ => RawReply::bytes("").then_reset(),
    })
    .await
    .unwrap();
    let mut stream = connect(server.address()).await;
    let lie = "HTTP/1.1 200 Status\r\nContent-Length: 9\r\n\r\nabc";
    assert_eq!(ask(&mut stream, lie.len()).await.unwrap(), lie);
    let all = ask(&mut stream, 1000).await.unwrap();
    assert_eq!(all, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nend");
    let bad = ask(&mut connect(server.address()).await, 49).await.unwrap();
    assert_eq!(bad, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz");
    let error = ask(&mut connect(server.address()).await, 1).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let kept = server.requests();
    let of: Vec<_> = kept.iter().map(|request| (request.connection(), request.number())).collect();
    assert_eq!((of, server.connections()), (vec![(1, 1), (1, 2), (2, 1), (3, 1)], 3));
    assert!(kept.iter().all(|request| request.bytes() == GET && request.target() == "/"));
    assert!(!format!("{kept:?}").contains("GET"));
}

#[tokio::test]
async fn a_proxy_says_no_in_its_own_way_and_knows_who_may_pass() {
    let server = service().await;
    let target = server.address().to_string();
    let asked = |authorization: &str| format!("CONNECT {target} HTTP/1.1\r\n{authorization}\r\n");
    let open = ProxyServer::start(ProxyKind::Credentials { user: "u".into(), password: "p:@/%".into() });
    let open = open.await.unwrap();
    let mut stream = connect(open.address()).await;
    let mut status = [0; 12];
    for (authorization, expected) in
        [("", "HTTP/1.1 407"), ("Proxy-Authorization: Basic dTpwOkAvJQ==\r\n", "HTTP/1.1 200")]
    {
        stream.write_all(asked(authorization).as_bytes()).await.unwrap();
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(status, expected.as_bytes());
        let mut last = [0; 4];
        while &last != b"\r\n\r\n" {
            last.rotate_left(1);
            last[3] = stream.read_u8().await.unwrap();
        }
    }
    assert_eq!(ask(&mut stream, ANSWER.len()).await.unwrap(), ANSWER);
    assert_eq!(open.connects(), [target.clone(), target.clone()]);
    let denying = ProxyServer::start(ProxyKind::Denying(502)).await.unwrap();
    let mut stream = connect(denying.address()).await;
    stream.write_all(asked("").as_bytes()).await.unwrap();
    stream.read_exact(&mut status).await.unwrap();
    assert_eq!(&status, b"HTTP/1.1 502");
}
