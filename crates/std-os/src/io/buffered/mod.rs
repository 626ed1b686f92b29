//! Buffered binary streams: `BufferedReader`, `BufferedWriter`, `BufferedRandom`, `BufferedRWPair`.
//!
//! A call holds the stream's lock for its whole effect, with the raw stream's system calls and Python code in it. For
//! that time the state is taken out of the object into a [`Session`], so that nothing else can see it half changed.
//!
//! The buffer has one logical position, at which the next byte is read or written, and remembers where in it the raw
//! stream stands. Bytes that were read ahead and bytes that wait to be written may both be there.
//!
//! | module | what it does |
//! |---|---|
//! | `raw` | the calls of the raw stream below |
//! | `read`, `write`, `position` | the methods |
//! | `pair` | `BufferedRWPair` |

mod pair;
mod position;
mod raw;
mod read;
mod write;

pub use pair::{BUFFERED_RW_PAIR, PAIR_SPEC};

use super::base;
use super::file_io::{bool_member, cannot_pickle, chained, plain};
use super::lock::{IoGuard, IoLock};
use crate::args::given;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use taipan_object::call::Args;
use taipan_object::gc::add_outside_bytes;
use taipan_object::heap::{Field, Guarded, Object};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::slots::Slots;
use taipan_object::types::{StaticType, class_of, flags, layout_of, shape_of};
use taipan_object::{PyResult, Raised, Thread, Value, attr, call, ops, payload, strings};

/// The buffer and the positions in it.
#[derive(Default)]
struct State {
    /// Empty until it is first used, then of the buffer's size.
    buf: Vec<u8>,
    /// The logical position.
    pos: usize,
    /// The raw stream's position in terms of the buffer, where it is known.
    raw_pos: Option<usize>,
    /// Up to here the buffer holds bytes as they are in the stream; nothing where it holds none.
    read_end: Option<usize>,
    /// The bytes that wait to be written, from … to.
    dirty: Option<(usize, usize)>,
    /// The raw stream's position in the file, where it is known.
    abs_pos: Option<i64>,
}

impl State {
    /// Bytes that were read ahead.
    fn ahead(&self) -> usize {
        self.read_end.map_or(0, |e| e.saturating_sub(self.pos))
    }

    /// How far the raw stream is in front of the logical position.
    fn raw_offset(&self) -> i64 {
        match self.raw_pos {
            Some(r) if self.read_end.is_some() || self.dirty.is_some() => {
                r as i64 - self.pos as i64
            }
            _ => 0,
        }
    }

    fn move_to(&mut self, pos: usize) {
        self.pos = pos;
        self.read_end = self.read_end.map(|e| e.max(pos));
    }
}

const NEW: u8 = 0;
const READY: u8 = 1;
const DETACHED: u8 = 2;

/// The payload of the buffered streams.
pub struct Buffered {
    raw: Field,
    /// A `bytearray` that raw streams written in Python read into.
    scratch: Field,
    lock: IoLock,
    state: Guarded<State>,
    size: AtomicUsize,
    status: AtomicU8,
    can_read: bool,
    can_write: bool,
    finalizing: AtomicBool,
    /// Whether it was closed: the buffer is gone.
    gone: AtomicBool,
}

payload!(Buffered, "buffered stream", |this, m| {
    this.raw.trace(m);
    this.scratch.trace(m);
});

impl Drop for Buffered {
    fn drop(&mut self) {
        let n = self.state.with(|s| s.buf.capacity());
        add_outside_bytes(-(n as isize));
    }
}

impl Buffered {
    fn new(can_read: bool, can_write: bool) -> Buffered {
        Buffered {
            raw: Field::absent(),
            scratch: Field::absent(),
            lock: IoLock::default(),
            state: Guarded::new(State::default()),
            size: AtomicUsize::new(0),
            status: AtomicU8::new(NEW),
            can_read,
            can_write,
            finalizing: AtomicBool::new(false),
            gone: AtomicBool::new(false),
        }
    }

    /// Whether the stream is closed; nothing where only the raw stream's attribute can tell.
    pub(super) fn known_closed(&self) -> Option<bool> {
        if self.status.load(Ordering::Acquire) != READY {
            return None;
        }
        if self.gone.load(Ordering::Acquire) {
            return Some(true);
        }
        plain(self.raw.get()).map(|f| f.fd() < 0)
    }

    /// Whether there is a method `write`.
    pub(super) fn is_writer(&self) -> bool {
        self.can_write
    }

