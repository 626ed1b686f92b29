//! The bases of all streams: `_IOBase`, `_RawIOBase`, `_BufferedIOBase`, `_TextIOBase`.
//!
//! They have no state but the flag that a stream was closed, an attribute of the instance as in CPython.

use crate::args::{given, size, type_name};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{self, OBJECT, StaticType, class_of, flags, no_layout};
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec, attr, call, ops, strings};

const BASE: u64 = flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::HAS_DEL;

/// `_IOBase`
pub static IO_BASE: StaticType = StaticType::new("_io", "_IOBase", Some(&OBJECT), BASE, no_layout);
/// `_RawIOBase`
pub static RAW_IO_BASE: StaticType =
    StaticType::new("_io", "_RawIOBase", Some(&IO_BASE), BASE, no_layout);
/// `_BufferedIOBase`
pub static BUFFERED_IO_BASE: StaticType =
    StaticType::new("_io", "_BufferedIOBase", Some(&IO_BASE), BASE, no_layout);
/// `_TextIOBase`
pub static TEXT_IO_BASE: StaticType =
    StaticType::new("_io", "_TextIOBase", Some(&IO_BASE), BASE, no_layout);

const CLOSED: &str = "__IOBase_closed";

/// `_IOBase`
pub static IO_BASE_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| Ok(th.new_instance(cls, attr::Plain).value()));
        s.del = Some(finalize);
        s.iter = Some(|th, v| {
            check_closed(th, v)?;
            Ok(v)
        });
        s.next = Some(|th, v| {
            let line = call::call_method(th, v, "readline", &[])?;
            Ok(if ops::len(th, line)? == 0 { Value::ABSENT } else { line })
        });
    },
    methods: &[
        Method::new("seek", "($self, offset, whence=os.SEEK_SET, /)", |th, _| Err(unsupported(th, "seek"))).doc(
            "Change the stream position to the given byte offset.\n\n  offset\n    The stream position, relative to 'whence'.\n  whence\n    The relative position to seek from.\n\nThe offset is interpreted relative to the position indicated by whence.\nValues for whence are:\n\n* os.SEEK_SET or 0 -- start of stream (the default); offset should be zero or positive\n* os.SEEK_CUR or 1 -- current stream position; offset may be negative\n* os.SEEK_END or 2 -- end of stream; offset is usually negative\n\nReturn the new absolute position.",
        ),
        Method::new("tell", "($self, /)", |th, a| {
            call::call_method(th, a[0], "seek", &[Value::small_int(0), Value::small_int(1)])
        })
        .doc("Return current stream position."),
        Method::new("truncate", "($self, size=None, /)", |th, _| Err(unsupported(th, "truncate")))
            .doc("Truncate file to size bytes.\n\nFile pointer is left unchanged. Size defaults to the current IO position\nas reported by tell(). Return the new size."),
        Method::new("flush", "($self, /)", |th, a| {
            if is_marked_closed(th, a[0])? {
                return Err(closed_error(th));
            }
            Ok(Value::NONE)
        })
        .doc("Flush write buffers, if applicable.\n\nThis is not implemented for read-only and non-blocking streams."),
        Method::new("close", "($self, /)", close)
            .doc("Flush and close the IO object.\n\nThis method has no effect if the file is already closed."),
        Method::new("seekable", "($self, /)", |_, _| Ok(Value::FALSE))
            .doc("Return whether object supports random access.\n\nIf False, seek(), tell() and truncate() will raise OSError.\nThis method may need to do a test seek()."),
        Method::new("readable", "($self, /)", |_, _| Ok(Value::FALSE))
            .doc("Return whether object was opened for reading.\n\nIf False, read() will raise OSError."),
        Method::new("writable", "($self, /)", |_, _| Ok(Value::FALSE))
            .doc("Return whether object was opened for writing.\n\nIf False, write() will raise OSError."),
        Method::new("_checkClosed", "($self, /)", |th, a| {
            check_closed(th, a[0])?;
            Ok(Value::NONE)
        }),
        Method::new("_checkSeekable", "($self, /)", |th, a| check_able(th, a[0], "seekable", "File or stream is not seekable.")),
        Method::new("_checkReadable", "($self, /)", |th, a| check_able(th, a[0], "readable", "File or stream is not readable.")),
        Method::new("_checkWritable", "($self, /)", |th, a| check_able(th, a[0], "writable", "File or stream is not writable.")),
        Method::new("fileno", "($self, /)", |th, _| Err(unsupported(th, "fileno")))
            .doc("Return underlying file descriptor if one exists.\n\nRaise OSError if the IO object does not use a file descriptor."),
        Method::new("isatty", "($self, /)", |th, a| {
            check_closed(th, a[0])?;
            Ok(Value::FALSE)
        })
        .doc("Return whether this is an 'interactive' stream.\n\nReturn False if it can't be determined."),
        Method::new("__enter__", "($self, /)", |th, a| {
            check_closed(th, a[0])?;
            Ok(a[0])
        }),
        Method::new("__exit__", "($self, /, *args)", |th, a| call::call_method(th, a[0], "close", &[])),
        Method::new("readline", "($self, size=-1, /)", read_line).doc(
            "Read and return a line from the stream.\n\nIf size is specified, at most size bytes will be read.\n\nThe line terminator is always b'\\n' for binary files; for text\nfiles, the newlines argument to open can be used to select the line\nterminator(s) recognized.",
        ),
        Method::new("readlines", "($self, hint=-1, /)", read_lines)
            .doc("Return a list of lines from the stream.\n\nhint can be specified to control the number of lines read: no more\nlines will be read if the total size (in bytes/characters) of all\nlines so far exceeds hint."),
        Method::new("writelines", "($self, lines, /)", |th, a| {
            check_closed(th, a[0])?;
            ops::for_each(th, a[1], |line| call::call_method(th, a[0], "write", &[line]).map(|_| ()))?;
            Ok(Value::NONE)
        })
        .doc("Write a list of lines to stream.\n\nLine separators are not added, so it is usual for each of the\nlines provided to have a line separator at the end."),
    ],
    getset: &[GetSet::new("closed", |th, v| is_marked_closed(th, v).map(Value::bool))],
    doc: "The abstract base class for all I/O classes.\n\nThis class provides dummy implementations for many methods that\nderived classes can override selectively; the default implementations\nrepresent a file that cannot be read, written or seeked.\n\nEven though IOBase does not declare read, readinto, or write because\ntheir signatures will vary, implementations and clients should\nconsider those methods part of the interface.  Also, implementations\nmay raise UnsupportedOperation when operations they do not support are\ncalled.\n\nThe basic type used for binary data read from or written to a file is\nbytes.  Other bytes-like objects are accepted as method arguments\ntoo.  In some cases (such as readinto), a writable object is required.\nText I/O classes work with str data.\n\nNote that calling any method (except additional calls to close(),\nwhich are ignored) on a closed stream should raise a ValueError.\n\nIOBase (and its subclasses) support the iterator protocol, meaning\nthat an IOBase object can be iterated over yielding the lines in a\nstream.\n\nIOBase also supports the :keyword:`with` statement.  In this example,\nfp is closed after the suite of the with statement is complete:\n\nwith open('spam.txt', 'r') as fp:\n    fp.write('Spam and eggs!')\n",
    sig: "",
};

