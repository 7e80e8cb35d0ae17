//! Grants, made and to be made.

use super::super::time::Stamp;
use super::{Object, ObjectKind};

/// Who has been granted something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Grantee {
    Role(String),
    User(String),
}

impl Grantee {
    /// Its kind in SHOW GRANTS.
    pub(in super::super) fn kind(&self) -> &'static str {
        match self {
            Self::Role(_) => "ROLE",
            Self::User(_) => "USER",
        }
    }

    pub(in super::super) fn name(&self) -> &str {
        match self {
            Self::Role(name) | Self::User(name) => name,
        }
    }
}

/// A privilege on an object. USAGE of a role makes its holder a member of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Grant {
    pub(in super::super) created: Stamp,
    pub(in super::super) privilege: String,
    pub(in super::super) object: Object,
    pub(in super::super) grantee: Grantee,
    /// Whether the holder may grant it on.
    pub(in super::super) option: bool,
    /// The role that granted it; empty for what is so from the beginning.
    pub(in super::super) by: String,
}

/// What objects of a kind get that are created in a database or schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Future {
    pub(in super::super) kind: ObjectKind,
    pub(in super::super) scope: Object,
    /// As the grant will be, but on the object to come.
    pub(in super::super) grant: Grant,
}
