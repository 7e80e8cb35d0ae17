//! Everything that is known of roles, users and grants.

use std::collections::{BTreeMap, BTreeSet};

use snowflake_proto::Secret;

use super::super::time::Stamp;
use super::role::{ADMIN, PUBLIC, Role, SYSTEM};
use super::user::User;
use super::{Future, Grant, Grantee, Object, ObjectKind};
use crate::context::Context;

/// The privilege of an object's owner, which contains every other.
pub(super) const OWNERSHIP: &str = "OWNERSHIP";
/// The privilege that makes a member of a role, and lets into databases and schemas.
pub(super) const USAGE: &str = "USAGE";

/// Everything that is known of roles, users and grants.
#[derive(Debug)]
pub(in super::super) struct Access {
    pub(in super::super) roles: BTreeMap<String, Role>,
    pub(in super::super) users: BTreeMap<String, User>,
    pub(in super::super) grants: Vec<Grant>,
    pub(in super::super) futures: Vec<Future>,
}

impl Access {
    /// The roles of every account.
    pub(in super::super) fn new(now: Stamp) -> Self {
        let role = || Role { created: now, owner: String::new(), comment: String::new() };
        let roles = SYSTEM.iter().map(|(name, ..)| ((*name).to_owned(), role())).collect();
        let mut access = Self { roles, users: BTreeMap::new(), grants: Vec::new(), futures: Vec::new() };
        for (name, members, privileges) in SYSTEM {
            let on = |object: Object, privilege: &str| Grant {
                created: now,
                privilege: privilege.to_owned(),
                object,
                grantee: Grantee::Role(name.to_owned()),
                option: false,
                by: String::new(),
            };
            let members = members.iter().map(|member| on(Object::role(member), USAGE));
            let privileges = privileges.iter().map(|privilege| on(Object::account(), privilege));
            access.grants.extend(members.chain(privileges));
        }
        access
    }

    /// Makes a user known who may take one role; any, when none is named.
    pub(in super::super) fn ensure_user(&mut self, name: &str, role: Option<&str>, now: Stamp) {
        if self.users.contains_key(name) {
            return;
        }
        let mut user = User::new(name, now, ADMIN);
        if let Some(role) = role {
            user.set_text("DEFAULT_ROLE", Some(role.to_owned()));
            let made = Role { created: now, owner: ADMIN.to_owned(), comment: String::new() };
            self.roles.entry(role.to_owned()).or_insert(made);
        }
        self.users.insert(name.to_owned(), user);
        self.grant(Grant {
            created: now,
            privilege: USAGE.to_owned(),
            object: Object::role(role.unwrap_or(ADMIN)),
            grantee: Grantee::User(name.to_owned()),
            option: false,
            by: ADMIN.to_owned(),
        });
    }

    pub(in super::super) fn logged_in(&mut self, user: &str, now: Stamp) {
        if let Some(user) = self.users.get_mut(user) {
            user.last_login = Some(now);
        }
    }

    /// What a user's sessions start with: the user's own objects before those of the account.
    pub(in super::super) fn initial(&self, name: &str, account: &Context) -> Context {
        let own =
            |property: &str| self.users.get(name).and_then(|user| user.text(property)).map(str::to_owned);
        let namespace = own("DEFAULT_NAMESPACE");
        let (database, schema) =
            match namespace.as_deref().map(|name| name.split_once('.').unwrap_or((name, ""))) {
                Some((database, "")) => (Some(database.to_owned()), None),
                Some((database, schema)) => (Some(database.to_owned()), Some(schema.to_owned())),
                None => (account.database.clone(), account.schema.clone()),
            };
        Context {
            user: name.to_owned(),
            role: own("DEFAULT_ROLE").or_else(|| account.role.clone()),
            warehouse: own("DEFAULT_WAREHOUSE").or_else(|| account.warehouse.clone()),
            database,
            schema,
        }
    }

    /// A role and all roles that it is a member of.
    pub(in super::super) fn inherited(&self, role: &str) -> BTreeSet<String> {
        self.members_of(vec![role.to_owned(), PUBLIC.to_owned()])
    }

    /// The roles that a user may take.
    pub(in super::super) fn available(&self, user: &str) -> BTreeSet<String> {
        if !self.users.contains_key(user) {
            return self.roles.keys().cloned().collect();
        }
        let own = self.grants.iter().filter(|grant| grant.grantee == Grantee::User(user.to_owned()));
        let own = own.filter(|grant| grant.object.kind == ObjectKind::Role);
        self.members_of(own.map(|grant| grant.object.last().to_owned()).chain([PUBLIC.to_owned()]).collect())
    }

    fn members_of(&self, mut open: Vec<String>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        while let Some(role) = open.pop() {
            if !found.insert(role.clone()) {
                continue;
            }
            let held = self.grants.iter().filter(|grant| grant.grantee == Grantee::Role(role.clone()));
            open.extend(held.filter(|grant| is_membership(grant)).map(|grant| grant.object.name.join(".")));
        }
        found
    }

    /// The role that a user takes at login when nothing else is asked for.
    pub(in super::super) fn default_role(&self, user: &str) -> String {
        let available = self.available(user);
        let named = self.users.get(user).and_then(|user| user.text("DEFAULT_ROLE"));
        let wanted = named.unwrap_or(ADMIN);
        if available.contains(wanted) { wanted } else { PUBLIC }.to_owned()
    }

