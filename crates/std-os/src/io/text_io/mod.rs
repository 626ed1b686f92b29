//! `TextIOWrapper` and `IncrementalNewlineDecoder`.
//!
//! | module | what it does |
//! |---|---|
//! | `newline` | line endings, universal newlines |
//! | `newline_decoder` | `IncrementalNewlineDecoder` |
//! | `encoding` | names of encodings, finding the codec |
//! | `codec` | running it: UTF-8, ASCII and Latin-1 by the stream itself, others by the objects of `codecs` |
//! | `init` | the constructor, `reconfigure` |
//! | `read`, `write`, `position`, `life` | the methods |
//!
//! A call holds the stream's lock for its whole effect, calls of the buffer included; a call that comes back to
//! the stream on the same thread goes on. The state in [`State`] is copied or taken out before Python code runs.

mod codec;
pub mod encoding;
mod init;
mod life;
pub mod newline;
mod newline_decoder;
mod position;
mod read;
mod write;

pub use newline_decoder::{
    INCREMENTAL_NEWLINE_DECODER, INCREMENTAL_NEWLINE_DECODER_SPEC, NewlineDecoder,
};

use super::base::{self, closed_error};
use super::buffered::plain_buffer;
use super::bytes_io;
use super::lock::{IoGuard, IoLock};
use crate::args::is_errno;
use encoding::Native;
use newline::{Newline, Translator, count_chars, newlines};
use taipan_object::call::{Args, call_method_row};
use taipan_object::heap::{Field, Guarded, Object};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::types::{self, StaticType, class_of, flags, layout_of};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value, attr, call, ops, payload, strings};

/// Bytes that are read at a time, and that may be pending.
const CHUNK_SIZE: usize = 8192;

/// Whether a stream can be used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    /// `__init__` did not succeed yet.
    New,
    Ready,
    /// The buffer was taken away.
    Detached,
}

/// What of a stream is not an object.
struct State {
    status: Status,
    /// The codec, if the stream runs it itself.
    native: Option<Native>,
    can_read: bool,
    can_write: bool,
    newline: Newline,
    /// Universal newlines, where the mode has them.
    translator: Option<Translator>,
    /// Bytes that a native codec keeps: the beginning of a character.
    undecoded: Vec<u8>,
    /// The text of the last chunk.
    decoded: Wtf8Buf,
    /// How many bytes of that text were given out.
    used: usize,
    /// Room for the text of the next chunk.
    spare: Wtf8Buf,
    /// Whether a chunk was read that has not been forgotten.
    has_decoded: bool,
    /// Room for the bytes of a chunk.
    input: Vec<u8>,
    /// The bytes that the text came from when a chunk was last read while positions could be told, with what the
    /// decoder kept before them.
    snapshot: Vec<u8>,
    has_snapshot: bool,
    /// How long the last chunk was.
    chunk_bytes: usize,
    /// Its bytes per character, once its text was forgotten.
    ratio: Option<f64>,
    /// Encoded text that was not written yet.
    pending: Vec<u8>,
    chunk_size: usize,
    line_buffering: bool,
    write_through: bool,
    seekable: bool,
    /// Whether chunks are read so that positions can be told.
    telling: bool,
    has_read1: bool,
    finalizing: bool,
}

impl State {
    fn new() -> State {
        State {
            status: Status::New,
            native: None,
            can_read: false,
            can_write: false,
            newline: Newline::Universal,
            translator: None,
            undecoded: Vec::new(),
            decoded: Wtf8Buf::new(),
            used: 0,
            spare: Wtf8Buf::new(),
            input: Vec::new(),
            has_decoded: false,
            snapshot: Vec::new(),
            has_snapshot: false,
            chunk_bytes: 0,
            ratio: Some(0.0),
            pending: Vec::new(),
            chunk_size: CHUNK_SIZE,
            line_buffering: false,
            write_through: false,
            seekable: false,
            telling: false,
            has_read1: false,
            finalizing: false,
        }
    }

    /// Forgets the text of the last chunk.
    fn forget_text(&mut self) {
        self.ratio = Some(self.bytes_per_char());
        self.decoded.clear();
        self.used = 0;
        self.has_decoded = false;
    }

    /// Forgets the text of the last chunk and where it came from.
    fn forget_decoded(&mut self) {
        self.forget_text();
        self.has_snapshot = false;
    }

