//! The history, as a service tells it whose answers are prepared.

mod book;
mod figures;
mod pages;
mod sources;
