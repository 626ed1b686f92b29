//! Paths as texts: what needs no look at the file system.

use super::path::{Accepts, path_object};
use crate::args;
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Thread, Value};

/// `fspath(path)`
pub fn fspath(th: &Thread, a: &[Value]) -> PyResult {
    args::fspath(th, a[0])
}

/// `path` without `.`, doubled slashes, and `..` behind a name.
fn normalise(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let root: &[u8] = match path {
        // Two slashes may mean something else than one; more mean one.
        [b'/', b'/', rest @ ..] if rest.first() != Some(&b'/') => b"//",
        [b'/', ..] => b"/",
        _ => b"",
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." if parts.last().is_some_and(|p| *p != b"..") => {
                parts.pop();
            }
            b".." if !root.is_empty() => {}
            _ => parts.push(part),
        }
    }
    let mut out = root.to_vec();
    out.extend_from_slice(&parts.join(&b'/'));
    if out.is_empty() {
        out.push(b'.');
    }
    out
}

/// The root and the rest.
fn split_root(path: &[u8]) -> (&[u8], &[u8]) {
    match path {
        [b'/', b'/', rest @ ..] if rest.first() != Some(&b'/') => path.split_at(2),
        [b'/', ..] => path.split_at(1),
        _ => path.split_at(0),
    }
}

/// A text or bytes, as the path was.
fn like(th: &Thread, path: Value, bytes: &[u8]) -> PyResult {
    if path.as_bytes().is_some() {
        Value::bytes(th, bytes)
    } else {
        // Cut at slashes, which are no part of any other character.
        Value::try_wtf8(th, Wtf8::from_bytes(bytes).unwrap_or_default())
    }
}

fn content<'a>(path: Value) -> &'a [u8] {
    match path.as_wtf8() {
        Some(w) => w.as_bytes(),
        None => path.as_bytes().unwrap_or_default(),
    }
}

/// `_path_normpath(path)`
pub fn normpath(th: &Thread, a: &[Value]) -> PyResult {
    let path = path_object(th, "_path_normpath", "path", Accepts::Path, a[0])?;
    like(th, path, &normalise(content(path)))
}

/// `_path_splitroot_ex(p)`
pub fn splitroot(th: &Thread, a: &[Value]) -> PyResult {
    let path = path_object(th, "_path_splitroot_ex", "path", Accepts::Path, a[0])?;
    let (root, rest) = split_root(content(path));
    let parts = [
        like(th, path, b"")?,
        like(th, path, root)?,
        like(th, path, rest)?,
    ];
    Value::try_tuple(th, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised() {
        for (from, to) in [
            ("", "."),
            ("/", "/"),
            ("//", "//"),
            ("///", "/"),
            ("///foo/.//bar//", "/foo/bar"),
            ("///..//./foo/.//bar", "/foo/bar"),
            ("a/../..", ".."),
            ("../a/./b/..", "../a"),
            ("./", "."),
            ("/../..//", "/"),
            ("//..//x", "//x"),
        ] {
            assert_eq!(normalise(from.as_bytes()), to.as_bytes(), "{from}");
        }
    }
}