    /// Whether there are methods to read.
    pub(super) fn is_reader(&self) -> bool {
        self.can_read
    }

    /// Whether bytes wait to be written.
    pub(super) fn is_dirty(&self) -> bool {
        self.status.load(Ordering::Acquire) == READY
            && self
                .state
                .with(|s| s.dirty.is_some_and(|(from, to)| from < to))
    }
}

/// A buffered stream whose methods are those of its native class for sure: it may be used without calling them.
pub(super) fn plain_buffer<'a>(v: Value) -> Option<&'a Object<Buffered>> {
    let b = v.downcast::<Buffered>()?;
    let shape = shape_of(v);
    (!class_of(v).is_heap() && shape.count() == 0 && !shape.is_dict_mode()).then_some(b)
}

/// `write(bytes)` of a stream that [`plain_buffer`] gave.
///
/// # Errors
/// As the method's.
pub(super) fn write_bytes(th: &Thread, v: Value, bytes: &[u8]) -> PyResult<usize> {
    write::write_bytes(th, v, bytes)
}

/// `flush()` of a writer that [`plain_buffer`] gave.
///
/// # Errors
/// As the method's.
pub(super) fn flush_writer(th: &Thread, v: Value) -> PyResult<()> {
    write::flush(th, &[v])?;
    Ok(())
}

/// `read1(n)` of a reader that [`plain_buffer`] gave, onto the end of `out`.
///
/// # Errors
/// As the method's.
pub(super) fn append_once(th: &Thread, v: Value, out: &mut Vec<u8>, n: usize) -> PyResult<()> {
    read::append_once(th, v, out, n)
}

const FLAGS: u64 = flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF;

/// `BufferedReader`
pub static BUFFERED_READER: StaticType = StaticType::new(
    "_io",
    "BufferedReader",
    Some(&base::BUFFERED_IO_BASE),
    FLAGS,
    layout_of::<Buffered>,
);
/// `BufferedWriter`
pub static BUFFERED_WRITER: StaticType = StaticType::new(
    "_io",
    "BufferedWriter",
    Some(&base::BUFFERED_IO_BASE),
    FLAGS,
    layout_of::<Buffered>,
);
/// `BufferedRandom`
pub static BUFFERED_RANDOM: StaticType = StaticType::new(
    "_io",
    "BufferedRandom",
    Some(&base::BUFFERED_IO_BASE),
    FLAGS,
    layout_of::<Buffered>,
);

static INIT_READER: Method = Method::new(
    "BufferedReader",
    "($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)",
    init,
);
static INIT_WRITER: Method = Method::new(
    "BufferedWriter",
    "($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)",
    init,
);
static INIT_RANDOM: Method = Method::new(
    "BufferedRandom",
    "($self, raw, buffer_size=DEFAULT_BUFFER_SIZE)",
    init,
);

/// A table of methods: those of all buffered streams behind those given.
macro_rules! methods {
    ($flush:expr, $($row:expr),*) => {
        &[
            $($row,)*
            Method::new("flush", "($self, /)", $flush).atomic(Atomic::Locked),
            Method::new("close", "($self, /)", close),
            Method::new("detach", "($self, /)", detach),
            Method::new("seekable", "($self, /)", |th, a| forward(th, a[0], "seekable")),
            Method::new("fileno", "($self, /)", |th, a| forward(th, a[0], "fileno")),
            Method::new("isatty", "($self, /)", |th, a| forward(th, a[0], "isatty")),
            Method::new("seek", "($self, target, whence=0, /)", position::seek)
                .atomic(Atomic::Locked),
            Method::new("tell", "($self, /)", position::tell).atomic(Atomic::Locked),
            Method::new("truncate", "($self, pos=None, /)", position::truncate)
                .atomic(Atomic::Locked),
            Method::new("_dealloc_warn", "($self, source, /)", |th, a| {
                warn_unclosed(th, a[0], a[1]);
                Ok(Value::NONE)
            }),
            Method::new("__sizeof__", "($self, /)", size_of_stream),
            Method::new("__getstate__", "($self, /)", |th, a| Err(cannot_pickle(th, a[0]))),
        ]
    };
}

const PEEK: Method = Method::new("peek", "($self, size=0, /)", read::peek).atomic(Atomic::Locked);
const READ: Method = Method::new("read", "($self, size=-1, /)", read::read).atomic(Atomic::Locked);
const READ1: Method =
    Method::new("read1", "($self, size=-1, /)", read::read1).atomic(Atomic::Locked);
