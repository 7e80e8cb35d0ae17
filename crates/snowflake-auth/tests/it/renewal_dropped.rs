//! Callers that go away in the middle of a renewal, at every point where they can.

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use futures::future::join_all;
use futures::stream::{self, StreamExt as _};
use futures::{FutureExt as _, poll};
use snowflake_auth::{Error, Login, Server};
use snowflake_proto::Recovery;
use snowflake_sim::{Fault, Rule, Script};
use snowflake_transport::{Body, BoxFuture, Request, Response, Transport};

use crate::rotating::{self, OldMaster, call, connect};
use crate::support::{RENEW, count};

/// More than a renewal takes: a loop that gets here never ends.
const TOO_MANY: usize = 500;

/// Suspends whoever waits, before a request arrives, before its answer comes back, and between all parts of that.
#[derive(Debug)]
struct Stepwise(Arc<Script>);

impl Transport for Stepwise {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, snowflake_transport::Error>> {
        Box::pin(async move {
            suspend(2).await;
            let response = self.0.send(request).await?;
            suspend(2).await;
            let (head, body) = response.into_parts();
            let body = body.collect(usize::MAX).await?;
            let parts: Vec<_> = body.chunks(100).map(bytes::Bytes::copy_from_slice).collect();
            let parts = stream::iter(parts).then(|part| async {
                suspend(1).await;
                Ok(part)
            });
            Ok(http::Response::from_parts(head, Body::from_stream(parts)))
        })
    }
}

async fn suspend(times: usize) {
    for _ in 0..times {
        let mut suspended = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut suspended, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

async fn expired_session() -> (Arc<Script>, Server, Login) {
    let script = Arc::new(rotating::service(OldMaster::Refused));
    let (server, login) = connect(Arc::new(Stepwise(Arc::clone(&script)))).await;
    (script, server, login)
}

type Call<'a> = BoxFuture<'a, Result<bool, Error>>;

fn calls<'a>(server: &'a Server, login: &'a Login, number: usize) -> Vec<Call<'a>> {
    (0..number).map(|_| Call::from(call(server, login).map(|answer| Ok(answer?.success)).boxed())).collect()
}

/// Polls a call so many times, and tells whether it ended.
async fn polled(call: &mut Call<'_>, times: usize) -> bool {
    for _ in 0..times {
        if poll!(call.as_mut()).is_ready() {
            return true;
        }
    }
    false
}

/// S05: the caller who renews is dropped after each number of polls, while others wait beside it or come after it.
#[tokio::test(start_paused = true)]
async fn s05_a_renewal_dropped_at_any_point_is_finished_by_another() {
    for waiters in [1, 2, 10] {
        for beside in [true, false] {
            let mut ended = false;
            let mut polls = 0;
            while !ended {
                assert!(polls < TOO_MANY, "the renewal never ends");
                let (script, server, login) = expired_session().await;
                let mut first = calls(&server, &login, 1);
                let mut others = calls(&server, &login, waiters);
                for _ in 0..polls {
                    ended |= polled(&mut first[0], 1).await;
                    if ended {
                        break;
                    }
                    if beside {
                        for other in &mut others {
                            assert!(!polled(other, 1).await, "it cannot end before the one who renews");
                        }
                    }
                }
                drop(first);
                let answers = join_all(others).await;
                assert!(
                    answers.iter().all(|answer| matches!(answer, Ok(true))),
                    "after {polls}: {answers:?}"
                );
                assert_eq!(count(&script, RENEW), 1, "after {polls} polls with {waiters} waiters");
                assert!(call(&server, &login).await.unwrap().success);
                assert_eq!(count(&script, RENEW), 1);
                polls += 1;
            }
            assert!(polls > 15, "only {polls} points to drop it at");
        }
    }
}

/// S05: everyone who takes the renewal over is dropped in turn, each a little further on.
#[tokio::test(start_paused = true)]
async fn s05_a_renewal_that_ten_callers_leave_in_turn_is_one_renewal() {
    for polls in 1..20 {
        let (script, server, login) = expired_session().await;
        let mut waiting = calls(&server, &login, 11);
        let mut last = waiting.pop().unwrap();
        assert!(!polled(&mut last, 1).await);
        for mut leaving in waiting {
            polled(&mut leaving, polls).await;
        }
        assert!(last.await.unwrap());
        assert_eq!(count(&script, RENEW), 1, "each after {polls} polls");
        assert!(call(&server, &login).await.unwrap().success);
    }
}

/// S05: with nobody waiting, the answer is there for the next one who asks within the time that a renewal may take.
#[tokio::test(start_paused = true)]
async fn s05_a_renewal_that_everyone_left_is_finished_by_the_next_caller() {
    let mut polls = 0;
    loop {
        assert!(polls < TOO_MANY, "the renewal never ends");
        let (script, server, login) = expired_session().await;
        let mut only = calls(&server, &login, 1);
        let ended = polled(&mut only[0], polls).await;
        drop(only);
        tokio::time::advance(Duration::from_secs(240)).await;
        assert!(call(&server, &login).await.unwrap().success, "after {polls} polls");
        assert_eq!(count(&script, RENEW), 1, "after {polls} polls");
        if ended {
            return;
        }
        polls += 1;
    }
}

/// S05: a request that was left until its time was over is made again.
#[tokio::test(start_paused = true)]
async fn s05_a_renewal_that_was_left_unanswered_is_asked_for_again() {
    let fault =
        Arc::new(Fault::new(rotating::service(OldMaster::Refused)).rule(Rule::on(RENEW).times(1).stall()));
    let transport: Arc<dyn Transport> = Arc::<Fault<Script>>::clone(&fault);
    let (server, login) = connect(transport).await;
    let patience = Duration::from_secs(1);
    assert!(tokio::time::timeout(patience, call(&server, &login)).await.is_err());
    assert!(!login.tokens.is_dead());
    tokio::time::advance(Duration::from_secs(3600)).await;
    assert!(call(&server, &login).await.unwrap().success);
    assert_eq!((fault.hits()[0], count(fault.inner(), RENEW)), (1, 1));
}

/// S05: a refusal is told to whoever took over, and ends the session for all.
#[tokio::test(start_paused = true)]
async fn s05_a_refusal_reaches_whoever_took_over() {
    for polls in 0..40 {
        let (script, server, login) = expired_session().await;
        // After this renewal, the master token that the next login gets is one that was replaced.
        login.tokens.renew(&login.tokens.authorization(), &server).await.unwrap();
        let (server, login) = connect(Arc::new(Stepwise(Arc::clone(&script)))).await;
        let mut leaving = calls(&server, &login, 1);
        let others = calls(&server, &login, 10);
        polled(&mut leaving[0], polls).await;
        drop(leaving);
        for answer in join_all(others).await {
            assert_eq!(answer.unwrap_err().recovery(), Recovery::Reauthenticate);
        }
        assert_eq!(count(&script, RENEW), 2, "one of the other session, one of this");
        assert!(login.tokens.is_dead());
    }
}
