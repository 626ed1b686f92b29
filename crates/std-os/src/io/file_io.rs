//! `FileIO`: a raw stream over a file descriptor.

use super::base::{self, unsupported};
use crate::args::{self, given, size};
use std::io;
use std::sync::atomic::{AtomicI8, AtomicI32, AtomicU32, Ordering};
use taipan_host::Fd;
use taipan_host::stat::Stat;
use taipan_host::{fd, stat, tty};
use taipan_object::call::Args;
use taipan_object::heap::{Guarded, Object};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{StaticType, class_of, flags, layout_of, shape_of};
use taipan_object::{
    PyResult, Raised, Thread, Value, attr, buffer, call, exception, ops, payload, strings,
};

const CREATED: u32 = 1;
const READABLE: u32 = 2;
const WRITABLE: u32 = 4;
const APPENDING: u32 = 8;
const CLOSE_FD: u32 = 16;
const FINALIZING: u32 = 32;
/// Known to `writers`.
const COUNTED: u32 = 64;

/// Most bytes that are read at first without knowing that they are there.
const FIRST_CHUNK: usize = 8 * 1024;
/// Up to this size a second look at the position costs more than the memory it may save.
const LARGE: i64 = 64 * 1024;

/// The payload of `FileIO`.
pub struct FileIo {
    /// The descriptor; negative once closed.
    fd: AtomicI32,
    flags: AtomicU32,
    /// Whether the file can seek; negative while not known.
    seekable: AtomicI8,
    /// What the system said when the file was opened.
    opened: Guarded<Option<Stat>>,
}

payload!(FileIo, "FileIO", |this, m| {});

/// `FileIO`
pub static FILE_IO: StaticType = StaticType::new(
    "_io",
    "FileIO",
    Some(&base::RAW_IO_BASE),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF,
    layout_of::<FileIo>,
);

static INIT: Method = Method::new(
    "FileIO",
    "($self, file, mode='r', closefd=True, opener=None)",
    init,
);

