//! Where CPython's tests are, and how they are put on the path of another interpreter.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The folder that holds `test/`: as given, as the environment says, or in the cache. What is given must exist.
pub fn find(given: Option<PathBuf>) -> Result<Option<PathBuf>, String> {
    let given = given.or_else(|| std::env::var_os("TAIPAN_CPYTHON_TESTS").map(PathBuf::from));
    if let Some(given) = given {
        if !is_tree(&given) {
            return Err(format!(
                "{}: there is no test/test_threading.py in it",
                given.display()
            ));
        }
        return Ok(Some(given));
    }
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let tree = cache.map(|cache| cache.join("taipan/cpython-tests/root/usr/lib/python3.14"));
    Ok(tree.filter(|tree| is_tree(tree)))
}

fn is_tree(dir: &Path) -> bool {
    dir.join("test/test_threading.py").exists()
}

/// A folder that holds nothing but the package `test`, so that the rest of CPython's library beside it cannot take
/// the place of the interpreter's own.
pub fn shadow(tree: &Path, work: &Path) -> Result<PathBuf, String> {
    let shadow = work.join("path");
    let describe = |error: std::io::Error| format!("{}: {error}", shadow.display());
    fs::create_dir_all(&shadow).map_err(describe)?;
    let link = shadow.join("test");
    let target = tree.join("test").canonicalize().map_err(describe)?;
    if fs::read_link(&link).is_ok_and(|old| old == target) {
        return Ok(shadow);
    }
    if link.symlink_metadata().is_ok() {
        fs::remove_file(&link).map_err(describe)?;
    }
    symlink(target, &link).map_err(describe)?;
    Ok(shadow)
}
