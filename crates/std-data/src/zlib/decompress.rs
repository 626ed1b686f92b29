//! `zlib.decompress` and `zlib.Decompress`.

use super::{Failure, Input, error, inflate_some, int};
use std::sync::Mutex;
use taipan_deflate::{Stream, code, flush};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Raised, Thread, Value, buffer, ops, payload};

/// The payload of `zlib.Decompress`.
#[repr(C)]
struct Decompress {
    state: Mutex<State>,
}

struct State {
    stream: Stream,
    dictionary: Option<Vec<u8>>,
    eof: bool,
    /// Input behind the stream's end.
    unused: Vec<u8>,
    /// Input that the limit of the output left over.
    tail: Vec<u8>,
}

payload!(Decompress, "zlib decompressor", |this, m| {});

/// `zlib.Decompress`
pub(crate) static DECOMPRESS: StaticType = StaticType::new(
    "zlib",
    "Decompress",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Decompress>,
);

pub(crate) static DECOMPRESS_SPEC: TypeSpec = TypeSpec {
    slots: |_| {},
    methods: &[
        Method::new("decompress", "($self, data, /, max_length=0)", next)
            .atomic(Atomic::Locked)
            .doc("Return a bytes object containing the decompressed version of the data.\n\n  data\n    The binary data to decompress.\n  max_length\n    The maximum allowable length of the decompressed data.\n    Unconsumed input data will be stored in\n    the unconsumed_tail attribute.\n\nAfter calling this function, some of the input data may still be\nstored in internal buffers for later processing.\nCall the flush() method to clear these buffers."),
        Method::new("flush", "($self, length=zlib.DEF_BUF_SIZE, /)", finish)
            .atomic(Atomic::Locked)
            .doc("Return a bytes object containing any remaining decompressed data.\n\n  length\n    the initial size of the output buffer."),
        Method::new("copy", "($self, /)", copy)
            .atomic(Atomic::Locked)
            .doc("Return a copy of the decompression object."),
        Method::new("__copy__", "($self, /)", copy).atomic(Atomic::Locked),
        Method::new("__deepcopy__", "($self, memo, /)", copy).atomic(Atomic::Locked),
    ],
    getset: &[
        GetSet::new("eof", |th, v| Ok(Value::bool(on(th, v, |s| s.eof)))),
        GetSet::new("unused_data", |th, v| Value::bytes(th, &on(th, v, |s| s.unused.clone()))),
        GetSet::new("unconsumed_tail", |th, v| Value::bytes(th, &on(th, v, |s| s.tail.clone()))),
    ],
    doc: "",
    sig: "",
};

/// Runs `f` on an object's state, alone.
fn on<R>(th: &Thread, v: Value, f: impl FnOnce(&mut State) -> R) -> R {
    let d = v.expect::<Decompress>();
    th.blocking(|| f(&mut d.state.lock().unwrap_or_else(|p| p.into_inner())))
}

fn make(th: &Thread, state: State) -> Value {
    let data = Decompress {
        state: Mutex::new(state),
    };
    th.new_object(&DECOMPRESS, data).value()
}

/// The exception for a stream that could not be made.
pub(super) fn refused(th: &Thread, n: i32) -> Raised {
    match n {
        code::STREAM_ERROR => th.value_error("Invalid initialization option"),
        code::MEM_ERROR => th.raise(
            &taipan_object::exception::MEMORY_ERROR,
            "Can't allocate memory for decompression object",
        ),
        n => error(th, n, None, "while creating decompression object"),
    }
}

/// A stream with a dictionary: a raw one takes it at once, others when they ask for it.
pub(super) fn open(th: &Thread, bits: i32, dictionary: Option<&[u8]>) -> PyResult<Stream> {
    let mut stream = Stream::inflate(bits).map_err(|n| refused(th, n))?;
    if let Some(d) = dictionary
        && bits < 0
    {
        match stream.set_dictionary(d) {
            code::OK => {}
            n => return Err(error(th, n, None, "while setting zdict")),
        }
    }
    Ok(stream)
}

