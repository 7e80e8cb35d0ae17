//! Secrets that were seen, found again wherever they occur.

use std::collections::HashMap;

use super::encoded;

/// How many bytes at its start a secret is looked up by; a shorter secret is not learned.
const KEY: usize = 6;

/// Secrets with what stands for each.
#[derive(Default)]
pub(super) struct Learned {
    by_start: HashMap<[u8; KEY], Vec<(String, &'static str)>>,
    starts: Starts,
}

impl Learned {
    /// Remembers a secret in all its forms, if it is long enough to be told from chance.
    pub(super) fn add(&mut self, secret: &str, placeholder: &'static str) {
        if !is_telling(secret) || self.knows(secret) {
            return;
        }
        for form in encoded::forms(secret) {
            let Some(start) = start_of(form.as_bytes()) else { continue };
            self.starts.add(start);
            let forms = self.by_start.entry(start).or_default();
            forms.push((form, placeholder));
            // The longest form wins where several match.
            forms.sort_by_key(|(form, _)| std::cmp::Reverse(form.len()));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.by_start.values().map(Vec::len).sum()
    }

    fn knows(&self, secret: &str) -> bool {
        self.found_at(secret).is_some_and(|(form, _)| form == secret)
    }

    /// The form that a text starts with.
    fn found_at(&self, text: &str) -> Option<(&str, &'static str)> {
        let start = start_of(text.as_bytes()).filter(|start| self.starts.may_hold(*start))?;
        let forms = self.by_start.get(&start)?;
        let found = forms.iter().find(|(form, _)| text.starts_with(form.as_str()))?;
        Some((&found.0, found.1))
    }

    /// The text with every secret replaced; `None` when it holds none.
    pub(super) fn replaced(&self, text: &str) -> Option<String> {
        if self.by_start.is_empty() {
            return None;
        }
        let mut clean = String::new();
        let mut kept = 0;
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some((form, placeholder)) = self.found_at(rest) {
                clean.push_str(text.get(kept..at).unwrap_or_default());
                clean.push_str(placeholder);
                at += form.len();
                kept = at;
            } else {
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        if kept == 0 {
            return None;
        }
        clean.push_str(text.get(kept..).unwrap_or_default());
        Some(clean)
    }
}

/// The first two bytes of all secrets: at most places of a text they rule out every secret at little cost.
#[derive(Default)]
struct Starts(Vec<bool>);

impl Starts {
    fn add(&mut self, start: [u8; KEY]) {
        self.0.resize(1 << 16, false);
        if let Some(is_start) = self.0.get_mut(Self::place(start)) {
            *is_start = true;
        }
    }

    fn may_hold(&self, start: [u8; KEY]) -> bool {
        self.0.get(Self::place(start)).copied().unwrap_or_default()
    }

    fn place([first, second, ..]: [u8; KEY]) -> usize {
        usize::from(u16::from_be_bytes([first, second]))
    }
}

fn start_of(text: &[u8]) -> Option<[u8; KEY]> {
    text.first_chunk::<KEY>().copied()
}

/// Whether a secret is unlikely to occur by chance: a plain word or a short number is not.
fn is_telling(secret: &str) -> bool {
    let has = |class: fn(&char) -> bool| secret.chars().any(|c| class(&c));
    let is_other = |c: &char| !c.is_alphabetic() && !c.is_numeric();
    let classes = [has(|c| c.is_alphabetic()), has(|c| c.is_numeric()), has(is_other)];
    secret.len() >= 16 || (secret.len() >= KEY && classes.into_iter().filter(|class| *class).count() >= 2)
}
