//! Which upstream files are packed.

/// Folders and modules that need a toolkit we do not ship (Tk), that serve other systems'
/// linkers, or that exist only for the engine the sources were published for.
const LEFT_OUT: &[&str] = &[
    "README.md",
    "_dummy_os.py",
    "_dummy_thread.py",
    "_pycodecs.py",
    "ctypes/macholib/README.ctypes",
    "ctypes/macholib/fetch_macholib",
    "ctypes/macholib/fetch_macholib.bat",
    "dummy_threading.py",
    "email/architecture.rst",
    "idlelib/",
    "tkinter/",
    "turtle.py",
    "turtledemo/",
    "venv/scripts/nt/",
];

/// Whether the file at `path` (below `Lib/`) goes into the blob.
pub fn wanted(path: &str) -> bool {
    let left_out = LEFT_OUT.iter().any(|entry| match entry.strip_suffix('/') {
        Some(_) => path.starts_with(entry),
        None => path == *entry,
    });
    !left_out && !path.ends_with("mypy.ini") && !path.ends_with(".pyc")
}
