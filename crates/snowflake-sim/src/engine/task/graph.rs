//! A task and those that run after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures::future::BoxFuture;
use time::OffsetDateTime;

use super::super::Engine;
use super::super::catalog::ObjectPath;
use super::definition::Task;
use super::run::once;

/// Runs a task and then, one by one, every started task whose predecessors have all succeeded.
pub(super) fn run<'a>(
    engine: &'a Engine,
    path: ObjectPath,
    task: Arc<Task>,
    scheduled: OffsetDateTime,
    from: &'static str,
) -> BoxFuture<'a, ()> {
    Box::pin(async move {
        let mut tried = BTreeSet::from([path.clone()]);
        let mut succeeded = BTreeSet::new();
        let mut next = Some((path, task));
        while let Some((path, task)) = next {
            if once(engine, &path, &task, scheduled, from).await {
                succeeded.insert(path);
            }
            next = engine.tasks().into_iter().find(|(path, task)| {
                let is_ready = !task.predecessors.is_empty()
                    && task.predecessors.iter().all(|before| succeeded.contains(before));
                task.is_started && is_ready && !tried.contains(path)
            });
            tried.extend(next.iter().map(|(path, _)| path.clone()));
        }
    })
}
