//! RSA private keys: reading every form that users have them in, and signing with them.

mod armor;
mod der;
mod private;
mod problem;

pub use private::PrivateKey;
pub(crate) use problem::Problem;
