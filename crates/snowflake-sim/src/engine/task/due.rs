//! What has come due, and where the tasks of an account are kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use time::OffsetDateTime;

use super::super::catalog::ObjectPath;
use super::super::{Engine, SqlError};
use super::definition::Task;
use super::graph;

/// Runs of one task that are made up for at once. Older ones are left out, as the service leaves out what
/// was due while a run still went on.
const MOST_AT_ONCE: usize = 1_000;

/// When something is due next.
#[derive(Debug, Default)]
pub(in super::super) struct Timetable {
    /// No task is due before this; none when no task is scheduled.
    next: Mutex<Option<OffsetDateTime>>,
    /// Held while what was due runs.
    running: tokio::sync::Mutex<()>,
}

impl Timetable {
    fn next(&self) -> MutexGuard<'_, Option<OffsetDateTime>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Engine {
    /// Runs what has come due by the clock, each task once for each time that it was due, in their order.
    /// Returns at once while another statement does so.
    pub(crate) async fn run_due_tasks(&self) {
        let now = self.options().clock.wall();
        let is_due = self.timetable().next().is_some_and(|next| next <= now);
        if !is_due {
            return;
        }
        let Ok(_running) = self.timetable().running.try_lock() else { return };
        let mut runs = 0;
        while let Some((path, task, due)) = self.earliest().filter(|(.., due)| *due <= now) {
            runs += 1;
            // Told before it runs: a run that is given up does not begin again.
            let after = if runs < MOST_AT_ONCE { due } else { now };
            self.change_task(&path, |task| task.schedule_from(after));
            graph::run(self, path, task, due, "SCHEDULE").await;
        }
        let next = self.earliest().map(|(.., due)| due);
        *self.timetable().next() = next;
    }

    /// The task that is due first, and when.
    fn earliest(&self) -> Option<(ObjectPath, Arc<Task>, OffsetDateTime)> {
        let due = self.tasks().into_iter().filter_map(|(path, task)| {
            let next = task.next?;
            Some((path, task, next))
        });
        due.min_by_key(|(.., next)| *next)
    }

    /// All tasks, by name.
    pub(super) fn tasks(&self) -> Vec<(ObjectPath, Arc<Task>)> {
        let catalog = self.catalog();
        let schemas = catalog.databases.iter().flat_map(|(database, content)| {
            content.schemas.iter().map(move |(schema, content)| (database, schema, content))
        });
        let tasks = schemas.flat_map(|(database, schema, content)| {
            content.tasks.iter().map(move |(name, task)| {
                let path =
                    ObjectPath { database: database.clone(), schema: schema.clone(), name: name.clone() };
                (path, Arc::clone(task))
            })
        });
        tasks.collect()
    }

    /// The task of that name.
    pub(super) fn task(&self, path: &ObjectPath) -> Option<Arc<Task>> {
        let catalog = self.catalog();
        catalog.schema(&path.database, &path.schema).ok()?.tasks.get(&path.name).map(Arc::clone)
    }

    /// Keeps a task under a name.
    ///
    /// # Errors
    /// `002003` when the schema is missing.
    pub(in super::super) fn put_task(&self, path: &ObjectPath, task: Task) -> Result<(), SqlError> {
        let due = task.next;
        self.catalog_mut()
            .schema_mut(&path.database, &path.schema)?
            .tasks
            .insert(path.name.clone(), Arc::new(task));
        let mut next = self.timetable().next();
        *next = match (*next, due) {
            (Some(next), Some(due)) => Some(next.min(due)),
            (next, due) => next.or(due),
        };
        Ok(())
    }

    /// Changes a task that may have been dropped meanwhile.
    fn change_task(&self, path: &ObjectPath, change: impl FnOnce(&mut Task)) {
        let mut catalog = self.catalog_mut();
        let Ok(schema) = catalog.schema_mut(&path.database, &path.schema) else { return };
        if let Some(task) = schema.tasks.get_mut(&path.name) {
            change(Arc::make_mut(task));
        }
    }

    /// Counts failures in a row, and suspends a task that has had too many.
    pub(super) fn count_outcome(&self, path: &ObjectPath, succeeded: bool) {
        let now = self.now();
        self.change_task(path, |task| {
            task.failures = if succeeded { 0 } else { task.failures + 1 };
            if task.most_failures > 0 && task.failures >= task.most_failures {
                task.suspend(now, "SUSPENDED_DUE_TO_ERRORS");
            }
        });
    }
}
