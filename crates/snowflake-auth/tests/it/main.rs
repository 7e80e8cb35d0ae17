//! Logins and sessions against scripted servers, and keys against files that OpenSSL made.

#![expect(clippy::unwrap_used, reason = "a test that panics has failed, in its helpers too")]

mod heartbeats;
mod history;
mod keys;
mod keys_damaged;
mod login;
mod login_answers;
mod logout;
mod renewal;
mod renewal_dropped;
mod renewal_lost;
mod rotating;
mod signing;
mod support;
mod token_files;
