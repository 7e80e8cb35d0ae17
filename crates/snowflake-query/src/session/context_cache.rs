//! What the server asks a session to send back with its next statement (it routes hybrid tables by it).

use serde_json::{Map, Value, json};

/// Entries kept unless the session parameter `QUERY_CONTEXT_CACHE_SIZE` says otherwise.
pub(crate) const DEFAULT_CAPACITY: usize = 5;
/// More than this is never kept, whatever the parameter says.
const MAX_CAPACITY: usize = 100;

/// The entries of one session, by priority.
#[derive(Debug, Default)]
pub(crate) struct ContextCache {
    entries: Vec<Entry>,
    capacity: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
struct Entry {
    id: i64,
    timestamp: i64,
    priority: i64,
    context: Option<String>,
}

impl ContextCache {
    pub(crate) fn set_capacity(&mut self, capacity: i64) {
        let capacity = usize::try_from(capacity).unwrap_or(0).min(MAX_CAPACITY);
        self.capacity = Some(capacity);
        self.entries.truncate(capacity);
    }

    /// Takes over what an answer, successful or not, brought along. An absent field changes nothing; null, an
    /// empty object and entries of a wrong shape empty the cache.
    pub(crate) fn merge(&mut self, context: Option<&Value>) {
        let Some(context) = context else { return };
        match parse(context) {
            Some(new) if !new.is_empty() => self.merge_entries(new),
            _ => self.entries.clear(),
        }
    }

    fn merge_entries(&mut self, new: Vec<Entry>) {
        // Collisions of priority are judged against what was there before this answer.
        let before = self.entries.clone();
        for entry in new {
            if let Some(known) = self.entries.iter_mut().find(|known| known.id == entry.id) {
                let newer = entry.timestamp > known.timestamp;
                let moved = entry.timestamp == known.timestamp && entry.priority != known.priority;
                if newer || moved {
                    *known = entry;
                }
            } else if let Some(rival) = before.iter().find(|known| known.priority == entry.priority) {
                self.entries.retain(|known| known.id != rival.id);
                self.entries.push(entry);
            } else {
                self.entries.push(entry);
            }
        }
        self.entries.sort_by_key(|entry| entry.priority);
        self.entries.truncate(self.capacity.unwrap_or(DEFAULT_CAPACITY));
    }

    /// The `queryContextDTO` of the next statement.
    pub(crate) fn to_wire(&self) -> Value {
        if self.entries.is_empty() {
            return Value::Object(Map::new());
        }
        let entries = self.entries.iter().map(|entry| {
            let context = match &entry.context {
                Some(text) => json!({ "base64Data": text }),
                None => json!({}),
            };
            json!({ "id": entry.id, "timestamp": entry.timestamp, "priority": entry.priority, "context": context })
        });
        json!({ "entries": entries.collect::<Vec<_>>() })
    }
}

fn parse(context: &Value) -> Option<Vec<Entry>> {
    let entries = match context.get("entries") {
        None | Some(Value::Null) => return None,
        Some(entries) => entries.as_array()?,
    };
    entries.iter().map(entry).collect()
}

fn entry(value: &Value) -> Option<Entry> {
    let integer = |key: &str| value.get(key).and_then(Value::as_i64);
    let context = match value.get("context") {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Object(object)) => object.get("base64Data").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    };
    Some(Entry {
        id: integer("id")?,
        timestamp: integer("timestamp")?,
        priority: integer("priority")?,
        context,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::ContextCache;

    fn answer(entries: &[(i64, i64, i64, &str)]) -> Value {
        let entries: Vec<_> = entries
            .iter()
            .map(|(id, timestamp, priority, context)| {
                json!({ "id": id, "timestamp": timestamp, "priority": priority, "context": context })
            })
            .collect();
        json!({ "entries": entries })
    }

    fn ids(cache: &ContextCache) -> Vec<i64> {
        cache.entries.iter().map(|entry| entry.id).collect()
    }

    #[test]
    fn an_empty_cache_is_sent_as_an_empty_object() {
        assert_eq!(ContextCache::default().to_wire(), json!({}));
    }

    #[test]
    fn entries_are_sent_back_by_priority_and_wrapped() {
        let mut cache = ContextCache::default();
        cache.merge(Some(&answer(&[(1, 10, 1, "Y3R4MQ=="), (0, 10, 0, "")])));
        assert_eq!(
            cache.to_wire(),
            json!({ "entries": [
                { "id": 0, "timestamp": 10, "priority": 0, "context": {} },
                { "id": 1, "timestamp": 10, "priority": 1, "context": { "base64Data": "Y3R4MQ==" } },
            ]})
        );
    }

    #[test]
    fn a_newer_entry_replaces_an_older_one_and_not_the_other_way() {
        let mut cache = ContextCache::default();
        cache.merge(Some(&answer(&[(1, 10, 1, "old")])));
        cache.merge(Some(&answer(&[(1, 9, 3, "older")])));
        assert_eq!(cache.entries[0].context.as_deref(), Some("old"));
        cache.merge(Some(&answer(&[(1, 10, 3, "moved")])));
        assert_eq!(cache.entries[0].priority, 3);
        cache.merge(Some(&answer(&[(2, 1, 3, "rival")])));
        assert_eq!(ids(&cache), [2]);
    }

    #[test]
    fn collisions_are_judged_against_the_state_before_the_answer() {
        let mut cache = ContextCache::default();
        cache.merge(Some(&answer(&[(1, 10, 1, "a"), (2, 10, 2, "b")])));
        cache.merge(Some(&answer(&[(3, 11, 1, "c"), (4, 11, 3, "d"), (5, 11, 3, "e")])));
        assert_eq!(ids(&cache), [3, 2, 4, 5]);
    }

    #[test]
    fn absent_keeps_and_null_or_nonsense_clears() {
        let mut cache = ContextCache::default();
        let full = answer(&[(1, 10, 1, "a")]);
        cache.merge(Some(&full));
        cache.merge(None);
        assert_eq!(ids(&cache), [1]);
        for nonsense in [json!(null), json!({}), json!({ "entries": [{ "id": "x" }] }), json!([1])] {
            cache.merge(Some(&full));
            cache.merge(Some(&nonsense));
            assert!(cache.entries.is_empty(), "{nonsense}");
        }
    }

    #[test]
    fn the_least_important_entries_go_when_there_are_too_many() {
        let mut cache = ContextCache::default();
        let many: Vec<_> = (0..10).map(|n| (n, 1, n, "x")).collect();
        cache.merge(Some(&answer(&many)));
        assert_eq!(ids(&cache), [0, 1, 2, 3, 4]);
        cache.set_capacity(2);
        assert_eq!(ids(&cache), [0, 1]);
        cache.set_capacity(-1);
        assert!(ids(&cache).is_empty());
    }
}
