//! The users that may log in, and how a login proves to be one of them.

use snowflake_proto::Secret;
use snowflake_proto::wire::login::RequestData;
use time::OffsetDateTime;

use super::jwt::Jwt;
use super::public_key::PublicKey;

/// Everybody that the builder named.
#[derive(Default)]
pub(in crate::server) struct Directory {
    account: Option<String>,
    users: Vec<User>,
    tokens: Vec<AccessToken>,
}

struct User {
    name: String,
    password: Option<Secret>,
    keys: Vec<PublicKey>,
}

struct AccessToken {
    kind: TokenKind,
    user: String,
    text: Secret,
    is_expired: bool,
}

/// Which authenticator takes a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum TokenKind {
    OAuth,
    ProgrammaticAccess,
}

/// Why a login is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum Refusal {
    /// The account does not live here: the service's front door answers, not the login.
    Account,
    Password,
    Jwt,
    OAuth,
    OAuthExpired,
    ProgrammaticAccess,
    Authenticator,
}

impl Refusal {
    /// The server's code and words, and the method that was tried.
    pub(in crate::server) fn describe(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Refusal::Account | Refusal::Password => {
                ("390100", "Incorrect username or password was specified.", "USERNAME_PASSWORD")
            }
            Refusal::Jwt => ("390144", "JWT token is invalid.", "KEYPAIR"),
            Refusal::OAuth => ("390303", "Invalid OAuth access token.", "OAUTH"),
            Refusal::OAuthExpired => ("390318", "OAuth access token expired.", "OAUTH"),
            Refusal::ProgrammaticAccess => {
                ("394400", "Programmatic access token is invalid.", "PROGRAMMATIC_ACCESS_TOKEN")
            }
            Refusal::Authenticator => ("390400", "The authenticator is not simulated.", "UNKNOWN"),
        }
    }
}

impl Directory {
    pub(in crate::server) fn set_account(&mut self, account: &str) {
        self.account = Some(short(account));
    }

    pub(in crate::server) fn add_password(&mut self, user: &str, password: Secret) {
        self.user(user).password = Some(password);
    }

    pub(in crate::server) fn add_key(&mut self, user: &str, key: PublicKey) {
        self.user(user).keys.push(key);
    }

    pub(in crate::server) fn add_token(
        &mut self,
        kind: TokenKind,
        user: &str,
        text: Secret,
        is_expired: bool,
    ) {
        let user = self.user(user).name.clone();
        self.tokens.push(AccessToken { kind, user, text, is_expired });
    }

    fn user(&mut self, name: &str) -> &mut User {
        let name = name.to_uppercase();
        let index = self.users.iter().position(|user| user.name == name).unwrap_or_else(|| {
            self.users.push(User { name, password: None, keys: Vec::new() });
            self.users.len() - 1
        });
        &mut self.users[index]
    }

    /// The user, in upper case, that this login proves to be.
    pub(in crate::server) fn authenticate(
        &self,
        login: &RequestData,
        now: OffsetDateTime,
    ) -> Result<&str, Refusal> {
        if self.account.as_deref().is_some_and(|account| account != short(&login.account_name)) {
            return Err(Refusal::Account);
        }
        let authenticator = login.authenticator.as_deref().unwrap_or_default().to_ascii_uppercase();
        match authenticator.as_str() {
            "" | "SNOWFLAKE" | "SNOWFLAKE_PASSWORD" | "USERNAME_PASSWORD_MFA" => self.by_password(login),
            "SNOWFLAKE_JWT" => self.by_key(login, now).ok_or(Refusal::Jwt),
            "OAUTH" => self.by_token(TokenKind::OAuth, login, login.token.as_deref()),
            "PROGRAMMATIC_ACCESS_TOKEN" => {
                self.by_token(TokenKind::ProgrammaticAccess, login, login.token.as_deref())
            }
            _ => Err(Refusal::Authenticator),
        }
    }

    fn by_password(&self, login: &RequestData) -> Result<&str, Refusal> {
        let password = login.password.as_deref();
        let user = self.named(login.login_name.as_deref()).ok_or(Refusal::Password)?;
        let matches = |secret: &Secret| password.is_some_and(|password| secret.expose() == password);
        if user.password.as_ref().is_some_and(matches) {
            return Ok(&user.name);
        }
        // The service takes a programmatic access token in place of a password, too.
        self.by_token(TokenKind::ProgrammaticAccess, login, password).map_err(|_| Refusal::Password)
    }

