//! Which recorded answer is due.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Value, json};
use snowflake_transport::{Delivery, Error, ErrorKind};

use super::FILE;
use super::folders::Folders;
use super::missing::NotRecorded;
use super::options::Repeat;
use super::served::Served;
use super::unused::Unused;
use crate::fingerprint::{Fingerprint, Statement};
use crate::recording::{Answer, Contents, Execution, Kept, shortened};

/// The code of a statement that was stopped.
const CANCELLED: &str = "000604";

/// A recording with the places up to which it was played.
#[derive(Debug)]
pub(crate) struct Player {
    contents: Arc<Contents>,
    repeat: Repeat,
    by_fingerprint: HashMap<Fingerprint, usize>,
    by_query: HashMap<String, Place>,
    /// The parts by the addresses that the answers have for them.
    parts: HashMap<String, (Place, usize)>,
    by_request: HashMap<String, Place>,
    /// The next execution of each statement.
    next: Vec<usize>,
    courses: HashMap<Place, Course>,
    transfers: HashMap<usize, usize>,
    folders: Folders,
}

/// Where an execution stands in the recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Place {
    Statement { entry: usize, execution: usize },
    Result(usize),
}

/// How far the client has come with one execution.
#[derive(Debug, Default)]
struct Course {
    polled: usize,
    monitored: usize,
    is_aborted: bool,
}

impl Player {
    pub(crate) fn new(contents: Contents, repeat: Repeat) -> Self {
        let mut player = Self {
            repeat,
            by_fingerprint: HashMap::new(),
            by_query: HashMap::new(),
            parts: HashMap::new(),
            by_request: HashMap::new(),
            next: vec![0; contents.entries.len()],
            courses: HashMap::new(),
            transfers: HashMap::new(),
            folders: Folders::default(),
            contents: Arc::new(contents),
        };
        let contents = Arc::clone(&player.contents);
        for (entry, found) in contents.entries.iter().enumerate() {
            player.by_fingerprint.entry(found.fingerprint.clone()).or_insert(entry);
            for (number, execution) in found.executions.iter().enumerate() {
                player.index(Place::Statement { entry, execution: number }, execution);
            }
        }
        for (number, execution) in contents.results.iter().enumerate() {
            player.index(Place::Result(number), execution);
        }
        player
    }

    fn index(&mut self, place: Place, execution: &Execution) {
        if let Some(id) = &execution.query_id {
            self.by_query.entry(id.clone()).or_insert(place);
        }
        let chunks = execution.data().and_then(|data| data.get("chunks")).and_then(Value::as_array);
        for (part, chunk) in chunks.into_iter().flatten().enumerate() {
            if let Some(url) = chunk.get("url").and_then(Value::as_str) {
                self.parts.insert(url.to_owned(), (place, part));
            }
        }
    }

    pub(crate) fn contents(&self) -> &Contents {
        &self.contents
    }

    /// Whether there is an answer to this statement that was not given yet.
    pub(crate) fn has(&self, statement: &Statement) -> bool {
        let entry = self.by_fingerprint.get(&statement.fingerprint(self.contents.literals));
        entry.is_some_and(|&entry| self.due(entry).is_some())
    }

    pub(crate) fn has_query(&self, query_id: &str) -> bool {
        self.by_query.contains_key(query_id)
    }

    pub(crate) fn has_request(&self, request_id: &str) -> bool {
        self.by_request.contains_key(request_id)
    }

    /// The execution of a statement that is due.
    fn due(&self, entry: usize) -> Option<usize> {
        let recorded = self.contents.entries.get(entry)?.executions.len();
        let next = *self.next.get(entry)?;
        match self.repeat {
            _ if next < recorded => Some(next),
            Repeat::Last => recorded.checked_sub(1),
            Repeat::Never => None,
        }
    }