/// `_RawIOBase`
pub static RAW_IO_BASE_SPEC: TypeSpec = TypeSpec {
    methods: &[
        Method::new("read", "($self, size=-1, /)", raw_read),
        Method::new("readall", "($self, /)", |th, a| read_all(th, a[0]))
            .doc("Read until EOF, using multiple read() call."),
        Method::raw("readinto", "", |th, _| Err(not_implemented(th))),
        Method::raw("write", "", |th, _| Err(not_implemented(th))),
    ],
    doc: "Base class for raw binary I/O.",
    sig: "",
    ..TypeSpec::EMPTY
};

#[cold]
fn not_implemented(th: &Thread) -> Raised {
    th.raise_with(&taipan_object::exception::NOT_IMPLEMENTED_ERROR, &[])
}

/// `_BufferedIOBase`
pub static BUFFERED_IO_BASE_SPEC: TypeSpec = TypeSpec {
    methods: &[
        Method::new("detach", "($self, /)", |th, _| Err(unsupported(th, "detach")))
            .doc("Disconnect this buffer from its underlying raw stream and return it.\n\nAfter the raw stream has been detached, the buffer is in an unusable\nstate."),
        Method::new("read", "($self, size=-1, /)", |th, a| {
            crate::args::int_or(th, a[1], -1)?;
            Err(unsupported(th, "read"))
        })
        .doc("Read and return up to n bytes.\n\nIf the size argument is omitted, None, or negative, read and\nreturn all data until EOF.\n\nIf the size argument is positive, and the underlying raw stream is\nnot 'interactive', multiple raw reads may be issued to satisfy\nthe byte count (unless EOF is reached first).\nHowever, for interactive raw streams (as well as sockets and pipes),\nat most one raw read will be issued, and a short result does not\nimply that EOF is imminent.\n\nReturn an empty bytes object on EOF.\n\nReturn None if the underlying raw stream was open in non-blocking\nmode and no data is available at the moment."),
        Method::new("read1", "($self, size=-1, /)", |th, a| {
            crate::args::int_or(th, a[1], -1)?;
            Err(unsupported(th, "read1"))
        })
        .doc("Read and return up to size bytes, with at most one read() call to the underlying raw stream.\n\nReturn an empty bytes object on EOF.\nA short result does not imply that EOF is imminent."),
        Method::new("readinto", "($self, buffer, /)", |th, a| into_by_reading(th, a, "read")),
        Method::new("readinto1", "($self, buffer, /)", |th, a| into_by_reading(th, a, "read1")),
        Method::new("write", "($self, b, /)", |th, _| Err(unsupported(th, "write")))
            .doc("Write buffer b to the IO stream.\n\nReturn the number of bytes written, which is always\nthe length of b in bytes.\n\nRaise BlockingIOError if the buffer is full and the\nunderlying raw stream cannot accept more data at the moment."),
    ],
    doc: "Base class for buffered IO objects.\n\nThe main difference with RawIOBase is that the read() method\nsupports omitting the size argument, and does not have a default\nimplementation that defers to readinto().\n\nIn addition, read(), readinto() and write() may raise\nBlockingIOError if the underlying raw stream is in non-blocking\nmode and not ready; unlike their raw counterparts, they will never\nreturn None.\n\nA typical implementation should not inherit from a RawIOBase\nimplementation, but wrap one.\n",
    sig: "",
    ..TypeSpec::EMPTY
};

