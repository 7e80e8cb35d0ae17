//! Results of several parts from a storage that misbehaves.

mod budget;
mod damage;
mod drop;
mod order;
mod property;
mod refresh;
mod shape;
mod storage;
mod values;
