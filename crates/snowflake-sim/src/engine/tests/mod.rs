//! Statements and what they answer, by family.

mod altering;
mod binding;
mod copying;
mod ddl;
mod dml;
mod errors;
mod harness;
mod histories;
mod inferring;
mod json;
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
