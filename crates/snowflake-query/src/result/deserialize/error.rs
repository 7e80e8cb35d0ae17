//! The error that serde passes around; it becomes a [`Fault`] at the end.

use std::fmt;

use serde::de::{self, Expected, Unexpected};
use snowflake_proto::Column;

use crate::result::columns::{Columns, Lookup};
use crate::result::fault::{DeserializeSnafu, Fault};
use crate::result::from_cell::Mismatch;
use crate::result::row::{conversion, short_type_name};

/// One pointer wide, since it is part of every result on the way of every cell.
#[derive(Debug)]
pub(super) struct DeError(Box<Kind>);

#[derive(Debug)]
enum Kind {
    Fault(Fault),
    Missing(&'static str),
    Message(String),
}

impl DeError {
    pub(super) fn fault(fault: Fault) -> Self {
        Self(Box::new(Kind::Fault(fault)))
    }

    pub(super) fn mismatch(column: &Column, asked: &str, mismatch: &Mismatch) -> Self {
        Self::fault(conversion(column, asked, mismatch.reason()))
    }

    /// Names the column in which a message of serde arose.
    pub(super) fn in_column(self, column: &Column) -> Self {
        match *self.0 {
            Kind::Message(reason) => Self::fault(conversion(column, "the field's type", &reason)),
            Kind::Missing(field) => Self::fault(conversion(
                column,
                "the field's type",
                &format!("the value has no field `{field}`"),
            )),
            Kind::Fault(_) => self,
        }
    }

    pub(super) fn into_fault<T>(self, columns: &Columns) -> Fault {
        match *self.0 {
            Kind::Fault(fault) => fault,
            Kind::Missing(field) => columns.fault(field, Lookup::Missing),
            Kind::Message(reason) => DeserializeSnafu { asked: short_type_name::<T>(), reason }.build(),
        }
    }
}

impl fmt::Display for DeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.0 {
            Kind::Fault(fault) => fault.fmt(f),
            Kind::Missing(field) => write!(f, "missing field `{field}`"),
            Kind::Message(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for DeError {}

impl de::Error for DeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(Box::new(Kind::Message(message.to_string())))
    }

    // The value itself is left out: errors end up in logs.
    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {expected}"))
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {expected}"))
    }

    fn missing_field(field: &'static str) -> Self {
        Self(Box::new(Kind::Missing(field)))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self::custom(format_args!("column `{field}` is not a field of it"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!("expected one of {}", expected.join(", ")))
    }
}
