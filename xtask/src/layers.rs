//! `cargo xtask layers`: who may import whom, and what must stay out of which crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::{Outcome, process, say, tree};

/// What one crate may import of ours, and which foreign crates it must do without.
struct Layer {
    name: &'static str,
    imports: &'static [&'static str],
    banned: &'static [&'static str],
}

const HTTP: &[&str] = &["hyper", "hyper-util", "hyper-rustls", "tokio-rustls", "rustls"];
const PROTO: &str = "snowflake-proto";
const TRANSPORT: &str = "snowflake-transport";
const AUTH: &str = "snowflake-auth";
const QUERY: &str = "snowflake-query";
const SIM: &str = "snowflake-sim";

const LAYERS: &[Layer] = &[
    Layer {
        name: PROTO,
        imports: &[],
        banned: &[
            "tokio",
            "tokio-util",
            "hyper",
            "http",
            "futures",
            "rand",
            "getrandom",
            "uuid",
            "ring",
            "url",
            "tracing",
        ],
    },
    Layer { name: TRANSPORT, imports: &[PROTO], banned: &["serde_json", "arrow-array", "jsonwebtoken"] },
    Layer { name: AUTH, imports: &[PROTO, TRANSPORT], banned: HTTP },
    Layer { name: QUERY, imports: &[PROTO, TRANSPORT, AUTH], banned: HTTP },
    Layer {
        name: "snowflake-ingest",
        imports: &[PROTO, TRANSPORT, AUTH, QUERY],
        banned: &["hyper", "hyper-util", "hyper-rustls", "bb8"],
    },
    Layer {
        name: "snowflake-ops",
        imports: &[PROTO, TRANSPORT, AUTH, QUERY],
        banned: &["hyper-rustls", "tokio-rustls", "rustls", "bb8"],
    },
    Layer { name: SIM, imports: &[PROTO, TRANSPORT], banned: &["bb8", "hyper-rustls"] },
    Layer {
        name: "snowflake-client",
        imports: &[PROTO, TRANSPORT, AUTH, QUERY, "snowflake-ingest", "snowflake-ops", SIM],
        banned: &["hyper", "hyper-util", "hyper-rustls", "bb8", "serde_json"],
    },
    Layer { name: "xtask", imports: &[], banned: &["anyhow", "tokio"] },
];

/// Text that must not ship in a crate's sources, but for the named places.
struct Wall {
    /// Crates the wall stands in; none named means every crate of the workspace but the client.
    crates: &'static [&'static str],
    needles: &'static [&'static str],
    /// Where it may stand all the same: beginnings of paths from the crate's folder.
    except: &'static [&'static str],
    why: &'static str,
}

const BELOW_CLIENT: &[&str] = &[PROTO, TRANSPORT, AUTH, QUERY, "snowflake-ingest", "snowflake-ops", SIM];
const BINARIES: &str = "src/main.rs";

const WALLS: &[Wall] = &[
    Wall {
        crates: BELOW_CLIENT,
        needles: &["env::var", "env::vars", "env::home_dir", "home_dir("],
        except: &[BINARIES],
        why: "only the client and binaries read the environment",
    },
    Wall {
        crates: BELOW_CLIENT,
        needles: &["SystemTime::now", "now_utc()", "now_local()", "Utc::now", "Local::now"],
        except: &[BINARIES, "src/clock.rs"],
        why: "the wall clock comes through `Clock`",
    },
    Wall {
        crates: BELOW_CLIENT,
        needles: &["std::time::Instant", "new_v4(", " rand::", "getrandom"],
        except: &[BINARIES, "src/clock.rs", "src/entropy.rs"],
        why: "time and randomness come through `Clock` and `Entropy`",
    },
    Wall { crates: &[QUERY], needles: &["bb8::"], except: &["src/pool"], why: "bb8 stays inside the pool" },
    Wall {
        crates: &["snowflake-ops"],
        needles: &["hyper::", "hyper_util::"],
        except: &["src/service/http"],
        why: "only the service's listeners speak HTTP",
    },
    Wall {
        crates: &[TRANSPORT],
        needles: &["snowflake_proto::wire", "ServerCode", "serde_json"],
        except: &[],
        why: "transport knows HTTP, not Snowflake",
    },
    Wall {
        crates: &["snowflake-client"],
        needles: &["proto::wire", "ServerCode::", "Retrier"],
        except: &[],
        why: "the facade makes no decisions about the protocol",
    },
    Wall {
        crates: &[PROTO],
        needles: &["std::fs", "std::net", "std::process", "tracing::"],
        except: &[],
        why: "proto does no input or output",
    },
];

