//! Warehouses: names with settings; every statement runs without one.

use snowflake_proto::StatementType;

use super::super::answer::status;
use super::super::catalog::Warehouse;
use super::super::run::Run;
use super::super::syntax::{Cursor, Name, Options};
use super::super::{Outcome, SqlError};
use super::Head;

const SIZES: [&str; 10] = [
    "X-Small", "Small", "Medium", "Large", "X-Large", "2X-Large", "3X-Large", "4X-Large", "5X-Large",
    "6X-Large",
];

pub(super) fn create(run: &Run, cursor: &mut Cursor<'_>, head: Head) -> Result<Outcome, SqlError> {
    let name = cursor.identifier()?;
    cursor.word("WITH");
    let options = Options::read(cursor)?;
    cursor.end()?;
    let mut catalog = run.engine().catalog_mut();
    if catalog.warehouses.contains_key(&name) && !head.or_replace {
        std::mem::drop(catalog);
        if head.if_not_exists {
            return status(format!("{name} already exists, statement succeeded."), StatementType::DDL);
        }
        return Err(SqlError::exists(&name));
    }
    let mut warehouse = Warehouse::new(run.env.now);
    apply(&mut warehouse, &options)?;
    warehouse.suspended = options.boolean("INITIALLY_SUSPENDED")?.unwrap_or(false);
    catalog.warehouses.insert(name.clone(), warehouse);
    run.session.state().context.warehouse = Some(name.clone());
    std::mem::drop(catalog);
    status(format!("Warehouse {name} successfully created."), StatementType::DDL)
}

/// Takes over the settings that SHOW WAREHOUSES shows.
fn apply(warehouse: &mut Warehouse, options: &Options) -> Result<(), SqlError> {
    if let Some(size) = options.text("WAREHOUSE_SIZE") {
        let plain = |text: &str| {
            let text = text.to_ascii_uppercase().replace(['-', '_'], "");
            text.replace("XXXLARGE", "3XLARGE").replace("XXLARGE", "2XLARGE")
        };
        let found = SIZES.into_iter().find(|known| plain(known) == plain(size));
        let found = found.ok_or_else(|| {
            SqlError::new(
                "001008",
                "22023",
                format!("SQL compilation error:\ninvalid value [{size}] for parameter 'WAREHOUSE_SIZE'"),
            )
        })?;
        found.clone_into(&mut warehouse.size);
    }
    if let Some(seconds) = options.number("AUTO_SUSPEND")? {
        warehouse.auto_suspend = seconds;
    }
    if let Some(resume) = options.boolean("AUTO_RESUME")? {
        warehouse.auto_resume = resume;
    }
    if let Some(comment) = options.text("COMMENT") {
        comment.clone_into(&mut warehouse.comment);
    }
    Ok(())
}

pub(super) fn drop(run: &Run, name: &Name) -> bool {
    let [name] = name.as_slice() else { return false };
    let mut catalog = run.engine().catalog_mut();
    let dropped = catalog.warehouses.remove(name).is_some();
    let mut state = run.session.state();
    if dropped && state.context.warehouse.as_ref() == Some(name) {
        state.context.warehouse = None;
    }
    dropped
}

/// `ALTER WAREHOUSE [IF EXISTS] name SUSPEND | RESUME [IF SUSPENDED] | SET … | RENAME TO name`.
pub(super) fn alter(run: &Run, cursor: &mut Cursor<'_>) -> Result<Outcome, SqlError> {
    let if_exists = cursor.words(&["IF", "EXISTS"]);
    let known = ["SUSPEND", "RESUME", "SET", "RENAME", "ABORT", "UNSET"];
    let name = if known.iter().any(|word| cursor.sees(word)) {
        run.context.warehouse.clone().ok_or_else(|| SqlError::missing("Warehouse", ""))?
    } else {
        cursor.identifier()?
    };
    let mut catalog = run.engine().catalog_mut();
    let Some(warehouse) = catalog.warehouses.get_mut(&name) else {
        std::mem::drop(catalog);
        if if_exists {
            return status("Statement executed successfully.", StatementType::DDL);
        }
        return Err(SqlError::missing("Warehouse", &name));
    };
    if cursor.word("SUSPEND") {
        if warehouse.suspended {
            return Err(state_error(&name, "suspended"));
        }
        warehouse.suspended = true;
    } else if cursor.word("RESUME") {
        let quietly = cursor.words(&["IF", "SUSPENDED"]);
        if !warehouse.suspended && !quietly {
            return Err(state_error(&name, "resumed"));
        }
        warehouse.suspended = false;
    } else if cursor.word("SET") {
        let options = Options::read(cursor)?;
        apply(warehouse, &options)?;
    } else if cursor.words(&["RENAME", "TO"]) {
        let new = cursor.identifier()?;
        if catalog.warehouses.contains_key(&new) {
            return Err(SqlError::exists(&new));
        }
        if let Some(warehouse) = catalog.warehouses.remove(&name) {
            catalog.warehouses.insert(new, warehouse);
        }
    } else {
        return Err(SqlError::not_simulated("that ALTER WAREHOUSE"));
    }
    cursor.end()?;
    std::mem::drop(catalog);
    status("Statement executed successfully.", StatementType::DDL)
}

fn state_error(name: &str, wanted: &str) -> SqlError {
    SqlError::new("090064", "22000", format!("Invalid state. Warehouse '{name}' cannot be {wanted}."))
}
