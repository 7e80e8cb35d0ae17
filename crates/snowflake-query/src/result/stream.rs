//! A result as streams: of batches, of rows, of structs.

use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use futures::{Stream, StreamExt};
use serde::de::DeserializeOwned;
use snowflake_proto::{Column, ResultSchema};
use snowflake_transport::Entropy;

use super::batch::Batch;
use super::budget::{Grant, MemoryBudget};
use super::columns::Columns;
use super::deserialize::Plan;
use super::fetch::Parts;
use super::options::PrefetchOptions;
use super::prefetch::{Order, Prefetch};
use super::row::Row;
use super::rows::Rows;
use crate::error::Error;

/// The batches of a result in order, fetched ahead of their reader within limits.
///
/// Every batch has the schema that [`BatchStream::schema`] tells, and at least one row. Fetching begins
/// with the first poll. After an error the stream ends.
///
/// # Cancellation
/// Dropping the stream stops all downloads at once. Futures of [`BatchStream::next`] may be dropped freely.
pub struct BatchStream {
    schema: ResultSchema,
    columns: Arc<Columns>,
    rows: u64,
    bytes_read: u64,
    entropy: Arc<dyn Entropy>,
    ready: VecDeque<RecordBatch>,
    /// The bytes of the part that `ready` is the rest of.
    grant: Option<Grant>,
    source: Source,
}

enum Source {
    /// Nothing was asked for yet.
    Idle {
        parts: Arc<Parts>,
        orders: Vec<Order>,
        budget: MemoryBudget,
        options: PrefetchOptions,
    },
    Fetching(Prefetch),
    Ended,
}

impl BatchStream {
    #[expect(clippy::too_many_arguments, reason = "the one caller takes a result apart")]
    pub(super) fn new(
        schema: ResultSchema,
        columns: Arc<Columns>,
        rows: u64,
        ready: VecDeque<RecordBatch>,
        parts: Arc<Parts>,
        orders: Vec<Order>,
        budget: MemoryBudget,
        options: PrefetchOptions,
    ) -> Self {
        let entropy = parts.entropy();
        let source =
            if orders.is_empty() { Source::Ended } else { Source::Idle { parts, orders, budget, options } };
        Self { schema, columns, rows, bytes_read: 0, entropy, ready, grant: None, source }
    }

    /// A stream over rows that are in memory already.
    pub(crate) fn from_rows(rows: &Rows) -> Self {
        Self {
            schema: rows.result_schema().clone(),
            columns: Arc::new(Columns::new(rows.columns().to_vec())),
            rows: rows.len() as u64,
            bytes_read: 0,
            entropy: rows.entropy(),
            ready: rows.batches().iter().cloned().collect(),
            grant: None,
            source: Source::Ended,
        }
    }

    /// The next batch; `None` at the end.
    ///
    /// # Errors
    /// `Network` when a part cannot be fetched, `Incomplete` when it is not what was announced.
    pub async fn next(&mut self) -> Option<Result<RecordBatch, Error>> {
        StreamExt::next(self).await
    }

    /// The columns in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        self.columns.as_slice()
    }

    /// The Arrow schema of every batch.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        self.schema.arrow()
    }

    /// How many rows the whole result has.
    #[must_use]
    pub fn total_rows(&self) -> u64 {
        self.rows
    }

    /// How many bytes the separately fetched parts had so far, after inflating.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// The same result row by row.
    #[must_use]
    pub fn into_rows(self) -> RowStream {
        RowStream { batches: self, current: None, index: 0 }
    }

    /// Reads everything that is left into memory.
    ///
    /// # Errors
    /// As [`BatchStream::next`].
    pub async fn collect(mut self) -> Result<Rows, Error> {
        let mut batches = Vec::new();
        while let Some(batch) = self.next().await {
            batches.push(batch?);
        }
        Ok(Rows::new(self.schema, self.columns, batches, self.entropy)?)
    }

    pub(crate) fn entropy(&self) -> Arc<dyn Entropy> {
        Arc::clone(&self.entropy)
    }

    fn poll_batch(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<RecordBatch, Error>>> {
        self.start()?;
        loop {
            if let Some(batch) = self.ready.pop_front() {
                if self.ready.is_empty() {
                    self.grant = None;
                }
                return Poll::Ready(Some(Ok(batch)));
            }
            let Source::Fetching(prefetch) = &mut self.source else { return Poll::Ready(None) };
            match ready!(prefetch.poll_next(context)) {
                Some(Ok(fetched)) => {
                    self.bytes_read += fetched.part.inflated;
                    self.ready = fetched.part.batches.into();
                    self.ready.retain(|batch| batch.num_rows() > 0);
                    self.grant = Some(fetched.grant);
                }
                Some(Err(error)) => {
                    self.source = Source::Ended;
                    return Poll::Ready(Some(Err(error)));
                }
                None => self.source = Source::Ended,
            }
        }
    }

    /// Starts fetching, so that the parts arrive while the inline rows are read.
    fn start(&mut self) -> Result<(), Error> {
        if matches!(self.source, Source::Idle { .. })
            && let Source::Idle { parts, orders, budget, options } =
                std::mem::replace(&mut self.source, Source::Ended)
        {
            self.source = Source::Fetching(Prefetch::start(parts, orders, budget, options)?);
        }
        Ok(())
    }
}

