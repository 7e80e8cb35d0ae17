//! How far each kind of token reaches, in bytes from the start of a text.

/// Signs of more than one character, longer ones first.
const SYMBOLS: [&str; 10] = ["->>", "::", ":=", "=>", "->", "<>", "!=", "<=", ">=", "||"];

/// The start of a text whose characters all pass.
pub(super) fn while_true(text: &str, pass: impl Fn(char) -> bool) -> usize {
    text.find(|c| !pass(c)).unwrap_or(text.len())
}

/// The rest of a line, without its end.
pub(super) fn line(text: &str) -> usize {
    while_true(text, |c| c != '\n')
}

/// Up to the end of the first `close` at or behind `from`, or everything.
pub(super) fn up_to(text: &str, from: usize, close: &str) -> usize {
    let found = text.get(from..).and_then(|inner| inner.find(close));
    found.map_or(text.len(), |at| from + at + close.len())
}

/// `'…'` with doubled quotes and backslash escapes.
pub(super) fn text(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate().skip(1).peekable();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'\'' if bytes.next_if(|&(_, next)| next == b'\'').is_none() => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `"…"` with doubled quotes.
pub(super) fn quoted_name(text: &str) -> usize {
    let mut bytes = text.bytes().enumerate().skip(1).peekable();
    while let Some((at, byte)) = bytes.next() {
        if byte == b'"' && bytes.next_if(|&(_, next)| next == b'"').is_none() {
            return at + 1;
        }
    }
    text.len()
}

/// A word, digits in front included; `$$` ends it, because a text in dollars starts there.
pub(super) fn word(text: &str) -> usize {
    let end = text.char_indices().find(|&(at, c)| match c {
        '$' => text.get(at..).is_some_and(|rest| rest.starts_with("$$")) || (at == 0 && !names(text)),
        _ => !is_word(c),
    });
    end.map_or(text.len(), |(at, _)| at)
}

/// Whether a text that starts with a dollar sign goes on as a word.
fn names(text: &str) -> bool {
    text.chars().nth(1).is_some_and(|c| c != '$' && is_word(c))
}

/// Letters outside ASCII are taken for parts of words, whatever they are.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || (!c.is_ascii() && !c.is_whitespace())
}

/// Digits, a point and an exponent; 1 for a point alone and 0 for none of them.
pub(super) fn number(text: &str) -> usize {
    let digits = |from: usize| text.get(from..).map_or(0, |rest| while_true(rest, |c| c.is_ascii_digit()));
    let whole = digits(0);
    let has_point = text.get(whole..).is_some_and(|rest| rest.starts_with('.'));
    let fraction = if has_point { 1 + digits(whole + 1) } else { 0 };
    let mantissa = whole + fraction;
    if mantissa <= usize::from(whole == 0) {
        return mantissa;
    }
    let exponent = text.get(mantissa..).and_then(|rest| rest.strip_prefix(['e', 'E']));
    let sign = usize::from(exponent.is_some_and(|rest| rest.starts_with(['+', '-'])));
    match exponent.map(|_| digits(mantissa + 1 + sign)) {
        None | Some(0) => mantissa,
        Some(power) => mantissa + 1 + sign + power,
    }
}

/// The names of a path: `:a`, `:"a b".c` or, behind an index, `.a`.
pub(super) fn path(text: &str) -> Option<usize> {
    let mut end = 0;
    while let Some(rest) = text.get(end..) {
        let starts = if end == 0 { rest.starts_with([':', '.']) } else { rest.starts_with('.') };
        let name = rest.get(1..).filter(|_| starts).map_or(0, path_name);
        if name == 0 {
            break;
        }
        end += 1 + name;
    }
    (end > 0).then_some(end)
}

fn path_name(text: &str) -> usize {
    match text.chars().next() {
        Some('"') => quoted_name(text),
        Some(first) if first.is_ascii_digit() => 0,
        _ => word(text),
    }
}

/// `@` with a name and a path, unless it stands alone.
pub(super) fn stage(text: &str) -> Option<usize> {
    let mut end = 1;
    while let Some(rest) = text.get(end..) {
        let part = match rest.chars().next() {
            Some('"') => quoted_name(rest),
            Some('.' | '%' | '~') => 1,
            _ => word(rest),
        };
        if part == 0 {
            break;
        }
        end += part;
    }
    let rest = text.get(end..).filter(|_| end > 1)?;
    let is_end = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | ';' | ',' | '(' | ')');
    Some(if rest.starts_with('/') { end + while_true(rest, |c| !is_end(c)) } else { end })
}

/// A URL whose scheme is the word of this length.
pub(super) fn url(text: &str, scheme: usize) -> Option<usize> {
    let rest = text.get(scheme..).filter(|rest| rest.starts_with("://"))?;
    Some(scheme + while_true(rest, |c| !c.is_whitespace() && !matches!(c, '\'' | ';')))
}

/// The longest sign at the start of a text.
pub(super) fn symbol(text: &str, first: char) -> usize {
    SYMBOLS.iter().find(|symbol| text.starts_with(**symbol)).map_or(first.len_utf8(), |symbol| symbol.len())
}
