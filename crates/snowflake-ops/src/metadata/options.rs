//! Which objects to list.

use snowflake_proto::Literal;

/// Which objects to list; all of them by default.
///
/// ```
/// use snowflake_ops::ListOptions;
///
/// let orders = ListOptions { limit: Some(10), ..ListOptions::like("ORDERS%") };
/// let one = ListOptions::named("ORDERS_2026");
/// # let _ = (orders, one);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// Only those whose name matches a pattern, whatever its case: see [`ListOptions::like`] and
    /// [`ListOptions::named`].
    pub like: Option<Literal>,
    /// Only those whose name begins so, in this very case.
    pub starts_with: Option<String>,
    /// At most so many.
    pub limit: Option<u64>,
}

impl ListOptions {
    /// Those whose name matches, whatever its case: `%` stands for any text, `_` for any character, and a backslash
    /// takes the meaning of the character behind it.
    #[must_use]
    pub fn like(pattern: impl Into<String>) -> Self {
        Self { like: Some(Literal::text(pattern)), ..Self::default() }
    }

    /// Those of exactly this name, but for its case.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { like: Some(Literal::like_exactly(name)), ..Self::default() }
    }
}