    /// Bytes per character of the last chunk.
    fn bytes_per_char(&self) -> f64 {
        match (self.ratio, count_chars(self.decoded.as_bytes())) {
            (Some(ratio), _) => ratio,
            (None, 0) => 0.0,
            (None, n) => self.chunk_bytes as f64 / n as f64,
        }
    }

    /// Appends decoded text to `out` as the newline mode wants it.
    fn translate(&mut self, out: &mut Wtf8Buf, text: &Wtf8, last: bool) {
        match &mut self.translator {
            Some(t) => t.push(out, text, last),
            None => out.push_wtf8(text),
        }
    }
}

/// The payload of `TextIOWrapper`.
pub struct TextIoWrapper {
    lock: IoLock,
    /// The stream below; absent where there is none.
    buffer: Field,
    encoding: Field,
    errors: Field,
    /// Objects of `codecs`; absent for a native codec, and for what the buffer can't do.
    decoder: Field,
    encoder: Field,
    /// The decoder's flags where the snapshot begins.
    snapshot_flags: Field,
    state: Guarded<State>,
}

payload!(TextIoWrapper, "TextIOWrapper", |this, m| {
    this.buffer.trace(m);
    this.encoding.trace(m);
    this.errors.trace(m);
    this.decoder.trace(m);
    this.encoder.trace(m);
    this.snapshot_flags.trace(m);
});

impl TextIoWrapper {
    /// The stream below. Code that a call runs may have taken it away.
    fn below(&self, th: &Thread) -> PyResult {
        match self.buffer.get().present() {
            Some(buffer) => Ok(buffer),
            None => Err(match self.state.with(|s| s.status) {
                Status::New => uninitialised(th),
                _ => detached(th),
            }),
        }
    }

    /// Whether text waits to be written.
    pub(super) fn is_dirty(&self) -> bool {
        self.state
            .with(|s| s.status == Status::Ready && !s.pending.is_empty())
    }
}

/// `TextIOWrapper`
pub static TEXT_IO_WRAPPER: StaticType = StaticType::new(
    "_io",
    "TextIOWrapper",
    Some(&base::TEXT_IO_BASE),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::HAS_DEL,
    layout_of::<TextIoWrapper>,
);