const READ_INTO: Method =
    Method::new("readinto", "($self, buffer, /)", read::read_into).atomic(Atomic::Locked);
const READ_INTO1: Method =
    Method::new("readinto1", "($self, buffer, /)", read::read_into1).atomic(Atomic::Locked);
const READ_LINE: Method =
    Method::new("readline", "($self, size=-1, /)", read::read_line).atomic(Atomic::Locked);
const READABLE: Method = Method::new("readable", "($self, /)", |th, a| {
    forward(th, a[0], "readable")
});
const WRITE: Method =
    Method::new("write", "($self, buffer, /)", write::write).atomic(Atomic::Locked);
const WRITABLE: Method = Method::new("writable", "($self, /)", |th, a| {
    forward(th, a[0], "writable")
});

static GETSET: &[GetSet] = &[
    GetSet::rw(
        "raw",
        |_, v| Ok(v.expect::<Buffered>().raw.get().or(Value::NONE)),
        |th, _, _| {
            Err(th.raise(
                &taipan_object::exception::ATTRIBUTE_ERROR,
                "readonly attribute",
            ))
        },
    ),
    GetSet::new("closed", |th, v| {
        attr::get_str(th, ready_raw(th, v)?, "closed")
    }),
    GetSet::new("name", |th, v| attr::get_str(th, ready_raw(th, v)?, "name")),
    GetSet::new("mode", |th, v| attr::get_str(th, ready_raw(th, v)?, "mode")),
    GetSet::rw(
        "_finalizing",
        |_, v| {
            let b = v.expect::<Buffered>();
            Ok(Value::bool(b.finalizing.load(Ordering::Acquire)))
        },
        |th, v, to| {
            let on = bool_member(th, to)?;
            v.expect::<Buffered>()
                .finalizing
                .store(on, Ordering::Release);
            Ok(())
        },
    ),
];

fn init_with(th: &Thread, row: &'static Method, v: Value, a: Args) -> PyResult<()> {
    a.with_first(th, v, |a| call::call_method_row(th, row, a))?;
    Ok(())
}

fn common_slots(s: &mut Slots) {
    s.repr = Some(repr);
}

/// `BufferedReader`
pub static READER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        common_slots(s);
        s.new = Some(|th, cls, _| Ok(th.new_instance(cls, Buffered::new(true, false)).value()));
        s.init = Some(|th, v, a| init_with(th, &INIT_READER, v, a));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: methods!(
        flush_raw, PEEK, READ, READ1, READ_INTO, READ_INTO1, READ_LINE, READABLE
    ),
    getset: GETSET,
    doc: "Create a new buffered reader using the given readable raw IO object.",
    sig: "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
};

/// `BufferedWriter`
pub static WRITER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        common_slots(s);
        s.new = Some(|th, cls, _| Ok(th.new_instance(cls, Buffered::new(false, true)).value()));
        s.init = Some(|th, v, a| init_with(th, &INIT_WRITER, v, a));
    },
    methods: methods!(write::flush, WRITE, WRITABLE),
    getset: GETSET,
    doc: "A buffer for a writeable sequential RawIO object.\n\nThe constructor creates a BufferedWriter for the given writeable raw\nstream. If the buffer_size is not given, it defaults to\nDEFAULT_BUFFER_SIZE.",
    sig: "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
};

/// `BufferedRandom`
pub static RANDOM_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        common_slots(s);
        s.new = Some(|th, cls, _| Ok(th.new_instance(cls, Buffered::new(true, true)).value()));
        s.init = Some(|th, v, a| init_with(th, &INIT_RANDOM, v, a));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: methods!(
        write::flush,
        PEEK,
        READ,
        READ1,
        READ_INTO,
        READ_INTO1,
        READ_LINE,
        READABLE,
        WRITE,
        WRITABLE
    ),
    getset: GETSET,
    doc: "A buffered interface to random access streams.\n\nThe constructor creates a reader and writer for a seekable stream,\nraw, given in the first argument. If the buffer_size is omitted it\ndefaults to DEFAULT_BUFFER_SIZE.",
    sig: "(raw, buffer_size=DEFAULT_BUFFER_SIZE)",
};

/// Fails for a stream that was not set up, or was taken apart.
fn check_ready(th: &Thread, b: &Buffered) -> PyResult<()> {
    match b.status.load(Ordering::Acquire) {
        READY => Ok(()),
        DETACHED => Err(th.value_error("raw stream has been detached")),
        _ => Err(th.value_error("I/O operation on uninitialized object")),
    }
}