    /// The answer to a submission. The same request id always means the same execution.
    pub(crate) fn submit(
        &mut self,
        statement: &Statement,
        request_id: Option<String>,
    ) -> Result<Served, Error> {
        let known = request_id.as_ref().and_then(|id| self.by_request.get(id)).copied();
        let place = match known {
            Some(place) => place,
            None => self.take(statement)?,
        };
        if let Some(id) = request_id {
            self.by_request.insert(id, place);
        }
        self.courses.insert(place, Course::default());
        let contents = Arc::clone(&self.contents);
        match execution(&contents, place).and_then(|execution| execution.submitted.as_ref()) {
            Some(answer) => self.serve(&contents, answer, statement),
            None => Err(NotRecorded::unfinished(statement).into()),
        }
    }

    fn take(&mut self, statement: &Statement) -> Result<Place, NotRecorded> {
        let found = self.by_fingerprint.get(&statement.fingerprint(self.contents.literals));
        let Some(&entry) = found else {
            let recorded = self.contents.entries.iter().map(|entry| &entry.statement);
            return Err(NotRecorded::statement(statement, recorded));
        };
        let Some(execution) = self.due(entry) else {
            let times = self.next.get(entry).copied().unwrap_or_default();
            return Err(NotRecorded::used_up(statement, times));
        };
        if let Some(next) = self.next.get_mut(entry) {
            *next = execution + 1;
        }
        Ok(Place::Statement { entry, execution })
    }

    /// The answer at the address of a result.
    pub(crate) fn poll(&mut self, query_id: &str) -> Result<Served, Error> {
        let contents = Arc::clone(&self.contents);
        let found = self.by_query.get(query_id).copied();
        let Some((place, execution)) = found.and_then(|place| Some((place, execution(&contents, place)?)))
        else {
            return Err(NotRecorded::request(format!("a result of the statement {query_id}")).into());
        };
        let statement = statement(&contents, place);
        let course = self.courses.entry(place).or_default();
        let polled = course.polled;
        course.polled = polled.saturating_add(1);
        let due = execution.polls.get(polled);
        let answer = match due.or(execution.outcome()) {
            // A statement that was stopped ends when it is stopped now, and not at a certain poll.
            _ if execution.aborted && course.is_aborted => return cancelled(query_id),
            answer if execution.aborted => {
                let running = execution.steps().filter(|step| step.is_in_progress()).last();
                answer.filter(|answer| answer.is_in_progress()).or(running)
            }
            answer => answer,
        };
        match answer {
            Some(answer) => self.serve(&contents, answer, &statement),
            None => Err(NotRecorded::unfinished(&statement).into()),
        }
    }

    /// The answer about the state of a statement; the last is repeated.
    pub(crate) fn monitor(&mut self, query_id: &str) -> Result<Served, Error> {
        let contents = Arc::clone(&self.contents);
        let missing = || NotRecorded::request(format!("a state of the statement {query_id}"));
        let place = *self.by_query.get(query_id).ok_or_else(missing)?;
        let states = execution(&contents, place).map(|execution| execution.monitoring.as_slice());
        let states = states.unwrap_or_default();
        let course = self.courses.entry(place).or_default();
        let answer = states.get(course.monitored).or(states.last()).ok_or_else(missing)?;
        course.monitored = course.monitored.saturating_add(1);
        Served::answer(answer, || format!("a state of the statement {query_id}"))
    }

    pub(crate) fn abort_submission(&mut self, request_id: &str) {
        if let Some(place) = self.by_request.get(request_id) {
            self.courses.entry(*place).or_default().is_aborted = true;
        }
    }

    pub(crate) fn abort_query(&mut self, query_id: &str) {
        if let Some(place) = self.by_query.get(query_id) {
            self.courses.entry(*place).or_default().is_aborted = true;
        }
    }

    /// The part at this address; `None` when no answer has it.
    pub(crate) fn part(&self, address: &str) -> Option<Result<Served, Error>> {
        let (place, number) = *self.parts.get(address)?;
        let of = shortened(&statement(&self.contents, place).sql);
        let what = format!("part {number} of the result of `{of}`");
        let part = execution(&self.contents, place).and_then(|execution| execution.parts.get(&number));
        Some(match part {
            Some(answer) => Served::answer(answer, || what),
            None => Err(NotRecorded::request(what).into()),
        })
    }

