//! Who may do what: roles, users, and what has been granted to them.

mod check;
mod define;
mod grant;
mod head;
mod made;
mod object;
mod parse;
mod right;
mod role;
mod state;
mod statement;
mod user;

pub(super) use check::check;
pub(super) use define::{define, defines};
pub(super) use grant::{Future, Grant, Grantee};
pub(super) use made::Made;
pub(super) use object::{Object, ObjectKind, spelled};
pub(super) use right::kind as kind_of;
pub(super) use state::Access;
pub(super) use statement::{existing, grant, revoke};