/// The raw stream of a stream that was set up.
fn ready_raw(th: &Thread, v: Value) -> PyResult {
    let b = v.expect::<Buffered>();
    check_ready(th, b)?;
    match b.raw.get().present() {
        Some(raw) => Ok(raw),
        // Detached by another thread this very moment.
        None => Err(th.value_error("raw stream has been detached")),
    }
}

fn forward(th: &Thread, v: Value, method: &str) -> PyResult {
    call::call_method(th, ready_raw(th, v)?, method, &[])
}

/// Buffers above this size are got at once, so that one that can't be had is an error of the constructor.
const EAGER: usize = 1 << 20;

fn init(th: &Thread, a: &[Value]) -> PyResult {
    let (v, raw) = (a[0], a[1]);
    let size = match a[2].present() {
        Some(n) => ops::index_i64(th, n)?,
        None => super::DEFAULT_BUFFER_SIZE,
    };
    let b = v.expect::<Buffered>();
    b.status.store(NEW, Ordering::Release);
    if b.can_read && b.can_write {
        base::check_able(th, raw, "seekable", "File or stream is not seekable.")?;
    }
    if b.can_read {
        base::check_able(th, raw, "readable", "File or stream is not readable.")?;
    }
    if b.can_write {
        base::check_able(th, raw, "writable", "File or stream is not writable.")?;
    }
    if size <= 0 {
        return Err(th.value_error("buffer size must be strictly positive"));
    }
    let mut fresh = State::default();
    if size as usize > EAGER {
        allocate(th, &mut fresh.buf, size as usize)?;
    }
    let lock = b.lock.lock(th, v)?;
    let old = b.raw.swap(&b.header, raw);
    if let Some(old) = old.present() {
        base::disown(old);
    }
    base::own(raw);
    b.size.store(size as usize, Ordering::Release);
    b.gone.store(false, Ordering::Release);
    let old = b.state.with(|s| std::mem::replace(s, fresh));
    add_outside_bytes(-(old.buf.capacity() as isize));
    drop(lock);
    b.status.store(READY, Ordering::Release);
    // A pipe has no position to begin with.
    if let Ok(mut s) = Session::begin(th, v) {
        let _ = s.raw_tell();
    }
    Ok(Value::NONE)
}

fn allocate(th: &Thread, buf: &mut Vec<u8>, size: usize) -> PyResult<()> {
    if buf.try_reserve_exact(size).is_err() {
        return Err(th.memory_error());
    }
    buf.resize(size, 0);
    add_outside_bytes(buf.capacity() as isize);
    Ok(())
}

/// Longest piece that is copied by way of the native stack.
const SMALL: usize = 256;

impl Buffered {
    /// Does what needs the buffer only, in one step: nothing where `f` finds that it needs more, and while a call of
    /// another thread has the state, which is then empty here.
    #[inline]
    fn quick<R>(&self, f: impl FnOnce(&mut State) -> Option<R>) -> Option<R> {
        if self.status.load(Ordering::Acquire) != READY {
            return None;
        }
        self.state.with(f)
    }
}

/// One call on a stream: holds its lock, and its state.
struct Session<'a> {
    th: &'a Thread,
    /// The stream.
    b: &'a Object<Buffered>,
    raw: Value,
    s: State,
    _lock: IoGuard<'a>,
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        // Comes before the lock's own drop.
        let s = std::mem::take(&mut self.s);
        self.b.state.with(|kept| *kept = s);
    }
}