/// `zlib.decompressobj`
pub(super) fn decompressobj(th: &Thread, a: &[Value]) -> PyResult {
    let bits = int(th, a[0], 15)?;
    let dictionary = match a[1].present() {
        Some(v) if !buffer::is_exporter(v) => {
            return Err(th.type_error("zdict argument must support the buffer protocol"));
        }
        Some(v) => Some(Input::of(th, v)?.bytes().to_vec()),
        None => None,
    };
    let stream = open(th, bits, dictionary.as_deref())?;
    let state = State {
        stream,
        dictionary,
        eof: false,
        unused: Vec::new(),
        tail: Vec::new(),
    };
    Ok(make(th, state))
}

impl State {
    fn run(&mut self, input: &[u8], limit: usize, mode: i32) -> Result<(Vec<u8>, i32), Failure> {
        let dictionary = self.dictionary.as_deref();
        let r = inflate_some(&mut self.stream, input, limit, mode, dictionary);
        let (out, n, used) = r?;
        let rest = &input[used..];
        if n == code::STREAM_END {
            self.eof = true;
            self.unused.extend_from_slice(rest);
            self.tail = Vec::new();
        } else {
            self.tail = rest.to_vec();
        }
        Ok((out, n))
    }
}

fn next(th: &Thread, a: &[Value]) -> PyResult {
    let data = Input::of(th, a[1])?;
    let limit = match a[2].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 0,
    };
    let limit = match usize::try_from(limit) {
        Ok(0) => usize::MAX,
        Ok(n) => n,
        Err(_) => return Err(th.value_error("max_length must be non-negative")),
    };
    let r = on(th, a[0], |s| s.run(data.bytes(), limit, flush::SYNC_FLUSH));
    let (out, _) = r.map_err(|e| e.raise(th, "while decompressing data"))?;
    Value::bytes(th, &out)
}

fn finish(th: &Thread, a: &[Value]) -> PyResult {
    if let Some(v) = a[1].present()
        && ops::index_i64(th, v)? <= 0
    {
        return Err(th.value_error("length must be greater than zero"));
    }
    let r = on(th, a[0], |s| {
        let input = std::mem::take(&mut s.tail);
        if s.eof && input.is_empty() {
            s.stream.end();
            return Ok(Vec::new());
        }
        let (out, n) = s.run(&input, usize::MAX, flush::FINISH)?;
        if n == code::STREAM_END {
            s.stream.end();
        }
        Ok(out)
    });
    let out = r.map_err(|e: Failure| e.raise(th, "while decompressing data"))?;
    Value::bytes(th, &out)
}

fn copy(th: &Thread, a: &[Value]) -> PyResult {
    let r = on(th, a[0], |s| {
        Ok(State {
            stream: s.stream.copy()?,
            dictionary: s.dictionary.clone(),
            eof: s.eof,
            unused: s.unused.clone(),
            tail: s.tail.clone(),
        })
    });
    match r {
        Ok(s) => Ok(make(th, s)),
        Err(code::MEM_ERROR) => Err(th.memory_error()),
        Err(_) => Err(th.value_error("Inconsistent stream state")),
    }
}

/// `zlib.decompress`
pub(super) fn decompress(th: &Thread, a: &[Value]) -> PyResult {
    let data = Input::of(th, a[0])?;
    let bits = int(th, a[1], 15)?;
    if let Some(v) = a[2].present()
        && ops::index_i64(th, v)? < 0
    {
        return Err(th.value_error("bufsize must be non-negative"));
    }
    let r = th.blocking(|| match Stream::inflate(bits) {
        Ok(mut s) => Ok(inflate_some(
            &mut s,
            data.bytes(),
            usize::MAX,
            flush::SYNC_FLUSH,
            None,
        )),
        Err(n) => Err(n),
    });
    let doing = "while decompressing data";
    match r {
        Ok(Ok((out, code::STREAM_END, _))) => Value::bytes(th, &out),
        Ok(Ok(_)) => Err(error(th, code::BUF_ERROR, None, doing)),
        Ok(Err(e)) => Err(e.raise(th, doing)),
        Err(code::MEM_ERROR) => Err(th.raise(
            &taipan_object::exception::MEMORY_ERROR,
            "Out of memory while decompressing data",
        )),
        Err(n) => Err(error(th, n, None, "while preparing to decompress data")),
    }
}
