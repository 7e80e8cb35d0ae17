//! Who you are to Snowflake: credentials, logins, and sessions that stay alive.
//!
//! This crate stands on `snowflake-transport`, which carries requests, and `snowflake-proto`, which knows what is in
//! them; statements and results are above it, in `snowflake-query`.
//!
//! A [`CredentialProvider`] proves who the user is: [`Password`], [`KeyPair`] with a [`PrivateKey`], [`AccessToken`]
//! (OAuth) and [`ProgrammaticAccessToken`] are here, and a program can bring its own.
//! A [`Server`] is where requests go and how they are repeated.
//! [`login`] makes the two into a [`Login`] with [`SessionTokens`], whose [`call`](SessionTokens::call) renews the
//! session when it has to, once for everyone who uses it; [`heartbeat`] shows the server that an idle
//! session is wanted and [`keep_alive`] goes on doing so, [`logout`] ends it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use snowflake_auth::{LoginOptions, Password, Server, ServerOptions, login, logout};
//! use snowflake_proto::{AccountId, ServerAddress};
//! use snowflake_transport::{HttpTransport, TransportOptions};
//!
//! async fn connect() -> Result<(), Box<dyn std::error::Error>> {
//!     let account = AccountId::parse("myorg-myaccount")?;
//!     let address = ServerAddress::for_account(&account, None)?;
//!     let transport = Arc::new(HttpTransport::new(TransportOptions::default())?);
//!     let server = Server::new(transport, address, ServerOptions::default());
//!
//!     let session = login(&server, &Password::new("alice", "correct horse"), &LoginOptions::new(account)).await?;
//!     println!("session {} with role {:?}", session.session_id, session.context.role);
//!     logout(&server, &session.tokens).await;
//!     Ok(())
//! }
//! ```
//!
//! What this crate deliberately does not do: it opens no browser, keeps no token on disk, starts no background task,
//! reads no environment variable, and takes the time and its identifiers from the [`Server`]'s retry loop.

mod access_token;
mod credential;
mod error;
mod file;
mod jwt;
mod key;
mod key_pair;
mod metric;
mod password;
mod provider;
mod server;
mod session;

pub use access_token::{AccessToken, ProgrammaticAccessToken};
pub use credential::Credential;
pub use error::{Error, ErrorKind, Result};
pub use key::PrivateKey;
pub use key_pair::KeyPair;
pub use password::Password;
pub use provider::{CredentialProvider, LoginContext, LoginOutcome};
pub use server::{ApiRequest, CallHistory, ClientId, MediaType, Server, ServerOptions};
pub use session::{
    Context, Login, LoginOptions, SessionTokens, heartbeat, heartbeat_interval, keep_alive, login, logout,
};
