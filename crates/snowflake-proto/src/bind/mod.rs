//! Values bound to the placeholders of a statement, in the text forms the protocol wants.

mod from;
mod kind;
mod value;

#[cfg(test)]
mod tests;

pub use kind::BindType;
pub use value::Bind;
