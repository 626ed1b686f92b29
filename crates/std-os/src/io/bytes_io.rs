//! `BytesIO`: a stream over bytes in memory.

use super::base::{self, closed_error, whence_error};
use crate::args::{bytes_like, given, size, type_name};
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::buffer::Buffer;
use taipan_object::call::Args;
use taipan_object::heap::{Field, Guarded, Object};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, flags, is_exactly, layout_of};
use taipan_object::{PyResult, Thread, Value, attr, buffer, call, ops, payload};

/// The state: the content, nothing once closed, and the position, which may lie behind its end.
struct State {
    bytes: Option<Vec<u8>>,
    pos: usize,
}

/// The payload of `BytesIO`.
pub struct BytesIo {
    state: Guarded<State>,
    exports: AtomicUsize,
}

payload!(BytesIo, "BytesIO", |this, m| {});

impl Drop for BytesIo {
    fn drop(&mut self) {
        let n = self
            .state
            .with(|s| s.bytes.as_ref().map_or(0, Vec::capacity));
        taipan_object::gc::add_outside_bytes(-(n as isize));
    }
}

/// `BytesIO`
pub static BYTES_IO: StaticType = StaticType::new(
    "_io",
    "BytesIO",
    Some(&base::BUFFERED_IO_BASE),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF,
    layout_of::<BytesIo>,
);

/// What `getbuffer` takes a view of.
pub struct BytesIoBuffer {
    source: Field,
}

payload!(BytesIoBuffer, "_BytesIOBuffer", |this, m| this
    .source
    .trace(m));

/// `_BytesIOBuffer`
pub static BYTES_IO_BUFFER: StaticType = StaticType::new(
    "_io",
    "_BytesIOBuffer",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<BytesIoBuffer>,
);

/// `_BytesIOBuffer`
pub static BUFFER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.buffer = Some(|th, v, _| {
            let source = v.expect::<BytesIoBuffer>().source.get();
            let io = source.expect::<BytesIo>();
            let view = io.state.with(|s| {
                s.bytes.as_mut().map(|b| {
                    io.exports.fetch_add(1, Ordering::AcqRel);
                    (b.as_mut_ptr(), b.len())
                })
            });
            let Some((ptr, len)) = view else {
                return Err(closed_error(th));
            };
            let mut buf = Buffer::bytes(v, ptr, len, false);
            buf.on_release = Some(|v| {
                let source = v.expect::<BytesIoBuffer>().source.get();
                source
                    .expect::<BytesIo>()
                    .exports
                    .fetch_sub(1, Ordering::AcqRel);
            });
            Ok(buf)
        });
    },
    ..TypeSpec::EMPTY
};

