//! Listings in pages.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::object::Object;

/// What to list.
pub(super) struct Wish<'a> {
    pub(super) prefix: &'a str,
    pub(super) delimiter: &'a str,
    /// Only keys behind this one.
    pub(super) after: &'a str,
    pub(super) limit: usize,
}

/// A page of a listing.
#[derive(Default)]
pub(super) struct Page<'a> {
    pub(super) objects: Vec<&'a Object>,
    /// The beginnings up to the delimiter that keys have in common.
    pub(super) prefixes: Vec<&'a str>,
    /// Where the next page goes on, if there is one.
    pub(super) next: Option<&'a str>,
}

/// Lists a page.
pub(super) fn page<'a>(objects: &'a BTreeMap<String, Object>, wish: &Wish<'_>) -> Page<'a> {
    let mut page = Page::default();
    let mut last = "";
    let start =
        if wish.after > wish.prefix { Bound::Excluded(wish.after) } else { Bound::Included(wish.prefix) };
    let found = objects.range::<str, _>((start, Bound::Unbounded));
    for (key, object) in found.take_while(|(key, _)| key.starts_with(wish.prefix)) {
        let group = common(key, wish);
        // A page ends within no group: what was listed of one stands for all of it.
        if group.is_some_and(|group| page.prefixes.last() == Some(&group) || wish.after.starts_with(group)) {
            continue;
        }
        if page.objects.len() + page.prefixes.len() == wish.limit {
            page.next = Some(last);
            return page;
        }
        match group {
            Some(group) => page.prefixes.push(group),
            None => page.objects.push(object),
        }
        last = group.unwrap_or(key);
    }
    page
}

fn common<'a>(key: &'a str, wish: &Wish<'_>) -> Option<&'a str> {
    if wish.delimiter.is_empty() {
        return None;
    }
    let rest = key.get(wish.prefix.len()..)?;
    let end = wish.prefix.len() + rest.find(wish.delimiter)? + wish.delimiter.len();
    key.get(..end)
}
