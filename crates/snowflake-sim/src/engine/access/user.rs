//! Users, as far as statements know them.

use std::fmt;

use snowflake_proto::Secret;

use super::super::SqlError;
use super::super::syntax::Options;
use super::super::time::Stamp;

/// A user.
#[derive(Clone)]
pub(in super::super) struct User {
    pub(in super::super) created: Stamp,
    pub(in super::super) owner: String,
    /// The properties that are text, by name.
    texts: Vec<(&'static str, String)>,
    pub(in super::super) disabled: bool,
    pub(in super::super) must_change_password: bool,
    /// The password that a statement gave it.
    pub(super) password: Option<Secret>,
    pub(in super::super) last_login: Option<Stamp>,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("owner", &self.owner)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

/// The properties that are text.
const TEXTS: [&str; 11] = [
    "LOGIN_NAME",
    "DISPLAY_NAME",
    "FIRST_NAME",
    "LAST_NAME",
    "EMAIL",
    "COMMENT",
    "DEFAULT_ROLE",
    "DEFAULT_WAREHOUSE",
    "DEFAULT_NAMESPACE",
    "DEFAULT_SECONDARY_ROLES",
    "TYPE",
];
/// Properties that change nothing here.
const IGNORED: [&str; 5] =
    ["RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2", "DAYS_TO_EXPIRY", "MINS_TO_UNLOCK", "MINS_TO_BYPASS_MFA"];

impl User {
    pub(super) fn new(name: &str, created: Stamp, owner: &str) -> Self {
        let texts = ["LOGIN_NAME", "DISPLAY_NAME"].map(|property| (property, name.to_owned()));
        Self {
            created,
            owner: owner.to_owned(),
            texts: texts.to_vec(),
            disabled: false,
            must_change_password: false,
            password: None,
            last_login: None,
        }
    }

    /// A property that is text.
    pub(in super::super) fn text(&self, property: &str) -> Option<&str> {
        let (_, text) = self.texts.iter().find(|(name, _)| *name == property)?;
        Some(text)
    }

    pub(in super::super) fn has_password(&self) -> bool {
        self.password.is_some()
    }

    pub(super) fn set_text(&mut self, property: &'static str, text: Option<String>) {
        self.texts.retain(|(name, _)| *name != property);
        self.texts.extend(text.map(|text| (property, text)));
    }

    /// Takes properties from a statement.
    ///
    /// # Errors
    /// `001420` for a property that no user has, `001008` for a value that it does not take.
    pub(super) fn set(&mut self, options: &Options) -> Result<(), SqlError> {
        for name in options.names() {
            if let Some(property) = TEXTS.into_iter().find(|property| *property == name) {
                let text = options.text(name).or_else(|| options.list(name).map(|_| "ALL"));
                self.set_text(property, text.map(|text| folded(property, text)));
            } else if name == "PASSWORD" {
                self.password = options.text(name).map(Secret::new);
            } else if name == "DISABLED" {
                self.disabled = options.boolean(name)?.unwrap_or_default();
            } else if name == "MUST_CHANGE_PASSWORD" {
                self.must_change_password = options.boolean(name)?.unwrap_or_default();
            } else if !IGNORED.contains(&name) {
                return Err(unknown(name));
            }
        }
        Ok(())
    }

    /// Takes properties away.
    ///
    /// # Errors
    /// `001420` for a property that no user has.
    pub(super) fn unset(&mut self, name: &str) -> Result<(), SqlError> {
        if let Some(property) = TEXTS.into_iter().find(|property| *property == name) {
            self.set_text(property, None);
        } else if name == "PASSWORD" {
            self.password = None;
        } else if name == "DISABLED" {
            self.disabled = false;
        } else if name == "MUST_CHANGE_PASSWORD" {
            self.must_change_password = false;
        } else if !IGNORED.contains(&name) {
            return Err(unknown(name));
        }
        Ok(())
    }
}

/// Names of objects and logins ignore case, also between single quotes.
fn folded(property: &str, text: &str) -> String {
    let is_name = property.starts_with("DEFAULT_") || property == "LOGIN_NAME" || property == "TYPE";
    if is_name { text.to_uppercase() } else { text.to_owned() }
}

fn unknown(property: &str) -> SqlError {
    let message = format!("SQL compilation error:\ninvalid property '{property}' for 'USER'");
    SqlError::new("001420", "22023", message)
}
