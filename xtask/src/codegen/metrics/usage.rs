//! The metrics in the sources are those of the catalogue, with its labels, and each of them is somewhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::catalogue::{Catalogue, Metric};
use crate::tree;

/// What puts a value into a metric; the name follows.
const CALLS: &[&str] = &["counter!(", "gauge!(", "histogram!("];
const PREFIX: &str = "\"snowflake_";

/// A metric in a source.
#[derive(Debug, PartialEq, Eq)]
struct Use<'a> {
    name: &'a str,
    /// In order of the names.
    labels: Vec<&'a str>,
}

/// Everything that the sources and the catalogue disagree about.
pub(in crate::codegen) fn complaints(root: &Path, catalogue: &Catalogue) -> Result<Vec<String>, String> {
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    for path in tree::rust_files(root, "crates")? {
        let Some(owner) = owner(&path) else { continue };
        let text = fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
        let shipped: Vec<&str> = tree::shipped_lines(&text).into_iter().map(|(_, line)| line).collect();
        sources.entry(owner.to_owned()).or_default().push_str(&shipped.join("\n"));
    }
    Ok(compare(catalogue, &sources))
}

/// The crate that a source belongs to, as the catalogue names it.
fn owner(path: &str) -> Option<&str> {
    let (folder, rest) = path.strip_prefix("crates/snowflake-")?.split_once('/')?;
    let ships = rest.starts_with("src/") && !rest.ends_with("/generated.rs") && folder != "sim";
    // The client's own part of the service is the binary.
    ships.then_some(if folder == "client" { "ops" } else { folder })
}

fn compare(catalogue: &Catalogue, sources: &BTreeMap<String, String>) -> Vec<String> {
    let mut complaints = Vec::new();
    for (owner, source) in sources {
        for used in uses(source) {
            complaints.extend(judge(catalogue, owner, &used));
        }
    }
    for metric in &catalogue.metric {
        let quoted = format!("\"{}\"", metric.name);
        if !sources.get(&metric.owner).is_some_and(|source| source.contains(&quoted)) {
            complaints.push(format!("{}: snowflake-{} does not report it", metric.name, metric.owner));
        }
    }
    complaints
}

fn judge(catalogue: &Catalogue, owner: &str, used: &Use<'_>) -> Option<String> {
    let name = used.name;
    let Some(metric) = catalogue.metric.iter().find(|metric| metric.name == name) else {
        return Some(format!("{name}: not in the catalogue"));
    };
    if metric.owner != owner {
        return Some(format!("{name}: snowflake-{owner} reports it too"));
    }
    (sorted(metric) != used.labels).then(|| format!("{name}: its labels are {:?}", used.labels))
}

fn sorted(metric: &Metric) -> Vec<&str> {
    let mut labels: Vec<&str> = metric.labels.iter().map(String::as_str).collect();
    labels.sort_unstable();
    labels
}

/// The metrics that a source names, with the labels that are given by name.
fn uses(source: &str) -> Vec<Use<'_>> {
    let calls = CALLS.iter().flat_map(|call| source.match_indices(call).map(|(at, call)| at + call.len()));
    calls
        .filter_map(|at| {
            let arguments = source.get(at..)?.trim_start();
            arguments.starts_with(PREFIX).then_some(())?;
            let arguments = arguments.get(..end(arguments))?;
            let mut quoted = arguments.split('"').skip(1).step_by(2);
            let name = quoted.next()?;
            let mut labels: Vec<&str> =
                quoted.filter(|label| arguments.contains(&format!("\"{label}\" =>"))).collect();
            labels.sort_unstable();
            Some(Use { name, labels })
        })
        .collect()
}

/// Where the bracket closes that was opened before this text.
fn end(text: &str) -> usize {
    let mut depth = 1_usize;
    for (at, sign) in text.char_indices() {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::tests::SMALL;
    use super::*;

    fn compared(sources: &[(&str, &str)]) -> Vec<String> {
        let owned = |(owner, source): &(&str, &str)| ((*owner).to_owned(), (*source).to_owned());
        compare(&toml::from_str(SMALL).unwrap(), &sources.iter().map(owned).collect())
    }

    const OPS: (&str, &str) =
        ("ops", "gauge!(\n  \"snowflake_a_total\", \"status\" => \"ok\", \"warehouse\" => w(1)).set(1.0)");
    const QUERY: (&str, &str) = ("query", "histogram!(\"snowflake_b_seconds\").record(1.0)");

    #[test]
    fn sources_that_agree_with_the_catalogue_pass() {
        assert_eq!(compared(&[OPS, QUERY]), Vec::<String>::new());
        assert_eq!(owner("crates/snowflake-client/src/bin/ops/serve.rs"), Some("ops"));
        assert_eq!(owner("crates/snowflake-sim/src/lib.rs"), None);
    }

    #[test]
    fn every_difference_is_named() {
        assert_eq!(compared(&[OPS]), ["snowflake_b_seconds: snowflake-query does not report it"]);
        let stranger = ("query", "histogram!(\"snowflake_b_seconds\"); counter!(\"snowflake_c_total\")");
        assert_eq!(compared(&[OPS, stranger]), ["snowflake_c_total: not in the catalogue"]);
        let labelled = ("query", "histogram!(\"snowflake_b_seconds\", \"warehouse\" => w)");
        assert_eq!(compared(&[OPS, labelled]), ["snowflake_b_seconds: its labels are [\"warehouse\"]"]);
        let elsewhere = ("auth", "histogram!(\"snowflake_b_seconds\")");
        assert_eq!(
            compared(&[OPS, QUERY, elsewhere]),
            ["snowflake_b_seconds: snowflake-auth reports it too"]
        );
    }
}