impl<'a> Session<'a> {
    fn begin(th: &'a Thread, v: Value) -> PyResult<Session<'a>> {
        let b = v.expect::<Buffered>();
        check_ready(th, b)?;
        let lock = b.lock.lock(th, v)?;
        let raw = ready_raw(th, v)?;
        let s = b.state.with(std::mem::take);
        Ok(Session {
            th,
            b,
            raw,
            s,
            _lock: lock,
        })
    }

    /// As [`Session::begin`], for an open stream; bytes that were read ahead may be had even when the raw stream was
    /// closed below.
    fn begin_open(th: &'a Thread, v: Value, closed: &str) -> PyResult<Session<'a>> {
        let s = Session::begin(th, v)?;
        if s.s.ahead() == 0 && s.is_closed()? {
            return Err(th.value_error(closed));
        }
        Ok(s)
    }

    fn is_closed(&self) -> PyResult<bool> {
        if self.b.gone.load(Ordering::Acquire) {
            return Ok(true);
        }
        match plain(self.raw) {
            Some(f) => Ok(f.fd() < 0),
            None => base::is_closed(self.th, self.raw),
        }
    }

    fn size(&self) -> usize {
        self.b.size.load(Ordering::Relaxed)
    }

    /// Gets the buffer's memory, if it is not there yet.
    fn need_buffer(&mut self) -> PyResult<()> {
        if self.s.buf.is_empty() {
            let size = self.size();
            allocate(self.th, &mut self.s.buf, size)?;
        }
        Ok(())
    }
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let shown = base::shown_name(v);
    let text = match base::repr_attr(th, v, "name")? {
        Some(name) => format!("<{shown} name={name}>"),
        None => format!("<{shown}>"),
    };
    Ok(Value::str(th, &text))
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    check_ready(th, v.expect::<Buffered>())?;
    let line = if class_of(v).is_heap() {
        let line = call::call_method(th, v, "readline", &[])?;
        if line.as_bytes().is_none() {
            return Err(th.raise(
                &taipan_object::exception::OS_ERROR,
                format!(
                    "readline() should have returned a bytes object, not '{}'",
                    class_of(line).name_text()
                ),
            ));
        }
        line
    } else {
        read::line(th, v, None)?
    };
    Ok(line
        .as_bytes()
        .is_some_and(|b| !b.is_empty())
        .then_some(line))
}

fn flush_raw(th: &Thread, a: &[Value]) -> PyResult {
    forward(th, a[0], "flush")
}

fn size_of_stream(th: &Thread, a: &[Value]) -> PyResult {
    let b = a[0].expect::<Buffered>();
    let buffer = if b.gone.load(Ordering::Acquire) {
        0
    } else {
        b.size.load(Ordering::Acquire)
    };
    Ok(Value::usize(th, size_of::<Object<Buffered>>() + buffer))
}

fn warn_unclosed(th: &Thread, v: Value, source: Value) {
    let b = v.expect::<Buffered>();
    if b.status.load(Ordering::Acquire) == READY
        && let Some(raw) = b.raw.get().present()
    {
        // Not every raw stream has such a warning.
        let _ = call::call_method(th, raw, "_dealloc_warn", &[source]);
    }
}

fn close(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let b = v.expect::<Buffered>();
    {
        let s = Session::begin(th, v)?;
        if base::is_closed(th, s.raw)? {
            return Ok(Value::NONE);
        }
    }
    if b.finalizing.load(Ordering::Acquire) {
        warn_unclosed(th, v, v);
    }
    // The lock is free: `flush` takes it, and may be a method of a subclass.
    let flushed = call::call_method(th, v, "flush", &[]).err();
    let mut s = match Session::begin(th, v) {
        Ok(s) => s,
        Err(e) => return chained(flushed, Err(e)),
    };
    let closed = call::call_method(th, s.raw, "close", &[]);
    b.gone.store(true, Ordering::Release);
    let old = std::mem::take(&mut s.s);
    add_outside_bytes(-(old.buf.capacity() as isize));
    drop(s);
    chained(flushed, closed)
}

fn detach(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    check_ready(th, v.expect::<Buffered>())?;
    call::call_method(th, v, "flush", &[])?;
    let mut s = Session::begin(th, v)?;
    let b = s.b;
    let old = std::mem::take(&mut s.s);
    add_outside_bytes(-(old.buf.capacity() as isize));
    b.raw.set(&b.header, Value::ABSENT);
    b.status.store(DETACHED, Ordering::Release);
    base::disown(s.raw);
    Ok(s.raw)
}

/// `BlockingIOError` for a raw stream that takes no more now; `written` bytes were taken.
#[cold]
fn would_block(th: &Thread, written: usize) -> Raised {
    let errno = Value::small_int(libc::EAGAIN.into());
    let message = Value::str(th, "write could not complete without blocking");
    let written = Value::usize(th, written);
    th.raise_with(
        &taipan_object::exception::BLOCKING_IO_ERROR,
        &[errno, message, written],
    )
}

/// A size argument that must be an integer; the default where it was left out.
fn ssize(th: &Thread, v: Value, default: i64) -> PyResult<i64> {
    match v.present() {
        Some(v) => ops::index_i64(th, v),
        None => Ok(default),
    }
}

/// A position that may be None.
fn given_or_none(v: Value) -> Value {
    given(v).unwrap_or(Value::NONE)
}

/// An interned method name.
fn name(th: &Thread, text: &str) -> Value {
    strings::intern(th, text)
}
