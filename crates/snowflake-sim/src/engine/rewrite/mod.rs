//! Snowflake's SQL as a tree becomes SQL that DataFusion understands, as a tree.

mod aggregates;
mod aliases;
mod chains;
mod context;
mod expr;
mod functions;
mod generator;
pub(super) mod make;
mod members;
mod names;
mod recursion;
mod relations;
mod using;
mod values;
mod visitor;

pub(super) use names::{UNIQUE, name_items};
pub(super) use visitor::{Effects, Rewriter, Tables};
