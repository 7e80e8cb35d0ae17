//! Renewals that the server carried out and whose answers were lost.

use std::sync::Arc;

use futures::future::join_all;
use snowflake_auth::ErrorKind;
use snowflake_proto::Recovery;
use snowflake_sim::{Cut, Fault, Rule, Script};
use snowflake_transport::Transport;

use crate::rotating::{self, OldMaster, call, connect};
use crate::support::{QUERY, RENEW, count};

/// The ways in which an answer to a renewal can be lost once the tokens have been replaced.
fn losses() -> [Rule; 3] {
    [
        Rule::on(RENEW).times(1).lose_response(),
        Rule::on(RENEW).times(1).cut(30, Cut::Reset),
        Rule::on(RENEW).times(1).cut(30, Cut::Short),
    ]
}

fn faulty(old_master: OldMaster, loss: Rule) -> (Arc<Fault<Script>>, Arc<dyn Transport>) {
    let fault = Arc::new(Fault::new(rotating::service(old_master)).rule(loss));
    (Arc::clone(&fault), fault)
}

/// S06: a server that still answers the old master token gives the same new tokens again.
#[tokio::test(start_paused = true)]
async fn s06_a_renewal_whose_answer_is_lost_is_asked_for_again() {
    for loss in losses() {
        let (fault, transport) = faulty(OldMaster::Answered, loss);
        let (server, login) = connect(transport).await;
        let answers = join_all((0..50).map(|_| call(&server, &login))).await;
        assert!(answers.iter().all(|answer| answer.as_ref().is_ok_and(|envelope| envelope.success)));
        assert_eq!(count(fault.inner(), RENEW), 2);
        let seen: Vec<_> = fault.inner().requests().into_iter().filter(|seen| seen.path() == RENEW).collect();
        assert_eq!(seen[0].query("requestId"), seen[1].query("requestId"), "it is the same renewal");
        assert!(call(&server, &login).await.unwrap().success);
        assert_eq!(count(fault.inner(), RENEW), 2);
    }
}

/// S06: one that refuses it has ended the session: everyone is told to log in again, and nobody asks a third time.
#[tokio::test(start_paused = true)]
async fn s06_a_lost_renewal_and_a_refused_old_token_end_the_session() {
    for loss in losses() {
        let (fault, transport) = faulty(OldMaster::Refused, loss);
        let (server, login) = connect(Arc::clone(&transport)).await;
        for answer in join_all((0..50).map(|_| call(&server, &login))).await {
            let error = answer.unwrap_err();
            assert_eq!((error.kind(), error.recovery()), (ErrorKind::Expired, Recovery::Reauthenticate));
            assert!(error.to_string().contains("log in again"), "{error}");
        }
        assert!(login.tokens.is_dead());
        assert_eq!((count(fault.inner(), RENEW), count(fault.inner(), QUERY)), (2, 50));
        assert_eq!(call(&server, &login).await.unwrap_err().kind(), ErrorKind::Expired);
        assert_eq!((count(fault.inner(), RENEW), count(fault.inner(), QUERY)), (2, 50));
    }
}
