//! One number for all statements that differ only in their literals and in how they are written.

use snowflake_proto::sql::{Literals, normalize};

/// A text of 16 hexadecimal digits that statements share which differ only in literals, white space, comments and the
/// case of keywords and unquoted names.
///
/// It is the same in every release and on every machine: FNV-1a of the normalized text. It groups statements; two
/// different ones have the same by chance only, but whoever wants to can find two that do.
///
/// ```
/// use snowflake_ops::fingerprint;
///
/// let one = fingerprint("SELECT * FROM users WHERE id = 7");
/// assert_eq!(one, fingerprint("select *\nfrom USERS where id = 42 -- again"));
/// assert_ne!(one, fingerprint("SELECT * FROM users WHERE name = 7"));
/// ```
#[must_use]
pub fn fingerprint(sql: &str) -> String {
    of_normalized(&normalize(sql, Literals::Mask))
}

pub(super) fn of_normalized(text: &str) -> String {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let hash = text.bytes().fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::{fingerprint, of_normalized};

    #[test]
    fn fingerprints_never_change() {
        assert_eq!(of_normalized(""), "cbf29ce484222325");
        assert_eq!(of_normalized("a"), "af63dc4c8601ec8c");
        assert_eq!(of_normalized("foobar"), "85944171f73967e8");
        assert_eq!(fingerprint("select 1"), fingerprint("SELECT\t-2 ;"));
    }
}
