//! Assertion 3: rows were read completely and in order, or an error was met before their end.

use std::sync::PoisonError;

use super::Assertion;
use super::claims::Notes;
use super::reading::{End, Read};
use super::violations::{Findings, found};
use crate::ledger::{Ledger, Produced};

/// Assertion 3.
pub(super) fn check(ledger: &Ledger, notes: &Notes, findings: &mut Findings) {
    for read in &notes.reads {
        let read = read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(finding) = compare(ledger.results.get(&read.query_id), &read) {
            found(findings, Assertion::Rows, format!("result {}: {finding}", read.query_id));
        }
    }
}

fn compare(produced: Option<&Produced>, read: &Read) -> Option<String> {
    let Some(produced) = produced else {
        let is_nothing = read.rows == 0 && read.end != End::Complete;
        return (!is_nothing)
            .then(|| format!("{} rows were read of a result that nobody produced", read.rows));
    };
    let (had, got) = (produced.rows, read.rows);
    if got > had {
        return Some(format!("{got} rows were read of {had}"));
    }
    if read.end == End::Complete && got < had {
        return Some(format!("{got} rows were read of {had}, and their end without an error"));
    }
    let (Some(made), Some(seen)) = (&produced.fingerprints, &read.fingerprints) else { return None };
    let at = made.iter().zip(seen).position(|(made, seen)| made != seen)?;
    let seen = seen.get(at)?;
    Some(match made.iter().position(|made| made == seen) {
        Some(other) => format!("row {other} was read where row {at} of {had} stands"),
        None => format!("row {at} of {had} was read with other cells than it has"),
    })
}