/// `FileIO`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let file = FileIo {
                fd: AtomicI32::new(-1),
                flags: AtomicU32::new(CLOSE_FD),
                seekable: AtomicI8::new(-1),
                opened: Guarded::new(None),
            };
            Ok(th.new_instance(cls, file).value())
        });
        s.init = Some(|th, v, a: Args| {
            a.with_first(th, v, |a| call::call_method_row(th, &INIT, a))?;
            Ok(())
        });
        s.repr = Some(repr);
    },
    methods: &[
        Method::new("read", "($self, size=-1, /)", read).doc(
            "Read at most size bytes, returned as bytes.\n\nIf size is less than 0, read all bytes in the file making multiple\nread calls.  See ``FileIO.readall``.\n\nAttempts to make only one system call, retrying only per PEP 475\n(EINTR).  This means less data may be returned than requested.\n\nIn non-blocking mode, returns None if no data is available.  Return\nan empty bytes object at EOF.",
        ),
        Method::new("readall", "($self, /)", |th, a| read_all(th, a[0].expect())).doc(
            "Read all data from the file, returned as bytes.\n\nReads until either there is an error or read() returns size 0\n(indicates EOF).  If the file is already at EOF, returns an empty\nbytes object.\n\nIn non-blocking mode, returns as much data as could be read before\nEAGAIN.  If no data is available (EAGAIN is returned before bytes\nare read) returns None.",
        ),
        Method::new("readinto", "($self, buffer, /)", read_into).doc("Same as RawIOBase.readinto()."),
        Method::new("write", "($self, b, /)", |th, a| {
            let n = with_bytes(th, a[1], |b| a[0].expect::<FileIo>().write_slice(th, b))?;
            Ok(count_or_none(th, n))
        })
        .doc("Write buffer b to file, return number of bytes written.\n\nOnly makes one system call, so not all of the data may be written.\nThe number of bytes actually written is returned.  In non-blocking\nmode, returns None if the write would block."),
        Method::new("seek", "($self, pos, whence=0, /)", |th, a| {
            let f = a[0].expect::<FileIo>();
            f.open_fd(th)?;
            let whence = args::int_or(th, a[2], 0)?;
            let pos = offset(th, a[1])?;
            Ok(Value::int(th, f.seek(th, pos, whence)?))
        })
        .doc("Move to new file position and return the file position.\n\nArgument offset is a byte count.  Optional argument whence defaults\nto SEEK_SET or 0 (offset from start of file, offset should be >= 0);\nother values are SEEK_CUR or 1 (move relative to current position,\npositive or negative), and SEEK_END or 2 (move relative to end of\nfile, usually negative, although many platforms allow seeking beyond\nthe end of a file).\n\nNote that not all file objects are seekable."),
        Method::new("tell", "($self, /)", |th, a| {
            Ok(Value::int(th, a[0].expect::<FileIo>().seek(th, 0, libc::SEEK_CUR)?))
        })
        .doc("Current file position.\n\nCan raise OSError for non seekable files."),
        Method::new("truncate", "($self, size=None, /)", truncate).doc(
            "Truncate the file to at most size bytes and return the truncated size.\n\nSize defaults to the current file position, as returned by tell().\nThe current file position is changed to the value of size.",
        ),
        Method::new("close", "($self, /)", close).doc(
            "Close the file.\n\nA closed file cannot be used for further I/O operations.  close()\nmay be called more than once without error.",
        ),
        Method::new("seekable", "($self, /)", |th, a| {
            a[0].expect::<FileIo>().is_seekable(th).map(Value::bool)
        })
        .doc("True if file supports random-access."),
        Method::new("readable", "($self, /)", |th, a| a[0].expect::<FileIo>().is_open_for(th, READABLE))
            .doc("True if file was opened in a read mode."),
        Method::new("writable", "($self, /)", |th, a| a[0].expect::<FileIo>().is_open_for(th, WRITABLE))
            .doc("True if file was opened in a write mode."),
        Method::new("fileno", "($self, /)", |th, a| {
            Ok(Value::small_int(a[0].expect::<FileIo>().open_fd(th)?.into()))
        })
        .doc("Return the underlying file descriptor (an integer)."),
        Method::new("isatty", "($self, /)", |th, a| is_tty(th, a[0].expect()))
            .doc("True if the file is connected to a TTY device."),
        Method::new("_isatty_open_only", "($self, /)", |th, a| {
            // Nothing but a character device can be a terminal: that spares a system call for most files.
            let f = a[0].expect::<FileIo>();
            match f.opened.with(|s| *s) {
                Some(s) if s.kind() != libc::S_IFCHR => Ok(Value::FALSE),
                _ => is_tty(th, f),
            }
        }),
        Method::new("_dealloc_warn", "($self, object, /)", |th, a| {
            warn_unclosed(th, a[0], a[1]);
            Ok(Value::NONE)
        }),
        Method::new("__getstate__", "($self, /)", |th, a| Err(cannot_pickle(th, a[0]))),
    ],
    getset: &[
        GetSet::new("closed", |_, v| Ok(Value::bool(v.expect::<FileIo>().fd() < 0)))
            .doc("True if the file is closed"),
        GetSet::new("closefd", |_, v| Ok(Value::bool(v.expect::<FileIo>().has(CLOSE_FD))))
            .doc("True if the file descriptor will be closed by close()."),
        GetSet::new("mode", |th, v| Ok(Value::str(th, v.expect::<FileIo>().mode())))
            .doc("String giving the file mode"),
        GetSet::new("_blksize", |th, v| {
            let known = v.expect::<FileIo>().opened.with(|s| s.map(|s| s.blksize));
            Ok(Value::int(th, known.filter(|n| *n > 1).unwrap_or(super::DEFAULT_BUFFER_SIZE)))
        })
        .doc("Stat st_blksize if available"),
        GetSet::rw(
            "_finalizing",
            |_, v| Ok(Value::bool(v.expect::<FileIo>().has(FINALIZING))),
            |th, v, to| {
                let on = bool_member(th, to)?;
                v.expect::<FileIo>().set(FINALIZING, on);
                Ok(())
            },
        ),
    ],
    doc: "Open a file.\n\nThe mode can be 'r' (default), 'w', 'x' or 'a' for reading,\nwriting, exclusive creation or appending.  The file will be created\nif it doesn't exist when opened for writing or appending; it will be\ntruncated when opened for writing.  A FileExistsError will be raised\nif it already exists when opened for creating.  Opening a file for\ncreating implies writing so this mode behaves in a similar way to\n'w'.  Add a '+' to the mode to allow simultaneous reading and\nwriting.\n\nA custom opener can be used by passing a callable as *opener*.\nThe underlying file descriptor for the file object is then obtained\nby calling opener with (*name*, *flags*).  *opener* must return\nan open file descriptor (passing os.open as *opener* results in\nfunctionality similar to passing None).",
    sig: "(file, mode='r', closefd=True, opener=None)",
};