/// `TextIOWrapper`
pub static TEXT_IO_WRAPPER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let io = TextIoWrapper {
                lock: IoLock::default(),
                buffer: Field::absent(),
                encoding: Field::absent(),
                errors: Field::absent(),
                decoder: Field::absent(),
                encoder: Field::absent(),
                snapshot_flags: Field::absent(),
                state: Guarded::new(State::new()),
            };
            Ok(th.new_instance(cls, io).value())
        });
        s.init = Some(|th, v, args: Args| {
            args.with_first(th, v, |a| call_method_row(th, &init::INIT, a)).map(|_| ())
        });
        s.del = Some(life::finalize);
        s.repr = Some(life::repr);
        s.next = Some(|th, v| taipan_object::ops::step(read::next(th, v)));
    },
    methods: &[
        Method::new("detach", "($self, /)", life::detach).atomic(Atomic::Locked),
        Method::new(
            "reconfigure",
            "($self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)",
            init::reconfigure,
        )
        .atomic(Atomic::Locked)
        .doc("Reconfigure the text stream with new parameters.\n\nThis also does an implicit stream flush."),
        Method::new("write", "($self, text, /)", write::write).atomic(Atomic::Locked),
        Method::new("read", "($self, size=-1, /)", read::read).atomic(Atomic::Locked),
        Method::new("readline", "($self, size=-1, /)", read::readline).atomic(Atomic::Locked),
        Method::new("flush", "($self, /)", life::flush).atomic(Atomic::Locked),
        Method::new("close", "($self, /)", life::close).atomic(Atomic::Locked),
        Method::new("fileno", "($self, /)", |th, a| below(th, a, "fileno")),
        Method::new("seekable", "($self, /)", |th, a| below(th, a, "seekable")),
        Method::new("readable", "($self, /)", |th, a| below(th, a, "readable")),
        Method::new("writable", "($self, /)", |th, a| below(th, a, "writable")),
        Method::new("isatty", "($self, /)", |th, a| below(th, a, "isatty")),
        Method::new("seek", "($self, cookie, whence=os.SEEK_SET, /)", position::seek)
            .atomic(Atomic::Locked)
            .doc("Set the stream position, and return the new stream position.\n\n  cookie\n    Zero or an opaque number returned by tell().\n  whence\n    The relative position to seek from.\n\nFour operations are supported, given by the following argument\ncombinations:\n\n- seek(0, SEEK_SET): Rewind to the start of the stream.\n- seek(cookie, SEEK_SET): Restore a previous position;\n  'cookie' must be a number returned by tell().\n- seek(0, SEEK_END): Fast-forward to the end of the stream.\n- seek(0, SEEK_CUR): Leave the current stream position unchanged.\n\nAny other argument combinations are invalid,\nand may raise exceptions."),
        Method::new("tell", "($self, /)", position::tell)
            .atomic(Atomic::Locked)
            .doc("Return the stream position as an opaque number.\n\nThe return value of tell() can be given as input to seek(), to\nrestore a previous stream position."),
        Method::new("truncate", "($self, pos=None, /)", position::truncate).atomic(Atomic::Locked),
        Method::new("__getstate__", "($self, /)", |th, a| {
            Err(th.type_error(format!(
                "cannot pickle '{}' instances",
                class_of(a[0]).tp_name()
            )))
        }),
    ],
    getset: &[
        GetSet::new("encoding", |_, v| Ok(v.expect::<TextIoWrapper>().encoding.get().or(Value::NONE))),
        GetSet::new("line_buffering", |_, v| Ok(state(v, |s| s.line_buffering).into())),
        GetSet::new("write_through", |_, v| Ok(state(v, |s| s.write_through).into())),
        GetSet::rw(
            "_finalizing",
            |_, v| Ok(state(v, |s| s.finalizing).into()),
            |th, v, new| {
                if !new.is_bool() {
                    return Err(th.type_error("attribute value type must be bool"));
                }
                state(v, |s| s.finalizing = new.is(Value::TRUE));
                Ok(())
            },
        ),
        GetSet::new("name", |th, v| {
            let o = v.expect::<TextIoWrapper>();
            attached(th, o)?;
            attr::get_str(th, o.below(th)?, "name")
        }),
        GetSet::new("closed", |th, v| {
            let o = v.expect::<TextIoWrapper>();
            if state(v, |s| s.status) == Status::Detached {
                attached(th, o)?;
            }
            let buffer = o.buffer.get();
            if buffer.is_absent() {
                // It was never opened.
                return Ok(Value::TRUE);
            }
            attr::get_str(th, buffer, "closed")
        }),
        GetSet::new("newlines", |th, v| {
            attached(th, v.expect::<TextIoWrapper>())?;
            newlines(th, state(v, |s| s.translator.as_ref().map_or(0, Translator::seen)))
        }),
        GetSet::new("errors", |th, v| Ok(initialised(th, v)?.errors.get().or(Value::NONE))),
        GetSet::rw(
            "_CHUNK_SIZE",
            |th, v| {
                attached(th, v.expect::<TextIoWrapper>())?;
                Ok(Value::usize(th, state(v, |s| s.chunk_size)))
            },
            set_chunk_size,
        ),
        GetSet::new("buffer", |th, v| {
            let o = v.expect::<TextIoWrapper>();
            attached(th, o)?;
            o.below(th)
        }),
    ],
    doc: "Character and line based layer over a BufferedIOBase object, buffer.\n\nencoding gives the name of the encoding that the stream will be\ndecoded or encoded with. It defaults to locale.getencoding().\n\nerrors determines the strictness of encoding and decoding (see\nhelp(codecs.Codec) or the documentation for codecs.register) and\ndefaults to \"strict\".\n\nnewline controls how line endings are handled. It can be None, '',\n'\\n', '\\r', and '\\r\\n'.  It works as follows:\n\n* On input, if newline is None, universal newlines mode is\n  enabled. Lines in the input can end in '\\n', '\\r', or '\\r\\n', and\n  these are translated into '\\n' before being returned to the\n  caller. If it is '', universal newline mode is enabled, but line\n  endings are returned to the caller untranslated. If it has any of\n  the other legal values, input lines are only terminated by the given\n  string, and the line ending is returned to the caller untranslated.\n\n* On output, if newline is None, any '\\n' characters written are\n  translated to the system default line separator, os.linesep. If\n  newline is '' or '\\n', no translation takes place. If newline is any\n  of the other legal values, any '\\n' characters written are translated\n  to the given string.\n\nIf line_buffering is True, a call to flush is implied when a call to\nwrite contains a newline character.",
    sig: "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
};