/// What must not be reachable from a crate with its default features.
const REACH: &[(&str, &[&str])] = &[
    (PROTO, &["tokio", "hyper", "http"]),
    (SIM, &["datafusion"]),
    ("snowflake-client", &["datafusion"]),
    ("xtask", &[PROTO]),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    kind: Option<String>,
    optional: bool,
    path: Option<String>,
}

pub(crate) fn run(root: &Path) -> Outcome {
    let text = process::read(root, "cargo", &["metadata", "--format-version", "1", "--no-deps", "--locked"])?;
    let metadata: Metadata =
        serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))?;
    let mut complaints = edges(&metadata);
    complaints.extend(walls(root)?);
    complaints.extend(reach(root)?);
    if complaints.is_empty() {
        say(&format!("{} crates keep to their layers", metadata.packages.len()));
        return Ok(());
    }
    Err(format!("layers:\n{}", complaints.join("\n")))
}

/// Compares the manifests with the table.
fn edges(metadata: &Metadata) -> Vec<String> {
    let layers: BTreeMap<&str, &Layer> = LAYERS.iter().map(|layer| (layer.name, layer)).collect();
    let mut complaints = Vec::new();
    for package in &metadata.packages {
        let Some(layer) = layers.get(package.name.as_str()) else {
            complaints.push(format!("{}: not in the table of layers", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let ours = dependency.path.is_some();
            let dev = dependency.kind.as_deref() == Some("dev");
            let complaint = match (ours, dev) {
                (true, false) => import(layer, dependency),
                (true, true) => dev_import(layer, dependency),
                (false, false) if layer.banned.contains(&dependency.name.as_str()) => {
                    Some(format!("must do without {}", dependency.name))
                }
                _ => None,
            };
            complaints.extend(complaint.map(|complaint| format!("{}: {complaint}", package.name)));
        }
    }
    complaints
}

fn import(layer: &Layer, dependency: &Dependency) -> Option<String> {
    if !layer.imports.contains(&dependency.name.as_str()) {
        return Some(format!("must not import {}", dependency.name));
    }
    if dependency.name == SIM && !dependency.optional {
        return Some(format!("{SIM} must be optional"));
    }
    if !dependency.req.starts_with('=') {
        return Some(format!("{} needs an exact version, not {}", dependency.name, dependency.req));
    }
    None
}

/// Tests may use the simulator too, by path alone: with a version, no crate could be published first.
fn dev_import(layer: &Layer, dependency: &Dependency) -> Option<String> {
    let allowed = layer.imports.contains(&dependency.name.as_str())
        || (dependency.name == SIM && layer.name != PROTO && layer.name != "xtask")
        || dependency.name == layer.name;
    if !allowed {
        return Some(format!("must not import {}, not even in tests", dependency.name));
    }
    (dependency.req != "*" && !dependency.req.starts_with('='))
        .then(|| format!("{} in tests needs a path and nothing else", dependency.name))
}

/// Looks for text that must not ship.
fn walls(root: &Path) -> Result<Vec<String>, String> {
    let mut complaints = Vec::new();
    for wall in WALLS {
        for name in wall.crates {
            let folder = format!("crates/{name}/");
            for path in tree::rust_files(root, &format!("{folder}src"))? {
                let inside = path.strip_prefix(&folder).unwrap_or(&path);
                let test = inside.ends_with("/tests.rs") || inside.contains("/tests/");
                if test
                    || inside.starts_with("src/bin/")
                    || wall.except.iter().any(|except| inside.starts_with(except))
                {
                    continue;
                }
                let source =
                    fs::read_to_string(root.join(&path)).map_err(|error| format!("{path}: {error}"))?;
                for (number, line) in tree::shipped_lines(&source) {
                    if let Some(needle) = wall.needles.iter().find(|needle| line.contains(*needle)) {
                        complaints.push(format!("{path}:{number}: `{needle}`: {}", wall.why));
                    }
                }
            }
        }
    }
    Ok(complaints)
}

/// Asks cargo what a crate drags in.
fn reach(root: &Path) -> Result<Vec<String>, String> {
    let mut complaints = Vec::new();
    for (name, banned) in REACH {
        let arguments =
            ["tree", "--locked", "-p", name, "-e", "normal", "--prefix", "none", "--format", "{p}"];
        let list = process::read(root, "cargo", &arguments)?;
        let found: Vec<&str> = reached(&list, banned);
        complaints.extend(found.into_iter().map(|found| format!("{name}: drags in {found}")));
    }
    Ok(complaints)
}

fn reached<'a>(list: &str, banned: &[&'a str]) -> Vec<&'a str> {
    let names: Vec<&str> = list.lines().filter_map(|line| line.split_whitespace().next()).collect();
    banned.iter().copied().filter(|banned| names.contains(banned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(package: &str, dependency: &str) -> Metadata {
        let text = format!("{{\"packages\":[{{\"name\":\"{package}\",\"dependencies\":[{dependency}]}}]}}");
        serde_json::from_str(&text).unwrap()
    }

    fn ours(name: &str, kind: &str, req: &str) -> String {
        format!("{{\"name\":\"{name}\",\"req\":\"{req}\",\"kind\":{kind},\"optional\":false,\"path\":\"x\"}}")
    }

    #[test]
    fn an_edge_upwards_is_refused() {
        assert_eq!(edges(&metadata(QUERY, &ours(AUTH, "null", "=0.1.0"))), Vec::<String>::new());
        assert_eq!(
            edges(&metadata(AUTH, &ours(QUERY, "null", "=0.1.0"))),
            ["snowflake-auth: must not import snowflake-query"]
        );
        assert_eq!(edges(&metadata(QUERY, &ours(AUTH, "null", "^0.1.0"))).len(), 1);
    }

    #[test]
    fn only_tests_and_the_client_use_the_simulator() {
        assert_eq!(edges(&metadata(QUERY, &ours(SIM, "\"dev\"", "*"))), Vec::<String>::new());
        assert_eq!(edges(&metadata(QUERY, &ours(SIM, "null", "=0.1.0"))).len(), 1);
        assert_eq!(
            edges(&metadata("snowflake-client", &ours(SIM, "null", "=0.1.0"))),
            ["snowflake-client: snowflake-sim must be optional"]
        );
        assert_eq!(edges(&metadata(PROTO, &ours(SIM, "\"dev\"", "*"))).len(), 1);
        assert_eq!(edges(&metadata(SIM, &ours(QUERY, "\"dev\"", "*"))).len(), 1);
    }

    #[test]
    fn a_foreign_crate_is_refused_where_it_is_banned() {
        let hyper = "{\"name\":\"hyper\",\"req\":\"^1\",\"kind\":null,\"optional\":false,\"path\":null}";
        assert_eq!(edges(&metadata(PROTO, hyper)), ["snowflake-proto: must do without hyper"]);
        assert_eq!(edges(&metadata(TRANSPORT, hyper)), Vec::<String>::new());
    }

    #[test]
    fn a_crate_without_a_layer_is_named() {
        assert_eq!(edges(&metadata("snowflake-extra", "")), ["snowflake-extra: not in the table of layers"]);
    }

    #[test]
    fn a_wall_is_found_in_code_that_ships() {
        let folder = tree::scratch("layers");
        let sources = folder.join("crates/snowflake-query/src/pool");
        fs::create_dir_all(&sources).unwrap();
        fs::write(sources.join("manager.rs"), "use bb8::Pool;\n").unwrap();
        assert_eq!(walls(&folder).unwrap(), Vec::<String>::new());
        fs::write(
            folder.join("crates/snowflake-query/src/lib.rs"),
            "//! x\n// bb8::Pool\nfn f() { bb8::Pool }\n",
        )
        .unwrap();
        assert_eq!(
            walls(&folder).unwrap(),
            ["crates/snowflake-query/src/lib.rs:3: `bb8::`: bb8 stays inside the pool"]
        );
    }

    #[test]
    fn a_dragged_in_crate_is_named() {
        assert_eq!(reached("snowflake-proto v0.1.0\ntokio v1.0.0\n", &["tokio", "hyper"]), ["tokio"]);
        assert!(reached("tokio-util v0.7.0\n", &["tokio"]).is_empty());
    }
}
