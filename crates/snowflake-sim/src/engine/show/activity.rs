//! Transactions that are open.

use super::super::answer::{Answer, instant_value, text};
use super::super::run::Run;
use super::super::time::Stamp;
use super::super::value::Value;

const TRANSACTIONS: &str = "id: number, user, session: number, name, started_on: time, state, scope: count";

/// The transaction of the session that asks. Those of others are not shown.
pub(super) fn transactions(run: &Run) -> Answer {
    let mut answer = Answer::listing(TRANSACTIONS);
    if let Some(id) = run.session.state().transaction.as_ref().map(|transaction| transaction.id) {
        answer.named(vec![
            ("id", Value::integer(id)),
            ("user", text(&run.context.user)),
            ("session", Value::integer(run.session.session_id())),
            ("started_on", instant_value(Stamp::of_nanos_i64(id))),
            ("state", text("running")),
            ("scope", Value::integer(0)),
        ]);
    }
    answer
}