/// A value for a flag that is written as a member of C's type `bool`.
pub(super) fn bool_member(th: &Thread, v: Value) -> PyResult<bool> {
    if v.is_absent() {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    if !v.is_bool() {
        return Err(th.type_error("attribute value type must be bool"));
    }
    Ok(v.is(Value::TRUE))
}

/// The error of pickling a stream.
#[cold]
pub(super) fn cannot_pickle(th: &Thread, v: Value) -> Raised {
    th.type_error(format!(
        "cannot pickle '{}' instances",
        class_of(v).tp_name()
    ))
}

/// An offset in a file.
fn offset(th: &Thread, v: Value) -> PyResult<i64> {
    match ops::index(th, v)?.as_i64() {
        Some(n) => Ok(n),
        None => Err(th.overflow_error("Python int too large to convert to C long")),
    }
}

/// Runs `f` on the bytes of a bytes-like argument, which stay as they are in place and size meanwhile.
///
/// # Errors
/// `TypeError` for other arguments, and those of `f`.
pub(super) fn with_bytes<R>(
    th: &Thread,
    v: Value,
    f: impl FnOnce(&[u8]) -> PyResult<R>,
) -> PyResult<R> {
    if let Some(b) = v.as_bytes() {
        return f(b);
    }
    let view = buffer::get_contiguous(th, v)?;
    f(view.as_slice())
}

pub(super) fn count_or_none(th: &Thread, n: Option<usize>) -> Value {
    n.map_or(Value::NONE, |n| Value::usize(th, n))
}

/// Keeps the error that was there before as the context of the one that came after it.
pub(super) fn chained(first: Option<Raised>, then: PyResult) -> PyResult {
    match (first, then) {
        (Some(e), Ok(_)) => Err(e),
        (Some(e), Err(e2)) => {
            exception::chain_context(e2.0, e.0);
            Err(e2)
        }
        (None, r) => r,
    }
}

/// The file of a raw stream whose methods are those of `FileIO` for sure: it may be used without calling them.
pub(super) fn plain<'a>(raw: Value) -> Option<&'a Object<FileIo>> {
    let f = raw.downcast::<FileIo>()?;
    // An own attribute beside `name` may be a method that somebody put there.
    let shape = shape_of(raw);
    (class_of(raw).is(FILE_IO.get()) && shape.count() <= 1 && !shape.is_dict_mode()).then_some(f)
}

/// What is known of a file that `writers` counts.
pub(super) fn counted(raw: Value) -> Option<Stat> {
    let f = raw.downcast::<FileIo>().filter(|f| f.has(COUNTED))?;
    f.opened.with(|s| *s)
}

impl FileIo {
    /// The descriptor; negative for a closed file.
    #[inline]
    pub fn fd(&self) -> Fd {
        self.fd.load(Ordering::Acquire)
    }

    fn has(&self, flag: u32) -> bool {
        self.flags.load(Ordering::Acquire) & flag != 0
    }

    fn set(&self, flag: u32, on: bool) {
        if on {
            self.flags.fetch_or(flag, Ordering::AcqRel);
        } else {
            self.flags.fetch_and(!flag, Ordering::AcqRel);
        }
    }

    /// The descriptor of an open file.
    ///
    /// # Errors
    /// `ValueError` for a closed one.
    #[inline]
    pub fn open_fd(&self, th: &Thread) -> PyResult<Fd> {
        match self.fd() {
            fd if fd >= 0 => Ok(fd),
            _ => Err(th.value_error("I/O operation on closed file")),
        }
    }

    fn is_open_for(&self, th: &Thread, flag: u32) -> PyResult {
        self.open_fd(th)?;
        Ok(Value::bool(self.has(flag)))
    }

    /// Fails for a file that is closed or not read.
    pub(super) fn check_readable(&self, th: &Thread) -> PyResult<()> {
        self.fd_for(th, READABLE).map(|_| ())
    }

    fn fd_for(&self, th: &Thread, flag: u32) -> PyResult<Fd> {
        let fd = self.open_fd(th)?;
        if self.has(flag) {
            return Ok(fd);
        }
        let what = if flag == READABLE {
            "File not open for reading"
        } else {
            "File not open for writing"
        };
        Err(unsupported(th, what))
    }

    fn mode(&self) -> &'static str {
        match self.flags.load(Ordering::Acquire) {
            f if f & CREATED != 0 => ["xb", "xb+"][usize::from(f & READABLE != 0)],
            f if f & APPENDING != 0 => ["ab", "ab+"][usize::from(f & READABLE != 0)],
            f if f & READABLE != 0 => ["rb", "rb+"][usize::from(f & WRITABLE != 0)],
            _ => "wb",
        }
    }

    /// Reads once; nothing where the file does not block and has no bytes now.
    ///
    /// # Errors
    /// `ValueError` for a closed file, `UnsupportedOperation` for one that is not read, `OSError`.
    pub fn read_slice(&self, th: &Thread, out: &mut [u8]) -> PyResult<Option<usize>> {
        let fd = self.fd_for(th, READABLE)?;
        unblocked(th, args::retry(th, || fd::read(fd, out))?)
    }

    /// As [`FileIo::read_slice`], onto the end of `out`.
    ///
    /// # Errors
    /// As [`FileIo::read_slice`].
    pub fn read_append(&self, th: &Thread, out: &mut Vec<u8>, n: usize) -> PyResult<Option<usize>> {
        let fd = self.fd_for(th, READABLE)?;
        reserve(th, out, n)?;
        unblocked(th, args::retry(th, || fd::read_append(fd, out, n))?)
    }

    /// Writes once; nothing where the file does not block and takes no bytes now.
    ///
    /// # Errors
    /// `ValueError` for a closed file, `UnsupportedOperation` for one that is not written, `OSError`.
    pub fn write_slice(&self, th: &Thread, bytes: &[u8]) -> PyResult<Option<usize>> {
        let fd = self.fd_for(th, WRITABLE)?;
        unblocked(th, args::retry(th, || fd::write(fd, bytes))?)
    }

    /// Moves the position; gives the new one.
    ///
    /// # Errors
    /// `ValueError` for a closed file, `OSError`.
    pub fn seek(&self, th: &Thread, offset: i64, whence: i32) -> PyResult<i64> {
        let fd = self.open_fd(th)?;
        let r = th.blocking(|| fd::lseek(fd, offset, whence));
        if self.seekable.load(Ordering::Relaxed) < 0 {
            self.seekable.store(r.is_ok().into(), Ordering::Relaxed);
        }
        args::sys(th, r)
    }

    /// Whether the file can seek.
    ///
    /// # Errors
    /// `ValueError` for a closed file.
    pub fn is_seekable(&self, th: &Thread) -> PyResult<bool> {
        let fd = self.open_fd(th)?;
        if self.seekable.load(Ordering::Relaxed) < 0 {
            let r = th.blocking(|| fd::lseek(fd, 0, libc::SEEK_CUR));
            self.seekable.store(r.is_ok().into(), Ordering::Relaxed);
        }
        Ok(self.seekable.load(Ordering::Relaxed) > 0)
    }
}

