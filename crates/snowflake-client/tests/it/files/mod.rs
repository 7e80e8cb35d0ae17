//! Files into stages of every shape and out of them again.

mod bad_names;
mod content;
mod damage;
mod shapes;
mod statements;
mod support;
mod trouble;
