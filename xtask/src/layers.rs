//! A crate uses only crates of lower levels: the table of ARCHITECTURE.md, held to the manifests.

use std::collections::BTreeMap;
use std::fs;

/// Crates by level. Those of one level do not know each other.
const LEVELS: &[&[&str]] = &[
    &["sync", "num", "text", "host", "deflate"],
    &["gc", "bytecode"],
    &["object", "syntax"],
    &["builtins", "numbers", "strings", "containers", "compiler"],
    &[
        "interp",
        "pylib",
        "std-core",
        "std-data",
        "std-lang",
        "std-os",
        "std-threads",
    ],
    &["std-net", "std-ctypes"],
    &["jit"],
    &["engine"],
    &["taipan"],
];

/// Crates beside the levels: anything may use them; they use none of the others.
const SIDE: &[&str] = &["derive", "testkit"];

/// The names of `taipan-*` crates in the `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut wanted = false;
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            wanted =
                section.starts_with("dependencies]") || section.starts_with("build-dependencies]");
        } else if wanted && let Some(name) = line.strip_prefix("taipan-") {
            let end = name.find(['.', ' ', '=']).unwrap_or(name.len());
            names.push(name[..end].to_owned());
        }
    }
    names
}

#[test]
fn every_crate_uses_only_lower_levels() {
    let levels: BTreeMap<&str, usize> = LEVELS
        .iter()
        .enumerate()
        .flat_map(|(level, names)| names.iter().map(move |name| (*name, level)))
        .collect();
    let mut wrong = Vec::new();
    for entry in fs::read_dir(crate::root().join("crates"))
        .unwrap()
        .flatten()
    {
        let name = entry.file_name().into_string().unwrap();
        let Ok(manifest) = fs::read_to_string(entry.path().join("Cargo.toml")) else {
            continue;
        };
        let own = match levels.get(name.as_str()) {
            Some(level) => Some(*level),
            None if SIDE.contains(&name.as_str()) => None,
            None => {
                wrong.push(format!("{name} has no level"));
                continue;
            }
        };
        for used in dependencies(&manifest) {
            let fine = match (own, levels.get(used.as_str())) {
                (_, None) => SIDE.contains(&used.as_str()),
                (Some(own), Some(level)) => *level < own,
                (None, Some(_)) => false,
            };
            if !fine {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    wrong.sort();
    assert!(wrong.is_empty(), "against the levels: {wrong:?}");
}
