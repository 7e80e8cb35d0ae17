//! What stands in FROM and is read from stages or from the history of loads.

mod history;
mod inferred;
mod provide;
mod rejected;
mod rows;

pub(in super::super) use provide::provide;
