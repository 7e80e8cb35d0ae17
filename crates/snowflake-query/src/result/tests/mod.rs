//! Results of several parts from a storage that misbehaves.

mod answers;
mod budget;
mod damage;
mod drop;
mod objects;
mod order;
mod property;
mod refresh;
mod resume;
mod schema;
mod shape;
mod sizes;
mod slots;
mod stall;
mod storage;
mod values;
