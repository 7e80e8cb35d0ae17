//! Assertion 7: no secret went where it must not.

use super::Assertion;
use super::claims::Notes;
use super::violations::{Findings, found};
use crate::tap::{Canary, Traffic};

/// Assertion 7.
pub(super) fn check(traffic: Option<&Traffic>, canaries: &[Canary], notes: &Notes, findings: &mut Findings) {
    for leak in traffic.iter().flat_map(|traffic| &traffic.leaks) {
        found(findings, Assertion::Secrets, leak.to_string());
    }
    for canary in canaries {
        let lines = notes.log.iter().filter(|text| canary.is_in(text.as_bytes())).count();
        if lines > 0 {
            let finding = format!("the {} in {lines} of {} texts of the log", canary.name(), notes.log.len());
            found(findings, Assertion::Secrets, finding);
        }
    }
}
