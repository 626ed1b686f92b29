//! `scandir` and its entries.

use super::path::{Accepts, Path};
use super::structs;
use crate::args;
use std::collections::VecDeque;
use std::ffi::CString;
use std::sync::{Mutex, PoisonError};
use taipan_containers::args::class_getitem;
use taipan_host::dir::{Dir, Entry, Kind};
use taipan_host::{CWD, Fd, stat};
use taipan_object::heap::{Field, Guarded, Object};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops, payload};

/// Entries read at once: leaving and entering the collector's reach costs more than a look at an entry.
const BATCH: usize = 64;

/// Entries that are read and not yet asked for, and the error that came behind them.
struct Ahead {
    entries: VecDeque<Entry>,
    error: Option<std::io::Error>,
    /// Nothing more is to come.
    done: bool,
    /// The end was told, or the iterator closed: what is left needs no warning.
    told: bool,
}

/// The payload of `ScandirIterator`.
pub struct ScandirIterator {
    /// Locked in blocking regions only: reading may take its time.
    dir: Mutex<Option<Dir>>,
    ahead: Guarded<Ahead>,
    /// The directory, as given; absent for the current one.
    path: Field,
    fd: Option<Fd>,
    is_bytes: bool,
}

payload!(ScandirIterator, "scandir iterator", |this, m| this
    .path
    .trace(m));

/// `posix.ScandirIterator`
pub static SCANDIR_ITERATOR: StaticType = StaticType::new(
    "posix",
    "ScandirIterator",
    Some(&OBJECT),
    flags::NO_NEW | flags::HAS_DEL,
    layout_of::<ScandirIterator>,
);

/// `posix.ScandirIterator`
pub static ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
        s.del = Some(finalise);
    },
    methods: &[
        Method::new("__enter__", "($self, /)", |_, a| Ok(a[0])),
        Method::new("__exit__", "($self, /, *args)", |th, a| {
            close(th, a[0].expect());
            Ok(Value::NONE)
        }),
        Method::new("close", "($self, /)", |th, a| {
            close(th, a[0].expect());
            Ok(Value::NONE)
        })
        .doc("Close the directory before the iterator is at its end."),
    ],
    ..TypeSpec::EMPTY
};

/// `scandir(path=None)`
pub fn scandir(th: &Thread, a: &[Value]) -> PyResult {
    let path = Path::new(th, "scandir", "path", Accepts::PathFdOrNone, a[0])?;
    th.audit("os.scandir", &[path.object.or(Value::NONE)])?;
    let dir = path.call_either(th, Dir::from_fd, Dir::open)?;
    let it = ScandirIterator {
        dir: Mutex::new(Some(dir)),
        ahead: Guarded::new(Ahead {
            entries: VecDeque::new(),
            error: None,
            done: false,
            told: false,
        }),
        path: Field::new(path.object),
        fd: path.fd,
        is_bytes: path.is_bytes,
    };
    Ok(th.new_object(&SCANDIR_ITERATOR, it).value())
}

fn close(th: &Thread, it: &Object<ScandirIterator>) {
    it.ahead.with(|a| {
        a.done = true;
        a.told = true;
        a.entries.clear();
        a.error = None;
    });
    th.blocking(|| {
        let dir = it.dir.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(dir);
    });
}

fn finalise(th: &Thread, v: Value) -> PyResult<()> {
    let it = v.expect::<ScandirIterator>();
    if it.ahead.with(|a| a.told) {
        return Ok(());
    }
    let text = ops::repr(th, v)?;
    close(th, it);
    th.warn(
        &taipan_object::exception::RESOURCE_WARNING,
        format!(
            "unclosed scandir iterator {}",
            taipan_object::names::text(text)
        ),
    )
}

/// What is at the front of what was read ahead.
enum Front {
    Entry(Entry),
    Error(std::io::Error),
    End,
    Empty,
}

