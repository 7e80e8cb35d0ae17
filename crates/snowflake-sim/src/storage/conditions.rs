//! Conditions in the headers of requests.

use super::object::Object;
use super::visit::Visit;

/// A condition that does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmet {
    /// There is an object where there shall be none.
    Exists,
    /// The object is not the one that was meant, or gone.
    Changed,
    /// The object is still the one that the client has.
    Same,
}

/// Whether an object may be written over what is there.
pub(super) fn for_writing(visit: &Visit<'_>, there: Option<&Object>) -> Result<(), Unmet> {
    if visit.header("if-none-match").is_some_and(|tags| matches(tags, there)) {
        return Err(Unmet::Exists);
    }
    if visit.header("if-match").is_some_and(|tags| !matches(tags, there)) {
        return Err(Unmet::Changed);
    }
    let wanted = visit.header("x-goog-if-generation-match");
    // None has the generation 0.
    let generation = there.map_or(0, |object| object.generation);
    match wanted.and_then(|wanted| wanted.trim().parse::<u64>().ok()) {
        Some(wanted) if wanted != generation => Err(Unmet::Changed),
        _ => Ok(()),
    }
}

/// Whether an object shall be sent.
pub(super) fn for_reading(visit: &Visit<'_>, object: &Object) -> Result<(), Unmet> {
    if visit.header("if-match").is_some_and(|tags| !matches(tags, Some(object))) {
        return Err(Unmet::Changed);
    }
    if visit.header("if-none-match").is_some_and(|tags| matches(tags, Some(object))) {
        return Err(Unmet::Same);
    }
    Ok(())
}

fn matches(tags: &str, object: Option<&Object>) -> bool {
    let Some(object) = object else { return false };
    let plain = object.etag.trim_matches('"');
    tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_matches('"') == plain)
}
