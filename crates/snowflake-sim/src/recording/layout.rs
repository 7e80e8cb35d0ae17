//! JSON as people read and compare it: keys in a fixed order, a row of a result on a line.

use serde_json::Value;

/// No line that can be broken is longer than this.
const WIDTH: usize = 110;

/// A document to be written. Objects of ours keep their order, those of the service are sorted.
pub(super) enum Node<'a> {
    Fields(Vec<(&'static str, Node<'a>)>),
    List(Vec<Node<'a>>),
    Owned(Value),
    Borrowed(&'a Value),
    /// The rows of a result.
    Rows(&'a [Vec<Option<String>>]),
    /// A long text, cut into lines.
    Lines(Vec<String>),
}

impl Node<'_> {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Owned(Value::String(text.into()))
    }

    pub(super) fn number(number: impl Into<u64>) -> Self {
        Self::Owned(Value::from(number.into()))
    }
}

/// The document's text, with a line feed at its end.
pub(super) fn print(document: &Node<'_>) -> String {
    let mut text = String::new();
    node(&mut text, document, 0);
    text.push('\n');
    text
}

fn node(text: &mut String, node_: &Node<'_>, depth: usize) {
    match node_ {
        Node::Fields(fields) => {
            braced(text, ['{', '}'], depth, fields, |text, (name, field)| {
                key(text, name);
                node(text, field, depth + 1);
            });
        }
        Node::List(items) => {
            braced(text, ['[', ']'], depth, items, |text, item| node(text, item, depth + 1));
        }
        Node::Owned(plain) => value(text, plain, depth, Parent::Other),
        Node::Borrowed(plain) => value(text, plain, depth, Parent::Other),
        Node::Rows(rows) => braced(text, ['[', ']'], depth, rows.iter(), |text, row| line(text, row)),
        Node::Lines(lines) => {
            braced(text, ['[', ']'], depth, lines, |text, line| text.push_str(&quoted(line)));
        }
    }
}

/// What a value stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parent {
    Array,
    Other,
}

fn value(text: &mut String, plain: &Value, depth: usize, parent: Parent) {
    if let Some(short) = on_one_line(plain, WIDTH.saturating_sub(2 * depth), parent) {
        text.push_str(&short);
        return;
    }
    match plain {
        Value::Array(items) => {
            braced(text, ['[', ']'], depth, items, |text, item| value(text, item, depth + 1, Parent::Array));
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            braced(text, ['{', '}'], depth, fields, |text, (name, field)| {
                key(text, name);
                value(text, field, depth + 1, Parent::Other);
            });
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// Scalars, and collections of scalars that fit; cells in an array of rows always do.
fn on_one_line(plain: &Value, width: usize, parent: Parent) -> Option<String> {
    let is_scalar = |value: &Value| !value.is_array() && !value.is_object();
    let is_cell = |value: &Value| value.is_string() || value.is_null();
    match plain {
        Value::Array(items) if items.is_empty() => Some("[]".to_owned()),
        Value::Object(fields) if fields.is_empty() => Some("{}".to_owned()),
        Value::Array(items) if items.iter().all(is_scalar) => {
            let joined = items.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
            let is_row = parent == Parent::Array && items.iter().all(is_cell);
            let fits = is_row || joined.len() + 2 <= width;
            fits.then(|| format!("[{joined}]"))
        }
        Value::Object(fields) if fields.values().all(is_scalar) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            let fields: Vec<_> =
                fields.into_iter().map(|(name, field)| format!("{}: {field}", quoted(name))).collect();
            let joined = fields.join(", ");
            (joined.len() + 4 <= width).then(|| format!("{{ {joined} }}"))
        }
        Value::Array(_) | Value::Object(_) => None,
        scalar => Some(scalar.to_string()),
    }
}

fn line(text: &mut String, row: &[Option<String>]) {
    text.push('[');
    for (index, cell) in row.iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        match cell {
            Some(cell) => text.push_str(&quoted(cell)),
            None => text.push_str("null"),
        }
    }
    text.push(']');
}

fn braced<T>(
    text: &mut String,
    [open, close]: [char; 2],
    depth: usize,
    items: impl IntoIterator<Item = T>,
    mut each: impl FnMut(&mut String, T),
) {
    text.push(open);
    let mut is_empty = true;
    for item in items {
        text.push_str(if is_empty { "\n" } else { ",\n" });
        is_empty = false;
        indent(text, depth + 1);
        each(text, item);
    }
    if !is_empty {
        text.push('\n');
        indent(text, depth);
    }
    text.push(close);
}

fn key(text: &mut String, name: &str) {
    text.push_str(&quoted(name));
    text.push_str(": ");
}

fn indent(text: &mut String, depth: usize) {
    (0..depth).for_each(|_| text.push_str("  "));
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Node, print};

    #[test]
    fn ours_keep_their_order_and_the_services_are_sorted() {
        let body = json!({ "success": true, "data": { "b": [1, 2], "a": null } });
        let rows = [vec![Some("1".to_owned()), None], vec![Some("\"".to_owned()), Some("é".to_owned())]];
        let document = Node::Fields(vec![
            ("version", Node::number(1_u32)),
            ("answer", Node::Borrowed(&body)),
            ("rows", Node::Rows(&rows)),
            ("none", Node::List(Vec::new())),
        ]);
        let expected = r#"{
  "version": 1,
  "answer": {
    "data": {
      "a": null,
      "b": [1, 2]
    },
    "success": true
  },
  "rows": [
    ["1", null],
    ["\"", "é"]
  ],
  "none": []
}
"#;
        assert_eq!(print(&document), expected);
    }

    #[test]
    fn what_is_printed_reads_back_the_same() {
        let long = "x".repeat(200);
        for value in [
            json!([]),
            json!({}),
            json!([[], {}, [[1]]]),
            json!([long, 1, { "k\n": [long, null, true, 1.5e300] }]),
            json!("\u{0}\u{7f}\u{2028}"),
        ] {
            let text = print(&Node::Borrowed(&value));
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value, "{text}");
        }
    }
}