fn front(it: &ScandirIterator) -> Front {
    it.ahead.with(|a| {
        if let Some(e) = a.entries.pop_front() {
            Front::Entry(e)
        } else if let Some(e) = a.error.take() {
            a.done = true;
            Front::Error(e)
        } else if a.done {
            a.told = true;
            Front::End
        } else {
            Front::Empty
        }
    })
}

fn read_ahead(it: &ScandirIterator) {
    let mut dir = it.dir.lock().unwrap_or_else(PoisonError::into_inner);
    // Another thread may have been here since.
    if it
        .ahead
        .with(|a| a.done || a.error.is_some() || !a.entries.is_empty())
    {
        return;
    }
    let (mut entries, mut error) = (VecDeque::with_capacity(BATCH), None);
    let mut done = false;
    while entries.len() < BATCH {
        match dir.as_mut().and_then(Iterator::next) {
            Some(Ok(e)) => entries.push_back(e),
            Some(Err(e)) => {
                error = Some(e);
                break;
            }
            None => {
                done = true;
                break;
            }
        }
    }
    if done {
        *dir = None;
    }
    it.ahead.with(|a| {
        a.entries = entries;
        a.error = error;
        a.done = done;
    });
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<ScandirIterator>();
    loop {
        match front(it) {
            Front::Entry(e) => return entry(th, it, e).map(Some),
            Front::Error(e) => {
                close(th, it);
                return Err(th.os_error(&e, it.path.get()));
            }
            Front::End => {
                return Ok(None);
            }
            Front::Empty => {
                th.blocking(|| read_ahead(it));
            }
        }
    }
}

/// The payload of `DirEntry`.
pub struct DirEntry {
    name: Field,
    path: Field,
    /// `stat()`; absent until asked for.
    stat: Field,
    /// `stat(follow_symlinks=False)`
    lstat: Field,
    kind: Kind,
    ino: u64,
    dir: Fd,
}

payload!(DirEntry, "DirEntry", |this, m| {
    this.name.trace(m);
    this.path.trace(m);
    this.stat.trace(m);
    this.lstat.trace(m);
});

/// `posix.DirEntry`
pub static DIR_ENTRY: StaticType = StaticType::new(
    "posix",
    "DirEntry",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<DirEntry>,
);

/// `posix.DirEntry`
pub static ENTRY_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(|th, v| {
            let name = ops::repr(th, v.expect::<DirEntry>().name.get())?;
            let mut text = taipan_object::wtf8::Wtf8Buf::from_string("<DirEntry ".into());
            text.push_wtf8(name.as_wtf8().unwrap_or_default());
            text.push_str(">");
            Value::try_wtf8(th, &text)
        });
    },
    methods: &[
        Method::new("is_dir", "($self, /, *, follow_symlinks=True)", |th, a| {
            let follow = args::flag(th, a[1], true)?;
            is_kind(th, a[0], follow, libc::S_IFDIR)
        })
        .doc("Whether the entry is a directory; kept once known."),
        Method::new("is_file", "($self, /, *, follow_symlinks=True)", |th, a| {
            let follow = args::flag(th, a[1], true)?;
            is_kind(th, a[0], follow, libc::S_IFREG)
        })
        .doc("Whether the entry is a regular file; kept once known."),
        Method::new("is_symlink", "($self, /)", |th, a| {
            is_kind(th, a[0], false, libc::S_IFLNK)
        })
        .doc("Whether the entry is a symbolic link; kept once known."),
        Method::new("is_junction", "($self, /)", |_, _| Ok(Value::FALSE))
            .doc("Whether the entry is a junction: there are none on this system."),
        Method::new("stat", "($self, /, *, follow_symlinks=True)", |th, a| {
            let follow = args::flag(th, a[1], true)?;
            entry_stat(th, a[0], follow)
        })
        .doc("The entry's stat_result; kept once known."),
        Method::new("inode", "($self, /)", |th, a| {
            Ok(Value::uint(th, a[0].expect::<DirEntry>().ino))
        })
        .doc("The entry's inode."),
        Method::new("__fspath__", "($self, /)", |_, a| {
            Ok(a[0].expect::<DirEntry>().path.get())
        })
        .doc("The entry's path."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("DirEntry is generic over the type of the path (str or bytes)"),
    ],
    getset: &[
        GetSet::new("name", |_, v| Ok(v.expect::<DirEntry>().name.get()))
            .doc("the entry's base filename, relative to scandir() \"path\" argument"),
        GetSet::new("path", |_, v| Ok(v.expect::<DirEntry>().path.get())).doc(
            "the entry's full path name; equivalent to\nos.path.join(scandir_path, entry.name)",
        ),
    ],
    ..TypeSpec::EMPTY
};

