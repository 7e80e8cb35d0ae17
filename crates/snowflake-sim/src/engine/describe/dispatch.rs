//! Which kind of object a statement describes.

use super::super::run::Run;
use super::super::syntax::{Cursor, Tokens};
use super::super::{Outcome, SqlError, show, task};
use super::{contents, relation, staging};

/// The kinds that are named before the object.
const KINDS: [&str; 15] = [
    "TABLE",
    "VIEW",
    "STAGE",
    "FILE",
    "SCHEMA",
    "DATABASE",
    "WAREHOUSE",
    "SEQUENCE",
    "RESULT",
    "USER",
    "FUNCTION",
    "PROCEDURE",
    "PIPE",
    "STREAM",
    "TASK",
];

/// Runs DESCRIBE. Without a kind it describes a table or view.
///
/// # Errors
/// `002003` when the object is missing, `0A000` for kinds that are not simulated.
pub(in super::super) async fn execute(run: &Run, tokens: &Tokens) -> Result<Outcome, SqlError> {
    let mut cursor = Cursor::new(tokens);
    let _ = cursor.word("DESC") || cursor.word("DESCRIBE");
    let kind = KINDS.into_iter().find(|kind| {
        let mut ahead = cursor.clone();
        ahead.word(kind) && !ahead.is_done()
    });
    if let Some(kind) = kind {
        cursor.expect_word(kind)?;
    }
    match kind {
        None | Some("TABLE") => relation::describe(run, &mut cursor, "Table"),
        Some("VIEW") => relation::describe(run, &mut cursor, "View"),
        Some("RESULT") => relation::result(run, &mut cursor),
        Some("STAGE") => staging::stage(run, &mut cursor),
        Some("FILE") => staging::file_format(run, &mut cursor),
        Some("DATABASE") => contents::database(run, &mut cursor),
        Some("SCHEMA") => contents::schema(run, &mut cursor),
        Some("WAREHOUSE") => {
            let name = cursor.identifier()?;
            cursor.end()?;
            show::describe_warehouse(run, &name)
        }
        Some("TASK") => task::describe(run, &mut cursor),
        Some("SEQUENCE") => Err(SqlError::missing("Sequence", &cursor.name()?.join("."))),
        Some(kind) => Err(SqlError::not_simulated(format!("DESCRIBE {kind}"))),
    }
}
