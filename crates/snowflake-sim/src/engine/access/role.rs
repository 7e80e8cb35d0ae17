//! Roles, and those that every account has.

use super::super::time::Stamp;

/// The role that may do everything.
pub(in super::super) const ADMIN: &str = "ACCOUNTADMIN";
/// The role that every role and user is a member of.
pub(super) const PUBLIC: &str = "PUBLIC";

/// The roles of every account, each with the roles that are granted to it and its privileges on the account.
pub(super) const SYSTEM: [(&str, &[&str], &[&str]); 6] = [
    (ADMIN, &["SYSADMIN", "SECURITYADMIN"], &[]),
    ("ORGADMIN", &[], &[]),
    (PUBLIC, &[], &[]),
    ("SECURITYADMIN", &["USERADMIN"], &["MANAGE GRANTS"]),
    ("SYSADMIN", &[], &["CREATE DATABASE", "CREATE WAREHOUSE"]),
    ("USERADMIN", &[], &["CREATE ROLE", "CREATE USER"]),
];

/// A role.
#[derive(Clone, Debug)]
pub(in super::super) struct Role {
    pub(in super::super) created: Stamp,
    pub(in super::super) owner: String,
    pub(in super::super) comment: String,
}
