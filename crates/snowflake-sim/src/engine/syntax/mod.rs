//! Reading statements: tokens, a cursor over them for commands, and the parser for the rest.

mod binds;
mod cursor;
mod lexer;
mod options;
mod parse;
mod sources;
mod titles;

pub(super) use binds::{BindValue, bind_type, bind_value, read_bind, read_bind_for};
pub(super) use cursor::{Cursor, Name};
pub(super) use lexer::{Tokens, lex, opens_path, split_tokens};
pub(super) use options::{OptionValue, Options};
pub(super) use parse::{parse_query, parse_statement};
pub(super) use sources::{Source, replace_sources};
pub(super) use titles::select_titles;
