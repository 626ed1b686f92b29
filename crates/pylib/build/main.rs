//! Packs the pure standard library, and our own modules, into one blob with a sorted index.
//!
//! The sources come from the crate `rustpython-pylib` (Python's `Lib/` as published, with a few
//! lines of its own that [`substitutions`] takes out again) and from this crate's `Lib/`.
//! Nothing is parsed or decompressed when the executable starts: the index is a table of
//! integers in read-only data and every file is decompressed only when it is asked for.

mod compile;
mod generated;
mod opcodes;
mod pack;
mod select;
mod substitutions;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// All files that go into the blob: path below `Lib/` (always with `/`) to contents.
type Files = BTreeMap<String, Vec<u8>>;

fn main() {
    let manifest = PathBuf::from(env("CARGO_MANIFEST_DIR"));
    let own = manifest.join("Lib");
    let upstream = Path::new(rustpython_pylib::LIB_PATH);
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={}", own.display());

    let mut files = Files::new();
    read_tree(upstream, upstream, &mut files);
    files.retain(|path, _| select::wanted(path));
    if let Some(licence) = files.remove("PSF-LICENSE") {
        files.insert("LICENSE.txt".to_owned(), licence);
    }
    substitutions::apply(&mut files);
    files.extend(generated::modules());
    files.insert(
        "_opcode_metadata.py".to_owned(),
        opcodes::metadata().into_bytes(),
    );
    let mut ours = Files::new();
    read_tree(&own, &own, &mut ours);
    ours.remove("README.md");
    files.extend(ours);
    substitutions::assert_no_foreign_names(&files);

    let out = PathBuf::from(env("OUT_DIR"));
    pack::write(&files, &out);
}

/// A variable that cargo sets for every build script.
fn env(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Reads every regular file below `dir` under its path relative to `root`.
fn read_tree(root: &Path, dir: &Path, files: &mut Files) {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    for entry in entries {
        let path = entry
            .unwrap_or_else(|e| panic!("{}: {e}", dir.display()))
            .path();
        if path.is_dir() {
            if path.file_name().is_some_and(|n| n != "__pycache__") {
                read_tree(root, &path, files);
            }
            continue;
        }
        let Ok(relative) = path.strip_prefix(root) else {
            continue;
        };
        let name: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        let text = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        files.insert(name.join("/"), text);
    }
}