/// `BytesIO`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls: &Object<Type>, _| {
            let state = Guarded::new(State { bytes: Some(Vec::new()), pos: 0 });
            Ok(th.new_instance(cls, BytesIo { state, exports: AtomicUsize::new(0) }).value())
        });
        s.init = Some(init);
        s.iter = Some(|th, v| {
            with(th, v, |_| ())?;
            Ok(v)
        });
        s.next = Some(|th, v| {
            let line = with(th, v, |s| take_line(s, None))?;
            if line.is_empty() { Ok(Value::ABSENT) } else { Value::bytes(th, &line) }
        });
    },
    methods: &[
        Method::new("readable", "($self, /)", always).doc("Returns True if the IO object can be read."),
        Method::new("seekable", "($self, /)", always).doc("Returns True if the IO object can be seeked."),
        Method::new("writable", "($self, /)", always).doc("Returns True if the IO object can be written."),
        Method::new("close", "($self, /)", close).doc("Disable all I/O operations."),
        Method::new("flush", "($self, /)", |th, a| with(th, a[0], |_| Value::NONE)).doc("Does nothing."),
        Method::new("isatty", "($self, /)", |th, a| with(th, a[0], |_| Value::FALSE))
            .doc("Always returns False.\n\nBytesIO objects are not connected to a TTY-like device."),
        Method::new("tell", "($self, /)", |th, a| {
            let n = with(th, a[0], |s| s.pos)?;
            Ok(Value::usize(th, n))
        })
        .doc("Current file position, an integer."),
        Method::new("getbuffer", "($self, /)", get_buffer).doc("Get a read-write view over the contents of the BytesIO object."),
        Method::new("getvalue", "($self, /)", |th, a| {
            let b = with(th, a[0], |s| s.bytes.clone().unwrap_or_default())?;
            Value::bytes(th, &b)
        })
        .atomic(Atomic::Locked)
        .doc("Retrieve the entire contents of the BytesIO object."),
        Method::new("read", "($self, size=-1, /)", read)
            .atomic(Atomic::Locked)
            .doc("Read at most size bytes, returned as a bytes object.\n\nIf the size argument is negative, read until EOF is reached.\nReturn an empty bytes object at EOF."),
        Method::new("read1", "($self, size=-1, /)", read).atomic(Atomic::Locked).doc("Read at most size bytes, returned as a bytes object."),
        Method::new("readinto", "($self, buffer, /)", read_into).doc("Read bytes into buffer.\n\nReturns number of bytes read (0 for EOF), or None if the object\nis set not to block and has no data to read."),
        Method::new("readinto1", "($self, buffer, /)", read_into),
        Method::new("readline", "($self, size=-1, /)", |th, a| {
            let n = size(th, a[1])?;
            let line = with(th, a[0], |s| take_line(s, n))?;
            Value::bytes(th, &line)
        })
        .atomic(Atomic::Locked)
        .doc("Next line from the file, as a bytes object."),
        Method::new("readlines", "($self, size=None, /)", read_lines).doc("List of bytes objects, each a line from the file."),
        Method::new("write", "($self, b, /)", write).atomic(Atomic::Locked).doc("Write bytes to file.\n\nReturn the number of bytes written."),
        Method::new("writelines", "($self, lines, /)", |th, a| {
            with(th, a[0], |_| ())?;
            ops::for_each(th, a[1], |line| write(th, &[a[0], line]).map(|_| ()))?;
            Ok(Value::NONE)
        })
        .doc("Write lines to the file."),
        Method::new("seek", "($self, pos, whence=0, /)", seek).atomic(Atomic::Locked).doc("Change stream position."),
        Method::new("truncate", "($self, size=None, /)", truncate).atomic(Atomic::Locked).doc("Truncate the file to at most size bytes."),
        Method::new("__getstate__", "($self, /)", get_state),
        Method::new("__setstate__", "($self, state, /)", set_state),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            let n = a[0].expect::<BytesIo>().state.with(|s| s.bytes.as_ref().map_or(0, Vec::capacity));
            Ok(Value::usize(th, n + size_of::<Object<BytesIo>>()))
        }),
    ],
    getset: &[GetSet::new("closed", |_, v| {
        Ok(Value::bool(v.expect::<BytesIo>().state.with(|s| s.bytes.is_none())))
    })
    .doc("True if the file is closed.")],
    doc: "Buffered I/O implementation using an in-memory bytes buffer.",
    sig: "(initial_bytes=b'')",
};

/// Whether a stream that is no subclass's is closed.
pub(super) fn known_closed(v: Value) -> Option<bool> {
    let io = v.downcast::<BytesIo>()?;
    is_exactly(v, &BYTES_IO).then(|| io.state.with(|s| s.bytes.is_none()))
}

/// Runs `f` on the state of an open stream.
fn with<R>(th: &Thread, v: Value, f: impl FnOnce(&mut State) -> R) -> PyResult<R> {
    let io = v.expect::<BytesIo>();
    io.state
        .with(|s| s.bytes.is_some().then(|| f(s)))
        .ok_or_else(|| closed_error(th))
}

fn always(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_| Value::TRUE)
}

static INIT: Method = Method::new("BytesIO", "(initial_bytes=b'')", |_, a| Ok(a[0]));

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let initial = super::one_argument(th, &INIT, args)?;
    resizable(th, v)?;
    let bytes = match given(initial) {
        Some(b) => bytes_like(th, b)?,
        None => Vec::new(),
    };
    replace(v, bytes);
    Ok(())
}

