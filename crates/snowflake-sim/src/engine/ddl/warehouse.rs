//! Warehouses.

use datafusion::sql::sqlparser::tokenizer::Token;
use snowflake_proto::StatementType;

use super::super::access::Object;
use super::super::answer::status;
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Options};
use super::super::warehouse::{Actor, Settings};
use super::super::{Outcome, SqlError};
use super::Head;

const DONE: &str = "Statement executed successfully.";
/// What may follow ALTER WAREHOUSE in place of a name.
const ACTIONS: [&str; 4] = ["SUSPEND", "RESUME", "SET", "ABORT"];

/// `CREATE [OR REPLACE] WAREHOUSE [IF NOT EXISTS] name [[WITH] properties]`.
pub(super) fn create(run: &Run, cursor: &mut Cursor<'_>, head: Head) -> Result<Outcome, SqlError> {
    let name = cursor.identifier()?;
    cursor.word("WITH");
    let options = Options::read(cursor)?;
    cursor.end()?;
    let settings = Settings::default().with(&options)?;
    let suspended = options.boolean("INITIALLY_SUSPENDED")?.unwrap_or(false);
    let actor = run.actor();
    if !run.engine().fleet().create(&name, settings, suspended, head.or_replace, &actor) {
        if head.if_not_exists {
            return status(format!("{name} already exists, statement succeeded."), StatementType::DDL);
        }
        return Err(SqlError::exists(&name));
    }
    run.session.state().context.warehouse = Some(name.clone());
    status(format!("Warehouse {name} successfully created."), StatementType::DDL)
}

pub(super) fn drop(run: &Run, name: &Name) -> bool {
    let [name] = name.as_slice() else { return false };
    let dropped = run.engine().fleet().drop(name, &run.actor());
    let mut state = run.session.state();
    if dropped && state.context.warehouse.as_ref() == Some(name) {
        state.context.warehouse = None;
    }
    dropped
}

/// `ALTER WAREHOUSE [IF EXISTS] [name] SUSPEND | RESUME [IF SUSPENDED] | ABORT ALL QUERIES | SET … | UNSET … |
/// RENAME TO name`.
pub(super) fn alter(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    let name = if is_action(cursor) {
        run.context.warehouse.clone().ok_or_else(SqlError::no_warehouse)?
    } else {
        cursor.identifier()?
    };
    let object = Object::warehouse(&name);
    if !run.engine().fleet().contains(&name) {
        return if if_exists {
            status(DONE, StatementType::DDL)
        } else {
            Err(SqlError::missing("Warehouse", &name))
        };
    }
    let operates = ["SUSPEND", "RESUME", "ABORT"].iter().any(|word| cursor.sees(word));
    let privilege = match operates {
        true => "OPERATE",
        false if cursor.sees("RENAME") => "OWNERSHIP",
        false => "MODIFY",
    };
    run.demand(privilege, &object)?;
    act(run, cursor, &name)?;
    status(DONE, StatementType::DDL)
}

/// Whether an action comes next rather than a warehouse of that name.
fn is_action(cursor: &Cursor<'_>) -> bool {
    let mut ahead = cursor.clone();
    if !ACTIONS.iter().any(|word| ahead.word(word)) {
        return false;
    }
    // `SUSPEND SUSPEND` suspends the warehouse SUSPEND.
    !["SUSPEND", "RESUME", "SET", "UNSET", "RENAME", "ABORT"].iter().any(|word| ahead.sees(word))
}

fn act(run: &Run, cursor: &mut Cursor<'_>, name: &str) -> Result<(), SqlError> {
    let (fleet, actor) = (run.engine().fleet(), run.actor());
    if cursor.word("SUSPEND") {
        cursor.end()?;
        fleet.suspend(name, &actor)
    } else if cursor.word("RESUME") {
        let if_suspended = cursor.words(&["IF", "SUSPENDED"]);
        cursor.end()?;
        fleet.resume(name, if_suspended, &actor)
    } else if cursor.words(&["ABORT", "ALL", "QUERIES"]) {
        cursor.end()?;
        fleet.abort_all(name)
    } else if cursor.word("SET") {
        set(run, cursor, name, &actor)
    } else if cursor.word("UNSET") {
        unset(run, cursor, name, &actor)
    } else if cursor.words(&["RENAME", "TO"]) {
        let new = cursor.identifier()?;
        cursor.end()?;
        rename(run, name, &new, &actor)
    } else {
        Err(cursor.unexpected())
    }
}

fn set(run: &Run, cursor: &mut Cursor<'_>, name: &str, actor: &Actor) -> Result<(), SqlError> {
    if cursor.sees("TAG") {
        return Err(SqlError::not_simulated("tags"));
    }
    let options = Options::read(cursor)?;
    cursor.end()?;
    if options.is_empty() {
        return Err(cursor.unexpected());
    }
    run.engine().fleet().change(name, actor, |settings| settings.with(&options))
}

fn unset(run: &Run, cursor: &mut Cursor<'_>, name: &str, actor: &Actor) -> Result<(), SqlError> {
    if cursor.sees("TAG") {
        return Err(SqlError::not_simulated("tags"));
    }
    let mut properties = vec![cursor.identifier()?];
    while cursor.token(&Token::Comma) {
        properties.push(cursor.identifier()?);
    }
    cursor.end()?;
    run.engine().fleet().change(name, actor, |mut settings| {
        properties.iter().try_for_each(|property| settings.unset(property))?;
        Ok(settings)
    })
}

fn rename(run: &Run, name: &str, new: &str, actor: &Actor) -> Result<(), SqlError> {
    run.engine().fleet().rename(name, new, actor)?;
    run.engine().access_mut().rename(&Object::warehouse(name), &Object::warehouse(new));
    let mut state = run.session.state();
    if state.context.warehouse.as_deref() == Some(name) {
        state.context.warehouse = Some(new.to_owned());
    }
    Ok(())
}