impl Stream for BatchStream {
    type Item = Result<RecordBatch, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_batch(context)
    }
}

impl fmt::Debug for BatchStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchStream")
            .field("columns", &self.columns())
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

/// The rows of a result in order, fetched ahead of their reader within limits.
///
/// Read it with [`RowStream::next`], or as a [`Stream`].
///
/// # Cancellation
/// As [`BatchStream`].
#[derive(Debug)]
pub struct RowStream {
    batches: BatchStream,
    current: Option<Arc<Batch>>,
    index: usize,
}

impl RowStream {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// As [`BatchStream::next`].
    pub async fn next(&mut self) -> Option<Result<Row, Error>> {
        StreamExt::next(self).await
    }

    /// The columns in order.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        self.batches.columns()
    }

    /// How many rows the whole result has.
    #[must_use]
    pub fn total_rows(&self) -> u64 {
        self.batches.total_rows()
    }

    /// How many bytes the separately fetched parts had so far, after inflating.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.batches.bytes_read()
    }

    /// The rows as futures that are ready at once, for adapters that run futures side by side, such as
    /// `buffer_unordered`.
    pub fn into_stream(self) -> impl Stream<Item = RowFuture> + Send + Unpin {
        self.map(|row| RowFuture { row: Some(row) })
    }

    /// Every row as a struct, a tuple or a map, by way of serde, as
    /// [`Rows::deserialize`](super::Rows::deserialize) does.
    #[must_use]
    pub fn deserialize<T: DeserializeOwned>(self) -> TypedRows<T> {
        TypedRows { rows: self, plan: Plan::default(), ended: false, kind: PhantomData }
    }

    /// The batch and the place in it of the next row.
    fn poll_place(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Place<'_>, Error>>> {
        while self.current.as_ref().is_none_or(|batch| self.index >= batch.len()) {
            let next = match ready!(self.batches.poll_batch(context)) {
                Some(Ok(batch)) => Batch::new(&self.batches.columns, &batch).map_err(Error::from),
                Some(Err(error)) => Err(error),
                None => return Poll::Ready(None),
            };
            self.index = 0;
            match next {
                Ok(batch) => self.current = Some(Arc::new(batch)),
                Err(error) => {
                    self.current = None;
                    self.batches.source = Source::Ended;
                    self.batches.ready.clear();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
        let index = self.index;
        self.index += 1;
        Poll::Ready(self.current.as_ref().map(|batch| Ok((batch, index))))
    }
}

/// A row that is not made yet.
type Place<'a> = (&'a Arc<Batch>, usize);

impl Stream for RowStream {
    type Item = Result<Row, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let place = ready!(self.get_mut().poll_place(context));
        Poll::Ready(place.map(|place| place.map(|(batch, index)| Row::new(Arc::clone(batch), index))))
    }
}

/// A row of [`RowStream::into_stream`]: a future that is ready at once.
#[derive(Debug)]
pub struct RowFuture {
    row: Option<Result<Row, Error>>,
}

impl RowFuture {
    /// Applies a function to the row, unless it could not be had.
    pub fn map<T>(self, transform: impl FnOnce(Row) -> T) -> std::future::Ready<Result<T, Error>> {
        let row = self.row.unwrap_or_else(|| Err(polled_again()));
        std::future::ready(row.map(transform))
    }
}

impl Future for RowFuture {
    type Output = Result<Row, Error>;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(self.row.take().unwrap_or_else(|| Err(polled_again())))
    }
}

fn polled_again() -> Error {
    Error::configuration("the row was taken from this future before")
}

/// The rows of a result as structs, tuples or maps. After an error the stream ends.
pub struct TypedRows<T> {
    rows: RowStream,
    plan: Plan,
    ended: bool,
    kind: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> TypedRows<T> {
    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// As [`BatchStream::next`] and [`Rows::deserialize`](super::Rows::deserialize).
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        StreamExt::next(self).await
    }

    /// How many bytes the separately fetched parts had so far, after inflating.
    #[must_use]
    pub fn bytes_read(&self) -> u64 {
        self.rows.bytes_read()
    }
}

impl<T: DeserializeOwned> Stream for TypedRows<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let value = match ready!(this.rows.poll_place(context)) {
            Some(Ok((batch, index))) => this.plan.read(batch, index).map_err(Error::from),
            Some(Err(error)) => Err(error),
            None => return Poll::Ready(None),
        };
        this.ended = value.is_err();
        Poll::Ready(Some(value))
    }
}

impl<T> fmt::Debug for TypedRows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedRows").field("rows", &self.rows).finish_non_exhaustive()
    }
}