    /// The grants that a role has the use of.
    fn effective(&self, role: &str) -> impl Iterator<Item = &Grant> {
        let roles = self.inherited(role);
        let holds =
            move |grant: &&Grant| matches!(&grant.grantee, Grantee::Role(name) if roles.contains(name));
        self.grants.iter().filter(holds)
    }

    /// Whether a role may do everything.
    pub(super) fn is_admin(&self, role: &str) -> bool {
        role == ADMIN || self.inherited(role).contains(ADMIN)
    }

    /// Whether a role has a privilege on an object, or owns it.
    pub(in super::super) fn holds(&self, role: &str, privilege: &str, object: &Object) -> bool {
        let suits = |grant: &Grant| grant.privilege == privilege || grant.privilege == OWNERSHIP;
        self.is_admin(role) || self.effective(role).any(|grant| grant.object == *object && suits(grant))
    }

    /// Whether a role has any privilege on an object.
    pub(in super::super) fn sees(&self, role: &str, object: &Object) -> bool {
        self.is_admin(role) || self.effective(role).any(|grant| grant.object == *object)
    }

    /// Whether a role may grant a privilege on an object: its owner may, whoever manages grants, and
    /// whoever got the privilege with that option.
    pub(super) fn may_grant(&self, role: &str, privilege: &str, object: &Object) -> bool {
        let may_pass_on = |grant: &Grant| {
            let owns = grant.privilege == OWNERSHIP;
            grant.object == *object && (owns || grant.option && grant.privilege == privilege)
        };
        self.holds(role, "MANAGE GRANTS", &Object::account()) || self.effective(role).any(may_pass_on)
    }

    /// Whether a role may read the views of `SNOWFLAKE.ACCOUNT_USAGE`.
    pub(in super::super) fn may_read_account_usage(&self, role: &str) -> bool {
        let has_role = || self.inherited(role).iter().any(|role| role.starts_with("SNOWFLAKE."));
        self.holds(role, USAGE, &Object::database("SNOWFLAKE")) || has_role()
    }

    /// The role that owns an object: ACCOUNTADMIN, unless another has made it or got it.
    pub(in super::super) fn owner(&self, object: &Object) -> &str {
        self.ownership(object).map_or(ADMIN, |grant| grant.grantee.name())
    }

    pub(in super::super) fn ownership(&self, object: &Object) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.object == *object && grant.privilege == OWNERSHIP)
    }

    /// Adds a grant, or a right to grant on to one that is there.
    pub(in super::super) fn grant(&mut self, grant: Grant) {
        let same = |other: &&mut Grant| {
            (&other.privilege, &other.object, &other.grantee)
                == (&grant.privilege, &grant.object, &grant.grantee)
        };
        match self.grants.iter_mut().find(same) {
            Some(found) => found.option |= grant.option,
            None => self.grants.push(grant),
        }
    }

    /// Gives an object to a role. What nobody else owns is ACCOUNTADMIN's.
    pub(in super::super) fn own(&mut self, object: &Object, role: &str, now: Stamp) {
        self.grants.retain(|grant| grant.object != *object || grant.privilege != OWNERSHIP);
        if role == ADMIN {
            return;
        }
        self.grants.push(Grant {
            created: now,
            privilege: OWNERSHIP.to_owned(),
            object: object.clone(),
            grantee: Grantee::Role(role.to_owned()),
            option: true,
            by: role.to_owned(),
        });
    }

    /// An object has been made: grants on objects to come are made on it. Those of its schema go before those
    /// of its database.
    pub(super) fn made(&mut self, object: &Object, now: Stamp) {
        let suits = |future: &&Future| future.kind == object.kind && object.is_within(&future.scope);
        let deepest = self.futures.iter().filter(suits).map(|future| future.scope.name.len()).max();
        let due: Vec<Grant> = self
            .futures
            .iter()
            .filter(suits)
            .filter(|future| Some(future.scope.name.len()) == deepest)
            .map(|future| Grant { object: object.clone(), created: now, ..future.grant.clone() })
            .collect();
        due.into_iter().for_each(|grant| self.grant(grant));
    }

    /// Forgets everything about an object that is gone, and all that lay in it.
    pub(super) fn forget(&mut self, object: &Object) {
        self.grants.retain(|grant| !grant.object.is_within(object));
        self.futures.retain(|future| !future.scope.is_within(object));
    }

    /// Gives an object another name.
    pub(in super::super) fn rename(&mut self, object: &Object, new: &Object) {
        for grant in self.grants.iter_mut().filter(|grant| grant.object == *object) {
            grant.object = new.clone();
        }
    }

    /// The user who logs in by that name and password, which a statement has set.
    pub(in super::super) fn authenticate(&self, login: &str, password: &Secret) -> Option<&str> {
        let login = login.to_uppercase();
        let suits =
            |user: &User| user.text("LOGIN_NAME") == Some(&login) && user.password.as_ref() == Some(password);
        self.users.iter().find(|(_, user)| suits(user)).map(|(name, _)| name.as_str())
    }
}

/// Whether a grant makes its holder a member of a role.
pub(super) fn is_membership(grant: &Grant) -> bool {
    grant.privilege == USAGE && matches!(grant.object.kind, ObjectKind::Role | ObjectKind::DatabaseRole)
}
