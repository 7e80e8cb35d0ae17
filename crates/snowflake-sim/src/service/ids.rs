//! Ids that the service gives out.

use snowflake_transport::Entropy;

/// A query id: a UUID that starts with `01`, as the service's do.
pub(crate) fn query_id(entropy: &dyn Entropy) -> String {
    let mut id = entropy.uuid().to_string();
    id.replace_range(..2, "01");
    id
}

/// A session id. It stays below 2^53: JavaScript reads them as floating-point numbers.
pub(crate) fn session_id(entropy: &dyn Entropy) -> i64 {
    const BITS: u32 = 52;
    i64::try_from(entropy.u64() >> (u64::BITS - BITS)).unwrap_or_default()
}

/// Whether a text has the shape of a query id: a UUID.
pub(crate) fn is_query_id(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    lengths.eq([8, 4, 4, 4, 12]) && groups.concat().bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::{is_query_id, query_id};
    use crate::SeededEntropy;

    #[test]
    fn a_query_id_is_a_uuid_that_starts_with_01() {
        let id = query_id(&SeededEntropy::new(1));
        assert!(id.starts_with("01") && is_query_id(&id), "{id}");
        for other in [
            "",
            "01b2c3d4",
            "01b2c3d4-0000-1111-0000-00000000000g",
            "01b2c3d400001111-0000-0000-000000000001",
        ] {
            assert!(!is_query_id(other), "{other}");
        }
    }
}