fn entry(th: &Thread, it: &ScandirIterator, e: Entry) -> PyResult {
    let text = |bytes: &[u8]| {
        if it.is_bytes {
            Value::bytes(th, bytes)
        } else {
            Ok(args::fs_decode(th, bytes))
        }
    };
    let name = text(&e.name)?;
    let given = it.path.get();
    let path = if it.fd.is_some() {
        name
    } else {
        let mut full = if given.is_absent() {
            b".".to_vec()
        } else {
            args::fs_encode(th, given)?
        };
        if full.last().is_some_and(|b| *b != b'/') {
            full.push(b'/');
        }
        full.extend_from_slice(&e.name);
        text(&full)?
    };
    let entry = DirEntry {
        name: Field::new(name),
        path: Field::new(path),
        stat: Field::absent(),
        lstat: Field::absent(),
        kind: e.kind,
        ino: e.ino,
        dir: it.fd.unwrap_or(CWD),
    };
    Ok(th.new_object(&DIR_ENTRY, entry).value())
}

fn entry_stat(th: &Thread, v: Value, follow: bool) -> PyResult {
    let e = v.expect::<DirEntry>();
    // What is no link has one status.
    let follow = follow && is_link(th, v)?;
    let field = if follow { &e.stat } else { &e.lstat };
    if let Some(known) = field.get().present() {
        return Ok(known);
    }
    let path = e.path.get();
    let bytes = args::fs_encode(th, path)?;
    let text = CString::new(bytes).map_err(|_| th.value_error("embedded null byte"))?;
    let s = args::retry(th, || stat::stat(e.dir, &text, follow))?
        .map_err(|error| th.os_error(&error, path))?;
    let s = structs::stat(th, &s)?;
    field.set(&e.header, s);
    Ok(s)
}

fn is_link(th: &Thread, v: Value) -> PyResult<bool> {
    match v.expect::<DirEntry>().kind {
        Kind::Unknown => {
            let s = entry_stat(th, v, false)?;
            Ok(kind_of(s) == libc::S_IFLNK)
        }
        kind => Ok(kind == Kind::Symlink),
    }
}

/// The kind of file, of a `stat_result`.
fn kind_of(s: Value) -> u32 {
    let mode = s
        .as_tuple()
        .and_then(|t| t.first())
        .and_then(|m| m.as_i64());
    mode.unwrap_or(0) as u32 & libc::S_IFMT
}

fn is_kind(th: &Thread, v: Value, follow: bool, wanted: u32) -> PyResult {
    let e = v.expect::<DirEntry>();
    let link = e.kind == Kind::Symlink;
    if e.kind == Kind::Unknown || (follow && link) {
        return match entry_stat(th, v, follow) {
            Ok(s) => Ok(Value::bool(kind_of(s) == wanted)),
            // An entry that is gone, or a link to nothing, is of no kind.
            Err(e) if e.is(&taipan_object::exception::FILE_NOT_FOUND_ERROR) => Ok(Value::FALSE),
            Err(e) => Err(e),
        };
    }
    let known = match e.kind {
        Kind::Dir => libc::S_IFDIR,
        Kind::File => libc::S_IFREG,
        Kind::Symlink => libc::S_IFLNK,
        Kind::Other | Kind::Unknown => 0,
    };
    Ok(Value::bool(known == wanted))
}
