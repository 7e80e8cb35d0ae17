//! Warehouses on a service that answers what a test prepared, and the strategy on everything that can be.

mod choice;
mod control;
mod discover;
mod hints;
mod property;
mod support;
mod trouble;
