//! `zlib.compress` and `zlib.Compress`.

use super::{Failure, Input, deflate_all, error, int};
use std::sync::Mutex;
use taipan_deflate::{Stream, code, flush};
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, payload};

/// The payload of `zlib.Compress`.
#[repr(C)]
struct Compress {
    stream: Mutex<Stream>,
}

payload!(Compress, "zlib compressor", |this, m| {});

/// `zlib.Compress`
pub(crate) static COMPRESS: StaticType = StaticType::new(
    "zlib",
    "Compress",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Compress>,
);

pub(crate) static COMPRESS_SPEC: TypeSpec = TypeSpec {
    slots: |_| {},
    methods: &[
        Method::new("compress", "($self, data, /)", |th, a| {
            let data = Input::of(th, a[1])?;
            let r = on(th, a[0], |s| deflate_all(s, data.bytes(), flush::NO_FLUSH));
            let (out, _) = r.map_err(|e| e.raise(th, "while compressing data"))?;
            Value::bytes(th, &out)
        })
        .atomic(Atomic::Locked)
        .doc("Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n\nAfter calling this function, some of the input data may still\nbe stored in internal buffers for later processing.\nCall the flush() method to clear these buffers."),
        Method::new("flush", "($self, mode=zlib.Z_FINISH, /)", finish)
            .atomic(Atomic::Locked)
            .doc("Return a bytes object containing any remaining compressed data.\n\n  mode\n    One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.\n    If mode == Z_FINISH, the compressor object can no longer be\n    used after calling the flush() method.  Otherwise, more data\n    can still be compressed."),
        Method::new("copy", "($self, /)", copy)
            .atomic(Atomic::Locked)
            .doc("Return a copy of the compression object."),
        Method::new("__copy__", "($self, /)", copy).atomic(Atomic::Locked),
        Method::new("__deepcopy__", "($self, memo, /)", copy).atomic(Atomic::Locked),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

/// Runs `f` on an object's stream, alone.
fn on<R>(th: &Thread, v: Value, f: impl FnOnce(&mut Stream) -> R) -> R {
    let c = v.expect::<Compress>();
    th.blocking(|| f(&mut c.stream.lock().unwrap_or_else(|p| p.into_inner())))
}

fn make(th: &Thread, stream: Stream) -> Value {
    let data = Compress {
        stream: Mutex::new(stream),
    };
    th.new_object(&COMPRESS, data).value()
}

/// `zlib.compressobj`
pub(super) fn compressobj(th: &Thread, a: &[Value]) -> PyResult {
    let level = int(th, a[0], -1)?;
    let method = int(th, a[1], 8)?;
    let bits = int(th, a[2], 15)?;
    let memory = int(th, a[3], 8)?;
    let strategy = int(th, a[4], 0)?;
    let dictionary = match a[5].present() {
        Some(v) => Some(Input::of(th, v)?),
        None => None,
    };
    let mut stream = match Stream::deflate(level, method, bits, memory, strategy) {
        Ok(s) => s,
        Err(code::MEM_ERROR) => {
            return Err(th.raise(
                &taipan_object::exception::MEMORY_ERROR,
                "Can't allocate memory for compression object",
            ));
        }
        Err(code::STREAM_ERROR) => return Err(th.value_error("Invalid initialization option")),
        Err(n) => return Err(error(th, n, None, "while creating compression object")),
    };
    if let Some(d) = dictionary {
        match stream.set_dictionary(d.bytes()) {
            code::OK => {}
            code::STREAM_ERROR => return Err(th.value_error("Invalid dictionary")),
            _ => return Err(th.value_error("deflateSetDictionary()")),
        }
    }
    Ok(make(th, stream))
}

fn finish(th: &Thread, a: &[Value]) -> PyResult {
    let mode = int(th, a[1], flush::FINISH)?;
    if mode == flush::NO_FLUSH {
        return Value::bytes(th, &[]);
    }
    let r = on(th, a[0], |s| {
        let (out, n) = deflate_all(s, &[], mode)?;
        if n == code::STREAM_END && mode == flush::FINISH {
            s.end();
        } else if n != code::OK && n != code::BUF_ERROR {
            return Err(Failure::of(s, n));
        }
        Ok(out)
    });
    let out = r.map_err(|e: Failure| e.raise(th, "while flushing"))?;
    Value::bytes(th, &out)
}

fn copy(th: &Thread, a: &[Value]) -> PyResult {
    match on(th, a[0], |s| s.copy()) {
        Ok(s) => Ok(make(th, s)),
        Err(code::MEM_ERROR) => Err(th.memory_error()),
        Err(_) => Err(th.value_error("Inconsistent stream state")),
    }
}

/// `zlib.compress`
pub(super) fn compress(th: &Thread, a: &[Value]) -> PyResult {
    let data = Input::of(th, a[0])?;
    let level = int(th, a[1], -1)?;
    let bits = int(th, a[2], 15)?;
    let r = th.blocking(|| match Stream::deflate(level, 8, bits, 8, 0) {
        Ok(mut s) => Ok(deflate_all(&mut s, data.bytes(), flush::FINISH)),
        Err(n) => Err(n),
    });
    match r {
        Ok(r) => {
            let (out, _) = r.map_err(|e| e.raise(th, "while compressing data"))?;
            Value::bytes(th, &out)
        }
        Err(code::MEM_ERROR) => Err(th.raise(
            &taipan_object::exception::MEMORY_ERROR,
            "Out of memory while compressing data",
        )),
        Err(code::STREAM_ERROR) => Err(th.raise(&super::ERROR, "Bad compression level")),
        Err(n) => Err(error(th, n, None, "while compressing data")),
    }
}
