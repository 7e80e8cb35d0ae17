//! The service against a Snowflake that answers what a test prepared.

mod collectors;
mod endpoints;
mod limits;
mod support;