fn replace(v: Value, bytes: Vec<u8>) {
    let new = bytes.capacity() as isize;
    let old = v.expect::<BytesIo>().state.with(|s| {
        s.pos = 0;
        s.bytes.replace(bytes)
    });
    taipan_object::gc::add_outside_bytes(new - old.map_or(0, |b| b.capacity() as isize));
}

fn resizable(th: &Thread, v: Value) -> PyResult<()> {
    let exported = || v.expect::<BytesIo>().exports.load(Ordering::Acquire) > 0;
    if exported() {
        // Views that nobody can reach any more still count until the collector finds them.
        taipan_object::gc::collect(th.mutator, true);
        taipan_object::finalize::run_pending(th);
    }
    if exported() {
        return Err(th.raise(
            &taipan_object::exception::BUFFER_ERROR,
            "Existing exports of data: object cannot be re-sized",
        ));
    }
    Ok(())
}

fn close(th: &Thread, a: &[Value]) -> PyResult {
    resizable(th, a[0])?;
    let old = a[0].expect::<BytesIo>().state.with(|s| s.bytes.take());
    taipan_object::gc::add_outside_bytes(-old.map_or(0, |b| b.capacity() as isize));
    Ok(Value::NONE)
}

fn get_buffer(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_| ())?;
    let b = th.new_object(
        &BYTES_IO_BUFFER,
        BytesIoBuffer {
            source: Field::new(a[0]),
        },
    );
    call::call(th, crate::args::builtin(th, "memoryview")?, &[b.value()])
}

fn read(th: &Thread, a: &[Value]) -> PyResult {
    let n = size(th, a[1])?;
    let out = with(th, a[0], |s| {
        let bytes = s.bytes.as_deref().unwrap_or(&[]);
        let rest = bytes.get(s.pos..).unwrap_or(&[]);
        let out = rest[..n.unwrap_or(rest.len()).min(rest.len())].to_vec();
        s.pos += out.len();
        out
    })?;
    Value::bytes(th, &out)
}

fn read_into(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_| ())?;
    let view = crate::args::writable(th, "readinto", a[1])?;
    let n = with(th, a[0], |s| {
        let bytes = s.bytes.as_deref().unwrap_or(&[]);
        let rest = bytes.get(s.pos..).unwrap_or(&[]);
        let n = rest.len().min(view.len);
        view.as_mut_slice()[..n].copy_from_slice(&rest[..n]);
        s.pos += n;
        n
    })?;
    Ok(Value::usize(th, n))
}

fn take_line(s: &mut State, limit: Option<usize>) -> Vec<u8> {
    let bytes = s.bytes.as_deref().unwrap_or(&[]);
    let mut rest = bytes.get(s.pos..).unwrap_or(&[]);
    if let Some(n) = limit {
        rest = &rest[..n.min(rest.len())];
    }
    let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |i| i + 1);
    let line = rest[..end].to_vec();
    s.pos += end;
    line
}

fn read_lines(th: &Thread, a: &[Value]) -> PyResult {
    let limit = size(th, a[1])?.unwrap_or(0);
    let mut out = taipan_object::ValueVec::new();
    let mut total = 0;
    loop {
        let line = with(th, a[0], |s| take_line(s, None))?;
        if line.is_empty() {
            break;
        }
        total += line.len();
        let line = Value::bytes(th, &line)?;
        out.push(th, line)?;
        if limit > 0 && total >= limit {
            break;
        }
    }
    Ok(taipan_object::seq::List::from_vec(th, out))
}

fn write(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_| ())?;
    if a[1].as_wtf8().is_some() {
        return Err(th.type_error("a bytes-like object is required, not 'str'"));
    }
    let view;
    let data: &[u8] = match a[1].as_bytes() {
        Some(b) => b,
        None => {
            view = buffer::get_contiguous(th, a[1])?;
            view.as_slice()
        }
    };
    if data.is_empty() {
        return Ok(Value::small_int(0));
    }
    resizable(th, a[0])?;
    let grown = with(th, a[0], |s| {
        let pos = s.pos;
        let bytes = s.bytes.as_mut()?;
        let before = bytes.capacity();
        let end = pos.checked_add(data.len())?;
        if end > bytes.len() {
            bytes.try_reserve(end - bytes.len()).ok()?;
            bytes.resize(end.max(pos), 0);
        }
        bytes[pos..end].copy_from_slice(data);
        s.pos = end;
        Some(bytes.capacity() - before)
    })?;
    match grown {
        Some(n) => taipan_object::gc::add_outside_bytes(n as isize),
        None => return Err(th.memory_error()),
    }
    Ok(Value::usize(th, data.len()))
}

