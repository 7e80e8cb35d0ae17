//! Statements and what they answer, by family.

mod altering;
mod binding;
mod copying;
mod ddl;
mod describing;
mod dml;
mod errors;
mod explaining;
mod harness;
mod histories;
mod inferring;
mod information;
mod json;
mod keys;
mod merging;
mod naming;
mod parquet;
mod queries;
mod sealing;
mod sessions;
mod showing;
mod staging;
mod transforming;
mod unloading;
mod validating;
mod warehouses;
