//! `zlib._ZlibDecompressor`, which `gzip` and `zipfile` read with.

use super::decompress::open;
use super::{Failure, Input, inflate_some, int};
use std::sync::Mutex;
use taipan_deflate::{Stream, code, flush};
use taipan_object::call::{Args, call_method_row};
use taipan_object::exception::EOF_ERROR;
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops, payload};

/// The payload of `_ZlibDecompressor`.
#[repr(C)]
struct Decompressor {
    state: Mutex<State>,
}

struct State {
    stream: Stream,
    dictionary: Option<Vec<u8>>,
    eof: bool,
    needs_input: bool,
    /// Input that is not used yet.
    pending: Vec<u8>,
    unused: Vec<u8>,
}

payload!(Decompressor, "incremental zlib decompressor", |this, m| {});

/// `zlib._ZlibDecompressor`
pub(super) static DECOMPRESSOR: StaticType = StaticType::new(
    "zlib",
    "_ZlibDecompressor",
    Some(&OBJECT),
    0,
    layout_of::<Decompressor>,
);

pub(super) static DECOMPRESSOR_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(new),
    methods: &[Method::new("decompress", "($self, /, data, max_length=-1)", decompress)
        .atomic(Atomic::Locked)
        .doc("Decompress *data*, returning uncompressed data as bytes.\n\nIf *max_length* is nonnegative, returns at most *max_length* bytes\nof decompressed data.  If this limit is reached and further output\ncan be produced, *self.needs_input* will be set to ``False``.  In\nthis case, the next call to *decompress()* may provide *data* as b''\nto obtain more of the output.\n\nIf all of the input data was decompressed and returned (either\nbecause this was less than *max_length* bytes, or because\n*max_length* was negative), *self.needs_input* will be set to True.\n\nAttempting to decompress data after the end of stream is reached\nraises an EOFError.  Any data found after the end of the stream is\nignored and saved in the unused_data attribute.")],
    getset: &[
        GetSet::new("eof", |th, v| Ok(Value::bool(on(th, v, |s| s.eof))))
            .doc("True if the end-of-stream marker has been reached."),
        GetSet::new("needs_input", |th, v| Ok(Value::bool(on(th, v, |s| s.needs_input))))
            .doc("True if more input is needed before more decompressed data can be produced."),
        GetSet::new("unused_data", |th, v| Value::bytes(th, &on(th, v, |s| s.unused.clone())))
            .doc("Data found after the end of the compressed stream."),
    ],
    doc: "Create a decompressor object for decompressing data incrementally.\n\n  wbits = 15\n  zdict\n     The predefined compression dictionary. This is a sequence of bytes\n     (such as a bytes object) containing subsequences that are expected\n     to occur frequently in the data that is to be compressed. Those\n     subsequences that are expected to be most common should come at the\n     end of the dictionary. This must be the same dictionary as used by the\n     compressor that produced the input data.",
    sig: "(wbits=15, zdict=b'')",
};

/// Runs `f` on an object's state, alone.
fn on<R>(th: &Thread, v: Value, f: impl FnOnce(&mut State) -> R) -> R {
    let d = v.expect::<Decompressor>();
    th.blocking(|| f(&mut d.state.lock().unwrap_or_else(|p| p.into_inner())))
}

static NEW_ROW: Method = Method::new("_ZlibDecompressor", "(wbits=15, zdict=b'')", |th, a| {
    let bits = int(th, a[0], 15)?;
    let dictionary = match a[1].present() {
        Some(v) => Some(Input::of(th, v)?.bytes().to_vec()),
        None => None,
    };
    let stream = open(th, bits, dictionary.as_deref())?;
    let state = State {
        stream,
        dictionary,
        eof: false,
        needs_input: true,
        pending: Vec::new(),
        unused: Vec::new(),
    };
    let data = Decompressor {
        state: Mutex::new(state),
    };
    Ok(th.new_object(&DECOMPRESSOR, data).value())
});

fn new(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    call_method_row(th, &NEW_ROW, args)
}

impl State {
    /// Nothing at the stream's end.
    fn run(&mut self, data: &[u8], limit: usize) -> Result<Option<Vec<u8>>, Failure> {
        if self.eof {
            return Ok(None);
        }
        let joined;
        let input = if self.pending.is_empty() {
            data
        } else {
            let mut all = std::mem::take(&mut self.pending);
            if all.try_reserve(data.len()).is_err() {
                return Err(Failure::Memory);
            }
            all.extend_from_slice(data);
            joined = all;
            &joined
        };
        let dictionary = self.dictionary.as_deref();
        let r = inflate_some(
            &mut self.stream,
            input,
            limit,
            flush::SYNC_FLUSH,
            dictionary,
        );
        let (out, n, used) = match r {
            Ok(r) => r,
            Err(e) => {
                self.needs_input = false;
                return Err(e);
            }
        };
        let rest = &input[used..];
        if n == code::STREAM_END {
            self.eof = true;
            self.needs_input = false;
            self.unused = rest.to_vec();
        } else {
            self.needs_input = rest.is_empty() && out.len() < limit;
            self.pending = rest.to_vec();
        }
        Ok(Some(out))
    }
}

fn decompress(th: &Thread, a: &[Value]) -> PyResult {
    let data = Input::of(th, a[1])?;
    let limit = match a[2].present() {
        Some(v) => usize::try_from(ops::index_i64(th, v)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let r = on(th, a[0], |s| s.run(data.bytes(), limit));
    match r.map_err(|e| e.raise(th, "while decompressing data"))? {
        Some(out) => Value::bytes(th, &out),
        None => Err(th.raise(&EOF_ERROR, "End of stream already reached")),
    }
}