fn seek(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_| ())?;
    let pos = crate::args::long(th, a[1])?;
    let whence = crate::args::int_or(th, a[2], 0)?;
    if pos < 0 && whence == 0 {
        return Err(th.value_error(format!("negative seek value {pos}")));
    }
    let new = with(th, a[0], |s| {
        let start = match whence {
            0 => 0,
            1 => s.pos,
            2 => s.bytes.as_ref().map_or(0, Vec::len),
            _ => return Err(()),
        };
        Ok((start as i64).checked_add(pos).map(|n| {
            s.pos = n.max(0) as usize;
            s.pos
        }))
    })?;
    match new {
        Ok(Some(n)) => Ok(Value::usize(th, n)),
        Ok(None) => Err(th.overflow_error("new position too large")),
        Err(()) => Err(whence_error(th, whence)),
    }
}

fn truncate(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_| ())?;
    let n = match given(a[1]) {
        Some(v) => {
            let n = crate::args::long(th, v)?;
            if n < 0 {
                return Err(th.value_error(format!("negative size value {n}")));
            }
            n as usize
        }
        None => with(th, a[0], |s| s.pos)?,
    };
    // The argument's own code may have closed or exported it.
    with(th, a[0], |_| ())?;
    resizable(th, a[0])?;
    with(th, a[0], |s| {
        if let Some(b) = s.bytes.as_mut() {
            b.truncate(n);
        }
    })?;
    Ok(Value::usize(th, n))
}

fn get_state(th: &Thread, a: &[Value]) -> PyResult {
    let (bytes, pos) = with(th, a[0], |s| (s.bytes.clone().unwrap_or_default(), s.pos))?;
    let bytes = Value::bytes(th, &bytes)?;
    let pos = Value::usize(th, pos);
    Ok(Value::tuple(th, &[bytes, pos, attributes(th, a[0])?]))
}

/// A copy of the instance's own attributes, or None where there are none.
pub(super) fn attributes(th: &Thread, v: Value) -> PyResult {
    if !attr::has_dict(v) {
        return Ok(Value::NONE);
    }
    let d = attr::get_str(th, v, "__dict__")?;
    if ops::len(th, d)? == 0 {
        return Ok(Value::NONE);
    }
    call::call_method(th, d, "copy", &[])
}

/// Adds pickled attributes to the instance's own.
pub(super) fn set_attributes(th: &Thread, v: Value, attributes: Value) -> PyResult<()> {
    if attributes.is_none() {
        return Ok(());
    }
    if attributes.as_dict().is_none() {
        return Err(th.type_error(format!(
            "third item of state should be a dict, got a {}",
            type_name(attributes)
        )));
    }
    let d = attr::get_str(th, v, "__dict__")?;
    call::call_method(th, d, "update", &[attributes])?;
    Ok(())
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_| ())?;
    let Some([bytes, pos, dict]) = a[1].as_tuple() else {
        return Err(th.type_error(format!(
            "{}.__setstate__ argument should be 3-tuple, got {}",
            base::c_name(a[0]),
            type_name(a[1])
        )));
    };
    resizable(th, a[0])?;
    let bytes = bytes_like(th, *bytes)?;
    if !pos.is_int() {
        return Err(th.type_error(format!(
            "second item of state must be an integer, not {}",
            type_name(*pos)
        )));
    }
    let pos = crate::args::long(th, *pos)?;
    if pos < 0 {
        return Err(th.value_error("position value cannot be negative"));
    }
    replace(a[0], bytes);
    with(th, a[0], |s| s.pos = pos as usize)?;
    set_attributes(th, a[0], *dict)?;
    Ok(Value::NONE)
}
