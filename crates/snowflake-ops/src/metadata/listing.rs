//! Objects one after the other, however many there are.
//!
//! The service answers a SHOW with at most 10,000 rows. `LIMIT n FROM 'x'` continues behind the *name* x, while rows
//! are ordered by database, schema and name: with several schemas in scope, pages would lose objects and repeat others.
//! So a scope is first asked as a whole; if that fills the answer, its schemas are asked one by one, and only inside a
//! schema, where names are unique, is the answer read page by page.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt, TryStreamExt};
use snowflake_proto::ServerCode;
use snowflake_query::Pool;

use super::options::ListOptions;
use super::scope::Scope;
use super::show::{Kind, MOST_ROWS};
use crate::answer::AnswerRow;
use crate::error::{Error, IncompleteSnafu, Result};
use crate::names;

/// A list that is read while it arrives: a stream of objects.
///
/// At most one answer of 10,000 objects is held in memory. The first statement is sent when the stream is polled.
///
/// # Cancellation
/// Dropping the stream tells the service to stop the statement that is under way.
pub struct Listing<T> {
    objects: BoxStream<'static, Result<T>>,
}

impl<T: Send + 'static> Listing<T> {
    /// The next object; `None` at the end.
    ///
    /// # Errors
    /// [`Sql`](crate::ErrorKind::Sql) when the scope does not exist or the role may not see it, and the other kinds of
    /// a statement; [`Incomplete`](crate::ErrorKind::Incomplete) when the service does not let the list be read to its
    /// end.
    pub async fn next(&mut self) -> Option<Result<T>> {
        StreamExt::next(self).await
    }

    /// All that are left.
    ///
    /// # Errors
    /// As [`Listing::next`].
    pub async fn collect(self) -> Result<Vec<T>> {
        self.objects.try_collect().await
    }

    pub(crate) fn new(objects: impl Stream<Item = Result<T>> + Send + 'static) -> Self {
        Self { objects: objects.boxed() }
    }

    /// The objects of a kind in a scope.
    pub(super) fn of(pool: &Pool, kind: Kind, scope: Scope, options: ListOptions, read: Read<T>) -> Self {
        Self::with_pages(pool, kind, scope, options, read, MOST_ROWS)
    }

    pub(super) fn with_pages(
        pool: &Pool,
        kind: Kind,
        scope: Scope,
        options: ListOptions,
        read: Read<T>,
        page: usize,
    ) -> Self {
        let left = options.limit.unwrap_or(u64::MAX);
        let reader = Reader {
            pool: pool.clone(),
            kind,
            options,
            read,
            page,
            left,
            ready: VecDeque::new(),
            todo: vec![],
            is_split: false,
        };
        Self::new(reader.beginning_with(scope).objects())
    }
}

impl<T> Stream for Listing<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.objects.poll_next_unpin(context)
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").finish_non_exhaustive()
    }
}

