//! The blob's layout: `library.bin` and the Rust tables that say where everything lies in it.
//!
//! Sources are compressed one by one (LZ4: decompression is what matters), unless that saves
//! less than an eighth, as for a wheel. Code lies uncompressed, aligned to 16, so that it can be
//! used in place. All code lies before all sources, and before other code that of the modules which nearly every process
//! imports: so that few pages of the executable are touched when it starts.

use crate::{Files, compile};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

/// The directory that packed files show as theirs; [`crate`]'s library says the same.
const VIRTUAL_PREFIX: &str = "<stdlib>";

/// The modules that are imported by most programs, and by the processes of `multiprocessing`, in about that order.
#[rustfmt::skip]
const EARLY: &[&str] = &[
    "importlib._bootstrap", "importlib._bootstrap_external", "importlib._bootstrap_stdlib", "codecs", "encodings",
    "encodings.aliases", "encodings.utf_8", "abc", "_collections_abc", "io", "stat", "genericpath", "posixpath", "os",
    "_sitebuiltins", "site", "types", "_weakrefset", "threading", "enum", "signal", "multiprocessing",
    "multiprocessing.process", "multiprocessing.context", "multiprocessing.reduction", "copyreg", "keyword",
    "operator", "reprlib", "collections", "functools", "struct", "_compat_pickle", "pickle", "socket", "importlib",
    "importlib.machinery", "importlib._abc", "importlib.util", "runpy", "weakref", "locale", "_py_warnings",
    "warnings", "contextlib", "selectors", "subprocess", "multiprocessing.util", "multiprocessing.spawn",
    "multiprocessing.resource_tracker", "base64", "re", "re._constants", "re._parser", "re._casefix", "re._compiler",
    "json", "json.scanner", "json.decoder", "json.encoder", "multiprocessing.popen_fork",
    "multiprocessing.popen_spawn_posix", "multiprocessing.popen_forkserver", "multiprocessing.forkserver",
    "multiprocessing.connection", "multiprocessing.queues", "multiprocessing.synchronize", "queue", "heapq", "bisect",
    "random", "tempfile", "shutil", "fnmatch",
];

/// A string in the table of names.
#[derive(Clone, Copy)]
struct Name {
    at: usize,
    len: usize,
}

/// Writes the blob and its index into `out`.
pub fn write(files: &Files, out: &Path) {
    let (mut blob, mut names) = (Vec::new(), String::new());
    let (mut file_rows, mut modules) = (String::new(), Vec::new());
    let code = write_code(files, &mut blob);
    for (index, (path, contents)) in files.iter().enumerate() {
        let at = blob.len();
        let packed = lz4_flex::block::compress(contents);
        let is_packed = packed.len() < contents.len() - contents.len() / 8;
        blob.extend_from_slice(if is_packed { &packed } else { contents });
        let packed_len = blob.len() - at;

        let (code_at, code_len) = code.get(path.as_str()).copied().unwrap_or((0, 0));
        if let Some((module, is_package)) = module_name(path) {
            modules.push((module, index, is_package));
        }
        let name = add_name(&mut names, path);
        let _ = writeln!(
            file_rows,
            "File {{ name: Name {{ at: {}, len: {} }}, at: {at}, packed_len: {packed_len}, len: {}, code_at: {code_at}, code_len: {code_len} }},",
            name.at,
            name.len,
            contents.len(),
        );
    }
    modules.sort();
    let mut module_rows = String::new();
    for (module, index, is_package) in &modules {
        let name = add_name(&mut names, module);
        let _ = writeln!(
            module_rows,
            "Entry {{ name: Name {{ at: {}, len: {} }}, file: {index}, is_package: {is_package} }},",
            name.at, name.len
        );
    }
    let tables = format!(
        "static NAMES: &str = {names:?};\n\
         pub static FILES: [File; {}] = [\n{file_rows}];\n\
         pub static MODULES: [Entry; {}] = [\n{module_rows}];\n",
        files.len(),
        modules.len(),
    );
    write_file(&out.join("library.bin"), &blob);
    write_file(&out.join("library.rs"), tables.as_bytes());
}

/// Compiles all modules into the blob: by path, where the code lies and how long it is.
fn write_code<'f>(files: &'f Files, blob: &mut Vec<u8>) -> BTreeMap<&'f str, (usize, usize)> {
    let mut modules: Vec<_> = files
        .iter()
        .filter_map(|(path, contents)| Some((module_name(path)?.0, path, contents)))
        .collect();
    let place = |name: &str| EARLY.iter().position(|e| *e == name).unwrap_or(EARLY.len());
    modules.sort_by_key(|(name, ..)| place(name));
    let mut rows = BTreeMap::new();
    for (_, path, contents) in modules {
        let source = String::from_utf8_lossy(contents);
        let shown = format!("{VIRTUAL_PREFIX}/{path}");
        if let Some(code) = compile::module(&source, &shown) {
            blob.resize(blob.len().next_multiple_of(16), 0);
            rows.insert(path.as_str(), (blob.len(), code.len()));
            blob.extend_from_slice(&code);
        }
    }
    rows
}

/// The dotted name of the module in the file `path`, and whether it is a package.
fn module_name(path: &str) -> Option<(String, bool)> {
    let stem = path.strip_suffix(".py")?;
    let (stem, is_package) = match stem.strip_suffix("/__init__") {
        Some(package) => (package, true),
        None => (stem, false),
    };
    let importable = |part: &str| !part.is_empty() && !part.contains('.');
    stem.split('/')
        .all(importable)
        .then(|| (stem.replace('/', "."), is_package))
}

fn add_name(names: &mut String, name: &str) -> Name {
    let at = names.len();
    names.push_str(name);
    Name {
        at,
        len: name.len(),
    }
}

fn write_file(path: &Path, contents: &[u8]) {
    std::fs::write(path, contents).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}
