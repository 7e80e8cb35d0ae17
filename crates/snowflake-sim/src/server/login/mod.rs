//! Who may log in: users, their passwords, public keys and tokens.

mod directory;
mod jwt;
mod public_key;

pub(super) use directory::{Directory, Refusal, TokenKind};
pub(super) use public_key::PublicKey;