fn reserve(th: &Thread, out: &mut Vec<u8>, n: usize) -> PyResult<()> {
    match out.try_reserve(n.min(fd::MAX_CHUNK)) {
        Ok(()) => Ok(()),
        Err(_) => Err(th.memory_error()),
    }
}

fn unblocked(th: &Thread, r: io::Result<usize>) -> PyResult<Option<usize>> {
    match r {
        Ok(n) => Ok(Some(n)),
        Err(e) if e.raw_os_error() == Some(libc::EAGAIN) => Ok(None),
        Err(e) => Err(th.os_error(&e, Value::ABSENT)),
    }
}

/// What a mode says: the stream's flags and those of `open(2)`.
fn parse_mode(th: &Thread, mode: &str) -> PyResult<(u32, i32)> {
    let bad = || {
        th.value_error(
            "Must have exactly one of create/read/write/append mode and at most one plus",
        )
    };
    let (mut kind, mut plus) = (None, false);
    for c in mode.chars() {
        let this = match c {
            'x' => (CREATED | WRITABLE, libc::O_EXCL | libc::O_CREAT),
            'r' => (READABLE, 0),
            'w' => (WRITABLE, libc::O_CREAT | libc::O_TRUNC),
            'a' => (WRITABLE | APPENDING, libc::O_APPEND | libc::O_CREAT),
            'b' => continue,
            '+' if plus => return Err(bad()),
            '+' => {
                plus = true;
                continue;
            }
            _ => return Err(th.value_error(format!("invalid mode: {mode:.200}"))),
        };
        if kind.replace(this).is_some() {
            return Err(bad());
        }
    }
    let Some((mut on, mut how)) = kind else {
        return Err(bad());
    };
    if plus {
        on |= READABLE | WRITABLE;
    }
    how |= match (on & READABLE != 0, on & WRITABLE != 0) {
        (true, true) => libc::O_RDWR,
        (true, false) => libc::O_RDONLY,
        _ => libc::O_WRONLY,
    };
    Ok((on, how | libc::O_CLOEXEC))
}