/// `_TextIOBase`
pub static TEXT_IO_BASE_SPEC: TypeSpec = TypeSpec {
    methods: &[
        Method::new("detach", "($self, /)", |th, _| {
            Err(unsupported(th, "detach"))
        }),
        Method::new("read", "($self, size=-1, /)", |th, _| {
            Err(unsupported(th, "read"))
        }),
        Method::new("readline", "($self, size=-1, /)", |th, _| {
            Err(unsupported(th, "readline"))
        }),
        Method::new("write", "($self, s, /)", |th, _| {
            Err(unsupported(th, "write"))
        }),
    ],
    getset: &[
        GetSet::new("encoding", |_, _| Ok(Value::NONE))
            .doc("Encoding of the text stream.\n\nSubclasses should override."),
        GetSet::new("newlines", |_, _| Ok(Value::NONE)).doc("Line endings translated so far."),
        GetSet::new("errors", |_, _| Ok(Value::NONE))
            .doc("The error setting of the decoder or encoder."),
    ],
    doc: "Base class for text I/O.",
    sig: "()",
    ..TypeSpec::EMPTY
};

/// `ValueError: I/O operation on closed file.`
#[cold]
pub fn closed_error(th: &Thread) -> Raised {
    th.value_error("I/O operation on closed file.")
}

/// The error of a wrong third argument of `seek`.
#[cold]
pub fn whence_error(th: &Thread, whence: i32) -> Raised {
    th.value_error(format!("invalid whence ({whence}, should be 0, 1 or 2)"))
}

/// `UnsupportedOperation(what)`
#[cold]
pub fn unsupported(th: &Thread, what: &str) -> Raised {
    let cls = crate::args::state(th).get_name(th, super::UNSUPPORTED_KEY);
    match cls {
        Some(cls) => match call::call(th, cls, &[Value::str(th, what)]) {
            Ok(e) => th.with_context(Raised(e)),
            Err(e) => e,
        },
        None => th.raise(&taipan_object::exception::OS_ERROR, what),
    }
}

fn is_marked_closed(th: &Thread, v: Value) -> PyResult<bool> {
    Ok(attr::get_own(v, strings::intern(th, CLOSED)).is_some())
}

/// Whether a stream says that it is closed.
pub fn is_closed(th: &Thread, v: Value) -> PyResult<bool> {
    let c = attr::get_str(th, v, "closed")?;
    ops::truth(th, c)
}

/// Fails for a closed stream.
pub fn check_closed(th: &Thread, v: Value) -> PyResult<()> {
    if is_closed(th, v)? {
        Err(closed_error(th))
    } else {
        Ok(())
    }
}

