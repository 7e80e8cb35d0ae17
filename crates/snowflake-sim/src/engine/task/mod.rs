//! Tasks: statements that run on a schedule, after other tasks, or when they are told to.
//!
//! Nothing runs by itself: what has come due by the simulator's clock runs before the next statement of any
//! session, once for each time that was due. A test that moves the clock by an hour and then asks sees the
//! runs of that hour.

mod command;
mod cron;
mod definition;
mod describe;
mod due;
mod graph;
mod lifecycle;
mod run;
mod schedule;

pub(super) use definition::Task;
pub(super) use describe::{describe, show, terse};
pub(super) use due::Timetable;
pub(super) use lifecycle::{alter, create, drop, execute};