/// A descriptor given instead of a name; nothing for other arguments.
fn descriptor(th: &Thread, file: Value) -> PyResult<Option<Fd>> {
    if file.is_bool() {
        th.warn(
            &exception::RUNTIME_WARNING,
            "bool is used as a file descriptor",
        )?;
    }
    if class_of(file).slots().index.is_none() {
        return Ok(None);
    }
    // What is no C int counts as a name, and is refused as one.
    let n = ops::index(th, file).ok().and_then(|n| n.as_i64());
    match n.and_then(|n| Fd::try_from(n).ok()) {
        Some(n) if n < 0 => Err(th.value_error("negative file descriptor")),
        n => Ok(n),
    }
}

fn init(th: &Thread, a: &[Value]) -> PyResult {
    let &[v, file, mode, close_fd, opener] = a else {
        return Ok(Value::NONE);
    };
    let f = v.expect::<FileIo>();
    let mode = match mode.present() {
        Some(m) => {
            let m = args::text(th, "FileIO", "'mode'", m)?.to_string_lossy();
            if m.contains('\0') {
                return Err(th.value_error("embedded null character"));
            }
            m
        }
        None => "r".into(),
    };
    let close_fd = args::flag(th, close_fd, true)?;
    if f.fd() >= 0 {
        if f.has(CLOSE_FD) {
            release(th, f)?;
        } else {
            f.fd.store(-1, Ordering::Release);
        }
    }
    let given_fd = descriptor(th, file)?;
    let path = match given_fd {
        Some(_) => None,
        None => Some(args::fs_cstring(th, file)?),
    };
    let (on, how) = parse_mode(th, &mode)?;
    let shown = Value::small_int(i64::from(how | libc::O_CLOEXEC));
    th.audit("open", &[file, Value::str(th, &mode), shown])?;
    let finalizing = f.flags.load(Ordering::Acquire) & FINALIZING;
    let close_flag = if close_fd { CLOSE_FD } else { 0 };
    f.flags
        .store(on | finalizing | close_flag, Ordering::Release);
    f.seekable.store(-1, Ordering::Release);
    f.opened.with(|s| *s = None);
    let own = path.is_some();
    let fd = match path {
        None => given_fd.unwrap_or(-1),
        Some(path) => {
            if !close_fd {
                return Err(th.value_error("Cannot use closefd=False with file name"));
            }
            match given(opener) {
                None => open_path(th, file, &path, how)?,
                Some(opener) => open_by(th, opener, file, how)?,
            }
        }
    };
    f.fd.store(fd, Ordering::Release);
    let ready = finish_init(th, v, f, file, fd, on);
    if own
        && on & WRITABLE != 0
        && ready.is_ok()
        && let Some(s) = f.opened.with(|s| *s).filter(Stat::is_file)
    {
        super::writers::opened(&s);
        f.set(COUNTED, true);
    }
    if ready.is_err() {
        let fd = f.fd.swap(-1, Ordering::AcqRel);
        if own && fd >= 0 {
            let closed = th.blocking(|| fd::close(fd));
            return chained(ready.err(), args::sys(th, closed).map(|()| Value::NONE));
        }
    }
    ready
}

