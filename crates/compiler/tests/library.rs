//! Compiles the whole pure library, and CPython's tests where a tree of them is given, and verifies the code.

use std::path::{Path, PathBuf};

use taipan_bytecode::{serial, verify};
use taipan_compiler::{Options, compile_source};

fn python_files(dir: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            python_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "py") {
            out.push(path);
        }
    }
}

/// Compiles all files below `dir`; gives how many compiled and what failed.
fn compile_all(dir: &Path, reload: bool) -> (usize, Vec<String>) {
    let mut files = Vec::new();
    python_files(dir, &mut files);
    files.sort();
    let mut failed = Vec::new();
    let mut good = 0;
    for path in files {
        let Ok(source) = std::fs::read_to_string(&path) else {
            continue;
        };
        let options = Options {
            filename: (*path.to_string_lossy()).into(),
            mode: Default::default(),
            optimize: 0,
        };
        let code = match compile_source(&source, &taipan_syntax::Options::default(), &options) {
            Ok((code, _)) => code,
            Err(e) => {
                failed.push(format!("{}: {e}", path.display()));
                continue;
            }
        };
        if let Err(e) = verify::verify(&code) {
            failed.push(format!("{}: verifier: {e}", path.display()));
            continue;
        }
        if reload {
            let bytes = serial::to_bytes(&code);
            match serial::from_bytes(&bytes) {
                Ok(again) if serial::to_bytes(&again) == bytes => {}
                Ok(_) => failed.push(format!("{}: changed by serialisation", path.display())),
                Err(e) => failed.push(format!("{}: {e}", path.display())),
            }
        }
        good += 1;
    }
    (good, failed)
}

#[test]
fn pure_library_compiles() {
    let (good, failed) = compile_all(Path::new(rustpython_pylib::LIB_PATH), true);
    assert!(
        failed.is_empty(),
        "{} of {} failed:\n{}",
        failed.len(),
        good + failed.len(),
        failed.join("\n")
    );
    assert!(good > 700, "only {good} files");
}

/// Set `TAIPAN_CPYTHON_LIB` to a CPython 3.14 `Lib` directory.
#[test]
fn cpython_library_compiles() {
    let Some(dir) = std::env::var_os("TAIPAN_CPYTHON_LIB") else {
        return;
    };
    let (good, failed) = compile_all(Path::new(&dir), false);
    let unexpected: Vec<&String> = failed
        .iter()
        .filter(|f| {
            !["/bad", "/badsyntax", "lib2to3", "/tokenizedata/"]
                .iter()
                .any(|known| f.contains(known))
        })
        .collect();
    assert!(
        unexpected.is_empty(),
        "{} of {}:\n{:#?}",
        unexpected.len(),
        good,
        unexpected
    );
}
