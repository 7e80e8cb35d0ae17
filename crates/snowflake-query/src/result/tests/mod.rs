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
mod shared;
mod sizes;
mod slots;
mod sockets;
mod stall;
mod storage;
mod values;