fn open_path(th: &Thread, file: Value, path: &std::ffi::CStr, how: i32) -> PyResult<Fd> {
    super::writers::settle(th, path);
    let open = || fd::open(taipan_host::CWD, path, how, 0o666);
    let mut r = args::retry(th, open)?;
    if let Err(e) = &r
        && matches!(e.raw_os_error(), Some(libc::EMFILE | libc::ENFILE))
    {
        // Files that nobody can reach any more are still open until the collector finds them.
        taipan_object::gc::collect(th.mutator, true);
        th.poll()?;
        r = args::retry(th, open)?;
    }
    r.map_err(|e| th.os_error(&e, file))
}

fn open_by(th: &Thread, opener: Value, file: Value, how: i32) -> PyResult<Fd> {
    let fd = call::call(th, opener, &[file, Value::small_int(how.into())])?;
    if !fd.is_int() {
        return Err(th.type_error("expected integer from opener"));
    }
    let fd = args::int(th, fd)?;
    if fd < 0 {
        return Err(th.value_error(format!("opener returned {fd}")));
    }
    if let Err(e) = fd::set_inheritable(fd, false) {
        let raised = th.os_error(&e, Value::ABSENT);
        let _ = th.blocking(|| fd::close(fd));
        return Err(raised);
    }
    Ok(fd)
}

fn finish_init(
    th: &Thread,
    v: Value,
    f: &Object<FileIo>,
    file: Value,
    fd: Fd,
    on: u32,
) -> PyResult {
    match th.blocking(|| stat::fstat(fd)) {
        Ok(s) if s.is_dir() => {
            return Err(th.os_error(&io::Error::from_raw_os_error(libc::EISDIR), file));
        }
        Ok(s) => f.opened.with(|o| *o = Some(s)),
        // Some file systems know nothing of files without a name.
        Err(e) if e.raw_os_error() == Some(libc::EBADF) => {
            return Err(th.os_error(&e, Value::ABSENT));
        }
        Err(_) => {}
    }
    attr::set(th, v, strings::intern(th, "name"), file)?;
    if on & APPENDING != 0 {
        // For consistent behaviour of `tell` from the beginning on; a pipe has no position.
        match f.seek(th, 0, libc::SEEK_END) {
            Err(e) if !args::is_errno(e, libc::ESPIPE) => return Err(e),
            _ => {}
        }
    }
    Ok(Value::NONE)
}

/// Closes the descriptor. It is gone even when this fails.
fn release(th: &Thread, f: &FileIo) -> PyResult<()> {
    let fd = f.fd.swap(-1, Ordering::AcqRel);
    if fd < 0 {
        return Ok(());
    }
    let opened = f.opened.with(Option::take);
    if f.flags.fetch_and(!COUNTED, Ordering::AcqRel) & COUNTED != 0
        && let Some(s) = opened
    {
        super::writers::closed(th, &s);
    }
    let closed = th.blocking(|| fd::close(fd));
    args::sys(th, closed)
}

fn close(th: &Thread, a: &[Value]) -> PyResult {
    let f = a[0].expect::<FileIo>();
    let flushed = base::close(th, &a[..1]);
    if !f.has(CLOSE_FD) {
        f.fd.store(-1, Ordering::Release);
        return flushed;
    }
    if f.has(FINALIZING) {
        warn_unclosed(th, a[0], a[0]);
    }
    let closed = release(th, f).map(|()| Value::NONE);
    match flushed {
        Ok(v) => closed.map(|_| v),
        Err(e) => chained(Some(e), closed),
    }
}

