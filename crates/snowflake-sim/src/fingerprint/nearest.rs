//! The statement that comes closest to one that is missing.

use snowflake_proto::sql::{Literals, normalize};

use super::distance::distance;
use super::{Difference, Statement};

/// A statement near to the one that was wanted.
#[derive(Clone, Debug)]
pub struct Nearest<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// What differs.
    pub difference: Difference,
}

/// The recorded statement that differs least from the one that was wanted, the first of several.
///
/// A token of the text counts twice as much as a bind or a name of the context. Only the first 128 tokens
/// of a text are weighed, so that a comparison costs little whatever the size of the statements.
///
/// ```
/// use snowflake_sim::{Statement, StatementContext, nearest};
///
/// let statement = |sql: &str| Statement {
///     sql: sql.to_owned(),
///     binds: serde_json::Value::Null,
///     context: StatementContext::default(),
///     describe_only: false,
/// };
/// let recorded = [statement("select 1"), statement("select amount from orders")];
/// let found = nearest(&statement("select amount from order"), &recorded).unwrap();
/// assert_eq!(found.statement, &recorded[1]);
/// assert_eq!(found.difference.to_string(), "token 4 of the text is `ORDER`, recorded is `ORDERS`");
/// ```
pub fn nearest<'a>(
    wanted: &Statement,
    recorded: impl IntoIterator<Item = &'a Statement>,
) -> Option<Nearest<'a>> {
    let wanted_text = normalize(&wanted.sql, Literals::Keep);
    let mut best = None;
    let mut least = usize::MAX;
    for statement in recorded {
        let text = normalize(&statement.sql, Literals::Keep);
        if let Some(distance) = distance((wanted, &wanted_text), (statement, &text), least) {
            best = Some((statement, text));
            least = distance;
        }
        if least == 0 {
            break;
        }
    }
    let (statement, text) = best?;
    let difference = Difference::between((wanted, &wanted_text), (statement, &text));
    Some(Nearest { statement, difference })
}
