//! The pure standard library, and modules of our own, inside the executable.
//!
//! `build/` packs every file into one blob and writes a sorted index of integers: nothing is
//! allocated, decompressed or relocated when the program starts. A lookup is a binary search;
//! a source is decompressed when [`Module::source`] is called, and code compiled ahead of time
//! is used where it lies.
//!
//! Packed files have *virtual paths*, `<stdlib>/json/decoder.py`: what `__file__` and tracebacks
//! show. [`read_file`] and [`list_dir`] serve loaders that are asked for such a path.

use std::borrow::Cow;

mod index;
#[cfg(test)]
mod tests;

use index::{BLOB, Entry, FILES, File, MODULES};

/// The directory of all virtual paths.
pub const VIRTUAL_PREFIX: &str = "<stdlib>";

/// One importable module of the library.
#[derive(Clone, Copy)]
pub struct Module(&'static Entry);

impl Module {
    /// The dotted name.
    pub fn name(self) -> &'static str {
        self.0.name.get()
    }

    /// Whether the module is a package's `__init__.py`.
    pub fn is_package(self) -> bool {
        self.0.is_package
    }

    /// The path below the library's root: `json/decoder.py`.
    pub fn path(self) -> &'static str {
        self.file().name.get()
    }

    /// What `__file__` and tracebacks show: `<stdlib>/json/decoder.py`.
    pub fn virtual_path(self) -> String {
        format!("{VIRTUAL_PREFIX}/{}", self.path())
    }

    /// The one entry of a package's `__path__`: its virtual directory.
    pub fn virtual_dir(self) -> Option<String> {
        let dir = self.path().strip_suffix("/__init__.py")?;
        Some(format!("{VIRTUAL_PREFIX}/{dir}"))
    }

    /// The source text, which is always UTF-8.
    pub fn source(self) -> Cow<'static, str> {
        match contents(self.file()) {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => Cow::Owned(match String::from_utf8(bytes) {
                Ok(text) => text,
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            }),
        }
    }

    /// The code compiled when the executable was built, aligned to 16 bytes, if it has any.
    pub fn code(self) -> Option<&'static [u8]> {
        let file = self.file();
        (file.code_len > 0).then(|| slice(file.code_at, file.code_len))
    }

    fn file(self) -> &'static File {
        &FILES[self.0.file as usize]
    }
}

impl std::fmt::Debug for Module {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Module")
            .field("name", &self.name())
            .field("path", &self.path())
            .finish()
    }
}

/// The module of that dotted name.
pub fn find(name: &str) -> Option<Module> {
    let at = MODULES
        .binary_search_by(|entry| entry.name.get().cmp(name))
        .ok()?;
    Some(Module(&MODULES[at]))
}

/// All modules, sorted by name.
pub fn modules() -> impl ExactSizeIterator<Item = Module> {
    MODULES.iter().map(Module)
}

/// The modules directly inside the package `name`; the empty name gives the top level.
pub fn list_package(name: &str) -> impl Iterator<Item = Module> {
    let prefix = if name.is_empty() {
        String::new()
    } else {
        format!("{name}.")
    };
    let start = MODULES.partition_point(|entry| entry.name.get() < prefix.as_str());
    MODULES[start..]
        .iter()
        .map(Module)
        .map_while(move |module| Some((module, module.name().strip_prefix(prefix.as_str())?)))
        .filter(|(_, rest)| !rest.contains('.'))
        .map(|(module, _)| module)
}

/// The contents of a packed file, module or data; `path` is virtual or below the root.
pub fn read_file(path: &str) -> Option<Cow<'static, [u8]>> {
    let path = below_root(path);
    let at = FILES
        .binary_search_by(|file| file.name.get().cmp(path))
        .ok()?;
    Some(contents(&FILES[at]))
}

/// The size of a packed file, without decompressing it.
pub fn file_len(path: &str) -> Option<usize> {
    let path = below_root(path);
    let at = FILES
        .binary_search_by(|file| file.name.get().cmp(path))
        .ok()?;
    Some(FILES[at].len as usize)
}

/// Paths of all packed files below the root, sorted.
pub fn files() -> impl ExactSizeIterator<Item = &'static str> {
    FILES.iter().map(|file| file.name.get())
}

/// Something found in a virtual directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DirEntry {
    /// The last part of the path.
    pub name: &'static str,
    /// Whether it is a directory.
    pub is_dir: bool,
}

/// What lies directly in a directory (virtual, or below the root; the root is the empty path).
/// Empty for a path that is no directory: there are no empty ones.
pub fn list_dir(path: &str) -> Vec<DirEntry> {
    let path = below_root(path).trim_end_matches('/');
    let prefix = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    let start = FILES.partition_point(|file| file.name.get() < prefix.as_str());
    let mut found: Vec<DirEntry> = Vec::new();
    for file in &FILES[start..] {
        let Some(rest) = file.name.get().strip_prefix(prefix.as_str()) else {
            break;
        };
        let (name, is_dir) = match rest.split_once('/') {
            Some((dir, _)) => (dir, true),
            None => (rest, false),
        };
        let entry = DirEntry { name, is_dir };
        if found.last() != Some(&entry) {
            found.push(entry);
        }
    }
    found
}

/// Takes the virtual prefix off, where there is one.
fn below_root(path: &str) -> &str {
    match path.strip_prefix(VIRTUAL_PREFIX) {
        Some("") => "",
        Some(rest) => rest.strip_prefix('/').unwrap_or(path),
        None => path,
    }
}

fn contents(file: &File) -> Cow<'static, [u8]> {
    let packed = slice(file.at, file.packed_len);
    if file.packed_len == file.len {
        return Cow::Borrowed(packed);
    }
    match lz4_flex::block::decompress(packed, file.len as usize) {
        Ok(bytes) => Cow::Owned(bytes),
        // The build wrote it and a test reads all of it back.
        Err(error) => unreachable!("packed file {}: {error}", file.name.get()),
    }
}

fn slice(at: u32, len: u32) -> &'static [u8] {
    &BLOB[at as usize..][..len as usize]
}
