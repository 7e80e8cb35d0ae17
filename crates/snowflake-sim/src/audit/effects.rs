//! Assertion 2: what was changed for good is what the program believes.

use std::collections::BTreeSet;

use snowflake_proto::sql::tokens;

use super::Assertion;
use super::claims::{Believed, Notes};
use super::violations::{Findings, found};
use crate::ledger::{Effect, Ledger};

/// Assertion 2.
pub(super) fn check(ledger: &Ledger, notes: &Notes, findings: &mut Findings) {
    let texts: BTreeSet<&String> = ledger.effects.keys().chain(notes.statements.keys()).collect();
    for text in texts {
        let effect = ledger.effects.get(text).copied().unwrap_or_default();
        let believed = notes.statements.get(text).copied().unwrap_or_default();
        for finding in compare(effect, believed) {
            found(findings, Assertion::Effects, format!("{}: {finding}", name(ledger, text)));
        }
    }
}

fn compare(effect: Effect, believed: Believed) -> Vec<String> {
    let Believed { done, done_rows, failed, unknown, unknown_rows } = believed;
    let mut findings = Vec::new();
    let told =
        format!("the program believes in {done} done, {failed} failed and {unknown} of unknown outcome");
    if effect.executions < done {
        findings
            .push(format!("{} executions were committed, fewer than were done: {told}", effect.executions));
    } else if effect.executions > done + unknown {
        findings
            .push(format!("{} executions were committed, more than were done: {told}", effect.executions));
    } else if effect.rows < done_rows || effect.rows > done_rows + unknown_rows {
        let most = done_rows + unknown_rows;
        let rows = effect.rows;
        findings.push(format!("{rows} rows were changed, the program believes in {done_rows} to {most}"));
    }
    findings
}

/// A statement by its first word and the request ids that stand for it: its text may hold data.
fn name(ledger: &Ledger, text: &str) -> String {
    let word = tokens(text).find(|token| !token.is_blank()).map(|token| token.text).unwrap_or_default();
    let ids: Vec<&str> = ledger.request_ids(text);
    match ids.as_slice() {
        [] => format!("{word} (never sent)"),
        ids => format!("{word} ({})", ids.join(", ")),
    }
}
