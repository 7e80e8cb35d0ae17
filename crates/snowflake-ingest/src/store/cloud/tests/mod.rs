//! Stores of every cloud against one in memory, which checks signatures and lets credentials expire.

mod basics;
mod expiry;
mod hostile;
mod multipart;
mod requests;
mod support;
