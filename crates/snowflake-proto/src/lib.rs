//! The bytes and rules of the Snowflake driver protocol, without any input or output.
//!
//! This crate knows what travels between a client and the service and what it means: the messages
//! ([`wire`]), the rules for account names and hosts ([`AccountId`], [`ServerAddress`]), the server's
//! codes and what to do about them ([`ServerCode`], [`Recovery`]), the type system ([`DataType`],
//! [`Column`]), bind values ([`Bind`]), quoting ([`Identifier`], [`Literal`]), the reading of SQL text
//! ([`sql`]) and the decoding of results into Arrow batches ([`rowset`]).
//! It opens no socket, reads no file, looks at no clock and draws no randomness, so that both the
//! client and the simulator stand on it.
//!
//! ```
//! use snowflake_proto::{DataType, Recovery, ServerCode};
//!
//! assert_eq!(ServerCode::new("390112").recovery(), Recovery::RenewSession);
//! assert_eq!(DataType::Number { precision: 38, scale: 0 }.to_string(), "NUMBER(38,0)");
//! ```

mod account;
mod bind;
mod cell;
mod code;
#[cfg(feature = "encryption")]
pub mod encryption;
mod error;
mod generated;
mod ident;
mod literal;
mod parameter;
mod recovery;
pub mod rowset;
mod secret;
pub mod sql;
mod statement_type;
mod type_name;
mod types;
mod warehouse_size;
pub mod wire;

pub use account::{AccountId, Protocol, ServerAddress};
pub use bind::{Bind, BindType};
pub use cell::{Cell, CellReader};
pub use code::ServerCode;
pub use error::{Error, ErrorKind, Result};
pub use ident::{Identifier, ObjectName};
pub use literal::Literal;
pub use parameter::{PARAMETERS, Parameter, ParameterKind, ParameterValue};
pub use recovery::Recovery;
pub use rowset::{ArrowOptions, Numbers, ResultSchema, Timestamps};
pub use secret::Secret;
pub use statement_type::StatementType;
pub use types::{Column, DataType};
pub use warehouse_size::WarehouseSize;