fn state<R>(v: Value, f: impl FnOnce(&mut State) -> R) -> R {
    v.expect::<TextIoWrapper>().state.with(f)
}

fn is_exact(v: Value) -> bool {
    types::is_exactly(v, &TEXT_IO_WRAPPER)
}

/// Fails before a successful `__init__`, and for a stream without buffer.
fn attached(th: &Thread, o: &Object<TextIoWrapper>) -> PyResult<()> {
    match o.state.with(|s| s.status) {
        Status::Ready => Ok(()),
        Status::New => Err(uninitialised(th)),
        Status::Detached => Err(detached(th)),
    }
}

#[cold]
fn detached(th: &Thread) -> taipan_object::Raised {
    th.value_error("underlying buffer has been detached")
}

/// An object that a stream holds, unless a call that came back to it set it up anew meanwhile.
fn part(th: &Thread, field: &Field) -> PyResult {
    field.get().present().ok_or_else(|| uninitialised(th))
}

#[cold]
fn uninitialised(th: &Thread) -> taipan_object::Raised {
    th.value_error("I/O operation on uninitialized object")
}

/// The stream, whose buffer may be gone.
fn initialised<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<TextIoWrapper>> {
    let o = v.expect::<TextIoWrapper>();
    match o.state.with(|s| s.status) {
        Status::New => Err(uninitialised(th)),
        _ => Ok(o),
    }
}

/// Takes the lock of a stream that has a buffer.
fn enter<'a>(th: &Thread, v: Value) -> PyResult<(&'a Object<TextIoWrapper>, Option<IoGuard<'a>>)> {
    let o = v.expect::<TextIoWrapper>();
    let guard = o.lock.enter(th, v)?;
    attached(th, o)?;
    Ok((o, guard))
}

/// Whether a stream is open, where that needs no call.
#[inline]
fn known_open(o: &Object<TextIoWrapper>, v: Value) -> Option<bool> {
    if !is_exact(v) {
        return None;
    }
    let buffer = o.buffer.get();
    let closed = match plain_buffer(buffer) {
        Some(b) => b.known_closed()?,
        None => bytes_io::known_closed(buffer)?,
    };
    Some(!closed)
}

/// Fails for a closed stream.
fn check_open(th: &Thread, o: &Object<TextIoWrapper>, v: Value) -> PyResult<()> {
    match known_open(o, v) {
        Some(true) => return Ok(()),
        Some(false) => return Err(closed_error(th)),
        None => {}
    }
    let asked = if is_exact(v) { o.below(th)? } else { v };
    let closed = attr::get(th, asked, strings::intern(th, "closed"))?;
    if ops::truth(th, closed)? {
        return Err(closed_error(th));
    }
    Ok(())
}

/// Calls a method of the buffer.
fn below(th: &Thread, a: &[Value], method: &str) -> PyResult {
    let o = a[0].expect::<TextIoWrapper>();
    attached(th, o)?;
    call::call_method(th, o.below(th)?, method, &[])
}

/// Runs a call again for as long as a signal interrupts it and no handler raises.
fn retry_interrupted<T>(th: &Thread, mut f: impl FnMut() -> PyResult<T>) -> PyResult<T> {
    loop {
        match f() {
            Err(e) if is_errno(e, libc::EINTR) => th.poll()?,
            r => return r,
        }
    }
}

/// The name of the stream's error handler.
fn errors_name<'a>(o: &Object<TextIoWrapper>) -> &'a str {
    let name = o.errors.get().as_str_obj().and_then(|s| s.as_str());
    name.unwrap_or("strict")
}

fn set_chunk_size(th: &Thread, v: Value, new: Value) -> PyResult<()> {
    attached(th, v.expect::<TextIoWrapper>())?;
    let Some(new) = new.present() else {
        let name = strings::intern(th, "_CHUNK_SIZE");
        return Err(th.attribute_error(
            "attribute '_CHUNK_SIZE' of '_io.TextIOWrapper' objects cannot be deleted",
            v,
            name,
        ));
    };
    let Some(n) = ops::index(th, new)?.as_i64() else {
        return Err(th.value_error("cannot fit 'int' into an index-sized integer"));
    };
    match usize::try_from(n) {
        Ok(n) if n > 0 => {
            state(v, |s| s.chunk_size = n);
            Ok(())
        }
        _ => Err(th.value_error("a strictly positive integer is required")),
    }
}
