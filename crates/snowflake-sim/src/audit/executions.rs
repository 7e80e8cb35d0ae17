//! Assertions 1 and 8: how often statements were executed and sent.

use super::Assertion;
use super::violations::{Findings, found};
use crate::ledger::Ledger;
use crate::tap::Traffic;

/// Assertion 1.
pub(super) fn check_once(ledger: &Ledger, findings: &mut Findings) {
    for (request_id, statement) in &ledger.statements {
        // Only what was executed between two copies of the books is here, and all of it counts.
        if statement.executed > 1 {
            let (executed, received) = (statement.executed, statement.received);
            let finding =
                format!("request id {request_id} was executed {executed} times for {received} requests");
            found(findings, Assertion::Executions, finding);
        }
    }
}

/// Assertion 8.
pub(super) fn check_amount(
    ledger: &Ledger,
    traffic: Option<&Traffic>,
    (most_attempts, most_requests): (u64, Option<u64>),
    findings: &mut Findings,
) {
    for (request_id, statement) in &ledger.statements {
        if statement.received > most_attempts {
            let received = statement.received;
            let finding =
                format!("request id {request_id} was sent {received} times, allowed are {most_attempts}");
            found(findings, Assertion::Amplification, finding);
        }
    }
    if let (Some(traffic), Some(most)) = (traffic, most_requests)
        && traffic.total() > most
    {
        let sorts: Vec<String> = traffic
            .requests
            .iter()
            .map(|(endpoint, count)| format!("{count} {}", endpoint.as_str()))
            .collect();
        let finding =
            format!("{} requests were sent ({}), allowed are {most}", traffic.total(), sorts.join(", "));
        found(findings, Assertion::Amplification, finding);
    }
}
