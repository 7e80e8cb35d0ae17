//! `LIKE`, `IN`, `STARTS WITH` and `LIMIT … FROM`.

use ::regex::Regex;
use datafusion::sql::sqlparser::tokenizer::Token;

use super::super::SqlError;
use super::super::answer::Answer;
use super::super::catalog::ObjectPath;
use super::super::information_schema;
use super::super::run::Run;
use super::super::syntax::{Cursor, Name};

/// Where SHOW looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// Nothing is said.
    Current,
    Account,
    Database(Option<Name>),
    Schema(Option<Name>),
    Table(Name),
    /// `IN x`: a schema, database or table, by what is shown.
    Unstated(Name),
}

/// SHOW lists no more than this, however many there are.
const MOST: usize = 10_000;

/// What SHOW keeps.
#[derive(Debug)]
pub(super) struct Filter {
    like: Option<Regex>,
    starts_with: Option<String>,
    limit: Option<usize>,
    after: Option<String>,
    /// Whether tasks that run after others are left out.
    pub(super) root_only: bool,
    /// Whether dropped objects are of interest too.
    pub(super) history: bool,
    pub(super) scope: Scope,
}

impl Filter {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, SqlError> {
        let history = cursor.word("HISTORY");
        let mut filter = Self {
            like: None,
            starts_with: None,
            limit: None,
            after: None,
            root_only: false,
            history,
            scope: Scope::Current,
        };
        loop {
            if cursor.word("LIKE") {
                filter.like = Some(like(&cursor.expect_string()?)?);
            } else if cursor.words(&["STARTS", "WITH"]) {
                filter.starts_with = Some(cursor.expect_string()?);
            } else if cursor.word("LIMIT") {
                let limit = cursor.number().ok_or_else(|| cursor.unexpected())?;
                filter.limit = usize::try_from(limit).ok();
                if cursor.word("FROM") {
                    filter.after = Some(cursor.expect_string()?);
                }
            } else if cursor.words(&["ROOT", "ONLY"]) {
                filter.root_only = true;
            } else if cursor.word("IN") {
                filter.scope = scope(cursor)?;
            } else {
                return Ok(filter);
            }
        }
    }

    /// Whether an object of that name is shown.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.like.as_ref().is_none_or(|like| like.is_match(name))
            && self.starts_with.as_ref().is_none_or(|start| name.starts_with(start))
            && self.after.as_ref().is_none_or(|after| name > after.as_str())
    }

    /// How many objects are shown at most.
    pub(super) fn limit(&self) -> usize {
        self.limit.unwrap_or(MOST).min(MOST)
    }

    /// An answer with the listed columns, and with the time of dropping if that is asked for.
    pub(super) fn listing(&self, columns: &str) -> Answer {
        let answer = Answer::listing(columns);
        if self.history { answer.with_column("dropped_on: time", "retention_time") } else { answer }
    }

    /// # Errors
    /// `002003` when what SHOW shall look into is missing.
    pub(super) fn check(&self, run: &Run) -> Result<(), SqlError> {
        self.table(run)?;
        self.schemas(run).map(|_| ())
    }

    /// The schemas to look into, by database and name: those that the role may use.
    pub(super) fn schemas(&self, run: &Run) -> Result<Vec<(String, String)>, SqlError> {
        let mut found = self.in_scope(run)?;
        found.retain(|(database, schema)| run.enter_schema(database, schema).is_ok());
        Ok(found)
    }

    fn in_scope(&self, run: &Run) -> Result<Vec<(String, String)>, SqlError> {
        let catalog = run.engine().catalog();
        let of_database = |name: &str| -> Result<Vec<(String, String)>, SqlError> {
            Ok(catalog
                .database(name)?
                .schemas
                .keys()
                .map(|schema| (name.to_owned(), schema.clone()))
                .collect())
        };
        let everywhere = || {
            let pairs = catalog.databases.iter().flat_map(|(name, database)| {
                database.schemas.keys().map(|schema| (name.clone(), schema.clone()))
            });
            pairs.collect::<Vec<_>>()
        };
        let context = &run.context;
        match &self.scope {
            Scope::Account => Ok(everywhere()),
            Scope::Current => match (&context.database, &context.schema) {
                (Some(database), Some(schema)) => Ok(vec![(database.clone(), schema.clone())]),
                (Some(database), None) => of_database(database),
                (None, _) => Ok(everywhere()),
            },
            Scope::Database(name) => {
                let database = match name {
                    Some(name) => name.join("."),
                    None => context.database.clone().ok_or_else(SqlError::no_database)?,
                };
                of_database(&database)
            }
            Scope::Schema(None) => {
                let database = context.database.clone().ok_or_else(SqlError::no_database)?;
                Ok(vec![(database, context.schema.clone().ok_or_else(SqlError::no_schema)?)])
            }
            Scope::Schema(Some(name)) | Scope::Unstated(name) => {
                if let ([database], Scope::Unstated(_)) = (name.as_slice(), &self.scope)
                    && catalog.databases.contains_key(database)
                {
                    return of_database(database);
                }
                let (database, schema) = run.schema_path(name)?;
                if schema == information_schema::NAME {
                    catalog.database(&database)?;
                } else {
                    catalog.schema(&database, &schema)?;
                }
                Ok(vec![(database, schema)])
            }
            Scope::Table(name) => {
                let path = run.path(name)?;
                Ok(vec![(path.database, path.schema)])
            }
        }
    }

    /// The one table to look at, if the scope is a table.
    pub(super) fn table(&self, run: &Run) -> Result<Option<ObjectPath>, SqlError> {
        match &self.scope {
            Scope::Table(name) => {
                let path = run.path(name)?;
                if run.visible(&path)?.is_none() {
                    return Err(SqlError::missing("Table", &name.join(".")));
                }
                Ok(Some(path))
            }
            _ => Ok(None),
        }
    }
}

fn scope(cursor: &mut Cursor<'_>) -> Result<Scope, SqlError> {
    let name = |cursor: &mut Cursor<'_>| -> Result<Option<Name>, SqlError> {
        let ends = ["STARTS", "LIMIT", "LIKE"].iter().any(|word| cursor.sees(word));
        match cursor.peek() {
            Some(Token::Word(_)) if !ends => cursor.name().map(Some),
            _ => Ok(None),
        }
    };
    if cursor.word("ACCOUNT") {
        name(cursor)?;
        return Ok(Scope::Account);
    }
    if cursor.word("DATABASE") {
        return name(cursor).map(Scope::Database);
    }
    if cursor.word("SCHEMA") {
        return name(cursor).map(Scope::Schema);
    }
    if cursor.word("TABLE") || cursor.word("VIEW") {
        return cursor.name().map(Scope::Table);
    }
    for word in ["SESSION", "WAREHOUSE", "USER"] {
        if cursor.word(word) {
            name(cursor)?;
            return Ok(Scope::Current);
        }
    }
    cursor.name().map(Scope::Unstated)
}

/// A LIKE pattern, which ignores case here.
fn like(pattern: &str) -> Result<Regex, SqlError> {
    let mut text = String::from("(?is)^");
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '%' => text.push_str(".*"),
            '_' => text.push('.'),
            '\\' => text.extend(letters.next().map(|next| ::regex::escape(&next.to_string()))),
            other => text.push_str(&::regex::escape(&other.to_string())),
        }
    }
    text.push('$');
    Regex::new(&text).map_err(SqlError::internal)
}
