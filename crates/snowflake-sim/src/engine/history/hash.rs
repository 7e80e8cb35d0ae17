//! What statements that differ only in blanks, case or literals have in common.

use ring::digest;
use snowflake_proto::sql::{Literals, normalize};

/// How much of a digest is kept, in bytes.
const KEPT: usize = 16;

/// `QUERY_HASH`: the same for texts that differ only in blanks, comments and case.
pub(in super::super) fn query_hash(sql: &str) -> String {
    hashed(sql, Literals::Keep)
}

/// `QUERY_PARAMETERIZED_HASH`: the same for texts that differ in their literals too.
pub(in super::super) fn parameterized_hash(sql: &str) -> String {
    hashed(sql, Literals::Mask)
}

fn hashed(sql: &str, literals: Literals) -> String {
    let digest = digest::digest(&digest::SHA256, normalize(sql, literals).as_bytes());
    digest.as_ref().iter().take(KEPT).map(|byte| format!("{byte:02x}")).collect()
}
