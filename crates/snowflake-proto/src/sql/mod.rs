//! Snowflake SQL as text: cut into tokens, and written in one way.
//!
//! [`tokens`] cuts any text, however broken, and [`normalize`] writes a statement so that white space,
//! comments and the case of keywords no longer matter.
//! Neither understands SQL: they know just enough to never take a part of a literal, a quoted name, a
//! stage's path or a URL for something else.
//!
//! ```
//! use snowflake_proto::sql::{Literals, normalize};
//!
//! let text = "select f( a ) -- why\n from T where x in (1, 2, -3);";
//! assert_eq!(normalize(text, Literals::Keep), "SELECT F(A) FROM T WHERE X IN(1, 2, - 3)");
//! assert_eq!(normalize(text, Literals::Mask), "SELECT F(A) FROM T WHERE X IN(<n>)");
//! ```

mod mask;
mod normalize;
mod scan;
mod spacing;
mod token;

pub use normalize::{Literals, normalize};
pub use token::{Token, TokenKind, tokens};

#[cfg(test)]
mod tests;