/// Fails with `UnsupportedOperation(message)` where the stream's `readable`, `writable` or `seekable` says no.
pub fn check_able(th: &Thread, v: Value, method: &str, message: &str) -> PyResult {
    let r = call::call_method(th, v, method, &[])?;
    if r.is(Value::TRUE) {
        Ok(r)
    } else {
        Err(unsupported(th, message))
    }
}

/// `_IOBase.close`: flushes and marks as closed, which happens even if flushing fails.
pub fn close(th: &Thread, a: &[Value]) -> PyResult {
    if is_marked_closed(th, a[0])? {
        return Ok(Value::NONE);
    }
    let flushed = call::call_method(th, a[0], "flush", &[]);
    let marked = attr::set(th, a[0], strings::intern(th, CLOSED), Value::TRUE);
    flushed?;
    marked?;
    Ok(Value::NONE)
}

/// The flag of a stream's cell that says that a layer above closes it.
///
/// The collector finalises dead streams in any order. One that closed itself before the buffer over it was flushed
/// would lose what was written; so it leaves closing to its owner.
const OWNED: u8 = taipan_object::gc::FLAG_FIRST_FREE << 1;

/// Leaves the finalisation of a stream to the layer above that now wraps it.
pub fn own(v: Value) {
    if let Some(h) = v.header() {
        h.set_flags(OWNED);
    }
}

/// The counterpart of [`own`], for a stream that was detached.
pub fn disown(v: Value) {
    if let Some(h) = v.header() {
        h.clear_flags(OWNED);
    }
}

/// `__del__`: closes a stream that was left open, unless that is its owner's affair.
///
/// # Errors
/// What closing raises, but for errors of objects that were never set up.
pub fn finalize(th: &Thread, v: Value) -> PyResult<()> {
    if v.header().is_some_and(|h| h.flags() & OWNED != 0) {
        return Ok(());
    }
    let closed = match attr::get_opt(th, v, strings::intern(th, "closed")) {
        Ok(Some(c)) => ops::truth(th, c).unwrap_or(true),
        _ => false,
    };
    if closed {
        return Ok(());
    }
    // Tells a stream's `close` that it is called from here.
    let _ = attr::set(th, v, strings::intern(th, "_finalizing"), Value::TRUE);
    let closed = call::call_method(th, v, "close", &[]);
    match closed {
        // An object that was never set up can't be closed; bad descriptors are an error that people should see.
        Err(e)
            if e.is(&taipan_object::exception::VALUE_ERROR)
                || e.is(&taipan_object::exception::ATTRIBUTE_ERROR) =>
        {
            Ok(())
        }
        Err(e) => Err(e),
        Ok(_) => Ok(()),
    }
}

fn read_line(th: &Thread, a: &[Value]) -> PyResult {
    let limit = size(th, a[1])?;
    let v = a[0];
    let peek = attr::get_opt(th, v, strings::intern(th, "peek"))?;
    let mut out: Vec<u8> = Vec::new();
    while limit.is_none_or(|n| out.len() < n) {
        let mut want = 1;
        if let Some(peek) = peek {
            let ahead = call::call(th, peek, &[Value::small_int(1)])?;
            let Some(ahead) = ahead.as_bytes() else {
                return Err(th.raise(
                    &taipan_object::exception::OS_ERROR,
                    format!(
                        "peek() should have returned a bytes object, not '{}'",
                        type_name(ahead)
                    ),
                ));
            };
            if !ahead.is_empty() {
                let most = limit.map_or(ahead.len(), |n| (n - out.len()).min(ahead.len()));
                want = memchr::memchr(b'\n', &ahead[..most]).map_or(most, |i| i + 1);
            }
        }
        let b = call::call_method(th, v, "read", &[Value::usize(th, want)])?;
        let Some(bytes) = b.as_bytes() else {
            return Err(th.raise(
                &taipan_object::exception::OS_ERROR,
                format!(
                    "read() should have returned a bytes object, not '{}'",
                    type_name(b)
                ),
            ));
        };
        if bytes.is_empty() {
            break;
        }
        out.extend_from_slice(bytes);
        if out.last() == Some(&b'\n') {
            break;
        }
    }
    Value::bytes(th, &out)
}

