//! Names and texts of code objects: the frozen library's lie in the executable and are not copied.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use rustpython_wtf8::{Wtf8, Wtf8Buf};

/// An identifier or other short text that many code objects share.
#[derive(Clone)]
pub enum Name {
    /// One of a module in the executable.
    Packed(Arc<NameTable>, u32),
    /// Made by the compiler or read from a file.
    Shared(Arc<str>),
}

/// The names of a module in the executable.
#[derive(Default, Debug)]
pub struct NameTable {
    texts: Box<[&'static str]>,
    marks: Box<[AtomicU64]>,
}

impl NameTable {
    pub(crate) fn new(texts: Vec<&'static str>) -> NameTable {
        NameTable {
            marks: texts.iter().map(|_| AtomicU64::new(0)).collect(),
            texts: texts.into(),
        }
    }

    /// All names.
    pub(crate) fn names(self: Arc<NameTable>) -> Arc<[Name]> {
        let all = 0..self.texts.len() as u32;
        all.map(|n| Name::Packed(self.clone(), n)).collect()
    }
}

impl Name {
    /// A word that whoever makes objects of names may use to know one again; zero at first. Only the names of modules
    /// in the executable have one.
    pub fn mark(&self) -> Option<&AtomicU64> {
        match self {
            Name::Packed(table, n) => Some(&table.marks[*n as usize]),
            Name::Shared(_) => None,
        }
    }
}

/// The text of a string constant.
#[derive(Clone)]
pub enum Text {
    /// In the executable.
    Static(&'static Wtf8),
    /// Made by the compiler or read from a file.
    Shared(Arc<Wtf8Buf>),
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Name::Packed(table, n) => table.texts[*n as usize],
            Name::Shared(s) => s,
        }
    }
}

impl std::ops::Deref for Text {
    type Target = Wtf8;

    fn deref(&self) -> &Wtf8 {
        match self {
            Text::Static(s) => s,
            Text::Shared(s) => s,
        }
    }
}

impl From<&str> for Name {
    fn from(s: &str) -> Name {
        Name::Shared(s.into())
    }
}

impl From<String> for Name {
    fn from(s: String) -> Name {
        Name::Shared(s.into())
    }
}

impl From<Wtf8Buf> for Text {
    fn from(s: Wtf8Buf) -> Text {
        Text::Shared(Arc::new(s))
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        **self == **other
    }
}

impl Eq for Name {}

impl std::hash::Hash for Name {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl std::borrow::Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Text) -> bool {
        **self == **other
    }
}

impl std::fmt::Debug for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&**self, f)
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self)
    }
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Debug::fmt(&**self, f)
    }
}
