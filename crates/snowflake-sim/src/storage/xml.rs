//! The little XML that stores speak.

use std::borrow::Cow;

/// An element that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Its name without a namespace's prefix.
    pub(super) name: &'a str,
    /// Its text, if it holds nothing else.
    pub(super) text: Option<Cow<'a, str>>,
}

/// The elements of a document in the order of their ends.
///
/// It takes what clients write: attributes, comments, declarations and namespaces are passed over.
/// Entities beyond the five of XML and characters by number stay as they are.
pub(super) fn elements(document: &str) -> Vec<Element<'_>> {
    let mut found = Vec::new();
    // The name and the beginning of the text of the element that may turn out to hold nothing but text.
    let mut open: Option<(&str, usize)> = None;
    let mut at = 0;
    while let Some(start) = document[at..].find('<').map(|start| at + start) {
        let rest = &document[start + 1..];
        let end_of_tag =
            if rest.starts_with("!--") { rest.find("-->").map(|end| end + 2) } else { rest.find('>') };
        let Some(end) = end_of_tag else { return found };
        let tag = &rest[..end];
        at = start + 1 + end + 1;
        if tag.starts_with(['!', '?']) {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            let name = local(name);
            let text = open
                .take()
                .filter(|(opened, _)| *opened == name)
                .map(|(_, from)| unescape(&document[from..start]));
            found.push(Element { name, text });
        } else if let Some(tag) = tag.strip_suffix('/') {
            open = None;
            found.push(Element { name: local(tag), text: Some(Cow::Borrowed("")) });
        } else {
            open = Some((local(tag), at));
        }
    }
    found
}

/// The name of a tag, without its prefix and its attributes.
fn local(tag: &str) -> &str {
    let name = tag.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

fn unescape(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let Some(first) = text.find('&') else { return text.into() };
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    let mut next = Some(first);
    while let Some(start) = next {
        plain.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = rest.find(';').and_then(|end| Some((entity(&rest[1..end])?, end + 1)));
        let (c, length) = known.unwrap_or(('&', 1));
        plain.push(c);
        rest = &rest[length..];
        next = rest.find('&');
    }
    plain.push_str(rest);
    plain.into()
}

fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}

/// Text as it may stand in an element.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text.into();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            c => escaped.push(c),
        }
    }
    escaped.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert_eq, proptest};

    use super::{elements, escape};

    fn leaves(document: &str) -> Vec<(&str, String)> {
        let leaves = elements(document).into_iter();
        leaves.filter_map(|element| Some((element.name, element.text?.into_owned()))).collect()
    }

    #[test]
    fn the_lists_that_clients_write_are_understood() {
        let blocks = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><BlockList><Latest>ZTRj</Latest>\n<Uncommitted>b==</Uncommitted></BlockList>";
        assert_eq!(leaves(blocks), [("Latest", "ZTRj".to_owned()), ("Uncommitted", "b==".to_owned())]);
        let parts = "<s3:CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><!-- <x> --><Part><ETag>&quot;a&#45;1&quot;</ETag><PartNumber> 1 </PartNumber></Part></s3:CompleteMultipartUpload>";
        let names: Vec<_> = elements(parts).iter().map(|element| element.name).collect();
        assert_eq!(names, ["ETag", "PartNumber", "Part", "CompleteMultipartUpload"]);
        assert_eq!(leaves(parts), [("ETag", "\"a-1\"".to_owned()), ("PartNumber", "1".to_owned())]);
        assert_eq!(leaves("<a/><b>&unknown; & <c></c></b>"), [("a", String::new()), ("c", String::new())]);
    }

    proptest! {
        #[test]
        fn no_document_is_too_strange(document in any::<String>(), tags in "[<>/!?a&;# -]{0,40}") {
            let _ = (elements(&document), elements(&tags));
        }

        #[test]
        fn escaped_text_comes_back(text in "[a-z&<>\"';#é]{0,20}") {
            let document = format!("<a>{}</a>", escape(&text));
            prop_assert_eq!(leaves(&document), [("a", text)]);
        }
    }
}