    fn by_key(&self, login: &RequestData, now: OffsetDateTime) -> Option<&str> {
        let jwt = Jwt::parse(login.token.as_deref()?)?;
        let (account, name) = jwt.subject()?;
        let user = self.named(Some(name))?;
        let agrees = login.login_name.as_deref().is_none_or(|login| login.to_uppercase() == user.name);
        // Account names are case-insensitive in a login, but a token spells them in upper case.
        let is_ours = account == account.to_uppercase() && account == short(&login.account_name);
        let is_signed = || user.keys.iter().any(|key| jwt.is_valid(key, now));
        (agrees && is_ours && name == user.name && is_signed()).then_some(&user.name)
    }

    fn by_token(&self, kind: TokenKind, login: &RequestData, text: Option<&str>) -> Result<&str, Refusal> {
        let invalid = match kind {
            TokenKind::OAuth => Refusal::OAuth,
            TokenKind::ProgrammaticAccess => Refusal::ProgrammaticAccess,
        };
        let text = text.ok_or(invalid)?;
        let found = self.tokens.iter().find(|token| token.kind == kind && token.text.expose() == text);
        let token = found.ok_or(invalid)?;
        let agrees = login.login_name.as_deref().is_none_or(|login| login.to_uppercase() == token.user);
        match (agrees, token.is_expired, kind) {
            (false, ..) => Err(invalid),
            (true, true, TokenKind::OAuth) => Err(Refusal::OAuthExpired),
            (true, true, TokenKind::ProgrammaticAccess) => Err(Refusal::ProgrammaticAccess),
            (true, false, _) => Ok(&token.user),
        }
    }

    fn named(&self, name: Option<&str>) -> Option<&User> {
        let name = name?.to_uppercase();
        self.users.iter().find(|user| user.name == name)
    }
}

/// The account without region and domain, in upper case.
fn short(account: &str) -> String {
    account.split('.').next().unwrap_or_default().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::{Directory, Refusal, TokenKind};
    use snowflake_proto::Secret;
    use snowflake_proto::wire::login::RequestData;
    use time::OffsetDateTime;

    fn directory() -> Directory {
        let mut directory = Directory::default();
        directory.set_account("acme");
        directory.add_password("alice", Secret::new("right"));
        directory.add_token(TokenKind::OAuth, "alice", Secret::new("oauth"), false);
        directory.add_token(TokenKind::OAuth, "alice", Secret::new("old"), true);
        directory.add_token(TokenKind::ProgrammaticAccess, "bob", Secret::new("pat"), false);
        directory
    }

    fn outcome(edit: impl FnOnce(&mut RequestData)) -> Result<String, Refusal> {
        let mut login = RequestData { account_name: "acme".to_owned(), ..RequestData::default() };
        edit(&mut login);
        directory().authenticate(&login, OffsetDateTime::UNIX_EPOCH).map(str::to_owned)
    }

    fn password(user: &str, password: &str) -> Result<String, Refusal> {
        outcome(|login| {
            login.login_name = Some(user.to_owned());
            login.password = Some(password.to_owned());
        })
    }

    fn token(authenticator: &str, token: &str) -> Result<String, Refusal> {
        outcome(|login| {
            login.authenticator = Some(authenticator.to_owned());
            login.token = Some(token.to_owned());
        })
    }

    #[test]
    fn a_password_must_match_and_user_names_ignore_case() {
        assert_eq!(password("Alice", "right"), Ok("ALICE".to_owned()));
        assert_eq!(password("alice", "wrong"), Err(Refusal::Password));
        assert_eq!(password("nobody", "right"), Err(Refusal::Password));
        assert_eq!(password("bob", ""), Err(Refusal::Password));
    }

    #[test]
    fn a_programmatic_access_token_may_stand_in_for_the_password() {
        assert_eq!(password("bob", "pat"), Ok("BOB".to_owned()));
        assert_eq!(password("alice", "pat"), Err(Refusal::Password));
    }

    #[test]
    fn tokens_tell_invalid_from_expired() {
        assert_eq!(token("OAUTH", "oauth"), Ok("ALICE".to_owned()));
        assert_eq!(token("oauth", "old"), Err(Refusal::OAuthExpired));
        assert_eq!(token("OAUTH", "pat"), Err(Refusal::OAuth));
        assert_eq!(token("PROGRAMMATIC_ACCESS_TOKEN", "pat"), Ok("BOB".to_owned()));
        assert_eq!(token("PROGRAMMATIC_ACCESS_TOKEN", "oauth"), Err(Refusal::ProgrammaticAccess));
        assert_eq!(token("EXTERNALBROWSER", "oauth"), Err(Refusal::Authenticator));
    }

    #[test]
    fn another_account_is_refused_before_the_password_is_looked_at() {
        let refused = outcome(|login| login.account_name = "other".to_owned());
        assert_eq!(refused, Err(Refusal::Account));
    }
}