/// Warns of a file that was left open; `source` is the stream that the program had.
fn warn_unclosed(th: &Thread, v: Value, source: Value) {
    let f = v.expect::<FileIo>();
    if f.fd() < 0 || !f.has(CLOSE_FD) {
        return;
    }
    let warned = ops::repr(th, source).and_then(|shown| {
        let message = format!("unclosed file {}", taipan_object::names::text(shown));
        super::warn(th, &exception::RESOURCE_WARNING, &message, 1, source)
    });
    if let Err(e) = warned
        && e.is(&exception::WARNING)
    {
        th.unraisable(e, None, v);
    }
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let f = v.expect::<FileIo>();
    let shown = base::shown_name(v);
    if f.fd() < 0 {
        return Ok(Value::str(th, &format!("<{shown} [closed]>")));
    }
    let tail = format!(
        "mode='{}' closefd={}",
        f.mode(),
        if f.has(CLOSE_FD) { "True" } else { "False" }
    );
    let text = match base::repr_attr(th, v, "name")? {
        Some(name) => format!("<{shown} name={name} {tail}>"),
        None => format!("<{shown} fd={} {tail}>", f.fd()),
    };
    Ok(Value::str(th, &text))
}

fn read(th: &Thread, a: &[Value]) -> PyResult {
    let n = size(th, a[1])?;
    let f = a[0].expect::<FileIo>();
    f.fd_for(th, READABLE)?;
    let Some(n) = n else {
        return read_all(th, f);
    };
    let mut out = Vec::new();
    match f.read_append(th, &mut out, n)? {
        Some(_) => Value::bytes(th, &out),
        None => Ok(Value::NONE),
    }
}

/// Reads until the end; None where the file does not block and has no bytes now.
///
/// # Errors
/// `ValueError` for a closed file, `OSError`.
pub(super) fn read_all(th: &Thread, f: &Object<FileIo>) -> PyResult {
    let fd = f.open_fd(th)?;
    let mut chunk = FIRST_CHUNK;
    if let Some(end) = f.opened.with(|s| s.map(|s| s.size)).filter(|n| *n > 0) {
        let mut rest = end;
        if end > LARGE
            && let Ok(pos) = th.blocking(|| fd::lseek(fd, 0, libc::SEEK_CUR))
        {
            rest = (end - pos).max(0);
        }
        // One more, so that the end is seen without growing.
        chunk = usize::try_from(rest.saturating_add(1)).unwrap_or(FIRST_CHUNK);
    }
    let mut out = Vec::new();
    loop {
        if out.len() == out.capacity() {
            reserve(th, &mut out, chunk)?;
        }
        let room = out.capacity() - out.len();
        let fd = f.open_fd(th)?;
        match unblocked(th, args::retry(th, || fd::read_append(fd, &mut out, room))?)? {
            Some(0) => break,
            Some(_) => {}
            None if out.is_empty() => return Ok(Value::NONE),
            None => break,
        }
        // Grows by a part of what is there, so that copying stays in proportion.
        chunk = (out.len() / 2).clamp(FIRST_CHUNK, 64 << 20);
    }
    Value::bytes(th, &out)
}

fn read_into(th: &Thread, a: &[Value]) -> PyResult {
    let view = args::writable_as(th, "readinto", "argument 1", a[1])?;
    let f = a[0].expect::<FileIo>();
    let n = f.read_slice(th, view.as_mut_slice())?;
    Ok(count_or_none(th, n))
}

fn truncate(th: &Thread, a: &[Value]) -> PyResult {
    let f = a[0].expect::<FileIo>();
    let fd = f.fd_for(th, WRITABLE)?;
    let (size, shown) = match given(a[1]) {
        Some(v) => (offset(th, v)?, v),
        None => {
            let n = f.seek(th, 0, libc::SEEK_CUR)?;
            (n, Value::int(th, n))
        }
    };
    args::retried(th, || fd::ftruncate(fd, size))?;
    Ok(shown)
}

fn is_tty(th: &Thread, f: &FileIo) -> PyResult {
    let fd = f.open_fd(th)?;
    Ok(Value::bool(th.blocking(|| tty::isatty(fd))))
}