fn read_lines(th: &Thread, a: &[Value]) -> PyResult {
    let hint = size(th, a[1])?.unwrap_or(0);
    let mut out = ValueVec::new();
    let mut total = 0;
    let it = ops::iter(th, a[0])?;
    while let Some(line) = ops::next(th, it)? {
        out.push(th, line)?;
        if hint > 0 {
            total += ops::len(th, line)?;
            if total > hint {
                break;
            }
        }
    }
    Ok(taipan_object::seq::List::from_vec(th, out))
}

fn raw_read(th: &Thread, a: &[Value]) -> PyResult {
    let n = match a[1].present() {
        Some(n) => ops::index_i64(th, n)?,
        None => -1,
    };
    let Ok(n) = usize::try_from(n) else {
        return call::call_method(th, a[0], "readall", &[]);
    };
    let buf = call::call(th, types::BYTEARRAY.value(), &[Value::usize(th, n)])?;
    let got = call::call_method(th, a[0], "readinto", &[buf])?;
    if got.is_none() {
        return Ok(Value::NONE);
    }
    let got = length(th, got)?;
    if got < 0 || got as usize > n {
        return Err(th.value_error(format!("readinto returned {got} outside buffer size {n}")));
    }
    let b = buf.expect::<taipan_object::bytearray::ByteArray>();
    let bytes = b.bytes.with(|b| b[..(got as usize).min(b.len())].to_vec());
    Value::bytes(th, &bytes)
}

/// A length that a method written in Python gave.
pub(super) fn length(th: &Thread, v: Value) -> PyResult<i64> {
    match ops::index(th, v)?.as_i64() {
        Some(n) => Ok(n),
        None => Err(th.value_error(format!(
            "cannot fit '{}' into an index-sized integer",
            class_of(v).name_text()
        ))),
    }
}

/// Reads until the end by calls of `read`; None if the first gives None.
pub fn read_all(th: &Thread, v: Value) -> PyResult {
    let mut out: Vec<u8> = Vec::new();
    loop {
        let b = call::call_method(th, v, "read", &[Value::small_int(64 * 1024)])?;
        if b.is_none() {
            if out.is_empty() {
                return Ok(Value::NONE);
            }
            break;
        }
        let Some(bytes) = b.as_bytes() else {
            return Err(th.type_error("read() should return bytes"));
        };
        if bytes.is_empty() {
            break;
        }
        if out.try_reserve(bytes.len()).is_err() {
            return Err(th.memory_error());
        }
        out.extend_from_slice(bytes);
    }
    Value::bytes(th, &out)
}

fn into_by_reading(th: &Thread, a: &[Value], method: &str) -> PyResult {
    let view = crate::args::writable(th, "readinto", a[1])?;
    let b = call::call_method(th, a[0], method, &[Value::usize(th, view.len)])?;
    let Some(bytes) = b.as_bytes() else {
        return Err(th.type_error("read() should return bytes"));
    };
    if bytes.len() > view.len {
        return Err(th.value_error(format!(
            "read() returned too much data: {} bytes requested, {} returned",
            view.len,
            bytes.len()
        )));
    }
    view.as_mut_slice()[..bytes.len()].copy_from_slice(bytes);
    Ok(Value::usize(th, bytes.len()))
}

/// The class name for reprs: `_io.FileIO`.
pub fn shown_name(v: Value) -> String {
    let t = class_of(v);
    match types::module_of(t) {
        Some(m) => format!("{}.{}", taipan_object::names::text(m), t.name_text()),
        None => t.name_text().into_owned(),
    }
}

/// The class name as CPython's C code shows it: with the module for a native class only.
pub fn c_name(v: Value) -> String {
    let t = class_of(v);
    if t.is_heap() {
        t.name_text().into_owned()
    } else {
        shown_name(v)
    }
}

/// The repr of an attribute of a stream, nothing where it has none: `name`, `mode` of the stream below, for reprs.
pub fn repr_attr(th: &Thread, v: Value, name: &str) -> PyResult<Option<String>> {
    match attr::get_opt(th, v, strings::intern(th, name)) {
        Ok(Some(n)) => {
            let r = th.repr_guard(v, || ops::repr(th, n))?;
            match r.and_then(given) {
                Some(r) => Ok(Some(taipan_object::names::text(r).into_owned())),
                None => {
                    Err(th
                        .runtime_error(format!("reentrant call inside {}.__repr__", shown_name(v))))
                }
            }
        }
        Ok(None) => Ok(None),
        Err(e) if e.is(&taipan_object::exception::VALUE_ERROR) => Ok(None),
        Err(e) => Err(e),
    }
}