/// How a row is read.
pub(super) type Read<T> = fn(&AnswerRow<'_>) -> Result<T>;

/// What is still to be asked.
enum Ask {
    /// Everything in a scope, in one answer.
    Whole(Scope),
    /// The objects of a scope whose names come after this one.
    Page(Scope, Option<String>),
}

struct Reader<T> {
    pool: Pool,
    kind: Kind,
    options: ListOptions,
    read: Read<T>,
    page: usize,
    /// How many more are wanted.
    left: u64,
    ready: VecDeque<T>,
    /// The last comes next.
    todo: Vec<Ask>,
    /// Whether the scope that the caller gave is read in parts.
    is_split: bool,
}

impl<T: Send + 'static> Reader<T> {
    fn beginning_with(mut self, scope: Scope) -> Self {
        self.todo.push(self.first(scope));
        self
    }

    fn first(&self, scope: Scope) -> Ask {
        if self.kind.has_pages() && self.kind.is_unique_in(&scope) {
            Ask::Page(scope, None)
        } else {
            Ask::Whole(scope)
        }
    }

    fn objects(self) -> impl Stream<Item = Result<T>> + Send + 'static {
        stream::try_unfold(self, |mut reader| async move {
            loop {
                if reader.left == 0 {
                    return Ok(None);
                }
                if let Some(object) = reader.ready.pop_front() {
                    reader.left -= 1;
                    return Ok(Some((object, reader)));
                }
                let Some(ask) = reader.todo.pop() else { return Ok(None) };
                reader.answer(ask).await?;
            }
        })
    }

    async fn answer(&mut self, ask: Ask) -> Result<()> {
        match ask {
            Ask::Whole(scope) => self.whole(scope).await,
            Ask::Page(scope, after) => self.next_page(scope, after).await,
        }
    }

    async fn whole(&mut self, scope: Scope) -> Result<()> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.page);
        let named = match self.ask(&scope, wanted, None).await {
            Err(error) if is_too_many(&error) => None,
            answer => Some(answer?).filter(|named| named.len() < self.page),
        };
        match named {
            Some(named) => self.ready = named.into_iter().map(|(_, object)| object).collect(),
            None => self.split(scope).await?,
        }
        Ok(())
    }

    /// Puts the parts of a scope in its place.
    async fn split(&mut self, scope: Scope) -> Result<()> {
        self.is_split = true;
        let parts: Vec<Scope> = match scope {
            Scope::Account => {
                let databases = all_names(&self.pool, Kind::Databases, Scope::Account, self.page).await?;
                databases
                    .iter()
                    .map(|name| Ok(Scope::Database(names::exact(name)?)))
                    .collect::<Result<_>>()?
            }
            Scope::Database(database) => {
                let scope = Scope::Database(database.clone());
                let schemas = all_names(&self.pool, Kind::Schemas, scope, self.page).await?;
                let part = |name: &String| Ok(Scope::Schema(database.clone(), names::exact(name)?));
                schemas.iter().map(part).collect::<Result<_>>()?
            }
            Scope::Schema(..) => return self.incomplete(&scope),
        };
        let parts: Vec<Ask> = parts.into_iter().rev().map(|part| self.first(part)).collect();
        self.todo.extend(parts);
        Ok(())
    }

    async fn next_page(&mut self, scope: Scope, after: Option<String>) -> Result<()> {
        let wanted = usize::try_from(self.left).unwrap_or(usize::MAX).min(self.page);
        let mut named = self.ask(&scope, wanted, after.as_deref()).await?;
        let is_full = named.len() >= wanted;
        let last = named.last().map(|(name, _)| name.clone());
        let mut behind = named.iter().map(|(name, _)| Some(name)).skip_while(|name| *name == after.as_ref());
        if after.is_some() && behind.any(|name| name == after.as_ref()) {
            return self.incomplete(&scope);
        }
        // Whether the page begins with the name that it is to follow is up to the service.
        named.retain(|(name, _)| Some(name) != after.as_ref());
        if is_full && u64::try_from(named.len()).unwrap_or(u64::MAX) < self.left {
            if last == after {
                return self.incomplete(&scope);
            }
            // A temporary table may share the name of another; then the page must not end between the two.
            let whole = named.iter().rposition(|(name, _)| Some(name) != last.as_ref());
            let next = match whole.and_then(|at| named.get(at)) {
                Some((name, _)) => {
                    let next = name.clone();
                    named.truncate(whole.map_or(0, |at| at + 1));
                    Some(next)
                }
                None => last,
            };
            self.todo.push(Ask::Page(scope, next));
        }
        self.ready = named.into_iter().map(|(_, object)| object).collect();
        Ok(())
    }

    /// The objects of one answer with their names.
    async fn ask(&mut self, scope: &Scope, limit: usize, after: Option<&str>) -> Result<Vec<(String, T)>> {
        let sql = self.kind.sql(scope, &self.options, limit, after);
        let answer = match self.pool.execute(sql).await {
            // What was listed a moment ago may be gone by now.
            Err(error) if self.is_split && is_gone(&error) => return Ok(Vec::new()),
            answer => answer?,
        };
        let mut named = Vec::with_capacity(answer.rows.len());
        for row in &answer.rows {
            let row = AnswerRow::new(&row, self.kind.statement());
            named.push((row.text("name")?, (self.read)(&row)?));
        }
        if !self.kind.has_pages() && named.len() < self.page {
            let start = self.options.starts_with.as_deref().unwrap_or_default();
            named.retain(|(name, _)| name.starts_with(start));
        }
        Ok(named)
    }
}

impl<T> Reader<T> {
    fn incomplete(&self, scope: &Scope) -> Result<()> {
        let (statement, scope) = (self.kind.statement(), scope.to_string());
        IncompleteSnafu { statement, scope, most: self.page }.fail()?
    }
}

async fn all_names(pool: &Pool, kind: Kind, scope: Scope, page: usize) -> Result<Vec<String>> {
    let read: Read<String> = |row| row.text("name");
    Listing::with_pages(pool, kind, scope, ListOptions::default(), read, page).collect().await
}

fn is_gone(error: &snowflake_query::Error) -> bool {
    error.code() == Some(&ServerCode::OBJECT_DOES_NOT_EXIST)
}

/// Whether a SHOW failed because its answer would have more rows than an answer may have.
///
/// The service's sentence is known and its code is not.
pub(super) fn is_too_many(error: &Error) -> bool {
    error.query().is_some_and(|error| error.to_string().contains("exceeded the max number of rows"))
}