    /// The answer of a store; the last is repeated. `None` when the request was not recorded.
    pub(crate) fn transfer(&mut self, method: &str, address: &str) -> Option<Result<Served, Error>> {
        let contents = Arc::clone(&self.contents);
        let mut all = contents.transfers.iter().enumerate();
        let (number, transfer) =
            all.find(|(_, transfer)| transfer.method == method && transfer.address == address)?;
        let given = self.transfers.entry(number).or_default();
        let answer = transfer.answers.get(*given).or(transfer.answers.last())?;
        *given = given.saturating_add(1);
        Some(Served::answer(answer, || format!("the answer to {method} of a file of a stage")))
    }

    fn serve(
        &mut self,
        contents: &Contents,
        answer: &Answer,
        statement: &Statement,
    ) -> Result<Served, Error> {
        let what = || format!("the answer to `{}`", shortened(&statement.sql));
        let Some(envelope) = answer.json() else { return Served::answer(answer, what) };
        let data = envelope.get("data").filter(|_| !answer.is_in_progress());
        let is_transfer = data.is_some_and(|data| data.get("command").is_some());
        let mut served = if is_transfer {
            let mut envelope = envelope.clone();
            self.folders
                .put_in(&mut envelope, contents)
                .map_err(|cause| Error::reported(ErrorKind::InvalidRequest, Delivery::NotSent, cause))?;
            Served::answer(&Answer { body: Kept::Json(envelope), ..answer.clone() }, what)?
        } else {
            Served::answer(answer, what)?
        };
        served.data = data.map(names);
        Ok(served)
    }

    /// What was recorded and never asked for.
    pub(crate) fn unused(&self) -> Vec<Unused> {
        let mut unused = Vec::new();
        for (entry, next) in self.contents.entries.iter().zip(&self.next) {
            unused.push(Unused {
                fingerprint: Some(entry.fingerprint.clone()),
                what: shortened(&entry.statement.sql),
                answers: entry.executions.len().saturating_sub(*next),
            });
        }
        let asked: HashSet<&Place> = self.courses.keys().collect();
        for (number, result) in self.contents.results.iter().enumerate() {
            let id = result.query_id.as_deref().unwrap_or("without an id");
            unused.push(Unused {
                fingerprint: None,
                what: format!("the result of the statement {id}"),
                answers: usize::from(!asked.contains(&Place::Result(number))),
            });
        }
        for (number, transfer) in self.contents.transfers.iter().enumerate() {
            let given = self.transfers.get(&number).copied().unwrap_or_default();
            if transfer.method != FILE {
                let path = transfer.address.split('?').next().unwrap_or_default();
                unused.push(Unused {
                    fingerprint: None,
                    what: format!("{} {path}", transfer.method),
                    answers: transfer.answers.len().saturating_sub(given),
                });
            }
        }
        unused.retain(|unused| unused.answers > 0);
        unused
    }
}

fn execution(contents: &Contents, place: Place) -> Option<&Execution> {
    match place {
        Place::Statement { entry, execution } => contents.entries.get(entry)?.executions.get(execution),
        Place::Result(number) => contents.results.get(number),
    }
}

/// The statement of an execution, or one that stands for a result that was only asked for by its id.
fn statement(contents: &Contents, place: Place) -> Statement {
    let entry = match place {
        Place::Statement { entry, .. } => contents.entries.get(entry),
        Place::Result(_) => None,
    };
    match entry {
        Some(entry) => entry.statement.clone(),
        None => Statement {
            sql: "-- a result by its id".to_owned(),
            binds: Value::Null,
            context: crate::fingerprint::StatementContext::default(),
            describe_only: false,
        },
    }
}

/// The names in force that the end of a statement tells.
fn names(data: &Value) -> Value {
    let fields = ["finalRoleName", "finalWarehouseName", "finalDatabaseName", "finalSchemaName"];
    let told = fields.into_iter().filter_map(|field| Some((field.to_owned(), data.get(field)?.clone())));
    told.collect()
}

fn cancelled(query_id: &str) -> Result<Served, Error> {
    Served::json(json!({
        "success": false, "code": CANCELLED, "message": "SQL execution canceled",
        "data": { "queryId": query_id, "errorCode": CANCELLED, "sqlState": "57014" },
    }))
}
